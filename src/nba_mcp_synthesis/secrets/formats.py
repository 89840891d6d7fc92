"""What a secret has to look like. A fault is told in words that never quote the value."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

# Each character has one place it can be matched at: a value that does not fit must not take long to say so.
_HOST = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_-]{1,63})*\.?|[0-9a-fA-F:]{2,39}"
)
_PLACEHOLDER = re.compile(
    r"(?i)change[-_ ]?me|replace[-_ ]?me|todo|x{3,}|your[-_ ].*|<.*>|\$\{.*\}|example|none|null"
)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SHORTEST_PASSWORD, _SHORTEST_KEY = 12, 32


@dataclass(frozen=True, slots=True)
class Format:
    """A kind, and for some kinds what `looks_like` says in words: a pattern, or the schemes of a URL."""

    kind: str
    pattern: str = ""
    looks_like: str = ""
    schemes: tuple[str, ...] = ()
    plain_at: tuple[str, ...] = ()

    @property
    def guarded(self) -> bool:
        """Whether the value itself opens something, so that no two secrets should share it."""
        return self.kind not in ("host", "port", "name")

    def fault(self, value: str) -> str | None:
        """What is wrong with a value, as the rest of a sentence; None when nothing is."""
        if value != value.strip():
            return "has blanks or a line break around it"
        if any(ord(c) < 32 or ord(c) == 127 for c in value):
            return "has a line break or a control character in it"
        if _PLACEHOLDER.fullmatch(value):
            return "is a placeholder, not a value"
        return KINDS[self.kind](self, value)


def _text(_: Format, value: str) -> str | None:
    return None if value else "is empty"


def _host(_: Format, value: str) -> str | None:
    return None if _HOST.fullmatch(value) else "is no host name or address (no scheme, port or path in it)"


def _port(_: Format, value: str) -> str | None:
    known = value.isascii() and value.isdigit() and 0 < int(value[:6]) < 65_536
    return None if known else "is no port, a number from 1 to 65535"


def _name(_: Format, value: str) -> str | None:
    return None if re.fullmatch(r"[\w.-]{1,128}", value) else "is no name of letters, digits, _, . and -"


def _password(_: Format, value: str) -> str | None:
    return None if len(value) >= _SHORTEST_PASSWORD else f"has fewer than {_SHORTEST_PASSWORD} characters"


def _key(_: Format, value: str) -> str | None:
    if len(value) < _SHORTEST_KEY:
        return f"has fewer than {_SHORTEST_KEY} characters"
    return None if len(set(value)) >= 8 else "is hardly random: it has fewer than 8 different characters"


def _pattern(form: Format, value: str) -> str | None:
    return None if re.fullmatch(form.pattern, value) else f"does not look like {form.looks_like}"


def _url(form: Format, value: str) -> str | None:
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not _scheme_fits(form, parts):
        return f"is no URL with scheme {' or '.join(form.schemes)} and a host"
    if parts.hostname in form.plain_at and not _is_plain(parts):
        return f"needs a password of letters and digits, and no user, at {parts.hostname}"
    return None


def _is_plain(parts: SplitResult) -> bool:
    return not parts.username and bool(re.fullmatch("[A-Za-z0-9]+", parts.password or ""))


def _scheme_fits(form: Format, parts: SplitResult) -> bool:
    """Whether the scheme is allowed; plain HTTP is on this machine, where nobody listens in."""
    here = parts.scheme == "http" and "https" in form.schemes and parts.hostname in _LOOPBACK
    return here or parts.scheme in form.schemes


KINDS: dict[str, Callable[[Format, str], str | None]] = {
    "text": _text,
    "host": _host,
    "port": _port,
    "name": _name,
    "password": _password,
    "key": _key,
    "pattern": _pattern,
    "url": _url,
}
