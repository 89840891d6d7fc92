"""Players who are described rather than named: `ppg of the number 3 pick of the 2025 draft`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.measuring import MEASURES, measures_of
from nba_mcp_synthesis.analyst.scope import SCOPE, scope_of
from nba_mcp_synthesis.analyst.sentences import claimed, figures
from nba_mcp_synthesis.facts import Proposal

_MOST = 12


def fits(frame: Frame) -> bool:
    """Measures, nobody named, and a pick of a draft."""
    described = any("draft_number" in value for value in frame.values("conditions"))
    return described and not frame.any("subjects", "order", "counted") and bool(measures_of(frame))


def answer(frame: Frame, context: Context) -> Proposal:
    """Everybody who fits the description, with his figures."""
    wanted = measures_of(frame)
    for of in wanted:
        if "player" not in of.formulas:
            raise Declined(f"{of.label.capitalize()} cannot be told for a player.")
    scope = scope_of(frame, context)
    names = tuple(of.name for of in wanted)
    query = asking.query_of(scope, "player", names, ("player",))
    evidence = asking.one_row(replace(query, order_by=((names[0], True),)), context, f"players {scope.said}")
    rows = evidence.result.rows
    if len(rows) > _MOST:
        raise Declined(
            f"{len(rows)} players fit that.", "Describe one more closely, such as by year and pick."
        )
    said = [f"{row[0]} {figures(list(zip(wanted, row[1:], strict=True)))}" for row in rows]
    claims = [
        claimed(row[0], of, v, evidence.id) for row in rows for of, v in zip(wanted, row[1:], strict=True)
    ]
    return context.answered(f"{'; '.join(said)} {scope.said}.", claims, names)


DESCRIBED = Family(
    "described", fits, answer, (*MEASURES, *SCOPE), "ppg of the number 3 pick of the 2025 draft"
)
