"""Every knob, its default and its meaning. Values come from the environment only.

Closed by construction: an `NBA_MCP_` variable that is not listed here refuses to start, because
a misspelt limit that is silently ignored is worse than none.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from nba_mcp_synthesis.addresses import POSTGRES, address_of, database_of, warehouse_address
from nba_mcp_synthesis.engine_addresses import ATHENA, SPARK
from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.settings_access import AccessSettings
from nba_mcp_synthesis.settings_backup import BackupSettings
from nba_mcp_synthesis.settings_cluster import ClusterSettings
from nba_mcp_synthesis.settings_engines import EngineSettings
from nba_mcp_synthesis.settings_http import HttpSettings
from nba_mcp_synthesis.settings_limits import LimitSettings
from nba_mcp_synthesis.settings_models import ModelSettings
from nba_mcp_synthesis.settings_operations import OperationsSettings
from nba_mcp_synthesis.settings_stores import LakeSettings, QuerySettings, StateSettings
from nba_mcp_synthesis.settings_telemetry import TelemetrySettings

PREFIX = "NBA_MCP_"
# Read by the test suite, and by MCP clients that send a key (`nba-mcp connect`); never by the product.
RESERVED = frozenset({"NBA_MCP_TEST_DATA", "NBA_MCP_KEY"})


def default_home() -> Path:
    """Folder of the data: `.nba-mcp` in a checkout, the user's data folder when installed."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / "Makefile").is_file():
        return checkout / ".nba-mcp"
    return Path(platformdirs.user_data_dir("nba-mcp"))


class Settings(
    AccessSettings,
    BackupSettings,
    ClusterSettings,
    EngineSettings,
    HttpSettings,
    LakeSettings,
    LimitSettings,
    ModelSettings,
    OperationsSettings,
    QuerySettings,
    StateSettings,
    TelemetrySettings,
):
    """All settings; each field is the variable `NBA_MCP_<NAME>`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    context: Literal["production", "development", "test"] = Field(
        "development", description="Where this runs; every log line and /health carry it."
    )
    home: Path = Field(
        default_factory=default_home,
        description="Folder for everything that is kept. "
        "In a checkout .nba-mcp, otherwise the user's data folder.",
    )
    warehouse_url: Annotated[str, AfterValidator(warehouse_address)] | None = Field(
        None,
        repr=False,  # it may hold a password
        description="The warehouse, as duckdb:///FILE or postgresql://USER@HOST/DATABASE, with the password "
        "in it or as the secret RDS_PASSWORD, of the role RDS_USERNAME where that is held "
        "(TLS is verified unless the URL has sslmode=…); with a "
        "replica as postgresql://USER@REPLICA,PRIMARY/DATABASE?target_session_attrs=prefer-standby. "
        "Over a published lake: athena:///DATABASE?workgroup=NAME (GLUE_DATABASE where it names none) or "
        "spark://HOST:PORT (Spark Connect, over LAKE_URL). "
        "When unset: HOME/warehouse.duckdb, or HOME/demo.duckdb (the simulated league) while nothing else "
        "has been loaded.",
    )
    redis_url: Annotated[SecretStr, address_of("redis://", "rediss://")] | None = Field(
        None,
        description="The Redis that server processes share answers and limits through; "
        "the secret REDIS_URL does the same. When neither is set, each process has its own.",
    )
    answer_cache_seconds: int = Field(
        3_600,
        ge=0,
        le=604_800,
        description="How long the server gives an answer again; 0 computes each anew.",
    )
    measures: Path | None = Field(
        None, description="A TOML file with measures of your own, written as [ratios.NAME] tables."
    )
    secrets_folder: Path | None = Field(
        None,
        description="Folder that has .env.PROJECT.CONTEXT/NAME.env, one secret a file. When unset: HOME.",
    )
    secrets_mounts: str = Field(
        "/run/secrets/nba-mcp-synthesis:/run/secrets",
        description="Folders of mounted secrets, one a file, with colons between them.",
    )
    secrets_refresh_seconds: float = Field(
        15.0, ge=0.1, le=3_600, description="How often the server looks whether secrets have changed."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe event that is logged."
    )
    shutdown_seconds: int = Field(
        30, ge=0, le=300, description="Time that requests in flight get to finish after SIGTERM."
    )

    @property
    def is_postgres(self) -> bool:
        """True when the warehouse is in PostgreSQL, and no file."""
        return bool(self.warehouse_url and self.warehouse_url.startswith(POSTGRES))

    @property
    def reads_lake(self) -> bool:
        """True when the warehouse is the published lake, read by Athena or Spark."""
        return bool(self.warehouse_url and self.warehouse_url.startswith((ATHENA, SPARK)))

    def postgres_url(self) -> str:
        """The URL of a warehouse in PostgreSQL."""
        return self.warehouse_url or ""

    def warehouse_path(self) -> Path:
        """File that queries read."""
        if self.warehouse_url:
            return Path(self.warehouse_url.removeprefix("duckdb:///")).expanduser()
        real = self.home / "warehouse.duckdb"
        demo = self.demo_path()
        return demo if demo.exists() and not real.exists() else real

    def state_path(self) -> Path | None:
        """File of the state database; None where it is in PostgreSQL."""
        if self.state_url is None:
            return self.home / "state.db"
        url = self.state_url.get_secret_value()
        given = url.startswith("sqlite:///")
        return Path(url.removeprefix("sqlite:///")).expanduser() if given else None

    def state_place(self) -> str:
        """Names the state database, without its login."""
        if path := self.state_path():
            return str(path.absolute())
        return database_of(self.state_url.get_secret_value() if self.state_url else "")

    def lake_place(self) -> str:
        """Folder or address of the lake."""
        return self.lake_url or str(self.home / "lake")

    def load_path(self) -> Path:
        """File that `data load` writes: real data never go beside simulated ones."""
        return self.warehouse_path() if self.warehouse_url else self.home / "warehouse.duckdb"

    def demo_path(self) -> Path:
        """File that `data demo` writes."""
        return self.warehouse_path() if self.warehouse_url else self.home / "demo.duckdb"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; raises SettingsError naming every variable at fault."""
    env = os.environ if environ is None else environ
    given = {k.upper(): v for k, v in env.items() if k.upper().startswith(PREFIX)}
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    faults = [_unknown(name, known) for name in sorted(set(given) - known - RESERVED)]
    # An empty variable is an unset one: that is how compose files and manifests say it.
    values = {k.removeprefix(PREFIX).lower(): v for k, v in given.items() if k in known and v}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        faults += [_unusable(e) for e in error.errors(include_input=False)]
    if faults:
        raise SettingsError(" ".join(faults), "`nba-mcp settings` lists every setting.") from None
    return settings


def _unknown(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"{name} is not a setting{f'; did you mean {near[0]}?' if near else '.'}"


def _unusable(error: Any) -> str:
    told = error["msg"].removeprefix("Value error, ")
    name = PREFIX + str(error["loc"][0]).upper() + " " if error["loc"] else PREFIX
    return f"{name}{told}."
