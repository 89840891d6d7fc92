"""Patterns of games: their margin, what somebody reached in them, and figures without a sign."""

from collections.abc import Sequence

from nba_mcp_synthesis.analyst.pattern_figures import UNITS, VERBS_OF_AVERAGE
from nba_mcp_synthesis.analyst.pattern_times import Made, is_round, is_year
from nba_mcp_synthesis.analyst.tokens import Token, text_of
from nba_mcp_synthesis.basketball.catalogue import measures

_LEAST_POINTS = 10
_TEAM_POINTS = 80


def decided(rest: Sequence[Token]) -> Made:
    """`decided by 3 points or less`, `within 5 points`: the margin either way."""
    match [(token.tag, token.value) for token in rest[:4]]:
        case [("decided", _), ("threshold", ("<=", number, "" | "pts", False)), *_]:
            used = 2
        case [("decided", _), ("number", number), ("measure", "pts"), ("or_more", "<=")]:
            used = 4
        case [("within", "within"), ("number", number), ("measure", "pts"), *_]:
            used = 3
        case _:
            return None
    return [Token("where", f"margin>=-{number},margin<={number}", text_of(rest[:used]))], used


def wins_by(rest: Sequence[Token]) -> Made:
    """`20 point wins`, `wins by 15 or more`, `one point games`: games of a margin."""
    text = text_of(rest[:3])
    match rest[:3]:
        case [
            Token("won" | "measure", "wins" | "won"),
            Token("link"),
            Token("threshold", (sign, points, "", _)),
        ]:
            return [Token("kind_of_game", (sign, points, "margin", False), text)], 3
        case [Token("link"), Token("threshold", (sign, points, "" | "pts", _)), *_]:
            return [Token("kind_of_game", (sign, points, "margin", False), text_of(rest[:2]))], 2
        case [Token("number", 1), Token("measure", "pts"), Token("measure", "gp")]:
            return [Token("where", "margin>=-1,margin<=1", text), rest[2]], 3
        case [
            Token("number", int(points)),
            Token("measure", "pts"),
            Token("won" | "measure", "wins" | "won"),
        ]:
            sign = ">=" if points >= _LEAST_POINTS else "="
            return [Token("kind_of_game", (sign, points, "margin", False), text)], 3
        case [
            Token("number", int(points)),
            Token("measure", "pts"),
            Token("won" | "measure", "losses" | "lost"),
        ]:
            sign = "<=" if points >= _LEAST_POINTS else "="
            return [Token("kind_of_game", (sign, -points, "margin", False), text)], 3
    return None


def point_wins(rest: Sequence[Token]) -> Made:
    """`20+ point wins` are by that many."""
    match rest[:2]:
        case [Token("threshold", (">=", int(points), "pts", _)) as said, Token() as won] if _is_margin(
            said, won
        ):
            lost = won.value in ("losses", "lost")
            margin = ("<=", -points) if lost else (">=", points)
            return [Token("kind_of_game", (*margin, "margin", False), text_of(rest[:2]))], 2
    return None


def _is_margin(said: Token, won: Token) -> bool:
    """`20+ point wins` are by that many; `20+ points in wins` are not."""
    return said.text.casefold().endswith(("point", "pt")) and won.value in ("wins", "won", "losses", "lost")


def kind_of_game(rest: Sequence[Token]) -> Made:
    """`30 point games`, `130+ point games`, `triple double games`: games of a kind."""
    match rest[:3]:
        case [Token("number", number), Token("measure", of), Token("measure", "gp")] if _clear(number, of):
            return [Token("kind_of_game", (">=", number, of, False), text_of(rest[:3]))], 3
        case [Token("threshold") as least, Token("measure", "gp"), *_]:
            return [Token("kind_of_game", least.value, text_of(rest[:2]))], 2
        case [Token("number", int(points)), Token("number", int(boards)), Token("measure", "gp")]:
            # `20 20 games`, of which it is always points and rebounds
            of = ((points, "pts"), (boards, "reb"))
            return [Token("kind_of_game", (">=", n, name, False), text_of(rest[:3])) for n, name in of], 3
        case [Token("measure", "dd2" | "td3") as of, Token("measure", "gp"), *_]:
            return [Token("measure", of.value, text_of(rest[:2]))], 2
        case [Token("measure", str(name)), *_] if name.startswith("games_"):
            points = int(name.removeprefix("games_").removesuffix("_pts"))
            return [Token("kind_of_game", (">=", points, "pts", False), rest[0].text)], 1
    return None


