"""No test reaches a real provider: nothing but this machine can be called, and no key is at hand.

Other processes, and libraries that do not use Python's sockets, are not held back.
"""

import contextlib
import ipaddress
import os
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

# Whatever tells a client whom to call, as whom, or through whom.
_TELLING = re.compile(
    r"(OPENAI|ANTHROPIC|GOOGLE|GEMINI|DEEPSEEK|OLLAMA|AZURE_OPENAI)_.*|.*_(API_KEY|BASE_URL|PROXY)|PYDANTIC_AI_.*",
    re.IGNORECASE,
)
_REACHING = ("connect", "connect_ex", "sendto")


class ReachedOut(AssertionError):
    """A test called a machine that is not this one."""


@pytest.fixture(autouse=True)
def stays_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuses every address but loopback; the test fails even if the refusal is caught on its way."""
    for name in [name for name in os.environ if _TELLING.fullmatch(name)]:
        monkeypatch.delenv(name)
    tried: list[str] = []
    for name in _REACHING:
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), tried))
    monkeypatch.setattr(socket, "getaddrinfo", _resolving(socket.getaddrinfo, tried))
    yield
    assert not tried, f"this test called {', '.join(tried)}"


def is_here(host: str | bytes | None) -> bool:
    """Whether a host is this machine, by address or by the one name that always means it."""
    name = (host.decode() if isinstance(host, bytes) else host or "127.0.0.1").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(name.partition("%")[0])
        return address.is_loopback or address.is_unspecified
    return False


def _guarded(real: Callable[..., Any], tried: list[str]) -> Callable[..., Any]:
    def reach(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(arguments[-1][0]):
            _refuse(arguments[-1][0], tried)
        return real(self, *arguments)

    return reach


def _resolving(real: Callable[..., Any], tried: list[str]) -> Callable[..., Any]:
    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        if not is_here(host):
            _refuse(host, tried)
        return real(host, *arguments, **options)

    return resolve


def _refuse(host: Any, tried: list[str]) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host)
    # Names that can never exist (RFC 6761) are what tests of unknown hosts ask for.
    if name.lower().endswith((".invalid", ".test")):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    tried.append(name)
    raise ReachedOut(f"a test may call this machine only, not {name}")
