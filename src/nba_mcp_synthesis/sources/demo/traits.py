"""What a player's ratings mean in a game: weights to be chosen by, and probabilities."""

import math
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from nba_mcp_synthesis.sources.demo.parameters import parameters
from nba_mcp_synthesis.sources.demo.people import ROLES, Player

# Which rating decides whether a kind of shot goes in, and which how often it is tried.
_SKILL = {"rim": "rim", "short": "short", "mid": "mid", "corner": "three", "above": "three", "heave": "three"}
_TENDENCY = {"rim": "inside", "short": "inside", "corner": "outside", "above": "outside"}


_REGULARS = 240  # eight a team


class ShotKind(NamedTuple):
    """The chances of one kind of shot, as in parameters.toml."""

    name: str
    share: float
    make: float
    fouled: float
    and_one: float
    block: float
    assist: float
    oreb: float
    styles: list[str]


class Traits(NamedTuple):
    """One player as the game sees him.

    Weights are 1 for the average; `shares` and `makes` follow `shot_kinds`; `makes`, `defence` and
    `free_throw` are probabilities, `defence` being what he takes from an opponent's chance.
    """

    player_id: int
    role: int
    value: float
    usage: float
    passing: float
    oreb: float
    dreb: float
    steal: float
    block: float
    fouling: float
    turnover: float
    drawing: float
    defence: float
    free_throw: float
    shares: tuple[float, ...]
    makes: tuple[float, ...]


@cache
def shot_kinds() -> tuple[ShotKind, ...]:
    """The kinds of shots, in the order of parameters.toml."""
    return tuple(ShotKind(name=name, **spec) for name, spec in parameters("shots").items())


@cache
def typical(weight: str) -> float:
    """Sum of a weight over a line-up with an average player in each role."""
    spec = parameters("ratings")[weight]
    return math.fsum(math.exp(spec["scale"] * spec["roles"][role]) for role in ROLES)


def league_level(players: Iterable[Player]) -> tuple[float, ...]:
    """Mean of each rating over the players who matter, what their roles bring left out."""
    best = sorted(players, key=lambda player: player.value, reverse=True)[:_REGULARS]
    shifts = [spec["roles"] for spec in parameters("ratings").values()]
    columns = zip(*(player.ratings for player in best), strict=True)
    return tuple(
        math.fsum(r - shift[p.role] for r, p in zip(column, best, strict=True)) / len(best)
        for column, shift in zip(columns, shifts, strict=True)
    )


def traits(player: Player, level: tuple[float, ...]) -> Traits:
    """The traits that follow from a player's ratings, in a league of that level.

    Ratings count against the level, so that the league's averages are those of parameters.toml
    in every season.
    """
    effect = {
        name: spec["scale"] * (rating - mean)
        for (name, spec), rating, mean in zip(
            parameters("ratings").items(), player.ratings, level, strict=True
        )
    }
    weight = {name: math.exp(value) for name, value in effect.items()}
    free_throw = parameters("play")["free_throw"] + effect["free_throw"]
    return Traits(
        player_id=player.player_id,
        role=player.role,
        value=player.value,
        usage=min(weight["usage"], parameters("play")["usage_most"]),
        passing=weight["passing"],
        oreb=weight["oreb"],
        dreb=weight["dreb"],
        steal=weight["steal"],
        block=weight["block"],
        fouling=1 / weight["discipline"],
        turnover=1 / weight["handling"],
        drawing=weight["drawing"],
        defence=effect["defence"],
        free_throw=min(0.95, max(0.42, free_throw)),
        shares=tuple(k.share * weight.get(_TENDENCY.get(k.name, ""), 1.0) for k in shot_kinds()),
        makes=tuple(max(0.01, k.make + effect[_SKILL[k.name]]) for k in shot_kinds()),
    )
