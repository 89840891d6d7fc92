"""What each fact can give of a query, and how much of it is loaded."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.stats.coverage import Coverage, Filled, Season
from nba_mcp_synthesis.basketball.stats.dimensions import OF_CLUBS, dimension, dimensions
from nba_mcp_synthesis.basketball.stats.facts import Fact, columns_of, facts, joins
from nba_mcp_synthesis.basketball.stats.formulas import Part, parts
from nba_mcp_synthesis.basketball.stats.query import StatQuery

# A table whose whole is not known may lack anything.
_UNKNOWN = 0.5


@dataclass(frozen=True, slots=True)
class Offer:
    """A part as one fact gives it: `share` of its rows is there; `filled` when all those have a value.

    `uncertain` counts, which the conditions compare, lack a value in some rows.
    """

    fact: Fact
    part: Part
    share: float
    filled: bool
    uncertain: frozenset[str] = frozenset()


def offers(query: StatQuery, wanted: Iterable[Part], coverage: Coverage) -> dict[Part, list[Offer]]:
    """For each part the facts that can give it, in the order in which they are tried."""
    found: dict[Part, list[Offer]] = {part: [] for part in wanted}
    for fact in facts().values():
        if fact.entity == query.entity and _fits(fact, query):
            able = [p for p in found if p.count in fact.counts and (p.how == "sum" or fact.grain == "game")]
            for offer in _offered(fact, able, query, coverage):
                found[offer.part].append(offer)
    return found


def of_context(expression: str) -> list[exp.Column]:
    """The columns of an expression that come from the context of the query."""
    others = [column for column in columns_of(expression) if column.table != "f"]
    return [column for column in others if joins()[column.table].context]


def _fits(fact: Fact, query: StatQuery) -> bool:
    """True when the fact can be told by all that the query tells and filters by."""
    rows = [c.name for c in query.where if c.name in measures()]
    told = [*query.by, *(c.name for c in query.where if c.name in dimensions())]
    if (rows or query.last) and fact.grain != "game":
        return False
    if fact.splits_clubs and fact.grain == "season" and OF_CLUBS.isdisjoint(told):
        return False
    if query.entity == "player" and "team" in query.by and not fact.splits_clubs:
        return False
    if any(part.count not in fact.counts for name in rows for part in _compared_parts(name, fact, query)):
        return False
    return all(dimension(name).key_in(fact) for name in told)


def _compared_parts(name: str, fact: Fact, query: StatQuery) -> Iterable[Part]:
    return () if name in fact.rows else parts(name, query.entity)


def _offered(fact: Fact, able: list[Part], query: StatQuery, coverage: Coverage) -> list[Offer]:
    # What comes from the context is looked at when the context is chosen.
    texts = tuple("TRUE" if of_context(e) else e for e in (fact.counts[p.count] for p in able))
    scope = [(season, kind) for season in query.seasons for kind in query.season_types]
    of_rows = [_complete(fact, season, query, coverage) for season in scope]
    compared = _compared(fact, query, coverage, scope)
    of_rows = [min([of, *(shares[n] for shares in compared.values())]) for n, of in enumerate(of_rows)]
    uncertain = frozenset(count for count, shares in compared.items() if min(shares) < 1)
    made = []
    for part, filled in zip(able, coverage.filled(fact, texts), strict=True):
        of_values = _shares(filled, scope)
        share = min(a * b for a, b in zip(of_values, of_rows, strict=True))
        made.append(Offer(fact, part, share, all(value == 1 for value in of_values), uncertain))
    return [offer for offer in made if offer.share > 0]


def _compared(
    fact: Fact, query: StatQuery, coverage: Coverage, scope: list[Season]
) -> dict[str, list[float]]:
    """The counts that conditions on a game compare, each with the share of rows that have it."""
    rows = [c.name for c in query.where if c.name in measures()]
    compared: dict[str, str] = {}
    for name in rows:
        compared |= fact.row_values(name, [part.count for part in parts(name, query.entity)])
    if query.last or query.in_order:
        compared["date"] = fact.time
    filled = coverage.filled(fact, tuple(compared.values()))
    return {name: _shares(found, scope) for name, found in zip(compared, filled, strict=True)}


def _shares(filled: dict[Season, Filled], scope: list[Season]) -> list[float]:
    there = [filled.get(season) for season in scope]
    return [found.filled / found.rows if found and found.rows else 0.0 for found in there]


def _complete(fact: Fact, season: tuple[str, str], query: StatQuery, coverage: Coverage) -> float:
    """The season of named players is whole where each has his row, whoever else is missing."""
    named = {value for c in query.where if c.is_one_player for value in c.values}
    if named and fact.grain == "season" and not fact.splits_clubs and named <= coverage.players(fact, season):
        return 1.0
    share = coverage.complete(fact, season)
    return _UNKNOWN if share is None else share
