"""What is known of players: `how tall is wembanyama`, `who is the youngest player on the thunder`."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from nba_mcp_synthesis.analyst import asking, conditions
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.measuring import MEASURES, measures_of
from nba_mcp_synthesis.analyst.scope import SEASON, season_scope
from nba_mcp_synthesis.analyst.sentences import claimed, figures, listed, nth, on
from nba_mcp_synthesis.analyst.who import one, people
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.basketball.stats.facts import DIALECT
from nba_mcp_synthesis.basketball.stats.query import Condition
from nba_mcp_synthesis.facts import Claim, Proposal, Row
from nba_mcp_synthesis.warehouse.dialect import written

_PROFILE = """SELECT full_name AS player, height_in, weight_lb, birth_date, country, school, position, jersey,
  CASE WHEN REGEXP_MATCHES(jersey, '^[0-9]{{1,9}}$') THEN CAST(jersey AS INTEGER) END AS jersey_number,
  EXTRACT(year FROM newest_game) - EXTRACT(year FROM birth_date)
    - (STRFTIME(newest_game, '%m%d') < STRFTIME(birth_date, '%m%d'))::INT AS age,
  newest_game, draft_year, draft_round, draft_number
FROM players
CROSS JOIN (SELECT MAX(game_date) AS newest_game FROM games) AS newest
WHERE player_id = {player}"""
_EXTREME = """SELECT p.full_name AS player, p.{column}, p.player_id,
  RANK() OVER (ORDER BY p.{column} {way}) AS rank
FROM players AS p
JOIN player_season_stats AS s ON s.player_id = p.player_id
WHERE s.season = '{season}' AND s.season_type = '{kind}' AND s.team_id IS NULL
  AND p.{column} IS NOT NULL AND {among}
