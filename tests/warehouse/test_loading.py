"""Loading: all or nothing, the same twice, killed at any moment, and never real beside simulated."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import small_league
from nba_mcp_synthesis.errors import Busy, SourceError, UsageError, WarehouseOutdated
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.warehouse import layout, loading, migrations
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse


def games_file(folder: Path, count: int, name: str = "games.csv") -> SourceFile:
    """A games.csv with `count` games between the Lakers and Boston."""
    lines = [
        f"00225{n:05d},2025-11-{n % 28 + 1:02d},LAL,BOS,{100 + n % 30},99,W,0.5,0.4,0.45,0.35\n"
        for n in range(1, count + 1)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(small_league.GAMES_CSV + "".join(lines))
    return SourceFile(folder / name, name)


def fingerprint(path: Path) -> dict[str, tuple[int, int]]:
    """Rows and an order-free checksum of every merged table."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = {}
        for table in layout.merged_tables():
            row = connection.execute(
                f"SELECT count(*), coalesce(bit_xor(hash(t)), 0)::VARCHAR FROM {table.name} t"
            ).fetchone()
            assert row is not None
            found[table.name] = (row[0], int(row[1]))
    return found


def test_a_load_reports_what_it_did_and_checks_it(tmp_path: Path) -> None:
    """Counts of rows, tables and checks are those of the small league."""
    report = loading.load_demo(tmp_path / "w.duckdb", [("small", small_league.reading())])
    assert report.tables["games"] == 3
    assert report.tables["team_game_stats"] == 6
    assert [f.status for f in report.files] == ["loaded"]
    assert all(not check.failures for check in report.checks)
    compared = {check.name: check.compared for check in report.checks}
    assert compared["two_team_rows"] == 3
    assert compared["point_identity"] == 4


WRONG_TEAM_ROWS = {
    "points": ({"pts": 111}, "score 110-100, team row 111 to 100, won"),
    "no points": ({"pts": None}, "team row ? to 100"),
    "opponent's points": ({"opp_pts": 1}, "team row 110 to 1, won"),
    "the winner": ({"won": False}, "team row 110 to 100, not won"),
    "sides swapped": ({"pts": 100, "opp_pts": 110, "won": False}, "team row 100 to 110, not won"),
}


@pytest.mark.parametrize("wrong", WRONG_TEAM_ROWS)
def test_a_contradiction_is_found_by_its_check_and_kept(tmp_path: Path, wrong: str) -> None:
    """A team row that is not its side of the score is named, in the report and in the table."""
    change, found = WRONG_TEAM_ROWS[wrong]
    reading = small_league.reading()
    rows = small_league.team_rows().rows.to_pylist()
    rows[0] |= change
    batches = [b for b in reading.batches if b.table != "team_game_stats"]
    batches.append(small_league._batch("team_game_stats", rows))
    report = loading.load_demo(tmp_path / "w.duckdb", [("x", replace(reading, batches=tuple(batches)))])
    failures = {check.name: check.failures for check in report.checks if check.failures}
    assert found in failures["game_score"][0]
    sql = "SELECT subject FROM quality_results WHERE check_name = 'game_score'"
    kept = DuckDBWarehouse(report.path).query(sql)
    assert kept.rows == ((f"0022500001 {small_league.LAL}",),)


def test_a_check_that_had_nothing_to_look_at_is_not_called_passed(tmp_path: Path) -> None:
    """Games without team rows are a finding of one check and no success of the others."""
    reading = small_league.reading()
    batches = tuple(b for b in reading.batches if b.table != "team_game_stats")
    report = loading.load_demo(tmp_path / "w.duckdb", [("x", replace(reading, batches=batches))])
    compared = {check.name: check.compared for check in report.checks}
    assert compared["game_score"] == compared["season_points"] == 0
    assert len(next(c for c in report.checks if c.name == "two_team_rows").failures) == 3


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    """The second load calls the file unchanged and leaves every table as it was."""
    path = tmp_path / "w.duckdb"
    file = games_file(tmp_path / "in", 20)
    loading.load_files(path, [file])
    before = fingerprint(path)
    report = loading.load_files(path, [SourceFile(file.path, file.label)])
    assert [f.status for f in report.files] == ["unchanged"]
    assert fingerprint(path) == before


