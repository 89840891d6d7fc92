"""Publishes and kills itself at a chosen write: `python dying.py WAREHOUSE PLACE NUMBER WHEN`."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.lake.publishing import publish
from nba_mcp_synthesis.warehouse import lake_parts

_LEFT = 0


def dying(work: Callable[..., Any], number: int, when: str) -> Callable[..., Any]:
    """The work, which is the last thing that happens when its number has come."""

    def call(*given: Any) -> Any:
        global _LEFT  # noqa: PLW0603 - counts over all kinds of writes
        _LEFT += 1
        if (number, when) == (_LEFT, "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        found = work(*given)
        if (number, when) == (_LEFT, "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    return call


def main(warehouse: str, place: str, number: str, when: str) -> None:
    """Publishes."""
    store: Any = open_store(place)
    for name in ("write", "swap", "delete"):
        setattr(store, name, dying(getattr(store, name), int(number), when))
    with closing(lake_parts.open_file(Path(warehouse))) as connection:
        publish(store, lake_parts.about(connection), lake_parts.parts_of(connection))


if __name__ == "__main__":
    main(*sys.argv[1:])
