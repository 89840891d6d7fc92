"""No value of a secret is ever seen: planted everywhere, every way of saying something is tried."""

import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import typer.main

import small_league
from nba_mcp_synthesis import doors
from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.errors import NbaMcpError, SecretMissing
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.secrets.names import CONTEXTS
from running import COMMAND, Running, running
from secret_canaries import MARK, plant, unseen, unseen_in_files
from secret_ground import FITTING, Ground
from servers.aws import AwsServer
from servers.listeners import Heard, Reply, Web, web

DOORS = ("rds", "redis", "slack", "openai", "pagerduty")
LEVELS = ("debug", "info", "warning", "error")
# Arguments with which each command does something; one more that fails is tried with all of them.
COMMANDS: dict[str, list[str]] = {
    "ask": ["who led the league in scoring"],
    "query": ["SELECT getenv('RDS_PASSWORD'), * FROM duckdb_secrets()"],
    "stats": ["--measures", "pts", "--by", "player"],
    "tables": [],
    "find": ["somebody"],
    "settings": [],
    "connect": ["claude-code"],
    "serve": ["--transport", "none"],
    "data demo": ["--seasons", "0"],
    "data load": ["no-such-file"],
    "data status": [],
    "data check": [],
    "data publish": ["--to", "s3://no-such-bucket-anywhere/lake"],
    "lake browse": ["../x"],
    "lake read": ["no-such-table"],
    "keys create": ["somebody", "--scope", "nba:none"],
    "keys list": [],
    "keys revoke": ["nobody"],
    "keys rotate": ["nobody"],
    "data migrate": [],
    "data roles": [],
    "guard check": ["no-such-file"],
    "secrets list": ["--context", "production"],
    "secrets validate": ["--context", "production", "--probe"],
    "secrets rotate": ["--context", "production"],
    "secrets migrate": ["--context", "production"],
    "answers list": [],
    "answers show": ["no-such-answer"],
    "answers replay": ["no-such-answer"],
    "state migrate": [],
    "ops health": ["--context", "production"],
    "ops validate": ["--context", "production"],
    "ops audit": [],
    "ops access": [],
    "ops capacity": [],
    "ops checklist": ["security"],
    "ops costs": [],
    "ops database": [],
    "ops performance": [],
    "ops updates": [],
    "ops backup check": [],
    "ops backup create": [],
    "ops backup drill": [],
    "ops backup list": [],
    "ops backup objects apply": ["--dry-run"],
    "ops backup objects save": [],
    "ops backup prune": ["--dry-run"],
    "ops backup restore": [],
    "ops backup verify": [],
    "ops deploy": ["v1", "--dry-run"],
    "ops logs": ["no-such-file"],
    "ops push": ["v1", "--dry-run"],
    "ops alerts list": ["--all"],
    "ops alerts test": ["--wait", "1"],
    "ops alerts silence": ["NbaMcpTest", "--for", "1h", "--comment", "none"],
    "ops alerts unsilence": ["no-such-silence"],
    "ops incident new": ["Down", "--severity", "P1", "--notify", "--context", "production"],
    "ops incident collect": ["--id", "none", "--context", "production"],
    "ops incident update": ["Nothing is known.", "--id", "none", "--context", "production"],
    "ops incident resolve": ["Nothing was done.", "--id", "none", "--context", "production"],
    "ops incident postmortem": ["none", "--context", "production"],
    "ops incident list": ["--all"],
    "ops oncall now": [],
    "ops oncall at": ["2026-11-26T21:30"],
    "ops oncall week": [],
    "ops oncall check": [],
    "ops oncall handoff": ["--weekly", "--send", "--folder", os.devnull, "--context", "production"],
}


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command of the command line."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path)
    else:
        for name, one in inner.items():
            yield from leaves(one, (*path, name))


def echo(heard: Heard) -> Reply:
    """A server that repeats all it was sent, as some do in their errors."""
    return Reply(400, f"{heard.path} {heard.headers} {heard.body.decode()}")


_WITHOUT_JSON = ("serve", "guard check", "data migrate", "data roles", "state migrate")


