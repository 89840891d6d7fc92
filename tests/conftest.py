"""Shared fixtures: where the real data are, and an environment of its own for every test."""

import os
import sys
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

# No test is about time: an example may take as long as a busy machine needs.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

pytest_plugins = [
    "node_clients",
    "browser",
    "real_warehouse",
    "requirement_plugin",
    "servers.aws",
    "servers.kubernetes",
    "servers.loopback",
    "servers.model_peers",
    "servers.postgres",
    "servers.redis",
    "secret_ground",
    "backup_ground",
    "servers.issuer",
    "servers.killable",
    "small_league",
    "servers.leagues",
    "deploy_ground",
    "health_ground",
]

_CHECKOUT = Path(__file__).resolve().parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """Shows Spark's client to the long tests, before anything has looked whether there is pandas."""
    if config.option.markexpr == "system":
        sys.path.append(str(_CHECKOUT / ".cache" / "spark-client"))
        # It takes a main module without a file, as workers have it, for a run of its own doctests.
        vars(sys.modules["__main__"]).setdefault("__file__", __file__)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder `nba` of the real data; skips where there is none, fails where a wrong one is named."""
    named = os.environ.get("NBA_MCP_TEST_DATA")
    folder = (Path(named) if named else _CHECKOUT.parent / "shared") / "nba"
    if not folder.is_dir():
        if named:
            pytest.fail(f"NBA_MCP_TEST_DATA names {named}, which has no folder nba")
        pytest.skip("no real NBA data here (set NBA_MCP_TEST_DATA to their folder)")
    return folder


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting leaks into a test, and nothing is written outside its own folder."""
    for name in list(os.environ):
        if name.startswith(("NBA_MCP_", "AWS_")) and name != "NBA_MCP_TEST_DATA":
            monkeypatch.delenv(name)
    structlog.reset_defaults()  # a product that an earlier test made has said where its events go
    monkeypatch.setenv("NBA_MCP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NBA_MCP_SECRETS_MOUNTS", str(tmp_path / "mounts"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
