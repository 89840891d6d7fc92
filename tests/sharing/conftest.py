"""Links to Redis, stopped at the end."""

from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.connectors.redis import RedisConnector
from nba_mcp_synthesis.sharing.link import RedisLink
from nba_mcp_synthesis.telemetry.metrics import Metrics

Linked = Callable[[str], RedisLink]


@pytest.fixture
def linked() -> Iterator[Linked]:
    """Starts a link to an address, as one process has it."""
    started: list[RedisLink] = []

    def start(url: str) -> RedisLink:
        started.append(RedisLink(RedisConnector(lambda: SecretStr(url)).client, Metrics()))
        started[-1].start()
        return started[-1]

    yield start
    for link in started:
        link.stop()
