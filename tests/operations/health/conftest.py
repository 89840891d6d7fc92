"""Ground for calculators that need no cluster: settings, and secrets in a folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
from nba_mcp_synthesis.operations.health.ground import Ground, once
from nba_mcp_synthesis.settings import load_settings
from secret_ground import Ground as Secrets

Grounds = Callable[..., Ground]


@pytest.fixture
def ground_of(ground: Secrets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Grounds:
    """Gives the ground of settings, which are named without their prefix; no cluster is chosen."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))

    def make(**settings: str) -> Ground:
        named = {f"NBA_MCP_{name.upper()}": value for name, value in settings.items()}
        found = load_settings({"NBA_MCP_HOME": str(tmp_path / "home"), **named})
        manager = ground.manager()
        manager.load_secrets_hierarchical(found.context)
        product = once(lambda: App(found))
        return Ground(
            found,
            lambda: manager,
            lambda: product().warehouse,
            lambda: product().backups,
            lambda: product().state,
            KubectlConnector("nba-mcp-synthesis"),
            KubectlConnector("monitoring"),
        )

    return make
