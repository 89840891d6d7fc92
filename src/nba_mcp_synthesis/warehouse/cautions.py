"""What a reader of a query's result has to know about the rows that it read.

Seasons or season types that the query may add up by accident, tables of which a part is missing, and
games that a check found wrong.
"""

import re
from dataclasses import dataclass

from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.layout import RECORDS
from nba_mcp_synthesis.warehouse.status import Record, coverage

_WORD = re.compile(r"\w+")
_MIXED = {
    "season": "{} seasons",
    "season_type": "{} season types",
    "team_id": "rows for each team beside rows for all teams (team_id empty)",
}
# Tables whose rows are of single games, or are computed from them.
_OF_GAMES = frozenset({"games", "team_game_stats", "player_game_stats", "play_by_play", "standings"})
MOST_NAMED = 5
_GAME = re.compile(r"game_id = '(\d{10})'", re.IGNORECASE)
_TEAM = re.compile(r"\b(16106127\d\d)\b")
_OF_COLUMN = re.compile(r"\.(\w+)$")
_DATE = re.compile(r"game_date = (?:DATE |CAST\()?'(\d{4}-\d{2}-\d{2})'", re.IGNORECASE)


@dataclass(frozen=True)
class _Quarantined:
    """A game that a check found wrong."""

    game_id: str
    season: str
    season_type: str
    date: str
    teams: frozenset[str]
    column: str
    finding: str

    def is_read_by(self, sql: str) -> bool:
        """True unless the query plainly is about other tables, seasons, games, teams or dates."""
        if not any(_reads(sql, table, self.season, self.season_type) for table in _OF_GAMES):
            return False
        if self.column and not re.search(rf"\b{self.column}\b", sql):
            return False
        games, teams, dates = _GAME.findall(sql), _TEAM.findall(sql), _DATE.findall(sql)
        return (
            (not games or self.game_id in games)
            and (not teams or not self.teams.isdisjoint(teams))
            and (not dates or self.date in dates)
        )


@dataclass(frozen=True)
class _Known:
    """What is known of one state of the warehouse."""

    snapshot: str
    mixed: dict[str, dict[str, int]]
    coverage: tuple[Record, ...]
    quarantined: tuple[_Quarantined, ...]


class Cautions:
    """Knows the weak spots of each state of a warehouse, and which of them a query touches."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._known: _Known | None = None

    def of(self, sql: str) -> tuple[str, ...]:
        """All cautions about a query from outside, a sentence each."""
        return (*self.mixing(sql), *self.lacking(sql), *self.quarantined(sql))

    def mixing(self, sql: str) -> tuple[str, ...]:
        """Tables that hold more than one season or season type, of which the query names none."""
        words = set(_WORD.findall(sql.lower()))
        return tuple(
            f"{table} holds {_MIXED[column].format(count)} and this query does not name {column}: "
            "make sure that they are not added up by accident."
            for table, counts in self._current().mixed.items()
            if table in words
            for column, count in counts.items()
            if count > 1 and column not in words
        )

    def lacking(self, sql: str) -> tuple[str, ...]:
        """Tables of which a part is missing in the seasons that the query reads."""
        return tuple(
            f"{r['table_name']} of the {r['season']} {r['season_type']} is not complete: "
            f"{r['have']:,} of {r['want']:,} {r['counted_in']} are loaded."
            for r in self._current().coverage
            if r["complete"] is not None and r["complete"] < 1
            if _reads(sql, r["table_name"], r["season"], r["season_type"])
        )

    def games_lacking(self, sql: str) -> tuple[str, ...]:
        """Seasons that the query computes from games of which some are missing."""
        return tuple(
            f"Of the {r['season']} {r['season_type']} {r['have']:,} of {r['want']:,} games are loaded."
            for r in self._current().coverage
            if r["table_name"] == "games" and r["complete"] is not None and r["complete"] < 1
            if any(_reads(sql, table, r["season"], r["season_type"]) for table in _OF_GAMES)
            if not _GAME.search(sql) and not _DATE.search(sql)
        )

    def quarantined(self, sql: str) -> tuple[str, ...]:
        """Games that failed a check and that the query reads."""
        found = [
            f"{q.game_id} ({q.column or 'the game'}: {q.finding})"
            for q in self._current().quarantined
            if q.is_read_by(sql)
        ]
        if not found:
            return ()
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        return (f"A check does not hold for {', '.join(found[:MOST_NAMED])}{more}.",)

    def _current(self) -> _Known:
        snapshot = self._warehouse.state().snapshot
        if self._known is None or self._known.snapshot != snapshot:
            self._known = _Known(snapshot, self._mixed(), coverage(self._warehouse), self._quarantined())
        return self._known

    def _mixed(self) -> dict[str, dict[str, int]]:
        counts = {
            table: {"season": seasons, "season_type": types}
            for table, seasons, types in self._warehouse.counted(mixed_query()).rows
        }
        totals = self._warehouse.read("SELECT count(DISTINCT team_id IS NULL) FROM player_season_stats")
        counts["player_season_stats"]["team_id"] = totals.rows[0][0]
        return counts

    def _quarantined(self) -> tuple[_Quarantined, ...]:
        sql = (
            "SELECT q.game_id, q.season, q.season_type, coalesce(max(t.game_date)::VARCHAR, ''), "
            "list(DISTINCT t.team_id), q.subject, q.detail FROM quarantined_games q "
            "LEFT JOIN team_game_stats t ON t.game_id = q.game_id "
            "GROUP BY q.game_id, q.season, q.season_type, q.subject, q.detail ORDER BY 1, 7, 6"
        )
        return tuple(
            _Quarantined(game, season, kind, date, frozenset(map(str, teams)), _column(subject), finding)
            for game, season, kind, date, teams, subject, finding in self._warehouse.read(sql).rows
        )


def mixed_query() -> str:
    """How many seasons and season types there are in each table."""
    named = [t.name for t in tables().values() if t.has_season and t.name not in RECORDS]
    return " UNION ALL ".join(
        f"SELECT '{t}' AS name, count(DISTINCT season) AS seasons, count(DISTINCT season_type) AS types "
        f"FROM (SELECT DISTINCT season, season_type FROM {t}) AS {t}_seasons"
        for t in [*named, "standings"]
    )


def _column(subject: str) -> str:
    """The column that a subject such as `0022500001 LAL.pts` is about, or an empty text."""
    found = _OF_COLUMN.search(subject)
    return found[1] if found else ""


def _reads(sql: str, table: str, season: str, season_type: str) -> bool:
    """True unless the query plainly is about another table, season or season type."""
    lowered = sql.lower()
    named = [table, *(t.name for t in tables().values() if t.derived_from == table)]
    if not re.search(rf"\b({'|'.join(named)})\b", lowered):
        return False
    seasons = re.findall(r"'(\d{4}-\d{2})'", sql)
    kinds = [k for k in ("regular season", "playoffs") if f"'{k}'" in lowered]
    return (not seasons or season in seasons) and (not kinds or season_type.lower() in kinds)
