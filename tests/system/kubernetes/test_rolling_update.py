"""Servers are replaced, and one is killed, under load: by the times that the rendered manifests prescribe.

This plays the kubelet and the balancer: probes, thresholds, preStop, the grace period, and a balancer that
hears of a pod's end as late as preStop allows for.
"""

import asyncio
import contextlib
import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import httpx
import psycopg
import pytest

import small_league
from balancer import Balancer
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
from pod_ground import LOADER, PASSWORDS, STATE, WAREHOUSE, Ground, run
from rendered import APP, Manifests
from running import COMMAND, NO_LIMITS, free_port
from server.test_restarts import Load

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
# Some two seconds in the database, so that one is always on its way.
SLOW = "SELECT count(*) AS n FROM " + ", ".join(f"games g{n}" for n in range(14))


@dataclass(frozen=True)
class Times:
    """What the manifests say, in seconds and counts."""

    pre_stop: float
    grace: float
    readiness: tuple[float, int]
    liveness: tuple[float, int]
    balancing: tuple[float, int, int]

    @classmethod
    def of(cls, manifests: Manifests) -> "Times":
        """Read from the deployment and the ingress."""
        spec = manifests.server()["spec"]
        container = spec["containers"][0]
        notes = manifests.one("Ingress", f"{APP}-ingress")["metadata"]["annotations"]

        def probe(name: str) -> tuple[float, int]:
            return container[f"{name}Probe"]["periodSeconds"], container[f"{name}Probe"]["failureThreshold"]

        def note(name: str) -> int:
            return int(notes[f"alb.ingress.kubernetes.io/{name}"])

        return cls(
            container["lifecycle"]["preStop"]["sleep"]["seconds"],
            spec["terminationGracePeriodSeconds"],
            probe("readiness"),
            probe("liveness"),
            (
                note("healthcheck-interval-seconds"),
                note("healthy-threshold-count"),
                note("unhealthy-threshold-count"),
            ),
        )


