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
