"""Every error that a person or a program can meet, drawn before it is raised.

    NbaMcpError
    ├── UsageError              what was asked cannot be done as asked          exit 2, HTTP 400
    │   ├── SettingsError       a setting is unknown or has an unusable value: nothing starts
    │   ├── QueryRefused        the guard did not let this SQL through
    │   ├── QueryFailed         the SQL was let through, and the engine could not run it
    │   ├── UnknownName         nothing is called that; the nearest names are given
    │   ├── AmbiguousName       several things are called that; the choices are given
    │   ├── NoSuchAnswer        no answer of that id is recorded
    │   ├── NoSuchPath          nothing is served at that path                      HTTP 404
    │   ├── MethodNotAllowed    something is there, and takes other methods         HTTP 405
    │   ├── UnsupportedMedia    the body is in a format that is not read            HTTP 415
    │   ├── WrongArguments      arguments lack, are not known or cannot be used     HTTP 422
    │   ├── StillRunning        the same request is being answered already          HTTP 409
    │   ├── KeyReused           another request had that idempotency key            HTTP 422
    │   ├── NotAuthenticated    nobody knows who calls                          HTTP 401
    │   ├── NotAllowed          the caller is known, and may not do this        HTTP 403
    │   ├── TooLarge            more was sent than is taken in                  HTTP 413
    │   └── TooSlow             what was announced did not come in time         HTTP 408
    ├── RateLimited             a caller has used up what is his for now        exit 2, HTTP 429
    ├── LimitExceeded           the work outgrew its time or size               exit 2, HTTP 422
    ├── SourceError             a file of data cannot be read as what it claims exit 1, HTTP 422
    │   └── SeasonUnknown       the file is sound, but nothing says which season it is about
    ├── SecretsInvalid          secrets lack, or are not as the manifest says   exit 1, HTTP 500
    ├── BackupFailed            a dump or a restore ended badly; nothing good was touched   exit 1, HTTP 500
    │   └── BackupDamaged       a backup is not what its manifest says
    ├── RotationFailed          a secret was not replaced; the old one works    exit 1, HTTP 500
    └── Unavailable             something this needs is not there now           exit 3, HTTP 503
        ├── NoWarehouse         no data have been loaded yet
        ├── WarehouseOutdated   the warehouse was written by another version, or its state is gone
        ├── SecretMissing       no place that was tried holds a secret that this needs
        ├── NotInstalled        a library of an extra is not installed
        ├── WarehouseDown       the server that holds the warehouse does not answer, or does not let us in
        ├── BackupsDown         the folder or bucket of the backups does not answer, or does not let us in
        ├── LakeDown            the folder or bucket of the lake does not answer, or does not let us in
        ├── Busy                every place is taken; the same call may work in a moment
        ├── Overloaded          so much waits already that this would wait too long
        ├── Stopping            the server is about to end; another one takes the same call
        └── WorkerLost          the process of one query ended; the same call may work now

This module imports nothing from the package, so that everything may import it.
"""

from collections.abc import Iterable


class NbaMcpError(Exception):
    """Base of the tree: what happened and to what (`message`), and what to do next (`hint`)."""

    exit_code = 1
    http_status = 500
    # Seconds after which the same call may work; None where waiting alone does not help.
    retry_after: float | None = None

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint

    @property
    def code(self) -> str:
        """Stable name of the error for programs: `query_refused` for QueryRefused."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class UsageError(NbaMcpError):
    """The caller can mend this by asking differently."""

    exit_code = 2
    http_status = 400


class SettingsError(UsageError):
    """The operator reads this at start-up; the process does not start."""


class QueryRefused(UsageError):
    """The author of the SQL reads this; the statement never reached the engine's data."""


class QueryFailed(UsageError):
    """The author of the SQL reads this; the engine's own reason is in the message."""


class UnknownName(UsageError):
    """No player, team, table or measure has this name."""

    http_status = 404

    def __init__(self, kind: str, name: str, nearest: Iterable[str] = ()) -> None:
        self.nearest = tuple(nearest)
        hint = f"Did you mean {' or '.join(self.nearest)}?" if self.nearest else ""
        super().__init__(f"No {kind} is called {name!r} in the data that are loaded.", hint)


class AmbiguousName(UsageError):
    """Several things have this name; the reader picks one of `choices`."""

    http_status = 409

    def __init__(self, name: str, choices: Iterable[str]) -> None:
        self.name = name
        self.choices = tuple(choices)
        listed = ", ".join(self.choices)
        super().__init__(f"{name!r} could be any of: {listed}.", "Ask again with one of these names.")


