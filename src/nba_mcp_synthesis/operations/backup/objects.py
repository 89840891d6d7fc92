"""Objects of Kubernetes: saved as YAML that applies again, the secrets encrypted in memory."""

import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from nba_mcp_synthesis.errors import BackupDamaged, BackupFailed, UsageError
from nba_mcp_synthesis.operations.backup import encryption
from nba_mcp_synthesis.operations.backup.cleaning import Object, cleaned, is_kept, rules
from nba_mcp_synthesis.operations.backup.manifest import new_id
from nba_mcp_synthesis.operations.backup.store import BackupStore

FOLDER, CONFIGURATION, SECRETS, MANIFEST = (
    "objects",
    "configuration.yaml",
    "secrets.yaml.age",
    "manifest.json",
)
_SECONDS = 60.0


class Cluster(Protocol):
    """kubectl in one namespace; see `connectors.kubectl`."""

    namespace: str

    def run(self, *arguments: str, stdin: str | None = None, seconds: float | None = None) -> str:
        """What a command prints."""
        ...

    def json(self, *arguments: str, stdin: str | None = None, seconds: float | None = None) -> Any:
        """The same, as JSON."""
        ...


class Saved(BaseModel):
    """The manifest: how many objects of each kind, and the SHA-256 of each file. It is written last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    id: str
    at: AwareDatetime
    namespace: str
    kinds: dict[str, int]
    sha256: dict[str, str]
    recipients: tuple[str, ...]


def save(cluster: Cluster, store: BackupStore, recipients: tuple[str, ...]) -> Saved:
    """Saves all objects of the namespace that somebody made.

    Raises:
        SettingsError: there is no recipient.
        KubectlFailed: the cluster does not answer, or does not let us read.
        BackupsDown: the store does not answer.
    """
    encryption.check_recipients(recipients)
    found = sorted(_found(cluster), key=lambda one: (one["kind"], one["metadata"]["name"]))
    secret = [one for one in found if one["kind"] == "Secret"]
    contents = {
        CONFIGURATION: _yaml(one for one in found if one["kind"] != "Secret"),
        SECRETS: _encrypted(_yaml(secret), recipients),
    }
    now = datetime.now(UTC)
    saved = Saved(
        id=new_id(now),
        at=now,
        namespace=cluster.namespace,
        kinds=dict(Counter(one["kind"] for one in found)),
        sha256={name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        recipients=recipients,
    )
    for name, content in contents.items():
        store.write(f"{FOLDER}/{saved.id}/{name}", content)
    store.write(f"{FOLDER}/{saved.id}/{MANIFEST}", saved.model_dump_json(indent=1).encode())
    return saved


def choose(store: BackupStore, id_: str | None) -> Saved:
    """What was saved under that id, or last; UsageError where there is nothing."""
    keys = [one.key for one in store.keys(f"{FOLDER}/") if one.key.endswith(f"/{MANIFEST}")]
    wanted = [key for key in keys if id_ in (None, key.split("/")[1])]
    if not wanted:
        raise UsageError(
            f"No objects are saved in {store.place}{f' as {id_}' if id_ else ''}.",
            "`nba-mcp ops backup objects save` does it.",
        )
    try:
        return Saved.model_validate_json(store.read(wanted[-1]) or b"")
    except ValidationError:
        raise BackupDamaged(f"{wanted[-1]} cannot be read.", "Take another one.") from None


def apply(cluster: Cluster, store: BackupStore, saved: Saved, identity: Path | None, *, dry_run: bool) -> str:
    """Applies what was saved, the secrets first; gives what kubectl says of each object.

    Raises:
        BackupDamaged: a file is missing or was changed; nothing was applied.
        KubectlFailed: the cluster took some, or none.
    """
    configuration = _read(store, saved, CONFIGURATION)
    secrets = _decrypted(_read(store, saved, SECRETS), identity)
    words = ["apply", "--server-side", "--force-conflicts", "--filename=-"]
    words += ["--dry-run=server"] if dry_run else []
    texts = [text for text in (secrets, configuration.decode()) if text.strip()]
    return "".join(cluster.run(*words, stdin=text, seconds=_SECONDS) for text in texts)


def copy(store: BackupStore, saved: Saved, folder: Path) -> list[Path]:
    """Writes them into a folder, as k8s-configuration-YYYYmmdd.yaml and k8s-secrets-….yaml.age."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in (CONFIGURATION, SECRETS):
        stem, _, ending = name.partition(".")
        path = folder / f"k8s-{stem}-{saved.at:%Y%m%d}.{ending}"
        path.write_bytes(_read(store, saved, name))
        paths.append(path)
    return paths


def _found(cluster: Cluster) -> Iterable[Object]:
    """All objects that are kept, cleaned."""
    listed = cluster.run("api-resources", "--namespaced", "--verbs=list,create", "--output=name").split()
    kinds = [kind for kind in listed if kind.split(".")[0] not in rules()["never"]]
    if not kinds:
        raise BackupFailed("The cluster lists no kinds of objects.", "See `kubectl api-resources`.")
    found = cluster.json("get", ",".join(kinds), "--show-managed-fields=false", seconds=_SECONDS)
    return [cleaned(one) for one in found["items"] if is_kept(one)]


def _yaml(found: Iterable[Object]) -> bytes:
    return yaml.safe_dump_all(found, sort_keys=True, explicit_start=True, allow_unicode=True).encode()


def _encrypted(content: bytes, recipients: tuple[str, ...]) -> bytes:
    target = io.BytesIO()
    encryption.encrypt(io.BytesIO(content), target, recipients)
    return target.getvalue()


def _decrypted(content: bytes, identity: Path | None) -> str:
    target = io.BytesIO()
    encryption.decrypt(io.BytesIO(content), target, encryption.read_identities(identity), SECRETS)
    return target.getvalue().decode()


def _read(store: BackupStore, saved: Saved, name: str) -> bytes:
    key = f"{FOLDER}/{saved.id}/{name}"
    content = store.read(key)
    if content is None or hashlib.sha256(content).hexdigest() != saved.sha256[name]:
        told = "is gone" if content is None else "is not what was written: its SHA-256 differs"
        raise BackupDamaged(f"{key} {told}. Nothing was applied.", "Take another one.")
    return content
