"""The environment of the process: what is set there wins over all other levels."""

from collections.abc import Collection, Mapping

from pydantic import SecretStr

from nba_mcp_synthesis.secrets.manifest import Manifest
from nba_mcp_synthesis.secrets.names import Naming
from nba_mcp_synthesis.secrets.records import Held, Reading


class EnvironmentLevel:
    """Variables under the whole name, the short one, and the other names of the manifest."""

    name = "environment"
    costly = False

    def __init__(self, naming: Naming, manifest: Manifest, environ: Mapping[str, str]) -> None:
        self._naming, self._manifest, self._environ = naming, manifest, environ

    def read(self, wanted: Collection[str]) -> Reading:
        """Variables that are set; an empty one counts as unset."""
        return Reading(
            tuple(
                Held(name, SecretStr(self._environ[variable]), self.name, f"the variable {variable}")
                for name in wanted
                for variable in self._variables(name)
                if self._environ.get(variable)
            )
        )

    def tried(self, name: str) -> str:
        """The variables."""
        return f"environment variables {', '.join(self._variables(name))}{self._naming.note}"

    def _variables(self, name: str) -> tuple[str, ...]:
        also = self._manifest.specs[name].also if self._naming.short_names else ()
        return (*self._naming.aliases(name), *also)
