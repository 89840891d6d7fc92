"""`nba-mcp ops logs`: counts that agree with the lines, whatever is between, in memory that is bounded."""

import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.operations.log_lines import MOST_BYTES, lines_of
from nba_mcp_synthesis.operations.log_patterns import normalised
from nba_mcp_synthesis.operations.log_summary import MOST_NAMES, OTHERS, LogSummary

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def event(name: str, **facts: Any) -> dict[str, Any]:
    """An event as the server writes it."""
    return {"event": name, "level": "info", "family": "api", "timestamp": AT.isoformat(), **facts}


def line(one: dict[str, Any], before: str = "") -> str:
    return f"{before}{json.dumps(one)}\n"


def summary(text: str | bytes, **given: Any) -> dict[str, Any]:
    """Of these lines."""
    raw = text.encode() if isinstance(text, str) else text
    return LogSummary().take(lines_of(io.BytesIO(raw)), **given).as_dict()


@pytest.mark.parametrize(
    "before",
    [
        "",
        "2026-01-02T03:04:05.123456789Z ",
        "2026-01-02T03:04:05.123456789+02:00 ",
        "[pod/nba-mcp-synthesis-7c9-x/server] ",
        "[pod/nba-mcp-synthesis-7c9-x/server] 2026-01-02T03:04:05.123456789Z ",
    ],
)
def test_what_kubectl_puts_before_a_line_is_taken_away(before: str) -> None:
    """With and without --timestamps and --prefix; the pod is counted where it is told."""
    found = summary(line(event("tool_call", tool="ask", outcome="ok", caller="ann"), before))
    assert (found["events"], found["no_events"]) == (1, 0)
    assert found["tools"] == [{"name": "ask", "count": 1}]
    pods = [{"name": "pod/nba-mcp-synthesis-7c9-x/server", "count": 1}] if "pod" in before else []
    assert found["pods"] == pods


def test_the_counts_are_those_of_the_lines() -> None:
    """Reconciled with counters that were kept while the lines were made."""
    chance, calls, refused, errors = random.Random(3), Counter[str](), Counter[str](), 0
    lines = []
    for _ in range(3_000):
        caller, outcome = chance.choice("abc"), chance.choice(["ok", "ok", "rate_limited", "internal_error"])
        calls[caller] += 1
        errors += outcome == "internal_error"
        if outcome != "ok":
            refused[f"{outcome}: ask"] += 1
        lines.append(
            line(event("tool_call", tool="ask", outcome=outcome, caller=caller, seconds=chance.random()))
        )
    found = summary("".join(lines))
    assert {row["name"]: row["count"] for row in found["callers"]} == calls
    assert {row["name"]: row["count"] for row in found["refused"]} == refused
    assert [row["count"] for row in found["errors"]] == [errors]
    slowest = sorted((json.loads(one)["seconds"] for one in lines), reverse=True)[:10]
    assert [row["seconds"] for row in found["slowest"]] == slowest


def test_errors_that_differ_in_ids_and_numbers_are_one_pattern() -> None:
    """And those that differ in words are two; of a traceback the last line counts."""
    texts = [f"Traceback…\n  File x\nValueError: row {n} of {n:032x} at 10.0.0.{n}" for n in range(200, 250)]
    lines = [line(event("error", level="error", error="ValueError", exception=text)) for text in texts]
    lines.append(line(event("error", level="error", error="KeyError")))
    assert [row["count"] for row in summary("".join(lines))["errors"]] == [50, 1]
    assert normalised("0a1b2c3d4e at 2026-01-02T03:04:05Z from 10.1.2.3:80 took 1.5 s") == (
        "ID at TIME from ADDRESS took N s"
    )


def test_lines_of_others_and_cut_ones_are_counted_and_hurt_nothing() -> None:
    """Half a line, a number, a list, bytes that are no text, and one that has no end."""
    good = line(event("tool_call", tool="ask", outcome="ok"))
    others = [
        good[:30] + "\n",
        "7\n",
        "[1]\n",
        '{"no": "event"}\n',
        "panic: x\n",
        "\n",
        "   \n",
        '{"event": 7}\n',
    ]
    raw = "".join(others).encode() + b"\xff\xfe\x00\n" + b"x" * (3 * MOST_BYTES) + b"\n" + good.encode()
    found = summary(raw)
    assert (found["events"], found["no_events"], found["lines"]) == (1, 8, 9)
    assert summary("")["lines"] == 0
    odd = event(
        "tool_call", tool=["x"], outcome={"a": 1}, seconds="soon", caller=None, timestamp=5, one_of="x"
    )
    assert summary(line(odd))["events"] == 1


def test_a_line_that_stands_for_many_counts_as_many() -> None:
    """Probes are sampled: a family says how many requests there were."""
    told = line(event("request", family="request", one_of=20))
    assert summary(told * 3)["families"] == [{"name": "request", "count": 60}]


def test_what_is_older_is_left_out() -> None:
    """By the time of the event, in whichever zone it is told."""
    old = event("tool_call", tool="find", timestamp=(AT - timedelta(hours=2)).isoformat())
    found = summary(line(old) + line(event("tool_call", tool="ask")), since=AT - timedelta(hours=1))
    assert found["tools"] == [{"name": "ask", "count": 1}]


def test_names_that_never_repeat_take_no_more_room() -> None:
    """Whoever invents callers is counted with the others; nothing is lost from the sum."""
    many = 3 * MOST_NAMES

    def lines() -> Iterator[bytes]:
        for number in range(many):
            word = "".join(chr(97 + int(digit)) for digit in str(number))
            yield line(
                event("tool_call", tool="ask", outcome=f"x{word}", caller=word, level="error")
            ).encode()

    found = LogSummary().take(lines_of(io.BytesIO(b"".join(lines()))))
    for tally in (found.callers, found.refused, found.errors):
        assert len(tally._counts) == MOST_NAMES + 1
        assert tally.total() == many
        shown = tally.shown(5)
        assert shown[-1]["name"] == OTHERS
        assert sum(row["count"] for row in shown) == many


def test_the_command_says_it_and_fails_where_errors_are(tmp_path: Path) -> None:
    """Exit code 1 with errors, 0 without, 2 for what is no file or no time; a pipe or a file is read."""
    run, file = CliRunner().invoke, tmp_path / "a.log"
    good = line(event("tool_call", tool="ask", outcome="ok"))
    file.write_text(good + line(event("error", level="error", error="KeyError")))
    found = run(app, ["ops", "logs", str(file), "--json"])
    assert found.exit_code == 1
    assert json.loads(found.output)["errors"] == [{"name": "error error=KeyError", "count": 1}]
    assert "Errors, by what they have in common" in run(app, ["ops", "logs", str(file)]).output
    assert run(app, ["ops", "logs"], input=good).exit_code == 0
    assert "no lines" in run(app, ["ops", "logs"], input="").output
    assert run(app, ["ops", "logs", str(file), "--since", "yesterday"]).exit_code == 2
    assert type(run(app, ["ops", "logs", str(tmp_path / "none")]).exception).__name__ == "UsageError"
