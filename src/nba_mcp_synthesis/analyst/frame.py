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
        return made

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

    @property
    def season(self) -> str:
        """The season that is named by its years, where it is one."""
        named = {value for value in self.values("season") if value[:4].isdecimal()}
        return named.pop() if len(named) == 1 and not self.has("since_season") else ""

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
