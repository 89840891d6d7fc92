"""Any arguments, right or slightly wrong: a tool answers in the form that it promises, or says why not."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastmcp import Client
from fastmcp.client.client import CallToolResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, PromptReference

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.server.companions import accompanied
from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.settings import load_settings
from server.conftest import structured, words
from server.test_mcp import TOOLS

Arguments = dict[str, Any]
# Names that are near others, SQL, ids, seasons, signs of formats, odd letters.
ODD = (
    "", " ", "sample", "Ada Test", "lakers", "LAL", "BOS", "0022500001", "\uff10" * 10, "all",
    "2025-26", "2025-27", "2019-20..2023-24", "9999-00", "0000-01..9999-00", "2025-26,", "Regular Season",
    "Playoffs", "pts", "-pts", "--pts", "ts_pct", "pts_per_game", "player", "team", "game", "date", "season",
    "month", "opponent", "zone", "period", "clutch", "team=LAL", "opponent=BOS|LAL", "pts>=40", "pts>=1e400",
    "pts>=nan", "gp>=-1", "month=2025-13", "date>=2025-02-30", "location=home", "result=", "=",
    "x=y", "a|b|c", "{}", "[]", "%s", "\\", "'", '"', ";", "--", "/*", "games", "standings", "SELECT 1",
    "SELECT * FROM games", "SELECT NULL, [1], {'a': 1}, 'x'::BLOB", "SELECT * FROM shots LIMIT 0",
    "SELECT 1e400, 'nan'::DOUBLE, '-inf'::DOUBLE", "SELECT 170141183460469231731687303715884105727",
    "SELECT DATE '2025-01-01', INTERVAL 1 DAY, TIME '01:02:03'", "VALUES (1), (NULL)",
    "how many points did sample score", "who led the league in points", "and Ada Test", "\0", "\ud800",
    "\U0010ffff", "\u202e", "\u00e9" * 300, "a " * 3_000, "9" * 400, "(" * 500,
)  # fmt: skip
TEXTS = st.sampled_from(ODD) | st.text(max_size=30) | st.lists(st.sampled_from(ODD), max_size=3).map(" ".join)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def valid(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of one JSON schema, as far as ours go; KeyError for a kind that is not tried yet."""
    if "anyOf" in schema:
        return st.one_of([valid(one) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return KINDS[schema["type"]](schema)


KINDS: dict[str, Callable[[dict[str, Any]], st.SearchStrategy[Any]]] = {
    "string": lambda schema: st.dates().map(str) if schema.get("format") == "date" else TEXTS,
    "integer": lambda schema: st.integers(schema.get("minimum"), schema.get("maximum")),
    "array": lambda schema: st.lists(valid(schema["items"]), max_size=4),
    "boolean": lambda _: st.booleans(),
    "null": lambda _: st.none(),
}


@st.composite
def arguments(draw: st.DrawFn, schema: dict[str, Any]) -> Arguments:
    """Arguments of a tool; in one case of three with something wrong: a value, or a name too many or few."""
    properties = schema["properties"]
    required = {name: valid(properties[name]) for name in schema.get("required", ())}
    optional = {name: valid(one) for name, one in properties.items() if name not in required}
    found: Arguments = draw(st.fixed_dictionaries(required, optional=optional))
    if draw(st.integers(0, 2)) == 0:
        name = draw(st.sampled_from([*properties, "nix"]))
        if name in found and draw(st.booleans()):
            del found[name]
        else:
            found[name] = draw(ANYTHING)
    return found


class Caller:
    """A client of a server in this process, for tests that are not asynchronous."""

    def __init__(self, portal: BlockingPortal, client: Client[Any], services: Services) -> None:
        self._portal, self._client, self._services = portal, client, services
        self.tools = {tool.name: tool for tool in portal.call(client.list_tools)}

    def call(self, tool: str, given: Arguments) -> CallToolResult:
        """The result of one call, an error or not."""

        async def work() -> CallToolResult:
            return await self._client.call_tool(tool, given, raise_on_error=False)

        return self._portal.call(work)

    def refusal(self, read: Callable[[Client[Any], str], Awaitable[Any]], text: str) -> MCPError | None:
        """The error of the protocol that reading something gives, if it gives one."""
        try:
            self._portal.call(read, self._client, text)
        except MCPError as error:
            return error
        return None

    def promised(self, tool: str) -> dict[str, Any]:
        """The output schema of a tool, which has to have one."""
        schema = self.tools[tool].output_schema
        assert schema is not None
        return schema

    def unforeseen(self, tool: str) -> float:
        """Calls that ended in an error that nobody foresaw."""
        registry = self._services.metrics.registry
        labels = {"tool": tool, "outcome": "internal_error"}
        return registry.get_sample_value("nba_mcp_tool_calls_total", labels) or 0.0


@pytest.fixture(scope="module")
def caller(small_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A client of the whole product."""
    home = tmp_path_factory.mktemp("home")
    app = App(load_settings({"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{small_path}", "NBA_MCP_HOME": str(home)}))
    services = app.services("http")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(accompanied(services.companions)),
    ):
        client = Client(portal.call(build_mcp, services))
        with portal.wrap_async_context_manager(client):
            yield Caller(portal, client, services)
    app.queries.close()
    app.warehouse.close()


@pytest.mark.parametrize("tool", sorted(TOOLS))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_arguments_are_answered_in_form_or_refused_in_words(
    caller: Caller, tool: str, data: st.DataObject
) -> None:
    """Never an error that nobody foresaw, whose words say nothing."""
    described = caller.tools[tool]
    check(caller, tool, data.draw(arguments(described.input_schema)))


def check(caller: Caller, tool: str, given: Arguments) -> None:
    """Makes one call, and checks its result."""
    result = caller.call(tool, given)
    assert caller.unforeseen(tool) == 0, given
    if result.is_error:
        text = words(result.content[0])
        assert len(text) > 20, given
        assert "Traceback" not in text
        assert "Error calling tool" not in text, (given, text)
    else:
        jsonschema.validate(structured(result), caller.promised(tool))


READINGS: dict[str, Callable[[Client[Any], str], Awaitable[Any]]] = {
    "prompt": lambda client, odd: client.get_prompt("scouting_report", {"player": odd}),
    "game": lambda client, odd: client.get_prompt("game_recap", {"team": odd, "date": odd}),
    "resource": lambda client, odd: client.read_resource(f"nba://schema/{quote(odd, errors='replace')}"),
    "address": lambda client, odd: client.read_resource(f"nba://{quote(odd, errors='replace')}"),
    "completion": lambda client, odd: client.complete(
        PromptReference(name="game_recap"), {"name": "date", "value": odd}, context_arguments={"team": odd}
    ),
}


@pytest.mark.parametrize("reading", READINGS)
def test_prompts_resources_and_completions_take_any_text(caller: Caller, reading: str) -> None:
    """Or say by the protocol's error for wrong parameters what they cannot take."""
    refused = [error for odd in ODD if (error := caller.refusal(READINGS[reading], odd))]
    assert {error.error.code for error in refused} <= {INVALID_PARAMS}, refused
    assert all(len(error.error.message) > 15 for error in refused)
    assert len(refused) < len(ODD) or reading in ("game", "address")


CALLS: list[tuple[str, Arguments]] = [
    ("ask", {"question": "who led the league in points"}),
    ("ask", {"question": "how many points did sample score"}),
    ("ask", {"question": "what is the meaning of life"}),
    ("find", {"name": "sample"}),
    ("find", {"name": "zzyzx"}),
    ("describe", {}),
    ("describe", {"table": "player_game_stats"}),
    ("query_sql", {"sql": "SELECT NULL AS n, [1, NULL] AS list, {'a': 1} AS struct, DATE '2025-01-01' AS d"}),
    ("query_sql", {"sql": "SELECT range FROM range(10)", "limit": 3}),
    ("query_sql", {"sql": "SELECT 'nan'::DOUBLE, 9223372036854775807, 0.1::DECIMAL(4, 2)"}),
    ("query_sql", {"sql": "SELECT * FROM games WHERE false"}),
    ("query_stats", {"measures": ["pts", "ts_pct"], "by": ["player"]}),
    ("query_stats", {"measures": ["pts"], "by": ["player"], "limit": 1}),
    ("compare", {"names": ["ada test", "cid sample"]}),
    ("box_score", {"game_id": "0022500001"}),
    ("data_status", {}),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "given"), CALLS)
def test_real_results_are_of_the_form_that_is_promised(caller: Caller, tool: str, given: Arguments) -> None:
    """Each tool has an output schema, and its results keep to it; the text says the same."""
    schema = caller.promised(tool)
    assert schema["type"] == "object"
    assert set(schema["required"]) >= {"simulated"} or tool == "find"
    result = caller.call(tool, given)
    assert not result.is_error, words(result.content[0])
    jsonschema.validate(structured(result), schema)


def test_every_tool_is_among_them() -> None:
    """A new tool is to be tried as well."""
    assert {tool for tool, _ in CALLS} == TOOLS
