"""The MCP tools: each a few lines into the room that does the work.

The docstring of a tool is its description in `tools/list`: it is written for a model, and every word of
it is paid for in each conversation.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Protocol

from fastmcp import Context, FastMCP
from fastmcp.tools import ToolResult
from mcp.types import InputRequiredResult, TextContent
from pydantic import Field
from pydantic_core import from_json

from nba_mcp_synthesis.basketball import box_score as boxes
from nba_mcp_synthesis.basketball import finding
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import NoSuchAnswer, UsageError
from nba_mcp_synthesis.facts import Tell, tell_nobody
from nba_mcp_synthesis.server import lake_tools, policy, stat_tools, statements
from nba_mcp_synthesis.server import results as out
from nba_mcp_synthesis.server.access.key_rows import KeyStore
from nba_mcp_synthesis.server.admission import Admission
from nba_mcp_synthesis.server.calls import READ_ONLY, worded, worded_async
from nba_mcp_synthesis.server.choosing import Chooser
from nba_mcp_synthesis.server.companions import Companion
from nba_mcp_synthesis.server.lake_tools import Lake
from nba_mcp_synthesis.server.limiting.turns import Turn, unlimited
from nba_mcp_synthesis.server.observing import Note, noted_nowhere
from nba_mcp_synthesis.server.policy import MOST_PAGE_ROWS, PAGE_ROWS
from nba_mcp_synthesis.server.progress import told
from nba_mcp_synthesis.sharing.link import RedisLink
from nba_mcp_synthesis.telemetry.metrics import Metrics
from nba_mcp_synthesis.warehouse import status
from nba_mcp_synthesis.warehouse.catalog import FindKind, TableList, WarehouseTables
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries


class Ask(Protocol):
    """Answers a question, and says meanwhile how far that has come."""

    def __call__(
        self, question: str, previous: str | None = None, tell: Tell = tell_nobody
    ) -> Awaitable[dict[str, Any]]:
        """An answer in its JSON shape."""
        ...


class Recorded(Protocol):
    """The answers that were given, as their askers may see them; `caller` leaves out those of others."""

    def soon(self, answer_id: str, caller: str | None = None) -> dict[str, Any]:
        """One with everything but what was said to models; NoSuchAnswer where none is recorded."""
        ...

    def newest(
        self, limit: int, cursor: str | None = None, caller: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """(the newest, in brief, the cursor of the next page); UsageError for a cursor that is none."""
        ...


class NoRecords:
    """For servers that keep no answers."""

    def soon(self, answer_id: str, caller: str | None = None) -> dict[str, Any]:  # noqa: ARG002 - as the protocol
        """There is none."""
        raise NoSuchAnswer(f"No answer {answer_id!r} is recorded.")

    def newest(
        self,
        limit: int,  # noqa: ARG002 - as the protocol
        cursor: str | None = None,  # noqa: ARG002
        caller: str | None = None,  # noqa: ARG002
    ) -> tuple[list[dict[str, Any]], str | None]:
        """There are none."""
        return [], None


@dataclass(frozen=True)
class Services:
    """What the tools need, handed in by whoever puts the parts together."""

    warehouse: Warehouse
    queries: UntrustedQueries
    names: Callable[[], Names]
    ask: Ask
    stats: Stats
    recorded: Recorded = field(default_factory=NoRecords)
    companions: Sequence[Companion] = ()
    metrics: Metrics = field(default_factory=Metrics)
    redis: RedisLink | None = None
    # Names the settings that results depend on beside the data.
    configuration: str = ""
    api_keys: Callable[[], KeyStore] | None = None
    turn: Turn = unlimited
    note: Note = noted_nowhere
    limits: Sequence[dict[str, Any]] = ()
    lake: Lake | None = None
    catalogue: TableList | None = None

    @cached_property
    def tables(self) -> TableList:
        """All tables that can be found; those of the warehouse where no catalogue is handed in."""
        return self.catalogue or WarehouseTables(self.warehouse)

    @cached_property
    def admission(self) -> Admission:
        """The gate before all work."""
        return Admission(self.metrics, self.turn, self.note)


def register(server: FastMCP, services: Services) -> None:
    """Adds all tools to the server."""
    tools = Tools(services)
    stat_tools.register(server, services.stats, services.names)
    lake_tools.register(server, services.lake)
    server.tool(worded_async(tools.ask), annotations=READ_ONLY)
    for tool in (tools.find, tools.describe, tools.box_score, tools.data_status):
        server.tool(worded(tool), annotations=READ_ONLY)
    server.tool(
        worded(tools.query_sql),
        description=f"{tools.query_sql.__doc__} {policy.in_words(services.warehouse)}",
        annotations=READ_ONLY,
        output_schema=out.QueryResult.model_json_schema(),
    )


class Tools:
    """All tools over one set of services."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._warehouse = services.warehouse

    async def ask(
        self,
        question: Annotated[str, Field(description="In plain English; names may be misspelt")],
        previous: Annotated[str | None, Field(description="The question before, to follow up on")] = None,
        *,
        context: Context,
    ) -> out.AskResult | InputRequiredResult:
        """Answers a question about NBA players, teams and games from the loaded data.

        Gives the sentence, a table and the SQL behind every number. Refuses or asks back rather than guess.
        Start here.
        """
        async with told(context) as tell:

            async def ask(text: str) -> dict[str, Any]:
                return await self._services.ask(text, previous, tell)

            answer = await Chooser(self._services.names, context, ask).answer(question)
        return answer if isinstance(answer, InputRequiredResult) else out.AskResult.model_validate(answer)

    def find(
        self,
        name: Annotated[str, Field(description='Such as "sga", "jokic", "sixers"')],
        kind: Annotated[FindKind | None, Field(description="Only these")] = None,
        limit: Annotated[int, Field(ge=1, le=25)] = 5,
    ) -> out.FindResult:
        """Finds players and teams by name, nickname, abbreviation or misspelling, with their ids; and tables.

        When `ambiguous`, ask the user which one is meant.
        """
        found = finding.find(self._services.names(), self._services.tables, name, kind, limit)
        return out.find_result(found)

    def describe(
        self, table: Annotated[str | None, Field(description="Leave out for the list of tables")] = None
    ) -> out.DescribeResult:
        """Lists the tables with rows and `where` they are, or the columns of one with their meaning.

        Read the table you need before writing SQL; query_sql reaches those of the warehouse only.
        """
        tables = self._services.tables
        found = tables.every() if table is None else tables.one(table)
        return out.describe_result(found, self._warehouse.state(), columns=table is not None)

    def query_sql(
        self,
        sql: Annotated[str, Field(description="One SELECT")],
        limit: Annotated[int, Field(ge=1, le=MOST_PAGE_ROWS, description="Rows a page")] = PAGE_ROWS,
        cursor: Annotated[str | None, Field(description="next_cursor of the page before")] = None,
    ) -> ToolResult:
        """Runs one read-only SELECT and returns compact rows.

        Filter on season ('2025-26') and season_type ('Regular Season', 'Playoffs').
        """
        text = self.query_text(sql, limit, cursor)
        return ToolResult([TextContent(type="text", text=text.decode())], from_json(text))

    def query_text(self, sql: str, limit: int, cursor: str | None) -> bytes:
        """What query_sql gives, as JSON text."""
        return out.query_result(statements.run(self._services.queries, sql, limit, cursor))

    def box_score(
        self,
        game_id: Annotated[str | None, Field(description="Ten digits; or give team and date")] = None,
        team: Annotated[str | None, Field(description="Name or abbreviation")] = None,
        date: Annotated[dt.date | None, Field(description="US Eastern date, YYYY-MM-DD")] = None,
    ) -> out.BoxScoreResult:
        """The box score of one game: both teams and every player.

        Give game_id, or a team and the date.
        """
        if game_id is not None and (team is not None or date is not None):
            raise UsageError("Which game?", "Give either game_id, or team together with date.")
        if game_id is None:
            if team is None or date is None:
                raise UsageError("Which game?", "Give game_id, or team together with date.")
            team_id = self._services.names().resolve(team, "team").id
            game_id = boxes.game_id_of(self._warehouse, team_id, date)
        return out.box_score_result(boxes.box_score(self._warehouse, game_id))

    def data_status(self) -> out.StatusResult:
        """What is loaded: seasons, season types and tables, how fresh, and which checks do not hold.

        Read it before saying that something did not happen.
        """
        return out.status_result(status.data_status(self._warehouse))
