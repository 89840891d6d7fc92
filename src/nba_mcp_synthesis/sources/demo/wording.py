"""An event in words."""

from collections.abc import Callable, Mapping
from typing import Final

from nba_mcp_synthesis.schema.court import distance_ft
from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.sources.demo.events import Event

Names = Mapping[int | None, str]


def team_names() -> dict[int | None, str]:
    """Nicknames by team id, to be joined with the names of players."""
    return {team.team_id: team.nickname for team in teams()}


def describe(event: Event, names: Names) -> str:
    """One sentence without a full stop; `names` holds every player and team by id."""
    return _SENTENCES[event.event_type](event, names)


def _shot(event: Event, names: Names) -> str:
    feet = distance_ft(event.x or 0, event.y or 0)
    verb = "makes" if event.is_made else "misses"
    text = f"{names[event.player_id]} {verb} {feet:.0f}-foot {event.event_subtype} for {event.shot_value}"
    if event.assist_player_id:
        return f"{text} (assist by {names[event.assist_player_id]})"
    if event.block_player_id:
        return f"{text} (block by {names[event.block_player_id]})"
    return text


def _free_throw(event: Event, names: Names) -> str:
    verb = "makes" if event.is_made else "misses"
    return f"{names[event.player_id]} {verb} free throw {event.event_subtype}"


def _rebound(event: Event, names: Names) -> str:
    return f"{_who(event, names)} {event.event_subtype} rebound"


def _turnover(event: Event, names: Names) -> str:
    text = f"{_who(event, names)} turnover: {event.event_subtype}"
    return f"{text} (steal by {names[event.steal_player_id]})" if event.steal_player_id else text


def _foul(event: Event, names: Names) -> str:
    return f"{names[event.player_id]} {event.event_subtype} foul on {names[event.fouled_player_id]}"


def _substitution(event: Event, names: Names) -> str:
    return f"{names[event.sub_in_player_id]} comes in for {names[event.player_id]}"


def _who(event: Event, names: Names) -> str:
    return names[event.player_id or event.team_id]


_SENTENCES: Final[dict[str, Callable[[Event, Names], str]]] = {
    "made_shot": _shot,
    "missed_shot": _shot,
    "free_throw": _free_throw,
    "rebound": _rebound,
    "turnover": _turnover,
    "foul": _foul,
    "substitution": _substitution,
    "timeout": lambda event, names: f"{_who(event, names)} timeout",
    "jump_ball": lambda event, names: f"{_who(event, names)} wins the tip",
    "period_start": lambda event, _: f"Period {event.period} starts",
    "period_end": lambda event, _: f"Period {event.period} ends",
}
