"""Addresses of Athena and Spark: what they name, and that bad ones refuse to start."""

import sys
from pathlib import Path

import pytest

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.cli_data import written
from nba_mcp_synthesis.engine_addresses import AthenaAddress, SparkAddress, athena_address, spark_address
from nba_mcp_synthesis.errors import SettingsError, UsageError
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.settings_shown import describe_settings
from nba_mcp_synthesis.warehouse import opening
from test_cli import nba_mcp


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("athena:///nba", AthenaAddress("nba", "primary", None)),
        ("athena://", AthenaAddress(None, "primary", None)),
        (
            "athena:///nba?workgroup=nba-mcp&output=s3://results/a/b",
            AthenaAddress("nba", "nba-mcp", "s3://results/a/b"),
        ),
    ],
)
def test_an_address_of_athena_names_its_parts(url: str, address: AthenaAddress) -> None:
    """Each may lack."""
    assert athena_address(url) == address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("spark://spark.internal", SparkAddress("spark.internal", 15002, "", "", tls=False)),
        ("spark://10.0.0.1:99", SparkAddress("10.0.0.1", 99, "", "", tls=False)),
        ("spark://ada:a%2Fb@host:443?tls=true", SparkAddress("host", 443, "ada", "a/b", tls=True)),
    ],
)
def test_an_address_of_spark_names_its_parts(url: str, address: SparkAddress) -> None:
    """The port is Spark Connect's own where none is named."""
    assert spark_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "athena://nba", "athena:///NBA", "athena:///a/b", "athena:///nba?workgroup=", "athena:///nba?region=x",
        "athena:///nba?output=http://x", "athena:///nba?output=s3://b;DROP", "athena:///nba#x",
        "athena:///nba?workgroup=a&workgroup=b", "athena:///nba?workgroup",
        "spark://", "spark://host:0", "spark://host:x", "spark://host/path", "spark://host?tls=yes",
        "spark://host;use_ssl=true", "spark://ho st", "spark://host?token=x", "spark://a:t%0Ak@host?tls=true",
    ],
)  # fmt: skip
def test_what_cannot_be_read_refuses_to_start(url: str) -> None:
    """With what it has to look like."""
    with pytest.raises(SettingsError, match="NBA_MCP_WAREHOUSE_URL must look like"):
        load_settings({"NBA_MCP_WAREHOUSE_URL": url})


@pytest.fixture
def spark_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client is found; what it is for is not needed here."""
    monkeypatch.setattr(opening, "find_spec", lambda _: object())


@pytest.mark.usefixtures("spark_installed")
def test_a_token_goes_over_tls_only() -> None:
    """And is shown nowhere."""
    with pytest.raises(SettingsError, match="over TLS only") as refused:
        load_settings({"NBA_MCP_WAREHOUSE_URL": "spark://ada:hidden@host"})
    assert "hidden" not in str(refused.value)
    settings = load_settings({"NBA_MCP_WAREHOUSE_URL": "spark://ada:hidden@host?tls=true"})
    told = [str(describe_settings(settings)), repr(settings), App(settings).warehouse.place]
    told.append(repr(spark_address("spark://ada:hidden@host?tls=true")))
    assert not any("hidden" in text for text in told)
    assert told[2].startswith("spark://host:15002 over ")


def test_a_database_is_needed() -> None:
    """From the path, or from the setting that publishing has too."""
    with pytest.raises(SettingsError, match="names no database"):
        App(load_settings({"NBA_MCP_WAREHOUSE_URL": "athena://"}))
    known = {"NBA_MCP_WAREHOUSE_URL": "athena://", "NBA_MCP_GLUE_DATABASE": "league"}
    assert App(load_settings(known)).warehouse.place == "athena:///league (workgroup primary)"
    named = {**known, "NBA_MCP_WAREHOUSE_URL": "athena:///other"}
    assert App(load_settings(named)).warehouse.place == "athena:///other (workgroup primary)"


@pytest.mark.parametrize(
    ("url", "module", "extra"), [("athena:///nba", "pyathena", "aws"), ("spark://host", "pyspark", "spark")]
)
def test_an_extra_that_lacks_is_told_at_the_start(
    url: str, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And how to install it."""
    monkeypatch.setattr(opening, "find_spec", lambda name: None if name == module else object())
    with pytest.raises(SettingsError, match=rf"needs {module}\..*\[{extra}\]"):
        App(load_settings({"NBA_MCP_WAREHOUSE_URL": url}))


@pytest.mark.parametrize("command", [("load", "."), ("publish",)])
def test_loading_is_refused(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With what to do instead."""
    (tmp_path / "games.csv").write_text("GAME_ID\n")
    monkeypatch.chdir(tmp_path)
    found = nba_mcp("data", *command, NBA_MCP_WAREHOUSE_URL="spark://host")
    assert found.returncode == 2
    assert "only reads a published lake" in found.stderr
    assert "data publish" in found.stderr


@pytest.mark.parametrize("url", ["athena:///nba", "spark://host"])
def test_no_command_of_data_gets_a_file_to_write(url: str) -> None:
    """Whatever it would do with it."""
    settings = load_settings({"NBA_MCP_WAREHOUSE_URL": url})
    with pytest.raises(UsageError, match="only reads"), written(settings, settings.load_path):
        raise AssertionError(url)


@pytest.mark.usefixtures("spark_installed")
def test_their_libraries_are_loaded_when_they_are_used() -> None:
    """A program over DuckDB does not wait for them."""
    App(load_settings({"NBA_MCP_WAREHOUSE_URL": "spark://host"}))
    assert "pyspark.sql.connect.session" not in sys.modules
