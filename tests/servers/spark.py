"""A real Spark Connect server for system tests: one a session, in a process of its own.

Spark itself lies in .cache/spark, its client in .cache/spark-client (`make .venv/.system` puts them there,
tests/conftest.py shows the client to the long tests); it needs Java. The client brings pandas, which no other
test should have: DuckDB loads it wherever it is.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nba_mcp_synthesis.engine_addresses import SparkAddress
from running import free_port

HOME = Path(__file__).resolve().parents[2] / ".cache" / "spark" / "pyspark"
_START_SECONDS = 110.0


@contextlib.contextmanager
def spark_connect(folder: Path) -> Iterator[SparkAddress]:
    """Starts a server that keeps what it writes in `folder`; skips where Spark or Java is not there."""
    if not (HOME / "jars").is_dir():
        pytest.skip("Spark is not here; `make .venv/.system` installs it")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not installed here")
    port = free_port()
    log = folder / "spark.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _command(port, folder),
            env=_environment(folder),
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, port, log)
        yield SparkAddress("127.0.0.1", port, "", "", tls=False)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)


@contextlib.contextmanager
def stopped(address: SparkAddress) -> Iterator[None]:
    """Inside the block the server takes connections, and answers nothing."""
    wanted = f"spark.connect.grpc.binding.port={address.port}".encode()
    processes = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
    found = [one for one in processes if wanted in _line(one)]
    assert found, "the server is not here"
    for process in found:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in found:
            os.kill(process, signal.SIGCONT)


def _line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:  # it ended meanwhile
        return b""


def _command(port: int, folder: Path) -> list[str]:
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
    }
    given = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    start = [str(HOME / "bin" / "spark-submit"), "--class", server, "--master", "local[2]"]
    return [*start, "--driver-memory", "1g", *given, "spark-internal"]


def _environment(folder: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NBA_MCP_", "AWS_", "PYTHON"))
    }
    return {**kept, "SPARK_HOME": str(HOME), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1"}


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise AssertionError(f"Spark did not start: {log.read_text()[-2_000:]}")
