"""What an error of PostgreSQL's client means."""

import re

from nba_mcp_synthesis.connectors.faults import Fault
from nba_mcp_synthesis.connectors.outcome import Reason

# libpq gives no SQLSTATE for a connection that was not made, only words. They are matched, never passed on.
_WORDS: tuple[tuple[str, Reason, str], ...] = (
    (r"password authentication failed|no password supplied|role .* does not exist|is not permitted to log in",
     "login", "PostgreSQL refused the role or its password."),
    (r"could not translate host name|failed to resolve host|name or service not known|name resolution",
     "name", "The host name of PostgreSQL does not resolve."),
    (r"timeout expired|timed out|connection timeout",
     "timeout", "PostgreSQL did not answer in time."),
    (r"no encryption|ssl off",
     "tls", "PostgreSQL wants TLS (PGSSLMODE=require)."),
    (r"ssl|certificate|tls",
     "tls", "TLS with PostgreSQL failed: its certificate is not trusted, or it speaks no TLS."),
    (r"permission denied|pg_hba\.conf",
     "permission", "The role may not connect to this database from here."),
    (r"database .* does not exist",
     "not found", "There is no database of that name on the PostgreSQL server."),
    (r"too many (clients|connections)|connection slots",
     "throttled", "PostgreSQL has no connection left."),
    (r"connection refused|no route|unreachable|closed the connection|invalid response|connection failed",
     "network", "Nothing that speaks PostgreSQL answers at its address."),
)  # fmt: skip
_PATTERNS = [(re.compile(words, re.IGNORECASE), Fault(reason, told)) for words, reason, told in _WORDS]


def explain_postgres(error: BaseException) -> Fault | None:
    """What an error of psycopg means; None for other errors, and where its words are not known."""
    known = getattr(error, "fault", None)
    if isinstance(known, Fault) or not type(error).__module__.startswith("psycopg"):
        return known
    if getattr(error, "sqlstate", None) == "42501":
        return Fault("permission", "The role may not read from this database.")
    return next((fault for words, fault in _PATTERNS if words.search(str(error))), None)
