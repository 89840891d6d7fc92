"""The lexicon: phrases with their tags, slips of the keyboard, and words that carry nothing."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.nicknames import ordinary_words

_SHORTEST_MISSPELT = 5


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for: the part it plays (`tag`) and which one (`value`)."""

    tag: str
    value: str


class Lexicon:
    """All that lexicon.toml says, and the words of the measures."""

    def __init__(self) -> None:
        raw = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text("utf-8"))
        self.meanings: dict[str, Meaning] = {
            words: Meaning("measure", measure.name)
            for measure in measures().values()
            for words in measure.words
        }
        for tag, values in raw["tags"].items():
            for value, phrases in values.items():
                self.meanings |= dict.fromkeys(phrases, Meaning(tag, value))
        self.said: dict[str, str] = {value: phrases[0] for value, phrases in raw["tags"]["where"].items()}
        self.glossary: dict[str, str] = raw["glossary"]
        self.people = frozenset(raw["people"]["words"].split())
        self.values: dict[str, dict[str, Any]] = raw["values"]
        self.numbers: dict[str, int] = raw["numbers"]
        self.ordinals: dict[str, int] = raw["ordinals"]
        self.ignored = frozenset(raw["ignored"]["words"].split())
        self.meanings |= dict.fromkeys(raw["ignored"]["phrases"], Meaning("ignored", ""))
        self.longest = max(phrase.count(" ") + 1 for phrase in self.meanings)
        self.words = _words_of(self.meanings) | self.ignored | set(self.numbers) | set(self.ordinals)
        self._same: dict[str, str] = raw["same"]
        self._spelling = sorted(word for word in self.words if len(word) >= _SHORTEST_MISSPELT)

    def corrected(self, word: str) -> str:
        """The known word that `word` is, short or with a slip (two from ten letters); else `word` itself."""
        if word in self._same:
            return self._same[word]
        if len(word) < _SHORTEST_MISSPELT or word in self.words or word in ordinary_words():
            return word
        near = process.extract(
            word, self._spelling, scorer=OSA.distance, score_cutoff=1 if len(word) < 10 else 2, limit=2
        )
        close = [(found, slips) for found, slips, _ in near if found[0] == word[0]]
        if len(close) == 2 and close[0][0].rstrip("s") == close[1][0].rstrip("s"):
            close = [max(close, key=lambda pair: len(pair[0]))]
        if not close or (len(close) == 2 and close[0][1] == close[1][1]):
            return word
        return str(close[0][0])


def _words_of(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in phrase.split()}


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    return Lexicon()
