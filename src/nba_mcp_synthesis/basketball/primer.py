"""The domain primer: what a model has to know about these data, made from the catalogue."""

import re
from collections.abc import Iterable
from importlib.resources import files

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.stats.dimensions import dimensions
from nba_mcp_synthesis.schema.seasons import SEASON_TYPES
from nba_mcp_synthesis.schema.teams import teams

MOST_BYTES = 4_096
_FORM = re.compile(r"_per_(game|36|100)$")
_ZONE = re.compile(r"(\w+)_freq")
_SHOOTING = ("fg_pct", "fg2_pct", "fg3_pct", "ft_pct", "efg_pct", "ts_pct", "fg3a_rate", "ft_rate")


def primer() -> str:
    """The text, within MOST_BYTES."""
    template = files(__package__).joinpath("primer_template.md").read_text("utf-8")
    zones = [match[1] for name in measures() if (match := _ZONE.fullmatch(name))]
    plain = [of for of in measures().values() if not _is_derived(of.name, zones)]
    counts = [of.name for of in plain if of.average]
    rates = [of.name for of in plain if not of.is_total and of.name not in _SHOOTING]
    return template.format(
        season_types=", ".join(SEASON_TYPES),
        qualifiers=", ".join(_qualifiers(zones)),
        renamed=", ".join(f"{name} are the {team.full_name}" for team in teams() for name in team.former),
        counts=" ".join(counts),
        results=" ".join(of.name for of in plain if of.is_total and not of.average),
        shooting=" ".join(_SHOOTING),
        rates=" ".join(rates),
        estimates=" ".join(of.name for of in plain if of.is_estimate),
        zones=" ".join(zones),
        dimensions=" ".join(dimensions()),
    )


def _is_derived(name: str, zones: Iterable[str]) -> bool:
    """True for forms of other measures, which the primer tells by their rule."""
    base = _FORM.sub("", name.removeprefix("opp_"))
    return any(name.startswith(f"{zone}_") for zone in zones) or (base != name and base in measures())


def _qualifiers(zones: Iterable[str]) -> list[str]:
    found = dict.fromkeys(of.qualifier for of in measures().values() if of.qualifier)
    plain = [q for q in found if not _is_derived(q.count, zones)]
    return [*(f"{qualifier.minimum} {qualifier.count}" for qualifier in plain), "82 attempts from a place"]
