"""A measure in words: what it is, how it is computed, for whom, and what it can be told by."""

from collections.abc import Iterator

from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.basketball.stats.dimensions import dimensions
from nba_mcp_synthesis.basketball.stats.facts import Fact, facts
from nba_mcp_synthesis.basketball.stats.formulas import Part, parts

_GRAINS = ("season", "game", "part")


def describe_measure(name: str) -> str:
    """A measure in words, a line a point.

    Raises:
        UnknownName: there is no such measure; the nearest are given.
    """
    return "\n".join(_lines(measure(name)))


def _lines(of: Measure) -> Iterator[str]:
    yield f"{of.name}: {of.label}"
    yield of.definition
    yield f"Unit: {_unit(of)}. Decimals shown: {of.decimals}. {_direction(of)}"
    yield f"Source: {of.source}. {'An estimate.' if of.is_estimate else 'Exact.'}"
    if of.qualifier:
        least = f"{of.qualifier.minimum} {measure(of.qualifier.count).label} in 82 games"
        yield f"Boards of players rank those with at least {least}: {of.qualifier.why}."
    for kind, formula in of.formulas.items():
        yield f"Of {kind}s: {' '.join(formula.split())}"
        yield from _told_by(of, kind)
    yield f"Also called: {', '.join(of.words)}."


def _unit(of: Measure) -> str:
    return {"percent": "percent (a fraction in tables)", "margin": "a plain number"}.get(of.unit, of.unit)


def _direction(of: Measure) -> str:
    return "More is better." if of.higher_is_better else "Less is better."


def _told_by(of: Measure, kind: Kind) -> Iterator[str]:
    """The dimensions, by the rows that are needed for them: of seasons, of games or of parts of games."""
    needed = parts(of.name, kind)
    told: set[str] = set()
    for n, grain in enumerate(_GRAINS, 1):
        able = [fact for fact in facts().values() if fact.entity == kind and fact.grain in _GRAINS[:n]]
        givers = [[fact for fact in able if _gives(fact, part)] for part in needed]
        new = [
            name
            for name, dimension in dimensions().items()
            if name not in told and all(any(dimension.key_in(fact) for fact in some) for some in givers)
        ]
        told.update(new)
        if new:
            yield f"Told by {grain}: {', '.join(new)}."


def _gives(fact: Fact, part: Part) -> bool:
    return part.count in fact.counts and (part.how == "sum" or fact.grain == "game")
