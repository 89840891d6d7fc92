"""Season figures of stats.nba.com for all players or teams: LeagueDashPlayerStats, LeagueDashTeamStats.

Those of a season that was over feed the tables of seasons. What was recorded while the season was
being played is kept beside them (official_metrics): it is not the season's last word.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from nba_mcp_synthesis.schema.expected import expected_games
from nba_mcp_synthesis.schema.seasons import SeasonType
from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.sources.base import Batch, Reading, SourceFile
from nba_mcp_synthesis.sources.box import BOX, check_box
from nba_mcp_synthesis.sources.metrics import metrics
from nba_mcp_synthesis.sources.player_per_game import COLUMNS as PLAYER_AVERAGES
from nba_mcp_synthesis.sources.player_per_game import averages
from nba_mcp_synthesis.sources.player_totals import COLUMNS as PLAYER_TOTALS
from nba_mcp_synthesis.sources.player_totals import total_batches, totals
from nba_mcp_synthesis.sources.rows import Rows, batch
from nba_mcp_synthesis.sources.season import season_asked, was_over
from nba_mcp_synthesis.sources.stats_api import Query, ResultSet, holds, rows_of, tables
from nba_mcp_synthesis.sources.team_averages import TEAM_COLUMNS, TeamPerGame, own
from nba_mcp_synthesis.sources.values import Record, Row, amount, count, team, whole

MODES = ("Totals", "PerGame")
# Parameters that do not choose a part of the season; of the others only 0 and N do not.
_WHOLE = frozenset(("LeagueID", "MeasureType", "PerMode", "Season", "SeasonType"))
_NEARLY_ALL = 0.95  # of a season's games, played by who missed none


@dataclass(frozen=True)
class LeagueDash:
    """One of the two answers.

    `totals` and `averages` make a record of a row, whose identity is under `key`; `batches` makes the
    tables of a season that was over, from records of a mode.
    """

    name: str
    endpoint: str
    result_set: str
    key: str
    columns: Mapping[str, Collection[str]]
    make: Mapping[str, Callable[[Row], Record]]
    batches: Callable[[str, Sequence[Record]], Sequence[Batch]]
    filters: frozenset[str] = _WHOLE

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the name of the result set."""
        return holds(file, (self.endpoint,), (self.result_set,))

    def read(self, file: SourceFile) -> Reading:
        """Rows of the tables of seasons, or of `official_metrics`."""
        rows, batches = Rows(), list[Batch]()
        for table in tables(file, (self.endpoint,), self.result_set):
            found = rows_of(file, (table,), self.columns.get(_mode(table), ()))
            batches += self._batches(file, table, found)
            rows.add(found)
        return rows.reading(self.name, *batches)

    def _batches(self, file: SourceFile, table: ResultSet, rows: Rows) -> Sequence[Batch]:
        season, season_type = season_asked(file, table.parameters)
        if _mode(table) not in MODES or _is_part(table.parameters, self.filters):
            rows.refuse("the figures are not those of a whole season in totals or averages")
        shared: Record = {"season": season, "season_type": season_type}
        entity = self.key.removesuffix("_id")
        records = [
            shared | r for r in rows.each(self.make.get(_mode(table), dict), itemgetter(self.key), entity)
        ]
        if was_over(season, table.recorded) and _is_complete(season, season_type, records):
            return self.batches(_mode(table), records)
        return (self._metrics(records, table),)

    def _metrics(self, records: Sequence[Record], table: ResultSet) -> Batch:
        entity = "player" if self.key == "player_id" else "team"
        others = (self.key, "full_name", "team_id", "last_team_id")
        figures = [
            {"entity_id": r[self.key], **{name: v for name, v in r.items() if name not in others}}
            for r in records
        ]
        return metrics(self.name, "player" if entity == "player" else "team", figures, table.recorded)


def _mode(table: ResultSet) -> str:
    return table.parameters.get("PerMode", "")


def _is_part(parameters: Query, allowed: frozenset[str]) -> bool:
    filters = {name: value for name, value in parameters.items() if name not in allowed}
    base = parameters.get("MeasureType", "Base") == "Base"
    return not base or any(value not in ("0", "N") for value in filters.values())


def _is_complete(season: str, season_type: SeasonType, records: Sequence[Record]) -> bool:
    """False when nobody has played nearly all games of a season whose length is known."""
    games = expected_games(season, season_type)
    if games is None or not records:
        return True
    most = max(gp for record in records if isinstance(gp := record["gp"], int))
    return most >= _NEARLY_ALL * 2 * games / len(teams())


def _player_average(row: Row) -> Record:
    record = averages(row)
    return {"player_id": record.pop("entity_id"), **record}


def _player_batches(mode: str, records: Sequence[Record]) -> Sequence[Batch]:
    if mode == "Totals":
        return total_batches(records)
    figures = [
        {"entity_id": r["player_id"], **{n: v for n, v in r.items() if n != "player_id"}} for r in records
    ]
    return (metrics("league_dash_player_stats", "player", figures),)


def _team_totals(row: Row) -> Record:
    box = {name: count(row, name.upper()) for name in BOX}
    check_box(box)
    return {
        "team_id": team(row, "TEAM_ID"),
        "gp": count(row, "GP"),
        "wins": count(row, "W"),
        "losses": count(row, "L"),
        "minutes": 5 * amount(row, "MIN"),  # published are those of the games
        "plus_minus": whole(row, "PLUS_MINUS"),
        **{name: count(row, name.upper()) for name in ("blka", "pfd")},
        **box,
    }


def _team_batches(_: str, records: Sequence[Record]) -> Sequence[Batch]:
    return (batch("team_season_stats", records),)


LEAGUE_DASH = (
    LeagueDash(
        "league_dash_player_stats",
        "leaguedashplayerstats",
        "LeagueDashPlayerStats",
        "player_id",
        {"Totals": PLAYER_TOTALS, "PerGame": PLAYER_AVERAGES},
        {"Totals": totals, "PerGame": _player_average},
        _player_batches,
    ),
    LeagueDash(
        "league_dash_team_stats",
        "leaguedashteamstats",
        "LeagueDashTeamStats",
        "team_id",
        {"Totals": TEAM_COLUMNS, "PerGame": TeamPerGame.columns},
        {"Totals": _team_totals, "PerGame": own},
        _team_batches,
        _WHOLE | {"TeamID"},
    ),
)
