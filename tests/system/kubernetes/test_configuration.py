"""A server with exactly the environment of the rendered manifests, probed and called as in a cluster."""

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest

import small_league
from nba_mcp_synthesis.settings import PREFIX, Settings, load_settings
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
from pod_ground import LOADER, PASSWORDS, READER, STATE, TOKEN, WAREHOUSE, Ground, at_once
from rendered import APP, Manifests
from running import COMMAND, free_port

pytestmark = pytest.mark.system
# Read by libraries and not by us.
OTHERS = {"AWS_REGION", "PGSSLROOTCERT"}
HOST = f"{APP}.example.com"


def test_every_variable_is_a_setting(manifests: Manifests) -> None:
    """The server's, and the jobs' over them; a misspelt one would refuse to start."""
    server = manifests.configuration(f"{APP}-config")
    jobs = {**server, **manifests.configuration(f"{APP}-jobs-config")}
    for variables in (server, jobs):
        known = {PREFIX + name.upper() for name in Settings.model_fields} | OTHERS
        assert variables.keys() <= known
        settings = load_settings(variables)
        assert settings.auth == "keys"
        assert settings.public_url == f"https://{manifests.of_kind('Ingress')[0]['spec']['rules'][0]['host']}"
        assert not settings.allow_unauthenticated


def test_no_password_is_in_the_manifests(manifests: Manifests) -> None:
    """Addresses have a login without one, and there is no Secret."""
    assert manifests.of_kind("Secret") == []
    for one in manifests.of_kind("ConfigMap"):
        for value in one["data"].values():
            assert (
                "://" not in value or ":" not in value.partition("://")[2].partition("@")[0].partition("/")[0]
            )


@pytest.fixture(scope="module")
def migrated(ground: Ground) -> Ground:
    """After the init containers of three pods at once, and a load."""
    pod = ground.manifests.server()
    for container in pod["spec"]["initContainers"]:
        environments = [ground.environment(container, pod, f"pod{n}") for n in range(3)]
        told = at_once(container["args"], environments)
        assert [code for code, _ in told] == [0, 0, 0], told
        again = at_once(container["args"], environments[:1])
        assert again[0][0] == 0, again
    url = ground.postgres.url(WAREHOUSE, LOADER, PASSWORDS[LOADER]) + "?sslmode=disable"
    with workshop(lambda: url, ground.folder / "load") as path:
        small_league.build(path)
    return ground


@pytest.mark.requirement("SYS-EKS")
def test_three_pods_migrate_at_once(migrated: Ground) -> None:
    """Each step was done once: one version, and the tables of both databases."""
    with psycopg.connect(migrated.postgres.url(STATE)) as state:
        assert len(state.execute("SELECT version_num FROM alembic_version").fetchall()) == 1
    with psycopg.connect(migrated.postgres.url(WAREHOUSE)) as warehouse:
        games = warehouse.execute("SELECT count(*) FROM nba.games").fetchone()
    assert games == (3,)


@pytest.fixture(scope="module")
def server(migrated: Ground) -> Iterator[str]:
    """The address of a server that runs with the arguments and the environment of the manifests."""
    port = free_port()
    with (migrated.folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [COMMAND, *migrated.server_arguments(port)],
            env=migrated.server_environment("server"),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert process.poll() is None, (migrated.folder / "server.log").read_text()
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{url}/health/live")
                break
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)


def asked(server: str, path: str, host: str, **headers: str) -> httpx.Response:
    """A request that names a host."""
    return httpx.get(server + path, headers={"Host": host, **headers}, timeout=60)


@pytest.mark.requirement("MON-HEALTH-URLS")
@pytest.mark.requirement("DEP-VERIFY")
def test_the_probes_are_answered(server: str, production: Manifests) -> None:
    """By the kubelet and the balancer, which name the pod by its address."""
    container = production.server()["spec"]["containers"][0]
    paths = {container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    annotations = production.one("Ingress", f"{APP}-ingress")["metadata"]["annotations"]
    for path in (*paths, annotations["alb.ingress.kubernetes.io/healthcheck-path"]):
        for host in ("10.0.64.17:8000", "10.0.64.17", "[2001:db8::17]:8000"):
            found = asked(server, path, host)
            assert str(found.status_code) == annotations["alb.ingress.kubernetes.io/success-codes"], (
                found.text
            )
    told = asked(server, "/health", HOST).json()
    assert told["status"] == "ok", told
    assert told["context"] == "production"


@pytest.mark.requirement("DEP-VERIFY")
@pytest.mark.parametrize(
    "host", [HOST, "localhost:8080", f"{APP}-service", f"{APP}-service.{APP}.svc.cluster.local:80"]
)
def test_clients_are_let_in_by_name_and_asked_for_a_key(server: str, host: str) -> None:
    """Through the balancer, through a port-forward, and from inside the cluster."""
    assert asked(server, "/", host).status_code == 200
    assert asked(server, "/v1/tables", host).status_code == 401


def test_other_names_are_not_let_in(server: str) -> None:
    """A name that somebody's DNS points here."""
    assert asked(server, "/v1/tables", "attacker.example.net").status_code == 403


@pytest.mark.requirement("MON-HEALTH-URLS")
@pytest.mark.requirement("MON-SERVICEMONITOR")
def test_metrics_want_the_token_of_the_mounted_secret(server: str) -> None:
    """As Prometheus sends it, by the pod's address."""
    assert asked(server, "/metrics", "10.0.64.17:8000").status_code == 401
    assert asked(server, "/metrics", "10.0.64.17:8000", Authorization="Bearer wrong").status_code == 401
    found = asked(server, "/metrics", "10.0.64.17:8000", Authorization=f"Bearer {TOKEN}")
    assert found.status_code == 200
    assert "nba_mcp_db_up 1.0" in found.text


def test_a_key_opens_the_door(server: str, migrated: Ground) -> None:
    """Made by the command inside a pod; figures come from the warehouse, by a login that may only read."""
    made = subprocess.run(
        [COMMAND, "keys", "create", "analyst", "--scope", "nba:sql", "--json"],
        env=migrated.server_environment("exec"),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    key = json.loads(made.stdout)["key"]
    sql = "SELECT home_pts FROM games ORDER BY home_pts"
    found = httpx.post(
        f"{server}/v1/query",
        json={"sql": sql},
        headers={"Host": HOST, "Authorization": f"Bearer {key}"},
        timeout=60,
    )
    assert found.status_code == 200, found.text
    assert found.json()["rows"] == [[95], [110], [120]]
    login = migrated.postgres.url(WAREHOUSE, READER, PASSWORDS[READER])
    with psycopg.connect(login) as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("DELETE FROM nba.games")
