"""Numbers that might be read as others than would be checked: such a sentence is dropped."""

import re

from nba_mcp_synthesis.synthesis.numbers import visible

_WAYS = (
    r"\d\s+[.,]?\d(?!\d*[- ]?p(?:oint|t))",  # 2 5 points, but 3 3-pointers
    r"\d\s+[.,]\s*\d",
    r"\d[^\s\w.,%/+\-–—−()]\d",  # 31·2, 1'234, 7:31
    r"\d/\d+\s+(?:of|as)\b",  # a fraction, and no made and attempted shots
    r"\d\s*(?:hundred|thousand|million|billion|dozen|k\b)",
    r"\d\s+(?:squared|cubed)\b",
    # a difference, which no row has
    r"\d%?(?:\s+[a-z]+){0,3}\s+(?:more|fewer|less|better|worse|higher|lower|ahead|behind|short)\b(?!\s*[,;(])",
    r"\bpoint\s+(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b",
    r"\b(?:eleventy|umpteen|gazillions?|zillions?)\b",
)
_GARBLED = re.compile("|".join(_WAYS), re.IGNORECASE)
# Roman numerals of two letters and more; those of names only where they stand before what is counted.
_ROMAN = re.compile(
    r"\b(?:II|III|IV)\b(?=\s+(?:point|rebound|assist|game|win|steal|block|time)s?\b)"
    r"|\b(?!(?:II|III|IV)\b)(?=[MDCLXVI]{2})M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b"
)


def is_garbled(sentence: str) -> bool:
    """Whether a sentence has what could be another number than the one that would be checked."""
    seen = visible(sentence)
    is_hidden = seen != sentence and any(map(str.isdigit, seen))
    return is_hidden or bool(_GARBLED.search(seen) or _ROMAN.search(seen))
