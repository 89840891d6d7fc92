"""Who leads: boards of players or teams by a measure, `top 5 in blocks`, `fewest turnovers a game`."""

from dataclasses import dataclass, replace

from nba_mcp_synthesis.analyst.context import Context, Declined, Period, Scope
from nba_mcp_synthesis.analyst.measuring import take_measures
from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.analyst.sentences import claimed, listed, shown, with_unit
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.catalogue import Measure, measure
from nba_mcp_synthesis.basketball.compiler import Minimum, StatQuery, to_sql
from nba_mcp_synthesis.basketball.matches import Kind, Match
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal, Row

EXAMPLE = "top 5 in blocks this season"
_SEVERAL = 5
_MOST_BOARDS = 3
_ATTEMPTS = {"fg_pct": "fga", "efg_pct": "fga", "ts_pct": "fga", "fg3_pct": "fg3a", "ft_pct": "fta"}
# Below this a minimum of a count could be meant per game.
_SURELY_TOTAL = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be ranked, and how."""

    measures: tuple[str, ...]
    by: Kind | None
    order: frozenset[str]
    limit: int
    minimum: tuple[Minimum, ...]
    club: Token | None
    period: Period


def match(taking: Taking) -> Plan | None:
    """A superlative and a measure; perhaps a number, minimums, a team, a season."""
    order = frozenset(str(token.value) for token in taking.all("leader"))
    names = take_measures(taking)
    if not order or not names:
        return None
    by = taking.one("by")
    size = taking.one("limit")
    return Plan(
        measures=names,
        by=_kind(by),
        order=order,
        limit=int(str(size.value)) if size else _SEVERAL if "several" in order else 1,
        minimum=tuple(_minimum(token, names[0]) for token in taking.all("minimum_of")),
        club=taking.one("name"),
        period=Period.taken(taking),
    )


def answer(plan: Plan, context: Context) -> Proposal:
    """One board for each measure."""
    if len(plan.measures) > _MOST_BOARDS:
        raise Declined(f"That is more than {_MOST_BOARDS} boards at once.", "Ask for fewer measures.")
    by: Kind = plan.by or ("team" if "player" not in measure(plan.measures[0]).formulas else "player")
    club = context.who(plan.club, "team") if plan.club else None
    scope = context.scope(plan.period, "players" if by == "player" else "teams")
    boards = [_board(name, by, plan, club, scope, context) for name in plan.measures]
    text = " ".join(sentence for sentence, _ in boards)
    return context.answered(text, [c for _, claims in boards for c in claims], plan.measures)


def _kind(by: Token | None) -> Kind | None:
    return None if by is None else "team" if by.value == "team" else "player"


def _minimum(token: Token, ranked: str) -> Minimum:
    number, name = token.value if isinstance(token.value, tuple) else (0, "")
    return Minimum(str(name).replace("attempted", _ATTEMPTS.get(ranked, "fga")), float(str(number)))


def _board(
    name: str, by: Kind, plan: Plan, club: Match | None, scope: Scope, context: Context
) -> tuple[str, list[Claim]]:
    ranked = measure(name)
    query = StatQuery(
        measures=(name,),
        by=by,
        season=scope.season,
        season_type=scope.season_type,
        team_id=club.id if club else None,
        minimum=plan.minimum,
        descending=_descending(plan.order, ranked),
        limit=plan.limit,
        games=context.coverage.games(scope.season, scope.season_type),
    )
    _check(query, ranked, scope, context)
    evidence = context.run(to_sql(query))
    if not evidence.result.rows:
        raise Declined(f"Nobody qualifies for {ranked.label} in {scope}.", "Ask with a lower minimum.")
    _assume(query, ranked, context)
    where = club.name if club else "league"
    claims = [claimed(_name(row, by), ranked, row[-1], evidence.id) for row in evidence.result.rows]
    return _sentence(evidence, ranked, query, where, scope), claims
