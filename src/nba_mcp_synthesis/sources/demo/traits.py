"""What a player's ratings mean in a game: weights to be chosen by, and probabilities."""

import math
from functools import cache
from typing import NamedTuple

from nba_mcp_synthesis.sources.demo.parameters import parameters
from nba_mcp_synthesis.sources.demo.people import ROLES, Player, rating_names

# Which rating decides whether a kind of shot goes in, and which how often it is tried.
_SKILL = {"rim": "rim", "short": "short", "mid": "mid", "corner": "three", "above": "three", "heave": "three"}
_TENDENCY = {"rim": "inside", "short": "inside", "corner": "outside", "above": "outside"}


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
    return sum(math.exp(spec["scale"] * spec["roles"][role]) for role in ROLES)


def traits(player: Player) -> Traits:
    """The traits that follow from a player's ratings."""
    scales = [spec["scale"] for spec in parameters("ratings").values()]
    effects = [scale * rating for scale, rating in zip(scales, player.ratings, strict=True)]
    effect = dict(zip(rating_names(), effects, strict=True))
    weight = {name: math.exp(value) for name, value in effect.items()}
    free_throw = parameters("play")["free_throw"] + effect["free_throw"]
    return Traits(
        player_id=player.player_id,
        role=player.role,
        value=player.value(),
        usage=weight["usage"],
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
