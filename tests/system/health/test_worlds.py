"""health_check_production.sh and daily_health_check.sh in worlds of which each is broken in one way."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from health_ground import APP, IMAGE, LAKE, Production, ready, settled, through, told, until
from running import free_port
from servers.certificates import certificate
from servers.cluster import Executed, Image
from servers.listeners import Heard, Reply, web

pytestmark = pytest.mark.system
SECTIONS = (
    "1. Application Status:",
    "2. Database Status:",
    "3. S3 Status:",
    "4. API Endpoints:",
    "5. Resource Usage:",
)


@pytest.fixture(autouse=True)
def _all_ready(production: Production) -> None:
    settled(production)


@contextlib.contextmanager
def pod_with(production: Production, **environment: str) -> Iterator[None]:
    """The pod has other variables."""
    before = dict(production.pod)
    production.pod.update(environment)
    yield
    production.pod.clear()
    production.pod.update(before)


@pytest.mark.requirement("DAY-SCRIPT")
@pytest.mark.requirement("PERF-VALIDATE")
def test_all_is_well(production: Production) -> None:
    """Every check passes by its number and threshold; the daily check has its five sections and a summary."""
    found = told(production)
    assert found.bad() == {}, found.daily
    assert found.code == 0
    assert len(found.report["checks"]) == 20
    for one in found.report["checks"]:
        assert one["number"] is not None, one
        assert one["threshold"] is not None, one
        assert one["message"].endswith("."), one
    places = {one["name"]: one["where"] for one in found.report["checks"]}
    assert (places["database"], places["pods"], places["certificates"]) == ("pod", "cluster", "here")
    figures = {
        name: found.check(name)["number"] for name in ("pods", "rollout", "hpa", "glue", "s3", "targets")
    }
    assert figures == {"pods": 5, "rollout": 3, "hpa": 3, "glue": 1, "s3": 2, "targets": 3}
    assert found.check("rules")["number"] == len(production.alerts) > 30
    assert found.check("certificates")["number"] == pytest.approx(60, abs=0.1)
    lines = found.daily.splitlines()
    assert lines[0] == "=== NBA MCP Synthesis Daily Health Check ==="
    assert lines[1].startswith("Date: ")
    assert [line for line in lines if line[:1].isdigit()] == list(SECTIONS)
    assert lines[-2].startswith(("Summary: PASS. 20 checks: 20 passed.", "Summary: WARN. 20 checks: "))
    assert lines[-1] == "=== Health Check Complete ==="
    assert all(any(line.strip() == f"{name}: Running, ready" for line in lines) for name in ready(production))


def test_pods_that_are_not_ready_are_counted_as_such(production: Production) -> None:
    """Those of which kubectl prints NotReady; the deployment and the endpoints say the same."""
    production.cluster.world.images["*nba-mcp-synthesis@*"] = Image("never ready")
    until(lambda: len(ready(production)) == 2)
    found = told(production)
    production.cluster.world.images.clear()
    assert found.code == 1
    pods = found.check("pods")
    assert (pods["result"], pods["number"], pods["threshold"]) == ("fail", 2, 5)
    assert pods["message"].count("is not ready: its readiness probe fails.") == 3
    assert found.result("rollout") == "fail"
    assert "nba-mcp-synthesis is not complete: 0 of 3 replicas" in found.check("rollout")["message"]
    assert found.check("endpoints")["message"] == f"None of the 3 addresses of {APP}-service takes requests."
    assert "Summary: FAIL." in found.daily


def test_a_crash_loop_is_named(production: Production) -> None:
    """With the container and its restarts; no pod runs in which the service's own doors could be tried."""
    production.cluster.world.images["*nba-mcp-synthesis@*"] = Image("crash loop")
    until(lambda: len(ready(production)) == 2)
    found = told(production)
    production.cluster.world.images.clear()
    assert found.code == 1
    assert "nba-mcp-synthesis is in CrashLoopBackOff after" in found.check("pods")["message"]


def test_the_database_is_down(production: Production) -> None:
    """It is said from the pod, with the reason; what is not wrong is not blamed."""
    port = free_port()
    address = production.pod["NBA_MCP_WAREHOUSE_URL"].replace(f":{production.postgres.port}/", f":{port}/")
    with pod_with(production, NBA_MCP_WAREHOUSE_URL=address):
        found = told(production)
    assert found.code == 3
    assert found.bad() == {"database": "away", "data": "away"}
    database = found.check("database")
    assert (database["where"], database["message"].split(":")[0]) == ("pod", "network")


def test_the_login_of_the_database_is_wrong(production: Production) -> None:
    """Somebody has to mend that, so that the exit code is another one."""
    with pod_with(production, RDS_PASSWORD="not-the-password-at-all"):
        found = told(production)
    assert found.code == 1
    assert found.check("database")["message"].startswith("login: ")
    assert found.result("database") == "fail"


