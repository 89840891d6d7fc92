"""`nba-mcp guard check` judges a file of statements."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.errors import SourceError


def _checked(*arguments: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, ["guard", "check", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def _file(folder: Path, *lines: str) -> str:
    file = folder / "statements.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return str(file)


def test_each_line_gets_its_verdict(tmp_path: Path) -> None:
    """The id, whether it is accepted, and the reason if it is not; over the schema's tables."""
    file = _file(
        tmp_path,
        '{"id": "a", "sql": "SELECT count(*) FROM games"}',
        "",
        '{"id": 2, "sql": "FROM shots_of_others"}',
        '{"id": "c", "sql": "SELECT \'\\ud800\'"}',
    )
    honest, other, broken = _checked(file)
    assert honest == {"id": "a", "accepted": True, "reason": None}
    assert (other["id"], other["accepted"]) == ("2", False)
    assert str(other["reason"]).startswith("There is no table shots_of_others to query.")
    assert broken["accepted"] is False


def test_other_tables_can_be_named(tmp_path: Path) -> None:
    """A corpus may speak of tables that are not ours; ours are not served then."""
    file = _file(tmp_path, '{"id": "a", "sql": "FROM x"}', '{"id": "b", "sql": "FROM games"}')
    verdicts = _checked(file, "--engine", "duckdb", "--relations", "x, y")
    assert [v["accepted"] for v in verdicts] == [True, False]


@pytest.mark.parametrize("line", ["not json", '{"id": 1}', '{"id": 1, "sql": 2}', "[]", "[" * 5_000])
def test_a_broken_line_is_an_error_with_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    """Nothing is judged."""
    file = _file(tmp_path, '{"id": "a", "sql": "SELECT 1"}', line)
    with pytest.raises(SourceError, match="line 2 is not"):
        CliRunner().invoke(app, ["guard", "check", file], catch_exceptions=False)
    assert capsys.readouterr().out == ""


def test_another_engine_is_refused_with_those_there_are(tmp_path: Path) -> None:
    """Another one is a mistake that is told."""
    file = _file(tmp_path, '{"id": "a", "sql": "SELECT 1"}')
    result = CliRunner().invoke(app, ["guard", "check", file, "--engine", "oracle"])
    assert result.exit_code == 2
    assert "must be duckdb, postgres, athena or spark" in result.output
    (verdict,) = _checked(file, "--engine", "postgres")
    assert verdict == {"id": "a", "accepted": True, "reason": None}
