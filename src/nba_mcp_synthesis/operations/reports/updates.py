"""Which dependencies are outdated or vulnerable, as the package index and OSV say."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import distributions
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from nba_mcp_synthesis.connectors.packages import Unreachable, post_json, simple_index
from nba_mcp_synthesis.deadlines import together
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Document, Section, Table

Installed = Sequence[tuple[str, str]]
_AT_ONCE = 500  # queries of one request to OSV


@dataclass(frozen=True, slots=True)
class Vulnerable:
    """An advisory about what is installed."""

    name: str
    version: str
    advisory: str


@dataclass(frozen=True, slots=True)
class Outdated:
    """What there is newer than what is installed."""

    name: str
    version: str
    newest: str


def updates(now: datetime, index: str, osv: str, installed: Installed | None = None) -> Document:
    """The report. Exit code 1 where something is vulnerable, 3 where a source did not tell all."""
    found = sorted(installed if installed is not None else _installed())
    vulnerable, unaudited = _vulnerable(osv, found)
    outdated, unlooked = _outdated(index, found)
    told = f"{words.plural(len(found), 'package')} installed."
    told += "" if unaudited else f" {words.plural(len(vulnerable), 'advisory')} about them."
    told += "" if unlooked else f" {len(outdated)} have newer versions."
    notes = [f"Not audited for vulnerabilities: {unaudited}"] if unaudited else []
    notes += [f"Not looked for newer versions: {unlooked}"] if unlooked else []
    return Document(
        f"updates-{now:%Y-%m-%d}",
        f"Dependencies, {now:%Y-%m-%d}",
        [told.replace("advisorys", "advisories"), *notes],
        [
            Section("Vulnerable", [_table(("package", "version", "advisory"), vulnerable, unaudited)]),
            Section("Outdated", [_table(("package", "version", "newest"), outdated, unlooked)]),
            Section(
                "Not in this report", ["The base image: trivy looks at it, in `ops checklist security`."]
            ),
        ],
        {
            "packages": len(found),
            "vulnerable": [asdict(one) for one in vulnerable],
            "outdated": [asdict(one) for one in outdated],
            "unaudited": unaudited,
            "unlooked": unlooked,
        },
        exit_code=1 if vulnerable else 3 if unaudited or unlooked else 0,
    )


def _installed() -> list[tuple[str, str]]:
    """What is installed beside this program, ourselves left out."""
    found = {canonicalize_name(one.metadata["Name"]): one.version for one in distributions()}
    return [(name, version) for name, version in found.items() if name != "nba-mcp-synthesis"]


def _vulnerable(osv: str, found: Installed) -> tuple[list[Vulnerable], str]:
    """The advisories, and why not all packages were audited."""
    told: list[Vulnerable] = []
    try:
        for first in range(0, len(found), _AT_ONCE):
            told += _advisories(osv, found[first : first + _AT_ONCE])
    except Unreachable as error:
        return told, str(error)
    return told, ""


def _advisories(osv: str, asked: Installed) -> list[Vulnerable]:
    queries = [{"package": {"name": n, "ecosystem": "PyPI"}, "version": version} for n, version in asked]
    results = post_json(f"{osv}/v1/querybatch", {"queries": queries}).get("results")
    if not isinstance(results, list) or len(results) != len(asked):
        raise Unreachable(f"{osv} did not answer for every package.")
    return [
        Vulnerable(name, version, str(bug["id"]))
        for (name, version), result in zip(asked, results, strict=True)
        for bug in (result or {}).get("vulns", ())
    ]


def _outdated(index: str, found: Installed) -> tuple[list[Outdated], str]:
    """What is outdated, and why not all were looked at; where the first fails, the others are spared."""
    told: list[Outdated] = []
    missed: list[str] = []
    for part in (found[:1], found[1:]):
        for (name, version), newest in zip(
            part, together([partial(_newest, index, n) for n, _ in part]), strict=True
        ):
            if isinstance(newest, Unreachable):
                missed.append(f"{name}: {newest}")
            elif newest > Version(version):
                told.append(Outdated(name, version, str(newest)))
        if len(missed) == len(part) == 1:
            return told, missed[0].partition(": ")[2]
    return told, f"{words.plural(len(missed), 'package')}, such as {missed[0]}" if missed else ""


def _newest(index: str, name: str) -> Version | Unreachable:
    """The newest version that is final, or why nobody knows it."""
    try:
        versions = [version for text in simple_index(index, name) if (version := _version(text))]
    except Unreachable as error:
        return error
    final = [version for version in versions if not version.is_prerelease]
    return max(final) if final else Unreachable(f"{index} has no final version of it.")


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _table(columns: Sequence[str], found: Sequence[Any], missed: str) -> Table:
    rows = [tuple(str(value) for value in asdict(one).values()) for one in found]
    return Table(columns, rows, nothing="Nobody could be asked." if missed else "None is.")
