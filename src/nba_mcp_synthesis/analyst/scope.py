"""When, where and against whom: the part of a question that all families share."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.dates import dates_of, season_of_date
from nba_mcp_synthesis.analyst.declined import Declined, NotLoaded
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.lexicon import lexicon
from nba_mcp_synthesis.analyst.sentences import listed
from nba_mcp_synthesis.basketball.stats.query import Condition
from nba_mcp_synthesis.basketball.stats.written import conditions
from nba_mcp_synthesis.schema.seasons import season_from_start, season_start

# The slots that a scope uses, and those of them that are only about the season.
SEASON = ("season", "season_type")
SCOPE = (
    *SEASON, "since_season", "career", "conditions", "opponents", "last", "month", "date", "since", "until",
    "yesterday", "conference", "game_number",
)  # fmt: skip
_TYPES = {
    "Regular Season": "regular season",
    "Playoffs": "playoffs",
    "PlayIn": "play-in",
    "Pre Season": "pre-season",
}
_MONTHS = [dt.date(2024, month, 1).strftime("%B") for month in range(1, 13)]


@dataclass(frozen=True, slots=True)
class Scope:
    """Seasons, season type, conditions and what they are called; `last` keeps the newest games."""

    seasons: tuple[str, ...]
    season_type: str
    where: tuple[Condition, ...] = ()
    words: tuple[str, ...] = ()
    last: int | None = None

    @property
    def named(self) -> str:
        """`the 2025-26 regular season`."""
        kind = _TYPES.get(self.season_type, self.season_type)
        if len(self.seasons) == 1:
            return f"the {self.seasons[0]} {kind}"
        several = "regular seasons" if kind == "regular season" else kind
        return f"{several} from {min(self.seasons)} to {max(self.seasons)}"

    @property
    def said(self) -> str:
        """`at home against the Lakers in the 2025-26 regular season`."""
        newest = [f"over the last {self.last} games"] if self.last and self.last > 1 else []
        newest += ["in the last game"] if self.last == 1 else []
        return " ".join([*self.words, *newest, f"in {self.named}"])


def scope_of(frame: Frame, context: Context) -> Scope:
    """What the question says of it, and what is assumed where it says nothing.

    Raises:
        Declined: a season is not loaded, or a date is none.
    """
    kind = _season_type(frame)
    seasons = _seasons(frame, kind, context)
    if frame.has("subjects", "conference") and any("opponent_conf" in v for v in frame.values("conditions")):
        raise Declined("The question names two conferences.", "Ask about the games against one.")
    found = list(_conditions(frame, seasons, context))
    last = int(frame.values("last")[0]) if frame.has("last") else None
    where = tuple(condition for group, _ in found for condition in group)
    if not frame.any("season_type") and kind == "Regular Season":
        context.assumptions.append("Taken as the regular season.")
    made = Scope(seasons, kind, where, tuple(words for _, words in found if words), last)
    context.conditions += [*made.words, *([f"the last {last} games"] if last and last > 1 else [])]
    return made


def season_scope(frame: Frame, context: Context) -> Scope:
    """One whole season: what the question says of it, and what is assumed."""
    scope = scope_of(frame.only(SEASON), context)
    if len(scope.seasons) > 1:
        raise Declined(f"The question names {listed(scope.seasons)}.", "Ask about one season.")
    return scope


def _season_type(frame: Frame) -> str:
    if frame.has("season_type"):
        kinds = frame.values("season_type")
        if len(kinds) > 1:
            raise Declined(f"The question names {listed(kinds)}; they are never added up.", "Ask of one.")
        return kinds[0]
    in_series = frame.any("game_number") or any("playoff_round" in v for v in frame.values("conditions"))
    return "Playoffs" if in_series else "Regular Season"


def _seasons(frame: Frame, kind: str, context: Context) -> tuple[str, ...]:
    loaded = context.stats.coverage().seasons(kind)
    if not loaded:
        raise NotLoaded(f"No {_TYPES.get(kind, kind)} is loaded.", "Ask what data there are.")
    if not frame.has("season") and (frame.has("career") or "season" in frame.values("splits")):
        return tuple(loaded)
    asked = [_season(value, loaded) for value in frame.values("season")]
    dates = [token.value for name in ("date", "since", "until") for token in frame.all(name)]
    asked = asked or [season_of_date(date) for date in dates if isinstance(date, dt.date)]
    if frame.has("since_season"):
        return _since(frame.values("since_season")[0], loaded)
    missing = [season for season in asked if season not in loaded]
    if missing:
        told = ", ".join(loaded) if len(loaded) < 8 else f"{loaded[0]} to {loaded[-1]}, not all of them"
        raise NotLoaded(f"The {listed(missing)} {_TYPES.get(kind, kind)} is not loaded.", f"Loaded: {told}.")
    if not asked:
        context.assumptions.append(f"Taken as the {loaded[-1]} season, the newest that is loaded.")
    context.assumptions += _taken(frame, loaded)
    return tuple(dict.fromkeys(asked)) or (loaded[-1],)


def _taken(frame: Frame, loaded: list[str]) -> Iterator[str]:
    """How each way to name seasons was read."""
    for text in dict.fromkeys(token.text for token in frame.all("season")):
        named = [_season(str(token.value), loaded) for token in frame.all("season") if token.text == text]
        if len(named) > 1:
            yield f"Took {text!r} as the seasons from {named[0]} to {named[-1]}."
        elif text != named[0]:
            yield f"Took {text!r} as the {named[0]} season."


def _since(first: str, loaded: list[str]) -> tuple[str, ...]:
    found = tuple(season for season in loaded if season >= first)
    if not found or first not in loaded:
        raise NotLoaded(f"The {first} season is not loaded.", f"Loaded: {loaded[0]} to {loaded[-1]}.")
    return found


def _season(value: str, loaded: list[str]) -> str:
    words = {"current": loaded[-1], "previous": season_from_start(season_start(loaded[-1]) - 1)}
    return words.get(value, value)


def _conditions(
    frame: Frame, seasons: tuple[str, ...], context: Context
) -> Iterator[tuple[tuple[Condition, ...], str]]:
    """Conditions, each with how it is said."""
    for value in frame.values("conditions"):
        texts = value.split(",")
        yield conditions(texts, context.names), lexicon().said.get(value, _plain(texts))
    if frame.has("opponents"):
        clubs = [context.who(token, "team") for token in frame.all("opponents")]
        ids = tuple(club.id for club in clubs)
        yield (Condition("opponent", "=", ids),), f"against the {listed([club.name for club in clubs])}"
    for number in frame.values("game_number"):
        yield (Condition("series_game", "=", (int(number),)),), f"in game {number}"
    for conference in frame.values("conference"):
        yield (Condition("conference", "=", (conference,)),), f"in the {conference}"
    if frame.has("month"):
        months = tuple(int(value) for value in frame.values("month"))
        names = listed([_MONTHS[month - 1] for month in months])
        yield (Condition("calendar_month", "=", months),), f"in {names}"
    for condition, said in dates_of(frame, seasons[-1], context):
        yield (condition,), said


def _plain(texts: list[str]) -> str:
    origins = {"school", "country"}
    if texts[0].partition("=")[0] in origins:
        return f"among players from {texts[0].partition('=')[2]}"
    words = {">=": " of at least ", "<=": " of at most ", "<": " under ", ">": " over ", "=": " ", "~": " "}
    said = []
    for text in texts:
        for sign in (">=", "<=", "<", ">", "=", "~"):
            if sign in text:
                said.append(f"with {text.replace(sign, words[sign], 1).replace('_', ' ')}")
                break
    return " and ".join(said)
