"""Who may read /metrics: the pod's neighbours, and through a proxy whoever has the token."""

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from nba_mcp_synthesis.server.routes.exposition import add_metrics
from nba_mcp_synthesis.server.secret_watch import Secrets, SecretWatch
from nba_mcp_synthesis.telemetry.metrics import Metrics

TOKEN = "a-token-of-metrics"
PROXIES = [
    {"X-Forwarded-For": "10.0.0.1"},
    {"Forwarded": "for=1.2.3.4"},
    {"Via": "1.1 x"},
    {"X-Real-IP": "1.2.3.4"},
]


class Unlooked:
    """Stands where the look at the data is: this is about the door alone."""

    def look(self) -> None:
        """Looks at nothing."""


def client(token: str | None) -> TestClient:
    """A client of the route alone."""
    app = FastAPI()
    tokens = (SecretStr(token),) if token else ()
    watch = SecretWatch(Secrets(tuple, lambda: tokens), Metrics(), 60)
    add_metrics(app, Unlooked(), watch)  # type: ignore[arg-type]
    return TestClient(app)


@pytest.mark.requirement("MON-HEALTH-URLS")
@pytest.mark.parametrize("proxy", [{}, *PROXIES], ids=lambda headers: next(iter(headers), "direct"))
def test_with_a_token_everybody_has_to_send_it(proxy: dict[str, str]) -> None:
    """By whichever way he comes; the scheme's case does not matter, all else does."""
    reads = client(TOKEN)
    for given, status in (
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": f"bearer {TOKEN}"}, 200),
    ):
        assert reads.get("/metrics", headers=proxy | given).status_code == status


@pytest.mark.requirement("MON-HEALTH-URLS")
@pytest.mark.parametrize("proxy", PROXIES, ids=lambda headers: next(iter(headers)))
@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_nothing_comes_out_through_a_proxy(proxy: dict[str, str], token: str | None) -> None:
    """An ingress alone opens nothing, and no credential helps; inside it is open."""
    reads = client(token)
    assert reads.get("/metrics").status_code == 200
    refused = reads.get("/metrics", headers=proxy | {"Authorization": "Bearer "})
    assert refused.status_code == 401
    assert "METRICS_TOKEN" in refused.json()["detail"]
