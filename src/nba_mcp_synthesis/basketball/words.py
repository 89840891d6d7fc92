"""Words of a text, folded so that spelling habits do not matter: case, accents, apostrophes."""

import re
import unicodedata
from dataclasses import dataclass

# Letters that are no plain letter with an accent, and the Cyrillic e that stands for a Latin one.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "\u0435": "e", "æ": "ae", "ð": "d", "œ": "oe"}
)
_APOSTROPHES = "'\u2019\u2018`\u00b4\u02bc"
_WORD = re.compile(rf"[^\W_]+(?:[.{_APOSTROPHES}][^\W_]+)*[{_APOSTROPHES}]?|[+%&/<>=≥≤#]")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s?$")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its folded form, and where it stands in the text it came from."""

    text: str
    start: int
    end: int
    capital: bool = False


def fold(text: str) -> str:
    """Lower case without accents: `Dončić` becomes `doncic`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_PLAIN)


def words(text: str) -> tuple[Word, ...]:
    """The words in order. Hyphens separate; `P.J.` is `pj`, `Jokić's` is `jokic`; + and % are words."""
    return tuple(_word(match) for match in _WORD.finditer(text))


def _word(match: re.Match[str]) -> Word:
    printed = match[0]
    folded = _POSSESSIVE.sub("", fold(printed))
    if not _DECIMAL.fullmatch(folded):
        folded = re.sub(rf"[.{_APOSTROPHES}]", "", folded)
    return Word(folded, match.start(), match.end(), printed[0].isupper())


def key(text: str) -> str:
    """The words of a name joined by blanks: equal for all spellings that mean the same."""
    return " ".join(word.text for word in words(text))


def without_suffix(name_key: str) -> str:
    """The key of a name without Jr., III and the like."""
    parts = name_key.split()
    return " ".join(parts[:-1]) if len(parts) > 2 and parts[-1] in _SUFFIXES else name_key
