"""Takes secrets out of texts: the values that are held here, and what looks like one.

What is taken out is replaced by the name of its secret, or by [redacted]. Too much is taken out rather than
too little.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, unquote, urlsplit

BLANK = "[redacted]"
# Shorter values are words, ports and names that stand everywhere.
_LEAST = 5
_WORDS = (
    r"[\w.-]*(?:passw(?:or)?d|passwd|pwd|secret|token|credential|webhook"
    r"|(?:api|routing|signing|private|access)[_-]?key)[\w.-]*"
)
_ASSIGNED = re.compile(
    rf"""(?ix)
    (?<![\w.-])(?P<name>{_WORDS})
    (?P<between>
        (?P<quoted_name>\\?["'])?\s*[:=]+>?
        (?:[^\S\n]*|\s*(?:-\s+)?(?!-\s|[\w.-]+\\?["']?:(?:\s|\Z)))  # below it no key: that one is looked at
    )
    (?:
        (?P<quote>\\?["'])(?P<inside>
            (?<=\\["'])(?:\\\\\\?.|\\[^"'\\\n]|[^"'\\\n])+  # a text in a text: \"…\"
            |(?<!\\)(?<=")(?:\\.|[^"\\\n])+
            |(?<!\\)(?<=')(?:\\.|\'\'|[^'\\\n])+
        )
        |(?P<bare>
            \[(?:redacted|[A-Z][A-Z0-9_]*)\](?=[\s,}}\]"'\\]|\Z)  # taken out already
            |\[(?=\\?["'])[^\]\n]*\]?                       # a list of texts
            |(?!\\?["']|\{{(?:[\s"'}}\\]|[\w.-]+:|\Z))     # neither a quote nor the begin of a structure
            (?(quoted_name)[^\s,}}"'\\]+|(?:(?!\\?["'](?:[\s,}}\]:]|\Z))\S)+)
        )
    )"""
)
_HEADER = re.compile(
    r"""(?i)\b((?:proxy-)?authorization|x-api-key|cookie|set-cookie)(["']?\s*[:=]\s*["']?)([^"'\r\n}]+)"""
)
# Names that tell which secret, not what is in it; and counts.
_HARMLESS_NAME = re.compile(r"(?i:secret_?name|secrets)|nba_mcp_secret_(?:valid|age_seconds)")
_NAMES_A_SECRET = re.compile(r"secretKey(?:Ref)?|(?i:secret)")
_HARMLESS_VALUE = re.compile(r"true|false|null|None|<none>|\[(?:redacted|[A-Z][A-Z0-9_]*)\]")
_COUNTED, _COUNT = re.compile(r"(?i)(?:.*[_-])?tokens"), re.compile(r"[\d.,_]+")
_NAME_OF_SECRET = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|nba-mcp[a-z0-9/-]*")
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        BLANK,
    ),
    (re.compile(r"(://[^/\s:@\"']*:)[^\s\"'<>]+@"), rf"\1{BLANK}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {BLANK}"),
    (re.compile(r"(?i)(hooks\.slack\.com/(?:services|workflows)/)[^\s\"'<>]+"), rf"\1{BLANK}"),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), BLANK),
    (re.compile(r"\b(?:sk-|xox[a-z]-|gh[a-z]_|glpat-|AGE-SECRET-KEY-1)[\w-]{10,}"), BLANK),
    (re.compile(r"\bnba_[0-9A-Za-z]{10}_[0-9A-Za-z]{20,}"), BLANK),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*"), BLANK),
)


class Redactor:
    """Knows the values that are held, by the name of their secret. `count` is how often it took one out."""

    def __init__(self, held: Mapping[str, str]) -> None:
        self._names = {form: name for name, value in held.items() for form in _forms(value)}
        longest = sorted(self._names, key=len, reverse=True)
        self._held = re.compile("|".join(map(re.escape, longest)), re.IGNORECASE) if longest else None
        self._lower = {form.lower(): name for form, name in self._names.items()}
        self.count = 0

    def __repr__(self) -> str:
        return f"Redactor({len(set(self._names.values()))} secrets)"

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        if self._held:
            text = self._sub(
                self._held, lambda found: f"[{self._lower.get(found[0].lower(), 'redacted')}]", text
            )
        for pattern, instead in _FORMS:
            text, count = pattern.subn(instead, text)
            self.count += count
        text = self._sub(_HEADER, lambda found: f"{found[1]}{found[2]}{BLANK}", text)
        return self._sub(_ASSIGNED, _assigned, text)

    def _sub(self, pattern: re.Pattern[str], instead: Callable[[re.Match[str]], str], text: str) -> str:
        def counted(found: re.Match[str]) -> str:
            told = instead(found)
            self.count += told != found[0]
            return told

        return pattern.sub(counted, text)


def _assigned(found: re.Match[str]) -> str:
    if _is_harmless(found):
        return found[0]
    return f"{found['name']}{found['between']}{found['quote'] or ''}{BLANK}"


def _is_harmless(found: re.Match[str]) -> bool:
    """Whether what is assigned is the name of a secret, or where it is, or a count."""
    name, value = found["name"], (found["inside"] or found["bare"]).rstrip(",;)")
    if value == "<set":  # by `kubectl describe`
        return found.string.startswith(" to the key ", found.end())
    for names, values in ((_NAMES_A_SECRET, _NAME_OF_SECRET), (_COUNTED, _COUNT)):
        if names.fullmatch(name) and values.fullmatch(value):
            return True
    return bool(_HARMLESS_NAME.fullmatch(name) or _HARMLESS_VALUE.fullmatch(value))


def _forms(value: str) -> Iterator[str]:
    """A value as it may stand in a text: itself, quoted for an address or JSON, in Base64, and its parts."""
    wholes = {value, *_parts(value)}
    for whole in wholes:
        if len(whole) >= _LEAST and not whole.isdigit():
            yield whole
            yield quote(whole, safe="")
            yield quote(whole)
            yield json.dumps(whole)[1:-1]
            yield base64.b64encode(whole.encode()).decode().rstrip("=")


def _parts(value: str) -> Iterator[str]:
    """What of an address is secret by itself."""
    if "://" not in value:
        return
    try:
        parts = urlsplit(value)
    except ValueError:
        return
    for part in (
        parts.password,
        unquote(parts.password or ""),
        parts.path.strip("/"),
        parts.path.rpartition("/")[2],
    ):
        if part and len(part) >= 8:
            yield part
