"""Players and teams by whatever people call them: names, nicknames, initials, misspellings."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nba_mcp_synthesis.basketball.roster import Person, read_people
from nba_mcp_synthesis.basketball.words import fold, key, without_suffix
from nba_mcp_synthesis.errors import AmbiguousName, UnknownName
from nba_mcp_synthesis.schema.teams import Team, teams
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

Kind = Literal["player", "team"]
How = Literal[
    "exact", "nickname", "abbreviation", "initials", "city", "last name", "first name", "spelling"
]
# How sure each way is. Parts of a name come below names, guesses at spelling below both.
_SCORES: dict[How, float] = {
    "exact": 1.0,
    "nickname": 0.98,
    "abbreviation": 0.97,
    "initials": 0.95,
    "city": 0.9,
    "last name": 0.9,
    "first name": 0.85,
    "spelling": 0.8,
}
_CERTAIN = 0.95
# A name counts as the likely one when its bearer played this many times as much as every other.
_STAR = 5.0


@dataclass(frozen=True, slots=True)
class Match:
    """One player or team that a text may mean.

    `score` runs from 0 to 1; `detail` tells bearers of one name apart (team and position);
    `minutes` are those of a player in the newest regular season.
    """

    kind: Kind
    id: int
    name: str
    score: float
    how: How
    detail: str = ""
    minutes: float = 0.0

    @property
    def label(self) -> str:
        """The name with what tells it apart: `Jalen Williams (OKC, Forward)`."""
        return f"{self.name} ({self.detail})" if self.detail else self.name


class Names:
    """An index of the players and teams of one state of a warehouse."""

    def __init__(self, people: Iterable[Person], clubs: Iterable[Team]) -> None:
        self._keys: dict[str, dict[tuple[Kind, int], Match]] = defaultdict(dict)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for club in clubs:
            self._add_team(club)
        for person in people:
            self._add_player(person)
        for name in self._keys:
            self._by_length[name.count(" ") + 1].append(name)

    @classmethod
    def of(cls, warehouse: DuckDBWarehouse) -> "Names":
        """The names in the newest state of `warehouse`; build it once per `state().snapshot`."""
        return cls(read_people(warehouse), teams())

    def find(self, text: str, kind: Kind | None = None, limit: int = 5) -> tuple[Match, ...]:
        """The best matches of `text`, best first; none when nothing is near."""
        wanted = key(text)
        found = {(m.kind, m.id): m for m in self.spelled(wanted)}
        found |= {(m.kind, m.id): m for m in self.called(wanted)}
        ranked = sorted(found.values(), key=lambda m: (-m.score, -m.minutes, m.name))
        return tuple(m for m in ranked if kind in (None, m.kind))[:limit]

    def resolve(self, text: str, kind: Kind | None = None) -> Match:
        """The one player or team that `text` means; see `likely` for how ties are broken.

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
        names = {
            m.name for group in self._keys.values() for m in group.values() if kind in (None, m.kind)
        }
        folded = {name: key(name) for name in names}
        close = process.extract(
            key(text), folded, scorer=OSA.normalized_similarity, score_cutoff=0.6, limit=limit
        )
        return tuple(name for _, _, name in close)

    def called(self, wanted: str) -> list[Match]:
        """Who is called exactly `wanted` (a key), in any of the ways but spelling."""
        found = self._keys.get(wanted) or self._keys.get(_long_first_name(wanted)) or {}
        return list(found.values())

    def spelled(self, wanted: str) -> list[Match]:
        """Who may be meant by a misspelt `wanted`: the names with the fewest slips in them.

        The first letter has to be right, words under five letters too; 5-7 letters may hold one
        slip, 8-11 two, longer ones three. A slip is a letter too many, too few, wrong, or swapped.
        """
        allowed = _slips(len(wanted.replace(" ", "")))
        vocabulary = self._by_length.get(wanted.count(" ") + 1, [])
        if not allowed or not vocabulary:
            return []
        near = process.extract(
            wanted, vocabulary, scorer=OSA.distance, score_cutoff=allowed, limit=20
        )
        close = [(name, slips) for name, slips, _ in near if slips and _alike(wanted, name)]
        fewest = min((slips for _, slips in close), default=0)
        found: dict[tuple[Kind, int], Match] = {}
        for name, slips in close:
            if slips == fewest:
                found |= {k: _misspelt(m, slips, wanted) for k, m in self._keys[name].items()}
        return list(found.values())

    def _add_team(self, club: Team) -> None:
        def add(text: str, how: How) -> None:
            self._add(text, "team", club.team_id, club.full_name, how, club.abbreviation)

        add(club.full_name, "exact")
        add(club.nickname, "exact")
        for nickname in nicknames("teams").get(club.abbreviation, ()):
            add(nickname, "nickname")
        for code in (club.abbreviation, *club.codes):
            add(code, "abbreviation")
        for former in club.former:
            add(former, "exact")
        add(club.city, "city")

    def _add_player(self, person: Person) -> None:
        def add(text: str, how: How) -> None:
            self._add(text, "player", person.id, person.name, how, person.detail, person.minutes)

        full = key(person.name)
        short = without_suffix(full)
        add(full, "exact")
        add(short, "exact")
        for nickname in nicknames("players").get(full, ()):
            add(nickname, "nickname")
        parts = short.split()
        if len(parts) > 2:
            add("".join(part[0] for part in parts), "initials")
        if len(parts) > 1:
            add(" ".join(parts[1:]), "last name")
            add(parts[-1], "last name")
            add(parts[0], "first name")

    def _add(
        self, text: str, kind: Kind, id_: int, name: str, how: How, detail: str, minutes: float = 0.0
    ) -> None:
        group = self._keys[key(text)]
        known = group.get((kind, id_))
        if known is None or known.score < _SCORES[how]:
            group[kind, id_] = Match(kind, id_, name, _SCORES[how], how, detail, minutes)


