"""Which facts a query is read from: those that have what it asks for, and all rows of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nba_mcp_synthesis.basketball.catalogue import measure, measures
from nba_mcp_synthesis.basketball.stats.coverage import Coverage
from nba_mcp_synthesis.basketball.stats.dimensions import OF_CLUBS
from nba_mcp_synthesis.basketball.stats.facts import Fact, facts
from nba_mcp_synthesis.basketball.stats.formulas import Part, parts
from nba_mcp_synthesis.basketball.stats.offers import Offer, of_context, offers
from nba_mcp_synthesis.basketball.stats.query import StatQuery
from nba_mcp_synthesis.errors import UsageError

# Published averages stand beside the exact record.
_NEVER_ROUNDED = frozenset({"gp", "wins", "losses"})


@dataclass(frozen=True, slots=True)
class Source:
    """A fact and what is read from it; sums of `partial` counts stay empty where a row has no value.

    `uncertain` counts are compared by conditions, and lack in some rows.
    """

    fact: Fact
    parts: tuple[Part, ...]
    partial: frozenset[str]
    share: float
    uncertain: frozenset[str] = frozenset()

    @property
    def is_rounded(self) -> bool:
        """True when something is computed from averages."""
        return self.fact.rounded and not {part.count for part in self.parts} <= _NEVER_ROUNDED


@dataclass(frozen=True, slots=True)
class Plan:
    """The sources of a query, which of them each part of each measure comes from, and the context.

    The context is the totals of the players' teams. `places` has the name of a fact for a name (a measure,
    or the count of a minimum) and a part of it.
    """

    query: StatQuery
    sources: tuple[Source, ...]
    places: dict[tuple[str, Part], str]
    context: Source | None = None

    @property
    def text(self) -> str:
        """The tables that are read."""
        return ", ".join(dict.fromkeys(source.fact.name for source in self.read))

    @property
    def read(self) -> tuple[Source, ...]:
        """Everything that is read."""
        return (*self.sources, self.context) if self.context else self.sources


def plan(query: StatQuery, coverage: Coverage, without: frozenset[str] = frozenset()) -> Plan:
    """Chooses the facts, those of the names `without` left out.

    Raises:
        UnknownName: a measure or dimension is not known.
        UsageError: no fact has what is asked for, or nothing of it is loaded.
    """
    needs = dict(_needs(query))
    offered = offers(query, dict.fromkeys(p for needed in needs.values() for p in needed), coverage)
    found = {part: [o for o in of_part if o.fact.name not in without] for part, of_part in offered.items()}
    chosen = {
        (name, o.part): o for name, needed in needs.items() for o in _chosen(name, needed, found, query)
    }
    sources = tuple(_sources(chosen.values()))
    context = _context(query, sources, coverage)
    places = {key: offer.fact.name for key, offer in chosen.items()}
    return Plan(query, sources, places, context)


def _needs(query: StatQuery) -> Iterator[tuple[str, tuple[Part, ...]]]:
    ordered = [name for name, _ in query.order_by if name in measures()]
    for name in dict.fromkeys([*query.measures, *ordered, *(c.name for c in query.having)]):
        yield name, parts(name, query.entity)
    for least in query.minimum:
        yield f"at least {least.count}", (Part(least.count),)


def _chosen(
    name: str, needed: tuple[Part, ...], found: dict[Part, list[Offer]], query: StatQuery
) -> Iterable[Offer]:
    """One offer for each part: complete ones of any facts, or else all of one fact.

    Parts of incomplete facts are not mixed: games of the one and points of the other give no average.
    """
    is_total = name in measures() and measure(name).is_total
    usable = {p: [o for o in found[p] if not o.fact.serves or name in o.fact.serves] for p in needed}
    able = {p: [o for o in usable[p] if not (is_total and _is_rounded(o))] for p in needed}
    for pool in _pools(query):
        complete = [
            next((o for o in able[p] if o.share >= 1 and o.fact.splits_clubs in pool), None) for p in needed
        ]
        if all(complete):
            return [offer for offer in complete if offer]
    whole = [
        [o for o in group if o.fact is offer.fact]
        for offer in (able[needed[0]] if needed else [])
        if len(group := [o for p in needed for o in able[p] if o.fact is offer.fact]) == len(needed)
    ]
    if not whole:
        raise _nothing(query, name, [part for part in needed if not able[part]] or needed)
    return max(whole, key=lambda group: min(offer.share for offer in group))


def _pools(query: StatQuery) -> tuple[tuple[bool, ...], ...]:
    """Which facts go together: a traded player's games with one club never with those of all his clubs."""
    told = (*query.by, *(c.name for c in query.where))
    if query.entity == "team" or OF_CLUBS.isdisjoint(told):
        return ((True, False),)
    return (True,), (False,)


def _is_rounded(offer: Offer) -> bool:
    return offer.fact.rounded and offer.part.count not in _NEVER_ROUNDED


def _sources(chosen: Iterable[Offer]) -> Iterator[Source]:
    by_fact: dict[str, list[Offer]] = {}
    for offer in chosen:
        by_fact.setdefault(offer.fact.name, []).append(offer)
    # In the order of facts.toml, in which those come first that have everyone: others are joined to them.
    order = list(facts())
    for group in sorted(by_fact.values(), key=lambda group: order.index(group[0].fact.name)):
        partial = frozenset(o.part.count for o in group if not o.filled)
        used = tuple(sorted({o.part for o in group}))
        yield Source(group[0].fact, used, partial, min(o.share for o in group), group[0].uncertain)


def _context(query: StatQuery, sources: Iterable[Source], coverage: Coverage) -> Source | None:
    """The source of the totals of teams that the players' formulas need."""
    expressions = [source.fact.counts[part.count] for source in sources for part in source.parts]
    needed = tuple(sorted({Part(c.name) for text in expressions for c in of_context(text)}))
    if not needed:
        return None
    teams = StatQuery((), "team", ("season", "season_type", "team"), query.seasons, query.season_types)
    found = offers(teams, needed, coverage)
    # All of one fact, so that its rows are joined once.
    able = [first.fact for first in found[needed[0]] if not first.fact.serves]
    groups = [[o for p in needed for o in found[p] if o.fact is fact] for fact in able]
    whole = [group for group in groups if len(group) == len(needed)]
    if not whole:
        raise _nothing(teams, "", needed)
    return next(iter(_sources(max(whole, key=lambda group: min(offer.share for offer in group)))))


def _nothing(query: StatQuery, name: str, missing: Iterable[Part]) -> UsageError:
    lacking = ", ".join(part.count for part in missing)
    told = dict.fromkeys([*query.by, *(c.name for c in query.where)])
    by = f" by {', '.join(told)}" if told else ""
    return UsageError(
        f"The {', '.join(query.season_types)} of {', '.join(query.seasons)} has nothing loaded that gives "
        f"{f'{name} ({lacking})' if name and name != lacking else lacking} of {query.entity}s{by}.",
        "Leave out a dimension or condition, or ask for a season and type that `data_status` shows.",
    )
