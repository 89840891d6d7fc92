"""A question as read: its tokens, and how slips of the keyboard were read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nba_mcp_synthesis.analyst.lexicon import Meaning
from nba_mcp_synthesis.analyst.patterns import combined
from nba_mcp_synthesis.analyst.tokens import Token, tokens
from nba_mcp_synthesis.basketball.names import Names

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
        return cls(text, combined(found), corrections)

    def with_tag(self, *tags: str) -> list[Token]:
        """The tokens with one of these tags."""
        return [token for token in self.tokens if token.tag in tags]
