"""The door to a cluster: kubectl, and nothing else, so that whatever works on a terminal works here."""

import contextlib
import json
import re
import select
import subprocess
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault
from nba_mcp_synthesis.connectors.outcome import UNREACHABLE, Reason

Object = dict[str, Any]
_MOST = 400  # characters of kubectl's own words
_ENDED = re.compile(r"command terminated with exit code (\d+)")


@dataclass(frozen=True, slots=True)
class Executed:
    """How a command in a container ended, and what it printed."""

    code: int
    stdout: str
    stderr: str


class KubectlFailed(DoorClosed):
    """kubectl did not do what it was asked; `fault` has the reason."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        if self.is_away:
            self.exit_code = 3

    @property
    def is_away(self) -> bool:
        """Whether the cluster, or kubectl itself, is not there: nothing is known of what was asked."""
        return self.fault.kind in UNREACHABLE or self.fault.kind in ("login", "not installed")


class KubectlConnector(Connector):
    """One namespace of one cluster. Context and namespace stand on every command line."""

    name = "kubernetes"
    what = "The Kubernetes API"
    seconds = 10.0

    def __init__(self, namespace: str, context: str | None = None) -> None:
        self.namespace = namespace
        self._context = context
        self._under_way: set[subprocess.Popen[str]] = set()
        self._is_closed = False

    @property
    def context(self) -> str:
        """The context that is used; the current one is looked up once, and then kept."""
        if self._context is None:
            self._context = self._run(["config", "current-context"], None, self.seconds).strip()
        return self._context

    @property
    def known_context(self) -> str | None:
        """The context, where it is known without asking."""
        return self._context

    def close(self) -> None:
        """Ends what is still under way, in whichever thread; nothing is begun any more."""
        self._is_closed = True
        for process in list(self._under_way):
            process.terminate()

    def run(self, *arguments: str, stdin: str | None = None, seconds: float | None = None) -> str:
        """What kubectl prints; raises KubectlFailed. `seconds` bounds a request, and about so the command."""
        limit = seconds or self.seconds
        return self._run([*self._where(), f"--request-timeout={limit:g}s", *arguments], stdin, limit)

    def json(self, *arguments: str, stdin: str | None = None, seconds: float | None = None) -> Any:
        """What kubectl prints as JSON; None where it prints nothing."""
        printed = self.run(*arguments, "-o", "json", stdin=stdin, seconds=seconds)
        return json.loads(printed) if printed.strip() else None

    def find(self, kind: str, name: str) -> Object | None:
        """An object, None where there is none."""
        found: Object | None = self.json("get", kind, name, "--ignore-not-found")
        return found

    def items(self, kind: str, selector: str = "") -> list[Object]:
        """The objects of a kind that fit a selector of labels."""
        chosen = [f"--selector={selector}"] if selector else []
        return list(self.json("get", kind, *chosen)["items"])

    def execute(self, target: str, container: str, command: Sequence[str], *, seconds: float) -> Executed:
        """Runs a command in a container of a pod, or of one that a deployment has; whatever its exit code.

        Raises KubectlFailed where it could not be run.
        """
        arguments = [*self._where(), "exec", target, f"--container={container}", "--", *command]
        code, out, err = self._finished(arguments, None, seconds)
        if code and not (ended := _ENDED.search(err)):
            raise KubectlFailed(_fault(err.strip() or out.strip()))
        return Executed(int(ended[1]) if code and ended else 0, out, err)

    @contextlib.contextmanager
    def forwarded(self, service: str, port: int) -> Iterator[str]:
        """The address of a port on this machine that leads into a pod of a service, while the block runs."""
        command = ["kubectl", *self._where(), "port-forward", f"service/{service}", f":{port}"]
        process = self._begin(command)
        try:
            yield f"http://127.0.0.1:{self._port_of(process)}"
        finally:
            process.terminate()
            process.wait()
            self._under_way.discard(process)
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()

    def probe(self) -> None:
        """Asks for the server's version, which needs no rights."""
        self.run("get", "--raw", "/version", seconds=self.seconds / 2)

    def _port_of(self, process: "subprocess.Popen[str]") -> str:
        """The port of a forward; where it does not begin, whether the API is away is asked the API."""
        if (port := _forwarded_port(process, self.seconds)) is None:
            self.probe()
            told = "port-forward did not begin in time, though the API server answers: does a pod run?"
            raise KubectlFailed(Fault("unknown", f"kubectl: {told}"))
        return port

    def _where(self) -> list[str]:
        return [f"--context={self.context}", f"--namespace={self.namespace}"]

    def _begin(self, command: list[str]) -> "subprocess.Popen[str]":
        if self._is_closed:
            raise KubectlFailed(Fault("unknown", "kubectl: this program is ending."))
        process = _started(command)
        self._under_way.add(process)
        return process

    def _run(self, arguments: list[str], stdin: str | None, limit: float) -> str:
        code, out, err = self._finished(arguments, stdin, limit)
        if code:
            raise KubectlFailed(_fault(err.strip() or out.strip()))
        return out

    def _finished(self, arguments: list[str], stdin: str | None, limit: float) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of a command of kubectl."""
        # A session of its own: what interrupts this program does not cut kubectl off within a change.
        process = self._begin(["kubectl", *arguments])
        try:
            out, err = process.communicate(stdin, timeout=2 * limit + 5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise KubectlFailed(Fault("timeout", f"kubectl {arguments[0]} did not end in time.")) from None
        finally:
            self._under_way.discard(process)
        return process.returncode, out, err


def _started(command: list[str]) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", start_new_session=True
        )
    except OSError as error:
        raise KubectlFailed(Fault("not installed", f"kubectl cannot be run: {error.strerror}.")) from None


def _forwarded_port(process: "subprocess.Popen[str]", seconds: float) -> str | None:
    """The port that kubectl says it listens on; None where it says none in time."""
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    assert process.stderr is not None  # noqa: S101
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([process.stdout], [], [], left)[0]:
            break
        line = process.stdout.readline()
        if found := re.search(r"127\.0\.0\.1:(\d+) ->", line):
            return found[1]
        if not line:
            raise KubectlFailed(_fault(process.stderr.read().strip()))
    return None


def _fault(said: str) -> Fault:
    """What kubectl's words mean; its own are kept where they name the object."""
    words = " ".join(line for line in said.splitlines() if not line.startswith("Warning:"))[:_MOST]
    has_answered = words.startswith("Error from server")
    for one in _says():
        if not (has_answered and one.get("of_the_way")) and re.search(one["pattern"], said):
            told = f"{one['words']}." if "words" in one else words
            return Fault(cast("Reason", one["reason"]), f"kubectl: {told}")
    return Fault("unknown", f"kubectl: {words or 'it ended without a word'}")


@cache
def _says() -> list[dict[str, Any]]:
    told = Path(__file__).with_name("kubectl_words.toml").read_text("utf-8")
    return list(tomllib.loads(told)["says"])
