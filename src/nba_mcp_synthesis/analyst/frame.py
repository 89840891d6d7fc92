"""What a question says, in one place: every token becomes part of a slot, or is left over."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from nba_mcp_synthesis.analyst.tokens import Token

# Tags that fill a slot of another name than their own.
_OTHERWISE = {
    "name": "subjects",
    "opponent": "opponents",
    "measure": "measures",
    "threshold": "thresholds",
    "kind_of_game": "kinds_of_game",
    "where": "conditions",
    "split": "splits",
    "leader": "order",
    "by": "entity",
    "counted_people": "counted",
    "from": "since",
    "after": "since",
    "before": "until",
    "day": "date",
    "won": "result",
    "verb": "verbs",
}
# Tags that are read by rules of patterns only; alone they say nothing that could be answered.
_UNREAD = frozenset(
    {
        "unknown", "number", "absent", "nobody", "compared", "or_more", "ago", "since", "within", "feet",
        "pick", "draft_class", "years_old", "younger", "taller", "aged", "rest", "decided", "some_team",
        "single_season", "break", "any_of", "unclear", "champion",
    }
)  # fmt: skip
# What may stand in a question without changing it.
# Conditions of which two are a whole, told apart.
_SPLIT_WHOLE = frozenset({"location", "result"})
_QUARTERS = {
    "period=1": "q1", "period=2": "q2", "period=3": "q3", "period=4": "q4", "period<=2": "h1",
    "period>=3,period<=4": "h2",
}  # fmt: skip
_POINTS = ("pts", "pts_per_game", "opp_pts", "opp_pts_per_game")
# `the most points in a loss` are those of one game.
_ONE_RESULT = frozenset({"in a loss", "in a win", "in a defeat", "in a victory"})
# With one of these something else than points is the best.
_RANKED = ("measures", "game_extreme", "streak", "attempted", "shoot", "score", "in_span", "allowed")
_LIGHT = frozenset({"verbs", "game", "how_many"})
# What a later question says of these takes the place of all that was said of them before.
_WHEN = ("conditions", "opponents", "month", "date", "since", "until", "last", "first", "yesterday", "splits")
_WHAT = ("measures", "range", "line", "score", "allowed", "attempted", "thresholds", "kinds_of_game")


# Percentages, and what is made in them.
_MADE_OF = {"fg_pct": "fgm", "fg3_pct": "fg3m", "ft_pct": "ftm", "fg2_pct": "fg2m"}


@dataclass
class Frame:
    """The slots of a question, each with its tokens in the order of the question."""

    text: str
    tokens: list[Token] = field(default_factory=list)
    slots: dict[str, list[Token]] = field(default_factory=dict)
    left: list[Token] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, tokens: Iterable[Token]) -> "Frame":
        """Sorts tokens into slots; what fills none is left over."""
        made = cls(text.casefold(), list(tokens))
        for token in made.tokens:
            slot = _OTHERWISE.get(token.tag, token.tag)
            (made.left if token.tag in _UNREAD else made.slots.setdefault(slot, [])).append(token)
        if made.has("in_game", "order") and not made.any(*_RANKED):
            made.slots["measures"] = [Token("measure", "pts", "points")]  # `their best game`
        if made.has("order", "measures") and any(t.text in _ONE_RESULT for t in made.all("conditions")):
            made.slots.setdefault("in_game", []).append(Token("in_game", "in_game", ""))
        if made.has("game_number"):
            made.slots.pop("met", None)  # game 7 of the series
        made._make_splits()
        made._name_quarters()
        if made.has("order", "game") and not made.any("in_game", "kinds_of_game", "opponents"):
            # `most points in a playoff game`
            made.slots["in_game"] = made.slots.pop("game")
        return made

    def _make_splits(self) -> None:
        """`at home vs on the road` are no conditions that hold together, but the parts of a split."""
        seasons = self.all("season")
        if len({token.text for token in seasons}) > 1 and len(self.values("season")) > 1:
            self.slots.setdefault("splits", []).append(Token("split", "season", "season by season"))
        names = [str(token.value).partition("=") for token in self.all("conditions")]
        for name in {name for name, sign, _ in names if sign and sum(n == name for n, _, _ in names) > 1}:
            parts = [token for token in self.all("conditions") if str(token.value).startswith(f"{name}=")]
            if name in _SPLIT_WHOLE and len({token.value for token in parts}) == len(parts) == 2:
                kept = [token for token in self.all("conditions") if token not in parts]
                self.slots["conditions"] = kept
                text = " and ".join(token.text for token in parts)
                self.slots.setdefault("splits", []).append(Token("split", name, text))

    def _name_quarters(self) -> None:
        """`points in the first quarter` are a count of their own."""
        found = [token for token in self.all("conditions") if str(token.value) in _QUARTERS]
        scored = self.has("score") or "score" in self.values("verbs")
        if len(found) == 1 and scored and self.has("order") and not self.any("measures", "thresholds"):
            self.slots["measures"] = [Token("measure", "pts", "points")]
        points = self.all("measures")
        if len(found) != 1 or not points or any(str(t.value) not in _POINTS for t in points):
            return
        part = f"pts_{_QUARTERS[str(found[0].value)]}"
        self.slots["conditions"] = [token for token in self.all("conditions") if token is not found[0]]
        self.slots["measures"] = [
            Token("measure", str(t.value).replace("pts", part), f"{t.text} {found[0].text}") for t in points
        ]

    def has(self, *names: str) -> bool:
        """True when all these slots are filled."""
        return all(self.slots.get(name) for name in names)

    def any(self, *names: str) -> bool:
        """True when one of these slots is filled."""
        return any(self.slots.get(name) for name in names)

    def all(self, name: str) -> list[Token]:
        """The tokens of a slot."""
        return self.slots.get(name, [])

    def values(self, name: str) -> list[str]:
        """The values of a slot as text, each once."""
        return list(dict.fromkeys(str(token.value) for token in self.all(name)))

    def beyond(self, used: Iterable[str]) -> list[Token]:
        """Tokens that a family which uses these slots would ignore."""
        known = {*used, *_LIGHT}
        unused = [token for name, found in self.slots.items() if name not in known for token in found]
        return [*self.left, *unused]

    def only(self, names: Iterable[str]) -> "Frame":
        """The same question with some of its slots alone."""
        return Frame(self.text, self.tokens, {name: self.all(name) for name in names}, self.left)

    def without(self, *names: str) -> "Frame":
        """The same question with these slots empty."""
        return self.only(name for name in self.slots if name not in names)

    def followed_by(self, later: "Frame") -> "Frame":
        """This question with what a later one says instead: `and in the playoffs?`."""
        said = {name: tokens for name, tokens in later.slots.items() if name not in _LIGHT}
        slots = {name: list(tokens) for name, tokens in self.slots.items() if name not in _LIGHT}
        for group in (_WHEN, _WHAT):
            if any(name in said for name in group):
                slots = {name: tokens for name, tokens in slots.items() if name not in group}
        if said.keys() & set(_WHAT) and any("per_game" in v for v in self.values("measures")):
            slots.setdefault("average", []).append(Token("average", "per_game", "per game"))
        if (
            "measures" in said
            and self.values("measures")
            and all(v in _MADE_OF for v in self.values("measures"))
        ):
            said["measures"] = [_as_share(token) for token in said["measures"]]
        if "average" in said and not said.keys() & {"total", *_WHAT}:
            slots.pop("total", None)
        if "total" in said:
            slots.pop("average", None)
        return Frame(later.text, [*self.tokens, *later.tokens], slots | said, list(later.left))


def _as_share(token: Token) -> Token:
    """After a percentage the next one is meant: `what about his free throws`."""
    shares = {made: share for share, made in _MADE_OF.items()}
    return replace(token, value=shares.get(str(token.value), token.value))
