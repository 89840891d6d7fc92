"""Addresses of engines over the lake, Athena and Spark: what they have to look like, and what they name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

ATHENA, SPARK = "athena://", "spark://"
_DATABASE = re.compile(r"[a-z0-9_]{1,255}")
_WORKGROUP = re.compile(r"[A-Za-z0-9._-]{1,128}")
_OUTPUT = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_=.-]+)*/?")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_ATHENA_FORM = (
    "must look like athena:///DATABASE?workgroup=NAME&output=s3://BUCKET/PREFIX (each part may lack)"
)
_SPARK_FORM = (
    "must look like spark://HOST:PORT, or spark://USER:TOKEN@HOST:PORT?tls=true; "
    "signs such as / and @ in a token are written as %2F and %40"
)
SPARK_PORT = 15002


@dataclass(frozen=True, slots=True)
class AthenaAddress:
    """A database of the Glue Data Catalog, the workgroup that queries run in, and where results go.

    None stands for what the settings, the workgroup or the environment say.
    """

    database: str | None
    workgroup: str
    output: str | None


@dataclass(frozen=True, slots=True)
class SparkAddress:
    """A Spark Connect server; the token says who calls, and is sent over TLS only."""

    host: str
    port: int
    user: str
    token: str = field(repr=False)
    tls: bool

    @property
    def place(self) -> str:
        """The server, as people may read it."""
        return f"spark://{self.host}:{self.port}"


def athena_address(url: str) -> AthenaAddress:
    """What an address names; ValueError says what it has to look like."""
    parts = urlsplit(url)
    options = _options(parts.query, ("workgroup", "output"), _ATHENA_FORM)
    database = parts.path.strip("/")
    workgroup, output = options.get("workgroup", "primary"), options.get("output")
    usable = (
        not parts.netloc
        and not parts.fragment
        and (not database or _DATABASE.fullmatch(database))
        and _WORKGROUP.fullmatch(workgroup)
        and (output is None or _OUTPUT.fullmatch(output))
    )
    if not usable:
        raise ValueError(_ATHENA_FORM)
    return AthenaAddress(database or None, workgroup, output)


def spark_address(url: str) -> SparkAddress:
    """What an address names; ValueError says what it has to look like."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(_SPARK_FORM) from None
    tls = _options(parts.query, ("tls",), _SPARK_FORM).get("tls", "false")
    token = unquote(parts.password or "")
    usable = (
        _HOST.fullmatch(parts.hostname or "")
        and port != 0
        and not parts.path.strip("/")
        and not parts.fragment
        and tls in ("true", "false")
        and (not token or _TOKEN.fullmatch(token))
    )
    if not usable:
        raise ValueError(_SPARK_FORM)
    if token and tls != "true":
        msg = "has a token, which is sent over TLS only: add ?tls=true"
        raise ValueError(msg)
    return SparkAddress(
        parts.hostname or "", port or SPARK_PORT, unquote(parts.username or ""), token, tls == "true"
    )


def _options(query: str, known: tuple[str, ...], form: str) -> Mapping[str, str]:
    try:
        given = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise ValueError(form) from None
    names = [name for name, _ in given]
    if len(set(names)) < len(names) or not set(names) <= set(known):
        raise ValueError(form)
    return dict(given)
