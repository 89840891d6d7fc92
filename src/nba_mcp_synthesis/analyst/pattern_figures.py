"""Patterns of figures: minimums, kinds of game, distances, the size of a list."""

from collections.abc import Sequence

from nba_mcp_synthesis.analyst.pattern_times import Made
from nba_mcp_synthesis.analyst.tokens import Token, text_of

_LONGEST_LIST = 50
_SIZED = frozenset(
    {"top", "bottom", "best", "worst", "highest", "lowest", "leading", "leaders", "fewest", "most"}
)
VERBS_OF_AVERAGE = frozenset({"average", "averaged", "averages", "averaging"})
# `50 % fg`, `40 % threes`
_SHARES = {"fgm": "fg_pct", "fg3m": "fg3_pct", "ftm": "ft_pct", "fg2m": "fg2_pct"}
# Where no measure follows a figure, these say that it is none: feet, years, days of rest.
UNITS = ("feet", "years_old", "rest")


def opponent(rest: Sequence[Token]) -> Made:
    """`against the lakers`: the other team; `vs` between two of a kind is judged later."""
    match rest[:2]:
        case [Token("compared", ">") as more, Token("name") as name] if more.text.casefold() == "over":
            return [Token("opponent", name.value, f"over {name.text}")], 2
        case [Token("compared", ">") as more, Token("name") as name]:
            kind = "better" if more.text.casefold().startswith("better") else "compare"
            return [Token("compare", kind, more.text), name], 2
        case [Token("measure", "opp_pts") as of, Token("name") as name] if of.text.endswith("against"):
            pts = Token("measure", "pts", of.text.rpartition(" ")[0])
            return [pts, Token("opponent", name.value, f"against {name.text}")], 2
        case [Token("against"), Token("name") as name]:
            return [Token("opponent", name.value, text_of(rest[:2]))], 2
    return None


def against_kind(rest: Sequence[Token]) -> Made:
    """`against western conference teams`, said in other words than the lexicon has."""
    match rest[:3]:
        case [Token("where", str(of)) as where, Token("by", "team"), *_] if of.startswith(
            "opponent_conference="
        ):
            return [where], 2
        case [Token("against"), Token("by", "team"), Token("start")]:
            found = against_kind([rest[0], *rest[3:4]])
            return (found[0], 4) if found else None
        case [Token("against"), Token("by", "team"), Token("conference") as conference]:
            return [Token("where", f"opponent_conference={conference.value}", text_of(rest[:3]))], 3
        case [Token("against"), Token("conference") as conference, Token("by", "team")]:
            return [Token("where", f"opponent_conference={conference.value}", text_of(rest[:3]))], 3
        case [Token("against"), Token("conference") as conference, *_]:
            return [Token("where", f"opponent_conference={conference.value}", text_of(rest[:2]))], 2
    return None


def distance(rest: Sequence[Token]) -> Made:
    """`within 4 feet`, `from 10 to 16 feet`, `30+ feet`: how far the shots were."""
    match [token for token in rest[:4] if token.tag != "end"]:
        case [Token("within", way), Token("number", number), Token("feet"), *_]:
            sign = "<" if way == "within" else ">="
            return [Token("where", f"shot_distance{sign}{number}", text_of(rest[:3]))], 3
        case [Token("number", low), Token("number", high), Token("feet")] if rest[1].tag == "end":
            between = f"shot_distance>={low},shot_distance<{high}"
            return [Token("where", between, text_of(rest[:4]))], 4
        case [Token("number", low), Token("number", high), Token("feet"), *_]:
            between = f"shot_distance>={low},shot_distance<{high}"
            return [Token("where", between, text_of(rest[:3]))], 3
        case [Token("compared", sign), Token("number", number), Token("feet"), *_]:
            return [Token("where", f"shot_distance{sign}{number}", text_of(rest[:3]))], 3
        case [Token("number", number), Token("or_more", sign), Token("feet"), *_]:
            return [Token("where", f"shot_distance{sign}{number}", text_of(rest[:3]))], 3
    return None


