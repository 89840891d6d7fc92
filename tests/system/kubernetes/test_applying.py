"""The real manifests, applied by the real kubectl to the double of a cluster, and found there again."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.operations.backup.encryption import check_recipients
from nba_mcp_synthesis.settings import load_settings
from rendered import APP, K8S, Manifests
from servers.kubernetes import Kubectl

pytestmark = pytest.mark.system


@pytest.fixture
def applied(k: Kubectl) -> Kubectl:
    """Production, applied once."""
    k(f"apply -k {K8S / 'overlays/production'}")
    return k


def test_production_is_applied_twice_without_a_change(applied: Kubectl, production: Manifests) -> None:
    """All of its objects are there, and a second time nothing is changed."""
    again = applied(f"apply -k {K8S / 'overlays/production'}").stdout.splitlines()
    assert len(again) == len(production.objects)
    changed = [line.split()[0] for line in again if not line.endswith(" unchanged")]
    # kubectl sends the selector of a disruption budget whole each time, and calls that a change
    assert changed == [f"poddisruptionbudget.policy/{APP}"]
    applied(f"rollout status deployment/{APP} --timeout=60s")


@pytest.mark.requirement("MON-SERVICEMONITOR")
@pytest.mark.requirement("MON-STACK")
def test_monitoring_is_applied_by_the_documented_paths(applied: Kubectl) -> None:
    """The ServiceMonitor beside the service, the rules in monitoring."""
    assert "servicemonitor.monitoring.coreos.com" in applied(f"apply -f {K8S / 'servicemonitor.yaml'}").stdout
    applied(f"apply -k {K8S / 'monitoring'} -n monitoring")
    found = json.loads(applied("get prometheusrules -n monitoring -o json").stdout)["items"]
    alerts = [rule for one in found for group in one["spec"]["groups"] for rule in group["rules"]]
    assert "NbaMcpServiceUnavailable" in {rule.get("alert") for rule in alerts}


@pytest.mark.requirement("MNT-BACKUP-SCHEDULE")
def test_backups_are_taken_at_two_eastern_whatever_the_season(production: Manifests) -> None:
    """The time zone is the job's own: a schedule in UTC would be an hour off for half of the year.

    Three o'clock is there on the night that has no two; else it finds that nothing is due.
    """
    spec = production.one("CronJob", f"{APP}-backup-create")["spec"]
    assert spec["schedule"] == "0 2,3 * * *"
    zone = ZoneInfo(spec["timeZone"])
    days = [datetime(2026, month, 15, 2, tzinfo=zone) for month in (1, 7)]
    assert [at.astimezone(UTC).hour for at in days] == [7, 6]
    (container,) = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["ops", "backup", "create", "--due"]


def test_backups_go_whether_or_not_one_could_be_verified(production: Manifests) -> None:
    """Each command is a job of its own, and no shell keeps a signal from it."""
    for name, words in (("verify", ["verify"]), ("prune", ["prune"]), ("drill", ["drill", "--json"])):
        job = production.one("CronJob", f"{APP}-backup-{name}")["spec"]["jobTemplate"]
        (container,) = job["spec"]["template"]["spec"]["containers"]
        assert container["args"] == ["ops", "backup", *words]
        assert "command" not in container
        # A second pod of these would take the backup before, and pass: the failure of the first must stand.
        assert job["spec"]["backoffLimit"] == (2 if name == "prune" else 0)


def test_without_a_recipient_a_backup_says_what_is_missing(production: Manifests) -> None:
    """The manifests name the setting, and no example stands there for which nobody has the key."""
    given = production.configuration(f"{APP}-jobs-config")
    assert given["NBA_MCP_BACKUP_RECIPIENTS"] == ""
    recipients = load_settings({"NBA_MCP_BACKUP_RECIPIENTS": ""}).backup_recipients
    with pytest.raises(SettingsError, match=r"NBA_MCP_BACKUP_RECIPIENTS is not set") as raised:
        check_recipients(recipients)
    assert "age-keygen" in raised.value.hint


def test_a_key_that_is_missing_lets_the_job_say_so(production: Manifests) -> None:
    """A pod that waits for its volume says nothing until it is killed."""
    for name, pod in production.pods():
        for volume in pod["spec"].get("volumes", []):
            if volume.get("secret", {}).get("secretName") == f"{APP}-backup-key":
                assert volume["secret"]["optional"] is True, name


def test_only_jobs_that_open_backups_have_the_key(production: Manifests) -> None:
    """Neither the server nor the nightly dump could read what was dumped."""
    holders = {
        name
        for name, pod in production.pods()
        for volume in pod["spec"].get("volumes", [])
        if volume.get("secret", {}).get("secretName") == f"{APP}-backup-key"
    }
    assert holders == {f"{APP}-backup-verify", f"{APP}-backup-drill"}
