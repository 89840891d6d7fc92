"""The command line as people and programs meet it: output, exit codes, errors in words."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

import small_league
from running import COMMAND


def nba_mcp(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command."""
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env={**os.environ, **environment},
    )


def printed(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON that a command printed."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small league as the warehouse that commands read."""
    path = small_league.build(tmp_path / "small.duckdb")
    monkeypatch.setenv("NBA_MCP_WAREHOUSE_URL", f"duckdb:///{path}")
    return path


def test_version_and_help_answer_without_a_warehouse() -> None:
    """The first things that anyone types."""
    assert nba_mcp("--version").stdout.strip() == "0.1.0"
    assert "Answer a question" in nba_mcp("--help").stdout


def test_query_prints_the_shape_that_programs_read(small: Path) -> None:
    """Columns, rows, whether they were cut, the SQL, its time, and what the data are."""
    found = printed(nba_mcp("query", "--json", "SELECT home_pts FROM games ORDER BY 1", "--limit", "2"))
    assert found["columns"] == ["home_pts"]
    assert found["rows"] == [[95], [110]]
    assert found["truncated"] is True
    assert found["sql"].startswith("SELECT home_pts")
    assert found["elapsed_ms"] > 0
    assert found["data_as_of"] == "2025-11-03"
    assert found["simulated"] is True


def test_query_for_people_names_simulated_data(small: Path) -> None:
    """The table is followed by which data it is from."""
    done = nba_mcp("query", "SELECT full_name FROM players ORDER BY 1")
    assert "Ada Test" in done.stdout
    assert "simulated: an invented league" in done.stdout
    assert "Data as of 2025-11-03" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("query", "DROP TABLE games"), 2, "DROP statements are not accepted"),
        (("query", "SELECT nosuch FROM games"), 2, "nosuch"),
        (("query", "SELECT 1", "--limit", "0"), 2, "--limit"),
        (("ask",), 2, "Give a question, or --batch FILE"),
        (("ask", ""), 2, "The question is empty"),
        (("ask", "--batch", "/no/such/file"), 1, "cannot be read"),
        (("tables", "gamez"), 2, "Did you mean games?"),
        (("connect", "netscape"), 2, "No client is called 'netscape'"),
        (("serve", "--transport", "pigeon"), 2, "must be http or stdio"),
        (("data", "load", "/no/such/folder"), 1, "/no/such/folder"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_wrong_use_is_told_in_words_with_its_exit_code(
    small: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """2 for wrong use, 1 for data that cannot be used; never a traceback."""
    done = nba_mcp(*arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_error_under_json_is_json() -> None:
    """Programs get code, message and hint."""
    done = nba_mcp("query", "--json", "SELECT 1")
    assert done.returncode == 3
    error = json.loads(done.stderr)["error"]
    assert error["code"] == "no_warehouse"
    assert "nba-mcp data demo" in error["hint"]


def test_an_unknown_setting_stops_every_command() -> None:
    """Nothing runs under settings that are not what they seem."""
    done = nba_mcp("query", "SELECT 1", NBA_MCP_QUERRY_ROWS="5")
    assert done.returncode == 2
    assert "NBA_MCP_QUERRY_ROWS is not a setting; did you mean NBA_MCP_QUERY_ROWS?" in done.stderr


def test_settings_lists_all_of_them_with_secrets_masked() -> None:
    """One place to look."""
    rows = printed(nba_mcp("settings", "--json", NBA_MCP_METRICS_TOKEN="hunter2"))
    assert {"NBA_MCP_HOME", "NBA_MCP_QUERY_SECONDS"} <= {row["variable"] for row in rows}
    assert "hunter2" not in json.dumps(rows)


def test_tables_and_find_and_status(small: Path) -> None:
    """The other ways to look at what is loaded."""
    tables = {t["name"]: t["rows"] for t in printed(nba_mcp("tables", "--json"))}
    assert tables["games"] == 3
    assert tables["standings"] == 2
    found = printed(nba_mcp("find", "--json", "ada test"))
    assert found[0]["name"] == "Ada Test"
    status = printed(nba_mcp("data", "status", "--json"))
    assert status["files"] == {"loaded": 1}
    assert "Regular Season" in nba_mcp("data", "status").stdout


def test_checks_can_be_run_again(small: Path, tmp_path: Path) -> None:
    """Exit code 0 while they hold, 1 when one does not, 3 without a warehouse."""
    done = nba_mcp("data", "check")
    assert done.returncode == 0
    assert "checks hold over" in done.stdout
    missing = nba_mcp("data", "check", NBA_MCP_WAREHOUSE_URL=f"duckdb:///{tmp_path}/none.duckdb")
    assert missing.returncode == 3
    assert not (tmp_path / "none.duckdb").exists()


def test_a_load_of_nothing_makes_no_warehouse(tmp_path: Path) -> None:
    """The demo stays what is read, and the caller is told."""
    (tmp_path / "empty").mkdir()
    done = nba_mcp("data", "load", str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "No file was loaded" in done.stderr
    assert not (tmp_path / "home" / "warehouse.duckdb").exists()


@pytest.mark.parametrize(
    "arguments", [["query", "SELECT count(*) FROM range(999999) a, range(999999) b"], ["data", "demo"]]
)
def test_an_interruption_is_no_traceback(small: Path, arguments: list[str]) -> None:
    """Ctrl-C ends a query with its worker, and the simulation with its processes, at once and in words."""
    command = [COMMAND, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=4)
        workers = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert workers
    _, left = psutil.wait_procs(workers, timeout=20)
    assert not left


def test_connect_prints_lines_that_can_be_pasted(small: Path) -> None:
    """Valid JSON for the clients that want it, with a command that exists."""
    found = {c["client"]: c for c in printed(nba_mcp("connect", "--json"))}
    assert set(found) >= {"claude-desktop", "claude-code", "cursor", "vscode", "inspector"}
    entry = json.loads(found["cursor"]["lines"])["mcpServers"]["nba"]
    assert Path(entry["command"]).exists()
    assert entry["args"] == ["serve", "--transport", "stdio"]
    assert entry["env"]["NBA_MCP_WAREHOUSE_URL"] == f"duckdb:///{small}"
    assert "-e NBA_MCP_WAREHOUSE_URL=" in found["claude-code"]["lines"]
    secret = nba_mcp("connect", NBA_MCP_METRICS_TOKEN="hunter2").stdout
    assert "hunter2" not in secret
    text = nba_mcp("connect", "cursor").stdout
    assert json.loads(text.partition("\n")[2]) == json.loads(found["cursor"]["lines"])


def test_a_batch_answers_line_by_line(small: Path, tmp_path: Path) -> None:
    """Each line is answered under its own id; what cannot be asked is refused, not fatal."""
    batch = tmp_path / "questions.jsonl"
    asked = [
        {"id": "a", "question": "who led the league in total points"},
        {"id": "b", "question": "x" * 5_000},
        {"id": "c", "question": "who won mvp"},
    ]
    batch.write_text("\n".join(json.dumps(line) for line in asked))
    done = nba_mcp("ask", "--batch", str(batch))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(a["id"], a["status"]) for a in answers] == [
        ("a", "answered"),
        ("b", "refused"),
        ("c", "refused"),
    ]
    assert answers[0]["values"][0]["value"] == 220


def test_a_batch_with_a_broken_line_asks_nothing(small: Path, tmp_path: Path) -> None:
    """The line is named before any question is asked."""
    batch = tmp_path / "questions.jsonl"
    batch.write_text('{"id": "a", "question": "who led the league in total points"}\nnot json\n')
    done = nba_mcp("ask", "--batch", str(batch))
    assert done.returncode == 1
    assert "line 2" in done.stderr
    assert done.stdout == ""


def test_an_answer_has_the_shape_that_programs_read(small: Path) -> None:
    """Every field of the contract, and each value's evidence can be run again to the same rows."""
    answer = printed(nba_mcp("ask", "--json", "who led the league in total points"))
    fields = (
        "id text status values table evidence assumptions definitions confidence dissent voices cost_usd "
    )
    assert set((fields + "data_as_of snapshot simulated").split()) <= set(answer)
    assert answer["status"] == "answered"
    assert "Cid Sample" in answer["text"]
    evidence = {e["id"]: e for e in answer["evidence"]}
    for value in answer["values"]:
        again = printed(nba_mcp("query", "--json", evidence[value["evidence"]]["sql"]))
        assert again["rows"] == evidence[value["evidence"]]["rows"]
        assert any(value["value"] in row for row in again["rows"])


def test_an_answer_for_people_shows_its_query_and_that_it_is_simulated(small: Path) -> None:
    """Sentence, SQL, definition, assumption, and what the data are."""
    text = nba_mcp("ask", "who led the league in total points").stdout
    assert "Cid Sample" in text
    assert "SELECT" in text
    assert "Assumed:" in text
    assert "Definition:" in text
    assert "simulated" in text


def test_values_are_printed_as_they_are(small: Path) -> None:
    """No markup is read into them, and a small number is not made zero."""
    sql = """SELECT '[red]text [/x]' AS "[b]", 0.00004::DOUBLE AS small, -0.5::DOUBLE AS half"""
    text = nba_mcp("query", sql).stdout
    assert "[red]text [/x]" in text
    assert "[b]" in text
    assert "4e-05" in text
    assert "-0.5" in text


def test_output_into_a_closed_pipe_is_no_error(small: Path) -> None:
    """`nba-mcp query … | head -1` ends quietly."""
    script = f"{COMMAND} query 'FROM range(1000)' | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
