"""What a test may set about the world around the API: images, loads, permissions, peers, faults."""

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Fate = Literal["ready", "missing", "never ready", "crash loop"]


@dataclass
class Image:
    """What becomes of a container of an image: it is ready after `seconds`, or has another fate."""

    fate: Fate = "ready"
    seconds: float = 0.1


@dataclass(frozen=True)
class Call:
    """One request: what was asked, of which resource."""

    verb: str  # get, list, watch, create, update, patch, delete
    resource: str  # deployments, pods/log
    namespace: str
    name: str
    path: str
    dry: bool
    body: Any = None


@dataclass(frozen=True)
class Asked:
    """What a rule of a role allows or not; the namespace is empty at the cluster scope."""

    verb: str
    group: str
    resource: str  # deployments, pods/log
    namespace: str
    name: str


@dataclass
class Executed:
    """What a command in a container gave."""

    code: int = 0
    stdout: bytes = b""
    stderr: bytes = b""


def not_in_path(pod: str, container: str, command: list[str], stdin: bytes) -> Executed:
    """Every command is missing, unless a test says what it does."""
    told = f'exec failed: unable to start container process: exec: "{command[0]}": executable file not found'
    return Executed(127, b"", told.encode())


@dataclass
class World:
    """Everything that the API answers by, besides its objects."""

    images: dict[str, Image] = field(default_factory=dict)  # by pattern; the first that fits counts
    usage: dict[str, tuple[int, int]] = field(default_factory=dict)  # pod pattern: (millicores, MiB)
    node_usage: tuple[int, int] = (350, 2_048)
    has_metrics: bool = True
    utilization: dict[str, int] = field(default_factory=dict)  # HPA's view: {"cpu": 40}
    logs: dict[str, list[str]] = field(default_factory=dict)  # pod pattern: lines
    backends: dict[str, str] = field(default_factory=dict)  # app label or service: URL that answers for it
    execute: Callable[[str, str, list[str], bytes], Executed] = not_in_path
    forbidden: set[tuple[str, str]] = field(default_factory=set)  # (verb, resource), * for any
    allows: Callable[[Asked], bool] = lambda _: (
        True
    )  # by the roles of who calls; reviews of access hear it too
    failing: set[tuple[str, str]] = field(default_factory=set)  # answered with 500
    seconds: float = 0.0  # how long every answer takes
    is_away: bool = False  # stopped: what is asked now gets no answer, and is not done
    calls: list[Call] = field(default_factory=list)  # all that was asked
    triggers: list[tuple[Callable[[Call], bool], Callable[[], None]]] = field(default_factory=list)

    def image(self, reference: str) -> Image:
        """How an image behaves."""
        for pattern, image in self.images.items():
            if fnmatch.fnmatchcase(reference, pattern):
                return image
        return Image()

    def is_forbidden(self, asked: Asked) -> bool:
        """Whether the caller may not do that."""
        return _holds(self.forbidden, asked.verb, asked.resource) or not self.allows(asked)

    def is_failing(self, verb: str, resource: str) -> bool:
        """Whether that ends in a 500."""
        return _holds(self.failing, verb, resource)

    def once(self, when: Callable[[Call], bool], then: Callable[[], None]) -> None:
        """Does something once, before the first call is answered that fits."""
        self.triggers.append((when, then))

    def heard(self, call: Call) -> None:
        """Notes a call and pulls the triggers that it fits."""
        self.calls.append(call)
        for trigger in [t for t in self.triggers if t[0](call)]:
            self.triggers.remove(trigger)
            trigger[1]()

    def usage_of(self, pod: str) -> tuple[int, int]:
        """(millicores, MiB) of a pod."""
        return next((u for p, u in self.usage.items() if fnmatch.fnmatchcase(pod, p)), (25, 180))

    def lines_of(self, pod: str) -> list[str]:
        """Lines of a pod's log."""
        default = [f'{{"event": "served", "pod": "{pod}"}}']
        return next((lines for p, lines in self.logs.items() if fnmatch.fnmatchcase(pod, p)), default)


def _holds(rules: set[tuple[str, str]], verb: str, resource: str) -> bool:
    return any((v in ("*", verb)) and (r in ("*", resource)) for v, r in rules)
