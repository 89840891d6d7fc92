"""Which seasons a request is about."""

from dataclasses import replace

from nba_mcp_synthesis.basketball.stats.coverage import Coverage
from nba_mcp_synthesis.basketball.stats.plan import Plan, plan
from nba_mcp_synthesis.basketball.stats.query import StatQuery
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.schema.seasons import season_from_start, season_start


def with_seasons(query: StatQuery, text: str | None, coverage: Coverage) -> tuple[StatQuery, tuple[str, ...]]:
    """The query with its seasons, and what was assumed about them.

    Raises:
        UsageError: a season is not written as one, or nothing is loaded.
    """
    loaded = sorted({s for kind in query.season_types for s in coverage.seasons(kind)})
    if not loaded:
        raise UsageError(f"No season with a {' or '.join(query.season_types)} is loaded.", "Load one.")
    if text is None and "season" not in query.by:
        return replace(query, seasons=(loaded[-1],)), (f"Season: {loaded[-1]}, the newest that is loaded.",)
    if text is None or text == "all":
        return _all(query, loaded, coverage)
    return replace(query, seasons=_written(text)), ()


def _all(query: StatQuery, loaded: list[str], coverage: Coverage) -> tuple[StatQuery, tuple[str, ...]]:
    """All seasons that the same facts cover; the others are named."""
    plans = {s: made for s in loaded if (made := _planned(query, s, coverage)) is not None}
    whole = [s for s, made in plans.items() if all(source.share >= 1 for source in made.sources)]
    groups: dict[tuple[str, ...], list[str]] = {}
    for season in whole or plans:
        groups.setdefault(tuple(s.fact.name for s in plans[season].sources), []).append(season)
    kept = max(groups.values(), key=lambda group: (len(group), group[-1]), default=loaded[-1:])
    left = [season for season in loaded if season not in kept]
    told = [f"Seasons: {_spans(kept)}, as loaded."]
    if left:
        told.append(f"Left out, since not all of it is loaded in the same form: {_spans(left)}.")
    return replace(query, seasons=tuple(kept)), tuple(told)


def _planned(query: StatQuery, season: str, coverage: Coverage) -> Plan | None:
    try:
        return plan(replace(query, seasons=(season,)), coverage)
    except UsageError:
        return None


def _written(text: str) -> tuple[str, ...]:
    try:
        if ".." in text:
            first, _, last = text.partition("..")
            years = range(season_start(first.strip()), season_start(last.strip()) + 1)
            return tuple(season_from_start(year) for year in years) or _unreadable(text)
        return tuple(season_from_start(season_start(part.strip())) for part in text.split(","))
    except ValueError:
        return _unreadable(text)


def _unreadable(text: str) -> tuple[str, ...]:
    raise UsageError(
        f"{text!r} is no season.", "Write 2025-26, 2023-24,2024-25, 2019-20..2023-24 (oldest first) or all."
    )


def _spans(seasons: list[str]) -> str:
    """`2010-11 to 2012-13, 2015-16`."""
    spans: list[list[str]] = []
    for season in seasons:
        if spans and season_start(season) == season_start(spans[-1][-1]) + 1:
            spans[-1].append(season)
        else:
            spans.append([season])
    return ", ".join(s[0] if len(s) == 1 else f"{s[0]} to {s[-1]}" for s in spans)
