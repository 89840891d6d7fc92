"""Runs of games: `nuggets longest win streak`, `most consecutive 20-point games`."""

from nba_mcp_synthesis.analyst import asking, conditions
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import Scope, scope_of
from nba_mcp_synthesis.analyst.sentences import listed, on
from nba_mcp_synthesis.analyst.who import one, people
from nba_mcp_synthesis.basketball.matches import Kind, Match
from nba_mcp_synthesis.basketball.stats.query import Condition
from nba_mcp_synthesis.basketball.stats.streaks import StreakRequest
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.facts import Claim, Proposal, Row

_USES = (
    "subjects", "streak", "longest", "order", "limit", "entity", "result", "when", "conditions", "conference",
    "season", "season_type", "times", "measures", *conditions.THRESHOLDS,
)  # fmt: skip
_RESULTS = {"win": "won {} games in a row", "loss": "lost {} games in a row"}
_RESULT_OF = {"won": "win", "wins": "win", "lost": "loss", "losses": "loss"}
_MOST_SAID = 6


def fits(frame: Frame) -> bool:
    """A word for a run of games, and what the games have in common."""
    if not frame.has("streak") or frame.any("record", "in_game", "in_span"):
        return False
    common = frame.any("thresholds", "kinds_of_game", "result") or set(frame.values("streak")) != {"any"}
    common = common or frame.any("measures")
    return set(frame.values("measures")) <= {"gp", *_RESULT_OF} and (
        common or "current" in frame.values("longest")
    )


def answer(frame: Frame, context: Context) -> Proposal:
    """The longest runs, or those that still go on."""
    found = people(frame, context)
    who = one(found.subjects, "player or team") if found.subjects else None
    least = conditions.of_games(frame)
    kind: Kind = who.kind if who else _kind(frame, least)
    scope = scope_of(frame, context)
    kinds = [_result(frame)] if _result(frame) or least else ["win", "loss"]
    for result in kinds:
        held = (*([f"result={result}"] if result else []), *(c.text for c in least))
        rows = _asked(context, _request(frame, scope, kind, who, held))
        if rows:
            break
    if not rows:
        raise Declined(f"There is no such streak {scope.said}.")
    what = _RESULTS[result] if result else "had {} games in a row"
    what += f" with {conditions.said(least)}" if least else ""
    context.conditions += [conditions.said(least)] if least else []
    claims = [Claim(row[1], "streak", row[2], "games", context.evidence[-1].id) for row in rows]
    return context.answered(_told(rows, what, scope, kind, current=_is_current(frame)), claims)


def _request(
    frame: Frame, scope: Scope, kind: Kind, who: Match | None, held: tuple[str, ...]
) -> StreakRequest:
    return StreakRequest(
        streak=held,
        by=kind,
        where=(*([f"{who.kind}={who.name}"] if who else []), *_where(frame)),
        season=",".join(scope.seasons),
        season_type=scope.season_type,
        current=_is_current(frame),
        limit=int(frame.values("limit")[0]) if frame.has("limit") else 1,
    )


def _asked(context: Context, request: StreakRequest) -> tuple[Row, ...]:
    """The streaks; those of one who has none now are none."""
    try:
        found = context.stats.streaks(request)
    except UsageError as error:
        raise Declined(error.message, error.hint) from None
    asking.need_certain(found.plan)
    context.assumptions += found.notes
    context.explained.append(f"Asked for streaks of {', '.join(request.streak)}.")
    return context.keep(found.result).result.rows


def _told(rows: tuple[Row, ...], what: str, scope: Scope, kind: Kind, *, current: bool) -> str:
    spans = [f"{row[1]} {what.format(row[2])}, {on(row[3])} to {on(row[4])}" for row in rows[:_MOST_SAID]]
    if len(rows) > 1:
        return f"{'Current' if current else 'Longest'} streaks {scope.said}: {listed(spans)}."
    _, name, games, first, last, _ = rows[0]
    who = f"The {name}" if kind == "team" else name
    return f"{who} {what.format(games)} {scope.said}, from {on(first)} to {on(last)}."


def _is_current(frame: Frame) -> bool:
    return "current" in frame.values("longest") or any(
        token.text.casefold() == "current" for token in frame.all("season")
    )


def _result(frame: Frame) -> str:
    named = [value for value in frame.values("streak") if value != "any"]
    if named:
        return named[0]
    said = {_RESULT_OF[v] for v in (*frame.values("result"), *frame.values("measures")) if v in _RESULT_OF}
    if len(said) > 1:
        raise Declined("The question asks for wins and for losses.", "Ask for one streak.")
    return said.pop() if said else ""


def _kind(frame: Frame, least: tuple[Condition, ...]) -> Kind:
    if frame.has("entity"):
        return "team" if "team" in frame.values("entity") else "player"
    return "player" if least and not _result(frame) else "team"


def _where(frame: Frame) -> list[str]:
    conferences = [f"conference={name}" for name in frame.values("conference")]
    return [*conferences, *(t for value in frame.values("conditions") for t in value.split(","))]


STREAKS = Family("streaks", fits, answer, _USES, "{team} longest win streak this season")
