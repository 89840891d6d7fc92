"""Steps that look at pods, nodes, the autoscaler and the events of the cluster."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from nba_mcp_synthesis.connectors.kubectl import Object
from nba_mcp_synthesis.operations.checklists.findings import Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import Ground
from nba_mcp_synthesis.operations.quantities import cores, quantity
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Table

_DAY = timedelta(days=1)
_HIGH, _FULL, _NODE_HIGH = 0.8, 0.95, 0.85
RESCALED = "SuccessfulRescale"


def pods(ground: Ground) -> Finding:
    """Whether every pod is ready, and none was restarted within a day."""
    found = [pod for pod in ground.cluster.items("pods") if pod["status"].get("phase") != "Succeeded"]
    rows = [_pod_row(pod) for pod in found]
    sick = [pod["metadata"]["name"] for pod in found if not is_ready(pod)]
    restarted = [pod["metadata"]["name"] for pod in found if _restarted(pod, ground.now)]
    table = Table(("pod", "phase", "ready", "restarts", "node"), rows, frozenset({3}), "There are no pods.")
    if not found:
        return judged("There are no pods.", "Find out who scaled the deployments to nothing.", failed=True)
    if sick:
        told = f"{', '.join(sick)} not ready, of {words.plural(len(found), 'pod')}."
        return judged(told, f"kubectl describe pod {sick[0]} says why.", failed=True, table=table)
    again = f" Restarted within a day: {', '.join(restarted)}." if restarted else ""
    person = f"kubectl logs {restarted[0]} --previous says why it ended." if restarted else ""
    return judged(f"{words.plural(len(found), 'pod')}, all ready.{again}", person, table=table)


def is_ready(pod: Object) -> bool:
    """Whether a pod takes traffic."""
    conditions = pod["status"].get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _pod_row(pod: Object) -> tuple[str, ...]:
    statuses = pod["status"].get("containerStatuses", [])
    ready = sum(bool(one.get("ready")) for one in statuses)
    restarts = sum(one.get("restartCount", 0) for one in statuses)
    phase, node = pod["status"].get("phase", ""), pod["spec"].get("nodeName", "")
    return pod["metadata"]["name"], phase, f"{ready}/{len(pod['spec']['containers'])}", str(restarts), node


def _restarted(pod: Object, now: datetime) -> bool:
    ended = [
        one.get("lastState", {}).get("terminated", {}).get("finishedAt")
        for one in pod["status"].get("containerStatuses", [])
    ]
    return any(now - datetime.fromisoformat(at) < _DAY for at in ended if at)


def recent_events(ground: Ground, span: timedelta = _DAY) -> list[Object]:
    """Events of the namespace whose last time is not longer ago; Kubernetes keeps them for an hour or so."""
    found = ground.cluster.items("events")
    return [one for one in found if (at := event_time(one)) is None or ground.now - at <= span]


def event_time(event: Object) -> datetime | None:
    """When it was last seen; writers of events fill one of three fields."""
    series = event.get("series") or {}
    told = event.get("lastTimestamp") or series.get("lastObservedTime") or event.get("eventTime")
    return datetime.fromisoformat(told) if told else None


def events(ground: Ground) -> Finding:
    """Warnings, by reason and object."""
    found = [one for one in recent_events(ground) if one.get("type") == "Warning"]
    counts = Counter((one.get("reason", ""), _about(one), one.get("message", "")[:160]) for one in found)
    rows = [(str(number), *told) for told, number in counts.most_common(20)]
    table = Table(("count", "reason", "object", "message"), rows, frozenset({0}))
    if not found:
        return Finding("The cluster has no warnings.")
    worst = counts.most_common(1)[0][0]
    told = f"{words.plural(len(found), 'warning')}, most of {worst[0]}."
    return judged(told, f"Look at {worst[1]}: {worst[0]}.", table=table)


def _about(event: Object) -> str:
    target = event.get("involvedObject") or event.get("regarding") or {}
    return f"{target.get('kind', '').lower()}/{target.get('name', '')}"


def usage(ground: Ground) -> Finding:
    """CPU and memory of each container beside its limits."""
    rows, high, full = [], list[str](), list[str]()
    for name, container, used, spec in _measured(ground):
        share = [_share(used[kind], spec.get("limits", {}).get(kind)) for kind in ("cpu", "memory")]
        rows.append(
            (
                name,
                container,
                cores(used["cpu"]),
                words.share(share[0]),
                words.size(used["memory"]),
                words.share(share[1]),
            )
        )
        worst = max((one for one in share if one is not None), default=0.0)
        (full if (share[1] or 0.0) >= _FULL else high if worst >= _HIGH else []).append(name)
    columns = ("pod", "container", "CPU", "of limit", "memory", "of limit")
    table = Table(columns, rows, frozenset({2, 3, 4, 5}), "Nothing is running.")
    told = f"{words.plural(len(rows), 'container')} measured"
    if full:
        person = "It is about to be killed for memory: raise its limit or find what fills it."
        return judged(
            f"{told}; memory of {', '.join(full)} is at its limit.", person, failed=True, table=table
        )
    if high:
        return judged(
            f"{told}; near a limit: {', '.join(high)}.", "Scale out, or raise the limits.", table=table
        )
    return Finding(f"{told}; none is near its limits.", table=table)


def _measured(ground: Ground) -> Iterator[tuple[str, str, dict[str, float], dict[str, Any]]]:
    """(pod, container, what it uses, its requests and limits)."""
    specs = {
        (pod["metadata"]["name"], one["name"]): one.get("resources", {})
        for pod in ground.cluster.items("pods")
        for one in pod["spec"]["containers"]
    }
    for line in ground.cluster.run("top", "pods", "--containers", "--no-headers").splitlines():
        name, container, cpu, memory = line.split()
        used = {"cpu": quantity(cpu), "memory": quantity(memory)}
        yield name, container, used, specs.get((name, container), {})


def _share(used: float, limit: str | None) -> float | None:
    return used / quantity(str(limit)) if limit else None


def requests(ground: Ground) -> Finding:
    """What each container asks for and may have, beside what it uses now."""
    rows, without, unused = [], [], []
    for name, container, used, spec in _measured(ground):
        asked, most = spec.get("requests", {}), spec.get("limits", {})
        share = _share(used["cpu"], asked.get("cpu"))
        rows.append(
            (
                name,
                container,
                f"{cores(used['cpu'])} / {asked.get('cpu', '–')} / {most.get('cpu', '–')}",
                f"{words.size(used['memory'])} / {asked.get('memory', '–')} / {most.get('memory', '–')}",
            )
        )
        without += (
            [] if asked.get("cpu") and asked.get("memory") and most.get("memory") else [f"{name}/{container}"]
        )
        unused += [name] if share is not None and share < 0.1 else []
    table = Table(("pod", "container", "CPU used / asked / limit", "memory used / asked / limit"), rows)
    told = f"{words.plural(len(rows), 'container')}; "
    told += (
        f"{len(unused)} use less than a tenth of the CPU that they ask for." if unused else "requests fit."
    )
    person = f"Give {', '.join(without)} requests, and a limit of memory." if without else ""
    return judged(told, person, table=table)


def nodes(ground: Ground) -> Finding:
    """CPU and memory of the nodes, and what of them is promised to pods."""
    rows, full = [], []
    promised = _promised(ground.cluster.run("describe", "nodes", seconds=30.0))
    for line in ground.cluster.run("top", "nodes", "--no-headers").splitlines():
        name, cpu, cpu_share, memory, memory_share = line.split()[:5]
        rows.append((name, cpu, cpu_share, memory, memory_share, *promised.get(name, ("–", "–"))))
        shares = [one.rstrip("%") for one in (cpu_share, memory_share)]
        full += [name] if any(one.isdigit() and int(one) >= 100 * _NODE_HIGH for one in shares) else []
    columns = ("node", "CPU", "share", "memory", "share", "CPU asked for", "memory asked for")
    table = Table(columns, rows, frozenset(range(1, 7)), "There are no nodes.")
    person = f"Add a node, or find what fills {', '.join(full)}." if full else ""
    return judged(f"{words.plural(len(rows), 'node')}; {len(full)} nearly full.", person, table=table)


def _promised(described: str) -> dict[str, tuple[str, str]]:
    """(CPU, memory) that pods have asked for, by node: the lines below "Allocated resources"."""
    found: dict[str, tuple[str, str]] = {}
    name, asked, inside = "", {"cpu": "–", "memory": "–"}, False
    for line in described.splitlines():
        if line.startswith("Name:"):
            name, asked, inside = line.split()[1], {"cpu": "–", "memory": "–"}, False
        inside = inside or line.startswith("Allocated resources")
        parts = line.split()
        if inside and len(parts) >= 3 and parts[0] in asked:
            asked[parts[0]] = " ".join(parts[1:3])
            found[name] = (asked["cpu"], asked["memory"])
    return found


def autoscaler(ground: Ground) -> Finding:
    """How many pods there are, may be, and whether the autoscaler can tell."""
    found = ground.cluster.items("hpa")
    if not found:
        return judged("There is no autoscaler.", "kubectl apply -k k8s/overlays/production", failed=True)
    rows, people, broken = [], [], False
    for one in found:
        name, spec, status = one["metadata"]["name"], one["spec"], one.get("status", {})
        now, low, most = status.get("currentReplicas", 0), spec.get("minReplicas", 1), spec["maxReplicas"]
        conditions = {c["type"]: c for c in status.get("conditions", [])}
        rows.append((name, str(now), f"{low} to {most}", _current(status)))
        if now >= most:
            people.append(f"{name} is at its maximum of {most}: raise it, or look for what asks so much.")
        inactive = conditions.get("ScalingActive", {})
        if inactive.get("status") == "False":
            broken = True
            people.append(f"{name} cannot measure: {inactive.get('message', '')}")
    table = Table(("autoscaler", "pods", "may be", "measured"), rows, frozenset({1}))
    told = "; ".join(f"{row[0]}: {row[1]} pods ({row[2]})" for row in rows)
    return judged(f"{told}.", " ".join(people), failed=broken, table=table)


def _current(status: Object) -> str:
    found = []
    for metric in status.get("currentMetrics") or []:
        resource = metric.get("resource") or metric.get("containerResource") or {}
        share = resource.get("current", {}).get("averageUtilization")
        found += [f"{resource.get('name')} {share} %"] if share is not None else []
    return ", ".join(found) or "–"


def scaling(ground: Ground) -> Finding:
    """How often the autoscaler changed the number of pods, as far as the cluster remembers."""
    found = [one for one in recent_events(ground) if one.get("reason") == RESCALED]
    rows = [(f"{event_time(one)}", _about(one), one.get("message", "")) for one in found]
    number = sum(max(one.get("count") or 1, 1) for one in found)
    table = Table(("last at", "object", "message"), rows, nothing="There was none.")
    person = "The autoscaler goes up and down: lengthen its stabilization window." if number > 20 else ""
    return judged(
        f"Scaled {words.plural(number, 'time')}, as far as the cluster remembers.", person, table=table
    )


def images(ground: Ground) -> Finding:
    """Which images run, and whether each is pinned."""
    found = sorted(
        {
            (pod["metadata"]["name"].rsplit("-", 2)[0], one["image"])
            for pod in ground.cluster.items("pods")
            for one in pod["spec"]["containers"]
        }
    )
    loose = sorted({image for _, image in found if "@sha256:" not in image and _tag(image) in ("", "latest")})
    person = f"Deploy {', '.join(loose)} by a tag that does not move." if loose else ""
    table = Table(("of", "image"), found, nothing="Nothing is running.")
    return judged(f"{words.plural(len({image for _, image in found}), 'image')} in use.", person, table=table)


def _tag(image: str) -> str:
    return image.rsplit("/", 1)[-1].partition(":")[2]
