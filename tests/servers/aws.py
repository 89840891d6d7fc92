"""An AWS API over HTTP for tests: moto's server in a process of its own, once a session."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from running import free_port

REGION = "us-east-1"


@dataclass(frozen=True)
class AwsServer:
    """A running server; `url` is what AWS_ENDPOINT_URL names."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which AWS clients find this server, and nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """A client with every permission."""
        import boto3  # noqa: PLC0415 - most sessions need none

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def reset(self) -> None:
        """Forgets everything."""
        self._post("reset", b"")

    def _post(self, what: str, body: bytes) -> None:
        urllib.request.urlopen(
            urllib.request.Request(f"{self.url}/moto-api/{what}", body), timeout=10
        ).close()


@pytest.fixture(scope="session")
def aws_process() -> Iterator[AwsServer]:
    """The server itself; tests take `aws_server`, which is empty at first."""
    with started() as server:
        yield server


@contextlib.contextmanager
def started() -> Iterator[AwsServer]:
    """A server of one's own."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = AwsServer(f"http://127.0.0.1:{port}")
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def aws_server(aws_process: AwsServer, monkeypatch: pytest.MonkeyPatch) -> AwsServer:
    """An empty AWS account that this process's clients find by their default chain."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in aws_process.environment.items():
        monkeypatch.setenv(name, value)
    aws_process.reset()
    return aws_process


def _wait(server: AwsServer, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{server.url}/moto-api/data.json", timeout=10) as answer:
                json.load(answer)
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the AWS server did not start")
