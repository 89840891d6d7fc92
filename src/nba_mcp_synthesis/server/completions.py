"""Values that a client offers while an argument of a prompt or of a resource template is typed."""

from collections.abc import Callable, Iterable
from functools import lru_cache

import mcp.types as mt
from anyio import to_thread
from fastmcp import FastMCP

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.words import fold
from nba_mcp_synthesis.errors import AmbiguousName, UnknownName
from nba_mcp_synthesis.schema.seasons import SEASON_TYPES
from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.server.reading import worded_for_protocol
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.telemetry.logs import request_context

MOST_VALUES = 100  # as the protocol has it
Reference = mt.PromptReference | mt.ResourceTemplateReference
# The kind of each argument, by prompt or template and name.
_KINDS = {
    "scouting_report": {"player": "player", "season": "season", "season_type": "season type"},
    "game_recap": {"game_id": "game", "team": "team", "date": "date"},
    "matchup_preview": {"team": "team", "opponent": "team", "season": "season", "season_type": "season type"},
    "nba://metric/{name}": {"name": "measure"},
    "nba://schema/{table}": {"table": "table"},
    "nba://game/{game_id}": {"game_id": "game"},
}


def register(server: FastMCP, services: Services) -> None:
    """Adds completion to the server; it wants the scope of reading."""
    values = Values(services)

    async def complete(
        ref: Reference, argument: mt.CompletionArgument, context: mt.CompletionContext | None
    ) -> mt.Completion:
        with request_context(), worded_for_protocol():
            async with services.admission.call("complete"):
                given = context.arguments or {} if context else {}
                return await to_thread.run_sync(values.completion, ref, argument, given)

    server.completion(complete)


class Values:
    """What can be given for the arguments of prompts and templates, from the data that are loaded now."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._of_snapshot = lru_cache(maxsize=8)(self._read)

    def completion(
        self, ref: Reference, argument: mt.CompletionArgument, given: dict[str, str]
    ) -> mt.Completion:
        """The first values that fit what is typed, and how many there are in all; none for what is not known.

        `given` are other arguments: the dates of games are those of the team that is among them.
        """
        name = ref.name if isinstance(ref, mt.PromptReference) else str(ref.uri)
        kind = _KINDS.get(name, {}).get(argument.name)
        try:
            fitting = _fitting(self._values(kind, given), argument.value) if kind else []
        except (UnknownName, AmbiguousName):  # another argument is still being typed
            fitting = []
        return mt.Completion(
            values=fitting[:MOST_VALUES], total=len(fitting), has_more=len(fitting) > MOST_VALUES
        )

    def _values(self, kind: str, given: dict[str, str]) -> tuple[str, ...]:
        fixed = _FIXED.get(kind)
        if fixed:
            return tuple(fixed())
        snapshot = self._services.warehouse.state().snapshot
        team = given.get("team", "") if kind == "date" else ""
        team_id = self._services.names().resolve(team, "team").id if team else 0
        return self._of_snapshot(snapshot, kind, team_id)

    def _read(self, _: str, kind: str, team_id: int) -> tuple[str, ...]:
        sql = _QUERIES[kind].format(of=f"WHERE team_id = {team_id}" if team_id else "")
        return tuple(str(row[0]) for row in self._services.warehouse.read(sql).rows)


_FIXED: dict[str, Callable[[], Iterable[str]]] = {
    "measure": measures,
    "season type": lambda: SEASON_TYPES,
    "table": lambda: [*tables(), *views()],
    "team": lambda: sorted(team.full_name for team in teams()),
}
# Those who play most, and the newest, come first.
_QUERIES = {
    "player": (
        "SELECT p.full_name, max(s.season) AS season, sum(s.minutes) AS minutes FROM players p "
        "LEFT JOIN player_season_stats s ON s.player_id = p.player_id AND s.team_id IS NULL "
        "WHERE p.full_name IS NOT NULL GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 3 DESC NULLS LAST, 1"
    ),
    "season": "SELECT DISTINCT season FROM games ORDER BY 1 DESC",
    "game": "SELECT game_id FROM games ORDER BY game_date DESC, game_id DESC",
    "date": "SELECT DISTINCT game_date FROM team_game_stats {of} ORDER BY 1 DESC",
}


def _fitting(values: Iterable[str], typed: str) -> list[str]:
    """Those that begin with what is typed, then those that have a word, or a part, that does."""
    wanted = fold(typed.strip())
    placed = [(_place(fold(value), wanted), value) for value in values]
    return [value for place in range(3) for at, value in placed if at == place]


def _place(value: str, wanted: str) -> int:
    if value.startswith(wanted):
        return 0
    if f" {wanted}" in value or f"_{wanted}" in value:
        return 1
    return 2 if wanted in value else 3
