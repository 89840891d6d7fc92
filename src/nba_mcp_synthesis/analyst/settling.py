"""What a slot means beside the others: `in the first quarter` beside points, `record` behind double-doubles.

Each rule looks at a whole frame and moves tokens between its slots, in this order.
"""

from collections.abc import Callable, Iterable

from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.tokens import Token

_ENDED = frozenset({"end", "ended", "end up", "ended up", "finish", "finished", "wind up", "wound up"})
_ONE_RESULT = frozenset({"in a loss", "in a win", "in a defeat", "in a victory"})
# With one of these something else than points is the best.
_RANKED = ("measures", "game_extreme", "streak", "attempted", "shoot", "score", "in_span", "allowed")
# Conditions of which two are a whole, told apart.
_SPLIT_WHOLE = frozenset({"location", "result"})
_QUARTERS = {
    "period=1": "q1", "period=2": "q2", "period=3": "q3", "period=4": "q4", "period<=2": "h1",
    "period>=3,period<=4": "h2",
}  # fmt: skip
_LONGEST_LIST = 51
_POINTS = ("pts", "pts_per_game", "opp_pts", "opp_pts_per_game")


def frame_of(text: str, tokens: Iterable[Token]) -> Frame:
    """The frame of a question, settled."""
    frame = Frame.of(text, tokens)
    for rule in _RULES:
        rule(frame)
    return frame


def _best_game(frame: Frame) -> None:
    """`their best game` is by points."""
    if frame.has("in_game", "order") and not frame.any(*_RANKED):
        frame.slots["measures"] = [Token("measure", "pts", "points")]


def _of_one_result(frame: Frame) -> None:
    """`the most points in a loss` are those of one game."""
    if frame.has("order", "measures") and any(t.text in _ONE_RESULT for t in frame.all("conditions")):
        frame.slots.setdefault("in_game", []).append(Token("in_game", "in_game", ""))


def _game_of_series(frame: Frame) -> None:
    """`game 7 of the series` needs no other word for the series."""
    if frame.has("game_number"):
        frame.slots.pop("met", None)


def _record_as_verb(frame: Frame) -> None:
    """`how many double-doubles did he record`."""
    if frame.has("record", "measures", "subjects") and frame.text.rstrip(" ?.!").endswith("record"):
        frame.slots.pop("record")


def _end_of_game(frame: Frame) -> None:
    """`how did the game end`, `how many did he end up averaging` are about no place."""
    of_other = frame.any("score", "result", "margin", "measures") and not frame.has("ordinal")
    if of_other and {token.text.casefold() for token in frame.all("place")} <= _ENDED:
        frame.slots.pop("place", None)


def _wins_and_losses(frame: Frame) -> None:
    """`houston's wins and losses` are its record; with a measure they are its parts."""
    said = [token.text.casefold() for token in frame.all("splits")]
    if said == ["wins and losses"] and not frame.has("measures"):
        frame.slots["record"] = frame.slots.pop("splits")


def _number_behind(frame: Frame) -> None:
    """`who has the most assists, give me five`: a figure that nothing else takes is the size of the list."""
    numbers = [t for t in frame.left if t.tag == "number" and t.value in range(2, _LONGEST_LIST)]
    asked = {"give", "list", "show", "name"} & set(frame.text.split())
    if (
        asked
        and numbers
        and frame.left == numbers[:1]
        and frame.has("order")
        and not frame.any("limit", "ordinal")
    ):
        frame.slots["limit"] = [Token("limit", numbers[0].value, numbers[0].text)]
        frame.left.clear()


def _months_apart(frame: Frame) -> None:
    """`december compared to march`: one by one, not both together."""
    if len(frame.values("month")) > 1 and frame.any("compare", "against", "either") and frame.has("measures"):
        frame.slots.setdefault("splits", []).append(Token("split", "month", "by month"))
        for slot in ("compare", "against", "either"):
            frame.slots.pop(slot, None)


def _triple_double_average(frame: Frame) -> None:
    """`who averaged a triple-double`: ten of each a game."""
    if frame.values("measures") == ["td3"] and frame.has("average") and not frame.any("order", "subjects"):
        text = frame.slots.pop("measures")[0].text
        frame.slots.pop("average")
        frame.slots["thresholds"] = frame.all("thresholds") + [
            Token("threshold", (">=", 10, f"{of}_per_game", False), text) for of in ("pts", "reb", "ast")
        ]


def _seasons_apart(frame: Frame) -> None:
    """Several seasons are told one by one."""
    if len({t.text for t in frame.all("season")}) > 1 and len(frame.values("season")) > 1:
        frame.slots.setdefault("splits", []).append(Token("split", "season", "season by season"))


def _parts_of_whole(frame: Frame) -> None:
    """`at home vs on the road` are no conditions that hold together, but the parts of a split."""
    names = [str(token.value).partition("=") for token in frame.all("conditions")]
    for name in {name for name, sign, _ in names if sign and sum(n == name for n, _, _ in names) > 1}:
        parts = [token for token in frame.all("conditions") if str(token.value).startswith(f"{name}=")]
        if name in _SPLIT_WHOLE and len({token.value for token in parts}) == len(parts) == 2:
            frame.slots["conditions"] = [t for t in frame.all("conditions") if t not in parts]
            text = " and ".join(token.text for token in parts)
            frame.slots.setdefault("splits", []).append(Token("split", name, text))


def _points_of_quarters(frame: Frame) -> None:
    """`points in the first quarter` are a count of their own."""
    found = [token for token in frame.all("conditions") if str(token.value) in _QUARTERS]
    if len(found) != 1:
        return
    scored = frame.has("score") or "score" in frame.values("verbs")
    if scored and frame.has("order") and not frame.any("measures", "thresholds"):
        frame.slots["measures"] = [Token("measure", "pts", "points")]
    points = frame.all("measures")
    if not points or any(str(token.value) not in _POINTS for token in points):
        return
    part = f"pts_{_QUARTERS[str(found[0].value)]}"
    frame.slots["conditions"] = [token for token in frame.all("conditions") if token is not found[0]]
    frame.slots["measures"] = [
        Token("measure", str(t.value).replace("pts", part), f"{t.text} {found[0].text}") for t in points
    ]


def _in_one_game(frame: Frame) -> None:
    """`most points in a playoff game`."""
    if frame.has("order", "game") and not frame.any("in_game", "kinds_of_game", "opponents"):
        frame.slots["in_game"] = frame.slots.pop("game")


_RULES: tuple[Callable[[Frame], None], ...] = (
    _best_game, _of_one_result, _game_of_series, _record_as_verb, _end_of_game, _wins_and_losses,
    _number_behind, _months_apart, _triple_double_average, _seasons_apart, _parts_of_whole,
    _points_of_quarters, _in_one_game,
)  # fmt: skip
