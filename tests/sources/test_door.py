"""Files are found, told apart by their content, and given the season of their folder."""

from pathlib import Path

import pytest

from nba_mcp_synthesis.errors import SourceError, UsageError
from nba_mcp_synthesis.sources.door import find_files, recognise
from sources.readings import read
from sources.samples import FILES, LOG_HEADERS, LOG_ROWS, cassette, log, sample


def _put(folder: Path, *names: str, text: str = "x\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _format(path: Path) -> str | None:
    found = recognise(find_files([path])[0])
    return found.name if found else None


def test_a_folder_gives_its_files_in_order_without_hidden_ones(tmp_path: Path) -> None:
    """Labels are paths below the folder; hidden files and folders are left out."""
    _put(tmp_path, "b.csv", "a/z.json", "a/c.txt", ".hidden", ".git/config")
    assert [f.label for f in find_files([tmp_path])] == ["a/c.txt", "a/z.json", "b.csv"]


def test_a_file_that_is_named_twice_is_found_once(tmp_path: Path) -> None:
    """A folder and a file in it give the file once, under its name in the folder."""
    _put(tmp_path, "a/b.csv")
    assert [f.label for f in find_files([tmp_path, tmp_path / "a" / "b.csv"])] == ["a/b.csv"]


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    """A path that does not exist is an error that names it."""
    with pytest.raises(SourceError, match=r"nowhere does not exist"):
        find_files([tmp_path / "nowhere"])


def test_a_stated_season_is_written_with_two_years(tmp_path: Path) -> None:
    """A season such as 2025 is refused before any file is read."""
    with pytest.raises(UsageError, match="'2025' is not a season"):
        find_files([tmp_path], "2025")


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_recognised_under_any_name(tmp_path: Path, name: str) -> None:
    """The content decides, except that opponents' averages must be named as such."""
    expected, text = FILES[name]
    renamed = f"renamed_opponent{Path(name).suffix}"
    _put(tmp_path, renamed, text=text)
    assert _format(tmp_path / renamed) == expected


def test_columns_may_come_in_another_order(tmp_path: Path) -> None:
    """A CSV file is read by the names of its columns."""
    lines = [line.split(",") for line in sample("games.csv").splitlines()]
    _put(tmp_path, "games.csv", text="".join(",".join(reversed(line)) + "\r\n" for line in lines))
    assert read(tmp_path / "games.csv").rejected == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.dat", "GAME_ID,HOME_TEAM,AWAY_TEAM"),
        ("speed.csv", "PLAYER_ID,PLAYER_NAME,GP,MIN,AVG_SPEED\n1,A,2,3.0,4.1\n"),
        ("averages.csv", sample("team_opponent.csv")),
        ("other.json", '{"gameId": "0022500001"}'),
        ("list.json", "[1, 2]"),
        ("empty.json", "{}"),
        ("players.json", log(LOG_ROWS, ["PLAYER_ID", *LOG_HEADERS[1:]])),
        ("players.yaml", cassette(log(LOG_ROWS), "PlayerOrTeam=P")),
        ("other.yaml", "uri: https://stats.nba.com/stats/leaguegamelogs?PlayerOrTeam=T"),
    ],
)
def test_other_files_are_of_no_format(tmp_path: Path, name: str, text: str) -> None:
    """What cannot be loaded is not taken for something that can."""
    _put(tmp_path, name, text=text)
    assert _format(tmp_path / name) is None


def test_team_totals_are_not_taken_for_averages(tmp_path: Path) -> None:
    """Totals of teams have the columns of the averages, and whole numbers only."""
    _put(tmp_path, "teams.csv", text=sample("team_per_game.csv").replace(".5", "").replace(".0", ""))
    assert _format(tmp_path / "teams.csv") is None


