"""What a name in FROM is: one that WITH defined there, or one of the catalogue's."""

from sqlglot import exp

from nba_mcp_synthesis.warehouse.guard.lists import fold


def is_defined(table: exp.Table) -> bool:
    """Whether a WITH that the table is in the scope of has defined its name.

    A name is in scope for later parts of its own WITH and for the query behind it, never before, and never
    in another branch: there it would be the catalogue's.
    """
    if table.db:
        return False
    name = fold(table.name)
    part: exp.Expr = table
    while part.parent is not None:
        whole = part.parent
        if isinstance(whole, exp.With):
            known = whole.expressions[: part.index]
            part = whole.parent or whole  # the query behind this WITH is not around it
        else:
            known = _with(whole)
            part = whole
        if any(fold(cte.alias) == name for cte in known):
            return True
    return False


def _with(query: exp.Expr) -> list[exp.Expr]:
    found = query.args.get("with_")
    return found.expressions if found is not None else []
