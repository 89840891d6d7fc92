"""What lacks of the data that a query reads: told with the result, or the reason for none."""

from collections.abc import Iterable, Iterator

from nba_mcp_synthesis.basketball.stats.coverage import Coverage
from nba_mcp_synthesis.basketball.stats.dimensions import OF_CLUBS
from nba_mcp_synthesis.basketball.stats.plan import Plan, Source
from nba_mcp_synthesis.basketball.stats.query import StatQuery
from nba_mcp_synthesis.errors import UsageError

# Below this part of the rows a result says more about what was loaded than about the season.
_LEAST = 0.25
_MOST_NAMED = 3
_ROUNDED = "Computed from published averages, which are rounded to 0.1."


def check(plan: Plan, coverage: Coverage) -> None:
    """Raises UsageError where nearly nothing of a season is loaded; named games are what they are."""
    if any(condition.name == "game" for condition in plan.query.where):
        return
    for source in plan.read:
        if source.share < _LEAST:
            raise UsageError(
                f"Too little is loaded for this: {' '.join(_incomplete(plan, source, coverage))}",
                "Ask for what `data_status` shows as complete, or for a single game.",
            )


def notes(plan: Plan, coverage: Coverage) -> Iterator[str]:
    """A sentence for everything that makes the result less than it seems."""
    told = {*plan.query.by, *(c.name for c in plan.query.where)}
    if not OF_CLUBS.isdisjoint(told):
        told.add("team")
    for source in plan.sources:
        used = {*told, *(part.count for part in source.parts)}
        yield from dict.fromkeys(text for name, text in source.fact.note.items() if name in used)
    for source in plan.read:
        yield from _incomplete(plan, source, coverage)
    if any(source.is_rounded for source in plan.read):
        yield _ROUNDED


def nothing(query: StatQuery) -> str:
    """Why there may be no rows, for whoever wonders."""
    conditions = [c.text for c in (*query.where, *query.having)]
    least = [f"{m.count} of at least {m.value}" for m in query.minimum]
    kept = " and ".join([*conditions, *least])
    return (
        f"No row meets {kept}: are its values written as in the data?" if kept else "There are no such rows."
    )


def streak_notes(plan: Plan, coverage: Coverage) -> Iterator[str]:
    """The same for streaks."""
    told = list(notes(plan, coverage))
    yield from told
    if told:
        yield "Games that are not loaded neither count nor end a streak."


def _incomplete(plan: Plan, source: Source, coverage: Coverage) -> Iterator[str]:
    query, fact = plan.query, source.fact
    if source.share >= 1:
        return
    what = fact.covered if fact.table.endswith(".sql") else fact.table
    seasons = [(season, kind) for season in query.seasons for kind in query.season_types]
    short = [season for season in seasons if (coverage.complete(fact, season) or 0.0) < 1]
    for season in short[-_MOST_NAMED:]:
        yield f"{what} of the {' '.join(season)}: {coverage.told(fact, season)} are loaded."
    if len(short) > _MOST_NAMED:
        yield f"So it is with {len(short) - _MOST_NAMED} seasons more."
    if source.uncertain:
        listed = _listed(source.uncertain)
        yield f"{listed} not given for every game; where one lacks, a condition on it does not hold."
    if source.partial:
        yield f"{_listed(source.partial)} not given for every row; where one lacks, there is no value."


def _listed(names: Iterable[str]) -> str:
    found = sorted(names)
    return f"{', '.join(found)} {'is' if len(found) == 1 else 'are'}"
