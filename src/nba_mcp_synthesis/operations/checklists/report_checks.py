"""Steps that make a report of its own, and say what it comes to."""

import json
import shutil
import subprocess
from collections import Counter
from datetime import timedelta

from nba_mcp_synthesis.operations.checklists.findings import Away, Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import Ground
from nba_mcp_synthesis.operations.deploy.names import APP
from nba_mcp_synthesis.operations.reports import access, capacity, costs, updates, words
from nba_mcp_synthesis.operations.reports.document import Document, write
from nba_mcp_synthesis.operations.reports.performance import performance
from nba_mcp_synthesis.operations.reports.period import Period, month_to_report

_TRIVY_SECONDS = 300
_BAD = ("CRITICAL", "HIGH")


def week(ground: Ground) -> Finding:
    """Performance of the last seven days."""
    return _performance(ground, Period(ground.now - timedelta(days=7), ground.now))


def month(ground: Ground) -> Finding:
    """Performance of the month."""
    return _performance(ground, month_to_report(ground.now))


def _performance(ground: Ground, period: Period) -> Finding:
    """A source without a single step is told: then nothing can stand out."""
    found = performance(ground.sources, period)
    unusual = found.data["anomalies"]
    person = f"{words.plural(len(unusual), 'step')} stand out, such as {unusual[0]}" if unusual else ""
    if all(step["calls"] is None for step in found.data["steps"]):
        person = f"Nothing could be looked at over time. {' '.join(found.data['gaps'])}"
    return judged(f"{period}: {_kept(ground, found)}", person, figures={"total": found.data["total"]})


def monthly_costs(ground: Ground) -> Finding:
    """What the month has cost."""
    period = month_to_report(ground.now)
    found = costs.costs(ground.sources.state, period, ground.reports / "eval")
    told = f"{period}: {_kept(ground, found)}"
    if found.data["cloud"] is None or found.data["models_usd"] is None:
        raise Away(" ".join([*found.data["away"], told]))
    return Finding(told, figures={"models_usd": found.data["models_usd"], "cloud": found.data["cloud"]})


def access_audit(ground: Ground) -> Finding:
    """Who did what in the month, how often, and what was refused."""
    period = month_to_report(ground.now)
    found = access.audit(ground.sources.state(), period)
    told = f"{period}: {_kept(ground, found)}"
    return judged(told, " ".join(found.data["noticed"]), figures={"calls": found.data["calls"]})


def capacity_forecast(ground: Ground) -> Finding:
    """Where calls, answers and costs go, by the last ninety days."""
    found = capacity.capacity(ground.sources, Period(ground.now - timedelta(days=90), ground.now))
    return judged(_kept(ground, found), " ".join(found.data["advice"]))


def dependencies(ground: Ground) -> Finding:
    """What of our dependencies is outdated or vulnerable, where a source says it."""
    found = updates.updates(ground.now, ground.settings.package_index, ground.settings.osv_url)
    told = _kept(ground, found)
    if found.exit_code == 3:
        raise Away(" ".join(told for told in (found.data["unaudited"], found.data["unlooked"]) if told))
    vulnerable = found.data["vulnerable"]
    person = f"Update {', '.join(sorted({one['name'] for one in vulnerable}))}." if vulnerable else ""
    return judged(told, person, failed=bool(vulnerable))


def scan(ground: Ground) -> Finding:
    """What trivy finds in the image that runs."""
    if shutil.which("trivy") is None:
        raise Away(
            "trivy is not installed here, so the image is not scanned; CI audits the dependencies in it."
        )
    deployment = ground.cluster.find("deployment", APP)
    containers = (deployment or {}).get("spec", {}).get("template", {}).get("spec", {}).get("containers", [])
    image = containers[0]["image"] if containers else f"{APP}:latest"
    command = ["trivy", "image", "--quiet", "--format", "json", image]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TRIVY_SECONDS, check=False)
        results = json.loads(done.stdout)["Results"] or []
    except subprocess.TimeoutExpired:
        raise Away(f"trivy did not end within {_TRIVY_SECONDS} s.") from None
    except OSError as error:
        raise Away(f"trivy could not be run: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise Away(f"trivy could not scan {image}: {done.stderr.strip()[-300:]}") from None
    counts = Counter(bug["Severity"] for result in results for bug in result.get("Vulnerabilities") or [])
    told = ", ".join(f"{number} {name.lower()}" for name, number in sorted(counts.items())) or "nothing"
    bad = sum(counts[name] for name in _BAD)
    person = f"Build {image} anew; where that does not help, update what trivy names." if bad else ""
    return judged(f"trivy finds {told} in {image}.", person, failed=bool(bad), figures=dict(counts))


def _kept(ground: Ground, document: Document) -> str:
    paths = write(document, ground.reports)
    return f"{' '.join(document.summary)} ({paths[0]})"
