"""Settings of the state database, and the limits of queries on the warehouse."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from nba_mcp_synthesis.addresses import address_of, lake_address


class StateSettings(BaseModel):
    """Where answers are kept, and for how long."""

    state_url: Annotated[SecretStr, address_of("sqlite:///", "postgresql://")] | None = Field(
        None,
        description="Where answers are kept: sqlite:///FILE, or postgresql://USER@HOST/DATABASE with the "
        "password in it or as the secret STATE_PASSWORD, of the role STATE_USERNAME where that is held. "
        "When unset: HOME/state.db.",
    )
    state_answer_days: int = Field(
        365, ge=0, le=36_500, description="Days for which answers are kept, with evidence; 0 keeps all."
    )
    state_audit_days: int = Field(
        365, ge=0, le=36_500, description="Days for which the audit log is kept; 0 keeps all."
    )
    state_journal_mb: int = Field(
        1_000,
        ge=20,
        le=1_000_000,
        description="Most MB of answers that wait on the disk while the state database is away; those beyond "
        "are held in memory, then counted as lost.",
    )


class LakeSettings(BaseModel):
    """Where canonical tables are published as Parquet."""

    lake_url: Annotated[str, AfterValidator(lake_address)] | None = Field(
        None,
        description="The lake: a folder, or s3://BUCKET/PREFIX. Credentials come by AWS's default chain. "
        "When unset: HOME/lake.",
    )
    glue_database: str | None = Field(
        None,
        pattern=r"[a-z0-9_]{1,255}$",
        description="The database of the Glue Data Catalog that knows the lake's tables; none when unset.",
    )
    lake_kms_key: str | None = Field(
        None, description="The KMS key that the lake's objects are encrypted with; S3's own keys when unset."
    )


class QuerySettings(BaseModel):
    """The limits of one query."""

    query_rows: int = Field(10_000, ge=1, le=1_000_000, description="Most rows that one query returns.")
    query_bytes: int = Field(
        4_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="Most bytes of values that one query returns.",
    )
    query_seconds: float = Field(
        10.0, gt=0, le=600, description="Deadline of one query, after which it is stopped."
    )
    query_concurrency: int = Field(4, ge=1, le=64, description="Queries that run at the same time.")
    query_memory_mb: int = Field(
        512, ge=64, le=65_536, description="Memory that the query engine may use, in MiB."
    )
