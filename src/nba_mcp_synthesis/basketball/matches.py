"""One player or team that a text may mean, and which of several it is likely to be."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["player", "team"]
How = Literal["exact", "nickname", "abbreviation", "initials", "city", "last name", "first name", "spelling"]
# How sure each way is. Parts of a name come below names, guesses at spelling below both.
SCORES: dict[How, float] = {
    "exact": 1.0,
    "nickname": 0.98,
    "abbreviation": 0.97,
    "initials": 0.95,
    "city": 0.9,
    "last name": 0.9,
    "first name": 0.85,
    "spelling": 0.8,
}
_WHOLE = SCORES["initials"]
_STAR = 5.0


@dataclass(frozen=True, slots=True)
class Match:
    """A player or team, and how the text names it.

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

    @property
    def is_part(self) -> bool:
        """True when the text is only a part of the name, or a guess at its spelling."""
        return self.score < _WHOLE


def best(found: Iterable[Match]) -> list[Match]:
    """The matches among which a choice remains, those who play most first.

    A whole name, nickname, abbreviation or initials leave parts of names behind. Among parts, a
    first name counts only for one who played more than everybody with that surname, and never beside a
    city; and players without minutes in the newest regular season give way to others.
    """
    ranked = sorted(found, key=lambda m: (-m.score, -m.minutes, m.name))
    if ranked and not ranked[0].is_part:
        return [m for m in ranked if m.score == ranked[0].score]
    if ranked and ranked[0].how == "city" and all(m.how in ("city", "first name") for m in ranked):
        return [m for m in ranked if m.how == "city"]  # few call a player Dallas
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
