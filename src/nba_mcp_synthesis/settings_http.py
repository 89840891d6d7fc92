"""Settings of what one HTTP client may send, and how slowly."""

from pydantic import BaseModel, Field


class HttpSettings(BaseModel):
    """The bounds of one request and one connection."""

    http_body_kb: int = Field(256, ge=1, le=65_536, description="Most KB of a request's body (else 413).")
    http_header_kb: int = Field(
        16, ge=4, le=1_024, description="Most KB of a request's head that is still incomplete (else 400)."
    )
    http_request_seconds: float = Field(
        15.0,
        gt=0,
        le=600,
        description="Time until the head of a request has come (else the connection ends), and again until "
        "its body has (else 408).",
    )
    http_stall_seconds: float = Field(
        30.0,
        gt=0,
        le=3_600,
        description="Time in which a client has to take in 16 KB of its response, or the rest of it "
        "(else the connection ends).",
    )
    http_idle_seconds: int = Field(
        75,
        ge=1,
        le=3_600,
        description="Time for which a connection is kept between requests: more than any proxy in front "
        "keeps it (60 s for an ALB), so that none is closed while a request is on its way.",
    )