def stat_line(rest: Sequence[Token]) -> Made:
    """`30/10/5`, read as the tokenizer leaves it: three figures are points, rebounds and assists."""
    match rest[:3]:
        case [Token("number", int(a)), Token("number", int(b)), Token("number", int(c))]:
            line = zip((a, b, c), ("pts", "reb", "ast"), strict=True)
            return [Token("threshold", (">=", n, of, False), text_of(rest[:3])) for n, of in line], 3
    return None


def limit(rest: Sequence[Token]) -> Made:
    """`top 5`, `5 best`; but not `most 30`, which begins something else."""
    match rest[:3]:
        case [Token("leader") as leader, Token("number", int(number)) as said, *_]:
            pass
        case [Token("number", int(number)) as said, Token("leader") as leader, *_]:
            pass
        case [Token("number", int(number)) as said, Token("by") as by, *_] if _is_led(rest[2:5]):
            return ([by, Token("limit", number, said.text)], 2) if number <= _LONGEST_LIST else None
        case _:
            return None
    counts = len(rest) > 2 and rest[2].tag == "measure" and leader.text.casefold() in ("most", "fewest")
    if counts or leader.text.casefold() not in _SIZED or not 1 <= number <= _LONGEST_LIST:
        return None
    return [leader, Token("limit", number, said.text)], 2


def _is_led(rest: Sequence[Token]) -> bool:
    """`five players` and soon `with the most`: nothing but a verb may stand between."""
    after = next((token for token in rest if token.tag != "verb"), None)
    return after is not None and after.tag == "leader" and after.text.casefold() in _SIZED


def champion(rest: Sequence[Token]) -> Made:
    """`scoring champ`, `won the scoring title`: who led in it."""
    start = 1 if rest[0].tag == "won" else 0
    match rest[start : start + 2]:
        case [Token("measure") as of, Token("champion") as champ]:
            return [of, Token("leader", "lead", champ.text)], start + 2
        case [Token("measure", "pts_per_game") as of, Token("where", "playoff_round=4", "title") as title]:
            return [of, Token("leader", "lead", title.text)], start + 2
    return None


def seed(rest: Sequence[Token]) -> Made:
    """`8 seed`, `number 2 seed`."""
    match rest[:2]:
        case [Token("number", int(number)), Token("place", "seed") as place]:
            return [Token("ordinal", number, rest[0].text), place], 2
    return None


def kind_of_teams(rest: Sequence[Token]) -> Made:
    """`vs east teams`, where `vs east` says it all; `won against the west`."""
    match rest[:2]:
        case [Token("where", str(of)) as where, Token("by", "team")] if of.startswith("opponent_conference="):
            return [where], 2
        case [Token("beat", "beat" | "lost") as beat, Token("conference") as conference]:
            result = Token("won", "won" if beat.value == "beat" else "lost", beat.text)
            against = f"opponent_conference={conference.value}"
            return [result, Token("where", against, f"against the {conference.text}")], 2
    return None


def between_feet(rest: Sequence[Token]) -> Made:
    """`between 10 and 16 feet`; `from 3 to 10 feet`, of which the first is no three-pointer."""
    match rest[:4]:
        case [Token("since", "between"), Token("number", low), Token("number", high), Token("feet")]:
            return [Token("where", f"shot_distance>={low},shot_distance<{high}", text_of(rest[:4]))], 4
        case [Token("range", "fg3_pct") as three, Token("end"), Token("number", high), Token("feet")]:
            if three.text.casefold() in ("from 3", "from three"):
                return [Token("where", f"shot_distance>=3,shot_distance<{high}", text_of(rest[:4]))], 4
    return None


def done(rest: Sequence[Token]) -> Made:
    """`blocked 70 or more shots`, `assisted on 30 baskets`: the verb says what is counted, not the noun."""
    match rest[:4]:
        case [
            Token("measure", "blk" | "contested_shots_per_game") as of,
            Token("number") as least,
            Token("or_more") as more,
            Token("shoot"),
        ]:
            return [least, more, of], 4
        case [
            Token("measure", "blk" | "contested_shots_per_game") as of,
            Token("number") as least,
            Token("shoot"),
            *_,
        ]:
            return [least, of], 3
        case [
            Token("measure", "blk" | "contested_shots_per_game") as of,
            Token("leader") as order,
            Token("shoot"),
            *_,
        ]:
            return [order, of], 3
        case [Token("measure", "blk" | "contested_shots_per_game") as of, Token("shoot"), *_]:
            return [of], 2
    return None


