"""Comparing what is held here with what AWS has. What a rotation brought since may differ."""

import functools
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nba_mcp_synthesis.connectors.outcome import UNREACHABLE, Outcome
from nba_mcp_synthesis.secrets.manifest import Manifest, Spec
from nba_mcp_synthesis.secrets.migration.records import Compared
from nba_mcp_synthesis.secrets.records import Held
from nba_mcp_synthesis.secrets.rotation.turn import digest
from nba_mcp_synthesis.secrets.versions import Version

_SHOWN = 12  # signs of a digest


class Comparing:
    """One comparison. The audit log is asked where something differs; what was rotated is tried."""

    def __init__(
        self,
        held: Mapping[str, Held],
        there: Mapping[str, str],
        version: Version | None,
        manifest: Manifest,
        audit: Callable[[], list[dict[str, Any]]],
        opening: Callable[[Spec], Callable[[Mapping[str, str]], Outcome] | None],
    ) -> None:
        self._held, self._there, self._version, self._manifest = held, there, version, manifest
        self._audit, self._opening = audit, opening
        self._key = os.urandom(
            32
        )  # digests mean nothing outside of this run: a port could be guessed from others

    def all(self, *, probe: bool = False) -> Iterator[tuple[Spec, Compared]]:
        """Each secret that is held on either side."""
        for spec in self._manifest.specs.values():
            held = self._held.get(spec.name)
            here, there = held.value.get_secret_value() if held else "", self._there.get(spec.name, "")
            if here or there:
                yield spec, self._compared(spec, here, there, probe=probe)

    def _compared(self, spec: Spec, here: str, there: str, *, probe: bool) -> Compared:
        name, shown = spec.name, (self._digest(here), self._digest(there))
        if (
            here
            and not hmac.compare_digest(here.encode(), there.encode())
            and (fault := spec.format.fault(here))
        ):
            return Compared(name, "malformed", *shown, f"the value in {self._held[name].place} {fault}")
        if not there:
            return Compared(name, "only here", *shown)
        if not here:
            return Compared(name, "only there", *shown)
        if hmac.compare_digest(here.encode(), there.encode()):
            return Compared(name, "same", *shown)
        at = self._rotated_at(spec, there)
        if at is None:
            return Compared(name, "different", *shown, "AWS has another value, of which no rotation is known")
        told = f"rotated on {at[:10]}, as the audit log has it"
        opens = self._opening(spec) if probe else None
        return (
            self._tried(name, shown, told, opens(self._there))
            if opens
            else Compared(name, "rotated", *shown, told)
        )

    def _tried(self, name: str, shown: tuple[str, str], told: str, outcome: Outcome) -> Compared:
        if outcome.ok:
            return Compared(name, "rotated", *shown, f"{told}; it opens its door")
        state: Any = "not tried" if outcome.reason in UNREACHABLE else "does not open"
        return Compared(name, state, *shown, f"{told}; {outcome.message}")

    def _rotated_at(self, spec: Spec, value: str) -> str | None:
        """When a rotation brought this very value, by the audit log; None where it has no such entry."""
        entry = self._version.history.entry(spec.name) if self._version else None
        if entry is None or entry.version is None:
            return None
        for row in self._rotations:
            detail = row["detail"] or {}
            if row["outcome"] != "ok" or detail.get("version") != entry.version:
                continue
            known = detail.get("digests", {}).get(spec.name)
            # names and ports have no digest there; they change together with what has
            if known == digest(value, entry.version) or (known is None and not spec.format.guarded):
                return str(row["at"])
        return None

    @functools.cached_property
    def _rotations(self) -> list[dict[str, Any]]:
        return self._audit()

    def _digest(self, value: str) -> str:
        return hmac.digest(self._key, value.encode(), "sha256").hex()[:_SHOWN] if value else ""
