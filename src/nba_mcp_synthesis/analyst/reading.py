"""A question as read: its tokens, and how slips of the keyboard were read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nba_mcp_synthesis.analyst.lexicon import Meaning, lexicon
from nba_mcp_synthesis.analyst.patterns import combined
from nba_mcp_synthesis.analyst.tokens import Token, tokens
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.words import words

_PARTS = re.compile(r"[,;:!?()]|\s[-\u2013\u2014]\s|\.\s")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Reading:
    """The tokens of a question that carry meaning, and how slips of the keyboard were read."""

    text: str
    tokens: tuple[Token, ...]
    corrections: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, names: Names, values: Mapping[str, Meaning] = MappingProxyType({})) -> "Reading":
        """Reads a question with the lexicon, and the names and values that are loaded."""
        text = _THOUSANDS.sub("", text)
        found, corrections = tokens(text, names, values)
        if any(token.tag == "unknown" for token in found):
            text, left_out = _without_talk(text, names, values)
            if left_out:
                found, corrections = tokens(text, names, values)
                corrections = (*corrections, *(f"Left out {part!r}." for part in left_out))
        return cls(text, combined(found), corrections)

    def with_tag(self, *tags: str) -> list[Token]:
        """The tokens with one of these tags."""
        return [token for token in self.tokens if token.tag in tags]


def _without_talk(text: str, names: Names, values: Mapping[str, Meaning]) -> tuple[str, list[str]]:
    """The text without parts that are about the talk, and those parts: `…, im guessing it was early on`."""
    parts = [part for part in _PARTS.split(text) if part.strip()]
    talk = [part for part in parts if len(parts) > 1 and _is_talk(part, names, values)]
    kept = [part for part in parts if part not in talk]
    return (", ".join(part.strip() for part in kept), [part.strip() for part in talk]) if talk else (text, [])


def _is_talk(part: str, names: Names, values: Mapping[str, Meaning]) -> bool:
    """True for a part that speaks of somebody's talking and holds nothing that is known."""
    said = {word.text for word in words(part)}
    found, _ = tokens(part, names, values)
    known = [token for token in found if token.tag != "unknown" and token.text.casefold() != "one"]
    return bool(said & lexicon().talk) and not known
