"""What happens to files on their way: cut off, saved again elsewhere, repeated, in other words."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.sources import minutes
from nba_mcp_synthesis.sources.base import Outside, Reading
from nba_mcp_synthesis.sources.door import find_files, recognise
from sources.readings import Load, read, rows_of
from sources.samples import FILES, sample

CUT = "the file ends in the middle of this line"
CSV_FILES = [name for name in FILES if name.endswith(".csv")]
# Without these the two small files have all the columns of another format.
TOLD_BY = {("game_logs.csv", "SEASON_YEAR"), ("advanced.csv", "PLAYER_ID")}
Lines = list[list[str]]
Rows = dict[tuple[Any, ...], dict[str, Any]]


def _lines(name: str) -> Lines:
    return list(csv.reader(io.StringIO(FILES[name][1])))


def _text(lines: Lines) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def _rows(reading: Reading) -> Rows:
    return {
        (batch.table, *(row.get(name) for name in tables()[batch.table].key)): row
        for batch in reading.batches
        for row in batch.rows.to_pylist()
    }


def _rows_if_read(path: Path, text: str) -> Rows:
    """Rows of a file that may be of no format, or an error, in its present state."""
    path.write_text(text, encoding="utf-8")
    (file,) = find_files([path], "2025-26")
    try:
        found = recognise(file)
        return _rows(found.read(file)) if found and not isinstance(found, Outside) else {}
    except SourceError:
        return {}


@pytest.mark.parametrize("name", CSV_FILES)
def test_the_last_line_of_a_file_that_was_cut_off_is_left_out(load: Load, name: str) -> None:
    """Nobody knows whether 0.3 was to become 0.312: without the end of its line the row is not taken."""
    whole, cut = FILES[name][1], FILES[name][1].rstrip("\r\n")
    assert CUT not in load(name, whole).rejected
    assert load(name, whole.rstrip("\r\n") + "\r\n").rejected == load(name, whole).rejected
    reading = load(name, cut)
    assert reading.rejected[CUT] == 1
    assert reading.rows_read == load(name, whole).rows_read


def test_a_number_that_was_cut_off_is_no_smaller_number(load: Load) -> None:
    """101 points cut after the 1 are not 1, and a row of too few columns is the same cut."""
    text = sample("player_totals.csv")
    for length in range(len(text) - 30, len(text) - 1):
        reading = load("player_totals.csv", text[:length])
        assert [row["player_id"] for row in rows_of(reading, "player_season_stats")] == [77]
        assert reading.rejected == {CUT: 1}


def _check_refused(path: Path) -> None:
    """The file is of no format, or its error names it."""
    (file,) = find_files([path], "2025-26")
    with pytest.raises(SourceError, match=re.escape(path.name)):
        found = recognise(file)
        if found is None:
            raise SourceError(f"{path.name} is of no format.")
        assert not isinstance(found, Outside)
        found.read(file)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_another_encoding_gives_no_rows(tmp_path: Path, name: str, encoding: str) -> None:
    """Letters that are not UTF-8 are an error that names the file; or it is of no format."""
    text = FILES[name][1] + "# é\n"
    (tmp_path / name).write_bytes(text.encode(encoding))
    _check_refused(tmp_path / name)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html>\n<html><body>Access denied</body></html>"])
def test_nothing_and_a_web_page_give_no_rows(tmp_path: Path, name: str, content: bytes) -> None:
    """Under the name of any format: a file that the door does not know, or an error that names it."""
    (tmp_path / name).write_bytes(content)
    _check_refused(tmp_path / name)


@pytest.mark.parametrize("name", CSV_FILES)
def test_columns_in_another_order_give_the_same_rows(load: Load, name: str) -> None:
    """The names of the columns decide, in every format."""
    reordered = load(name, _text([line[::-1] for line in _lines(name)]))
    assert _rows(reordered) == _rows(load(name, FILES[name][1]))


def _without(lines: Lines, column: int) -> Lines:
    return [line[:column] + line[column + 1 :] for line in lines]


def _in_words(lines: Lines, column: int) -> Lines:
    head, first, *rest = lines
    return [head, [*first[:column], "n/a", *first[column + 1 :]], *rest]


@pytest.mark.parametrize("name", CSV_FILES)
@pytest.mark.parametrize("spoil", [_without, _in_words])
def test_a_column_that_lacks_or_holds_words_changes_no_other_value(
    load: Load, tmp_path: Path, name: str, spoil: Callable[[Lines, int], Lines]
) -> None:
    """Each column in turn: an error, or rows whose values are those of the whole file or empty."""
    whole, lines = _rows(load(name, FILES[name][1])), _lines(name)
    for column in [n for n, title in enumerate(lines[0]) if (name, title) not in TOLD_BY]:
        for key, row in _rows_if_read(tmp_path / name, _text(spoil(lines, column))).items():
            assert key in whole, (lines[0][column], key)
            for field, value in row.items():
                assert value in (None, "n/a", whole[key].get(field)), (lines[0][column], key, field)


@pytest.mark.parametrize(
    ("change", "reason"),
    [("", "the same row twice"), ("125,121", "an earlier row is about the same game")],
)
def test_a_game_that_is_there_twice_counts_once(load: Load, change: str, reason: str) -> None:
    """The first row stays; a copy is told from a row that says something else."""
    text = sample("games.csv")
    again = text.splitlines()[1].replace(change, "130,121") if change else text.splitlines()[1]
    reading = load("games.csv", f"{text}{again}\n")
    assert reading.rejected == {reason: 1}
    assert [game["home_pts"] for game in rows_of(reading, "games")] == [125, 90]


@pytest.mark.parametrize(
    ("form", "written", "expected"),
    [
        (minutes.played, "25:28", 25 + 28 / 60),
        (minutes.played, "9:05", 9 + 5 / 60),
        (minutes.played, "36", 36.0),  # old box scores without seconds
        (minutes.played, "PT20M46.00S", 20 + 46 / 60),
        (minutes.played, "PT00M00.00S", None),
        (minutes.played, "", None),
        (minutes.of_players, 240, 240.0),
        (minutes.of_players, "265", 265.0),
        (minutes.of_game, 48, 240.0),
        (minutes.of_game, "53.0", 265.0),
        (minutes.of_game, 47.985, 240.0),
        (minutes.of_game, 25.3, None),  # of a player, not of a game
    ],
)
def test_minutes_in_their_forms(
    form: Callable[[dict[str, object], str], float | None], written: object, expected: float | None
) -> None:
    """Clocks, ISO durations, minutes of all players and of the game, with what rounding left of them."""
    assert form({"MIN": written}, "MIN") == (None if expected is None else pytest.approx(expected))


def test_minutes_of_seasons_and_averages_are_told_apart(tmp_path: Path) -> None:
    """Totals go to minutes, averages and lengths of games to minutes_per_game, as they are."""
    found = {}
    for name in ("player_totals.csv", "player_per_game.csv", "team_per_game.csv"):
        (tmp_path / name).write_text(sample(name), encoding="utf-8")
        found[name] = read(tmp_path / name, "2025-26")
    total = rows_of(found["player_totals.csv"], "player_season_stats")[0]
    average = [
        row["value"]
        for row in rows_of(found["player_per_game.csv"], "official_metrics")
        if (row["entity_id"], row["metric"]) == (77, "minutes_per_game")
    ]
    team = rows_of(found["team_per_game.csv"], "team_season_stats")[0]
    assert (total["minutes"], average, team["minutes_per_game"]) == (300.125, [10.0], 48.2)
    assert "minutes" not in team
