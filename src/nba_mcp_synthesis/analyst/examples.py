"""The question that a refusal offers: one that can be answered, about the same player or team."""

from collections.abc import Iterable

from nba_mcp_synthesis.analyst.context import candidates
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.matches import likely

_NOBODY = {"player": "jokic", "other": "luka doncic", "team": "celtics", "rival": "lakers"}
_OF_PLAYER = "{player} points per game this season"
_OF_TEAM = "{team} record on the road"
_OF_NOBODY = "top 5 in blocks this season"


def near_to(example: str, tokens: Iterable[Token]) -> str:
    """A family's example (or, without one, a plain question) with the names that a question had."""
    players: list[str] = []
    teams: list[str] = []
    for token in tokens:
        found = likely(candidates(token)) if token.tag in ("name", "opponent") else None
        if found:
            (players if found.kind == "player" else teams).append(found.name)
    names = {**_NOBODY, **_first_two(players, "player", "other"), **_first_two(teams, "team", "rival")}
    plain = _OF_PLAYER if players else _OF_TEAM if teams else _OF_NOBODY
    return (example or plain).format(**names)


def _first_two(names: list[str], first: str, second: str) -> dict[str, str]:
    return dict(zip((first, second), dict.fromkeys(names), strict=False))
