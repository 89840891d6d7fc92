"""The best stretch of games: `most points over any 5 game span`, `most wins in any 10 straight games`."""

from nba_mcp_synthesis.analyst import asking
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.boards import descending
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.measuring import MEASURES, measures_of
from nba_mcp_synthesis.analyst.scope import SCOPE, scope_of
from nba_mcp_synthesis.analyst.sentences import listed, on, shown
from nba_mcp_synthesis.analyst.who import people
from nba_mcp_synthesis.basketball.catalogue import measure, measures
from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.basketball.stats.compiler import to_sql
from nba_mcp_synthesis.basketball.stats.plan import plan
from nba_mcp_synthesis.basketball.stats.query import StatQuery
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.facts import Claim, Proposal, Row

_USES = ("subjects", "in_span", "order", "entity", "span", "streak", *MEASURES, *SCOPE)
_MOST_SAID = 4
_SQL = """WITH by_game AS (
{games}
), spans AS (
  SELECT
    {who},
    SUM({measure}) OVER span AS {measure},
    COUNT(*) OVER span AS games,
    MIN(date) OVER span AS first_game,
    date AS last_game
  FROM by_game
  WINDOW span AS (PARTITION BY {who}, season ORDER BY date ROWS {before} PRECEDING)
)
SELECT RANK() OVER (ORDER BY {measure} {way}) AS rank, {who}, {measure}, first_game, last_game
FROM spans
WHERE games = {size}
QUALIFY rank = 1
ORDER BY first_game, {who}"""


def fits(frame: Frame) -> bool:
    """A number of games in a row, a superlative and a count."""
    return frame.has("in_span", "order") and bool(measures_of(frame))


def answer(frame: Frame, context: Context) -> Proposal:
    """The stretch with the most or the fewest, within one season."""
    of = _counted(frame)
    found = people(frame, context)
    kind: Kind = found.subjects[0].kind if found.subjects else _kind(frame, of)
    if kind not in of.formulas:
        raise Declined(f"{of.label.capitalize()} cannot be told for a {kind}.")
    scope = scope_of(frame, context)
    query = asking.query_of(scope, kind, (of.name,), (kind, "season", "date"))
    query = asking.of(query, *found.subjects) if found.subjects else query
    falling, size = descending(frame, of), int(frame.values("in_span")[0])
    sql = _SQL.format(
        games=_games(query, context), who=kind, measure=of.name,
        before=size - 1, size=size, way="DESC" if falling else "ASC",
    )  # fmt: skip
    evidence = context.run(sql)
    rows = evidence.result.rows
    if not rows:
        raise Declined(f"Nobody has {size} games {scope.said}.", "Ask for fewer games.")
    context.assumptions.append("Games that follow one another in a season, of those that count here.")
    context.conditions.append(f"any {size} games in a row")
    word = "Most" if falling else "Fewest"
    text = f"{word} {of.label} over {size} games in a row {scope.said}: {_told(rows, of)}."
    return context.answered(
        text, [Claim(r[1], of.name, r[2], of.unit, evidence.id) for r in rows], (of.name,)
    )


def _told(rows: tuple[Row, ...], of: Measure) -> str:
    said = [f"{row[1]} {shown(row[2], of)} ({on(row[3])} to {on(row[4])})" for row in rows[:_MOST_SAID]]
    return listed(said) + ("; others are in the table" if len(rows) > _MOST_SAID else "")


def _games(query: StatQuery, context: Context) -> str:
    """The SQL of a figure by game, of a whole season."""
    try:
        made = plan(query, context.stats.coverage())
    except UsageError as error:
        raise Declined(error.message, error.hint) from None
    context.whole.need(query, made)
    return to_sql(made)


def _counted(frame: Frame) -> Measure:
    wanted = measures_of(frame)
    of = measures().get(wanted[0].name.removesuffix("_per_game"), wanted[0])
    if len(wanted) > 1 or not of.is_total:
        raise Declined("Over a stretch of games one count can be added up.", "Ask for points, or for wins.")
    return measure(of.name)


def _kind(frame: Frame, of: Measure) -> Kind:
    if frame.has("entity"):
        return "team" if "team" in frame.values("entity") else "player"
    return next(iter(of.formulas))


SPANS = Family("stretches of games", fits, answer, _USES, "most points over any 5 game span")
