"""The series of one season's play-offs."""

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.rows import batch, csv_rows
from nba_mcp_synthesis.sources.season import check_date, season_of
from nba_mcp_synthesis.sources.values import (
    Record,
    Row,
    RowError,
    count,
    day,
    named_team,
    optional,
    text,
)

COLUMNS = (
    "team1", "team2", "team1_wins", "team2_wins", "first_game_date", "last_game_date",
    "round", "round_name", "winner",
)  # fmt: skip


class PlayoffSeries:
    """`po_series.csv`."""

    name = "playoff_series"

    def recognises(self, file: SourceFile) -> bool:
        """By the columns of the two teams' wins."""
        return {"team1", "team2", "team1_wins", "team2_wins"} <= set(file.csv_columns)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `playoff_series`."""
        season = season_of(file)
        rows = csv_rows(file, COLUMNS)
        series = rows.each(lambda row: _series(row, season), _teams, "pair of teams")
        return rows.reading(self.name, batch("playoff_series", series))


def _teams(series: Record) -> frozenset[object]:
    return frozenset((series["team1_id"], series["team2_id"]))


def _series(row: Row, season: str) -> Record:
    teams = named_team(row, "team1"), named_team(row, "team2")
    wins = count(row, "team1_wins"), count(row, "team2_wins")
    if teams[0] == teams[1]:
        raise RowError("a team plays itself")
    winner = optional(named_team, row, "winner")
    if winner is not None and (wins[0] == wins[1] or winner != teams[wins.index(max(wins))]):
        raise RowError("winner is not the team with more wins")
    if not 1 <= count(row, "round") <= 4:
        raise RowError("round is not 1 to 4")
    dates = day(row, "first_game_date"), day(row, "last_game_date")
    for played in dates:
        check_date(played, season, "a date of the series")
    return {
        "season": season,
        "season_type": "Playoffs",
        "team1_id": teams[0],
        "team2_id": teams[1],
        "team1_wins": wins[0],
        "team2_wins": wins[1],
        "winner_team_id": winner,
        "round": count(row, "round"),
        "round_name": text(row, "round_name"),
        "first_game_date": dates[0],
        "last_game_date": dates[1],
    }