QUALIFY rank <= {limit}
ORDER BY rank, player"""
_AMONG = "p.full_name IN (SELECT q.player FROM reaching AS q)"
_MOST = {
    "height_in desc": "Tallest", "height_in asc": "Shortest", "birth_date asc": "Oldest",
    "birth_date desc": "Youngest", "weight_lb desc": "Heaviest", "weight_lb asc": "Lightest",
}  # fmt: skip
_UNITS = {"height_in": "inches", "weight_lb": "pounds"}


def fits_profile(frame: Frame) -> bool:
    """A player, and a word for something that is known of him."""
    at_a_time = frame.has("when") and set(frame.values("profile")) != {"birth_date"}
    return frame.has("profile", "subjects") and not frame.any("order", "thresholds") and not at_a_time


def answer_profile(frame: Frame, context: Context) -> Proposal:
    """The facts that were asked for."""
    who = one(people(frame, context, "player").players, "player")
    evidence = context.run(_PROFILE.format(player=who.id))
    known = (
        dict(zip(evidence.result.columns, evidence.result.rows[0], strict=True))
        if evidence.result.rows
        else {}
    )
    said, claims = [], []
    for column in frame.values("profile"):
        value = known.get("draft_number" if column == "draft" else column)
        if value is None:
            raise Declined(f"The {column.replace('_', ' ')} of {who.name} is not loaded.")
        said.append(_said(column, known))
        shown = str(value) if isinstance(value, dt.date) else value
        claims.append(Claim(who.name, column, shown, _UNITS.get(column, column), evidence.id))
    return context.answered(f"{who.name} {listed(said)}.", claims)


_SAID = {
    "height_in": "is {height_in} inches tall",
    "weight_lb": "weighs {weight_lb} pounds",
    "birth_date": "was born on {birth_date}",
    "age": "was {age} years old on {newest_game}, the newest day with games (born on {birth_date})",
    "draft": "was the {draft_number} pick of the {draft_year} draft",
    "country": "is from {country}",
    "school": "came from {school}",
    "jersey": "wears number {jersey}",
    "position": "plays {position}",
}


def _said(column: str, known: dict[str, object]) -> str:
    shown = {name: on(value) if isinstance(value, dt.date) else value for name, value in known.items()}
    if column == "draft":
        shown["draft_number"] = nth(int(str(known["draft_number"])))
    return _SAID[column].format(**shown)


def fits_extreme(frame: Frame) -> bool:
    """The tallest, the youngest and so on."""
    return frame.has("extreme") and "team" not in frame.values("entity")


def answer_extreme(frame: Frame, context: Context) -> Proposal:
    """Who it is, of the league, of a team, or of those from somewhere."""
    column, _, way = frame.values("extreme")[0].partition(" ")
    scope = season_scope(frame, context)
    season, kind = scope.seasons[0], scope.season_type
    if not (context.coverage.simulated or context.coverage.has_all_players(season, kind)):
        raise Declined(f"Not all players of {scope.named} are loaded, so that cannot be told.")
    limit = int(frame.values("limit")[0]) if frame.has("limit") else 1
    among = exp.and_(*_among(frame, context)).sql(dialect=DIALECT)
    having = conditions.of_seasons(frame)
    reaching = _reaching(having, frame, context) if having else ""
    sql = _EXTREME.format(
        column=column, way=way.upper(), season=season, kind=kind, limit=limit,
        among=f"{among} AND {_AMONG}" if having else among,
    )  # fmt: skip
    sql = written(sql, context.warehouse.dialect)
    # the query of an evidence is in the engine's own dialect already
    sql = f"WITH reaching AS (\n{reaching}\n)\n{sql}" if having else sql
    evidence = context.keep(context.warehouse.query(sql))
    rows = evidence.result.rows
    if not rows:
        raise Declined("That is not known of any player loaded.")
    said = listed([f"{row[0]} ({_value(row[1], column)})" for row in rows])
    words = [token.text for token in frame.all("conditions")]
    if having:
        words.append(f"with {conditions.said(having)}")
        context.conditions.append(f"players with {conditions.said(having)}")
    words += [f"of the {club.name}" for club in people(frame, context, "team").teams]
    text = " ".join([frame.all("extreme")[0].text.capitalize(), *words, f"in {scope.named}: {said}."])
    unit = _UNITS.get(column, column)
    claims = [
        Claim(row[0], column, str(row[1]) if isinstance(row[1], dt.date) else row[1], unit, evidence.id)
        for row in rows
    ]
    if frame.has("measures") or (having and len(rows) == 1):
        wanted = measures_of(frame) or tuple(measure(c.name) for c in having)
        more, more_claims = _figures_of(rows, wanted, frame, context)
        text, claims = f"{text} {more}", [*claims, *more_claims]
    return context.answered(text, claims)


def _figures_of(
    rows: tuple[Row, ...], wanted: tuple[Measure, ...], frame: Frame, context: Context
) -> tuple[str, list[Claim]]:
    """What else was asked about whoever it is: `the youngest player and his ppg`."""
    if len(rows) != 1 or not wanted:
        raise Declined("That is asked of one player.", "Ask who it is, then for his figures.")
    query = asking.query_of(
        season_scope(frame, context), "player", tuple(of.name for of in wanted), ("player",)
    )
    query = replace(query, where=(Condition("player", "=", (rows[0][2],)), *query.where))
    evidence = asking.one_row(query, context, str(rows[0][0]))
    values = list(zip(wanted, evidence.result.rows[0][1:], strict=True))
    claims = [claimed(rows[0][0], of, value, evidence.id) for of, value in values]
    return f"{rows[0][0]} {figures(values)}.", claims


def _reaching(having: tuple[Condition, ...], frame: Frame, context: Context) -> str:
    """The SQL of the players who reach figures; it is kept as evidence."""
    names = tuple(dict.fromkeys(condition.name for condition in having))
    query = asking.query_of(season_scope(frame, context), "player", names, ("player",))
    return asking.one_row(replace(query, having=having), context, "such players").sql


def _among(frame: Frame, context: Context) -> Iterator[exp.Expression]:
    """Conditions on players: their team, and where they are from."""
    yield exp.true()
    clubs = people(frame, context, "team").teams
    if clubs:
        yield exp.column("last_team_id", "s").isin(*(club.id for club in clubs))
    for value in frame.values("conditions"):
        name, _, wanted = value.partition("=")
        if name not in ("country", "school"):
            raise Declined(f"I cannot take {value!r} into account for that.", "Ask of a country or a team.")
        yield exp.column(name, "p").eq(wanted)


def _value(value: object, column: str) -> str:
    if isinstance(value, dt.date):
        return f"born {on(value)}"
    return f"{value} {_UNITS.get(column, '')}".strip()


PROFILE = Family(
    "profiles", fits_profile, answer_profile, ("subjects", "profile", "place", "when"), "how tall is {player}"
)
EXTREME = Family(
    "extremes",
    fits_extreme,
    answer_extreme,
    ("subjects", "extreme", "entity", "limit", "conditions", *MEASURES, *conditions.THRESHOLDS, *SEASON),
    "who is the youngest player",
)
