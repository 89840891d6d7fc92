"""Settings: from the environment, closed to what is not known, silent about secrets."""

from pathlib import Path

import pytest

from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.settings import Settings, load_settings
from nba_mcp_synthesis.settings_shown import describe_settings


def test_defaults_need_no_variable() -> None:
    """An empty environment is enough to start."""
    settings = load_settings({})
    assert settings.query_rows == 10_000
    assert settings.auth == "none"


def test_values_come_from_the_environment(tmp_path: Path) -> None:
    """Numbers and paths are read from their variables."""
    settings = load_settings({"NBA_MCP_QUERY_ROWS": "50", "NBA_MCP_HOME": str(tmp_path)})
    assert settings.query_rows == 50
    assert settings.warehouse_path() == tmp_path / "warehouse.duckdb"


def test_an_unknown_setting_refuses_to_start_and_names_the_nearest() -> None:
    """A misspelt limit is never silently ignored."""
    with pytest.raises(SettingsError, match=r"NBA_MCP_QUERY_ROW is not .* mean NBA_MCP_QUERY_ROWS\?"):
        load_settings({"NBA_MCP_QUERY_ROW": "50"})


def test_lower_case_variables_do_not_slip_through() -> None:
    """Variables that differ in case only are the same setting."""
    with pytest.raises(SettingsError, match="NBA_MCP_QUERY_ROW "):
        load_settings({"nba_mcp_query_row": "50"})


def test_all_faults_are_told_at_once() -> None:
    """Two wrong settings take one start to find, not two."""
    with pytest.raises(SettingsError, match=r"NBA_MCP_NONSENSE.*NBA_MCP_QUERY_SECONDS") as caught:
        load_settings({"NBA_MCP_NONSENSE": "1", "NBA_MCP_QUERY_SECONDS": "-1"})
    assert "nba-mcp settings" in str(caught.value)


@pytest.mark.parametrize("url", ["duckdb:///", "warehouse.duckdb"])
def test_a_warehouse_url_of_another_form_is_refused(url: str) -> None:
    """The error shows the form that is wanted."""
    with pytest.raises(SettingsError, match=r"duckdb:///folder/file\.duckdb"):
        load_settings({"NBA_MCP_WAREHOUSE_URL": url})


def test_an_empty_variable_is_an_unset_one() -> None:
    """An empty metrics token must not open /metrics to `Bearer `."""
    assert load_settings({"NBA_MCP_METRICS_TOKEN": ""}).metrics_token is None


def test_secrets_are_masked_wherever_settings_are_shown() -> None:
    """Neither the list nor the representation holds the value."""
    settings = load_settings({"NBA_MCP_METRICS_TOKEN": "hunter2"})
    assert "hunter2" not in str(describe_settings(settings)) + repr(settings)


def test_a_wrong_secret_is_not_quoted_in_the_error() -> None:
    """Faults name the variable and the rule, never the value."""
    with pytest.raises(SettingsError) as caught:
        load_settings({"NBA_MCP_AUTH": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_every_setting_is_listed_with_its_meaning() -> None:
    """`nba-mcp settings` leaves none out."""
    rows = describe_settings(load_settings({}))
    assert {row["variable"] for row in rows} == {f"NBA_MCP_{n.upper()}" for n in Settings.model_fields}
    assert all(row["meaning"] for row in rows)


def test_the_demo_is_read_only_while_nothing_real_is_loaded(tmp_path: Path) -> None:
    """Real data take over as soon as there are any; the two never share a file."""
    settings = load_settings({"NBA_MCP_HOME": str(tmp_path)})
    (tmp_path / "demo.duckdb").touch()
    assert settings.warehouse_path().name == "demo.duckdb"
    assert settings.load_path().name == "warehouse.duckdb"
    (tmp_path / "warehouse.duckdb").touch()
    assert settings.warehouse_path().name == "warehouse.duckdb"
    assert settings.demo_path().name == "demo.duckdb"


@pytest.mark.parametrize(
    "url", ["postgresql://u:s3c/retXX@127.0.0.1:1/db", "postgresql://u:s3cret@h:port/db", "postgresql://u@h/"]
)
def test_an_address_that_could_be_read_two_ways_is_refused(url: str) -> None:
    """A sign of the password would be taken for a host or a database, and be shown as such."""
    with pytest.raises(SettingsError) as refused:
        load_settings({"NBA_MCP_WAREHOUSE_URL": url})
    assert "s3c" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["postgresql://u:s3cret@h/db", "postgresql://u@h/db?password=s3cret&sslmode=require"]
)
def test_a_password_in_an_address_is_never_shown(url: str) -> None:
    """Neither in the list of settings nor in their repr."""
    settings = load_settings({"NBA_MCP_WAREHOUSE_URL": url})
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in str(describe_settings(settings))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db.example.com/state",
        "postgresql://user:word@DB.example.com:5432/state?sslmode=require",
        "postgresql:///state?host=db.example.com&port=5432",
        "postgresql://db.example.com?dbname=state",
    ],
)
def test_a_state_database_has_one_place_however_it_is_written(url: str) -> None:
    """What waits for it is found by all who write to it."""
    assert load_settings({"NBA_MCP_STATE_URL": url}).state_place() == "db.example.com:5432/state"


