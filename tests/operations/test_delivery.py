"""What was found of a test alert's delivery stands, whatever becomes of Alertmanager afterwards."""

from collections import Counter

from nba_mcp_synthesis.connectors.alertmanager import AlertmanagerConnector
from nba_mcp_synthesis.operations.monitoring.delivery import _await_end
from running import free_port


def test_an_alertmanager_that_goes_away_at_the_end_takes_no_verdict_with_it() -> None:
    """The wait for the end is for the next test alone."""
    gone = AlertmanagerConnector([f"http://127.0.0.1:{free_port()}"])
    _await_end(gone, {"slack"}, {"slack": Counter()})
