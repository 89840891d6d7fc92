"""Steps that run a command inside a pod: its network, disks, ports, and the tools of PostgreSQL."""

import re

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.checklists.findings import Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import Ground
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Table

_POSTGRES = "nba-mcp-postgres"
_PORTS = frozenset({8000})
_HIGH, _FULL = 80, 90


def network(ground: Ground) -> Finding:
    """Bytes and errors of each interface of one pod, since it started."""
    rows, faults = [], 0
    for line in ground.in_pod("cat", "/proc/net/dev").splitlines():
        name, colon, rest = line.partition(":")
        if not colon or name.strip() == "lo":
            continue
        told = [int(one) for one in rest.split()]
        bad = told[2] + told[3] + told[10] + told[11]
        faults += bad
        rows.append((name.strip(), words.size(told[0]), words.size(told[8]), f"{bad:,}"))
    table = Table(("interface", "received", "sent", "errors and drops"), rows, frozenset({1, 2, 3}))
    if not rows:
        return judged(
            "The pod has no network.", "Look at the pod's node and its network plugin.", failed=True
        )
    moved = "; ".join(f"{name} received {received}, sent {sent}" for name, received, sent, _ in rows)
    person = "Packets were lost: look at the node's network." if faults else ""
    return judged(f"{moved}; {words.plural(faults, 'error')}.", person, table=table)


def disk(ground: Ground) -> Finding:
    """How full the file systems of one pod are."""
    rows, full = [], dict[str, int]()
    for line in ground.in_pod("df", "-P", "-k").splitlines()[1:]:
        parts = line.split()
        if len(parts) < 6 or not parts[4].rstrip("%").isdigit() or int(parts[1]) == 0:
            continue
        share = int(parts[4].rstrip("%"))
        rows.append(
            (parts[5], words.size(int(parts[1]) * 1_024), words.size(int(parts[3]) * 1_024), f"{share} %")
        )
        full |= {parts[5]: share} if share >= _HIGH else {}
    table = Table(("mounted on", "size", "free", "used"), rows, frozenset({1, 2, 3}))
    if not full:
        return Finding(f"{words.plural(len(rows), 'file system')}, all below {_HIGH} %.", table=table)
    told = ", ".join(f"{place} {share} %" for place, share in full.items())
    person = "Make room, or give the volume more: kubectl edit pvc."
    return judged(f"Filling up: {told}.", person, failed=max(full.values()) >= _FULL, table=table)


def ports(ground: Ground) -> Finding:
    """What listens in a pod of the server beside its own port."""
    found = {
        (match[1], int(match[3]), match[2])
        for line in ground.in_pod("netstat", "-tuln").splitlines()
        if (match := re.match(r"(tcp|udp)6?\s+\d+\s+\d+\s+(\S+):(\d+)\s", line))
    }
    inside = {one for one in found if one[2].startswith("127.") or one[2] == "::1"}
    strange = sorted({port for _, port, _ in found - inside} - _PORTS)
    rows = [(kind, str(port), address) for kind, port, address in sorted(found)]
    table = Table(("protocol", "port", "address"), rows, frozenset({1}), "Nothing listens.")
    if not found:
        return judged(
            "Nothing listens in the pod.", "The server does not serve: look at its log.", failed=True
        )
    person = f"Find out what listens on {', '.join(map(str, strange))}." if strange else ""
    return judged(
        f"{words.plural(len(found), 'port')} listened on.", person, failed=bool(strange), table=table
    )


def backup_tools(ground: Ground) -> Finding:
    """Whether pg_dump and pg_restore run in the pod of PostgreSQL, and are of one version."""
    versions = {}
    for tool in ("pg_dump", "pg_restore"):
        try:
            printed = ground.in_pod(tool, "--version", deployment=_POSTGRES)
        except NbaMcpError as error:
            if error.exit_code == 3:
                raise
            told = f"{tool} does not run in {_POSTGRES}: {error.message}"
            return judged(told, "`nba-mcp ops backup create` needs it where it runs, not there.")
        versions[tool] = printed.strip().rsplit(" ", 1)[-1]
    differ = len(set(versions.values())) > 1
    told = ", ".join(f"{tool} {version}" for tool, version in versions.items())
    return judged(f"{told}.", "Use one version for dump and restore." if differ else "")
