"""Settings of backups: where they go, who can open them, and how many are kept."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr

from nba_mcp_synthesis.addresses import address_of, lake_address

_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")


def _recipients(given: Any) -> Any:
    """Public keys with commas between; a private key in their place is not repeated."""
    if not isinstance(given, str):
        return given
    keys = tuple(key.strip() for key in given.split(",") if key.strip())
    if not all(_RECIPIENT.fullmatch(key) for key in keys):
        msg = "must be public keys of age (age1…), with commas between; a private key belongs elsewhere"
        raise ValueError(msg)
    return keys


class BackupSettings(BaseModel):
    """What `nba-mcp ops backup` goes by."""

    backup_url: Annotated[str, AfterValidator(lake_address)] | None = Field(
        None,
        description="Where backups go: a folder, or an address such as s3://nba-mcp-synthesis-backups; "
        "without it there are none.",
    )
    backup_recipients: Annotated[tuple[str, ...], BeforeValidator(_recipients)] = Field(
        (),
        description="Public keys of age that backups are encrypted for, with commas between; whoever has one "
        "of the private keys can restore.",
    )
    backup_identity: Path | None = Field(
        None,
        description="File with the private key of age, for verify, restore and drill. Neither server nor "
        "`create` needs it, and it is never kept beside the backups.",
    )
    backup_programs: Path | None = Field(
        None, description="Folder of pg_dump and pg_restore. When unset: those of PATH."
    )
    backup_scratch_url: Annotated[SecretStr, address_of("postgresql://")] | None = Field(
        None,
        description="PostgreSQL server for verify and drill, as postgresql://USER:PASSWORD@HOST/postgres, "
        "whose role may create databases. When unset: the server that was backed up.",
    )
    backup_mb_per_second: float = Field(
        0.0, ge=0, le=100_000, description="Most MB that a dump sends in a second; 0 for no bound."
    )
    backup_part_mb: int = Field(
        16,
        ge=5,
        le=512,
        description="MiB in each part of an upload. A backup has 10,000 parts at the most, and a few are "
        "held in memory.",
    )
    backup_kms_key: str | None = Field(
        None, description="KMS key that S3 encrypts backups with once more; S3's own keys when unset."
    )
    backup_daily: int = Field(14, ge=1, le=3_660, description="Daily backups that prune keeps.")
    backup_weekly: int = Field(8, ge=0, le=1_040, description="Weekly backups that prune keeps.")
    backup_monthly: int = Field(12, ge=0, le=240, description="Monthly backups that prune keeps.")
    backup_watch_seconds: float = Field(
        300.0, ge=1, le=86_400, description="How often the server reads the age of backups for its metrics."
    )
    rds_instance: str = Field(
        "nba-simulator-db",
        pattern=r"[a-zA-Z][a-zA-Z0-9-]{0,62}$",
        description="RDS instance whose snapshots are listed and whose time can be turned back.",
    )
