"""What no test can do: call another machine, or find a provider's key."""

import os
import urllib.error
import urllib.request

import pytest

from servers.loopback import is_here

pytest_plugins = ["pytester"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "a.localhost", "", None, b"::1"]
)
def test_this_machine_may_be_called(host: str | bytes | None) -> None:
    """By any of its names."""
    assert is_here(host)


@pytest.mark.parametrize("host", ["api.openai.com", "8.8.8.8", "10.0.0.1", "2001:db8::1", "localhost.com"])
def test_no_other_may(host: str) -> None:
    """Neither public nor private addresses."""
    assert not is_here(host)


def test_a_name_that_cannot_exist_is_unknown() -> None:
    """As it is without a guard, and without asking a name server."""
    with pytest.raises(urllib.error.URLError, match="Name or service not known"):
        urllib.request.urlopen("http://no-such-host.invalid", timeout=5)


def test_no_key_is_at_hand() -> None:
    """The environment names no provider."""
    telling = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "HTTPS_PROXY", "https_proxy")
    assert not [name for name in telling if name in os.environ]


CAUGHT = """
import contextlib, socket, urllib.request
import pytest

def test_name():
    with contextlib.suppress(BaseException):
        urllib.request.urlopen("http://api.example.com", timeout=1)

def test_address():
    with socket.socket() as one, contextlib.suppress(BaseException):
        one.connect(("203.0.113.7", 80))

def test_datagram():
    with socket.socket(type=socket.SOCK_DGRAM) as one, contextlib.suppress(BaseException):
        one.sendto(b"x", ("192.0.2.1", 53))

def test_key():
    import os
    assert "SOME_API_KEY" not in os.environ and "http_proxy" not in os.environ
"""


def test_a_call_that_was_caught_still_fails_its_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests above pass, and three of them are in error afterwards."""
    monkeypatch.setenv("SOME_API_KEY", "a-key")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    pytester.makepyfile(CAUGHT)
    result = pytester.runpytest_inprocess("-p", "servers.loopback", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=4, errors=3)
    for host in ("api.example.com", "203.0.113.7", "192.0.2.1"):
        result.stdout.fnmatch_lines([f"*this test called {host}*"])