def test_several_hosts_are_a_place_of_their_own() -> None:
    """Whichever of them is the primary just now."""
    several = load_settings({"NBA_MCP_STATE_URL": "postgresql://u@a:1,b/state?target_session_attrs=primary"})
    assert several.state_place() == "a:1,b:5432/state"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CALLS_MINUTE", "-1"),
        ("ASKS_MINUTE", "many"),
        ("SQL_MINUTE", "1.5"),
        ("CALL_CONCURRENCY", "0"),
        ("ASK_CONCURRENCY", "-3"),
        ("CALLER_SHARE", "0"),
        ("CALLER_SHARE", "1.01"),
        ("CALLER_QUEUE", "-1"),
        ("CALL_WAIT_SECONDS", "0"),
        ("CALL_WAIT_SECONDS", "nan"),
        ("CALLER_BUDGET_DAY_USD", "-0.01"),
        ("CALLER_BUDGET_DAY_USD", "nan"),
        ("DRAIN_SECONDS", "301"),
    ],
)
def test_a_limit_that_cannot_be_kept_refuses_to_start(name: str, value: str) -> None:
    """No server runs with a limit that means something else than what was written."""
    with pytest.raises(SettingsError, match=f"NBA_MCP_{name} "):
        load_settings({f"NBA_MCP_{name}": value})


OAUTH = {
    "NBA_MCP_AUTH": "oauth",
    "NBA_MCP_OAUTH_ISSUER": "https://id.example.com",
    "NBA_MCP_OAUTH_AUDIENCE": "https://nba.example.com/mcp, https://nba.example.com",
    "NBA_MCP_PUBLIC_URL": "https://NBA.example.com/",
}


def test_oauth_is_told_whom_to_trust_and_what_it_is_called() -> None:
    """Lists have commas between; addresses of sites are compared in small letters."""
    settings = load_settings(OAUTH | {"NBA_MCP_ALLOWED_ORIGINS": "https://a.example, http://B.example:8080"})
    assert settings.oauth_audience == ("https://nba.example.com/mcp", "https://nba.example.com")
    assert settings.public_url == "https://nba.example.com"
    assert settings.allowed_origins == ("https://a.example", "http://b.example:8080")


@pytest.mark.parametrize("lacking", sorted(set(OAUTH) - {"NBA_MCP_AUTH"}))
def test_oauth_with_anything_missing_names_it(lacking: str) -> None:
    """One, or all of them."""
    with pytest.raises(SettingsError, match=f"AUTH=oauth needs {lacking} too"):
        load_settings({name: value for name, value in OAUTH.items() if name != lacking})
    with pytest.raises(SettingsError, match="OAUTH_ISSUER, NBA_MCP_OAUTH_AUDIENCE, NBA_MCP_PUBLIC_URL too"):
        load_settings({"NBA_MCP_AUTH": "oauth"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OAUTH_ISSUER", "http://id.example.com"),
        ("OAUTH_ISSUER", "id.example.com"),
        ("OAUTH_ISSUER", "https://user:s3cret@id.example.com"),
        ("OAUTH_JWKS_URL", "http://id.example.com/keys"),
        ("OAUTH_JWKS_URL", "file:///etc/passwd"),
        ("OAUTH_JWKS_URL", "https://["),
        ("PUBLIC_URL", "https://nba.example.com/mcp"),
        ("PUBLIC_URL", "nba.example.com"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "null"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "nba.example.com:443"),
        ("ALLOWED_HOSTS", "https://nba.example.com"),
    ],
)
def test_addresses_of_access_that_cannot_be_meant_are_refused(name: str, value: str) -> None:
    """The variable is named; a password in it is not shown."""
    with pytest.raises(SettingsError, match=f"NBA_MCP_{name}") as refused:
        load_settings(OAUTH | {f"NBA_MCP_{name}": value})
    assert "s3cret" not in str(refused.value)
