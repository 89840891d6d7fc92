"""`nba-mcp keys …` as people and programs meet it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from test_cli import nba_mcp, printed

pytestmark = pytest.mark.system


def test_a_key_is_shown_once_listed_without_its_secret_and_revoked(
    state_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By id, by name, and by the text of the key itself, which whoever finds one has."""
    monkeypatch.setenv("NBA_MCP_STATE_URL", state_url)
    first = printed(nba_mcp("keys", "create", "ana", "--scope", "nba:read", "--scope", "nba:ask", "--json"))
    plain = nba_mcp("keys", "create", "ana", "--scope", "nba:read", "--expires-days", "2")
    text = plain.stdout.strip()
    assert text.startswith("nba_")
    listed = nba_mcp("keys", "list", "--json")
    for secret in (text.rpartition("_")[2], first["key"].rpartition("_")[2], "argon2"):
        assert secret not in listed.stdout + listed.stderr + nba_mcp("keys", "list").stdout
    second, oldest = json.loads(listed.stdout)
    assert (oldest["id"], oldest["scopes"]) == (first["id"], ["nba:ask", "nba:read"])
    assert oldest["expires_at"] is None
    in_two_days = datetime.now(UTC) + timedelta(days=2)
    assert abs(datetime.fromisoformat(second["expires_at"]) - in_two_days) < timedelta(minutes=5)
    assert [key["id"] for key in printed(nba_mcp("keys", "revoke", text, "--json"))] == [second["id"]]
    assert [key["id"] for key in printed(nba_mcp("keys", "revoke", "ana", "--json"))] == [first["id"]]
    again = nba_mcp("keys", "revoke", text)
    assert again.returncode == 2
    assert text not in again.stderr + again.stdout


@pytest.mark.parametrize("scope", ["nba:everything", "", "nba:read,nba:ask"])
def test_an_unknown_scope_makes_no_key(scope: str) -> None:
    """The error lists those that there are."""
    refused = nba_mcp("keys", "create", "ana", "--scope", scope)
    assert refused.returncode == 2
    assert "nba:read" in refused.stderr
