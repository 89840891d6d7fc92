"""What is known of players: `how tall is wembanyama`, `who is the youngest player on the thunder`."""

import datetime as dt
from collections.abc import Iterator

from sqlglot import exp

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.sentences import listed, nth, on
from nba_mcp_synthesis.analyst.who import one, people
from nba_mcp_synthesis.basketball.stats.facts import DIALECT
from nba_mcp_synthesis.facts import Claim, Proposal

_PROFILE = """SELECT full_name AS player, height_in, weight_lb, birth_date, country, school, position, jersey,
  CASE WHEN REGEXP_MATCHES(jersey, '^[0-9]{{1,9}}$') THEN CAST(jersey AS INTEGER) END AS jersey_number,
  EXTRACT(year FROM newest_game) - EXTRACT(year FROM birth_date)
    - (STRFTIME(newest_game, '%m%d') < STRFTIME(birth_date, '%m%d'))::INT AS age,
  newest_game, draft_year, draft_round, draft_number
FROM players
CROSS JOIN (SELECT MAX(game_date) AS newest_game FROM games) AS newest
WHERE player_id = {player}"""
_EXTREME = """SELECT p.full_name AS player, p.{column}, RANK() OVER (ORDER BY p.{column} {way}) AS rank
FROM players AS p
JOIN player_season_stats AS s ON s.player_id = p.player_id
WHERE s.season = '{season}' AND s.season_type = 'Regular Season' AND s.team_id IS NULL
  AND p.{column} IS NOT NULL AND {among}
QUALIFY rank <= {limit}
ORDER BY rank, player"""
_UNITS = {"height_in": "inches", "weight_lb": "pounds"}


def fits_profile(frame: Frame) -> bool:
    """A player, and a word for something that is known of him."""
    return frame.has("profile", "subjects") and not frame.any("order", "thresholds")


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
    return frame.has("extreme")


def answer_extreme(frame: Frame, context: Context) -> Proposal:
    """Who it is, of the league, of a team, or of those from somewhere."""
    column, _, way = frame.values("extreme")[0].partition(" ")
    season = context.stats.coverage().seasons("Regular Season")[-1]
    limit = int(frame.values("limit")[0]) if frame.has("limit") else 1
    among = exp.and_(*_among(frame, context)).sql(dialect=DIALECT)
    sql = _EXTREME.format(column=column, way=way.upper(), season=season, among=among, limit=limit)
    evidence = context.run(sql)
    rows = evidence.result.rows
    if not rows:
        raise Declined("That is not known of any player loaded.")
    context.assumptions.append(f"Taken are players of the {season} regular season.")
    said = listed([f"{row[0]} ({_value(row[1], column)})" for row in rows])
    words = [token.text for token in frame.all("conditions")]
    words += [f"of the {club.name}" for club in people(frame, context, "team").teams]
    text = " ".join(
        [frame.all("extreme")[0].text.capitalize(), *words, f"in the {season} regular season: {said}."]
    )
    unit = _UNITS.get(column, column)
    claims = [
        Claim(row[0], column, str(row[1]) if isinstance(row[1], dt.date) else row[1], unit, evidence.id)
        for row in rows
    ]
    return context.answered(text, claims)


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
    "profiles", fits_profile, answer_profile, ("subjects", "profile", "place"), "how tall is {player}"
)
EXTREME = Family(
    "extremes",
    fits_extreme,
    answer_extreme,
    ("subjects", "extreme", "entity", "limit", "conditions"),
    "who is the youngest player",
)
