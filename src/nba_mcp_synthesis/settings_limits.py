"""Settings of how much each caller may do, how many calls run at once, and how a server stops."""

from pydantic import BaseModel, Field


class LimitSettings(BaseModel):
    """How much one caller may do, and all together."""

    calls_minute: int = Field(
        1_200, ge=0, le=1_000_000, description="Most calls of one caller in a minute; 0 for no limit."
    )
    asks_minute: int = Field(
        60, ge=0, le=1_000_000, description="Most questions (ask) of one caller in a minute; 0 for no limit."
    )
    sql_minute: int = Field(
        600,
        ge=0,
        le=1_000_000,
        description="Most SQL queries (query_sql) of one caller in a minute; 0 for no limit.",
    )
    call_concurrency: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Calls that run at the same time: so many of query_sql, and so many of the other tools. "
        "When unset: QUERY_CONCURRENCY.",
    )
    ask_concurrency: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Questions (ask) that run at the same time. When unset: QUERY_CONCURRENCY, or where "
        "MODELS are asked twice VOICE_CONCURRENCY if that is more.",
    )
    caller_share: float = Field(
        0.75,
        gt=0,
        le=1,
        description="The part of these places that one caller may hold, at least one; 1 for all of them.",
    )
    call_queue: int = Field(
        1_000, ge=0, le=1_000_000, description="Calls that may wait for a place, of each of these kinds."
    )
    caller_queue: int = Field(
        100, ge=0, le=1_000_000, description="Calls of one caller that may wait for a place, of each kind."
    )
    call_wait_seconds: float = Field(
        10.0,
        gt=0,
        le=600,
        description="Longest that a call waits for a place; one that would wait longer is refused at once.",
    )
    caller_budget_day_usd: float = Field(
        0.0,
        ge=0,
        le=1_000_000,
        description="Most dollars that models may cost for one caller in a day (UTC); 0 for no such limit.",
    )
    drain_seconds: float | None = Field(
        None,
        ge=0,
        le=300,
        description="For how long after SIGTERM new requests are still taken, while /health/ready says that "
        "none are wanted. When unset: 5 in production, otherwise 0.",
    )
