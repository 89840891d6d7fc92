"""Which seasons are loaded as a whole, so that nothing is ranked or added up from a part of one."""

from dataclasses import dataclass
from typing import Literal

from nba_mcp_synthesis.facts import Result, Row
from nba_mcp_synthesis.schema.seasons import season_from_start, season_start
from nba_mcp_synthesis.warehouse.engine import Warehouse

Kind = Literal["players", "teams"]
_TEAMS = """
SELECT season, season_type, count(*) AS teams, min(games) AS fewest, max(games) AS most
FROM (SELECT season, season_type, team_id, count(*) AS games
      FROM team_game_stats WHERE won IS NOT NULL GROUP BY season, season_type, team_id) AS team
GROUP BY season, season_type"""
_PLAYERS = """
SELECT season, season_type, count(DISTINCT last_team_id) AS teams, count(*) AS players
FROM player_season_stats WHERE team_id IS NULL GROUP BY season, season_type"""
# Series of which a game is missing: the number of the last one tells how many there were.
_OPEN_SERIES = """
SELECT season, count(*) AS series
FROM (SELECT season FROM games WHERE season_type = 'Playoffs' AND series_game IS NOT NULL
      GROUP BY season, least(home_team_id, away_team_id), greatest(home_team_id, away_team_id)
      HAVING count(*) <> max(series_game)) AS broken
GROUP BY season"""

# Teams whose games do not give their published record, so that some must be missing.
_SHORT = """
SELECT season, subject FROM quality_results
WHERE check_name = 'standings_as_published' AND NOT passed"""
_LEAGUE = {"Regular Season": 30, "Playoffs": 16}
# Of every team that many players at least are in full totals of a season.
_PLAYERS_A_TEAM = 8
# Unequal progress within a season stays far below this; single games of a season do not.
_LEAST_PROGRESS = 0.75
# No season since 1998-99 had fewer games; one that has is a part, unless it is being played.
_SHORTEST_SEASON = 60


@dataclass(frozen=True, slots=True)
class Coverage:
    """Games of teams and totals of players by (season, season type), and what is missing of them.

    The simulated league is whole by construction, whatever its size.
    """

    teams: dict[tuple[str, str], Row]
    players: dict[tuple[str, str], Row]
    open_series: frozenset[str]
    short: frozenset[tuple[str, str]]
    simulated: bool

    @classmethod
    def of(cls, warehouse: Warehouse) -> "Coverage":
        """What the newest state of `warehouse` covers."""
        teams = warehouse.read(_TEAMS)
        broken = frozenset(str(row[0]) for row in warehouse.read(_OPEN_SERIES).rows)
        short = frozenset((str(row[0]), str(row[1])) for row in warehouse.read(_SHORT).rows)
        return cls(_by_season(teams), _by_season(warehouse.read(_PLAYERS)), broken, short, teams.simulated)

    @property
    def newest(self) -> str | None:
        """The newest season of which anything is loaded."""
        return max((season for season, _ in (*self.teams, *self.players)), default=None)

    def previous(self) -> str | None:
        """The season before the newest."""
        return season_from_start(season_start(self.newest) - 1) if self.newest else None

    def seasons(self, kind: Kind, season_type: str) -> list[str]:
        """Seasons with whole team records, or with totals of at least some players, oldest first."""
        if kind == "players":
            return sorted(season for season, its_type in self.players if its_type == season_type)
        return sorted(
            s for s, its_type in self.teams if its_type == season_type and self.has_all_games(s, its_type)
        )

    def has_all_games(self, season: str, season_type: str) -> bool:
        """True when every team's games so far are loaded."""
        teams, fewest, most = self.teams.get((season, season_type), (0, 0, 0))
        if self.simulated or not teams:
            return bool(teams)
        whole = season == self.newest or most >= _SHORTEST_SEASON
        if season_type == "Playoffs":
            return bool(teams == _LEAGUE[season_type] and season not in self.open_series)
        return bool(teams == _LEAGUE.get(season_type) and fewest >= _LEAST_PROGRESS * most and whole)

    def has_all_players(self, season: str, season_type: str) -> bool:
        """True when the totals of all players are loaded, so that they can be ranked."""
        teams, players = self.players.get((season, season_type), (0, 0))
        if self.simulated or not teams:
            return bool(teams)
        return bool(teams == _LEAGUE.get(season_type) and players >= _PLAYERS_A_TEAM * teams)

    def teams_short(self, season: str) -> tuple[str, ...]:
        """Abbreviations of the teams of which games of this regular season are known to be missing."""
        return tuple(sorted(team for its_season, team in self.short if its_season == season))

    def games(self, season: str, season_type: str) -> int:
        """Games of the team that has played most; 82 where no games are loaded."""
        return int(self.teams.get((season, season_type), (0, 0, 82))[2])


def _by_season(result: Result) -> dict[tuple[str, str], Row]:
    return {(row[0], row[1]): row[2:] for row in result.rows}