def test_redis_is_away(production: Production) -> None:
    """And everything else is well."""
    with pod_with(production, NBA_MCP_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"):
        found = told(production)
    assert (found.code, found.bad()) == (3, {"redis": "away"})


def test_a_bucket_is_missing(production: Production) -> None:
    """By its name; the other one still counts."""
    client = production.aws.client("s3")
    client.delete_bucket(Bucket=LAKE)
    found = told(production)
    client.create_bucket(Bucket=LAKE)
    assert (found.code, found.bad()) == (1, {"s3": "fail"})
    assert found.check("s3")["message"] == f"not found: S3 bucket {LAKE}: it is not there (404)."
    assert (found.check("s3")["number"], found.check("s3")["threshold"]) == (1, 2)


def test_the_endpoint_answers_500(production: Production) -> None:
    """Pods are ready, and what they answer is not well: inside, and where people are."""
    with web(lambda _: Reply(500, "oops")) as sick:
        production.cluster.world.backends[APP] = sick.url
        production.public.answer = lambda heard: through(sick.url, heard)
        found = told(production)
    production.cluster.world.backends[APP] = production.server.url
    production.public.answer = lambda heard: through(production.server.url, heard)
    assert (found.code, found.bad()) == (1, {"endpoints": "fail", "ingress": "fail"})
    assert "3 of 3 addresses take requests, but: service" in found.check("endpoints")["message"]
    assert "/health answers 500" in found.check("ingress")["message"]


def test_metrics_are_empty(production: Production) -> None:
    """The page answers 200 and has nothing on it; those that lack are named."""

    def empty(heard: Heard) -> Reply:
        return Reply(200, "") if heard.path == "/metrics" else through(production.server.url, heard)

    with web(empty) as server, pod_with(production, NBA_MCP_SERVER_URL=server.url):
        found = told(production)
    assert (found.code, found.bad()) == (1, {"metrics": "fail"})
    assert found.check("metrics")["number"] == 0
    assert "nba_mcp_db_up" in found.check("metrics")["message"]


def test_a_secret_is_invalid(production: Production) -> None:
    """It is named, and its value is not shown."""
    before = production.secrets.file("SIGNING_KEY", "too-short")
    found = told(production)
    production.secrets.fill(
        **{f.stem: f.read_text("utf-8") for f in production.secrets.folder().iterdir() if f != before}
    )
    assert (found.code, found.bad()) == (1, {"secrets": "fail"})
    assert "SIGNING_KEY is malformed" in found.check("secrets")["message"]
    assert (found.check("secrets")["number"], found.check("secrets")["threshold"]) == (1, 0)
    assert "too-short" not in found.daily


def test_the_autoscaler_is_at_its_limit(production: Production) -> None:
    """Ten of ten, and the load wants more."""
    production.cluster.world.utilization = {"cpu": 150, "memory": 50}
    until(lambda: len(ready(production)) == 12)
    found = told(production)
    production.cluster.world.utilization = {"cpu": 40, "memory": 50}
    production.cluster.change("deployments", APP, lambda body: body["spec"].update(replicas=3))
    assert (found.code, found.bad()) == (1, {"hpa": "fail"})
    assert "at its limit: 10 of at most 10 replicas run (cpu 150 % of 70 %" in found.check("hpa")["message"]


@pytest.mark.parametrize(("days", "code", "result"), [(17, 0, "warn"), (5, 1, "fail"), (-2, 1, "fail")])
def test_a_certificate_nears_its_end(production: Production, days: int, code: int, result: str) -> None:
    """One that is renewed late is a warning; then it fails, and once it has ended no client connects."""
    made = certificate(production.folder, days)
    with web(lambda heard: through(production.server.url, heard), made.server) as server:
        found = told(production, NBA_MCP_PUBLIC_URL=server.url, SSL_CERT_FILE=str(made.file))
    assert (found.code, found.result("certificates")) == (code, result)
    assert found.check("certificates")["number"] == pytest.approx(days, abs=0.1)
    assert found.bad().keys() == {"certificates"} | ({"ingress"} if days < 0 else set())
    assert found.check("certificates")["threshold"] == (21 if result == "warn" else 14)


def test_the_data_are_stale(production: Production) -> None:
    """The newest load is five days old."""
    with production.stale(5):
        found = told(production)
    assert (found.code, found.bad()) == (1, {"data": "fail"})
    assert found.check("data")["number"] == pytest.approx(120, abs=1)
    assert found.check("data")["threshold"] == 36


def test_the_api_server_is_away(production: Production) -> None:
    """All that it would have told is away, and quickly; what is asked from here speaks."""
    production.cluster.stop()
    found = told(production)
    production.cluster.start()
    assert found.code == 3
    assert set(found.bad().values()) == {"away"}
    assert found.result("certificates") == "pass"
    assert found.result("ingress") == "pass"
    assert found.check("database")["message"].startswith(
        "No pod could be asked. kubectl: the API server is not there"
    )
    assert max(one["seconds"] for one in found.report["checks"]) < 30


def test_everything_is_away_at_once(production: Production, tmp_path: Path) -> None:
    """Every check says so for itself."""
    production.cluster.stop()
    found = told(production, NBA_MCP_PUBLIC_URL=f"https://127.0.0.1:{free_port()}")
    production.cluster.start()
    assert found.code == 3
    assert set(found.bad().values()) == {"away"}
    assert len(found.bad()) == 20
    assert all(one["message"] for one in found.report["checks"])
    assert f"20 failed ({', '.join(found.bad())})" in found.daily


def test_prometheus_is_blind(production: Production) -> None:
    """A server that is not scraped, an alert that is not loaded, and one that cannot be computed."""
    production.targets[0].update(health="down", lastError="connection refused")
    lost = production.alerts.pop()
    production.alerts[0].update(health="err")
    found = told(production)
    production.targets[0].update(health="up", lastError="")
    production.alerts.append(lost)
    production.alerts[0].update(health="ok")
    assert (found.code, found.bad()) == (1, {"targets": "fail", "rules": "fail"})
    assert found.check("targets")["message"] == "pod-1 is not reached: connection refused."
    assert f"has not loaded {lost['name']}" in found.check("rules")["message"]
    assert f"cannot compute {production.alerts[0]['name']}" in found.check("rules")["message"]


def test_rights_are_missing(production: Production) -> None:
    """Whoever may look but not enter gets what he may see, and is told the right that he lacks."""
    production.cluster.world.forbidden |= {("create", "pods/exec"), ("list", "prometheusrules")}
    found = told(production)
    production.cluster.world.forbidden.clear()
    assert found.code == 1
    assert 'cannot create resource "pods/exec"' in found.check("redis")["message"]
    assert found.result("rules") == "fail"
    assert found.result("pods") == "pass"


def test_a_pod_of_an_older_version_says_so(production: Production) -> None:
    """Its command has other checks, or none."""
    before = production.cluster.world.execute
    production.cluster.world.execute = lambda *_: Executed(
        2, b"", b"Usage: nba-mcp ops health: s3 is none of those"
    )
    found = told(production)
    production.cluster.world.execute = before
    assert found.code == 1
    assert "in the pod ended with 2 and said: Usage" in found.check("s3")["message"]
    assert found.result("pods") == "pass"


def test_an_image_that_differs_and_a_memory_that_is_full(production: Production) -> None:
    """A pod runs what the deployment does not name; another one is near its limit."""
    (name, *_) = [one for one in ready(production) if one.startswith(f"{APP}-")]

    def other(body: dict[str, object]) -> None:
        body["spec"]["containers"][0]["image"] = "somewhere/else:latest"  # type: ignore[index]

    production.cluster.change("pods", name, other)
    production.cluster.world.usage[name] = (10, 1_000)
    found = told(production)
    production.cluster.world.usage.clear()
    production.cluster.change("pods", name, lambda body: body["spec"]["containers"][0].update(image=IMAGE))
    assert (found.code, found.bad()) == (1, {"image": "fail", "resources": "fail"})
    assert "Pods run somewhere/else:latest" in found.check("image")["message"]
    assert found.check("resources")["number"] == pytest.approx(97.656, abs=0.01)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_interrupted_it_leaves_nothing_behind(production: Production, number: int, code: int) -> None:
    """While kubectl waits for a slow API server; no process of it lives on."""
    production.cluster.world.seconds = 5
    process = production.start("daily_health_check.sh")
    started = psutil.Process(process.pid)
    until(lambda: any("kubectl" in child.name() for child in started.children(recursive=True)))
    children = started.children(recursive=True)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    production.cluster.world.seconds = 0
    assert process.returncode == code, err
    assert "Traceback" not in out + err
    assert psutil.wait_procs(children, timeout=10)[1] == []


@pytest.mark.parametrize("script", ["health_check_production.sh", "daily_health_check.sh"])
def test_wrong_use(production: Production, script: str) -> None:
    """Exit code 2 and a sentence, before anything is asked."""
    for arguments in (["--only", "weather"], ["--no-such-option"]):
        process = production.start(script, *arguments)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 2
        assert arguments[-1] in err
    process = production.start(script, NBA_MCP_KUBE_CONTEXTS="x")
    _, err = process.communicate(timeout=60)
    assert (process.returncode, "NBA_MCP_KUBE_CONTEXT?" in err) == (2, True)
    process = production.start(script, "--json", "--only", "pods", NBA_MCP_KUBE_CONTEXT="elsewhere")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert 'context \\"elsewhere\\" does not exist' in out