def test_a_corrected_file_takes_back_what_it_said_before(tmp_path: Path) -> None:
    """Changed values change, rows that left the file leave the tables, and a correction can be undone."""
    path = tmp_path / "w.duckdb"
    file = games_file(tmp_path / "in", 2)
    first = file.path.read_text()

    def loaded(content: str) -> tuple[tuple[object, ...], ...]:
        file.path.write_text(content)
        loading.load_files(path, [SourceFile(file.path, file.label)])
        return DuckDBWarehouse(path).query("SELECT game_id, home_pts FROM games ORDER BY 1").rows

    assert loaded(first) == (("0022500001", 101), ("0022500002", 102))
    only_one = first.replace("LAL,BOS,101,99", "LAL,BOS,107,99").rsplit("00225", 1)[0]
    assert loaded(only_one) == (("0022500001", 107),)
    assert loaded(first) == (("0022500001", 101), ("0022500002", 102))
    history = DuckDBWarehouse(path).query("SELECT status FROM load_history ORDER BY load_id").rows
    assert history == (("replaced",), ("replaced",), ("loaded",))


def test_the_season_that_a_file_is_said_to_be_about_is_part_of_what_it_is(tmp_path: Path) -> None:
    """The same totals for another season are another load, not an unchanged one."""
    header = Path(__file__).parents[1] / "sources" / "files" / "player_totals.csv"
    path = tmp_path / "w.duckdb"
    for season in ("2024-25", "2025-26"):
        report = loading.load_files(path, [SourceFile(header, "player_totals.csv", season)])
        assert [f.status for f in report.files] == ["loaded"], report.files
    found = DuckDBWarehouse(path).query("SELECT DISTINCT season FROM player_season_stats ORDER BY 1").rows
    assert found == (("2024-25",), ("2025-26",))


def test_a_broken_file_does_not_keep_the_others_out(tmp_path: Path) -> None:
    """One file fails with its reason, one is not of a known format, one is loaded."""
    good = games_file(tmp_path / "in", 3)
    broken = tmp_path / "in" / "broken.json"
    broken.write_text('{"rs": [[1, 2')
    foreign = tmp_path / "in" / "notes.csv"
    foreign.write_text("a,b\n1,2\n")
    files = [SourceFile(p, p.name) for p in (good.path, broken, foreign)]
    report = loading.load_files(tmp_path / "w.duckdb", files)
    assert {f.label: f.status for f in report.files} == {
        "games.csv": "loaded",
        "broken.json": "failed",
        "notes.csv": "not loaded",
    }
    assert "not valid JSON" in report.with_status("failed")[0].reason
    assert report.tables["games"] == 3


def test_real_data_are_never_added_to_the_simulated_league(tmp_path: Path) -> None:
    """Nor the other way round; the file that is there stays as it is."""
    demo = small_league.build(tmp_path / "demo.duckdb")
    before = demo.read_bytes()
    with pytest.raises(UsageError, match="holds the simulated league"):
        loading.load_files(demo, [games_file(tmp_path / "in", 1)])
    assert demo.read_bytes() == before
    real = tmp_path / "real.duckdb"
    loading.load_files(real, [games_file(tmp_path / "in", 1)])
    with pytest.raises(UsageError, match="holds real data"):
        small_league.build(real)


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
def test_a_warehouse_that_cannot_be_read_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    """Neither a load nor the demo writes over what it does not understand."""
    path = tmp_path / "w.duckdb"
    path.write_bytes(content)
    with pytest.raises((SourceError, WarehouseOutdated), match=str(path)):
        small_league.build(path)
    assert path.read_bytes() == content


