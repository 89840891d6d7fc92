"""Who a question is about: subjects, opponents and clubs, told apart by kind and by order."""

from dataclasses import dataclass

from nba_mcp_synthesis.analyst.context import Context, candidates
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.matches import Kind, Match, likely


@dataclass(frozen=True, slots=True)
class People:
    """Players and teams of a question, in its order."""

    players: tuple[Match, ...]
    teams: tuple[Match, ...]

    @property
    def subjects(self) -> tuple[Match, ...]:
        """The players where there are any, otherwise the teams."""
        return self.players or self.teams


def is_of(token: Token, kind: Kind) -> bool:
    """True when a name can mean one of that kind."""
    return any(match.kind == kind for match in candidates(token))


def set_opponents(frame: Frame) -> None:
    """Makes `murray vs booker` two subjects: only a team can be an opponent, and of other things.

    Two teams side by side with `vs` and a measure behind them are compared as well.
    """
    _drop_second_names(frame)
    of_opponents = frame.values("measures") and all(v.startswith("opp_") for v in frame.values("measures"))
    if of_opponents and not frame.has("subjects"):
        # `opponent fg% against the knicks` is a figure of the Knicks.
        frame.slots["subjects"] = frame.slots.pop("opponents", [])
    for token in list(frame.all("opponents")):
        if not is_of(token, "team") or _is_compared(token, frame):
            frame.slots["opponents"].remove(token)
            frame.slots.setdefault("subjects", []).append(token)


def _drop_second_names(frame: Frame) -> None:
    """`rockets vs clippers, houston's wins`: who is named twice is one."""
    known: set[tuple[Kind, int]] = set()
    for slot in ("subjects", "opponents"):
        kept = []
        for token in frame.all(slot):
            meant = likely(candidates(token))
            if meant is None or meant.kind == "player" or (meant.kind, meant.id) not in known:
                kept.append(token)
            if meant is not None:
                known.add((meant.kind, meant.id))
        if slot in frame.slots:
            frame.slots[slot] = kept


def _is_compared(token: Token, frame: Frame) -> bool:
    at = frame.tokens.index(token)
    before = frame.tokens[at - 1] if at else None
    of_teams = before is not None and before.tag == "name" and is_of(before, "team")
    return of_teams and any(t.tag == "measure" for t in frame.tokens[at + 1 :])


def people(frame: Frame, context: Context, kind: Kind | None = None) -> People:
    """Everybody named; of a name that fits both kinds the one that goes with `kind`.

    Raises:
        AmbiguousName: a name may be several.
    """
    found = [
        context.who(token, kind if kind and is_of(token, kind) else None) for token in frame.all("subjects")
    ]
    players = tuple(m for m in found if m.kind == "player")
    return People(players, tuple(m for m in found if m.kind == "team"))


def one(found: tuple[Match, ...], what: str) -> Match:
    """The only one; Declined otherwise."""
    if len(found) != 1:
        raise Declined(f"That takes one {what}, and the question names {len(found)}.", f"Name one {what}.")
    return found[0]
