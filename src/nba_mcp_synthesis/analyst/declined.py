"""What the analyst says no to."""

from nba_mcp_synthesis.errors import UsageError


class Declined(UsageError):
    """The question is not answered; the asker reads why, and what can be asked. Others may know it."""


class NotLoaded(Declined):
    """The data do not have it, so that nobody can answer from them."""
