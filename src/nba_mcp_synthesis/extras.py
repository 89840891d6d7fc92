"""Libraries that are installed only where they are wanted."""

import contextlib
from collections.abc import Iterator

from nba_mcp_synthesis.errors import NotInstalled


@contextlib.contextmanager
def extra(name: str) -> Iterator[None]:
    """Imports inside the block belong to the extra `name`; raises NotInstalled where one is absent."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise NotInstalled(str(error.name), name) from error
