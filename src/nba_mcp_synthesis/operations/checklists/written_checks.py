"""Steps that write something down: configuration of the cluster, usage and scaling of a month."""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import yaml

from nba_mcp_synthesis.operations.checklists.cluster_checks import RESCALED, event_time
from nba_mcp_synthesis.operations.checklists.findings import Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import Ground
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import write_text
from nba_mcp_synthesis.operations.reports.period import month_to_report

# What belongs to the object in this cluster, and would be refused in another.
_OWN = ("creationTimestamp", "managedFields", "resourceVersion", "uid", "selfLink", "generation")
_AGE = timedelta(days=7)
_FORGOTTEN = (
    "Kubernetes forgets events, mostly after an hour: there are those that it still had when afternoon or "
    "monthly was gone through."
)


def configuration(ground: Ground) -> Finding:
    """Copies the config maps, so that they can be applied again; secrets are in AWS, and not copied."""
    found = [
        one for one in ground.cluster.items("configmaps") if one["metadata"]["name"] != "kube-root-ca.crt"
    ]
    for one in found:
        one["metadata"] = {name: value for name, value in one["metadata"].items() if name not in _OWN}
    text = yaml.safe_dump_all(found, sort_keys=False)
    path = write_text(ground.backups, f"configmaps-{ground.now:%Y%m%d}.yaml", text)
    person = "" if found else "There is no config map: is the service deployed?"
    return judged(f"{words.plural(len(found), 'config map')} written to {path}.", person)


def configuration_applies(ground: Ground) -> Finding:
    """Whether the API would take the newest copy; nothing is changed."""
    found = sorted(ground.backups.glob("configmaps-*.yaml"))
    if not found:
        return judged(
            f"There is no copy in {ground.backups}.", "nba-mcp ops checklist afternoon", failed=True
        )
    newest = found[-1]
    applied = ground.cluster.run("apply", "--filename", str(newest), "--dry-run=server", seconds=30.0)
    told = f"{newest.name}: the API would take {words.plural(len(applied.splitlines()), 'object')}."
    day = newest.stem.removeprefix("configmaps-")
    old = day < f"{ground.now - _AGE:%Y%m%d}"
    return judged(told, "The copy is older than a week: nba-mcp ops checklist afternoon" if old else "")


def resource_usage(ground: Ground) -> Finding:
    """Writes what `kubectl top` shows of pods, by CPU, for the month."""
    shown = ground.cluster.run("top", "pods", "--sort-by=cpu")
    name = f"resource-usage-{ground.now:%Y%m}.txt"
    path = write_text(ground.reports, name, f"# {ground.now:%Y-%m-%d %H:%M} UTC\n{shown}")
    return Finding(f"{words.plural(max(len(shown.splitlines()) - 1, 0), 'pod')} written to {path}.")


def scaling_events(ground: Ground) -> Finding:
    """Adds changes of the number of pods to the files of their months, beside what was written before."""
    return _scaling(ground, frozenset())


def scaling_of_month(ground: Ground) -> Finding:
    """The same; the month to report has its file also where nothing changed."""
    return _scaling(ground, {f"{month_to_report(ground.now).begin:%Y%m}"})


def _scaling(ground: Ground, months: Collection[str]) -> Finding:
    found: dict[str, set[str]] = {month: set() for month in months}
    for event in ground.cluster.items("events"):
        at = event_time(event)
        if event.get("reason") == RESCALED and at:
            target = event.get("involvedObject", {}).get("name", "")
            line = f"{at:%Y-%m-%dT%H:%M:%SZ} {target} {event.get('message', '')}"
            found.setdefault(f"{at:%Y%m}", set()).add(line)
    paths = {month: ground.reports / f"scaling-events-{month}.txt" for month in sorted(found)}
    told = [
        f"{words.plural(_added(path, found[month]), 'change')} in {path}" for month, path in paths.items()
    ]
    what = f"Of the number of pods: {', '.join(told)}." if told else "No change of the number of pods."
    return Finding(f"{what} {_FORGOTTEN}")


def _added(path: Path, lines: set[str]) -> int:
    """How many lines a file has with these."""
    before = path.read_text("utf-8").splitlines() if path.is_file() else []
    kept = sorted({*before, *lines} - {""})
    write_text(path.parent, path.name, "".join(f"{line}\n" for line in kept))
    return len(kept)
