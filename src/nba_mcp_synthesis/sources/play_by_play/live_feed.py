"""Play-by-play of the live feed: actions in words, with every person by id."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.play_by_play.actions import actions_of, check_actions
from nba_mcp_synthesis.sources.play_by_play.events import Event, each, moment, person
from nba_mcp_synthesis.sources.play_by_play.games import read_games
from nba_mcp_synthesis.sources.play_by_play.vocabulary import kind_of_words, type_of
from nba_mcp_synthesis.sources.values import Row, RowError, count, number, optional, team, text

SHOTS = {"2pt": 2, "3pt": 3, "heave": 3}
OTHERS = {
    "assist_player_id": "assistPersonId",
    "block_player_id": "blockPersonId",
    "steal_player_id": "stealPersonId",
    "fouled_player_id": "foulDrawnPersonId",
}
# Told a second time by the shot or the turnover that they belong to.
TOLD_TWICE = ("block", "steal")


class PlayByPlayLive:
    """`{"game": {"gameId": …, "actions": […]}}` whose actions have an `orderNumber`."""

    name = "play_by_play_live"

    def recognises(self, file: SourceFile) -> bool:
        """By its keys."""
        return any("orderNumber" in action for action in actions_of(file.json))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `play_by_play`."""
        check_actions(file, file.json)
        rows = sorted(actions_of(file.json), key=_order)
        return read_games(self.name, file, [(file.json["game"].get("gameId"), rows)], _events)


def _order(action: Row) -> float:
    order = action.get("orderNumber")
    return order if isinstance(order, int | float) else float("inf")


def _events(actions: Sequence[Row], rejected: Counter[str]) -> list[Event]:
    rows = [action for action in actions if action.get("actionType") not in TOLD_TWICE]
    return _paired(each(rows, _event, rejected))


def _event(action: Row) -> Event:
    word, subtype = text(action, "actionType"), action.get("subType")
    event_type = _type(action, word)
    event = Event(
        count(action, "actionNumber"),
        *moment(action, "period", "clock"),
        event_type,
        _kind(event_type, action),
        team_id=optional(team, action, "teamId"),
        player_id=person(action, "personId"),
        home_score=optional(count, action, "scoreHome"),
        away_score=optional(count, action, "scoreAway"),
        description=optional(text, action, "description"),
    )
    for name, key in OTHERS.items():
        setattr(event, name, person(action, key))
    if event_type == "free_throw" or word in SHOTS:
        event.is_made, event.shot_value = _went_in(action), SHOTS.get(word, 1)
    if word in SHOTS:
        event.x, event.y = optional(number, action, "xLegacy"), optional(number, action, "yLegacy")
    if event_type == "substitution" and _comes_in(subtype):
        event.sub_in_player_id, event.player_id = event.player_id, None
    return event


def _comes_in(subtype: object) -> bool:
    if subtype not in ("in", "out"):
        raise RowError("a substitution is neither in nor out")
    return subtype == "in"


def _type(action: Row, word: str) -> str:
    if word in SHOTS:
        return "made_shot" if _went_in(action) else "missed_shot"
    return type_of("period", action.get("subType")) if word == "period" else type_of("live", word)


def _went_in(action: Row) -> bool:
    result = text(action, "shotResult")
    if result not in ("Made", "Missed"):
        raise RowError("shotResult is neither Made nor Missed")
    return result == "Made"


def _kind(event_type: str, action: Row) -> str | None:
    subtype, descriptor = action.get("subType"), action.get("descriptor")
    if event_type in ("substitution", "period_start", "period_end", "jump_ball"):
        return None
    if event_type == "rebound":
        return kind_of_words(subtype)
    if event_type == "foul" and subtype == "personal":
        return kind_of_words(descriptor or subtype)
    if event_type in ("foul", "turnover"):
        return kind_of_words(subtype, descriptor)
    return kind_of_words(descriptor, subtype)


def _paired(events: Sequence[Event]) -> list[Event]:
    """One event for the first who went out and the first who came in of a team at one time, and so on."""
    coming: dict[tuple[object, ...], list[Event]] = defaultdict(list)
    for event in events:
        if event.event_type == "substitution" and event.player_id is None:
            coming[event.team_id, event.period, event.clock_seconds].append(event)
    absorbed = set()
    for event in events:
        others = coming[event.team_id, event.period, event.clock_seconds]
        if event.event_type == "substitution" and event.player_id is not None and others:
            other = others.pop(0)
            event.sub_in_player_id = other.sub_in_player_id
            event.description = " ".join(filter(None, (event.description, other.description))) or None
            absorbed.add(other.nba_event_num)
    return [event for event in events if event.nba_event_num not in absorbed]
