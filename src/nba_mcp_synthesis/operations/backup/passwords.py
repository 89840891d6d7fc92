"""How PostgreSQL's programs get a password: by a file in memory, which no list of processes shows."""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping

from nba_mcp_synthesis.errors import SettingsError


@contextlib.contextmanager
def connection_string(parameters: Mapping[str, str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(connection string without any password, file descriptors that the program has to be given)."""
    from psycopg.conninfo import make_conninfo

    shown = dict(parameters)
    password = shown.pop("password", None) or os.environ.get("PGPASSWORD")
    if "sslpassword" in shown:
        raise SettingsError(
            "The address of a database has sslpassword, which would be seen in lists of processes.",
            "Use a key file without a passphrase that its owner alone may read.",
        )
    if password is None:
        yield make_conninfo(**shown), ()
        return
    with _held(f"*:*:*:*:{_escaped(password)}\n".encode()) as (path, descriptors):
        yield make_conninfo(**shown, passfile=path), descriptors


@contextlib.contextmanager
def _held(content: bytes) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A file for the time of the block: in memory on Linux, elsewhere one that its owner alone may read."""
    if not hasattr(os, "memfd_create"):
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            yield file.name, ()
        return
    descriptor = os.memfd_create("passfile")
    try:
        os.fchmod(descriptor, 0o600)  # the client's library takes no file that others may read
        os.write(descriptor, content)
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def _escaped(password: str) -> str:
    return password.replace("\\", "\\\\").replace(":", "\\:")
