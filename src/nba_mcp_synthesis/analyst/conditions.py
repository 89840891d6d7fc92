"""Figures that a question sets as conditions: `30+ points`, `under 100`, `40-point games`."""

from collections.abc import Iterator

from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.sentences import listed
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.stats.query import Condition, Operator

THRESHOLDS = ("thresholds", "kinds_of_game", "margin", "score", "allowed", "shoot", "total")
# What `200 attempts` and `min 300 made` count beside a percentage.
_SHOTS = {"fg3_pct": "fg3", "ft_pct": "ft", "fg2_pct": "fg2"}
_SIGNS: dict[str, str] = {
    ">=": "{} or more",
    ">": "more than {}",
    "<": "fewer than {}",
    "<=": "{} or fewer",
    "=": "exactly {}",
}
_TURNED: dict[Operator, Operator] = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "="}
_SURELY_TOTAL, _SURELY_TOTAL_OF_TEAM = 50, 400
_SURELY_POINTS = 70
_NEVER_AVERAGED = ("gp", "minutes", "wins", "losses")
_OF_SEASONS = ("gp", "wins", "losses", "win_pct")
_EVEN = 500  # `.500`, which is no number of points


def of_games(frame: Frame) -> tuple[Condition, ...]:
    """Conditions on what a single game's row says: an average there is the figure itself."""
    found = [_condition(token, frame, of_games=True) for token in _tokens(frame)]
    if any(c.name in _OF_SEASONS for c in found):
        raise Declined(
            "Games and wins are counted over a season, not in a game.", "Ask which teams have them."
        )
    plain = [Condition(c.name.removesuffix("_per_game"), c.operator, c.values) for c in found]
    return tuple(bounded for condition in plain for bounded in _on_one_side(condition))


def _on_one_side(condition: Condition) -> list[Condition]:
    """`won by fewer than 5` leaves out the games that were lost."""
    value = float(str(condition.values[0])) if condition.name == "margin" else 0.0
    if condition.name == "margin" and value > 0 and condition.operator in ("<", "<="):
        return [Condition("margin", ">", (0,)), condition]
    if condition.name == "margin" and value < 0 and condition.operator in (">", ">="):
        return [Condition("margin", "<", (0,)), condition]
    return [condition]


def of_seasons(frame: Frame, ranked: str = "") -> tuple[Condition, ...]:
    """Conditions on the figures of a whole season: averages where the question says so.

    Raises:
        Declined: a small count could be meant per game as well as in all.
    """
    found = [_condition(token, frame, ranked) for token in _tokens(frame)]
    averaged = frame.has("average") or any(c.name.endswith("_per_game") for c in found)
    of_team = "team" in (*frame.values("entity"), *frame.values("counted"))
    averaged = averaged and not frame.has("total")
    return tuple(_of_season(condition, averaged=averaged, of_team=of_team) for condition in found)


def _of_season(condition: Condition, *, averaged: bool, of_team: bool) -> Condition:
    of = measures().get(condition.name)
    if of is None:
        raise Declined("A margin is of a game.", "Ask how many games, or for a record.")
    if of.average not in measures() or condition.name in _NEVER_AVERAGED:
        return condition
    if averaged and of.average:
        return Condition(of.average, condition.operator, condition.values)
    number = float(str(condition.values[0]))
    if number < (_SURELY_TOTAL_OF_TEAM if of_team else _SURELY_TOTAL):
        raise Declined(
            f"{_SIGNS[condition.operator].format(f'{number:g}').capitalize()} {of.label}: per game or in "
            "the whole season?",
            f"Say for instance {number:g}+ {of.label} per game.",
        )
    return condition


def _tokens(frame: Frame) -> list[Token]:
    return [*frame.all("thresholds"), *frame.all("kinds_of_game")]


def _condition(token: Token, frame: Frame, ranked: str = "", *, of_games: bool = False) -> Condition:
    sign, number, named, is_share = token.value if isinstance(token.value, tuple) else ("", 0, "", False)
    if not named and number == _EVEN:
        raise Declined("Whether a team was above .500 is asked of its opponents only.", "Ask for its record.")
    if frame.has("allowed") and (frame.has("score") or _scores(frame)):
        raise Declined("It is not clear which figure is scored and which allowed.", "Ask for one of them.")
    name = _measured(str(named), frame, is_share=bool(is_share), of_games=of_games)
    if not name and of_games and not frame.has("measures") and float(str(number)) >= _SURELY_POINTS:
        name = "pts"  # in a game nothing else gets so high
    if name in ("attempted", "made"):
        shots = _SHOTS.get(ranked or _share(frame), "fg")
        name = f"{shots}{'a' if name == 'attempted' else 'm'}"
    if name not in measures() and name != "margin":
        raise Declined(f"I do not know what {token.text!r} counts.", "Name it, such as 30+ points.")
    value = float(str(number))
    if name in measures() and measures()[name].is_percent:
        value /= 100
    operator: Operator = str(sign)  # type: ignore[assignment]  # the lexicon has only operators
    if name == "margin" and value > 0 and _is_lost(frame):
        # Lost by ten or more is a margin of minus ten or less.
        operator, value = _TURNED[operator], -value
    return Condition(name, operator, (int(value) if value.is_integer() else value,))


def _scores(frame: Frame) -> bool:
    return "score" in frame.values("verbs") or any(
        token.text.casefold().startswith("scor") for token in frame.all("measures")
    )


def _is_lost(frame: Frame) -> bool:
    lost = "lost" in frame.values("result") or "losses" in frame.values("measures")
    lost = lost or "result=loss" in frame.values("conditions")
    return lost or any(token.text.casefold().startswith("los") for token in frame.all("margin"))


def _share(frame: Frame) -> str:
    """The first percentage that another figure is of."""
    named = [str(token.value[2]) for token in _tokens(frame) if isinstance(token.value, tuple)]
    return next((name for name in named if name in _SHOTS), "")


def _measured(named: str, frame: Frame, *, is_share: bool, of_games: bool) -> str:
    """What a figure without a measure counts: `win by 20 or more`, `score 120 or more`, `shot 50 %`."""
    if named and not (named == "pts" and frame.has("margin")):  # `lose by 20 points`
        return f"opp_{named}" if frame.has("allowed") and f"opp_{named}" in measures() else named
    if is_share:
        return "fg_pct"
    if frame.has("margin"):
        return "margin"
    if frame.has("allowed"):
        return "opp_pts"
    if frame.has("average") and not of_games and not frame.has("measures"):
        return "pts"  # `averaging 15+`
    # A figure alone counts points only where the question is about scoring.
    return "pts" if frame.has("score") or "score" in frame.values("verbs") else ""


def said(conditions: tuple[Condition, ...]) -> str:
    """`30 or more points and 10 or more rebounds`."""
    return listed(list(_said(conditions)))


def _margin(operator: Operator, value: float) -> str:
    lost = (value < 0 or (value == 0 and operator == "<")) and operator in _TURNED
    sign = _TURNED[operator] if lost else operator
    return f"a {'losing' if lost else 'winning'} margin of {_SIGNS[sign].format(f'{abs(value):g}')}"


def _said(conditions: tuple[Condition, ...]) -> Iterator[str]:
    for condition in conditions:
        value = float(str(condition.values[0]))
        if condition.name == "margin":
            yield _margin(condition.operator, value)
            continue
        of = measures()[condition.name]
        number = f"{value * 100:g} %" if of.is_percent else f"{value:g}"
        yield f"{_SIGNS[condition.operator].format(number)} {of.label}"
