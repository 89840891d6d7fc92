"""Errors as problem+json (RFC 9457), the same words as by every other door."""

from fastapi.responses import JSONResponse

from nba_mcp_synthesis.errors import NbaMcpError


def problem(error: NbaMcpError) -> JSONResponse:
    """The response for an error, with its stable code."""
    told = {"title": error.message, "detail": str(error), "status": error.http_status, "code": error.code}
    return JSONResponse(told, error.http_status, media_type="application/problem+json")
