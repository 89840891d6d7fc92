"""Dates of a season: days without a year, edges such as `since january`, and the all-star break."""

import datetime as dt
from collections.abc import Iterator

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.sentences import on
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.stats.query import Condition, Operator
from nba_mcp_synthesis.schema.seasons import season_from_start, season_start

# A season's games fall from this month of its first year to the month before in the next.
_FIRST_MONTH = 8
_SHORTEST_BREAK = 4
_EDGES: dict[str, tuple[Operator, str]] = {
    "from": (">=", "since"),
    "after": (">", "after"),
    "before": ("<", "before"),
    "until": ("<=", "until"),
}
_BREAK = """SELECT game_date, game_date - LAG(game_date) OVER (ORDER BY game_date) AS days
FROM (SELECT DISTINCT game_date FROM games
      WHERE season = '{season}' AND season_type = 'Regular Season') AS played
WHERE EXTRACT(month FROM game_date) IN (1, 2, 3)
ORDER BY days DESC NULLS LAST
LIMIT 1"""


def dates_of(frame: Frame, season: str, context: Context) -> Iterator[tuple[Condition, str]]:
    """Conditions on the date, each with how it is said."""
    for token in frame.all("date"):
        date = date_of(token, season)
        yield Condition("date", "=", (date,)), f"on {on(date)}"
    for token in (*frame.all("since"), *frame.all("until")):
        date = _after_break(season, context) if token.value == "all_star" else date_of(token, season)
        sign, word = _EDGES[token.tag]
        yield Condition("date", sign, (date,)), f"{word} {on(date)}"
    if frame.has("yesterday"):
        newest = dt.date.fromisoformat(str(context.warehouse.state().data_as_of))
        said = frame.all("yesterday")[0].text
        context.assumptions.append(f"Took {said!r} as {on(newest)}, the newest day with games.")
        yield Condition("date", "=", (newest,)), f"on {on(newest)}"


def season_of_date(date: dt.date) -> str:
    """The season that a date falls in."""
    return season_from_start(date.year - (date.month < _FIRST_MONTH))


def date_of(token: Token, season: str) -> dt.date:
    """The date of a token in a season: a day without a year gets the year it has there."""
    if isinstance(token.value, dt.date):
        return token.value
    month, day = token.value if isinstance(token.value, tuple) else (1, 1)
    year = season_start(season) + (int(str(month)) < _FIRST_MONTH)
    try:
        return dt.date(year, int(str(month)), int(str(day)))
    except ValueError:
        raise Declined(f"There is no {token.text} in the {season} season.") from None


def _after_break(season: str, context: Context) -> dt.date:
    """The first day with games after the longest pause from January to March."""
    rows = context.warehouse.read(_BREAK.format(season=season)).rows
    if not rows or rows[0][1] is None or rows[0][1] < _SHORTEST_BREAK:
        raise Declined(f"No all-star break can be seen in the games of {season}.", "Name a date.")
    date: dt.date = rows[0][0]
    context.assumptions.append(f"The all-star break is taken to end on {on(date)}, after the longest pause.")
    return date
