"""Where the levels look on this machine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.secrets.levels.aws import AwsLevel
from nba_mcp_synthesis.secrets.levels.environment import EnvironmentLevel
from nba_mcp_synthesis.secrets.levels.folder import FolderLevel
from nba_mcp_synthesis.secrets.levels.mounted import MountedLevel
from nba_mcp_synthesis.secrets.manifest import Manifest
from nba_mcp_synthesis.secrets.names import Naming
from nba_mcp_synthesis.secrets.records import Finding, Level
from nba_mcp_synthesis.settings import Settings, load_settings

_OWN = frozenset({"NBA_MCP_CONTEXT", "NBA_MCP_HOME", "NBA_MCP_SECRETS_FOLDER", "NBA_MCP_SECRETS_MOUNTS"})


@dataclass(frozen=True, slots=True, repr=False)
class Places:
    """The environment, the folders of mounted files and the folder that has the hierarchical ones.

    `context` is the process's own, and `running_as` the same where somebody has set it; `fault` is what was
    wrong with the settings.
    """

    environ: Mapping[str, str]
    mounts: tuple[Path, ...]
    folder: Path
    context: str = "development"
    running_as: str | None = None
    fault: Finding | None = None

    @classmethod
    def of(cls, settings: Settings, environ: Mapping[str, str], fault: Finding | None = None) -> "Places":
        """The places that settings name."""
        mounts = tuple(Path(folder) for folder in settings.secrets_mounts.split(":") if folder)
        running_as = settings.context if environ.get("NBA_MCP_CONTEXT") else None
        return cls(
            environ, mounts, settings.secrets_folder or settings.home, settings.context, running_as, fault
        )

    @classmethod
    def of_process(cls) -> "Places":
        """The places of this process. Settings that cannot be used are a finding, and defaults stand in."""
        try:
            return cls.of(load_settings(), os.environ)
        except SettingsError as error:
            fault = Finding("settings", None, f"The settings cannot be used: {error.message}", error.hint)
        return cls.of(_usable_settings(), os.environ, fault)

    def levels(self, naming: Naming, manifest: Manifest) -> tuple[Level, ...]:
        """The levels of one context, in the order in which they are asked."""
        return (
            EnvironmentLevel(naming, manifest, self.environ),
            MountedLevel(naming, self.mounts),
            FolderLevel(naming, manifest, self.folder),
            AwsLevel(naming, manifest, self.environ),
        )


def _usable_settings() -> Settings:
    """The settings that say where secrets are; defaults where these are the ones that cannot be used."""
    try:
        return load_settings({name: value for name, value in os.environ.items() if name in _OWN})
    except SettingsError:
        return load_settings({})