@pytest.fixture
def world(ground: Ground, aws_server: AwsServer, tmp_path: Path) -> Iterator[tuple[Ground, dict[str, str]]]:
    """Planted places with a warehouse, and the variables of a process that uses them."""
    path = small_league.build(tmp_path / "small.duckdb")
    with web(echo) as server:
        plant(ground, aws_server, server.url)
        yield (
            ground,
            {
                **ground.variables(),
                "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}",
                **_bases(server),
                "NBA_MCP_INCIDENTS_FOLDER": str(tmp_path / "incidents"),
                "NBA_MCP_STATE_URL": f"postgresql://app@{MARK}.invalid/state",
            },
        )


_ADDRESSES = (
    "ANTHROPIC_BASE_URL",
    "OPENAI_BASE_URL",
    "GOOGLE_GEMINI_BASE_URL",
    "DEEPSEEK_BASE_URL",
    "PAGERDUTY_EVENTS_URL",
    "SLACK_API_URL",
)


def _bases(server: Web) -> dict[str, str]:
    return dict.fromkeys(_ADDRESSES, server.url)


def said(arguments: list[str], environment: dict[str, str]) -> str:
    """All that a command said on both streams."""
    done = subprocess.run(
        [COMMAND, *arguments], env={**os.environ, **environment}, capture_output=True, check=False, timeout=60
    )
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def test_every_command_has_its_arguments_here() -> None:
    """A command that is added has to be tried as well."""
    assert set(leaves(typer.main.get_command(app))) == set(COMMANDS)


@pytest.mark.system
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_no_command_shows_a_value(command: str, world: tuple[Ground, dict[str, str]], tmp_path: Path) -> None:
    """At the level that logs most, for programs; also with an option that is wrong."""
    _, environment = world
    if command in ("secrets rotate", "secrets migrate"):  # which refuse any context but that of the process
        environment["NBA_MCP_CONTEXT"] = "production"
    as_json = ["--json"] if command not in _WITHOUT_JSON else []
    arguments = [*command.split(), *COMMANDS[command]]
    for given in ([*arguments, *as_json], [*arguments, "--no-such-option"]):
        unseen(said(given, {**environment, "NBA_MCP_LOG_LEVEL": "debug"}), command)
    unseen_in_files(tmp_path / "home")
    unseen_in_files(tmp_path / "incidents")


@pytest.mark.system
@pytest.mark.parametrize("level", LEVELS)
def test_no_log_level_shows_a_value(level: str, world: tuple[Ground, dict[str, str]]) -> None:
    """The commands that read every secret, for people, in every context; wrong settings, too."""
    _, environment = world
    environment = {**environment, "NBA_MCP_LOG_LEVEL": level}
    for context in CONTEXTS:
        unseen(said(["secrets", "validate", "--context", context], environment), context)
    unseen(said(["secrets", "validate", "--probe", "--context", "development"], environment), "probe")
    unseen(said(["settings"], {**environment, "NBA_MCP_METRICS_TOKENS": MARK}), "a misspelt setting")
    unseen(said(["settings"], environment), "settings")


def _same(manager: UnifiedSecretsManager) -> UnifiedSecretsManager:
    return manager


