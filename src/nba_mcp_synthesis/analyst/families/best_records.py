"""The best and the worst records: `which team had the best road record in the east`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import SCOPE, scope_of
from nba_mcp_synthesis.analyst.sentences import listed, nth
from nba_mcp_synthesis.facts import Claim, Proposal

_ENDS = {"best": True, "most": True, "lead": True, "worst": False, "fewest": False}
_USES = ("order", "ordinal", "ends", "limit", "record", "place", "standings", "entity", "measures", *SCOPE)
_MOST_NAMED = 10


def fits(frame: Frame) -> bool:
    """A superlative and a record, or an end of the standings."""
    asks = frame.has("order", "record") or frame.has("ends")
    return asks and not frame.has("subjects") and set(frame.values("measures")) <= {"wins", "losses"}


def answer(frame: Frame, context: Context) -> Proposal:
    """By winning percentage, shared places too."""
    ends = {_ENDS.get(word, True) for word in (*frame.values("order"), *frame.values("ends"))}
    if len(ends) != 1 or "player" in frame.values("entity"):
        raise Declined("A record is a team's best or its worst.", "Ask for one of both.")
    best = ends.pop()
    scope = scope_of(frame, context)
    place = int(frame.values("ordinal")[0]) if frame.has("ordinal") else None
    limit = place or (int(frame.values("limit")[0]) if frame.has("limit") else 1)
    query = asking.query_of(scope, "team", ("wins", "losses"), ("team",))
    query = replace(query, order_by=(("win_pct", best),), limit=limit)
    evidence = asking.one_row(query, context, scope.said)
    rows = [row for row in evidence.result.rows if place in (None, row[0])]
    if not rows:
        raise Declined(f"The {nth(limit)} place is empty, since others are shared.", "Ask for the top 5.")
    if len(rows) > max(limit, _MOST_NAMED):
        raise Declined(f"{len(rows)} teams share that place.", "Ask for another one.")
    word = "best" if best else "worst"
    word = f"{nth(place)} {word}" if place and place > 1 else word
    said = listed([f"{row[1]} {row[2]}-{row[3]}" for row in rows])
    text = f"{word.capitalize()} record{'s' if len(rows) > 1 else ''} {scope.said}: {said}."
    claims = [
        Claim(row[1], name, value, name, evidence.id)
        for row in rows
        for name, value in (("wins", row[2]), ("losses", row[3]))
    ]
    return context.answered(text, claims, ("win_pct",))


BEST_RECORDS = Family("best records", fits, answer, _USES, "which team had the best record")