def test_a_cassette_is_recognised_without_being_parsed(tmp_path: Path) -> None:
    """The request tells the format even where the rest is not YAML; reading then says what is wrong."""
    _put(tmp_path, "log.yaml", text=cassette("{}") + "\n\t{ not yaml")
    assert _format(tmp_path / "log.yaml") == "league_game_log"
    with pytest.raises(SourceError, match=r"log\.yaml is not valid YAML"):
        read(tmp_path / "log.yaml")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("games.csv", "", r"games\.csv is empty"),
        ("box.json", " \n", r"box\.json is empty"),
        ("box.json", '{"gameId": "00', r"box\.json is not valid JSON: .*column"),
        ("box.json", "<!DOCTYPE html><html></html>", r"box\.json is a web page, not data"),
        ("box.json", "[" * 100_000, r"box\.json is not valid JSON"),
        ("games.csv", "x" * 200_000, r"games\.csv is not valid CSV"),
    ],
)
def test_broken_files_are_named_with_the_cause(tmp_path: Path, name: str, text: str, message: str) -> None:
    """A file that is broken as a whole is an error that names it and says why."""
    _put(tmp_path, name, text=text)
    with pytest.raises(SourceError, match=message):
        read(tmp_path / name)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    """Text that is not UTF-8 is an error and never a wrong letter."""
    (tmp_path / "player_totals.csv").write_bytes(sample("player_totals.csv").encode("latin-1"))
    with pytest.raises(SourceError, match=r"player_totals\.csv is not UTF-8 text"):
        read(tmp_path / "player_totals.csv")


def test_game_ids_tell_the_season_of_their_folder_and_those_below(tmp_path: Path) -> None:
    """Ids come before the names of folders, and the nearest ids count."""
    _put(tmp_path, "games.csv", text=sample("games.csv"))
    _put(tmp_path, "old_1999-00/shots/2544.json", text="{}")
    _put(tmp_path, "older/old.csv", text="GAME_ID\n0021900001\n")
    found = {f.label: f.season for f in find_files([tmp_path])}
    assert found == {
        "games.csv": "2025-26",
        "old_1999-00/shots/2544.json": "2025-26",
        "older/old.csv": "2019-20",
    }


@pytest.mark.parametrize(
    ("folder", "season"),
    [
        ("season_2025_26", "2025-26"),
        ("2025-26", "2025-26"),
        ("2025-26_new", None),
        ("2010-11_to_2020-21", None),
        ("backup-2025-10", None),
        ("seasons_2010_2024", None),
    ],
)
def test_the_name_of_a_folder_tells_its_season(tmp_path: Path, folder: str, season: str | None) -> None:
    """A name that ends in one season tells it; years and months, or two seasons, tell nothing."""
    _put(tmp_path, f"{folder}/shots/2544.json", text="{}")
    assert find_files([tmp_path / folder])[0].season == season


def test_folders_above_the_given_one_tell_nothing(tmp_path: Path) -> None:
    """Only what was given is looked at."""
    _put(tmp_path, "season_2025_26/shots/2544.json")
    assert find_files([tmp_path / "season_2025_26" / "shots"])[0].season is None


def test_game_ids_of_several_seasons_tell_nothing(tmp_path: Path) -> None:
    """A folder of many seasons has none of its own; the stated one is used then."""
    _put(tmp_path, "games.csv", text="GAME_ID\n0021900001\n0022500001\n")
    assert find_files([tmp_path])[0].season is None
    assert find_files([tmp_path], "2019-20")[0].season == "2019-20"


@pytest.mark.parametrize("name", ["77.json", "player_totals.csv", "standings.csv", "po_series.csv"])
def test_a_file_without_a_season_asks_for_one(tmp_path: Path, name: str) -> None:
    """Where nothing tells the season, the error says how to name it."""
    _put(tmp_path, name, text=sample(name))
    with pytest.raises(SourceError, match="--season"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["games.csv", "log.json", "0042500405.json"])
def test_a_stated_season_must_not_contradict_game_ids(tmp_path: Path, name: str) -> None:
    """A file with game ids of another season than the stated one is refused."""
    _put(tmp_path, name, text=FILES[name][1])
    with pytest.raises(SourceError, match="is about 2025-26, not about 2024-25"):
        read(tmp_path / name, "2024-25")


def test_a_stated_season_must_not_contradict_the_ids_beside_a_file(tmp_path: Path) -> None:
    """Totals next to games of another season than the stated one are refused."""
    _put(tmp_path, "games.csv", text=sample("games.csv"))
    _put(tmp_path, "player_totals.csv", text=sample("player_totals.csv"))
    with pytest.raises(SourceError, match="is about 2025-26, not about 2024-25"):
        read(tmp_path / "player_totals.csv", "2024-25")
