"""Boards in words."""

from dataclasses import dataclass

from nba_mcp_synthesis.analyst.sentences import listed, shown, with_unit
from nba_mcp_synthesis.basketball.catalogue import Measure
from nba_mcp_synthesis.basketball.matches import Kind

Place = tuple[int, str, float]


@dataclass(frozen=True, slots=True)
class Board:
    """Ranks, names and values of a measure, best first; `club` when it is one team's."""

    places: tuple[Place, ...]
    measure: Measure
    scope: str
    by: Kind
    descending: bool
    club: str | None = None

    def in_words(self, *, single: bool) -> str:
        """Who leads, and unless only the `single` first was asked for, the list."""
        first = [name for rank, name, _ in self.places if rank == 1]
        if not self.descending or len(first) > 1:
            names = self._names() if single else self._list()
            return f"{self._title()}: {names}."
        lead = self._lead(first[0], self.places[0][2])
        return lead if single else f"{lead} {self._list()}."

    def _lead(self, name: str, value: float) -> str:
        who = f"The {name}" if self.by == "team" else name
        return f"{who} led the {self.club or 'league'} with {with_unit(value, self.measure)} in {self.scope}."

    def _title(self) -> str:
        more, less = ("Most", "Fewest") if self.measure.is_counted else ("Highest", "Lowest")
        club = f" for the {self.club}" if self.club else ""
        return f"{more if self.descending else less} {self.measure.label}{club} in {self.scope}"

    def _names(self) -> str:
        return listed([f"{name} {shown(value, self.measure)}" for _, name, value in self.places])

    def _list(self) -> str:
        return ", ".join(f"{rank}. {name} {shown(value, self.measure)}" for rank, name, value in self.places)
