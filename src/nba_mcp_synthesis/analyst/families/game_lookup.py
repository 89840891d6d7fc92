"""One game: its score, its winner and margin, its box score."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined, NotLoaded
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import SCOPE, Scope, scope_of
from nba_mcp_synthesis.analyst.sentences import listed, on
from nba_mcp_synthesis.analyst.who import people
from nba_mcp_synthesis.basketball.box_score import box_score
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.stats.query import Condition, StatQuery
from nba_mcp_synthesis.errors import AmbiguousName
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal

_MOST_CHOICES = 8
_USES = (
    "subjects", "score", "result", "margin", "box", "met", "either", "beat", "when", "record", "line", *SCOPE,
)  # fmt: skip


def fits(frame: Frame) -> bool:
    """Two teams, or one and a day, or the number of a play-off game; and nothing of players."""
    if frame.any("measures", "order", "thresholds", "streak", "splits", "times", "without"):
        return False
    named = len(frame.all("subjects")) + len(frame.all("opponents"))
    is_one_day = frame.any("date", "yesterday") or frame.values("last") == ["1"]
    if frame.has("game_number"):
        return named > 0 or frame.has("conditions")
    if is_one_day:
        return named in (1, 2)
    asks = frame.any("score", "margin", "game", "box") or (frame.has("result") and not frame.has("met"))
    return named == 2 and asks and not frame.any("record", "how_many")


def answer(frame: Frame, context: Context) -> Proposal:
    """The game, when exactly one is meant."""
    clubs = _clubs(frame, context)
    newest_win = frame.has("beat", "last")
    scope = scope_of(frame.without("opponents", *(["last"] if newest_win else [])), context)
    query = asking.query_of(scope, "team", ("pts",), ("date", "game"))
    query = replace(
        query,
        where=(*query.where, *_played_by(clubs), *_won(frame, clubs)),
        season_types=_types(frame, scope, context),
    )
    games = context.ask(replace(query, order_by=(("date", True),))).result.rows
    games = games[:1] if newest_win else games
    who = f" of the {listed([club.name for club in clubs])}" if clubs else ""
    if not games:
        newest = context.evidence[-1].result.data_as_of
        hint = f"The newest game loaded is of {newest}." if newest else ""
        raise NotLoaded(f"No such game{who} {scope.said} is loaded.", hint)
    evidence = _results(tuple(row[1] for row in games[:_MOST_CHOICES]), query, context)
    rows = evidence.result.rows
    if len(games) > 1:
        raise AmbiguousName(f"game{who}", [f"{on(row[2])}: {row[0]} beat {row[1]}" for row in rows])
    if not rows:
        raise NotLoaded(f"The result of the game{who} {scope.said} is not loaded.")
    if frame.has("box"):
        return _box(evidence, context)
    asks_winner = frame.any("result", "margin", "beat")
    return context.answered(_said(evidence, winner=asks_winner), _claims(evidence))


def _clubs(frame: Frame, context: Context) -> tuple[Match, ...]:
    found = people(frame, context, "team")
    if found.players:
        raise Declined("Scores are of teams.", "Name one or two teams, or ask for a player's points.")
    return (*found.teams, *(context.who(token, "team") for token in frame.all("opponents")))


def _played_by(clubs: tuple[Match, ...]) -> list[Condition]:
    """The games of a team, of two teams, or of the winners where none is named."""
    if not clubs:
        return [Condition("result", "=", ("win",))]
    one = [Condition("team", "=", (clubs[0].id,))]
    return one + [Condition("opponent", "=", (club.id,)) for club in clubs[1:2]]


def _won(frame: Frame, clubs: tuple[Match, ...]) -> list[Condition]:
    """`when did they last beat the celtics`: of the games that they won, or lost."""
    if not (clubs and frame.has("beat", "last")):
        return []
    return [Condition("result", "=", ("loss" if frame.values("beat") == ["lost"] else "win",))]


def _types(frame: Frame, scope: Scope, context: Context) -> tuple[str, ...]:
    """A day without a season type is a day of any that is loaded."""
    if frame.has("season_type") or not frame.any("date", "yesterday"):
        return (scope.season_type,)
    context.assumptions[:] = [text for text in context.assumptions if "regular season" not in text]
    kinds = ("Regular Season", "Playoffs", "PlayIn", "NBA Cup")
    return tuple(kind for kind in kinds if set(scope.seasons) <= set(context.stats.coverage().seasons(kind)))


def _results(games: tuple[str, ...], query: StatQuery, context: Context) -> Evidence:
    """The winner's row of each game."""
    context.ask(
        replace(
            query,
            measures=("pts", "opp_pts", "plus_minus"),
            by=("team", "opponent", "date", "game"),
            where=(Condition("game", "=", games), Condition("result", "=", ("win",))),
            order_by=(("date", True),),
            last=None,
        )
    )
    return context.evidence[-1]


def _said(evidence: Evidence, *, winner: bool) -> str:
    won, lost, date, _, won_pts, lost_pts, margin = evidence.result.rows[0]
    score = f"{won} {won_pts}, {lost} {lost_pts}"
    if winner:
        points = "point" if margin == 1 else "points"
        return f"The {won} won by {margin} {points} against the {lost} on {on(date)}: {score}."
    return f"Final score: {score} on {on(date)}."


def _claims(evidence: Evidence) -> list[Claim]:
    won, lost, _, _, won_pts, lost_pts, margin = evidence.result.rows[0]
    return [
        Claim(won, "pts", won_pts, "points", evidence.id),
        Claim(lost, "pts", lost_pts, "points", evidence.id),
        Claim(won, "margin", margin, "points margin", evidence.id),
    ]


def _box(game: Evidence, context: Context) -> Proposal:
    players = box_score(context.warehouse, game.result.rows[0][3]).players
    if not players.rows:
        raise NotLoaded("The score of that game is loaded, its box score is not.", "Ask for the score.")
    context.keep(players)
    text = f"{_said(game, winner=False)} The box score is in the table."
    return context.answered(text, _claims(game))


GAME = Family("games", fits, answer, _USES, "score of the {team} {rival} game on december 21")
