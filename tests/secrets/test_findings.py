"""Findings: each kind of fault is found once, named clearly, and nothing else is."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from nba_mcp_synthesis.errors import SecretsInvalid
from nba_mcp_synthesis.secrets.records import Finding
from secret_ground import FITTING, Ground
from servers.postgres import AS_SOMEBODY


def found(ground: Ground) -> list[Finding]:
    """The findings of production."""
    return list(ground.manager().load_secrets_hierarchical("production").findings)


def lay_missing(ground: Ground) -> None:
    (ground.folder() / "RDS_PASSWORD.env").unlink()


def lay_empty(ground: Ground) -> None:
    ground.file("RDS_PASSWORD", "\n")


def lay_malformed(ground: Ground) -> None:
    ground.file("RDS_PORT", "five thousand")


def lay_assignment(ground: Ground) -> None:
    ground.file("RDS_PASSWORD", "RDS_PASSWORD=correct-horse-battery")


def lay_expired(ground: Ground) -> None:
    days_ago = time.time() - 31 * 86_400
    os.utime(ground.folder() / "RDS_PASSWORD.env", (days_ago, days_ago))


def lay_world_readable(ground: Ground) -> None:
    ground.folder().chmod(0o755)
    (ground.folder() / "RDS_PASSWORD.env").chmod(0o644)


def lay_kept_twice(ground: Ground) -> None:
    ground.environ["RDS_PASSWORD"] = FITTING["RDS_PASSWORD"]


def lay_shared(ground: Ground) -> None:
    ground.file("METRICS_TOKEN", FITTING["RDS_PASSWORD"])


def lay_overridden(ground: Ground) -> None:
    ground.environ["RDS_PASSWORD"] = "another-horse-battery"


def lay_contradicting(ground: Ground) -> None:
    ground.file("RDS_PASSWORD_NBA_MCP_SYNTHESIS_PRODUCTION", "another-horse-battery")


def lay_misspelt(ground: Ground) -> None:
    ground.file("RDS_PASWORD", "whatever it is")


def lay_foreign(ground: Ground) -> None:
    ground.file("RDS_PASSWORD_NBA_MCP_SYNTHESIS_TEST", "whatever it is")


def lay_binary(ground: Ground) -> None:
    (ground.folder() / "RDS_PASSWORD.env").write_bytes(b"\xff\xfe\x00")


def lay_large(ground: Ground) -> None:
    ground.file("METRICS_TOKEN", "x" * 70_000)


def lay_directory(ground: Ground) -> None:
    (ground.folder() / "METRICS_TOKEN.env").unlink()
    (ground.folder() / "METRICS_TOKEN.env").mkdir()


def lay_pipe(ground: Ground) -> None:
    (ground.folder() / "METRICS_TOKEN.env").unlink()
    os.mkfifo(ground.folder() / "METRICS_TOKEN.env")


CASES: list[tuple[Callable[[Ground], None], list[tuple[str, str | None, str]]]] = [
    (lay_missing, [("missing", "RDS_PASSWORD", "error")]),
    (lay_empty, [("missing", "RDS_PASSWORD", "error")]),
    (lay_malformed, [("malformed", "RDS_PORT", "error")]),
    (lay_assignment, [("malformed", "RDS_PASSWORD", "error")]),
    (lay_expired, [("expired", "RDS_PASSWORD", "error")]),
    (lay_world_readable, [("world-readable", "RDS_PASSWORD", "error")]),
    (lay_kept_twice, [("duplicated", "RDS_PASSWORD", "warning")]),
    (lay_shared, [("duplicated", "METRICS_TOKEN", "warning")]),
    (lay_overridden, [("conflicting", "RDS_PASSWORD", "warning")]),
    (lay_contradicting, [("conflicting", "RDS_PASSWORD", "error")]),
    (lay_misspelt, [("unknown", None, "warning")]),
    (lay_foreign, [("unknown", None, "warning")]),
    (lay_binary, [("unreadable", "RDS_PASSWORD", "error"), ("missing", "RDS_PASSWORD", "error")]),
    (lay_large, [("unreadable", "METRICS_TOKEN", "error")]),
    (lay_directory, [("unreadable", "METRICS_TOKEN", "error")]),
    (lay_pipe, [("unreadable", "METRICS_TOKEN", "error")]),
]


def test_a_folder_with_all_secrets_has_no_finding(ground: Ground) -> None:
    """The ground of the cases below is sound."""
    ground.fill()
    assert found(ground) == []
    ground.manager().validate()


@pytest.mark.parametrize(("lay", "expected"), CASES, ids=[lay.__name__ for lay, _ in CASES])
def test_each_fault_is_one_finding(
    ground: Ground, lay: Callable[[Ground], None], expected: list[tuple[str, str | None, str]]
) -> None:
    """Kind, secret and severity; the words name the secret or its file, and quote no value."""
    ground.fill()
    lay(ground)
    findings = found(ground)
    assert [(f.kind, f.name, f.severity) for f in findings] == expected
    for finding in findings:
        assert (finding.name or "env.nba-mcp-synthesis.production") in finding.message
        assert finding.hint
        assert not any(
            value in str(finding) for value in FITTING.values() if len(value) > 5 and "." not in value
        )


def test_validate_raises_with_every_error_and_loading_does_not(ground: Ground) -> None:
    """What lacks and what is malformed are told at once."""
    ground.fill(RDS_PORT="none of them")
    lay_missing(ground)
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    with pytest.raises(SecretsInvalid, match=r"RDS_PORT is malformed.*RDS_PASSWORD is missing"):
        manager.validate()


def test_a_file_that_may_not_be_read_is_a_finding(ground: Ground) -> None:
    """Said with the system's reason. The superuser may read everything, so it becomes somebody else here."""
    ground.fill()
    (ground.folder() / "RDS_PASSWORD.env").chmod(0)
    script = (
        "from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager\n"
        "report = UnifiedSecretsManager().load_secrets_hierarchical('production')\n"
        "print([(f.kind, 'Permission denied' in f.message) for f in report.findings])\n"
    )
    command = [*(AS_SOMEBODY if os.geteuid() == 0 else ()), sys.executable, "-c", script]
    environment = {**os.environ, **ground.variables()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[('unreadable', True), ('missing', False)]"