def test_no_object_shows_a_value(
    world: tuple[Ground, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts of the manager, its reports, the doors and the errors; a pickled report has none either."""
    ground, environment = world
    for name in _ADDRESSES:
        monkeypatch.setenv(name, environment[name])
    for context in CONTEXTS:
        manager = ground.manager()
        report = manager.load_secrets_hierarchical(context)
        shown: list[Any] = [
            manager,
            report,
            report.as_dict(),
            report.states(),
            ground.places(),
            manager._loaded,
        ]
        shown += [manager.get(name) for name in FITTING]
        shown += list(manager._now().gathered.held.values())
        shown += [doors.door(name, partial(_same, manager)) for name in DOORS]
        for one in shown:
            unseen(f"{one} {one!r}", type(one).__name__)
        unseen(repr(doors.probe(manager, doors.doors_of(manager))), "probes")
        for act in (
            manager.validate,
            lambda m=manager: m.require("SIGNING_KEY"),
            lambda m=manager: m.get(MARK[:3]),
        ):
            try:
                act()
            except NbaMcpError as error:
                unseen("".join(traceback.format_exception(error)) + repr(error), type(error).__name__)
    unseen(pickle.dumps(report).decode("latin-1"), "a pickled report")


def test_a_connect_that_fails_shows_no_value(world: tuple[Ground, dict[str, str]]) -> None:
    """The whole traceback of a login, drivers' frames and causes included."""
    ground, _ = world
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    door = doors.door("rds", lambda: manager)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is
        door.probe()
    assert not isinstance(caught.value, SecretMissing)
    unseen("".join(traceback.format_exception(caught.value)), "traceback")


def test_a_script_that_logs_everything_shows_no_value(world: tuple[Ground, dict[str, str]]) -> None:
    """With the libraries' loggers wide open, as people open them when something fails."""
    _, environment = world
    script = (
        "import logging; logging.basicConfig(level=logging.DEBUG)\n"
        "from mcp_server.unified_secrets_manager import UnifiedSecretsManager\n"
        "from mcp_server import connectors\n"
        "logging.getLogger().setLevel(logging.DEBUG)\n"
        "manager = UnifiedSecretsManager('nba-mcp-synthesis')\n"
        "print(manager.load_secrets_hierarchical('production'))\n"
        "for name in ('RDS', 'S3', 'Glue', 'Redis', 'Slack', 'PagerDuty'):\n"
        "    print(getattr(connectors, name + 'Connector')().test_connection())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **environment}, capture_output=True, check=True
    )
    assert b"False" in done.stdout
    assert b"DEBUG" in done.stderr or b"debug" in done.stderr
    unseen((done.stdout + done.stderr).decode(), "script")


@pytest.fixture(params=LEVELS)
def server(
    request: pytest.FixtureRequest, world: tuple[Ground, dict[str, str]], tmp_path: Path
) -> Iterator[Running]:
    """A server of production at each log level; it has all secrets, and would say where it crashes."""
    _, environment = world
    variables = {
        **environment,
        "NBA_MCP_CONTEXT": "production",
        "NBA_MCP_LOG_LEVEL": request.param,
        "NBA_MCP_SECRETS_REFRESH_SECONDS": "0.2",
        "PYTHONFAULTHANDLER": "1",
    }
    with running(tmp_path, **variables) as found:
        yield found


@pytest.mark.system
def test_no_endpoint_and_no_crash_shows_a_value(
    server: Running, world: tuple[Ground, dict[str, str]], tmp_path: Path
) -> None:
    """Every route, right and wrong, with and without the token; arguments of processes; then SIGABRT."""
    ground, _ = world
    token = {"authorization": f"Bearer {ground.environ['NBA_MCP_METRICS_TOKEN']}"}
    paths = [
        *httpx.get(f"{server.url}/openapi.json").json()["paths"],
        "/openapi.json",
        "/",
        "/mcp",
        "/nowhere",
    ]
    assert httpx.get(f"{server.url}/metrics", headers=token).status_code == 200
    for path in paths:
        for method in ("GET", "POST", "PUT", "DELETE"):
            for headers in ({}, token):
                answer = httpx.request(method, server.url + path, headers=headers, content="{", timeout=30)
                unseen(answer.text + str(answer.headers), f"{method} {path}")
    for sql in ("SELECT getenv('RDS_PASSWORD')", "SELECT * FROM teams", "SELECT 1/0", "SELEC"):
        unseen(_query(server, sql), sql)
    ground.file("RDS_PASSWORD", f"{MARK}changed")
    main = psutil.Process(server.process.pid)
    assert main.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    for process in (main, *main.children(recursive=True)):
        unseen(" ".join(process.cmdline()), "arguments")
    for worker in main.children(recursive=True):
        unseen(str(worker.environ()), "environment of a worker")
    server.process.send_signal(signal.SIGABRT)
    server.process.wait(timeout=30)
    log = server.log.read_text("utf-8")
    assert "Fatal Python error" in log
    unseen(log, "log")
    unseen_in_files(tmp_path / "home")
    unseen_in_files(tmp_path / "incidents")


def _query(server: Running, sql: str) -> str:
    call = {"name": "query_sql", "arguments": {"sql": sql}}
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    accept = {"accept": "application/json, text/event-stream"}
    url = f"{server.url}/mcp"
    first = httpx.post(
        url,
        json={"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        headers=accept,
        timeout=30,
    )
    session = {"mcp-session-id": first.headers["mcp-session-id"]} if "mcp-session-id" in first.headers else {}
    body = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}
    answer = httpx.post(url, json=body, headers={**accept, **session}, timeout=30)
    assert answer.status_code == 200, answer.text
    return first.text + answer.text
