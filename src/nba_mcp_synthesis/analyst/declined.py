"""What the analyst says no to."""

from nba_mcp_synthesis.errors import UsageError


class Declined(UsageError):
    """The question is understood and not answered; the asker reads why, and what can be asked."""
