"""One player's or one team's figures: `jokic ppg`, `how many total assists did cade cunningham have`."""

from dataclasses import dataclass
from itertools import groupby

from nba_mcp_synthesis.analyst.context import Context, Declined, Period, candidates
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.measuring import take_measures
from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.analyst.sentences import claimed, listed, with_unit
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.catalogue import Measure, measure
from nba_mcp_synthesis.basketball.compiler import StatQuery, to_sql
from nba_mcp_synthesis.basketball.matches import Kind, Match
from nba_mcp_synthesis.facts import Proposal

_PLAYED = ("gp", "minutes")


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose figures, which, and when."""

    named: Token
    measures: tuple[str, ...]
    period: Period


def match(taking: Taking) -> Plan | None:
    """A name and measures; perhaps a season."""
    names = take_measures(taking)
    named = taking.first("name")
    if not names or named is None:
        return None
    return Plan(named, names, Period.taken(taking))


def answer(plan: Plan, context: Context) -> Proposal:
    """The figures in one sentence."""
    who = context.who(plan.named, _only_kind(plan))
    scope = context.scope(plan.period, "players" if who.kind == "player" else "teams")
    if who.kind == "team":
        context.need_all_games(scope, who)
    wanted = [measure(name) for name in plan.measures]
    _check(wanted, who)
    query = StatQuery(plan.measures, who.kind, scope.season, scope.season_type, ids=(who.id,))
    evidence = context.run(to_sql(query))
    if not evidence.result.rows:
        raise Declined(f"No totals of {who.name} in {scope} are loaded.")
    values = list(zip(wanted, evidence.result.rows[0][-len(wanted) :], strict=True))
    for of, value in values:
        if value is None:
            raise Declined(
                f"The data that are loaded do not give {of.label} of {who.name} in {scope}.",
                "Ask per game." if who.kind == "team" and of.is_total else "",
            )
    text = f"{_subject(who)} {_said(values)} in {scope}."
    return context.answered(text, [claimed(who.name, of, v, evidence.id) for of, v in values], plan.measures)


def _only_kind(plan: Plan) -> Kind | None:
    """The kind that a name must mean when only players, or only teams, have such figures."""
    kinds = {m.kind for m in candidates(plan.named)}
    able = [kind for kind in kinds if all(kind in measure(name).formulas for name in plan.measures)]
    return able[0] if len(able) == 1 and len(kinds) > 1 else None


def _check(wanted: list[Measure], who: Match) -> None:
    for of in wanted:
        if who.kind not in of.formulas:
            raise Declined(f"{of.label.capitalize()} cannot be told for a {who.kind}.")


def _subject(who: Match) -> str:
    return f"The {who.name}" if who.kind == "team" else who.name


def _said(values: list[tuple[Measure, float]]) -> str:
    parts = []
    for verb, group in groupby(values, key=lambda pair: _verb(pair[0])):
        parts.append(f"{verb} {listed([with_unit(value, of) for of, value in group])}")
    return listed(parts)


def _verb(of: Measure) -> str:
    if of.name in _PLAYED:
        return "played"
    return "averaged" if of.unit.endswith(" per game") else "had"


FAMILY = Family(match, answer, "jokic points per game this season")
