"""Each checklist against cluster, AWS, PostgreSQL, Redis and Prometheus: well, wrong, and away."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from running import free_port
from secret_ground import FITTING
from servers.listeners import Reply
from system.reports.conftest import BACKUP, BUCKET, NETSTAT, OpsGround, event, steps_of

pytestmark = pytest.mark.system
GONE = f"http://127.0.0.1:{free_port()}"


@pytest.mark.requirement("DAY-MORNING")
@pytest.mark.requirement("DAY-AFTERNOON")
@pytest.mark.requirement("MO-RESOURCES")
def test_all_is_well(ops: OpsGround) -> None:
    now = datetime.now(UTC)
    reported = now if now.day > 7 else now.replace(day=1) - timedelta(days=1)
    ops.traffic.call(reported.replace(day=1, hour=0, minute=0), caller="ana")
    ops.traffic.store()
    morning = ops.run("checklist", "morning", code=0)
    assert {step["result"] for step in morning["steps"]} == {"done"}
    assert morning["needs_a_person"] == []
    told = {name: step["message"] for name, step in steps_of(morning).items()}
    assert told["pods"] == "5 pods, all ready."
    assert told["network"] == "eth0 received 5 MiB, sent 1 MiB; 0 errors."
    assert told["access"] == "6 lines, 6 calls, 3 refusals."
    assert told["database"].startswith("state answers")
    afternoon = ops.run("checklist", "afternoon", code=0)
    assert {step["result"] for step in afternoon["steps"]} == {"done"}
    assert "pg_dump 16.4" in steps_of(afternoon)["backup_tools"]["message"]
    assert list((ops.folder / "backups").glob("configmaps-*.yaml"))
    monthly = ops.run("checklist", "monthly", code=0)
    month = f"{now:%Y%m}"
    usage = (ops.folder / "reports" / f"resource-usage-{month}.txt").read_text()
    assert usage.count("nba-mcp-synthesis-") == 3
    assert (ops.folder / "reports" / f"scaling-events-{reported:%Y%m}.txt").is_file()
    assert steps_of(monthly)["access"]["message"].startswith(f"{reported:%Y-%m}-01 to {reported:%Y-%m}-")
    assert steps_of(monthly)["access"]["figures"] == {"calls": 1}
    assert "1 call of 1 caller" in steps_of(monthly)["access"]["message"]


@pytest.mark.requirement("WK-PERFORMANCE")
@pytest.mark.requirement("WK-SECURITY")
@pytest.mark.requirement("MO-COMPLIANCE")
def test_the_weekly_ones(ops: OpsGround) -> None:
    performance = steps_of(ops.run("checklist", "performance", code=0))
    assert performance["response"]["figures"]["median_ms"] > 0
    assert performance["cache"]["figures"]["used_bytes"] > 0
    assert performance["database"]["figures"]["state"]["connections"] > 0
    assert performance["metrics"]["message"] == "1 of 1 target up, 0 alerts firing."
    assert performance["autoscaler"]["message"] == "nba-mcp-synthesis-hpa: 3 pods (3 to 10)."
    security = steps_of(ops.run("checklist", "security", code=3))
    assert {name for name, step in security.items() if step["result"] == "away"} == {"scan", "updates"}
    assert "trivy is not installed" in security["scan"]["message"]
    assert security["pod_security"]["message"] == "The namespace enforces restricted."
    assert security["network_policies"]["message"].endswith("denied by default: Egress, Ingress.")
    told = f"{len(FITTING)} secrets are held here, 0 faults; 1 in AWS."
    assert security["secrets"]["message"] == told
    ops.run("checklist", "afternoon", code=0)
    recovery = ops.run("checklist", "recovery", code=0)
    assert "the API would take" in steps_of(recovery)["configuration"]["message"]
    assert "keeps it from being drained" in steps_of(recovery)["drain"]["message"]
    changing = {"delete", "patch", "create", "update"}
    done = [call for call in ops.cluster.world.calls if call.verb in changing and not call.dry]
    assert [call for call in done if call.resource != "pods/exec"] == []  # checklists change nothing


def test_much_is_wrong(ops: OpsGround) -> None:
    ops.pod |= {"lost": 7, "share": 95}
    ops.netstat = NETSTAT + "tcp        0      0 0.0.0.0:4444            0.0.0.0:*               LISTEN\n"
    ops.cluster.world.logs = {
        "nba-mcp-synthesis-*": [
            event("error", level="error", family="error", message="boom"),
            event("access", family="security", outcome="not_allowed"),
        ]
    }
    ops.cluster.world.usage = {"nba-mcp-synthesis-*": (100, 100_000)}
    ops.cluster.change("namespaces", "nba-mcp-synthesis", lambda b: b["metadata"].update(labels={}), "")
    ops.peer.answer = lambda _: Reply(503, '{"status": "down"}')
    ops.aws.client("s3").delete_object(Bucket=BUCKET, Key=BACKUP[1])
    morning = ops.run("checklist", "morning", code=1)
    results = {name: step["result"] for name, step in steps_of(morning).items()}
    assert results["usage"] == results["health"] == "failed"
    assert results["disk"] == "failed"
    assert {results[name] for name in ("errors", "network", "security_events")} == {"warning"}
    assert results["pods"] == results["database"] == "done"
    people = " ".join(morning["needs_a_person"])
    for told in (
        "raise its limit",
        "Make room",
        "Packets were lost",
        "The most frequent: ",
        "somebody tries",
    ):
        assert told in people, told
    afternoon = steps_of(ops.run("checklist", "afternoon", code=1))
    assert afternoon["backups"]["message"] == f"{BUCKET} has no whole backup of state."
    folder = ops.folder / "bin"
    folder.mkdir()
    # In the form of trivy's own reports.
    found = {
        "Results": [
            {"Target": "debian"},
            {"Vulnerabilities": [{"VulnerabilityID": "CVE-1", "Severity": "HIGH"}]},
        ]
    }
    (folder / "trivy").write_text(f"#!/bin/sh\necho '{json.dumps(found)}'\n")
    (folder / "trivy").chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    security = steps_of(ops.run("checklist", "security", code=1, PATH=path))
    assert security["scan"]["message"].startswith("trivy finds 1 high in ")
    assert security["ports"]["person"] == "Find out what listens on 4444."
    assert "kubectl label namespace" in security["pod_security"]["person"]


def test_a_cluster_that_is_away_costs_one_sentence(ops: OpsGround) -> None:
    ops.cluster.stop()
    morning = ops.run("checklist", "morning", code=3)
    results = {name: step["result"] for name, step in steps_of(morning).items()}
    assert {name for name, result in results.items() if result == "done"} == {
        "health",
        "database",
        "incidents",
        "storage",
        "secrets",
    }
    (sentence,) = morning["needs_a_person"]
    assert "Not looked at: Pods; Warnings of the cluster;" in sentence
    ops.cluster.start()


def test_all_are_away(ops: OpsGround) -> None:
    ops.cluster.stop()
    away = {
        "AWS_ENDPOINT_URL": GONE,
        "NBA_MCP_PROMETHEUS_URL": GONE,
        "NBA_MCP_PUBLIC_URL": GONE,
        "NBA_MCP_REDIS_URL": GONE.replace("http", "redis"),
        "NBA_MCP_STATE_URL": f"{GONE.replace('http://', 'postgresql://a:very-secret@')}/b?sslmode=disable",
    }
    for name in ("performance", "monthly"):
        told = ops.run("checklist", name, code=3, **away)
        assert {step["result"] for step in told["steps"]} == {"away"}
        assert len(told["needs_a_person"]) == len({step["source"] for step in told["steps"]})
        assert "very-secret" not in json.dumps(told)
    ops.cluster.start()