class NoSuchAnswer(UsageError):
    """The id is of no recorded answer, or of one that was kept for its time."""

    http_status = 404


class NoSuchPath(UsageError):
    """The caller looks into /openapi.json for what is served."""

    http_status = 404


class MethodNotAllowed(UsageError):
    """The caller uses a method that the message names."""

    http_status = 405


class UnsupportedMedia(UsageError):
    """The caller sends the body in the format that the message names."""

    http_status = 415


class WrongArguments(UsageError):
    """The caller mends the arguments that the message names, one clause an argument."""

    http_status = 422


class StillRunning(UsageError):
    """The caller waits for `retry_after` seconds, and then gets the answer that was being made."""

    http_status = 409
    retry_after = 1.0


class KeyReused(UsageError):
    """The caller makes a new key for a new request."""

    http_status = 422


class NotAuthenticated(UsageError):
    """The caller sends a key or a token that is known and in force; `reason` names the kind for counters."""

    http_status = 401

    def __init__(self, message: str, hint: str = "", *, reason: str = "") -> None:
        super().__init__(message, hint)
        self.reason = reason


class NotAllowed(UsageError):
    """The caller asks for the scope that the message names."""

    http_status = 403

    def __init__(self, message: str, hint: str = "", *, scope: str = "") -> None:
        super().__init__(message, hint)
        self.scope = scope


class TooLarge(UsageError):
    """The caller sends less; the message has the limit."""

    http_status = 413


class TooSlow(UsageError):
    """The caller sends faster; the message has the limit."""

    http_status = 408


class RateLimited(NbaMcpError):
    """The caller waits for `retry_after` seconds; others are not affected."""

    exit_code = 2
    http_status = 429

    def __init__(self, message: str, hint: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


class LimitExceeded(NbaMcpError):
    """The work was stopped at a limit; the message names the limit and its value."""

    exit_code = 2
    http_status = 422


class SourceError(NbaMcpError):
    """Whoever loads data reads this; the rest of the load goes on."""

    http_status = 422


class SeasonUnknown(SourceError):
    """Whoever loads data names the season; until then the file is left out, and nothing is wrong with it."""


class SecretsInvalid(NbaMcpError):
    """The operator mends the secrets that the message names; it never quotes a value."""


class BackupFailed(NbaMcpError):
    """The operator mends what the message names and runs the same command again."""


class BackupDamaged(BackupFailed):
    """The operator takes another backup; the message says which part of this one is wrong, and how."""


class RotationFailed(NbaMcpError):
    """The operator mends what the message names, and begins anew; the secret in use was not touched."""


class Unavailable(NbaMcpError):
    """The operator mends this; the caller may try again later."""

    exit_code = 3
    http_status = 503


class NoWarehouse(Unavailable):
    """There is no file, or no data, at the place the settings name."""


class WarehouseOutdated(Unavailable):
    """The warehouse has another layout version than this program, or names files that are gone."""


class SecretMissing(Unavailable):
    """The operator sets the secret; the message lists the places that were tried, in order."""

    def __init__(self, name: str, tried: Iterable[str], to_set: str) -> None:
        self.name = name
        self.tried = tuple(tried)
        places = "; ".join(f"{n}. {place}" for n, place in enumerate(self.tried, start=1))
        super().__init__(f"The secret {name} is not set. Tried, in this order: {places}.", to_set)


class NotInstalled(Unavailable):
    """The operator installs the extra; nothing else of the program is touched."""

    def __init__(self, module: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"The Python library {module} is not installed.",
            f"Install it with: pip install 'nba-mcp-synthesis[{extra}]'",
        )


class WarehouseDown(Unavailable):
    """The database server cannot be reached, refuses the login, or ended the session; it may be back soon."""


class BackupsDown(Unavailable):
    """Backups cannot be written or read now; those that are complete stay as they are."""


class LakeDown(Unavailable):
    """The lake cannot be read or written now; what was published before is unchanged."""


class Busy(Unavailable):
    """All places for this kind of work are taken."""

    retry_after = 1.0


class Overloaded(Unavailable):
    """The server has more to do than it can in time; callers come again after `retry_after` seconds."""

    retry_after = 2.0


class Stopping(Unavailable):
    """The server takes no new requests any more; the same one goes to another server, or to its successor."""

    retry_after = 1.0


class WorkerLost(Unavailable):
    """The process that ran one query ended before it answered; others were not touched."""
