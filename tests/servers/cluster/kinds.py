"""The resources that the double serves, read from kinds.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Resource:
    """One resource of the API, such as deployments of apps/v1."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    short: tuple[str, ...]
    subresources: tuple[str, ...]
    in_all: bool

    @property
    def api_version(self) -> str:
        """As objects say it: v1, apps/v1."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def is_custom(self) -> bool:
        """Whether a custom resource definition made it: no strategic merge, no default table."""
        return "coreos.com" in self.group or self.group.startswith("external-secrets")

    @property
    def full(self) -> str:
        """As messages name it: pods, deployments.apps."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


def _load() -> dict[tuple[str, str, str], Resource]:
    found = {}
    tables = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text("utf-8"))
    for api_version, lines in tables.items():
        group, _, version = api_version.rpartition("/")
        for plural, (kind, namespaced, short, subresources, in_all) in lines.items():
            one = Resource(
                group, version, plural, kind, namespaced, tuple(short), tuple(subresources), in_all
            )
            found[group, version, plural] = one
    return found


RESOURCES = _load()


def resource_of(plural: str, group: str | None = None) -> Resource:
    """The resource of that name; of several the first, unless the group is given."""
    return next(r for r in RESOURCES.values() if r.plural == plural and (group is None or r.group == group))


def resource_of_object(body: dict[str, Any]) -> Resource:
    """The resource that an object belongs to."""
    wanted = (body["apiVersion"], body["kind"])
    return next(r for r in RESOURCES.values() if (r.api_version, r.kind) == wanted)
