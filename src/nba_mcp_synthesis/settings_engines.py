"""Settings of engines over the lake: what one query of Athena may read, and what that costs."""

from pydantic import BaseModel, Field


class EngineSettings(BaseModel):
    """Bounds of queries that are paid by the byte."""

    athena_scan_mb: int = Field(
        10_000,
        ge=0,
        le=100_000_000,
        description="Most MB that one query of Athena may read: its workgroup must stop queries at that or "
        "less (at least 10, BytesScannedCutoffPerQuery). 0 for no such limit.",
    )
    athena_usd_per_tb: float = Field(
        5.0,
        ge=0,
        le=1_000,
        description="Dollars for a TB that Athena reads, by which each result says what it cost.",
    )
