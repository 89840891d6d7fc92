"""Players and teams named inside a sentence."""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.nicknames import ordinary_names, ordinary_words
from nba_mcp_synthesis.basketball.words import key, words

_LONGEST = 5
# `murrays` is Murray; a shorter word with an s is more likely another word.
_SHORTEST_PLURAL = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a text that names somebody: `matches` are all it may mean.

    Without matches it looks like the name of a player who is not in the data, such as two
    single names side by side that belong to different players.
    """

    start: int
    end: int
    matches: tuple[Match, ...]


def mentions(names: Names, text: str, ordinary: AbstractSet[str] = frozenset()) -> list[Mention]:
    """The players and teams named in `text`, in order, without overlaps.

    The longest name wins: whole names, then whole names with slips, then single words, then
    single words with slips. `ordinary` are words (folded) that alone never name anybody, besides
    those that are words of the language.
    """
    return _Search(names, text, ordinary).run()


class _Search:
    """The words of one text, and the spans of words in which a name has been found so far."""

    def __init__(self, names: Names, text: str, ordinary: AbstractSet[str]) -> None:
        self.names = names
        self.text = text
        self.words = words(text)
        self.ordinary = ordinary
        self.spans: dict[range, tuple[Match, ...]] = {}
        self.taken: set[int] = set()

    def run(self) -> list[Mention]:
        for size in range(_LONGEST, 1, -1):
            self._look(size, self._whole)
        for size in (3, 2):
            self._look(size, self._misspelt)
        self._look(1, self._single)
        self._look(1, self._misspelt_single)
        self._join()
        return [self._mention(span) for span in sorted(self.spans, key=lambda s: s.start)]

    def _look(self, size: int, look: Callable[[range], Iterable[Match]]) -> None:
        for start in range(len(self.words) - size + 1):
            span = range(start, start + size)
            if self.taken.isdisjoint(span) and (matches := tuple(look(span))):
                self.spans[span] = matches
                self.taken.update(span)

    def _key(self, span: range) -> str:
        return " ".join(self.words[i].text for i in span)

    def _whole(self, span: range) -> list[Match]:
        name = self._key(span)
        return self.names.called(name) or self.names.called(name.removesuffix("s"))

    def _misspelt(self, span: range) -> Iterator[Match]:
        fixed = {self.words[i].text for i in span} & (self.ordinary | ordinary_words())
        if len(fixed) < len(span):
            for match in self.names.spelled(self._key(span)):
                if fixed <= set(key(match.name).split()):
                    yield match

    def _single(self, span: range) -> list[Match]:
        word = self.words[span.start]
        if word.text in self.ordinary:
            return []
        if word.text in ordinary_names():
            return self._clear_surname(span.start)
        if found := self.names.called(word.text):
            return found
        singular = word.text.removesuffix("s")
        if singular == word.text or {singular, word.text} & (self.ordinary | ordinary_words()):
            return []
        found = self.names.called(singular)
        # `kats` is Towns: what nobody is called but by nickname is no other word.
        is_long = len(singular) >= _SHORTEST_PLURAL
        return [match for match in found if is_long or (match.kind == "player" and not match.is_part)]

    def _clear_surname(self, place: int) -> list[Match]:
        """`Young` in "How many points did Young score": capitals tell it from the word."""
        tells = any(not word.capital and word.text.isalpha() for word in self.words)
        if not (self.words[place].capital and place and tells):
            return []
        return [m for m in self.names.called(self.words[place].text) if m.how == "last name"]

    def _misspelt_single(self, span: range) -> list[Match]:
        word = self.words[span.start].text
        return self.names.spelled(word) if word.isalpha() and word not in self.ordinary else []

    def _join(self) -> None:
        """Makes one unknown name of two single names side by side: `michael jordan`."""
        for span in sorted(self.spans, key=lambda s: s.start):
            after = range(span.stop, span.stop + 1)
            if both := self._same_player(span, after):
                del self.spans[after]
                self.spans[range(span.start, after.stop)] = both
                del self.spans[span]
            elif self._is_single(span) and self._is_single(after) and self._side_by_side(span, after):
                del self.spans[span], self.spans[after]
                self.spans[range(span.start, after.stop)] = ()

    def _same_player(self, span: range, after: range) -> tuple[Match, ...]:
        """`spida mitchell`: a nickname of one player, and his surname behind it."""
        named, surnames = self.spans.get(span, ()), self.spans.get(after, ())
        if len(named) != 1 or named[0].is_part or len(span) != 1 or not surnames:
            return ()
        ids = {match.id for match in surnames if match.kind == "player"}
        return named if named[0].id in ids and self._side_by_side(span, after) else ()

    def _is_single(self, span: range) -> bool:
        matches = self.spans.get(span, ())
        return len(span) == 1 and any(matches) and all(m.kind == "player" and m.is_part for m in matches)

    def _side_by_side(self, span: range, after: range) -> bool:
        return self.text[self.words[span.start].end : self.words[after.start].start].isspace()

    def _mention(self, span: range) -> Mention:
        return Mention(self.words[span.start].start, self.words[span.stop - 1].end, self.spans[span])
