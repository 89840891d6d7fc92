"""What S3 may answer instead of data, and a process that is killed while it publishes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lake.conftest import BUCKET, digests, published
from lake.test_publishing import changed
from nba_mcp_synthesis.connectors import aws
from nba_mcp_synthesis.errors import LakeDown
from nba_mcp_synthesis.lake.manifest import current
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.warehouse.restoring import restore
from servers.aws import AwsServer
from servers.listeners import Heard, Reply, web

DYING = Path(__file__).with_name("dying.py")
_FAULT = "<Error><Code>{}</Code><Message>no</Message></Error>"


@pytest.mark.parametrize(
    ("reply", "told", "attempts"),
    [
        (Reply(503, _FAULT.format("SlowDown")), "too many requests", 4),
        (Reply(500, _FAULT.format("InternalError")), "the service is failing", 4),
        (Reply(403, _FAULT.format("AccessDenied")), "the identity may not do that", 1),
        (Reply(400, _FAULT.format("ExpiredToken")), "the AWS credentials were refused", 1),
        (Reply(200, "x", seconds=3), "did not answer in time", 4),
    ],
)
def test_each_answer_ends_in_words_after_a_few_attempts(
    reply: Reply, told: str, attempts: int, aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may pass is tried again, and not for ever."""
    monkeypatch.setattr(aws, "_PATIENT_SECONDS", 0.3)

    def answer(_: Heard) -> Reply:
        return reply

    with web(answer) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        with pytest.raises(LakeDown, match=told) as caught:
            open_store(f"s3://{BUCKET}").read("current.json")
        assert len(server.heard) == attempts
    assert "testing" not in str(caught.value)


def test_a_fault_that_passes_is_not_noticed(aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of three requests fail, and the third says what there is."""
    turns = iter(range(10_000))

    def flaky(heard: Heard) -> Reply:
        return (
            Reply(503, _FAULT.format("SlowDown"))
            if next(turns) < 2
            else Reply(404, _FAULT.format("NoSuchKey"))
        )

    with web(flaky) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert open_store(f"s3://{BUCKET}").read("current.json") is None


@pytest.mark.system  # twenty processes
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_killed_publication_leaves_the_old_state(
    number: int, when: str, store: Store, place: str, small: Path, tmp_path: Path
) -> None:
    """Whatever was being written; publishing again completes."""
    published(store, small)
    old = digests(small)
    changed(small)
    command = [sys.executable, str(DYING), str(small), place, str(number), when]
    done = subprocess.run(command, capture_output=True, timeout=100, check=False)
    finished = done.returncode == 0  # there were fewer writes than that
    assert finished or done.returncode == -signal.SIGKILL, done.stderr.decode()
    restore(store, current(store), tmp_path / "found.duckdb")
    found = digests(tmp_path / "found.duckdb")
    # before the pointer there are one file and one manifest to write
    assert found == old if number <= 2 else found in (old, digests(small))
    published(store, small)
    restore(store, current(store), tmp_path / "found.duckdb", replace=True)
    assert digests(tmp_path / "found.duckdb") == digests(small)
