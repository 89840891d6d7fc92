"""The rendered manifests, for every overlay in turn, and production as a deployment changes it."""

from collections.abc import Iterator
from typing import Any

import pytest

from pod_ground import Ground
from rendered import OVERLAYS, Manifests, deployed, rendered
from servers.postgres import running_postgres
from servers.redis import RedisServer


@pytest.fixture(params=[*OVERLAYS, "deployed"])
def manifests(request: Any) -> Manifests:
    """What one overlay applies; `deployed`: what `nba-mcp ops deploy` makes of production's."""
    return deployed("production") if request.param == "deployed" else rendered(request.param)


@pytest.fixture
def production() -> Manifests:
    """What production applies."""
    return rendered("production")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> Iterator[Ground]:
    """Databases for the pods of production, made as the documentation says, and empty."""
    with running_postgres() as postgres:
        found = Ground(rendered("production"), postgres, redis_server, tmp_path_factory.mktemp("pods"))
        found.make_databases()
        yield found
