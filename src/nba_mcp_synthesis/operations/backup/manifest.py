"""The manifest of a backup: what was dumped, from where, by what, and how its contents can be proven.

It is written last: a backup without one does not count.
"""

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from nba_mcp_synthesis.errors import BackupDamaged

DatabaseName = Literal["warehouse", "state"]
Digest = Literal["row", "columns"]
DUMP, MANIFEST, VERIFIED, DAMAGED = "dump.age", "manifest.json", "verified.json", "damaged.json"
DRILLS = "drills/"  # reports of them, beside the backups

# They are run as they stand, and so nothing else may stand there.
_GRANT = (
    r"^GRANT (CONNECT|CREATE|TEMPORARY) ON DATABASE \{database\} TO "
    r'(PUBLIC|[a-z_][a-z0-9_$]*|"([^"]|"")+")( WITH GRANT OPTION)?$'
)


class Record(BaseModel):
    """What all parts of a manifest share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(Record):
    """One part of the dump: number from 1, bytes, and where they begin."""

    number: int
    offset: int
    bytes: int
    sha256: str


class TableContents(Record):
    """Rows of a table, and a digest in which their order plays no part."""

    rows: int
    digest: str


class Contents(Record):
    """All that a restored database has to have: tables by name, and how many objects of each kind.

    `digest` says of what the digests are: of each row's text, in backups of format 1, or of its columns.
    """

    digest: Digest = "row"
    tables: dict[str, TableContents]
    objects: dict[str, int]


class Setting(Record):
    """A setting that sessions in the database begin with, all of them or those of a role."""

    role: str | None
    name: str
    value: str

    @property
    def told(self) -> str:
        """Its name, and whose it is; never the value."""
        return f"{self.name} of {self.role}" if self.role else self.name


class Properties(Record):
    """What belongs to the database as a whole, and no dump of its contents brings back.

    `provider` is PostgreSQL's letter for libc, ICU or its own, None in backups of format 1; `locale` and
    `rules` are of the last two. `settings_not_kept` names settings whose values may be secrets.
    """

    owner: str
    encoding: str
    collate: str
    ctype: str
    provider: Literal["c", "i", "b"] | None = None
    locale: str | None = None
    rules: str | None = None
    connection_limit: int = -1
    settings: tuple[Setting, ...] = ()
    settings_not_kept: tuple[str, ...] = ()
    grants: tuple[Annotated[str, Field(pattern=_GRANT)], ...] = ()


class ReferenceAnswer(Record):
    """A reference question and what it was answered at the time of the backup."""

    question: str
    status: str
    text: str
    values: tuple[dict[str, Any], ...] = ()


class Manifest(Record):
    """See above. Times are UTC; `snapshot_at` is the moment whose state the dump has."""

    format: Literal[1, 2] = 2
    id: str
    database: DatabaseName
    dbname: str
    begun_at: AwareDatetime
    snapshot_at: AwareDatetime
    finished_at: AwareDatetime
    snapshot: str
    data_snapshot: str | None = None
    schema_version: str | None = None
    server_version: str
    tools: dict[str, str]
    recipients: tuple[str, ...]
    dump_bytes: int
    parts: tuple[Part, ...]
    contents: Contents
    properties: Properties
    reference: tuple[ReferenceAnswer, ...] = ()
    reference_note: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.finished_at - self.begun_at).total_seconds()

    @property
    def note(self) -> str:
        """What is not in it: answers, and settings that are not kept."""
        names = ", ".join(self.properties.settings_not_kept)
        settings = f"Settings with a dot in their name are not kept: {names}." if names else ""
        return " ".join(told for told in (self.reference_note, settings) if told)

    @property
    def stored_bytes(self) -> int:
        """Bytes of the encrypted dump."""
        return sum(part.bytes for part in self.parts)

    @property
    def server_major(self) -> int:
        """Major version of the server that was dumped."""
        return int(self.server_version.split(".")[0])

    def key(self, name: str = DUMP) -> str:
        """Key of one of its objects."""
        return f"{self.database}/{self.id}/{name}"


class Verified(Record):
    """Written beside a manifest when the backup was restored and found the same."""

    at: AwareDatetime
    seconds: float
    tables: int
    rows: int
    server_version: str


class Damaged(Record):
    """Written beside a manifest when a verification or a drill found that the backup does not restore."""

    at: AwareDatetime
    id: str
    reason: str


def new_id(now: datetime) -> str:
    """The name of a backup: its time, and four signs in case there are two in a second."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def parsed(content: bytes, key: str) -> Manifest:
    """The manifest in an object; BackupDamaged where it is none."""
    try:
        found = Manifest.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, fault["loc"])) or "its text"
        raise BackupDamaged(
            f"{key} is no manifest of a backup: {where} ({fault['msg']}).", "Take another backup."
        ) from None
    if found.key(MANIFEST) != key:
        raise BackupDamaged(
            f"{key} is the manifest of {found.database} {found.id}, which lies elsewhere.",
            "Take another backup.",
        )
    return found
