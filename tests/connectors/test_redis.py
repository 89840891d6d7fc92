"""The door to Redis, on a real one."""

import time

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.redis import RedisConnector
from running import free_port
from servers.listeners import Reply, silent, web
from servers.redis import RedisServer


def reason(url: str) -> str | None:
    """Why the door of this address stays closed; the words have nothing of the address."""
    started = time.monotonic()
    outcome = RedisConnector(lambda: SecretStr(url)).check()
    assert time.monotonic() - started < 10
    assert url not in outcome.message
    return outcome.reason


def test_each_way_of_not_getting_in_is_told_apart(redis_server: RedisServer) -> None:
    """Right, wrong password, none, no such host, nothing there, silence, no TLS, no such user."""
    at = f"{redis_server.host}:{redis_server.port}/0"
    assert reason(redis_server.url) is None
    assert reason(f"redis://:not-the-password@{at}") == "login"
    assert reason(f"redis://{at}") == "login"
    assert reason(f"redis://nobody:not-the-password@{at}") == "login"
    assert reason("redis://:x@no-such-host.invalid:6379/0") == "name"
    assert reason(f"redis://:x@127.0.0.1:{free_port()}/0") == "network"
    with web(lambda _: Reply()) as server:
        assert reason(server.url.replace("http://", "rediss://:x@")) == "tls"
    assert reason("redis://:x@127.0.0.1:port/0") == "unknown"
    with silent() as port:
        assert reason(f"redis://:x@127.0.0.1:{port}/0") == "timeout"


def test_a_user_without_the_right_lacks_a_permission(redis_server: RedisServer) -> None:
    """It may log in, and not ping."""
    redis_server.set_user("narrow", ">its-password", "+hello", "-ping")
    at = f"{redis_server.host}:{redis_server.port}/0"
    assert reason(f"redis://narrow:its-password@{at}") == "permission"


def test_a_changed_password_is_used_at_the_next_connect(redis_server: RedisServer) -> None:
    """The same client, without being made anew."""
    user = "early"
    redis_server.set_user(user, ">before-it-changed", "~*", "+@all")
    password = ["before-it-changed"]
    at = f"{redis_server.host}:{redis_server.port}/0"
    client = RedisConnector(lambda: SecretStr(f"redis://{user}:{password[0]}@{at}")).client()
    assert client.ping()
    redis_server.set_user(user, "<before-it-changed", ">after-it-changed")
    password[0] = "after-it-changed"
    client.connection_pool.disconnect()
    assert client.ping()
    client.close()
