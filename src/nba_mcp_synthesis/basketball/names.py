"""Players and teams by whatever people call them: names, nicknames, initials, misspellings."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nba_mcp_synthesis.basketball.matches import SCORES, How, Kind, Match, best, likely
from nba_mcp_synthesis.basketball.nicknames import nicknames, ordinary_words, with_long_first_name
from nba_mcp_synthesis.basketball.roster import Person, read_people
from nba_mcp_synthesis.basketball.words import key, without_suffix
from nba_mcp_synthesis.errors import AmbiguousName, UnknownName
from nba_mcp_synthesis.schema.teams import Team, teams
from nba_mcp_synthesis.warehouse.engine import Warehouse

_Group = dict[tuple[Kind, int], Match]


class Names:
    """An index of the players and teams of one state of a warehouse."""

    def __init__(self, people: Iterable[Person], clubs: Iterable[Team]) -> None:
        self._keys: dict[str, _Group] = defaultdict(dict)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for club in clubs:
            self._add_team(club)
        for person in people:
            self._add_player(person)
        for name in self._keys:
            self._by_length[name.count(" ") + 1].append(name)

    @classmethod
    def of(cls, warehouse: Warehouse) -> "Names":
        """The names in the newest state of `warehouse`; build it once per `state().snapshot`."""
        return cls(read_people(warehouse), teams())

    def find(self, text: str, kind: Kind | None = None, limit: int = 5) -> tuple[Match, ...]:
        """The best matches of `text`, best first; none when nothing is near."""
        wanted = key(text)
        found = {(m.kind, m.id): m for m in (*self.spelled(wanted), *self.called(wanted))}
        ranked = sorted(found.values(), key=lambda m: (-m.score, -m.minutes, m.name))
        return tuple(m for m in ranked if kind in (None, m.kind))[:limit]

    def resolve(self, text: str, kind: Kind | None = None) -> Match:
        """The one player or team that `text` means; `likely` says how ties are broken.

        Raises:
            UnknownName: nothing is called that; the nearest names are given.
            AmbiguousName: several are, and none of them is the likely one.
        """
        wanted = key(text)
        found = [m for m in self.called(wanted) or self.spelled(wanted) if kind in (None, m.kind)]
        if not found:
            raise UnknownName(kind or "player or team", text, self.nearest(text, kind))
        chosen = likely(found)
        if chosen is None:
            raise AmbiguousName(text, [m.label for m in best(found)])
        return chosen

    def nearest(self, text: str, kind: Kind | None = None, limit: int = 3) -> tuple[str, ...]:
        """Names that look most like `text`, for a hint: further off than `find` would go."""
        matches = (m for group in self._keys.values() for m in group.values())
        folded = {m.name: key(m.name) for m in matches if kind in (None, m.kind)}
        close = process.extract(
            key(text), folded, scorer=OSA.normalized_similarity, score_cutoff=0.6, limit=limit
        )
        return tuple(name for _, _, name in close)

    def called(self, wanted: str) -> list[Match]:
        """Who is called exactly `wanted` (a key), in any of the ways but spelling."""
        for spelling in (wanted, with_long_first_name(wanted)):
            if spelling in self._keys:
                return list(self._keys[spelling].values())
        turned = " ".join(reversed(wanted.split()))
        return [m for m in self._keys.get(turned, {}).values() if m.how == "exact"]

    def spelled(self, wanted: str) -> list[Match]:
        """Who may be meant by a misspelt `wanted` (a key): the names with the fewest slips in them.

        A slip is a letter too many, too few, wrong, or swapped with the next. Under five letters
        none is allowed, then one, from eight letters two, from twelve three; the first letter of
        each word has to be right. Ordinary words are nobody's misspelt name.
        """
        allowed = _slips(len(wanted.replace(" ", "")))
        if not allowed or wanted in ordinary_words():
            return []
        near = process.extract(
            wanted,
            self._by_length.get(wanted.count(" ") + 1, []),
            scorer=OSA.distance,
            score_cutoff=allowed,
            limit=20,
        )
        close = [(name, slips) for name, slips, _ in near if slips and _alike(wanted, name)]
        fewest = min((slips for _, slips in close), default=0)
        found: _Group = {}
        for name, slips in close:
            if slips == fewest:
                found |= {k: _misspelt(m, slips, wanted) for k, m in self._keys[name].items()}
        return list(found.values())

    def _add_team(self, club: Team) -> None:
        match = Match("team", club.team_id, club.full_name, 0.0, "exact", club.abbreviation)
        self._add(match, "exact", club.full_name, club.nickname, *club.former)
        self._add(match, "nickname", *nicknames("teams").get(club.abbreviation, ()))
        self._add(match, "abbreviation", club.abbreviation, *club.codes)
        self._add(match, "city", club.city)

    def _add_player(self, person: Person) -> None:
        match = Match("player", person.id, person.name, 0.0, "exact", person.detail, person.minutes)
        full = key(person.name)
        short = without_suffix(full)
        first, *rest = short.split()
        self._add(match, "exact", full, short)
        self._add(match, "nickname", *nicknames("players").get(full, ()))
        if rest:
            self._add(match, "last name", " ".join(rest), rest[-1])
            self._add(match, "first name", first)
        if len(rest) > 1:
            self._add(match, "initials", "".join(part[0] for part in short.split()))

    def _add(self, match: Match, how: How, *texts: str) -> None:
        for text in texts:
            group = self._keys[key(text)]
            known = group.get((match.kind, match.id))
            if known is None or known.score < SCORES[how]:
                group[match.kind, match.id] = replace(match, how=how, score=SCORES[how])


def _slips(letters: int) -> int:
    return 0 if letters < 5 else 1 if letters < 8 else 2 if letters < 12 else 3


def _alike(wanted: str, name: str) -> bool:
    """True when every word of `wanted` is near the word of `name` in its place."""
    return all(
        a == b or (a[0] == b[0] and OSA.distance(a, b) <= _slips(max(len(a), len(b))))
        for a, b in zip(wanted.split(), name.split(), strict=True)
    )


def _misspelt(match: Match, slips: int, wanted: str) -> Match:
    return replace(match, how="spelling", score=SCORES["spelling"] * (1 - slips / len(wanted)))
