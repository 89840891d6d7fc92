"""Places for secrets of tests: an environment, mounted files and a hierarchical folder that a test fills."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.secrets.manifest import Manifest
from nba_mcp_synthesis.secrets.places import Places

PROJECT = "nba-mcp-synthesis"
# Values that fit the product's manifest.
FITTING = {
    "RDS_HOST": "127.0.0.1",
    "RDS_PORT": "5432",
    "RDS_DATABASE": "nba_simulator",
    "RDS_USERNAME": "nba_app",
    "RDS_PASSWORD": "correct-horse-battery",
    "REDIS_URL": "redis://:staple-of-horses@127.0.0.1:6379/0",
    "STATE_USERNAME": "nba_state",
    "STATE_PASSWORD": "wrong-horse-battery",
    "ANTHROPIC_API_KEY": "sk-ant-" + "a1b2" * 8,
    "OPENAI_API_KEY": "sk-" + "c3d4" * 8,
    "GOOGLE_API_KEY": "g5h6" * 9,
    "DEEPSEEK_API_KEY": "sk-" + "e7f8" * 8,
    "COMPATIBLE_API_KEY": "i9j0" * 6,
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/abcdef",
    "SLACK_INCIDENT_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B1/ghijkl",
    "PAGERDUTY_ROUTING_KEY": "0123456789abcdef0123456789ABCDEF",
    "METRICS_TOKEN": "token-of-the-metrics",
    "METRICS_TOKEN_PREVIOUS": "token-of-metrics-before",
    "SIGNING_KEY": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "SIGNING_KEY_PREVIOUS": "f0e1d2c3b4a5968778695a4b3c2d1e0f",
    "SERVICE_API_KEY": "nba_0123456789_" + "k1" * 21 + "k",
}


@dataclass
class Ground:
    """The places below one folder; what is not set is not there."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def mounts(self) -> Path:
        """The folder of mounted files."""
        return self.root / "mounts"

    def mount(self, name: str, value: str) -> Path:
        """A mounted file, written as Kubernetes does: a new file takes the place of the old one."""
        self.mounts.mkdir(exist_ok=True)
        new = self.root / "new"
        new.write_text(value)
        return new.replace(self.mounts / name)

    def folder(self, context: str = "production") -> Path:
        """The hierarchical folder of a context, for its owner alone."""
        path = self.root / f".env.{PROJECT}.{context}"
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def file(self, name: str, value: str, context: str = "production") -> Path:
        """A file in the hierarchical folder."""
        path = self.folder(context) / f"{name}.env"
        path.touch(mode=0o600)
        path.write_text(value)
        return path

    def fill(self, **other: str) -> None:
        """Every secret of the manifest as a file for production, with other values where given."""
        for name, value in {**FITTING, **other}.items():
            self.file(name, value)

    def places(self, running_as: str | None = None) -> Places:
        """The places, as the manager takes them."""
        environ = {"AWS_CONFIG_FILE": str(self.root / "none"), **self.environ}
        return Places(environ, (self.mounts,), self.root, running_as=running_as)

    def manager(
        self, manifest: Manifest | None = None, running_as: str | None = None
    ) -> UnifiedSecretsManager:
        """A manager over these places."""
        return UnifiedSecretsManager(PROJECT, manifest=manifest, places=self.places(running_as))

    def variables(self) -> dict[str, str]:
        """What a process of its own needs to look here."""
        return {
            **self.environ,
            "NBA_MCP_SECRETS_FOLDER": str(self.root),
            "NBA_MCP_SECRETS_MOUNTS": str(self.mounts),
        }


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Empty places."""
    root = tmp_path / "ground"
    root.mkdir()
    return Ground(root)
