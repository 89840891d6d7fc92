"""Types and kinds of events, from the codes and words of the feeds; the lists are vocabulary.toml."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from nba_mcp_synthesis.sources.values import RowError

_FREE_THROW = re.compile(r"Free Throw ((?:Flagrant |Clear Path |Technical )?\d of \d|Technical|Clear Path)")
# The feeds say "layup", "Layup Shot" and "Layup shot" of the same; of jumpers they always say shot.
_ENDINGS = (" turnover", " shot")


def type_of(system: str, word: object) -> str:
    """Type of an event from its code or word in one of the systems `code`, `v3`, `live` and `period`.

    Raises:
        RowError: the system has no such word.
    """
    found: str | None = _lists()["types"][system].get(str(word).lower())
    if found is None:
        raise RowError("the type of the event is unknown")
    return found


def kind_of_code(event_type: str, code: int, description: str) -> str | None:
    """Kind within a type from its code; of free throws from the words. None when it has none."""
    if event_type == "free_throw":
        return free_throw(description)
    table: dict[str, str] = _lists()["kinds"].get("shot" if event_type.endswith("_shot") else event_type, {})
    return table.get(str(code))


def kind_of_words(*words: object) -> str | None:
    """Kind within a type from words: `Out of Bounds - Bad Pass Turnover` is `out of bounds bad pass`."""
    text = " ".join(" ".join(str(word) for word in words if word).replace("-", " ").lower().split())
    for ending in _ENDINGS:
        if not text.endswith("jump shot"):
            text = text.removesuffix(ending)
    words_of_ours: dict[str, str] = _lists()["words"]
    return words_of_ours.get(text, text) or None


def free_throw(description: str) -> str | None:
    """`1 of 2`, `technical`, `flagrant 1 of 2` … from the words of a free throw."""
    match = _FREE_THROW.search(description)
    return match[1].lower() if match else None


@cache
def _lists() -> dict[str, Any]:
    text = files("nba_mcp_synthesis.sources.play_by_play").joinpath("vocabulary.toml").read_text("utf-8")
    return tomllib.loads(text)
