"""Steps that ask the service itself, as people reach it, or else through the cluster."""

import contextlib
import json
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from nba_mcp_synthesis.operations.checklists.findings import Away, Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import Ground
from nba_mcp_synthesis.operations.deploy.names import SERVICE, SERVICE_PORT
from nba_mcp_synthesis.operations.reports import words

_SECONDS, _MOST_BYTES = 5.0, 1_000_000
_TRIES, _SLOW_MS = 20, 250.0


@contextlib.contextmanager
def _address(ground: Ground) -> Iterator[str]:
    """NBA_MCP_PUBLIC_URL, else a port that leads to the service in the cluster."""
    if ground.settings.public_url:
        yield ground.settings.public_url
        return
    with ground.cluster.forwarded(SERVICE, SERVICE_PORT) as url:
        yield url


def health(ground: Ground) -> Finding:
    """What /health says of the service and of each thing that it needs."""
    with _address(ground) as url:
        status, text = _get(f"{url}/health")
    try:
        said = json.loads(text)
        state = str(said["status"])
    except (ValueError, KeyError, TypeError):
        return judged(
            f"{url}/health answers {status}, and is not of this service.", "See what is there.", failed=True
        )
    sick = sorted(
        name
        for name, part in said.get("dependencies", said.get("checks", {})).items()
        if isinstance(part, dict) and part.get("status") not in ("ok", "off", None)
    )
    told = f"{url} says {state} (HTTP {status}){': ' + ', '.join(sick) if sick else ''}."
    if status >= 500:
        return judged(told, "The service serves nothing: docs/runbooks has what to do.", failed=True)
    return judged(told, f"Mend {', '.join(sick) or 'what /health names'}." if state != "ok" else "")


def response(ground: Ground) -> Finding:
    """How long /health/live takes, a few times in a row."""
    times = []
    with _address(ground) as url:
        for _ in range(_TRIES):
            started = time.perf_counter()
            status, _text = _get(f"{url}/health/live")
            times.append((time.perf_counter() - started) * 1_000)
            if status != 200:
                return judged(f"{url}/health/live answers {status}.", "The service is not well.", failed=True)
    median, worst = statistics.median(times), max(times)
    person = (
        "More than a quarter of a second for nothing: look at CPU and the ingress."
        if median > _SLOW_MS
        else ""
    )
    told = (
        f"{_TRIES} requests: median {words.seconds(median / 1_000)}, slowest {words.seconds(worst / 1_000)}."
    )
    return judged(told, person, figures={"median_ms": median, "slowest_ms": worst})


def _get(url: str) -> tuple[int, str]:
    """(status, text); raises Away where nobody answers."""
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310 - of the settings
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read(_MOST_BYTES).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise Away(f"The service does not answer at {url}: {getattr(error, 'reason', error)}.") from None
