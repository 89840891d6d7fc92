"""The figures by which a pod goes: each of them long enough for what has to happen in it."""

import re

import pytest

from nba_mcp_synthesis.server.serve import _DRAIN_SECONDS
from nba_mcp_synthesis.settings import Settings, load_settings
from rendered import APP, Manifests

pytestmark = pytest.mark.system
# After the requests in flight: quiet connections, the answers still to be written, the log.
_LAST_SECONDS = 6.3


def settings(manifests: Manifests) -> Settings:
    """What the ConfigMap makes of the settings."""
    return load_settings(manifests.configuration(f"{APP}-config"))


def attributes(manifests: Manifests, name: str) -> dict[str, float]:
    """Attributes of the balancer or its target group, those that are numbers."""
    text = manifests.one("Ingress", f"{APP}-ingress")["metadata"]["annotations"][
        f"alb.ingress.kubernetes.io/{name}"
    ]
    pairs = (pair.split("=") for pair in text.split(","))
    return {key: float(value) for key, value in pairs if re.fullmatch(r"\d+", value)}


def ingress(manifests: Manifests, name: str) -> str:
    """One annotation."""
    found: str = manifests.one("Ingress", f"{APP}-ingress")["metadata"]["annotations"][
        f"alb.ingress.kubernetes.io/{name}"
    ]
    return found


@pytest.mark.requirement("DEP-ZERO-DOWNTIME")
def test_the_grace_covers_every_step(manifests: Manifests) -> None:
    """preStop, the drain, what is in flight, and what is written last; the kubelet kills at the end of it."""
    given = settings(manifests)
    pod = manifests.server()["spec"]
    pre_stop = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = given.drain_seconds if given.drain_seconds is not None else _DRAIN_SECONDS
    assert given.context == "production" or given.drain_seconds == _DRAIN_SECONDS
    steps = pre_stop + drain + given.shutdown_seconds + _LAST_SECONDS
    assert steps < pod["terminationGracePeriodSeconds"] <= steps + 15


def test_the_balancer_leaves_before_the_server_does(manifests: Manifests) -> None:
    """It notices within preStop and the drain, and gives requests in flight as long as the server does."""
    given = settings(manifests)
    pre_stop = manifests.server()["spec"]["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    interval, unhealthy = (
        int(ingress(manifests, f"{name}"))
        for name in ("healthcheck-interval-seconds", "unhealthy-threshold-count")
    )
    # Two probes by which a target whose deregistration got lost is found out, while the server still serves.
    assert interval * unhealthy <= pre_stop
    delay = attributes(manifests, "target-group-attributes")["deregistration_delay.timeout_seconds"]
    assert delay >= pre_stop + _DRAIN_SECONDS + given.shutdown_seconds


def test_the_balancer_closes_idle_connections_first(manifests: Manifests) -> None:
    """Otherwise a request would now and then meet a connection that the server has just closed."""
    idle = attributes(manifests, "load-balancer-attributes")["idle_timeout.timeout_seconds"]
    assert idle < settings(manifests).http_idle_seconds


@pytest.mark.requirement("DEP-ZERO-DOWNTIME")
def test_probes_have_paths_of_their_own(manifests: Manifests) -> None:
    """A dependency that is away makes no pod start over; one that starts gets two minutes."""
    container = manifests.server()["spec"]["containers"][0]
    paths = {
        name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")
    }
    assert paths == {"startup": "/health", "liveness": "/health/live", "readiness": "/health/ready"}
    assert {container[f"{name}Probe"]["httpGet"]["port"] for name in paths} == {"http"}
    assert ingress(manifests, "healthcheck-path") == "/health/ready"
    start = container["startupProbe"]
    assert start["periodSeconds"] * start["failureThreshold"] >= 120
    alive = container["livenessProbe"]
    assert alive["periodSeconds"] * alive["failureThreshold"] >= 60


def test_memory_is_enough_for_what_is_configured(manifests: Manifests) -> None:
    """The server, and one query of DuckDB's over the lake with the interpreter around it."""
    from nba_mcp_synthesis.warehouse.workers.confinement import OVERHEAD_MB  # noqa: PLC0415 - of this test only

    limit = manifests.server()["spec"]["containers"][0]["resources"]["limits"]["memory"]
    assert limit == "2Gi"
    assert 1_024 + settings(manifests).query_memory_mb + OVERHEAD_MB <= 2_048
