"""Refusals of requests before any route sees them: problem+json, and what a client may do about it."""

from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from nba_mcp_synthesis.errors import NbaMcpError, NotAllowed, NotAuthenticated
from nba_mcp_synthesis.server.access.caller import current_caller
from nba_mcp_synthesis.server.access.scopes import tool_of_route
from nba_mcp_synthesis.server.observing import Note, Observation, a_minute, noted_nowhere
from nba_mcp_synthesis.server.problems import problem
from nba_mcp_synthesis.state.entries import AT_THE_DOOR, MOST_STRANGERS
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics

# A refused request with a smaller body is read to its end, and the connection is kept.
_READ_ON_BYTES = 65_536


class Refusals:
    """Answers, logs, counts and notes refusals; the credential is in none of these."""

    def __init__(
        self, metrics: Metrics, metadata_url: Callable[[str], str] | None, note: Note = noted_nowhere
    ) -> None:
        self._metrics = metrics
        self._metadata_url = metadata_url
        self._note, self._note_of_strangers = note, a_minute(MOST_STRANGERS, note)

    async def refuse(self, scope: Scope, receive: Receive, send: Send, error: NbaMcpError) -> None:
        """Answers with the error."""
        reason = _reason(error)
        client = scope.get("client")
        self._metrics.auth_failures.labels(reason).inc()
        get_logger().warning(
            "access",
            family=_family(error),
            outcome=error.code,
            reason=reason,
            client=client[0] if client else None,
        )
        self._write_down(scope["path"], error)
        response = problem(error)
        if challenge := self._challenge(error, reason, scope["path"]):
            response.headers["WWW-Authenticate"] = challenge
        if _has_more_to_send(scope, error):
            response.headers["Connection"] = "close"
        await response(scope, receive, send)

    def _write_down(self, path: str, error: NbaMcpError) -> None:
        """For the audit log; strangers shall not be able to fill it."""
        is_stranger = current_caller().known_by == "nothing"
        note = self._note_of_strangers if is_stranger else self._note
        note(Observation(tool_of_route(path) or AT_THE_DOOR, error.code))

    def _challenge(self, error: NbaMcpError, reason: str, path: str) -> str:
        """As RFC 6750 and RFC 9728 have it; empty where a credential would not help."""
        parts = ['realm="nba-mcp-synthesis"']
        if isinstance(error, NotAllowed) and error.scope:
            parts += ['error="insufficient_scope"', f'scope="{error.scope}"']
        elif not isinstance(error, NotAuthenticated):
            return ""
        elif reason != "no_credential":
            parts.append('error="invalid_token"')
        if self._metadata_url:
            parts.append(f'resource_metadata="{self._metadata_url(path)}"')
        return "Bearer " + ", ".join(parts)


def _family(error: NbaMcpError) -> str:
    """In the log: a credential that is none, a page or name of another site, or what is not for him."""
    if isinstance(error, NotAuthenticated):
        return "auth"
    return "security" if isinstance(error, NotAllowed) and not error.scope else "access"


def _reason(error: NbaMcpError) -> str:
    if isinstance(error, NotAuthenticated) and error.reason:
        return error.reason
    return "insufficient_scope" if isinstance(error, NotAllowed) and error.scope else error.code


def _has_more_to_send(scope: Scope, error: NbaMcpError) -> bool:
    """Whether to end the connection rather than take in the rest of a large body."""
    if error.http_status in (408, 413):
        return True
    sizes = [value for name, value in scope["headers"] if name == b"content-length"]
    chunked = any(name == b"transfer-encoding" for name, _ in scope["headers"])
    return chunked or any(not size.isdigit() or int(size[:20]) > _READ_ON_BYTES for size in sizes)
