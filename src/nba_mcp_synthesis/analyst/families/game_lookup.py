"""One game: its score, its winner and margin, its box score."""

import datetime as dt
from dataclasses import dataclass

from nba_mcp_synthesis.analyst.context import Context, Declined, Period, Scope
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.analyst.sentences import listed, on
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.box_score import box_score
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.errors import AmbiguousName
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal
from nba_mcp_synthesis.schema.seasons import season_start

_MOST_CHOICES = 8
# A season's games fall from this month of its first year to the month before in the next.
_FIRST_MONTH = 8
_SQL = """SELECT
  g.game_id,
  g.game_date,
  CASE WHEN g.home_pts > g.away_pts THEN h.full_name ELSE a.full_name END AS winner,
  GREATEST(g.home_pts, g.away_pts) AS winner_pts,
  CASE WHEN g.home_pts > g.away_pts THEN a.full_name ELSE h.full_name END AS loser,
  LEAST(g.home_pts, g.away_pts) AS loser_pts,
  ABS(g.home_pts - g.away_pts) AS margin
FROM games AS g
JOIN teams AS h ON h.team_id = g.home_team_id
JOIN teams AS a ON a.team_id = g.away_team_id
WHERE g.home_pts IS NOT NULL AND g.away_pts IS NOT NULL
  AND {conditions}
ORDER BY g.game_date, g.game_id"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which game, and what of it."""

    teams: tuple[Token, ...]
    date: Token | None
    day: Token | None
    number: Token | None
    round: Token | None
    period: Period
    asks_winner: bool
    asks_box: bool


def match(taking: Taking) -> Plan | None:
    """Two teams, or one and a date, or the number of a play-off game."""
    plan = Plan(
        teams=tuple(taking.all("name")),
        date=taking.one("date"),
        day=taking.one("day"),
        number=taking.one("game_number"),
        round=taking.one("round"),
        period=Period.taken(taking),
        asks_winner=bool(taking.all("won") + taking.all("margin")),
        asks_box=taking.has("box"),
    )
    asks = plan.asks_winner or plan.asks_box or taking.has("score")
    asks = taking.has("game") or asks
    taking.all("against")
    taking.all("verb")
    when = plan.date or plan.day or plan.number
    named = len(plan.teams) in (1, 2) if when else len(plan.teams) == 2 and asks
    return plan if named or (plan.number and plan.round and not plan.teams) else None


def answer(plan: Plan, context: Context) -> Proposal:
    """The game, when exactly one is meant."""
    clubs = [context.who(token, "team") for token in plan.teams]
    evidence = context.run(_SQL.format(conditions="\n  AND ".join(_conditions(plan, clubs, context))))
    games = evidence.result.rows
    if not games:
        raise _not_loaded(plan, clubs, context)
    if len(games) > 1:
        said = f"game of the {listed([club.name for club in clubs])}" if clubs else "game"
        raise AmbiguousName(said, [f"{on(row[1])}: {row[2]} beat {row[4]}" for row in games[:_MOST_CHOICES]])
    if plan.asks_box:
        return _box(evidence, context)
    return context.answered(_said(evidence, winner=plan.asks_winner), _claims(evidence))


def _conditions(plan: Plan, clubs: list[Match], context: Context) -> list[str]:
    conditions = [f"{club.id} IN (g.home_team_id, g.away_team_id)" for club in clubs]
    if plan.date is not None:
        conditions.append(f"g.game_date = DATE '{plan.date.value}'")
    if plan.number is not None:
        conditions.append(f"g.series_game = {plan.number.value}")
    if plan.round is not None:
        number, _, conference = str(plan.round.value).partition(" ")
        conditions.append(f"g.playoff_round = {number}")
        conditions += [f"h.conference = '{conference}'"] if conference else []
    if plan.date is None or plan.period.season is not None:
        conditions += _season_conditions(plan, context)
    elif plan.period.season_type is not None:
        conditions.append(f"g.season_type = '{plan.period.season_type.value}'")
    return conditions


def _season_conditions(plan: Plan, context: Context) -> list[str]:
    """Season and type; a day without a year gets the year that it has in the season."""
    in_series = plan.number is not None or plan.round is not None
    asked = plan.period.season_type
    season_type = str(asked.value) if asked else "Playoffs" if in_series else "Regular Season"
    seasons = sorted({s for s, its_type in context.coverage.teams if plan.day or its_type == season_type})
    season = context.season_of(plan.period.season, seasons)
    if season is None or season not in seasons:
        loaded = f"Loaded: games of {', '.join(seasons)}." if seasons else ""
        raise Declined(f"No games of {Scope(season or 'any season', season_type)} are loaded.", loaded)
    conditions = [f"g.season = '{season}'"]
    if plan.day is None or asked:
        conditions.append(f"g.season_type = '{season_type}'")
    if plan.day is not None:
        conditions.append(f"g.game_date = DATE '{_dated(plan.day, season)}'")
    if plan.period.season is None:
        context.assumptions.append(f"Taken as the {season} season, the newest that is loaded.")
    return conditions


def _dated(day: Token, season: str) -> dt.date:
    month, number = day.value if isinstance(day.value, tuple) else (1, 1)
    year = season_start(season) + (int(str(month)) < _FIRST_MONTH)
    try:
        return dt.date(year, int(str(month)), int(str(number)))
    except ValueError:
        raise Declined(f"There is no {day.text} in the {season} season.") from None


def _not_loaded(plan: Plan, clubs: list[Match], context: Context) -> Declined:
    asked = plan.date or plan.day or plan.number
    when = f" ({asked.text})" if asked else ""
    who = f" of the {listed([club.name for club in clubs])}" if clubs else ""
    newest = context.evidence[-1].result.data_as_of
    return Declined(
        f"No such game{who}{when} is loaded.", f"The newest game loaded is of {newest}." if newest else ""
    )


def _said(evidence: Evidence, *, winner: bool) -> str:
    _, date, won, won_pts, lost, lost_pts, margin = evidence.result.rows[0]
    score = f"{won} {won_pts}, {lost} {lost_pts}"
    if winner:
        points = "point" if margin == 1 else "points"
        return f"The {won} won by {margin} {points} against the {lost} on {on(date)}: {score}."
    return f"Final score: {score} on {on(date)}."


def _claims(evidence: Evidence) -> list[Claim]:
    _, _, won, won_pts, lost, lost_pts, margin = evidence.result.rows[0]
    return [
        Claim(won, "pts", won_pts, "points", evidence.id),
        Claim(lost, "pts", lost_pts, "points", evidence.id),
        Claim(won, "margin", margin, "points margin", evidence.id),
    ]


def _box(game: Evidence, context: Context) -> Proposal:
    players = box_score(context.warehouse, game.result.rows[0][0]).players
    if not players.rows:
        raise Declined("The score of that game is loaded, its box score is not.", "Ask for the score.")
    context.keep(players)
    text = f"{_said(game, winner=False)} The box score is in the table."
    return context.answered(text, _claims(game))


FAMILY = Family(match, answer, "score of the bulls hawks game on december 21")
