"""The manager that a script loaded last, for connectors that are made without arguments."""

from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager

_loaded: list[UnifiedSecretsManager] = []


def use(manager: UnifiedSecretsManager) -> None:
    """Makes a manager the current one."""
    _loaded[:] = [manager]


def manager() -> UnifiedSecretsManager:
    """The current manager; where none was loaded, one for the context of the settings."""
    if not _loaded:
        use(UnifiedSecretsManager())
    return _loaded[0]
