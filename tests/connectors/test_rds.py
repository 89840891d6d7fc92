"""The door to PostgreSQL, on a real one: each way of not getting in is told apart, none is an exception."""

import socket
import threading
import time

import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.connectors.postgres_connection import PostgresRefused
from nba_mcp_synthesis.connectors.rds import RDSConnector, RDSLogin
from nba_mcp_synthesis.errors import SecretMissing
from running import free_port
from servers.listeners import silent
from servers.postgres import PostgresServer

PASSWORD = "a-password-that-is-known"


def login(server: PostgresServer, **other: str) -> RDSLogin:
    """The administrator's login, with other parts where given."""
    parts = {
        "host": server.host,
        "port": str(server.port),
        "database": "postgres",
        "user": server.user,
        "password": server.password,
        **other,
    }
    return RDSLogin(**{name: SecretStr(value) for name, value in parts.items()})


def check(server: PostgresServer, **other: str) -> str | None:
    """Why the door stays closed: at most ten seconds, and words without any part of the login."""
    given = login(server, **other)
    started = time.monotonic()
    outcome = RDSConnector(lambda: given).check()
    assert time.monotonic() - started < 10
    for value in (given.user, given.password, given.host):
        assert value.get_secret_value() not in outcome.message
    return outcome.reason


@pytest.mark.requirement("INC-DATABASE")
def test_the_right_login_opens_the_door(postgres_server: PostgresServer) -> None:
    """A row was asked for and came."""
    assert check(postgres_server) is None
    assert RDSConnector(lambda: login(postgres_server)).test_connection() is True


def test_a_wrong_password_is_false_and_logged(
    postgres_server: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """One event, with the reason."""
    given = login(postgres_server, password="not-the-password-at-all")
    assert RDSConnector(lambda: given).test_connection() is False
    assert "reason=login" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"password": "not-the-password-at-all"}, "login"),
        ({"user": "nobody_of_that_name"}, "login"),
        ({"database": "no_such_database"}, "not found"),
        ({"host": "no-such-host.invalid"}, "name"),
    ],
)
@pytest.mark.requirement("INC-DATABASE")
def test_a_wrong_part_is_named(postgres_server: PostgresServer, other: dict[str, str], reason: str) -> None:
    """Login, database, host name."""
    assert check(postgres_server, **other) == reason


@pytest.mark.requirement("INC-DATABASE")
def test_a_role_that_may_not_connect_lacks_a_permission(postgres_server: PostgresServer) -> None:
    """The password was right; the database is closed to the role."""
    database = postgres_server.create_database()
    postgres_server.create_role("outsider", PASSWORD)
    with postgres_server.connect() as admin:
        admin.execute(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    assert check(postgres_server, user="outsider", password=PASSWORD, database=database) == "permission"


@pytest.mark.requirement("INC-DATABASE")
def test_nothing_listening_silence_and_strangers_are_told_apart(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A closed port, a listener without a word, and a server without TLS."""
    assert check(postgres_server, port=str(free_port())) == "network"
    with silent() as port:
        assert check(postgres_server, port=str(port)) == "timeout"
    monkeypatch.setenv("PGSSLMODE", "require")
    assert check(postgres_server) == "tls"


def test_a_server_that_drips_bytes_is_left_at_the_deadline(postgres_server: PostgresServer) -> None:
    """Its time-outs never fire, since something always arrives; the check ends all the same."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        def drip() -> None:
            taken, _ = listener.accept()
            with taken:
                taken.sendall(b"N")  # no TLS
                while not stop.wait(0.2):
                    taken.sendall(b"R"[:1])

        threading.Thread(target=drip, daemon=True).start()
        given = login(postgres_server, port=str(listener.getsockname()[1]))
        door = RDSConnector(lambda: given)
        door.seconds = 2.0
        started = time.monotonic()
        assert door.check().reason in ("timeout", "network")
        assert time.monotonic() - started < 5
        stop.set()


def test_whatever_fetching_the_login_raises_is_a_reason(postgres_server: PostgresServer) -> None:
    """A secret that lacks is told with where it was looked for; a bug, by the name of its error alone."""

    def lacking() -> RDSLogin:
        raise SecretMissing("RDS_PASSWORD", ["environment"], "Set it.")

    def broken() -> RDSLogin:
        raise RuntimeError(PASSWORD)

    missing = RDSConnector(lacking).check()
    assert missing.reason == "missing secret"
    assert "1. environment" in missing.message
    unknown = RDSConnector(broken).check()
    assert unknown.reason == "unknown"
    assert PASSWORD not in unknown.message


def test_making_a_connector_connects_to_nothing() -> None:
    """And fetches nothing: that is for the first use."""

    def unasked() -> RDSLogin:
        raise AssertionError("fetched too early")

    RDSConnector(unasked)


def test_words_of_a_refused_connection_have_nothing_of_the_login(
    postgres_server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the error, nor in what the pool logs, nor in the error's chain."""
    given = login(postgres_server, user="somebody_secret", password="not-the-password-at-all")
    with pytest.raises(PostgresRefused) as caught:
        RDSConnector(lambda: given).connect()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    with RDSConnector(lambda: given).pool(min_size=1, reconnect_timeout=1) as pool, pytest.raises(Exception):  # noqa: B017, PT011 - the pool's own error
        pool.wait(timeout=2)
    told = str(caught.value) + caplog.text
    assert "refused the role" in told
    assert "somebody_secret" not in told
    assert str(postgres_server.port) not in caplog.text
