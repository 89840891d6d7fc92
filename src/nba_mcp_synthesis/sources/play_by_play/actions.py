"""The list of actions that the live feed and PlayByPlayV3 have in common."""

from typing import Any

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import SourceFile


def actions_of(document: Any) -> list[Any]:
    """The actions of a game in the live feed or in PlayByPlayV3; empty when there are none."""
    game = document.get("game") if isinstance(document, dict) else None
    actions = game.get("actions") if isinstance(game, dict) else None
    return [a for a in actions if isinstance(a, dict)] if isinstance(actions, list) else []


def check_actions(file: SourceFile, document: Any) -> None:
    """SourceError unless the document has a list of actions, all of them objects."""
    actions = actions_of(document)
    if not actions or len(actions) != len(document["game"]["actions"]):
        raise SourceError(f"{file.label} holds no list of actions that are objects.")
