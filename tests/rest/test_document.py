"""Requests by /openapi.json, right ones and wrong ones: whatever comes back is in the document."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import small_league
from running import NO_LIMITS, Running, running
from test_cli import nba_mcp

pytestmark = pytest.mark.system  # minutes
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
]
# So many requests of each kind to each operation: a minute in all.
EXAMPLES = 25


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a server that asks for keys, and a key for everything."""
    folder = tmp_path_factory.mktemp("keyed")
    named = {
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{small_league.build(folder / 'small.duckdb')}",
        "NBA_MCP_HOME": str(folder),
        "NBA_MCP_AUTH": "keys",
        **NO_LIMITS,
    }
    made = nba_mcp("keys", "create", "all", "--scope", "nba:admin", **named)
    with running(folder, **named) as server:
        yield server.url, made.stdout.strip()


@pytest.fixture(params=["open", "right key", "no key"])
def door(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    """The address of a server, and the headers of its caller."""
    if request.param == "open":
        server: Running = request.getfixturevalue("server")
        return server.url, {}
    url, key = request.getfixturevalue("keyed")
    return url, {"Authorization": f"Bearer {key}"} if request.param == "right key" else {}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_response_is_documented(door: tuple[str, dict[str, str]], mode: GenerationMode) -> None:
    """Status, headers and shape; no 5xx; a wrong request is turned away."""
    url, credentials = door
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    checks = [*CHECKS, negative_data_rejection] if mode.is_negative else CHECKS
    faults = []
    for found in schema.get_all_operations():
        operation: Any = found
        try:
            send(operation.ok(), mode, checks, credentials)
        except Exception as error:  # noqa: BLE001 - all of them are told together
            faults.append(f"{operation.ok().label}: {error}")
    assert not faults, "\n\n".join(faults)


def send(operation: Any, mode: GenerationMode, checks: list[Any], headers: dict[str, str]) -> None:
    """Sends requests of one kind to an operation."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        case.call_and_validate(checks=checks, headers=headers, timeout=30)

    with contextlib.suppress(Unsatisfiable) if mode.is_negative else contextlib.nullcontext():
        each()  # a path that takes nothing can be sent nothing wrong
