"""When the certificates end that clients see, whether or not they would still be trusted."""

import time
from dataclasses import replace
from urllib.parse import urlsplit

from nba_mcp_synthesis.connectors.faults import fault_of
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding, NotHere, judged
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.server.certificates import end_of

_DAY = 86_400.0


def check(spec: Spec, ground: Ground) -> Finding:
    """Days that are left of the one that ends first."""
    addresses = _addresses(ground)
    if not addresses:
        return Finding(
            "skip", "No address with https is known: see NBA_MCP_PUBLIC_URL, NBA_MCP_WATCHED_ADDRESSES."
        )
    left: dict[str, float] = {}
    faults = []
    for url in addresses:
        parts = urlsplit(url)
        try:
            ends = end_of(parts.hostname or "", parts.port or 443)
            left[url] = (ends - time.time()) / _DAY
        except (OSError, ValueError) as error:
            faults.append(fault_of(error, url).message)
    read = _judged(spec, left) if left else None
    if not faults:
        assert read is not None  # noqa: S101 - there is an address, and each is read or a fault
        return read
    if read is None:
        return Finding("fail", " ".join(faults), None, spec.limit("fail_days"), away=True)
    told = [*([read.message] if read.result != "pass" else []), *faults]
    # What is read and fails has to be mended, whoever else is away.
    return replace(read, result="fail", message=" ".join(told), away=read.result != "fail")


def _judged(spec: Spec, left: dict[str, float]) -> Finding:
    first = min(left, key=left.__getitem__)
    return judged(
        left[first],
        _sentence(first, left[first]),
        warn=spec.limit("warn_days"),
        fail=spec.limit("fail_days"),
        details=tuple(_sentence(url, days) for url, days in left.items()),
    )


def _sentence(url: str, days: float) -> str:
    if days <= 0:
        return f"The certificate of {url} ended {-days:.1f} days ago."
    return f"The certificate of {url} ends in {days:.1f} days."


def _addresses(ground: Ground) -> list[str]:
    """Addresses with https, each once."""
    watched = ground.settings.watched_addresses
    try:
        found = [ground.public_url(), *watched]
    except NotHere:  # no cluster is chosen, whose ingress would name one
        if not watched:
            raise
        found = [*watched]
    return list(dict.fromkeys(url for url in found if url and url.startswith("https://")))
