"""The catalogue of measures, read from measures.toml: what each is, and how it is computed."""

import math
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.errors import UnknownName
from nba_mcp_synthesis.schema.tables import tables

_SEASON_GAMES = 82


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Who is ranked: players with at least `minimum` of the base count `count` in 82 games."""

    count: str
    minimum: int
    why: str

    def scaled(self, games: int) -> int:
        """The minimum for a season in which the busiest team has played `games` so far."""
        return math.ceil(self.minimum * min(games, _SEASON_GAMES) / _SEASON_GAMES)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `formulas` holds its formula for each kind of thing that has it.

    Values with the unit `percent` are fractions in SQL and 0-100 in answers. Units besides percent,
    ratio and margin are what is counted. `average` names the measure that gives a count per game.
    """

    name: str
    label: str
    unit: str
    words: tuple[str, ...]
    formulas: dict[Kind, str]
    definition: str
    decimals: int
    higher_is_better: bool = True
    qualifier: Qualifier | None = None
    is_total: bool = False
    average: str | None = None

    @property
    def is_percent(self) -> bool:
        """True when answers give its fractions as 0-100."""
        return self.unit == "percent"

    @property
    def is_counted(self) -> bool:
        """True when a value counts things: `33.5 points per game`."""
        return self.unit not in ("percent", "ratio", "margin")


@cache
def measures() -> dict[str, Measure]:
    """All measures by name."""
    raw = tomllib.loads(files(__package__).joinpath("measures.toml").read_text("utf-8"))
    qualifiers = {name: Qualifier(name, **spec) for name, spec in raw["qualifiers"].items()}
    made = [m for name, spec in raw["counts"].items() for m in _count(name, spec, qualifiers)]
    made += [_total(name, spec) for name, spec in raw["plain"].items()]
    made += [_ratio(name, spec, qualifiers) for name, spec in raw["ratios"].items()]
    return {measure.name: measure for measure in made}


def measure(name: str) -> Measure:
    """The measure of that name; UnknownName with the nearest ones otherwise."""
    if name in measures():
        return measures()[name]
    near = process.extract(
        name, list(measures()), scorer=OSA.normalized_similarity, score_cutoff=0.5, limit=3
    )
    raise UnknownName("measure", name, [found for found, _, _ in near])


def _count(name: str, spec: dict[str, Any], qualifiers: dict[str, Qualifier]) -> Iterator[Measure]:
    total = _total(name, spec)
    yield replace(total, words=_with_singular(total), average=f"{name}_per_game")
    published = f"{name}_per_game" in tables()["team_season_stats"].column_names()
    formulas = dict.fromkeys(total.formulas, f"{name} / gp")
    if "team" in formulas and published:
        formulas["team"] = f"coalesce({name} / gp, {name}_per_game)"
    yield Measure(
        name=f"{name}_per_game",
        label=f"{total.label} per game",
        unit=f"{total.unit} per game",
        words=_words(spec.get("average_words", [])),
        formulas=formulas,
        definition=f"{total.definition.rstrip('.')}, divided by games played.",
        decimals=1,
        higher_is_better=total.higher_is_better,
        qualifier=qualifiers["gp"],
    )


def _with_singular(total: Measure) -> tuple[str, ...]:
    """A label of one word also without the s of its plural: `assist`."""
    return (*total.words, total.label.removesuffix("s")) if total.label.isalpha() else total.words


def _total(name: str, spec: dict[str, Any]) -> Measure:
    return Measure(
        name=name,
        label=spec["label"],
        unit=spec.get("unit", spec["label"]),
        words=_words([name, spec["label"], *spec.get("words", [])]),
        formulas=_for_kinds(spec, name),
        definition=spec["definition"],
        decimals=0,
        higher_is_better=spec.get("higher_is_better", True),
        is_total=True,
    )


def _ratio(name: str, spec: dict[str, Any], qualifiers: dict[str, Qualifier]) -> Measure:
    return Measure(
        name=name,
        label=spec["label"],
        unit=spec["unit"],
        words=_words([name, spec["label"], *spec.get("words", [])]),
        formulas=_for_kinds(spec, spec["formula"]),
        definition=spec["definition"],
        decimals=spec.get("decimals", 1 if spec["unit"] == "percent" else 2),
        qualifier=qualifiers.get(spec.get("qualifier", "")),
    )


def _for_kinds(spec: dict[str, Any], formula: str) -> dict[Kind, str]:
    kinds: tuple[Kind, ...] = ("player", "team")
    return {kind: formula for kind in kinds if kind in spec.get("kinds", kinds)}


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    """Keys of the texts; the number three is always the figure."""
    keys = (" ".join("3" if w == "three" else w for w in key(text).split()) for text in texts)
    return tuple(dict.fromkeys(keys))
