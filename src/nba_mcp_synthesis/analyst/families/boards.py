"""Who leads: boards of players or teams by a measure, `top 5 in blocks`, `fewest turnovers a game`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking, conditions
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.measuring import MEASURES, measures_of
from nba_mcp_synthesis.analyst.scope import SCOPE, Scope, scope_of
from nba_mcp_synthesis.analyst.sentences import claimed, extreme, listed, nth, shown, with_unit
from nba_mcp_synthesis.analyst.who import people
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.matches import Kind, Match
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.basketball.stats.qualifying import qualifier_of
from nba_mcp_synthesis.basketball.stats.query import Condition, StatQuery
from nba_mcp_synthesis.facts import Claim, Proposal

_USES = (
    "subjects", "order", "limit", "ordinal", "entity", "thresholds", "kinds_of_game", "times", "when",
    *MEASURES, *SCOPE,
)  # fmt: skip
_SEVERAL = 5
_MOST_BOARDS = 3
_MOST_TIED = 20


def fits(frame: Frame) -> bool:
    """A superlative and something to rank by."""
    others = ("in_game", "streak", "splits", "record", "either", "in_span", "counted", "place")
    if not frame.any("order", "limit", "ordinal") or frame.any(*others):
        return False
    return _counts_games(frame) or (bool(measures_of(frame)) and not frame.has("when"))


def _counts_games(frame: Frame) -> bool:
    """`most 30 point games`, `most games with 25 points and 10 assists`."""
    with_figures = frame.has("when", "thresholds") and not frame.has("measures")
    return frame.has("kinds_of_game") or with_figures


def answer(frame: Frame, context: Context) -> Proposal:
    """One board for each measure."""
    wanted = (measure("gp"),) if _counts_games(frame) else measures_of(frame)
    if len(wanted) > _MOST_BOARDS:
        raise Declined(f"That is more than {_MOST_BOARDS} boards at once.", "Ask for fewer measures.")
    found = people(frame, context, "team")
    if found.players or (len(found.teams) == 1 and all("player" not in of.formulas for of in wanted)):
        raise Declined(
            "A board of one is no board.", "Ask for the figures themselves, or for those in a game."
        )
    scope = _of_clubs(scope_of(frame, context), found.teams)
    if _is_one_game(scope):
        wanted = tuple(measure(of.name.removesuffix("_per_game")) for of in wanted)
    by = _kind(frame, wanted)
    for of in wanted:
        if by not in of.formulas:
            raise Declined(f"{of.label.capitalize()} cannot be told for a {by}.")
    boards = [_board(frame, of, by, scope, context) for of in wanted]
    text = " ".join(text for text, _ in boards)
    return context.answered(text, [c for _, claims in boards for c in claims], [of.name for of in wanted])


def _is_one_game(scope: Scope) -> bool:
    """True where no more than a game or a day is left: an average is the value itself."""
    return any(c.name in ("series_game", "date") and c.operator == "=" for c in scope.where)


def _kind(frame: Frame, wanted: tuple[Measure, ...]) -> Kind:
    if frame.has("entity"):
        return "team" if "team" in frame.values("entity") else "player"
    # Of what both have, the first kind of a measure is the one meant where the question does not say.
    able = set.intersection(*(set(of.formulas) for of in wanted)) or {"team"}
    meant: Kind = next(iter(wanted[0].formulas))
    return meant if meant in able else able.pop()


def _of_clubs(scope: Scope, clubs: tuple[Match, ...]) -> Scope:
    """The scope within a team, or within the games of two teams."""
    if not clubs:
        return scope
    ids = tuple(club.id for club in clubs)
    where = [Condition("team", "=", ids)] + ([Condition("opponent", "=", ids)] if len(clubs) > 1 else [])
    words = f"for the {clubs[0].name}" if len(clubs) == 1 else f"of {listed([c.name for c in clubs])}"
    return replace(scope, where=(*where, *scope.where), words=(words, *scope.words))


def _board(frame: Frame, of: Measure, by: Kind, scope: Scope, context: Context) -> tuple[str, list[Claim]]:
    limit = _limit(frame)
    query = replace(
        asking.query_of(scope, by, (of.name,), (by,)),
        order_by=((of.name, descending(frame, of)),),
        limit=limit,
    )
    if _counts_games(frame):
        query = replace(query, where=(*query.where, *conditions.of_games(frame)))
    else:
        query = replace(query, having=conditions.of_seasons(frame, of.name))
    _check(query, of)
    evidence = asking.rows(query, context)
    places = [(row[0], row[1], row[2]) for row in evidence.result.rows]
    if not places:
        hint = "Ask per game." if by == "team" and of.average else "Ask with a lower minimum."
        raise Declined(f"Nobody has a value of {of.label} {scope.said}.", hint)
    if len(places) > limit + _MOST_TIED:
        raise Declined(f"{len(places)} share the first places in {of.label}.", "Add a minimum of games.")
    _assume(frame, of, query, context)
    if frame.has("ordinal"):
        places = [place for place in places if place[0] == limit]
    if not places:
        raise Declined(f"The {nth(limit)} place is empty, since others are shared.", "Ask for the top 5.")
    text = _in_words(places, of, query, scope, frame)
    return text, [claimed(name, of, value, evidence.id) for _, name, value in places]


def _limit(frame: Frame) -> int:
    if frame.has("ordinal"):
        return int(frame.values("ordinal")[0])
    if frame.has("limit"):
        return int(frame.values("limit")[0])
    return _SEVERAL if "several" in frame.values("order") else 1


def descending(frame: Frame, of: Measure) -> bool:
    """Whether the board starts with the greatest."""
    meaning = {
        "most": True,
        "fewest": False,
        "best": of.higher_is_better,
        "worst": not of.higher_is_better,
    }
    ways = {meaning[word] for word in frame.values("order") if word in meaning}
    if len(ways) > 1:
        raise Declined("The question asks for both ends of a board.", "Ask for one at a time.")
    return ways.pop() if ways else True


def _check(query: StatQuery, of: Measure) -> None:
    if query.entity == "team" or query.having or any(c.name in ("date", "series_game") for c in query.where):
        return
    if not query.order_by[0][1] and of.qualifier is None and of.is_counted:
        raise Declined(
            f"The fewest {of.label} belong to players who hardly played.",
            "Add a minimum, such as min 50 games, or ask per game.",
        )
    if qualifier_of(query) and query.season_types != ("Regular Season",):
        raise Declined(
            f"For {of.label} outside the regular season there is no agreed minimum.",
            "Add one, such as min 5 games.",
        )


def _assume(frame: Frame, of: Measure, query: StatQuery, context: Context) -> None:
    if query.having:
        context.conditions.append(f"those with {conditions.said(query.having)}")
    if _counts_games(frame):
        context.conditions.append(f"games with {conditions.said(conditions.of_games(frame))}")
    elif of.average and not frame.has("total"):
        context.assumptions.append("Ranked by the total, since the question does not say per game.")


def _in_words(
    places: list[tuple[int, str, float]], of: Measure, query: StatQuery, scope: Scope, frame: Frame
) -> str:
    """`Cid Sample led the league with 220 points`, or a list under its title."""
    limit, first = _limit(frame), [name for rank, name, _ in places if rank == 1]
    numbered = ", ".join(f"{rank}. {name} {shown(value, of)}" for rank, name, value in places)
    games = f" with {conditions.said(conditions.of_games(frame))}" if _counts_games(frame) else ""
    worst = {"worst", "fewest"} & set(frame.values("order")) or of.name.startswith("opp_")
    plain = query.order_by[0][1] and not worst and len(first) == 1 and not games and not scope.words
    if plain and not query.having:
        who = f"The {first[0]}" if query.entity == "team" else first[0]
        lead = f"{who} led the league with {with_unit(places[0][2], of)} {scope.said}."
        return lead if limit == 1 else f"{lead} {numbered}."
    named = listed([f"{name} {shown(value, of)}" for _, name, value in places])
    title = _title(of, query, scope, games)
    if frame.has("ordinal"):
        title = f"{nth(limit)} {title[0].lower()}{title[1:]}"
    return f"{title}: {named if limit == 1 or frame.has('ordinal') else numbered}."


def _title(of: Measure, query: StatQuery, scope: Scope, games: str) -> str:
    minimum = f" with {conditions.said(query.having)}" if query.having else ""
    falling = query.order_by[0][1]
    what = f"{'Most' if falling else 'Fewest'} games{games}" if games else extreme(of, falling=falling)
    return f"{what}{minimum} {scope.said}"


BOARDS = Family("boards", fits, answer, _USES, "top 5 in blocks this season")
