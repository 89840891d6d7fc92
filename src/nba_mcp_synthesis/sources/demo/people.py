"""The invented players: who they are, what they can do, and how both begin."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from nba_mcp_synthesis.sources.demo.parameters import cultures, excluded_names, parameters

ROLES = range(5)
FIRST_ID = 9_000_001  # the ids of real players are far below


@dataclass(frozen=True, slots=True)
class Player:
    """One player in one season.

    `role` is 0 (point guard) to 4 (centre); `ratings` are in standard deviations, in the
    order of parameters.toml, and `value` is what they are worth to a team (about 0 for the average
    newcomer of talent 0 in his best years); the draft fields are None for the undrafted.
    """

    player_id: int
    full_name: str
    birth_date: date
    height_in: int
    weight_lb: int
    role: int
    position: str
    country: str
    school: str
    from_year: int
    ratings: tuple[float, ...]
    value: float
    draft_round: int | None = None
    draft_number: int | None = None
    jersey: str = ""

    def age(self, year: int) -> int:
        """Age that he reaches in a calendar year."""
        return year - self.birth_date.year


@cache
def _worths() -> tuple[tuple[float, list[float]], ...]:
    return tuple((spec["worth"], spec["roles"]) for spec in parameters("ratings").values())


def value(ratings: tuple[float, ...], role: int) -> float:
    """What ratings are worth to a team in a role."""
    return math.fsum(
        worth * (rating - shifts[role]) for rating, (worth, shifts) in zip(ratings, _worths(), strict=True)
    )


@cache
def gain(age: int) -> float:
    """What every rating gains in the year before the season at this age."""
    steps = parameters("ageing")["steps"]
    return float(next(step["gain"] for step in steps if age <= step["to"]))


class Newcomers:
    """Makes players whose ids and names nobody in the league has had."""

    def __init__(self) -> None:
        self._names = set(excluded_names())
        self._next_id = FIRST_ID

    def make(self, rng: Random, year: int, role: int, pick: int | None = None) -> Player:
        """A player who enters in the season that starts in `year`, as that pick or undrafted."""
        age = rng.choice(parameters("draft")["ages"])
        culture, name = self._name(rng)
        ratings = _ratings(rng, role, age, _talent(rng, pick))
        self._next_id += 1
        return Player(
            player_id=self._next_id - 1,
            full_name=name,
            birth_date=date(year - age, 1, 1) + timedelta(days=rng.randrange(365)),
            role=role,
            **_body(rng, role),
            country=rng.choice(culture["countries"]),
            school=rng.choice(culture["schools"]),
            from_year=year,
            ratings=ratings,
            value=value(ratings, role),
            draft_round=pick and 1 + (pick > 30),
            draft_number=pick,
        )

    def _name(self, rng: Random) -> tuple[dict[str, Any], str]:
        groups = list(cultures().values())
        shares = [group["share"] for group in groups]
        while True:
            culture = rng.choices(groups, shares)[0]
            name = f"{rng.choice(culture['first'])} {rng.choice(culture['last'])}"
            if name not in self._names:
                self._names.add(name)
                return culture, name


def _body(rng: Random, role: int) -> dict[str, Any]:
    body = parameters("body")
    size = rng.gauss(0, 1)  # the tall are heavy
    weight = body["weight"][role] + body["weight_sd"] * (0.7 * size + 0.7 * rng.gauss(0, 1))
    return {
        "height_in": round(body["height"][role] + body["height_sd"] * size),
        "weight_lb": round(weight),
        "position": rng.choice(body["positions"][role]),
    }


def _talent(rng: Random, pick: int | None) -> float:
    """Talent that a player of that pick will have in his best years."""
    draft = parameters("draft")
    mean = draft["talent_undrafted"]
    if pick is not None:
        mean = draft["talent_first"] - draft["talent_fall"] * math.log(pick)
    return float(min(draft["talent_most"], mean + rng.gauss(0, draft["talent_sd"])))


def _ratings(rng: Random, role: int, age: int, talent: float) -> tuple[float, ...]:
    unready = math.fsum(gain(later) for later in range(age + 1, 30))
    return tuple(
        spec["talent"] * talent + spec["spread"] * rng.gauss(0, 1) + spec["roles"][role] - unready
        for spec in parameters("ratings").values()
    )
