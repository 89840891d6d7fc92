"""What a name may mean: players and teams, and tables."""

from dataclasses import dataclass

from nba_mcp_synthesis.basketball.matches import Match, likely
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.warehouse.catalog import FindKind, TableList, TableMatch, matches


@dataclass(frozen=True, slots=True)
class Found:
    """Best first; `is_tied` where several players or teams fit equally well."""

    tables: tuple[TableMatch, ...]
    people: tuple[Match, ...]
    is_tied: bool


def find(names: Names, tables: TableList, text: str, kind: FindKind | None, limit: int) -> Found:
    """At most `limit` matches. A table of that very name comes first; others where nobody is called so."""
    people = names.find(text, kind, limit) if kind != "table" else []
    wanted = kind in (None, "table")
    found = matches(tables, text, exact=bool(people))[:limit] if wanted else ()
    is_tied = bool(people) and not found and likely(people) is None
    return Found(found, tuple(people[: limit - len(found)]), is_tied)
