"""Averages of teams and of their opponents a game, and their percentages, as published and rounded."""

from operator import itemgetter

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.box import BOX, NBA_BOX, are_averages
from nba_mcp_synthesis.sources.rows import batch, csv_rows
from nba_mcp_synthesis.sources.season import with_season
from nba_mcp_synthesis.sources.values import Record, Row, amount, count, fraction, named_team, number, team

OPPONENT_BOX = dict(
    zip(
        BOX,
        ("FG", "FGA", "3P", "3PA", "FT", "FTA", "ORB", "DRB", "TRB",
         "AST", "STL", "BLK", "TOV", "PF", "PTS"),
        strict=True,
    )
)  # fmt: skip
PERCENTAGES = {"fg_pct": "FG_PCT", "fg3_pct": "FG3_PCT", "ft_pct": "FT_PCT"}
OPPONENT_PERCENTAGES = {"opp_fg_pct": "FG%", "opp_fg3_pct": "3P%", "opp_ft_pct": "FT%"}
TEAM_COLUMNS = ("TEAM_ID", "GP", "W", "L", "MIN", *NBA_BOX, "BLKA", "PFD", "PLUS_MINUS")


class TeamPerGame:
    """`team_per_game.csv`: the team's own averages, in the NBA's columns."""

    name = "team_per_game"
    columns = (*TEAM_COLUMNS, *PERCENTAGES.values())

    def recognises(self, file: SourceFile) -> bool:
        """By the columns, where the counts are averages: those of team totals are the same."""
        names = set(file.csv_columns)
        found = names >= {"TEAM_ID", "TEAM_NAME", "GP", "FGM", "PTS"} and "PLAYER_ID" not in names
        return found and are_averages(file, ("FGM", "PTS"))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `team_season_stats`."""
        rows = csv_rows(file, self.columns)
        averages = with_season(file, rows.each(own, itemgetter("team_id"), "team"))
        return rows.reading(self.name, batch("team_season_stats", averages))


class TeamOpponent:
    """`team_opponent.csv`: the averages of the opponents, in Basketball-Reference's columns.

    Their MP is left out: it is minutes of players and not the length of a game.
    """

    name = "team_opponent"
    columns = ("Team", "G", *OPPONENT_BOX.values(), *OPPONENT_PERCENTAGES.values())

    def recognises(self, file: SourceFile) -> bool:
        """By the columns and the name, since the table of the teams themselves has these columns."""
        found = {"Team", "G", "ORB", "PTS"} <= set(file.csv_columns)
        return found and "opponent" in file.path.name.lower() and are_averages(file, ("FG", "PTS"))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `team_season_stats`."""
        rows = csv_rows(file, self.columns)
        averages = with_season(file, rows.each(_opponents, itemgetter("team_id"), "team"))
        return rows.reading(self.name, batch("team_season_stats", averages))


def own(row: Row) -> Record:
    """Columns of `team_season_stats` for a team's own averages."""
    return {
        "team_id": team(row, "TEAM_ID"),
        "gp": count(row, "GP"),
        "wins": count(row, "W"),
        "losses": count(row, "L"),
        "minutes_per_game": amount(row, "MIN"),
        "plus_minus_per_game": number(row, "PLUS_MINUS"),
        **{f"{name}_per_game": amount(row, name.upper()) for name in (*BOX, "blka", "pfd")},
        **{name: fraction(row, column) for name, column in PERCENTAGES.items()},
    }


def _opponents(row: Row) -> Record:
    return {
        "team_id": named_team(row, "Team"),
        "gp": count(row, "G"),
        **{f"opp_{name}_per_game": amount(row, column) for name, column in OPPONENT_BOX.items()},
        **{name: fraction(row, column) for name, column in OPPONENT_PERCENTAGES.items()},
    }
