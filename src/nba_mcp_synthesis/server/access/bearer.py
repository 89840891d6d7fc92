"""The credential of a request, which is in its Authorization header and nowhere else."""

from collections.abc import Iterable

from nba_mcp_synthesis.errors import NotAuthenticated

_MOST = 8_192
_HINT = "Send it as the header Authorization: Bearer …, never in an address."


def bearer_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The one bearer credential; NotAuthenticated where there is none, or anything else."""
    given = [value for name, value in headers if name == b"authorization"]
    if not given:
        raise NotAuthenticated("This needs a key or a token.", _HINT, reason="no_credential")
    scheme, _, credential = given[0].partition(b" ")
    credential = credential.strip(b" ")
    if len(given) > 1 or scheme.lower() != b"bearer" or not 0 < len(credential) <= _MOST:
        raise NotAuthenticated("One bearer credential is wanted.", _HINT, reason="malformed")
    try:
        return credential.decode("ascii")
    except UnicodeDecodeError:
        raise NotAuthenticated("A key or token has other signs.", _HINT, reason="malformed") from None
