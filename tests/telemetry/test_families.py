"""Every event is of one family, in one JSON line, whoever logs it."""

import io
import json
import logging
from typing import Any

import pytest

from nba_mcp_synthesis.telemetry.families import FAMILIES
from nba_mcp_synthesis.telemetry.logs import configure_logs, get_logger


@pytest.fixture
def stream() -> Any:
    """Where the lines go; the root logger is as before afterwards."""
    root = logging.getLogger()
    before = root.handlers, root.level
    made = io.StringIO()
    configure_logs(made, context="test")
    yield made
    root.handlers, root.level = before[0], before[1]


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_the_family_is_named_or_follows_from_the_event(stream: io.StringIO) -> None:
    """What failed is an error, whatever it is called, unless it says what else it is."""
    log = get_logger()
    log.info("tool_call")
    log.info("started")
    log.error("secrets", failed="look")
    log.error("request", family="request", status=503)
    log.warning("access", family="auth", outcome="not_authenticated")
    families = [line["family"] for line in lines(stream)]
    assert families == ["api", "service", "error", "request", "auth"]
    assert set(families) <= set(FAMILIES)


def test_events_of_other_libraries_are_lines_of_a_family_too(stream: io.StringIO) -> None:
    """Also a traceback, which stays within its line."""
    logging.getLogger("some.library").warning("odd: %s", 7)
    try:
        int("of a library")
    except ValueError:
        logging.getLogger("some.library").exception("failed")
    told = lines(stream)
    assert [(line["family"], line["level"]) for line in told] == [("service", "warning"), ("error", "error")]
    assert "ValueError: invalid literal" in told[1]["exception"]
