"""The lexicon: phrases with their tags, slips of the keyboard, and words that carry nothing."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.nicknames import ordinary_words

_SHORTEST_MISSPELT = 4
_TWO_SLIPS = 10


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for: the part it plays (`tag`) and which one (`value`)."""

    tag: str
    value: str


class Lexicon:
    """All that lexicon.toml says, and the words of the measures."""

    def __init__(self) -> None:
        raw = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text("utf-8"))
        self._same: dict[str, str] = raw["same"]
        self.phrases = [
            *((words, Meaning("measure", m.name)) for m in measures().values() for words in m.words),
            *(
                (phrase, Meaning(tag, value))
                for tag, values in raw["tags"].items()
                for value, phrases in values.items()
                for phrase in phrases
            ),
            *((phrase, Meaning("ignored", "")) for phrase in raw["ignored"]["phrases"]),
        ]
        self.meanings = {self.alike(phrase): meaning for phrase, meaning in self.phrases}
        self.said: dict[str, str] = {value: phrases[0] for value, phrases in raw["tags"]["where"].items()}
        self.glossary: dict[str, str] = raw["glossary"]
        self.talk = frozenset(raw["talk"]["words"].split())
        self.people = frozenset(raw["people"]["words"].split())
        self.values: dict[str, dict[str, Any]] = raw["values"]
        self.numbers: dict[str, int] = raw["numbers"]
        self.ordinals: dict[str, int] = raw["ordinals"]
        self.ignored = frozenset(raw["ignored"]["words"].split())
        self.longest = max(phrase.count(" ") + 1 for phrase in self.meanings)
        self.words = _words_of(self.meanings) | self.ignored | set(self.numbers) | set(self.ordinals)
        self.words |= set(self._same)
        self._spelling: dict[str, list[str]] = defaultdict(list)
        for word in sorted(word for word in self.words if len(word) >= _SHORTEST_MISSPELT):
            self._spelling[word[0]].append(word)

    def alike(self, phrase: str) -> str:
        """A phrase in the words that all ways to say it are read as: `fg pct` as `field goal percentage`."""
        return " ".join(self._same.get(word, word) for word in phrase.split())

    def corrected(self, word: str) -> str:
        """The known word that `word` is with a slip (two from ten letters); else `word` itself.

        Of four letters too many words are near others: there a slip is a letter too few, or two swapped.
        """
        if len(word) < _SHORTEST_MISSPELT or word in self.words or word in ordinary_words():
            return word
        most = 1 if len(word) < _TWO_SLIPS else 2
        near = process.extract(
            word, self._spelling.get(word[0], ()), scorer=OSA.distance, score_cutoff=most, limit=None
        )
        fewest = min((slips for _, slips, _ in near), default=0)
        close = {self.alike(found) for found, slips, _ in near if slips == fewest}
        if len(word) == _SHORTEST_MISSPELT:
            close = {found for found in close if _lacks_or_swaps(word, found)}
        # Swapped letters, or one that is missing, are likelier than a wrong one.
        close = {found for found in close if sorted(found) == sorted(word)} or close
        close = {found for found in close if len(found) > len(word)} or close
        if len({found.rstrip("s") for found in close}) != 1:
            return word
        return max(close, key=len)


def _lacks_or_swaps(word: str, known: str) -> bool:
    return len(known) > len(word) or sorted(known) == sorted(word)


def _words_of(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in phrase.split()}


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    return Lexicon()
