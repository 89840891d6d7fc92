"""One event of a game: the columns of play_by_play that the game itself decides."""

from typing import NamedTuple


class Event(NamedTuple):
    """Fields are named and meant as the columns of play_by_play."""

    period: int
    clock_seconds: int
    event_type: str
    event_subtype: str | None
    home_score: int
    away_score: int
    team_id: int | None = None
    player_id: int | None = None
    assist_player_id: int | None = None
    block_player_id: int | None = None
    steal_player_id: int | None = None
    fouled_player_id: int | None = None
    sub_in_player_id: int | None = None
    is_made: bool | None = None
    shot_value: int | None = None
    x: int | None = None
    y: int | None = None
