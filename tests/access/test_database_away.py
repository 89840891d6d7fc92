"""A server whose database of keys is killed, or falls silent: a real PostgreSQL, and real calls."""

import time
from pathlib import Path

import httpx
import pytest

from access.conftest import added, bearer
from nba_mcp_synthesis.state.api_keys import ApiKeys
from running import running
from servers.killable import KillablePostgres
from state.conftest import on_postgres

pytestmark = pytest.mark.system


def test_keys_that_were_let_in_go_on_while_postgres_is_killed(
    home: Path, tmp_path: Path, killable_postgres: KillablePostgres
) -> None:
    """Others hear that it is not their key's fault; when it is back, a revoked key is refused."""
    url = killable_postgres.server.url()
    database = on_postgres(url)
    database.migrate()
    keys = ApiKeys(lambda: database)
    known, other = added(keys, "ana", "nba:read"), added(keys, "bob", "nba:read")
    with running(tmp_path, NBA_MCP_HOME=str(home), NBA_MCP_AUTH="keys", NBA_MCP_STATE_URL=url) as server:

        def status(key: str) -> int:
            return httpx.get(f"{server.url}/v1/policy", headers=bearer(key), timeout=60).status_code

        assert status(known.text) == 200
        killable_postgres.kill()
        time.sleep(1)  # for so long what was read is good
        for _ in range(5):
            assert status(known.text) == 200
        waiting = httpx.get(f"{server.url}/v1/policy", headers=bearer(other.text), timeout=60)
        assert waiting.status_code == 503
        assert waiting.json()["code"] == "unavailable"
        assert status(known.text.replace("_", "-")) == 401
        killable_postgres.start()
        keys.revoke(known.row.id)
        while status(other.text) != 200:
            assert server.process.poll() is None
        assert status(known.text) == 401
    database.close()
