"""Errors as problem+json (RFC 9457), the same words as by every other door."""

import math
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from nba_mcp_synthesis.errors import (
    AmbiguousName,
    MethodNotAllowed,
    NbaMcpError,
    NoSuchPath,
    UnknownName,
    UnsupportedMedia,
    UsageError,
    WrongArguments,
)
from nba_mcp_synthesis.server.arguments import clauses
from nba_mcp_synthesis.telemetry.logs import get_logger, in_force

MEDIA_TYPE = "application/problem+json"


class Unforeseen(NbaMcpError):
    """The stand-in for an error that nobody foresaw, whose own words stay in the log."""

    @property
    def code(self) -> str:
        """As calls that failed so are counted."""
        return "internal_error"

    def __init__(self) -> None:
        super().__init__(
            "The server failed at this request.", "Its log has the reason under the id of the request."
        )


def told(error: NbaMcpError) -> dict[str, Any]:
    """The members of a problem; `code` is stable, and `request_id` finds the request in the log."""
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": error.message,
        "detail": str(error),
        "status": error.http_status,
        "code": error.code,
    }
    if isinstance(error, AmbiguousName):
        members["choices"] = list(error.choices)
    if isinstance(error, UnknownName):
        members["choices"] = list(error.nearest)
    if error.retry_after is not None:
        members["retry_after"] = error.retry_after
    return {**members, "request_id": in_force().get("request_id", "")}


def problem(error: NbaMcpError, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response for an error."""
    sent = dict(headers or {})
    if error.retry_after is not None:
        sent["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    return JSONResponse(told(error), error.http_status, sent, MEDIA_TYPE)


def unforeseen(error: BaseException) -> Unforeseen:
    """Writes the error to the log, and gives what may be said of it."""
    get_logger().error("error", error=type(error).__name__, exc_info=error)
    return Unforeseen()


def add_problems(app: FastAPI) -> None:
    """Makes every error of the application's routes a problem."""

    @app.exception_handler(NbaMcpError)
    async def _ours(_: Request, error: NbaMcpError) -> JSONResponse:
        return problem(error)

    @app.exception_handler(RequestValidationError)
    async def _arguments(request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = clauses({**fault, "loc": fault["loc"][1:] or fault["loc"]} for fault in error.errors())
        called = f"{request.method} {request.url.path}"
        if not _is_json(request) and any(fault["loc"][0] == "body" for fault in error.errors()):
            return problem(
                UnsupportedMedia(f"{called} takes JSON.", "Send it with Content-Type: application/json.")
            )
        return problem(
            WrongArguments(
                f"{called} was called with arguments that it cannot use: {wrong}.", "See /openapi.json."
            )
        )

    @app.exception_handler(HTTPException)
    async def _protocol(request: Request, error: HTTPException) -> JSONResponse:
        return problem(_of_protocol(request, error), dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _any(_: Request, error: Exception) -> JSONResponse:
        return problem(unforeseen(error))


def _is_json(request: Request) -> bool:
    """As the framework sees it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _of_protocol(request: Request, error: HTTPException) -> NbaMcpError:
    path = request.url.path
    if error.status_code == 404:
        return NoSuchPath(f"Nothing is served at {path[:200]}.", "/openapi.json has the paths.")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return MethodNotAllowed(f"{path[:200]} does not take {request.method}.", f"Use {allowed}.")
    if error.status_code == 400:
        return UsageError("The body of the request cannot be read.", "Send JSON as /openapi.json has it.")
    return _Other(error)


class _Other(NbaMcpError):
    """An answer of the framework that none of our routes gives."""

    @property
    def code(self) -> str:
        """One for all of them."""
        return "http_error"

    def __init__(self, error: HTTPException) -> None:
        super().__init__(str(error.detail))
        self.http_status = error.status_code
