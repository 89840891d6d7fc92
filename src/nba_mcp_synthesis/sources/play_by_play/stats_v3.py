"""PlayByPlayV3 of stats.nba.com: actions in words, in which only the first person has an id."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.play_by_play.actions import actions_of, check_actions
from nba_mcp_synthesis.sources.play_by_play.events import Event, each, moment, person
from nba_mcp_synthesis.sources.play_by_play.games import read_games
from nba_mcp_synthesis.sources.play_by_play.names import Names
from nba_mcp_synthesis.sources.play_by_play.vocabulary import free_throw, kind_of_words, type_of
from nba_mcp_synthesis.sources.stats_api import is_cassette, recorded_answers, recorded_queries
from nba_mcp_synthesis.sources.values import Row, RowError, count, number, optional, team, text

ENDPOINT = "playbyplayv3"
SHOTS = ("made_shot", "missed_shot")
NOBODY = ("period_start", "period_end", "other")
# Steals and blocks are rows of their own without a type, after the row with the same actionNumber.
BELONGING = {"STEAL": "steal_player_id", "BLOCK": "block_player_id"}
# People who are named in the words of another's row.
NAMED = {
    "made_shot": ("assist_player_id", re.compile(r"\(([^()]+) \d+ AST\)")),
    "substitution": ("sub_in_player_id", re.compile(r"SUB: (.+) FOR ")),
}
_GETS_THE_BALL = re.compile(r": Tip to (.+)")


class PlayByPlayV3:
    """`{"game": {"gameId": …, "actions": […]}}` whose actions have an `actionId`, or a cassette of it."""

    name = "play_by_play_v3"

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by its keys."""
        if is_cassette(file):
            return bool(recorded_queries(file, ENDPOINT))
        return any("actionId" in action for action in actions_of(file.json))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `play_by_play`."""
        documents = [file.json]
        if is_cassette(file):
            documents = [answer for _, answer in recorded_answers(file, ENDPOINT)]
        for document in documents:
            check_actions(file, document)
        games = [(document["game"].get("gameId"), actions_of(document)) for document in documents]
        return read_games(self.name, file, games, _events)


def _events(actions: Sequence[Row], rejected: Counter[str]) -> list[Event]:
    names = Names(actions)
    main = [action for action in actions if action.get("actionType") != ""]
    events = each(main, partial(_event, names, rejected), rejected)
    belonging = [action for action in actions if action.get("actionType") == ""]
    each(belonging, partial(_join, {event.nba_event_num: event for event in events}), rejected)
    rejected.update(_lacking(actions))
    return events


def _lacking(actions: Sequence[Row]) -> Counter[str]:
    """The rows that lack: their places, unlike the numbers of events, run from 1 without a gap."""
    places = set(each(actions, lambda action: count(action, "actionId"), Counter()))
    return +Counter({"a row that actionId counts is not there": max(places, default=0) - len(places)})


def _event(names: Names, rejected: Counter[str], action: Row) -> Event:
    event_type, words = _type(action), text(action, "description")
    event = Event(
        count(action, "actionNumber"),
        *moment(action, "period", "clock"),
        event_type,
        _kind(event_type, action, words),
        home_score=optional(count, action, "scoreHome"),
        away_score=optional(count, action, "scoreAway"),
        description=words,
    )
    event.team_id, event.player_id = _who(event_type, action)
    _shot(event, action, words)
    _named(event, words, names, rejected)
    return event


def _type(action: Row) -> str:
    word = text(action, "actionType")
    return type_of("period", action.get("subType")) if word == "period" else type_of("v3", word)


def _kind(event_type: str, action: Row, words: str) -> str | None:
    if event_type == "free_throw":
        return free_throw(words)
    if event_type in ("rebound", "substitution", "jump_ball", "period_start", "period_end"):
        return None
    return kind_of_words(action.get("subType"))


def _who(event_type: str, action: Row) -> tuple[int | None, int | None]:
    """Team and player: of a team's own events, the feed has the team where players are."""
    if event_type in NOBODY:
        return None, None
    if person(action, "teamId"):
        return team(action, "teamId"), person(action, "personId")
    return (team(action, "personId") if person(action, "personId") else None), None


def _shot(event: Event, action: Row, words: str) -> None:
    if event.event_type == "free_throw":
        event.is_made, event.shot_value = not words.startswith("MISS "), 1
    if event.event_type in SHOTS:
        event.is_made, event.shot_value = event.event_type == "made_shot", count(action, "shotValue")
        if event.shot_value not in (2, 3):
            raise RowError("shotValue is neither 2 nor 3")
        event.x, event.y = number(action, "xLegacy"), number(action, "yLegacy")


def _named(event: Event, words: str, names: Names, rejected: Counter[str]) -> None:
    if event.event_type == "jump_ball":
        match = _GETS_THE_BALL.search(words)
        event.team_id, event.player_id = names.anywhere(match[1]) if match else (None, None)
        return
    column, pattern = NAMED.get(event.event_type, ("", None))
    match = pattern.search(words) if pattern else None
    if match:
        player = names.player(event.team_id, match[1])
        setattr(event, column, player)
        if player is None:
            rejected[f"{column} stays empty: the name in the description fits no player, or several"] += 1


def _join(owners: dict[int, Event], action: Row) -> None:
    """Puts a steal or block into the event that it belongs to."""
    word = next((word for word in BELONGING if word in text(action, "description")), None)
    owner = owners.get(count(action, "actionNumber"))
    if word is None or owner is None:
        raise RowError("a row without a type is no steal or block of another row")
    setattr(owner, BELONGING[word], person(action, "personId"))
