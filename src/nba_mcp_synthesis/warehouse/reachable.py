"""The state of a warehouse for those who watch over it: soon, and only where its engine answers."""

from nba_mcp_synthesis.deadlines import within
from nba_mcp_synthesis.errors import WarehouseDown
from nba_mcp_synthesis.warehouse.engine import State, Warehouse
from nba_mcp_synthesis.warehouse.over_lake import OverLake

_SECONDS = 3.0


def reachable(warehouse: Warehouse) -> State:
    """The newest state.

    Engines in this process, and PostgreSQL, are asked for it. Those over a lake are not: the lake, or its
    catalogue, tells it, so they are asked for a sign of life, now and then.

    Raises:
        NoWarehouse, WarehouseOutdated, WarehouseDown: see `engine.Warehouse.state`.
    """
    if not isinstance(warehouse, OverLake):
        return warehouse.state()
    try:
        state = within(_SECONDS, warehouse.state)
    except TimeoutError:
        raise WarehouseDown(
            f"The state of {warehouse.place} cannot be read within {_SECONDS:g} s.",
            "Does the lake answer? The next call tries again.",
        ) from None
    warehouse.probe()
    return state
