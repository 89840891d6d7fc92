"""A question as read: its tokens, and the taking of tokens by a family of questions.

What a family does not take is left over, and a question with anything left over is not answered by
that family. That is how no condition of a question is ever ignored.
"""

from dataclasses import dataclass

from nba_mcp_synthesis.analyst.patterns import combined
from nba_mcp_synthesis.analyst.tokens import Token, tokens
from nba_mcp_synthesis.basketball.names import Names


@dataclass(frozen=True, slots=True)
class Reading:
    """The tokens of a question that carry meaning, and how slips of the keyboard were read."""

    text: str
    tokens: tuple[Token, ...]
    corrections: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, names: Names) -> "Reading":
        """Reads a question with the lexicon and the names that are loaded."""
        found, corrections = tokens(text, names)
        return cls(text, combined(found), corrections)

    def with_tag(self, *tags: str) -> list[Token]:
        """The tokens with one of these tags."""
        return [token for token in self.tokens if token.tag in tags]


class Taking:
    """What is left of a reading while a family takes the tokens that it understands."""

    def __init__(self, reading: Reading) -> None:
        self.left = list(reading.tokens)
        self.text = reading.text.casefold()

    def all(self, tag: str) -> list[Token]:
        """Takes all tokens with this tag."""
        taken = [token for token in self.left if token.tag == tag]
        self.left = [token for token in self.left if token.tag != tag]
        return taken

    def one(self, tag: str, *values: str) -> Token | None:
        """Takes the first token with this tag (and one of the values), and others that say the same."""
        found = next((t for t in self.left if t.tag == tag and (not values or t.value in values)), None)
        if found is not None:
            self.left = [t for t in self.left if (t.tag, t.value) != (found.tag, found.value)]
        return found

    def has(self, tag: str) -> bool:
        """Takes all tokens with this tag; True when there were any."""
        return bool(self.all(tag))

    def first(self, tag: str) -> Token | None:
        """Takes the first token with this tag and leaves others, even equal ones."""
        found = next((t for t in self.left if t.tag == tag), None)
        if found is not None:
            self.left.remove(found)
        return found
