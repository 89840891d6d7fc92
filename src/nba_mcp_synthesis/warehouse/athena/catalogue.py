"""Which state the tables of a Glue database have."""

from typing import Any

from nba_mcp_synthesis.connectors.aws import aws_client
from nba_mcp_synthesis.errors import Busy, NbaMcpError, NoWarehouse, WarehouseOutdated
from nba_mcp_synthesis.lake.opening import open_store
from nba_mcp_synthesis.lake.registration import Registration, registration
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.warehouse import layout
from nba_mcp_synthesis.warehouse.athena import reasons
from nba_mcp_synthesis.warehouse.published import State

_PUBLISH = "`nba-mcp data publish` with NBA_MCP_GLUE_DATABASE and an s3:// lake registers it."


class CatalogueReader:
    """Reads what a database says of its state; see `lake.registration`."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._client: Any = None
        self._store: Store | None = None

    def state(self) -> State:
        """The state that the tables have now.

        Raises:
            NoWarehouse: nothing is registered.
            WarehouseOutdated: it was published by another version, or the lake has removed its files since.
            Busy: a publication is changing it.
            WarehouseDown: Glue does not answer, or does not let us in.
            LakeDown: the lake does not.
        """
        found = registration(self._parameters())
        if found is None:
            raise NoWarehouse(f"Glue's database {self._database} has no published state.", _PUBLISH)
        if found.is_changing:
            raise Busy(
                f"Glue's database {self._database} is being changed by a publication.",
                "Try again in a moment. If it stays so, a publication died on its way: publish again.",
            )
        _check(found.about.layout_version, self._database)
        self._check_files(found)
        return State(found.manifest, found.about.snapshot, found.about.data_as_of, found.about.simulated)

    def _check_files(self, found: Registration) -> None:
        """Tables whose files are gone read as empty; the lake removes a state's manifest before its files."""
        if not found.place or not self._lake(found.place).keys(found.manifest, limit=1):
            raise WarehouseOutdated(
                f"Glue's database {self._database} has a state whose files the lake no longer keeps.",
                f"Register the newest one: {_PUBLISH}",
            )

    def _lake(self, place: str) -> Store:
        if self._store is None or self._store.place != place:
            self._store = open_store(place)
        return self._store

    def _parameters(self) -> dict[str, str]:
        try:
            self._client = self._client or aws_client("glue")
            found: dict[str, str] = self._client.get_database(Name=self._database)["Database"].get(
                "Parameters", {}
            )
        except NbaMcpError:
            raise
        except Exception as error:
            if _is_absent(error):
                raise NoWarehouse(f"Glue has no database {self._database}.", _PUBLISH) from error
            raise reasons.unreachable(error, f"Glue database {self._database}") from error
        return found


def _check(version: int, database: str) -> None:
    if version != layout.LAYOUT_VERSION:
        raise WarehouseOutdated(
            f"Glue's database {database} has layout {version}; this program reads {layout.LAYOUT_VERSION}.",
            "Publish again with this version, or use the version that published it.",
        )


def _is_absent(error: Exception) -> bool:
    answer = getattr(error, "response", None)
    return isinstance(answer, dict) and answer.get("Error", {}).get("Code") == "EntityNotFoundException"
