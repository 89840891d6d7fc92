"""UnifiedSecretsManager, as the runbooks use it."""

from mcp_server import current
from nba_mcp_synthesis.secrets import manager as secrets
from nba_mcp_synthesis.secrets.report import LoadReport

__all__ = ["UnifiedSecretsManager"]


class UnifiedSecretsManager(secrets.UnifiedSecretsManager):
    """The manager, whose secrets the connectors of this script use from the moment they are loaded."""

    def load_secrets_hierarchical(self, context: str | None = None) -> LoadReport:
        """Loads the secrets of a context; see the base."""
        report = super().load_secrets_hierarchical(context)
        current.use(self)
        return report