def digits(rest: Sequence[Token]) -> Made:
    """`double digits` are ten or more."""
    if rest[0].tag != "digits":
        return None
    return _made(">=", int(str(rest[0].value)), "", rest[:1], is_share=False)


def threshold(rest: Sequence[Token]) -> Made:
    """`min 50 games`, `1500+ points`, `under 100`, `at least 50 percent`: (comparison, number, measure).

    The measure is empty where none follows: `when they score 120 or more`. A share that is said to be shot,
    `on 50 % shooting` or `88 % from the line`, is the least one.
    """
    compared = str(rest[0].value) if rest[0].tag == "compared" else ""
    used = 1 if compared else 0
    if len(rest) <= used or rest[used].tag != "number":
        return None
    number, used = rest[used].value, used + 1
    if len(rest) > used and _is_percentage_of(rest[used]):
        return _made(compared or ">=", number, rest[used].value, rest[: used + 1], is_share=True)
    is_share = len(rest) > used and rest[used].tag == "percentage"
    used += is_share
    if len(rest) > used and rest[used].tag == "or_more":
        compared, used = str(rest[used].value), used + 1
    if is_share and (shot := _shot(rest[used:])):
        of, size = shot
        return _made(compared or ">=", number, of, rest[: used + size], is_share=True)
    if len(rest) > used and rest[used].tag in UNITS:
        return None
    named, size = _counted(rest[used:])
    if not compared and named and len(rest) > used + size and rest[used + size].tag == "or_more":
        compared, size = str(rest[used + size].value), size + 1  # `10 boards or better`
    named, compared = _share_of(named, compared) if is_share else (named, compared)
    if not compared:
        return None
    return _made(compared, number, named, rest[: used + size], is_share=is_share)


def _share_of(named: str, compared: str) -> tuple[str, str]:
    """`50 % fg` is a percentage, and the least one where nothing is said."""
    return (_SHARES[named], compared or ">=") if named in _SHARES else (named, compared)


def _made(sign: str, number: object, named: object, said: Sequence[Token], *, is_share: bool) -> Made:
    return [Token("threshold", (sign, number, named, is_share), text_of(said))], len(said)


def _is_percentage_of(token: Token) -> bool:
    """`88` and `% from the line`, which is a measure as well."""
    return token.tag == "measure" and token.text.casefold().startswith(("%", "percent"))


def _shot(rest: Sequence[Token]) -> tuple[str, int] | None:
    """What a percentage is of, and in how many tokens: `from the line`, `shooting`, `shooting from 3`."""
    match rest[:2]:
        case [Token("range") as of, *_]:
            return str(of.value), 1
        case [Token("shoot"), Token("range") as of]:
            return str(of.value), 2
        case [Token("shoot"), *_]:
            return "fg_pct", 1
    return None


def _counted(rest: Sequence[Token]) -> tuple[str, int]:
    """The measure that follows a figure, a count also `per game`; empty when there is none."""
    if rest and rest[0].tag == "verb" and rest[0].text.casefold() == "made":
        return "made", 1
    if len(rest) > 1 and rest[0].tag == "total" and rest[1].tag == "measure":
        return str(rest[1].value), 2  # `500+ total rebounds`
    if not rest or not (rest[0].tag in ("measure", "attempted") or rest[0].value == "attempts"):
        return "", 0
    named = "fga" if rest[0].value == "attempts" else str(rest[0].value)
    if len(rest) > 1 and rest[1].tag == "average" and rest[1].text.casefold() not in VERBS_OF_AVERAGE:
        return (named if named.endswith("_per_game") else f"{named}_per_game"), 2
    return named, 1
