"""Play-by-play of data.nba.com: a list of plays a period, with the codes of stats.nba.com."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.play_by_play.events import Event, each, moment, person
from nba_mcp_synthesis.sources.play_by_play.games import read_games
from nba_mcp_synthesis.sources.play_by_play.vocabulary import kind_of_code, type_of
from nba_mcp_synthesis.sources.values import Row, count, number, optional, team, text

# Who else took part: opid is the opponent, epid the team mate; by type of event.
OTHERS = {
    "made_shot": {"assist_player_id": "epid"},
    "missed_shot": {"block_player_id": "opid"},
    "turnover": {"steal_player_id": "opid"},
    "foul": {"fouled_player_id": "opid"},
    "substitution": {"sub_in_player_id": "epid"},
}


class PlayByPlayData:
    """`{"g": {"gid": …, "pd": [{"p": 1, "pla": […]}]}}`."""

    name = "play_by_play_data"

    def recognises(self, file: SourceFile) -> bool:
        """By its keys."""
        game = file.json.get("g") if isinstance(file.json, dict) else None
        return isinstance(game, dict) and {"gid", "pd"} <= game.keys() and isinstance(game["pd"], list)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `play_by_play`."""
        game = file.json["g"]
        plays = [play for period in game["pd"] for play in _plays(file, period)]
        return read_games(self.name, file, [(game["gid"], plays)], _events)


def _plays(file: SourceFile, period: Any) -> list[Row]:
    plays = period.get("pla") if isinstance(period, dict) else None
    if not isinstance(plays, list) or not all(isinstance(play, dict) for play in plays):
        raise SourceError(f"A period in {file.label} is not a list of plays.")
    return [{"p": period.get("p"), **play} for play in plays]


def _events(plays: Sequence[Row], rejected: Counter[str]) -> list[Event]:
    events = each(plays, _event, rejected)
    teams = {event.player_id: event.team_id for event in events if event.event_type != "jump_ball"}
    for event in events:
        if event.event_type == "jump_ball":  # the team is that of a jumper, not of who got the ball
            event.team_id = teams.get(event.player_id) if event.player_id else None
    return events


def _event(play: Row) -> Event:
    event_type, words = type_of("code", count(play, "etype")), text(play, "de")
    event = Event(
        count(play, "evt"),
        *moment(play, "p", "cl"),
        event_type,
        kind_of_code(event_type, count(play, "mtype"), words),
        team_id=team(play, "tid") if person(play, "tid") else None,
        player_id=person(play, "epid" if event_type == "jump_ball" else "pid"),
        home_score=optional(count, play, "hs"),
        away_score=optional(count, play, "vs"),
        description=words,
    )
    for name, key in OTHERS.get(event_type, {}).items():
        setattr(event, name, person(play, key))
    if event_type == "free_throw":
        event.is_made, event.shot_value = not words.endswith("Missed"), 1
    if event_type in ("made_shot", "missed_shot"):
        event.is_made, event.shot_value = event_type == "made_shot", 3 if " 3pt " in words else 2
        event.x, event.y = number(play, "locX"), number(play, "locY")
    return event
