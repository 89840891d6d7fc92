"""Who leads: boards of players or teams by a measure, `top 5 in blocks`, `fewest turnovers a game`."""

import re
from dataclasses import dataclass

from nba_mcp_synthesis.analyst.boards import Board
from nba_mcp_synthesis.analyst.context import Context, Declined, Period, Scope
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.measuring import take_measures
from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.analyst.sentences import claimed
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.catalogue import Measure, measure
from nba_mcp_synthesis.basketball.compiler import Minimum, StatQuery, to_sql
from nba_mcp_synthesis.basketball.matches import Kind, Match
from nba_mcp_synthesis.facts import Claim, Proposal

_SEVERAL = 5
_PEOPLE = frozenset(
    {"scorer", "scorers", "rebounder", "rebounders", "shooter", "shooters", "passer", "passers"}
)
_MOST_BOARDS = 3
_MOST_TIED = 20
_ATTEMPTS = {"fg3_pct": "fg3a", "ft_pct": "fta"}
# A smaller minimum of a count could be meant per game.
_SURELY_TOTAL = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be ranked, and how."""

    measures: tuple[str, ...]
    by: Kind | None
    order: frozenset[str]
    says_total: bool
    limit: int
    minimum: tuple[Minimum, ...]
    club: Token | None
    period: Period


def match(taking: Taking) -> Plan | None:
    """A superlative and a measure; perhaps a number, minimums, a team, a season."""
    superlatives = taking.all("leader")
    people = any(t.tag == "measure" and t.text.split()[-1] in _PEOPLE for t in taking.left)
    order = frozenset(str(token.value) for token in superlatives)
    says_total = any(token.tag == "total" for token in taking.left)
    names = take_measures(taking)
    if not order or not names:
        return None
    by, size, club = taking.one("by"), taking.one("limit"), taking.one("name")
    of_teams = by is not None and by.value == "team"
    if of_teams and (people or len(superlatives) > 1):
        return None  # the best player of the best team, or the team of the best player
    if club and re.search(rf"\bin {re.escape(club.text)}\b", taking.text):
        return None  # a place, not a team
    return Plan(
        measures=names,
        by=None if by is None else "team" if by.value == "team" else "player",
        order=order,
        says_total=says_total,
        limit=int(str(size.value)) if size else _SEVERAL if "several" in order else 1,
        minimum=tuple(_minimum(token, names[0]) for token in taking.all("minimum_of")),
        club=club,
        period=Period.taken(taking),
    )


def answer(plan: Plan, context: Context) -> Proposal:
    """One board for each measure."""
    by: Kind = plan.by or ("player" if "player" in measure(plan.measures[0]).formulas else "team")
    _check_measures(plan, by)
    club = context.who(plan.club, "team") if plan.club else None
    scope = context.scope(plan.period, "players" if by == "player" else "teams")
    _check_data(by, club, scope, context)
    boards = [_board(measure(name), by, plan, club, scope, context) for name in plan.measures]
    claims = [claim for _, claims in boards for claim in claims]
    return context.answered(" ".join(text for text, _ in boards), claims, plan.measures)


def _minimum(token: Token, ranked: str) -> Minimum:
    number, name = token.value if isinstance(token.value, tuple) else (0, "")
    return Minimum(str(name).replace("attempted", _ATTEMPTS.get(ranked, "fga")), float(str(number)))


def _board(
    ranked: Measure, by: Kind, plan: Plan, club: Match | None, scope: Scope, context: Context
) -> tuple[str, list[Claim]]:
    query = StatQuery(
        measures=(ranked.name,),
        by=by,
        season=scope.season,
        season_type=scope.season_type,
        team_id=club.id if club else None,
        minimum=plan.minimum,
        descending=_descending(plan.order, ranked),
        limit=plan.limit,
        games=context.coverage.games(scope.season, scope.season_type),
    )
    _check_query(query, ranked)
    evidence = context.run(to_sql(query))
    # Rows are (rank, player, team, value) or (rank, team, value).
    places = tuple((row[0], row[1], row[-1]) for row in evidence.result.rows)
    if not places:
        raise _nobody(ranked, by, scope)
    if len(places) > plan.limit + _MOST_TIED:
        raise Declined(f"{len(places)} share the first places in {ranked.label}.", "Add a minimum of games.")
    context.assumptions += _assumptions(query, ranked, plan, club)
    board = Board(places, ranked, str(scope), by, query.descending, club.name if club else None)
    claims = [claimed(name, ranked, value, evidence.id) for _, name, value in places]
    return board.in_words(single=plan.limit == 1), claims


def _nobody(ranked: Measure, by: Kind, scope: Scope) -> Declined:
    if by == "team" and ranked.average:
        return Declined(f"Totals of {ranked.label} of teams are not loaded for {scope}.", "Ask per game.")
    return Declined(f"Nobody qualifies for {ranked.label} in {scope}.", "Ask with a lower minimum.")


def _descending(order: frozenset[str], ranked: Measure) -> bool:
    meaning = {
        "most": True,
        "fewest": False,
        "best": ranked.higher_is_better,
        "worst": not ranked.higher_is_better,
    }
    ways = {meaning[word] for word in order if word in meaning}
    if len(ways) > 1:
        raise Declined("The question asks for both ends of a board.", "Ask for one at a time.")
    return ways.pop() if ways else True


def _check_measures(plan: Plan, by: Kind) -> None:
    if len(plan.measures) > _MOST_BOARDS:
        raise Declined(f"That is more than {_MOST_BOARDS} boards at once.", "Ask for fewer measures.")
    for name in (*plan.measures, *(m.measure for m in plan.minimum)):
        if by not in measure(name).formulas:
            raise Declined(f"{measure(name).label.capitalize()} cannot be told for a {by}.")
    for least in plan.minimum:
        counted = measure(least.measure)
        if counted.average and least.value < _SURELY_TOTAL:
            label = counted.label
            raise Declined(
                f"At least {least.value:g} {label}: per game or in the whole season?",
                f"Say for instance {least.value:g}+ {label} per game.",
            )


def _check_data(by: Kind, club: Match | None, scope: Scope, context: Context) -> None:
    if by == "team":
        if club:
            raise Declined("A board of teams cannot be one team's.", "Leave out one of them.")
        context.need_all_games(scope)
    elif not context.coverage.has_all_players(scope.season, scope.season_type):
        raise Declined(
            f"Of {scope} only the totals of some players are loaded, so they cannot be ranked.",
            "Ask for one player, or load the totals of all.",
        )


def _check_query(query: StatQuery, ranked: Measure) -> None:
    if query.by == "team" or query.minimum:
        return
    if not query.descending and ranked.qualifier is None:
        raise Declined(
            f"The fewest {ranked.label} belong to players who hardly played.",
            "Add a minimum, such as min 50 games, or ask per game.",
        )
    if query.qualifier is not None and query.season_type != "Regular Season":
        raise Declined(
            f"For {ranked.label} outside the regular season there is no agreed minimum.",
            "Add one, such as min 5 games.",
        )


def _assumptions(query: StatQuery, ranked: Measure, plan: Plan, club: Match | None) -> list[str]:
    made = []
    if query.qualifier is not None:
        least = f"{query.qualifier.scaled(query.games)} {measure(query.qualifier.count).unit}"
        made.append(f"Ranked are players with at least {least}: {query.qualifier.why}.")
    made += [f"Ranked are those with at least {m.value:g} {measure(m.measure).unit}." for m in plan.minimum]
    if ranked.average and not plan.says_total:
        made.append("Ranked by the season's total, since the question does not say per game.")
    if club is not None:
        made.append("A player counts to the team he was with last, with all his games of the season.")
    return made


FAMILY = Family(match, answer, "top 5 in blocks this season")