def _clear(number: object, of: object) -> bool:
    """False for `3 point games`: a margin as well as a score."""
    return of != "pts" or (isinstance(number, int | float) and number >= _LEAST_POINTS)


def last_place(rest: Sequence[Token]) -> Made:
    """`ended up last in the east`."""
    start = 1 if rest[0].tag == "place" else 0
    match rest[start : start + 2]:
        case [Token("ago") as last, Token("conference") as conference] if last.text.casefold() == "last":
            return [Token("ends", "worst", last.text), conference], start + 2
    return None


def title(rest: Sequence[Token]) -> Made:
    """`who won the east`: its finals."""
    match rest[:2]:
        case [Token("won") as won, Token("conference") as conference]:
            return [won, Token("where", f"playoff_round=3,conference={conference.value}", conference.text)], 2
    return None


def won_games(rest: Sequence[Token]) -> Made:
    """`won 50+ games`, `50 win teams`: a number of wins."""
    match rest[:3]:
        case [
            Token("number", int(number)),
            Token("won" | "measure", "won" | "wins"),
            Token("by", "team") as by,
        ]:
            return [Token("threshold", (">=", number, "wins", False), text_of(rest[:2])), by], 3
        case [Token("won") as won, Token("threshold", (sign, number, "gp", False)), *_]:
            of = "wins" if won.value == "won" else "losses"
            return [Token("threshold", (sign, number, of, False), text_of(rest[:2]))], 2
    return None


def scoring(rest: Sequence[Token]) -> Made:
    """`scoring 130+`: there `scoring` is what is done, and no average."""
    match rest[:2]:
        case [Token("measure", "pts_per_game") as of, Token("threshold", (sign, number, "", False))]:
            if of.text.casefold() == "scoring":
                return [Token("threshold", (sign, number, "pts", False), text_of(rest[:2]))], 2
    return None


def bare_of_teams(rest: Sequence[Token]) -> Made:
    """`hit 130`, `allow 120`: nothing else than points gets so high in a game."""
    match rest:
        case [Token("verb"), Token("number", int(points)), *more] if _is_of_team(points, more):
            return [Token("threshold", (">=", points, "pts", False), text_of(rest[:2]))], 2
        case [Token("allowed") as allowed, Token("number", int(points)), *more] if _is_of_team(points, more):
            return [allowed, Token("threshold", (">=", points, "", False), text_of(rest[:2]))], 2
    return None


def _is_of_team(points: int, more: Sequence[Token]) -> bool:
    return points >= _TEAM_POINTS and not _goes_on(more)


def averaging(rest: Sequence[Token]) -> Made:
    """`averaging 20`: points, where nothing else is named."""
    match rest:
        case [Token("average") as average, Token("number") as least, *more] if not _goes_on(more):
            if average.text.casefold() in VERBS_OF_AVERAGE:
                return [Token("threshold", (">=", least.value, "pts_per_game", False), text_of(rest[:2]))], 2
    return None


def bare(rest: Sequence[Token]) -> Made:
    """`scores 40`, `all 82 games`, `25 points and 10 assists`: a figure alone is the least one."""
    match rest[:3]:
        case [Token("any_of", "all"), Token("number") as number, Token("measure", "gp")]:
            return [Token("threshold", (">=", number.value, "gp", False), text_of(rest[:3]))], 3
        case [Token("verb", "score"), Token("number") as number, Token("measure", "pts")]:
            return [Token("threshold", (">=", number.value, "pts", False), text_of(rest[:3]))], 3
        case [Token("verb" | "score", "score"), Token("number") as number, *more] if not _goes_on(more):
            return [Token("threshold", (">=", number.value, "pts", False), text_of(rest[:2]))], 2
        case [Token("number", int(number)), Token("attempted", of), *_]:
            return [Token("threshold", (">=", number, of, False), text_of(rest[:2]))], 2
        case [Token("number") as number, Token("measure", str(of)), *_] if _is_count(of) and of != "minutes":
            if is_round(number) or not is_year(number):
                return [Token("threshold", (">=", number.value, of, False), text_of(rest[:2]))], 2
    return None


def _is_count(name: str) -> bool:
    return measures()[name].is_total or name.endswith("_per_game")


def _goes_on(rest: Sequence[Token]) -> bool:
    return bool(rest) and rest[0].tag in ("measure", "percentage", "or_more", *UNITS)
