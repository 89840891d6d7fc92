"""AWS Secrets Manager: one JSON secret PROJECT/CONTEXT, or one secret a name below it.

Asked only where AWS is configured, only for what earlier levels lack, and not again for a while: an answer
costs time and money. Its library is imported when it is first asked.
"""

import json
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.aws import aws_client, explain_aws
from nba_mcp_synthesis.connectors.faults import Fault
from nba_mcp_synthesis.connectors.outcome import UNREACHABLE
from nba_mcp_synthesis.deadlines import together, within
from nba_mcp_synthesis.secrets.history import HISTORY, History
from nba_mcp_synthesis.secrets.manifest import Manifest
from nba_mcp_synthesis.secrets.names import Naming
from nba_mcp_synthesis.secrets.records import Finding, Held, Reading, Severity

SECONDS, FRESH_SECONDS, RETRY_SECONDS = 4.0, 300.0, 30.0
_AT_ONCE = 8
# Any of these says that somebody wants AWS; without one, asking would wait for a network that is not there.
_SIGNS = frozenset(
    {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_ROLE_ARN",
    }
)


class AwsLevel:
    """The secrets of one context."""

    name = "AWS Secrets Manager"
    costly = True

    def __init__(self, naming: Naming, manifest: Manifest, environ: Mapping[str, str]) -> None:
        self._naming, self._manifest, self._environ = naming, manifest, environ
        self._lock = threading.Lock()
        self._wanted: frozenset[str] = frozenset()
        self._reading = Reading()
        self._again = 0.0

    def read(self, wanted: Collection[str]) -> Reading:
        """The secrets among `wanted`; an earlier answer while it is fresh and covers them."""
        if not wanted or not self._configured():
            return Reading()
        with self._lock:
            if not set(wanted) <= self._wanted or time.monotonic() >= self._again:
                self._ask(frozenset(wanted))
            return Reading(tuple(h for h in self._reading.held if h.name in wanted), self._reading.findings)

    def tried(self, name: str) -> str:
        """The secrets, and why they could not be asked for."""
        where = f"AWS Secrets Manager, {self._naming.aws} (JSON key {name}) and {self._naming.aws}/{name}"
        if not self._configured():
            return f"{where} (not asked: no AWS region, profile, role or endpoint is set)"
        faults = [finding.message for finding in self._reading.findings if finding.kind == "unreachable"]
        return f"{where} ({faults[0]})" if faults else where

    def _configured(self) -> bool:
        config = self._environ.get("AWS_CONFIG_FILE", "~/.aws/config")
        return any(self._environ.get(sign) for sign in _SIGNS) or Path(config).expanduser().is_file()

    def _ask(self, wanted: frozenset[str]) -> None:
        """Asks anew. What was known before stays known while the service is away."""
        try:
            self._reading = within(SECONDS, lambda: self._read(wanted))
        except Exception as error:  # noqa: BLE001 - whatever AWS's library raises is a finding
            fault = explain_aws(error, f"AWS Secrets Manager, {self._naming.aws}")
            self._reading = Reading(self._reading.held, (_unreachable(fault),))
        self._wanted = wanted
        away = any(finding.kind == "unreachable" for finding in self._reading.findings)
        self._again = time.monotonic() + (RETRY_SECONDS if away else FRESH_SECONDS)

    def _read(self, wanted: frozenset[str]) -> Reading:
        client = aws_client("secretsmanager")
        whole = _fetch(client, self._naming.aws)
        if isinstance(whole, dict):
            return self._of_json(whole, wanted)
        names = sorted(wanted)
        answers = together(
            [partial(_fetch, client, f"{self._naming.aws}/{name}") for name in names], _AT_ONCE
        )
        held = [
            one for name, answer in zip(names, answers, strict=True) for one in self._of_one(name, answer)
        ]
        denied = [one for one in (whole, *answers) if isinstance(one, Fault) and one.kind == "permission"]
        if denied and not held:  # either layout may be closed to us; that nothing can be read is a fault
            return Reading(self._reading.held, (_unreachable(denied[0]),))
        return Reading(tuple(held))

    def _of_json(self, answer: dict[str, Any], wanted: frozenset[str]) -> Reading:
        place = self._naming.aws
        try:
            values = json.loads(answer.get("SecretString", ""))
            given = {str(key): str(value) for key, value in values.items() if isinstance(value, str | int)}
        except (ValueError, AttributeError):
            return Reading(findings=(_wrong("malformed", f"AWS secret {place} is no JSON object."),))
        names = {key: self._naming.short(key) or key for key in given}
        history = History.of_json(values.get(HISTORY))
        held = [
            self._held(names[key], given[key], f"key {key} of AWS secret {place}", answer, history)
            for key in sorted(given, key=lambda key: (names[key] == key, key))  # whole names win
            if names[key] in wanted and given[key]
        ]
        unknown = [key for key, name in names.items() if name not in self._manifest.specs]
        told = f"AWS secret {place} has the key {{}}, which is no secret of this context."
        findings = [_wrong("unknown", told.format(key), self._manifest.nearest(key)) for key in unknown]
        return Reading(tuple(held), tuple(findings))

    def _of_one(self, name: str, answer: "dict[str, Any] | Fault") -> Iterable[Held]:
        if isinstance(answer, dict) and answer.get("SecretString"):
            yield self._held(name, answer["SecretString"], f"AWS secret {self._naming.aws}/{name}", answer)

    def _held(
        self, name: str, value: str, place: str, answer: dict[str, Any], history: History | None = None
    ) -> Held:
        known = history.entry(name) if history else None
        since = known.since if known else answer.get("CreatedDate")
        return Held(name, SecretStr(value), self.name, place, answer.get("VersionId"), since)


def _fetch(client: Any, secret: str) -> "dict[str, Any] | Fault":
    """The current version of a secret, or why there is none. A network that is away ends the reading."""
    try:
        found: dict[str, Any] = client.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")
    except Exception as error:
        fault = explain_aws(error, f"AWS secret {secret}")
        if fault.kind in UNREACHABLE or fault.kind in ("login", "unknown", "not installed"):
            raise
        return fault
    return found


def _unreachable(fault: Fault) -> Finding:
    return Finding("unreachable", None, fault.message, "What the other levels hold is used.")


def _wrong(kind: Literal["malformed", "unknown"], message: str, hint: str = "") -> Finding:
    severity: Severity = "error" if kind == "malformed" else "warning"
    return Finding(kind, None, message, hint or "Mend it in AWS.", severity)
