"""Rows of the tables of teams, players and games."""

from collections.abc import Iterator
from typing import Any, Final

from nba_mcp_synthesis.schema.seasons import season_from_start
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.sources.demo.boxscore import Box, Line, TeamBox
from nba_mcp_synthesis.sources.demo.people import Player
from nba_mcp_synthesis.sources.demo.played import REGULAR, id_of
from nba_mcp_synthesis.sources.demo.schedule import Fixture

Row = dict[str, Any]
BOX: Final = (
    "fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb", "ast", "stl", "blk", "tov",
    "pf", "pts",
)  # fmt: skip
_POSITIONS: Final = ("G", "G", "F", "F", "C")  # of a starter, by role


def season_of(year: int) -> Row:
    """The columns that say which season a row belongs to."""
    return {"season": season_from_start(year), "season_type": REGULAR}


def box_columns(line: Line) -> Row:
    """The counts that every box score has."""
    return {name: getattr(line, name) for name in BOX}


def team_rows() -> Iterator[Row]:
    """The thirty teams."""
    for team in teams():
        yield {name: getattr(team, name) for name in tables()["teams"].column_names()}


def player_row(player: Player) -> Row:
    """One player's profile."""
    row = {name: getattr(player, name, None) for name in tables()["players"].column_names()}
    drafted = None if player.draft_number is None else player.from_year
    return {**row, "draft_year": drafted, "simulated": True}


def game_row(year: int, game: Fixture, box: Box) -> Row:
    """The game itself."""
    return {
        **season_of(year),
        "game_id": id_of(year, game),
        "game_date": game.day,
        "home_team_id": game.home_id,
        "away_team_id": game.away_id,
        "home_pts": box.home.total.pts,
        "away_pts": box.away.total.pts,
        "is_neutral": False,
        "periods": box.periods,
        "simulated": True,
    }


def team_game_rows(year: int, game: Fixture, box: Box) -> Iterator[Row]:
    """The two teams' rows."""
    for team, other in ((box.home, box.away), (box.away, box.home)):
        line, quarters = team.total, enumerate(team.quarters, 1)
        yield {
            **_side(year, game, team),
            **box_columns(line),
            "won": line.plus_minus > 0,
            "opp_pts": other.total.pts,
            "minutes": line.seconds / 60,
            "plus_minus": line.plus_minus,
            "player_tov": line.tov - team.team_tov,
            **{f"pts_q{number}": points for number, points in quarters},
            "pts_paint": team.pts_paint,
            "pts_bench": team.pts_bench,
            "biggest_lead": team.biggest_lead,
            "lead_changes": box.lead_changes,
            "times_tied": box.times_tied,
        }


def player_game_rows(year: int, game: Fixture, box: Box, roles: dict[int, int]) -> Iterator[Row]:
    """A row for everybody who was on the court."""
    for team in (box.home, box.away):
        shared = {**_side(year, game, team), "won": team.total.plus_minus > 0}
        positions = _positions(team, roles)
        for player, line in team.players.items():
            yield {
                **shared,
                **box_columns(line),
                "player_id": player,
                "started": player in team.starters,
                "position": positions.get(player),
                "minutes": line.seconds / 60,
                "plus_minus": line.plus_minus,
            }


def _side(year: int, game: Fixture, team: TeamBox) -> Row:
    is_home = team.team_id == game.home_id
    return {
        **season_of(year),
        "game_id": id_of(year, game),
        "team_id": team.team_id,
        "game_date": game.day,
        "opponent_team_id": game.away_id if is_home else game.home_id,
        "is_home": is_home,
    }


def _positions(team: TeamBox, roles: dict[int, int]) -> dict[int, str]:
    """The five starters as two guards, two forwards and a centre, in order of their roles."""
    ordered = sorted(team.starters, key=lambda player: (roles[player], player))
    return dict(zip(ordered, _POSITIONS, strict=True))
