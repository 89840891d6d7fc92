"""The tools over the published tables of the lake."""

from typing import Annotated, Any, Protocol

from fastmcp import FastMCP
from pydantic import Field

from nba_mcp_synthesis.server import results as out
from nba_mcp_synthesis.server.calls import READ_ONLY, worded
from nba_mcp_synthesis.server.policy import MOST_PAGE_ROWS, PAGE_ROWS

Words = list[str]
_ENTRIES = 100


class Lake(Protocol):
    """The published tables."""

    def browse(self, path: str, after: str, limit: int) -> dict[str, Any]:
        """A page of what lies under a path."""
        ...

    def read(
        self, table: str, columns: Words, where: Words, limit: int, cursor: str | None
    ) -> dict[str, Any]:
        """A page of a table's rows."""
        ...


def register(server: FastMCP, lake: Lake | None) -> None:
    """Adds the tools to the server, where there is a lake."""
    if lake is None:
        return
    tools = LakeTools(lake)
    for tool in (tools.lake_browse, tools.lake_read):
        server.tool(worded(tool), annotations=READ_ONLY)


class LakeTools:
    """The tools over one lake."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def lake_browse(
        self,
        path: Annotated[str, Field(description="Such as tables/games; left out: all tables")] = "",
        after: Annotated[str, Field(description="`next` of the page before")] = "",
    ) -> out.LakeListing:
        """Lists the published Parquet tables of the data lake, level by level, with rows and bytes."""
        return out.LakeListing.model_validate(self._lake.browse(path, after, _ENTRIES))

    def lake_read(
        self,
        table: Annotated[str, Field(description="A published table")],
        columns: Annotated[Words, Field(description="All if left out")] = [],
        where: Annotated[Words, Field(description="Such as season=2025-26, pts>=40")] = [],
        limit: Annotated[int, Field(ge=1, le=MOST_PAGE_ROWS, description="Rows a page")] = PAGE_ROWS,
        cursor: Annotated[str | None, Field(description="next_cursor of the page before")] = None,
    ) -> out.LakeRows:
        """Reads rows of a published table in place. For figures prefer query_stats."""
        return out.LakeRows.model_validate(self._lake.read(table, columns, where, limit, cursor))
