"""What random queries ask of the demo season, and of the real one."""

from hypothesis import strategies as st

from basketball.stats.asked import OF_CLUBS, OF_GAMES, Condition, Space, listed, number, yes
from basketball.stats.definitions import PER_GAME, PLAYER, PLAYER_COUNTS, SHOOTING, TEAM, TEAM_COUNTS
from nba_mcp_synthesis.schema.teams import teams

_NAMES = tuple(club.full_name for club in teams())
_OF_CLUB = (listed("team", _NAMES), listed("conference", ("East", "West")))


def _of_game(entity: str) -> tuple[st.SearchStrategy[Condition], ...]:
    return (
        *_OF_CLUB,
        listed("month", ("2025-10", "2025-11", "2026-01", "2026-04", "2031-01")),
        listed("location", ("home", "road", "neutral")),
        listed("result", ("win", "loss")),
        listed("opponent", _NAMES),
        listed("opponent_division", ("Atlantic", "Pacific")),
        yes("overtime"),
        number("rest_days", st.integers(0, 4), entity),
        number("margin", st.integers(-30, 30), entity),
        number("pts", st.integers(0, 140 if entity == "team" else 45), entity),
    )


def _of_box(entity: str) -> tuple[st.SearchStrategy[Condition], ...]:
    return (
        number("fg3m", st.integers(0, 20 if entity == "team" else 8), entity),
        number("ts_pct", st.sampled_from((0.4, 0.5, 0.55, 0.6, 0.75)), entity),
    )


_LAST = (None, None, None, 1, 5, 20)
_PLAYERS = ("pts", "reb", "gp", "pts_per_game", "fg_pct", "fg3_pct", "ft_pct")

DEMO = (
    Space(
        "player",
        (*PLAYER, *PLAYER_COUNTS),
        ("player", "position", "season", "season_type", "started", *OF_GAMES, *OF_CLUBS),
        _PLAYERS,
        (
            *_of_game("player"),
            *_of_box("player"),
            yes("started"),
            number("minutes", st.integers(0, 44), "player"),
            listed("position", ("G", "F")),
        ),
        ("player", "player", "started", "position"),
        _LAST,
    ),
    Space(
        "team",
        (*TEAM, *TEAM_COUNTS),
        ("season", "season_type", "date", *OF_GAMES, *OF_CLUBS),
        ("pts", "reb", "wins", "opp_pts", "pts_per_game", "fg_pct", "win_pct"),
        (*_of_game("team"), *_of_box("team")),
        last=_LAST,
    ),
)
# Of the real season every game is there with its points, and every player with his totals.
REAL = (
    Space(
        "player",
        (*SHOOTING, *PER_GAME, *(f"{name}_per_36" for name in ("pts", "reb", "tov")), *PLAYER_COUNTS),
        ("player", "position", "season", "season_type"),
        _PLAYERS,
        (*_OF_CLUB, listed("position", ("Guard", "Center", "Forward-Center"))),
        ("player", "player", "position"),
    ),
    Space(
        "team",
        (
            "pts",
            "opp_pts",
            "gp",
            "wins",
            "losses",
            "pts_per_game",
            "opp_pts_per_game",
            "win_pct",
            "pythagorean_wins",
        ),
        ("season", "season_type", "date", *OF_GAMES, *OF_CLUBS),
        ("pts", "wins", "opp_pts", "pts_per_game", "win_pct"),
        _of_game("team"),
        last=_LAST,
        season_types=("Regular Season", "Playoffs", "Playoffs,Regular Season"),
    ),
)