def best(found: Iterable[Match]) -> list[Match]:
    """The matches among which a choice remains, those who play most first.

    A whole name, nickname, abbreviation or initials leave parts of names behind. Among parts, a
    first name counts only for one who played more than everybody with that surname; and players
    without minutes in the newest regular season give way to others.
    """
    ranked = sorted(found, key=lambda m: (-m.score, -m.minutes, m.name))
    if ranked and ranked[0].score >= _CERTAIN:
        return [m for m in ranked if m.score == ranked[0].score]
    surnames = max((m.minutes for m in ranked if m.how == "last name"), default=-1.0)
    kept = [m for m in ranked if m.how != "first name" or m.minutes > surnames]
    playing = [m for m in kept if m.kind == "team" or m.minutes > 0]
    return playing or kept


def likely(found: Iterable[Match]) -> Match | None:
    """The one that is meant, or None when that has to be asked.

    Among several players it is the one who played more than five times the minutes of each
    other one in the newest regular season. A tie with a team is never broken.
    """
    choices = sorted(best(found), key=lambda m: -m.minutes)
    if len(choices) == 1:
        return choices[0]
    if not choices or any(m.kind == "team" for m in choices):
        return None
    return choices[0] if choices[0].minutes > _STAR * choices[1].minutes else None


@cache
def nicknames(kind: Literal["teams", "players"]) -> dict[str, tuple[str, ...]]:
    """Nicknames by abbreviation of the team, or by key of the player's full name."""
    found: dict[str, list[str]] = defaultdict(list)
    for nickname, named in data()[kind].items():
        for name in [named] if isinstance(named, str) else named:
            found[name if kind == "teams" else key(name)].append(nickname)
    return {name: tuple(values) for name, values in found.items()}


@cache
def data() -> dict[str, Any]:
    """The content of nicknames.toml."""
    return tomllib.loads(files(__package__).joinpath("nicknames.toml").read_text("utf-8"))


def _long_first_name(wanted: str) -> str:
    first, _, rest = wanted.partition(" ")
    return f"{data()['first_names'].get(first, first)} {rest}" if rest else wanted


def _slips(letters: int) -> int:
    return 0 if letters < 5 else 1 if letters < 8 else 2 if letters < 12 else 3


def _alike(wanted: str, name: str) -> bool:
    """True when every word of `wanted` is near the word of `name` in its place."""
    pairs = zip(wanted.split(), name.split(), strict=True)
    return all(a == b or (a[0] == b[0] and OSA.distance(a, b) <= _slips(min(len(a), len(b)) + 1)) for a, b in pairs)


def _misspelt(match: Match, slips: int, wanted: str) -> Match:
    score = _SCORES["spelling"] * (1 - slips / len(wanted))
    return Match(match.kind, match.id, match.name, score, "spelling", match.detail, match.minutes)
