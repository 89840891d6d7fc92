"""Addresses of databases as settings give them: whether they can be read, and what they name."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, SecretStr

from nba_mcp_synthesis.engine_addresses import ATHENA, SPARK, athena_address, spark_address

POSTGRES = ("postgresql://", "postgres://")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_=.-]+)*/?")
_HAS_PORT = re.compile(r":\d+$")


def warehouse_address(url: str) -> str:
    """The address of a warehouse; ValueError says what it has to look like."""
    if url.startswith(POSTGRES):
        if not _is_readable(url):
            msg = (
                "must look like postgresql://USER:PASSWORD@HOST:PORT/DATABASE; "
                "signs such as / and @ in a password are written as %2F and %40"
            )
            raise ValueError(msg)
        return url
    if url.startswith(ATHENA):
        athena_address(url)
        return url
    if url.startswith(SPARK):
        spark_address(url)
        return url
    if not url.startswith("duckdb:///") or url == "duckdb:///":
        msg = "must look like duckdb:///folder/file.duckdb (duckdb:////folder/… for an absolute path)"
        raise ValueError(msg)
    return url


def lake_address(url: str) -> str:
    """The address of a lake; ValueError says what it has to look like."""
    leads_out = not {".", ".."}.isdisjoint(url.split("/")[3:])
    if "://" in url and (leads_out or not _BUCKET.fullmatch(url)):
        msg = "must be a folder, or look like s3://bucket/prefix"
        raise ValueError(msg)
    return url


def _is_readable(url: str) -> bool:
    """Whether no part of a password can be taken for a host, a port or a database."""
    try:
        parts = urlsplit(url)
        # there may be several hosts: replicas, and the primary behind them
        ports = [urlsplit(f"//{host}").port for host in parts.netloc.rpartition("@")[2].split(",")]
    except ValueError:
        return False
    return bool(parts.path.strip("/")) and "@" not in parts.path and 0 not in ports


def address_of(*starts: str) -> AfterValidator:
    """Wants one of these beginnings; the value may hold a password, and no error quotes it."""

    def check(url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(starts):
            msg = f"must begin with {' or '.join(starts)}"
            raise ValueError(msg)
        return url

    return AfterValidator(check)


def database_of(url: str) -> str:
    """HOST:PORT/DATABASE, however the address says it."""
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query))
    hosts = said.get("host") or parts.netloc.rpartition("@")[2].lower()
    port = said.get("port", "5432")
    places = [
        host if _HAS_PORT.search(host) else f"{host or 'localhost'}:{port}" for host in hosts.split(",")
    ]
    return f"{','.join(places)}/{said.get('dbname') or unquote(parts.path.strip('/'))}"


_HERE = ("localhost", "127.0.0.1", "::1")


def web_address(url: str) -> str:
    """The address of a web service: https, or http on this machine; ValueError says so."""
    try:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
        usable = safe and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.query or parts.fragment:
        msg = "must look like https://HOST/PATH, without a login (http:// is for this machine only)"
        raise ValueError(msg)
    return url


def web_origin(url: str) -> str:
    """Scheme, host and port of a site, in small letters and nothing behind them; ValueError says so."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        msg = "must look like https://HOST or https://HOST:PORT, and nothing behind"
        raise ValueError(msg)
    return url.rstrip("/").lower()
