"""The league's game log, as JSON and recorded."""

import pytest

from nba_mcp_synthesis.errors import SourceError
from sources.readings import Load, rows_of
from sources.samples import GSW, LAL, LOG_HEADERS, LOG_ROWS, cassette, log, log_row


@pytest.mark.parametrize("name", ["log.json", "log.yaml"])
def test_two_rows_give_a_game(load: Load, name: str) -> None:
    """Both rows of a game give one row of games and the full box of both teams."""
    text = log(LOG_ROWS)
    reading = load(name, cassette(text) if name.endswith("yaml") else text)
    (game,) = rows_of(reading, "games")
    home, away = rows_of(reading, "team_game_stats")
    assert (reading.rows_read, reading.rejected) == (2, {})
    assert (game["home_team_id"], game["away_team_id"], game["is_neutral"]) == (LAL[0], GSW[0], False)
    assert (game["home_pts"], game["away_pts"]) == (110, 119)
    assert (home["is_home"], home["won"], home["minutes"], home["plus_minus"]) == (True, False, 240.0, -9)
    assert (away["fgm"], away["fg3m"], away["tov"], away["reb"], away["ft_pct"]) == (43, 13, 19, 40, 0.8)


@pytest.mark.parametrize(("first", "host"), [(0, LAL), (1, GSW)])
def test_two_visitors_play_at_a_neutral_site(load: Load, first: int, host: tuple[int, str]) -> None:
    """The team after the @ of the first row is host of record, and neither is at home."""
    rows = [LOG_ROWS[0], log_row("0022500002", LAL, "LAL @ GSW", "L", 10)]
    reading = load("log.json", log([rows[first], rows[1 - first]]))
    (game,) = rows_of(reading, "games")
    assert (game["is_neutral"], game["home_team_id"]) == (True, host[0])
    assert [row["is_home"] for row in rows_of(reading, "team_game_stats")] == [None, None]


def test_counts_that_were_not_kept_are_empty(load: Load) -> None:
    """Early seasons lack counts; they are empty and not zero."""
    rows = [list(row) for row in LOG_ROWS]
    for row in rows:
        for name in ("STL", "FG3M", "FG3_PCT", "OREB", "MIN"):
            row[LOG_HEADERS.index(name)] = None
    reading = load("log.json", log(rows))
    away = rows_of(reading, "team_game_stats")[1]
    assert (reading.rejected, away["stl"], away["fg3m"], away["pts"]) == ({}, None, None, 119)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("TEAM_ID", 12321, "TEAM_ID is not the id of an NBA team"),
        ("GAME_ID", "1022500002", "not an NBA game"),
        ("GAME_ID", 22500002, "GAME_ID is not text"),
        ("SEASON_ID", "42025", "SEASON_ID contradicts GAME_ID"),
        ("SEASON_ID", "2025-26", "SEASON_ID is not written like 22025"),
        ("MATCHUP", "GSW - LAL", "MATCHUP is not written like LAL vs. GSW or GSW @ LAL"),
        ("PTS", None, "PTS is missing"),
        ("PTS", 118, "points are not those of the field goals and free throws made"),
        ("REB", 41, "rebounds are not offensive and defensive rebounds together"),
        ("FGA", 30, "fgm is more than fga"),
        ("AST", True, "AST is not a whole number"),
        ("AST", 10**30, "AST is too large"),
        ("WL", None, "WL is missing"),
    ],
)
def test_a_bad_row_takes_its_game_with_it(load: Load, column: str, value: object, reason: str) -> None:
    """A refused row is counted under its reason, and the game's other row as without its like."""
    rows = [list(row) for row in LOG_ROWS]
    rows[0][LOG_HEADERS.index(column)] = value
    reading = load("log.json", log(rows))
    assert reading.batches == ()
    assert reading.rejected == {reason: 1, "the game has not exactly two rows that can be used": 1}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("WL", "L", "WL contradicts the points"),
        ("MATCHUP", "GSW vs. LAL", "both rows of the game name their team as host"),
        ("MATCHUP", "GSW @ BOS", "the two rows of the game contradict each other"),
        ("GAME_DATE", "2025-10-22", "the two rows of the game contradict each other"),
    ],
)
def test_rows_that_contradict_each_other_are_left_out(
    load: Load, column: str, value: object, reason: str
) -> None:
    """Both rows of a game that cannot be are counted."""
    rows = [list(row) for row in LOG_ROWS]
    rows[0][LOG_HEADERS.index(column)] = value
    assert load("log.json", log(rows)).rejected == {reason: 2}


def test_a_repeated_row_counts_once(load: Load) -> None:
    """The same team and game twice gives one row; a copy is told from a contradiction."""
    other = log_row("0022500002", GSW, "GSW @ LAL", "W", 14)
    reading = load("log.json", log([*LOG_ROWS, LOG_ROWS[0], other]))
    assert reading.rejected == {
        "the same row twice": 1,
        "an earlier row is about the same game and team": 1,
    }
    assert len(rows_of(reading, "games")) == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("log.json", log([], LOG_HEADERS[:-5]), "lacks these columns.*: TOV, PF, PTS"),
        ("log.json", log([]).replace('"rowSet": []', '"rowSet": 7'), "holds no LeagueGameLog"),
        ("log.json", log([]).replace('"rowSet": []', '"rowSet": [7]'), "holds no LeagueGameLog"),
        ("log.json", log([]).replace('"headers": [', '"headers": [[1], '), "holds no LeagueGameLog"),
        ("log.yaml", cassette("<html>"), "holds an answer that is not JSON"),
        ("log.yaml", cassette("{}"), "holds no LeagueGameLog"),
        ("log.yaml", cassette(log([])).replace("code: 200", "code: 500"), "holds no LeagueGameLog"),
        ("log.yaml", cassette("{}").replace("response:", "answer:"), "structure of a vcrpy cassette"),
    ],
)
def test_a_broken_log_is_named_with_the_cause(load: Load, name: str, text: str, message: str) -> None:
    """A log that cannot be read as a whole is an error."""
    with pytest.raises(SourceError, match=message):
        load(name, text)
