"""A sentence cut into pieces, each with the rows that its numbers have to be in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nba_mcp_synthesis.synthesis.mentions import Line, Mention

# `12 in 2025-26`, `12 by Ada`: the number is of whom the name behind it says.
_LINKED = re.compile(
    r"[-+−]?[\d.,]*\d%?[^,;.\d]{0,40}\b(?:in|by|of|from|for|during)\s+(?:the\s+)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A piece of a sentence, the rows that it is about, and the names that it means in them."""

    text: str
    lines: tuple[Line, ...]
    names: frozenset[str]


def readings(
    sentence: str, mentions: Sequence[Mention], lines: Sequence[Line], begin: tuple[Line, ...]
) -> tuple[Reading, ...]:
    """The pieces of a sentence in order; `begin` are the rows that it is about where it names nobody."""
    if not mentions:
        return (Reading(sentence, begin, frozenset()),)
    found: list[Reading] = []
    about = _of(mentions[0], lines, None)
    for mention, following in zip(mentions, (*mentions[1:], None), strict=True):
        if found:
            about = _of(mention, lines, found[-1])
        piece = sentence[mention.end : following.start if following else len(sentence)]
        if not found:  # what stands before the first name is about it
            piece = f"{sentence[: mention.start]} {piece}"
        linked = _LINKED.search(piece) if following else None
        if linked and following:
            found.append(Reading(piece[: linked.start()], about.lines, about.names))
            about, piece = _of(following, lines, about), piece[linked.start() :]
        found.append(Reading(piece, about.lines, about.names))
    return tuple(found)


def _of(mention: Mention, lines: Sequence[Line], before: Reading | None) -> Reading:
    """The rows that a mention means: of those before, where some of them have it as well.

    A part of several names, such as a surname that two share, means nobody by itself.
    """
    named = tuple(line for line in lines if line.names & mention.names)
    if before is not None:
        both = tuple(line for line in before.lines if (line.names | line.others) & mention.names)
        if both:
            return Reading("", both, before.names | mention.names)
    meant = {name for line in named for name in line.names & mention.names}
    return Reading("", named if len(meant) == 1 else (), mention.names)
