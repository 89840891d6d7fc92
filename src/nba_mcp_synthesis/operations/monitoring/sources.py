"""The data of `monitoring/`: constants, promises, rules, contacts. Names that are not known are refused."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nba_mcp_synthesis.errors import NbaMcpError, UsageError
from nba_mcp_synthesis.operations.monitoring.hours import Hours

_NAME = re.compile(r"<<(\w+)>>")


@dataclass(frozen=True, slots=True)
class Sources:
    """What the files say; expressions are complete but for `<<window>>` in promises."""

    constants: dict[str, str]
    recording: list[dict[str, Any]]
    slos: list[dict[str, Any]]
    alerts: dict[str, list[dict[str, Any]]]  # by file; severity, dashboard and source are in each
    dashboards: list[dict[str, Any]]
    contacts: dict[str, Any]

    @property
    def hours(self) -> Hours:
        """The hours in which P2 rings."""
        return Hours.of(self.contacts["hours"], self.contacts["timezone"])


def load(folder: Path) -> Sources:
    """The data below `monitoring/`; raises UsageError for a name that no constant has."""
    constants = {"faults": faults(), **_yaml(folder / "constants.yaml")}
    return Sources(
        constants,
        filled(_yaml(folder / "recording.yaml"), constants),
        filled(_yaml(folder / "slos.yaml"), {**constants, "window": "<<window>>"}),
        {file.stem: _alerts(filled(_yaml(file), constants)) for file in _files(folder / "alerts")},
        [filled(_yaml(file), constants) for file in _files(folder / "panels")],
        tomllib.loads((folder / "contacts.toml").read_text("utf-8")),
    )


def faults() -> str:
    """The outcomes of calls that failed by our fault, as a pattern: each error that HTTP answers with 5xx."""
    # errors of one room alone depend on what is imported, and end no call
    tree = [kind for kind in _tree(NbaMcpError) if kind.__module__ == NbaMcpError.__module__]
    # the code comes of the name alone: an error that was never raised has it as well
    codes = {kind.__new__(kind).code for kind in tree if kind.http_status >= 500}
    return "|".join(sorted(codes - {"nba_mcp_error"} | {"internal_error"}))


def filled(found: Any, names: dict[str, str]) -> Any:
    """The same with every `<<name>>` replaced."""
    if isinstance(found, dict):
        return {key: filled(value, names) for key, value in found.items()}
    if isinstance(found, list):
        return [filled(value, names) for value in found]
    return _NAME.sub(lambda match: _known(match[1], names), found) if isinstance(found, str) else found


def _known(name: str, names: dict[str, str]) -> str:
    if name not in names:
        raise UsageError(f"<<{name}>> is no constant.", f"There are {', '.join(sorted(names))}.")
    return names[name]


def _alerts(group: dict[str, Any]) -> list[dict[str, Any]]:
    """The alerts of a file, each with what the file says for all of them."""
    common = {key: value for key, value in group.items() if key != "alerts"}
    return [{**common, **alert} for alert in group["alerts"]]


def _tree(kind: type[NbaMcpError]) -> list[type[NbaMcpError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _tree(child))]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))