def test_an_error_in_the_middle_leaves_the_old_state(tmp_path: Path) -> None:
    """Nothing of an interrupted load is seen, and no draft stays behind."""
    path = small_league.build(tmp_path / "w.duckdb")
    before = fingerprint(path)
    with pytest.raises(ZeroDivisionError), next_state(path) as connection:
        connection.execute("DELETE FROM games")
        raise ZeroDivisionError
    assert fingerprint(path) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w.duckdb", "w.duckdb.lock"]


def test_two_loads_at_once_are_refused(tmp_path: Path) -> None:
    """The second one is told to wait."""
    path = tmp_path / "w.duckdb"
    with next_state(path), pytest.raises(Busy, match="Another process is loading"), next_state(path):
        pass


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    """A folder that cannot be made is named, with what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match=r"could not be written: (Not a directory|File exists)"):
        small_league.build(tmp_path / "file" / "w.duckdb")


def test_a_full_disk_is_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    """A load that may write no more than a few kilobytes leaves the old state."""
    path = small_league.build(tmp_path / "w.duckdb")
    before = path.read_bytes()
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from nba_mcp_synthesis.errors import SourceError\n"
        "import small_league\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n    small_league.build(Path(sys.argv[1]))\n"
        "except SourceError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env={**os.environ, "PYTHONPATH": str(Path(small_league.__file__).parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "could not be written" in done.stdout
    assert "Traceback" not in done.stderr
    assert path.read_bytes() == before


def test_a_load_killed_at_random_moments_never_shows_a_partial_state(tmp_path: Path) -> None:
    """Readers see all of the old games or all of the new ones, and a rerun completes."""
    path = tmp_path / "w.duckdb"
    loading.load_files(path, [games_file(tmp_path / "old", 50)])
    games_file(tmp_path / "new", 1200, "more.csv")
    warehouse = DuckDBWarehouse(path)
    chance = random.Random(7)
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from nba_mcp_synthesis.sources.base import Reading, SourceFile\n"
        "from nba_mcp_synthesis.warehouse.loading import load_files\n"
        "print('go', flush=True)\n"
        "load_files(Path(sys.argv[1]), [SourceFile(Path(sys.argv[2]), 'more.csv')])\n"
    )
    command = [sys.executable, "-c", script, str(path), str(tmp_path / "new" / "more.csv")]
    killed = 0
    for _ in range(10):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.5))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.stdout.close()
        sql = "SELECT count(*), (SELECT count(*) FROM team_game_stats) FROM games"
        assert warehouse.query(sql).rows in (((50, 100),), ((1200, 2400),))
    assert killed
    subprocess.run(command, check=True, capture_output=True)
    assert warehouse.query("SELECT count(*) FROM games").rows == ((1200,),)
    assert not list(tmp_path.glob("*.next*"))
    quiet = tmp_path / "quiet.duckdb"
    loading.load_files(quiet, [games_file(tmp_path / "old", 50)])
    loading.load_files(quiet, [SourceFile(tmp_path / "new" / "more.csv", "more.csv")])
    assert fingerprint(path) == fingerprint(quiet)


def test_checks_run_again_keep_what_they_found_over_time(tmp_path: Path) -> None:
    """The results are those of now, the history has a row a run."""
    path = small_league.build(tmp_path / "w.duckdb")
    before = fingerprint(path)
    assert not [check for check in loading.check(path) if check.failures]
    assert fingerprint(path) == before
    sql = "SELECT count(DISTINCT checked_at), min(compared) FROM {} WHERE check_name = 'two_team_rows'"
    warehouse = DuckDBWarehouse(path)
    assert warehouse.query(sql.format("quality_history")).rows == ((2, 3),)
    assert warehouse.query("SELECT count(DISTINCT checked_at) FROM quality_results").rows == ((1,),)


def test_sources_that_contradict_each_other_are_a_finding_with_both_values(tmp_path: Path) -> None:
    """The value of the first source in precedence is shown, and the other one is not forgotten."""
    reading = small_league.reading()
    rows = small_league.team_rows().rows.to_pylist()
    rows = [row | {"minutes": 240.0} for row in rows]
    rows[0] |= {"pts": 112, "minutes": 240.2}
    other = Reading("league_game_log", (small_league._batch("team_game_stats", rows),), 6, simulated=True)
    report = loading.load_demo(tmp_path / "w.duckdb", [("one", reading), ("two", other)])
    agree = next(check for check in report.checks if check.name == "sources_agree")
    assert agree.compared == 6
    assert agree.failures == (
        (
            f"2025-26 Regular Season, 0022500001 {small_league.LAL} team_game_stats.pts: "
            "demo says 110, league_game_log says 112"
        ),
    )
    sql = f"SELECT pts, minutes FROM team_game_stats WHERE team_id = {small_league.LAL} ORDER BY game_id"
    assert DuckDBWarehouse(report.path).query(sql).rows[0] == (112, 240.2)


def test_nobody_is_at_home_at_a_neutral_site(tmp_path: Path) -> None:
    """Whatever a source says that does not know of it."""
    reading = small_league.reading()
    games = small_league.games().rows.to_pylist()
    games[0]["is_neutral"] = True
    batches = [b for b in reading.batches if b.table != "games"] + [small_league._batch("games", games)]
    report = loading.load_demo(tmp_path / "w.duckdb", [("x", replace(reading, batches=tuple(batches)))])
    sql = "SELECT game_id, count(is_home) FROM team_game_stats GROUP BY 1 ORDER BY 1"
    found = DuckDBWarehouse(report.path).query(sql).rows
    assert found == (("0022500001", 0), ("0022500002", 2), ("0022500003", 2))


def test_readers_see_one_whole_state_while_loads_replace_it(tmp_path: Path) -> None:
    """Two processes read all the time while the file is replaced; each answer is of one state."""
    path = tmp_path / "w.duckdb"
    loading.load_files(path, [games_file(tmp_path / "in", 10)])
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse\n"
        "w = DuckDBWarehouse(Path(sys.argv[1])); seen = set()\n"
        "print('go', flush=True)\n"
        "while max(seen, default=0) < 40:\n"
        "    ((g, t),) = w.query('SELECT count(*), (SELECT count(*) FROM team_game_stats) FROM games').rows\n"
        "    assert t == 2 * g, (g, t); seen.add(g)\n"
        "print(sorted(seen))\n"
    )
    readers = [
        subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "go\n"
    for count in (20, 30, 40):
        loading.load_files(path, [games_file(tmp_path / "in", count)])
    for reader in readers:
        out, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        assert out.strip().endswith("40]")


def test_an_older_layout_is_migrated_on_a_copy_with_all_rows(tmp_path: Path) -> None:
    """A warehouse that lacks a column of today gains it, and keeps what it has."""
    path = small_league.build(tmp_path / "w.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP VIEW standings")
        connection.execute("ALTER TABLE games DROP COLUMN is_neutral")
    loading.migrate(path)
    rows = DuckDBWarehouse(path).query("SELECT count(*), count(is_neutral) FROM games").rows
    assert rows == ((3, 0),)


def test_steps_run_once_each_from_the_version_that_is_there(tmp_path: Path) -> None:
    """A warehouse of version 1 goes through the steps 1 and 2 to reach version 3."""
    path = small_league.build(tmp_path / "w.duckdb")
    ran: list[int] = []
    steps = {1: lambda _: ran.append(1), 2: lambda _: ran.append(2)}
    with pytest.MonkeyPatch.context() as patch, duckdb.connect(str(path)) as connection:
        patch.setattr(layout, "LAYOUT_VERSION", 3)
        migrations.set_info(connection, "layout_version", "1")
        migrations.migrate(connection, steps)
        migrations.migrate(connection, steps)
        assert migrations.version_of(connection) == 3
    assert ran == [1, 2]
