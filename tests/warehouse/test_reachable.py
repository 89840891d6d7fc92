"""Looks at an engine over a lake that hangs: each ends, and leaves nothing behind for ever."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from nba_mcp_synthesis.engine_addresses import AthenaAddress, SparkAddress
from nba_mcp_synthesis.errors import LakeDown, WarehouseDown
from nba_mcp_synthesis.warehouse import over_lake, reachable
from nba_mcp_synthesis.warehouse.athena_engine import AthenaWarehouse
from nba_mcp_synthesis.warehouse.over_lake import OverLake
from nba_mcp_synthesis.warehouse.spark_engine import SparkWarehouse


@pytest.fixture(params=["spark", "athena"])
def hanging(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OverLake]:
    """A warehouse whose state somebody has been looking for, without an answer."""
    monkeypatch.setattr(over_lake, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(reachable, "_SECONDS", 0.01)
    made: OverLake = (
        SparkWarehouse(SparkAddress("127.0.0.1", 1, "", "", tls=False), str(tmp_path))
        if request.param == "spark"
        else AthenaWarehouse(AthenaAddress("nba", "primary", None), "nba")
    )
    with closing(made), made._looking:
        yield made


def test_who_wants_the_state_does_not_wait_for_ever(hanging: OverLake) -> None:
    """A query or a look ends with an error that says what hangs."""
    with pytest.raises(LakeDown, match="has not been told"):
        hanging.state()


def test_looks_that_were_given_up_end(hanging: OverLake) -> None:
    """Else a lake that hangs for a day would cost a thread for each look of that day."""
    before = set(threading.enumerate())
    for _ in range(5):
        with pytest.raises(WarehouseDown, match="cannot be read within"):
            reachable.reachable(hanging)
    while set(threading.enumerate()) - before:
        time.sleep(0.01)
