"""The JSON secret PROJECT/CONTEXT in AWS Secrets Manager as versions: read, staged, and switched to.

Nothing is written in place. A new version is put under AWSPENDING, and AWSCURRENT moves to it only from the
version that it was made from: AWS refuses a move from any other, so of two who change the secret at once one
is refused.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from nba_mcp_synthesis.connectors.aws import aws_client, explain_aws
from nba_mcp_synthesis.errors import RotationFailed, Unavailable, UsageError
from nba_mcp_synthesis.secrets.history import HISTORY, TURN, Entry, History
from nba_mcp_synthesis.secrets.names import Naming
from nba_mcp_synthesis.telemetry.logs import get_logger

T = TypeVar("T")
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"
LARGEST = 65_536  # bytes of one secret in AWS
# What AWS calls a label that is not where the caller thinks it is.
_NOT_THERE = frozenset({"InvalidParameterException", "InvalidRequestException"})
_AWAY = "What was in use still works. When AWS is back, run the command again: it completes what was begun."


@dataclass(frozen=True, slots=True, repr=False)
class Version:
    """One version: values by short name, since when each is what it is, and the turn that made it.

    `raw` is the document as it is stored, which may have keys under their whole names.
    """

    id: str
    created: datetime
    values: Mapping[str, str]
    history: History
    turn: Mapping[str, str]
    raw: Mapping[str, Any] = field(default_factory=dict)


class Single(NamedTuple):
    """One value of the layout with an AWS secret for each, and since when it is there."""

    value: str
    since: datetime


class VersionedSecret:
    """The secret of one context. Every call may raise Unavailable, which says what still works."""

    def __init__(self, naming: Naming) -> None:
        self.naming, self.name = naming, naming.aws
        self._made: Any = None

    def current(self) -> Version | None:
        """The version in use; None where there is no such secret."""
        return self._read(CURRENT)

    def require(self) -> Version:
        """The version in use; UsageError where there is no such secret."""
        found = self.current()
        if found is None:
            raise UsageError(
                f"There is no AWS secret {self.name}; only what is kept there can be rotated.",
                "Bring the secrets there first: `nba-mcp secrets migrate`.",
            )
        return found

    def pending(self) -> Version | None:
        """The version of a turn that is not over yet; None where there is none."""
        return self._read(PENDING)

    def document(self, name: str) -> dict[str, str]:
        """The texts of another JSON secret, such as an administrator's login; empty where it is not there."""
        found = self._fetched(name, CURRENT)
        return {} if found is None else {k: v for k, v in _parsed(found, name).items() if isinstance(v, str)}

    def since(self, name: str) -> datetime | None:
        """Since when another secret has its current version; None where it is not there, or not to be seen.

        No value is read: whoever rotates this secret has no business with the other one's.
        """
        try:
            self._client.describe_secret(SecretId=name)
            found = self._client.list_secret_version_ids(SecretId=name)["Versions"]
        except Exception as error:  # noqa: BLE001 - whatever AWS's library raises is worded below
            if _code(error) == "ResourceNotFoundException":
                return None
            if _code(error) == "AccessDeniedException":
                get_logger().warning("secrets", secret=name, failed="age", error=_code(error))
                return None
            raise self._worded(error) from None
        dates: list[datetime] = [
            one["CreatedDate"] for one in found if CURRENT in one.get("VersionStages", ())
        ]
        return max(dates, default=None)

    def singles(self, names: Iterable[str]) -> dict[str, Single]:
        """What the other layout has, one AWS secret PROJECT/CONTEXT/NAME each, of these names."""
        found = {name: self._fetched(f"{self.name}/{name}", CURRENT) for name in names}
        return {
            name: Single(one["SecretString"], one.get("CreatedDate") or datetime.now(UTC))
            for name, one in found.items()
            if one and one.get("SecretString")
        }

    def stage(
        self,
        base: Version,
        changes: Mapping[str, str],
        turn: Mapping[str, str],
        entries: Mapping[str, Entry] | None = None,
    ) -> Version:
        """Puts a version with these changes under AWSPENDING; the version in use stays the one it is.

        `entries` are the history of the changed ones; without it they are what a rotation brings now.
        """
        version = str(uuid.uuid4())
        brought = entries or {name: Entry(datetime.now(UTC), version) for name in changes}
        raw = self._changed(base, changes, brought) | {TURN: {**turn, "base": base.id}}
        self._put(version, raw)
        found = self.pending()
        if found is None or found.id != version:
            raise RotationFailed(
                f"Somebody else began to change {self.name} at the same moment; nothing was changed.",
                "Run the command again when the other is through.",
            )
        return found

    def switch(self, to: Version, base: str) -> None:
        """Moves AWSCURRENT from the version `base`; RotationFailed where it was not there any more."""
        self._move(CURRENT, {"RemoveFromVersionId": base, "MoveToVersionId": to.id}, to.id)

    def clear(self, version: str) -> None:
        """Takes AWSPENDING off a version, which ends its turn."""
        self._move(PENDING, {"RemoveFromVersionId": version}, None)

    def create(
        self, values: Mapping[str, str], entries: Mapping[str, Entry], options: Mapping[str, Any]
    ) -> None:
        """Makes the secret with its first version; `options` are those of CreateSecret."""
        raw = {**values, HISTORY: History(entries).as_json()}
        self._asked(lambda: self._client.create_secret(Name=self.name, SecretString=_text(raw), **options))

    def describe(self) -> dict[str, Any]:
        """Description, tags, key and labels, as AWS has them; empty where there is no such secret."""
        found = self._asked(lambda: self._client.describe_secret(SecretId=self.name), absent=True)
        return found or {}

    def adorn(self, description: str, kms_key: str | None, tags: list[dict[str, str]]) -> None:
        """Sets description, key and tags; no new version is made."""
        more = {"KmsKeyId": kms_key} if kms_key else {}
        self._asked(lambda: self._client.update_secret(SecretId=self.name, Description=description, **more))
        self._asked(lambda: self._client.tag_resource(SecretId=self.name, Tags=tags))

    @property
    def _client(self) -> Any:
        if self._made is None:
            self._made = aws_client("secretsmanager")
        return self._made

    def _read(self, stage: str) -> Version | None:
        found = self._fetched(self.name, stage)
        if found is None:
            return None
        raw = _parsed(found, self.name)
        given = {
            str(k): str(v) for k, v in raw.items() if isinstance(v, str | int) and not isinstance(v, bool)
        }
        names = {key: self.naming.short(key) or key for key in given}
        # whole names win, as where secrets are read
        values = {names[key]: given[key] for key in sorted(given, key=lambda key: (names[key] != key, key))}
        turn = raw.get(TURN)
        return Version(
            found["VersionId"],
            found.get("CreatedDate") or datetime.now(UTC),
            values,
            History.of_json(raw.get(HISTORY)),
            turn if isinstance(turn, dict) else {},
            raw,
        )

    def _fetched(self, name: str, stage: str) -> dict[str, Any] | None:
        return self._asked(
            lambda: self._client.get_secret_value(SecretId=name, VersionStage=stage), absent=True
        )

    def _changed(
        self, base: Version, changes: Mapping[str, str], brought: Mapping[str, Entry]
    ) -> dict[str, Any]:
        """The document of `base` with changes. What has no date yet keeps that of its version."""
        known = {name: base.history.entry(name) or Entry(base.created) for name in base.values}
        history = History({**known, **brought})
        raw = dict(base.raw)
        for name, value in changes.items():
            # under each name that it has: the cluster's copy reads the short one, this product the whole one
            for key in [key for key in (self.naming.long(name), name) if key in raw] or [name]:
                raw[key] = value
        return raw | {HISTORY: history.as_json()}

    def _put(self, version: str, raw: Mapping[str, Any]) -> None:
        text = _text(raw)
        if len(text.encode()) > LARGEST:
            raise UsageError(
                f"{self.name} would be larger than the {LARGEST:,} bytes that AWS keeps in one secret."
            )
        self._asked(
            lambda: self._client.put_secret_value(
                SecretId=self.name, SecretString=text, VersionStages=[PENDING], ClientRequestToken=version
            )
        )

    def _move(self, stage: str, how: Mapping[str, str], wanted: str | None) -> None:
        try:
            self._client.update_secret_version_stage(SecretId=self.name, VersionStage=stage, **how)
        except Exception as error:  # noqa: BLE001 - whatever AWS's library raises is worded below
            if _code(error) not in _NOT_THERE:
                raise self._worded(error) from None
            # an answer that was lost on its way is asked for twice: the label may be where it should
            there = self._read(stage)
            if (there.id if there else None) == wanted:
                return
            raise RotationFailed(
                f"{self.name} was changed by somebody else meanwhile; it was not switched.",
                "Look who it was (`nba-mcp ops audit`), then run the command again.",
            ) from None

    def _asked(self, call: Callable[[], T], *, absent: bool = False) -> T | None:
        """What AWS answers; with `absent`, None where it knows no such secret or version."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - whatever AWS's library raises is worded below
            if absent and _code(error) == "ResourceNotFoundException":
                return None
            raise self._worded(error) from None

    def _worded(self, error: BaseException) -> Unavailable:
        if isinstance(error, Unavailable):  # the extra is not installed
            return error
        return Unavailable(explain_aws(error, f"AWS secret {self.name}").message, _AWAY)


def _code(error: BaseException) -> str:
    answer = getattr(error, "response", None)
    return str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, dict) else ""


def _parsed(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    try:
        raw = json.loads(found.get("SecretString", ""))
    except ValueError:
        raw = None
    if not isinstance(raw, dict):
        raise UsageError(f"AWS secret {name} is no JSON object.", "Mend it in AWS.")
    return raw


def _text(raw: Mapping[str, Any]) -> str:
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
