"""Two or more side by side: `jamal murray vs devin booker ppg`, `compare ada and bam in rebounds`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.measuring import MEASURES, measures_of
from nba_mcp_synthesis.analyst.scope import SCOPE, scope_of
from nba_mcp_synthesis.analyst.sentences import claimed, figures, subject
from nba_mcp_synthesis.analyst.who import is_of, people
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.facts import Proposal

_USES = ("subjects", "compare", "either", "against", "order", *MEASURES, *SCOPE)
_OF_PLAYERS = ("gp", "pts_per_game", "reb_per_game", "ast_per_game", "ts_pct")
_OF_TEAMS = ("wins", "losses", "pts_per_game", "opp_pts_per_game")
_MOST = 8


def fits(frame: Frame) -> bool:
    """Several of a kind, and measures or a word that compares."""
    others = ("record", "met", "times", "beat", "streak", "in_game", "splits", "place", "thresholds", "game")
    if len(frame.all("subjects")) < 2 or frame.any(*others) or _of_their_last_game(frame):
        return False
    if (frame.has("score") and not frame.has("measures")) or _is_about_games(frame):
        return False
    all_players = all(is_of(token, "player") for token in frame.all("subjects"))
    side_by_side = frame.any("against", "either", "line") or "vs" in frame.text.split()
    return bool(measures_of(frame)) or frame.has("compare") or (side_by_side and all_players)


def _of_their_last_game(frame: Frame) -> bool:
    """Two teams in a last game are in one game together, or in one each."""
    return frame.has("last") and all(is_of(token, "team") for token in frame.all("subjects"))


def _is_about_games(frame: Frame) -> bool:
    """Games between them; but `won more games` compares wins."""
    return frame.values("measures") == ["gp"] and not frame.has("result", "compare")


def answer(frame: Frame, context: Context) -> Proposal:
    """Each with his figures, the better one first."""
    if "better" in frame.values("compare") and not measures_of(frame):
        raise Declined("Who is better is an opinion, not in the data.", "Name a measure, such as points.")
    whos = people(frame, context).subjects
    if len(whos) != len(frame.all("subjects")) or not 1 < len(set(whos)) <= _MOST:
        raise Declined("Only players, or only teams, can be compared.", f"Name two to {_MOST} of a kind.")
    wanted = _wanted(frame, whos[0])
    scope = scope_of(frame, context)
    names = tuple(of.name for of in wanted)
    query = asking.of(asking.query_of(scope, whos[0].kind, names, (whos[0].kind,)), *whos)
    ranked = next((of for of in wanted if of.name != "gp"), wanted[0])
    query = replace(query, order_by=((ranked.name, ranked.higher_is_better),))
    evidence = asking.one_row(query, context, "them")
    by_name = {row[0]: row[1:] for row in evidence.result.rows}
    missing = [who.name for who in whos if who.name not in by_name]
    if missing:
        raise Declined(f"Nothing of {', '.join(missing)} {scope.said} is loaded.")
    named = {who.name: who for who in whos}
    told = [(name, _told(wanted, values)) for name, values in by_name.items()]
    said = [f"{subject(named[n])} {figures(v)}" if v else f"{n} has no value" for n, v in told]
    claims = [claimed(name, of, value, evidence.id) for name, values in told for of, value in values]
    return context.answered(f"{'; '.join(said)} {scope.said}.", claims, names)


def _wanted(frame: Frame, first: Match) -> tuple[Measure, ...]:
    """The measures of the question, or a line of them."""
    line = _OF_PLAYERS if first.kind == "player" else _OF_TEAMS
    named = () if frame.has("line") else measures_of(frame)
    wanted = named or tuple(measure(name) for name in line)
    for of in wanted:
        if first.kind not in of.formulas:
            raise Declined(f"{of.label.capitalize()} cannot be told for a {first.kind}.")
    return wanted


def _told(wanted: tuple[Measure, ...], values: tuple[float | None, ...]) -> list[tuple[Measure, float]]:
    return [(of, value) for of, value in zip(wanted, values, strict=True) if value is not None]


COMPARISON = Family("comparison", fits, answer, _USES, "{player} vs {other} points per game")