@dataclass
class Pod:
    """A server as the kubelet runs it."""

    ground: Ground
    name: str
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes]" = field(init=False)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it has logged."""
        return (self.ground.folder / f"{self.name}.log").read_text()

    def start(self) -> None:
        """Starts its container, once more where it had ended."""
        environment = {**self.ground.server_environment(self.name), **NO_LIMITS}
        with (self.ground.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [COMMAND, *self.ground.server_arguments(self.port)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def ready(self) -> None:
        """Until the readiness probe succeeds."""
        path = self.ground.manifests.server()["spec"]["containers"][0]["readinessProbe"]["httpGet"]["path"]
        deadline = time.monotonic() + 60
        async with httpx.AsyncClient() as client:
            while time.monotonic() < deadline:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(self.url + path)).status_code == 200:
                        return
                assert self.process.poll() is None, self.log
                await asyncio.sleep(0.1)
        raise AssertionError(self.log)

    async def delete(self, times: Times, unregister: Callable[[], None]) -> float:
        """Ends it as a cluster does; gives the seconds it took from SIGTERM."""
        late = asyncio.get_running_loop().call_later(times.pre_stop - 1, unregister)
        await asyncio.sleep(times.pre_stop)
        assert late.when() < asyncio.get_running_loop().time()
        asked = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(self.process.wait, times.grace - times.pre_stop)
        assert code == 0, self.log
        return time.monotonic() - asked


@dataclass
class Streams:
    """Callers of streams and of slow queries; how each ended."""

    url: str
    headers: dict[str, str]
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    good: dict[str, int] = field(default_factory=lambda: {"stream": 0, "slow": 0})
    failures: list[str] = field(default_factory=list)

    async def stream(self) -> None:
        """Questions whose answers come as events; the last event is the answer."""
        asked = {"question": "who had the most points"}
        await self._again("stream", "/v1/ask", asked, {"Accept": "text/event-stream"}, "event: answer")

    async def slow(self) -> None:
        """Queries that take longer than any step of the server's end but the last."""
        await self._again("slow", "/v1/query", {"sql": SLOW}, {}, f"[[{3**14}]]")

    async def _again(
        self, name: str, path: str, body: dict[str, str], headers: dict[str, str], expected: str
    ) -> None:
        async with httpx.AsyncClient(base_url=self.url, headers=self.headers | headers, timeout=60) as client:
            while not self.ended.is_set():
                try:
                    found = await client.post(path, json=body)
                except httpx.TransportError as error:
                    self.failures.append(f"{name}: {error!r}")
                    continue
                if found.status_code == 200 and expected in found.text:
                    self.good[name] += 1
                else:
                    self.failures.append(f"{name}: {found.status_code} {found.text[:300]}")
                await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def filled(ground: Ground) -> Ground:
    """Databases with their tables and a small league."""
    pod = ground.manifests.server()
    for container in pod["spec"]["initContainers"]:
        run(container["args"], ground.environment(container, pod, "migrating"))
    url = ground.postgres.url(WAREHOUSE, LOADER, PASSWORDS[LOADER]) + "?sslmode=disable"
    with workshop(lambda: url, ground.folder / "load") as path:
        small_league.build(path)
    return ground


@pytest.fixture(scope="module")
def key(filled: Ground) -> dict[str, str]:
    """The header with a key that may do what the load does."""
    scopes = [word for scope in ("nba:read", "nba:ask", "nba:sql") for word in ("--scope", scope)]
    made = subprocess.run(
        [COMMAND, "keys", "create", "load", *scopes, "--json"],
        env=filled.server_environment("exec"),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {"Authorization": f"Bearer {json.loads(made.stdout)['key']}"}


@pytest.fixture
def pods(filled: Ground) -> Iterator[list[Pod]]:
    """All that were started; what is left is ended."""
    found: list[Pod] = []
    yield found
    for pod in found:
        pod.process.kill()
        pod.process.wait(timeout=60)


def started(ground: Ground, pods: list[Pod], name: str) -> Pod:
    """One more."""
    pod = Pod(ground, name)
    pod.start()
    pods.append(pod)
    return pod


async def both_ready(ground: Ground, pods: list[Pod]) -> None:
    """Two servers to begin with."""
    for name in ("first", "second"):
        await started(ground, pods, name).ready()


async def until(holds: Callable[[], bool]) -> None:
    """Looks ten times a second."""
    while not holds():  # noqa: ASYNC110 - what is waited for is another process's
        await asyncio.sleep(0.1)


def has_served(balancer: Balancer, url: str, count: int) -> bool:
    """Whether a target has answered so often."""
    return balancer.served[url] >= count


def balancer_of(times: Times, pods: list[Pod], manifests: Manifests) -> Balancer:
    """Probing as the ingress says."""
    path = manifests.one("Ingress", f"{APP}-ingress")["metadata"]["annotations"]
    interval, healthy, unhealthy = times.balancing
    return Balancer(
        [pod.url for pod in pods],
        path["alb.ingress.kubernetes.io/healthcheck-path"],
        interval,
        healthy,
        unhealthy,
    )


@pytest.mark.requirement("DEP-ZERO-DOWNTIME")
@pytest.mark.requirement("SCL-MANUAL")
def test_a_rolling_update_under_load_fails_no_request(
    filled: Ground, key: dict[str, str], pods: list[Pod]
) -> None:
    """Both servers are replaced: one more starts, the balancer finds it healthy, an old one goes."""
    times = Times.of(filled.manifests)

    async def main() -> tuple[Load, Streams, list[float], Balancer]:
        await both_ready(filled, pods)
        balancer, took = balancer_of(times, pods, filled.manifests), []
        async with balancer.running() as url:
            load, streams = Load(url, key), Streams(url, key)
            async with asyncio.TaskGroup() as callers:
                for one in (*(load.call(n) for n in range(4)), streams.slow(), streams.stream()):
                    callers.create_task(one)
                for n, old in enumerate(list(pods)):
                    new = started(filled, pods, f"new{n}")
                    await new.ready()
                    balancer.register(new.url)
                    await until(partial(balancer.is_healthy, new.url))  # the readiness gate
                    took.append(await old.delete(times, partial(balancer.deregister, old.url)))
                load.ended.set()
                streams.ended.set()
        return load, streams, took, balancer

    load, streams, took, balancer = asyncio.run(main())
    assert load.failures == []
    assert streams.failures == []
    assert load.fates["query_sql ok"] > 100
    assert load.fates["answer read"] > 10
    assert streams.good["stream"] > 50
    assert streams.good["slow"] > 5
    assert max(took) < times.grace - times.pre_stop
    assert all(balancer.served[pod.url] > 20 for pod in pods)
    assert not re.search("Traceback", "".join(pod.log for pod in pods))
    with psycopg.connect(filled.postgres.url(STATE)) as state:
        (kept,) = state.execute("SELECT count(*) FROM answers").fetchone() or (0,)
    assert kept > 0


@dataclass
class Persistent:
    """Callers that send a request whose connection broke again, with the same idempotency key."""

    url: str
    headers: dict[str, str]
    name: int
    ended: asyncio.Event
    broken: int = 0
    good: int = 0

    async def call(self) -> None:
        """Questions with a key each."""
        async with httpx.AsyncClient(base_url=self.url, headers=self.headers, timeout=60) as client:
            while not self.ended.is_set():
                key = {"Idempotency-Key": f"{self.name}-{self.good}"}
                asked = {"question": "who had the most points"}
                found = await client.post("/v1/ask", json=asked, headers=key)
                self.broken += found.status_code == 502  # what a balancer says of a connection that broke
                deadline = time.monotonic() + 90
                while found.status_code in (502, 409) and time.monotonic() < deadline:
                    # 409: the dead server had begun; its claim on the key ends within a minute
                    await asyncio.sleep(1)
                    found = await client.post("/v1/ask", json=asked, headers=key)
                assert found.status_code == 200, found.text
                self.good += 1
                await asyncio.sleep(0.01)


@pytest.mark.requirement("DEP-ZERO-DOWNTIME")
@pytest.mark.requirement("BK-RESTORE-APP")
def test_what_a_killed_server_breaks_succeeds_when_sent_again(
    filled: Ground, key: dict[str, str], pods: list[Pod], record_property: Callable[[str, object], None]
) -> None:
    """SIGKILL, and the kubelet starts it again: what breaks on its way succeeds when sent again.

    The other one serves meanwhile. The seconds until the killed one is ready, and served by the
    balancer again, are in the report of the tests (--junit-xml).
    """
    times = Times.of(filled.manifests)

    async def main() -> tuple[list[Persistent], int]:
        await both_ready(filled, pods)
        balancer, ended = balancer_of(times, pods, filled.manifests), asyncio.Event()
        async with balancer.running() as url:
            callers = [Persistent(url, key, n, ended) for n in range(6)]
            async with asyncio.TaskGroup() as tasks:
                for caller in callers:
                    tasks.create_task(caller.call())
                await asyncio.sleep(2)
                (killed, other) = pods
                fell = time.monotonic()
                killed.process.kill()
                await asyncio.to_thread(killed.process.wait, 60)
                served, before = balancer.served[killed.url], balancer.served[other.url]
                killed.start()
                await killed.ready()
                record_property("seconds_until_ready", round(time.monotonic() - fell, 2))
                meanwhile = balancer.served[other.url] - before
                await until(partial(has_served, balancer, killed.url, served + 5))  # it has come back
                record_property("seconds_until_served", round(time.monotonic() - fell, 2))
                ended.set()
        return callers, meanwhile

    callers, meanwhile = asyncio.run(main())
    assert meanwhile > 0
    assert all(caller.good for caller in callers)
    assert sum(caller.good for caller in callers) > 20
    assert sum(caller.broken for caller in callers) <= len(callers)
    with psycopg.connect(filled.postgres.url(STATE)) as state:
        twice = state.execute("SELECT id FROM answers GROUP BY id HAVING count(*) > 1").fetchall()
    assert twice == []
