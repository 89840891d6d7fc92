"""The players of a warehouse, with what tells bearers of one name apart."""

from dataclasses import dataclass

from nba_mcp_synthesis.warehouse.engine import Warehouse

_SQL = """
SELECT
  p.player_id,
  p.full_name,
  p.position,
  (SELECT t.abbreviation FROM player_season_stats AS s
   JOIN teams AS t ON t.team_id = s.last_team_id
   WHERE s.player_id = p.player_id AND s.team_id IS NULL
   ORDER BY s.season DESC, s.season_type DESC LIMIT 1) AS team,
  (SELECT max(s.minutes) FROM player_season_stats AS s
   WHERE s.player_id = p.player_id AND s.team_id IS NULL AND s.season_type = 'Regular Season'
     AND s.season = (SELECT max(season) FROM player_season_stats
                     WHERE season_type = 'Regular Season')) AS minutes
FROM players AS p
WHERE p.full_name IS NOT NULL
ORDER BY p.player_id"""


@dataclass(frozen=True, slots=True)
class Person:
    """A player: `detail` is his latest team and position, `minutes` those of the newest season."""

    id: int
    name: str
    detail: str
    minutes: float


def read_people(warehouse: Warehouse) -> list[Person]:
    """All players of the newest state of `warehouse`."""
    rows = warehouse.read(_SQL).rows
    return [
        Person(player_id, name, ", ".join(part for part in (team, position) if part), minutes or 0.0)
        for player_id, name, position, team, minutes in rows
    ]
