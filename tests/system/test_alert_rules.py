"""Every rule, by promtool: it fires at its threshold and duration, not before, and ends. Routes by amtool."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring.alert_timelines import CASES, minutes, unit_tests
from servers.monitoring import MONITORING, ROOT, tool

pytestmark = pytest.mark.system
RULES: list[dict[str, Any]] = yaml.safe_load((MONITORING / "prometheus/rules.yml").read_text("utf-8"))[
    "groups"
]
ALERTS = [rule for group in RULES for rule in group["rules"] if "alert" in rule]
BURNING = [rule for rule in ALERTS if "window" in rule["labels"]]
PROMISES = [group for group in RULES if group["name"] in ("nba-mcp.slo", "nba-mcp.burn")]
RECORDING = next(group for group in RULES if group["name"] == "nba-mcp.recording")
OTHERS = [group for group in RULES if group not in PROMISES]
ROUTES = str(MONITORING / "alertmanager/alertmanager.yml")


def run_tests(
    folder: Path, tests: list[dict[str, Any]], groups: list[dict[str, Any]], interval: str = "1m"
) -> None:
    """Runs unit tests over some groups of the project's rules."""
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": groups}))
    suite = {
        "rule_files": [str(folder / "rules.yml")],
        "evaluation_interval": interval,
        "group_eval_order": [group["name"] for group in groups],
        "tests": tests,
    }
    file = folder / "tests.yml"
    file.write_text(yaml.safe_dump(suite))
    done = tool("promtool", "test", "rules", str(file))
    assert done.returncode == 0, (done.stdout + done.stderr)[-6_000:]


def test_promtool_takes_the_rules() -> None:
    """As a rule file, and as the spec of the object of the cluster, which is the same."""
    done = tool("promtool", "check", "rules", str(MONITORING / "prometheus/rules.yml"))
    assert done.returncode == 0, done.stderr
    rule = yaml.safe_load((ROOT / "k8s/monitoring/prometheusrule.yaml").read_text("utf-8"))
    assert rule["spec"]["groups"] == RULES


def test_every_alert_has_a_case() -> None:
    """Those that always fire and those of promises have tests of their own below."""
    assert {rule["alert"] for rule in ALERTS if rule not in BURNING} == {*CASES, "NbaMcpWatchdog"}


@pytest.mark.requirement("MON-ALERTS")
@pytest.mark.parametrize("alert", CASES)
def test_alerts_fire_at_their_threshold_and_duration(alert: str, tmp_path: Path) -> None:
    """Not before, not at the edge; they end, and without any series they do what their case says."""
    rule = next(rule for rule in ALERTS if rule["alert"] == alert)
    run_tests(tmp_path, unit_tests(alert, rule["for"]), [RECORDING, {"name": alert, "rules": [rule]}])


def test_errors_that_a_database_explains_do_not_page_as_well(tmp_path: Path) -> None:
    """Neither while it is down nor while its errors are still in the window."""
    errors = unit_tests("NbaMcpErrorRateHigh", "5m")[0]
    down = {"series": "nba_mcp_db_up", "values": "1x19 0x11 1x20"}
    quiet = [{**look, "exp_samples": []} for look in errors["promql_expr_test"]]
    looks = [{**look, "expr": look["expr"].replace(" > bool 0", "")} for look in quiet]
    test = {**errors, "input_series": [*errors["input_series"], down], "promql_expr_test": looks}
    run_tests(tmp_path, [test], OTHERS)


# Shares of failing calls, minute by minute, after an hour of good ones.
OUTAGES = {
    "just above the limit": [0.055] * 40,
    "a third": [0.3] * 40,
    "everything": [1.0] * 40,
    "a second one in the same hour": [1.0] * 2 + [0.0] * 23 + [0.08] * 40,
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_errors_that_page_do_not_burn_as_well(outage: str, tmp_path: Path) -> None:
    """The louder page comes first, and speaks for the budget until errors have left every short window."""
    shares = [0.0] * 60 + OUTAGES[outage] + [0.0] * 90
    last = 60 + len(OUTAGES[outage]) - 1
    looks = [paging("NbaMcpErrorRateHigh", last, fires=True)]
    looks += [paging("NbaMcpAvailabilityBurn", at, fires=False) for at in range(len(shares))]
    run_tests(tmp_path, [failing(shares, looks)], [*OTHERS, *PROMISES])


@pytest.mark.parametrize(
    "shares",
    [[0.04] * 60, ([0.15] + [0.0] * 5) * 12],
    ids=["too few for the louder page", "in bursts, none of them for long enough"],
)
def test_a_budget_that_burns_without_a_louder_page_has_its_own(shares: list[float], tmp_path: Path) -> None:
    """While it burns, and not when nothing has failed for an hour."""
    after = 60 + len(shares)
    looks = [paging("NbaMcpErrorRateHigh", at, fires=False) for at in range(after)]
    looks += [paging("NbaMcpAvailabilityBurn", at, fires=True) for at in range(after - 10, after)]
    looks.append(paging("NbaMcpAvailabilityBurn", after + 60, fires=False))
    run_tests(tmp_path, [failing([0.0] * 60 + shares + [0.0] * 70, looks)], [*OTHERS, *PROMISES])


def failing(shares: list[float], looks: list[dict[str, Any]]) -> dict[str, Any]:
    """A hundred calls a minute, of which such shares fail, minute by minute."""
    bad = [100 * share for share in shares]
    sums = {
        "answered": itertools.accumulate(100 - one for one in bad),
        "overloaded": itertools.accumulate(bad),
    }
    series = [
        {
            "series": f'nba_mcp_tool_calls_total{{tool="ask",outcome="{outcome}"}}',
            "values": " ".join(f"{total:.6f}" for total in totals),
        }
        for outcome, totals in sums.items()
    ]
    up = {"series": 'up{job="nba-mcp-synthesis-service"}', "values": f"1x{len(shares)}"}
    return {"interval": "1m", "input_series": [*series, up], "promql_expr_test": looks}


def paging(alert: str, at: int, *, fires: bool) -> dict[str, Any]:
    """What promtool is to find at a minute, of an alert that pages."""
    firing = f'ALERTS{{alertname="{alert}",severity=~"P1|P2",alertstate="firing"}}'
    samples = [{"labels": "{}", "value": 1}] if fires else []
    return {"expr": f"count(sum by (alertname) ({firing}))", "eval_time": f"{at}m", "exp_samples": samples}


@pytest.mark.parametrize(
    ("alert", "gauge"),
    [
        ("NbaMcpBackupFailed", "nba_mcp_backup_last_failure_timestamp_seconds"),
        ("NbaMcpBackupUnverified", "nba_mcp_backup_last_success_timestamp_seconds"),
    ],
)
def test_what_never_went_well_is_told(alert: str, gauge: str, tmp_path: Path) -> None:
    """A database whose first backup failed, or of which none was ever verified, lacks a sample."""
    rule = next(rule for rule in ALERTS if rule["alert"] == alert)
    hold = minutes(rule["for"])
    series = [{"series": f'{gauge}{{database="state"}}', "values": f"60x{hold + 10}"}]
    firing = f'count(ALERTS{{alertname="{alert}",alertstate="firing",database="state"}})'
    looks = [
        {"expr": firing, "eval_time": f"{hold - 1}m", "exp_samples": []},
        {"expr": firing, "eval_time": f"{hold}m", "exp_samples": [{"labels": "{}", "value": 1}]},
    ]
    test = {"interval": "1m", "input_series": series, "promql_expr_test": looks}
    run_tests(tmp_path, [test], [{"name": alert, "rules": [rule]}])


def test_the_watchdog_always_fires(tmp_path: Path) -> None:
    """From the first evaluation on."""
    firing = 'ALERTS{alertname="NbaMcpWatchdog",alertstate="firing"}'
    look = {"expr": f"count({firing})", "eval_time": "0m", "exp_samples": [{"labels": "{}", "value": 1}]}
    run_tests(tmp_path, [{"interval": "1m", "input_series": [], "promql_expr_test": [look]}], OTHERS)


# For each promise: its good and bad events, as counters by their growth a minute, out of 100 events.
EVENTS: dict[str, dict[str, Callable[[float], float]]] = {
    "NbaMcpAvailabilityBurn": {
        'nba_mcp_http_requests_total{path="/v1/ask",status="200"}': lambda bad: 100 - bad,
        'nba_mcp_http_requests_total{path="/v1/ask",status="503"}': lambda bad: bad / 2,
        'nba_mcp_tool_calls_total{tool="ask",outcome="overloaded"}': lambda bad: bad / 2,
    },
    "NbaMcpToolLatencyBurn": {
        'nba_mcp_tool_duration_seconds_count{tool="find"}': lambda _: 100,
        'nba_mcp_tool_duration_seconds_bucket{tool="find",le="0.5"}': lambda bad: 100 - bad,
        'nba_mcp_tool_duration_seconds_count{tool="ask"}': lambda _: 100,
        'nba_mcp_tool_duration_seconds_bucket{tool="ask",le="0.5"}': lambda _: 0,
    },
    "NbaMcpAnswerLatencyBurn": {
        'nba_mcp_answer_duration_seconds_count{by="models"}': lambda _: 100,
        'nba_mcp_answer_duration_seconds_bucket{by="models",le="30.0"}': lambda bad: 100 - bad,
    },
    "NbaMcpVerifiedShareBurn": {
        'nba_mcp_claims_total{outcome="kept"}': lambda bad: 100 - bad,
        'nba_mcp_claims_total{outcome="dropped"}': lambda bad: bad,
    },
}
OBJECTIVES = {
    "NbaMcpAvailabilityBurn": 0.999,
    "NbaMcpToolLatencyBurn": 0.95,
    "NbaMcpAnswerLatencyBurn": 0.99,
    "NbaMcpVerifiedShareBurn": 0.9,
    "NbaMcpFreshnessBurn": 0.99,
}
FACTORS = {"1h": 14.4, "6h": 6.0, "1d": 3.0, "3d": 1.0}
STEPS = {"1h": 5, "6h": 5, "1d": 30, "3d": 60}  # minutes between samples, by the long window


def counted(alert: str, shares: list[float], volume: float) -> list[dict[str, str]]:
    """Series in which so many of 100 events are bad in each step."""
    found = []
    for series, grows in EVENTS[alert].items():
        sums = itertools.accumulate(grows(share) * volume for share in shares)
        found.append({"series": series, "values": " ".join(f"{total:.6f}" for total in sums)})
    return found


def looked(alert: str, window: str, at: int, *, fires: bool) -> dict[str, Any]:
    """What promtool is to find at a minute."""
    expr = f'count(ALERTS{{alertname="{alert}",window="{window}",alertstate="firing"}})'
    samples = [{"labels": "{}", "value": 1}] if fires else []
    return {"expr": expr, "eval_time": f"{at}m", "exp_samples": samples}


@pytest.mark.requirement("MON-SLO")
@pytest.mark.parametrize("rule", BURNING, ids=lambda rule: f"{rule['alert']}-{rule['labels']['window']}")
def test_budgets_that_burn_too_fast_are_told(rule: dict[str, Any], tmp_path: Path) -> None:
    """Above the pace the alert comes and soon ends; just below it does not, nor with hardly any events."""
    alert, window = rule["alert"], rule["labels"]["window"]
    limit = 100 * FACTORS[window] * (1 - OBJECTIVES[alert])
    step = STEPS[window]
    long = minutes(window) // step
    if alert == "NbaMcpFreshnessBurn":
        tests = [stale(window, step)]
    else:
        over = [0.0] * 12 + [min(100, limit * 1.1)] * (long + 12) + [0.0] * (long // 6 + 30)
        under = [limit * 0.9] * (long + 24)
        end, quiet = step * (long + 23), looked(alert, window, step * 11, fires=False)
        after = looked(alert, window, step * (len(over) - 1), fires=False)
        tests = [
            {
                "input_series": counted(alert, over, step),
                "promql_expr_test": [quiet, looked(alert, window, end, fires=True), after],
            },
            {
                "input_series": counted(alert, under, step),
                "promql_expr_test": [looked(alert, window, end, fires=False)],
            },
            {
                "input_series": counted(alert, [100.0] * 24, 0.004),
                "promql_expr_test": [looked(alert, window, step * 23, fires=False)],
            },
        ]
    mine = [part(group, alert) for group in PROMISES]
    run_tests(tmp_path, [{"interval": f"{step}m", **test} for test in tests], mine, f"{step}m")


def stale(window: str, step: int) -> dict[str, Any]:
    """Old data for as long as the budget allows three times or once, and then as long again."""
    share = FACTORS[window] * (1 - OBJECTIVES["NbaMcpFreshnessBurn"])
    old = int(minutes(window) // step * share) + 4
    ages = [3_600] * 12 + [140_000] * old
    series = {
        "series": "nba_mcp:data_stale:bool",
        "values": " ".join(f"{int(age > 129_600)}" for age in ages),
    }
    looks = [
        looked("NbaMcpFreshnessBurn", window, step * 11, fires=False),
        looked("NbaMcpFreshnessBurn", window, step * (len(ages) - 1), fires=True),
    ]
    return {"input_series": [series], "promql_expr_test": looks}


def part(group: dict[str, Any], alert: str) -> dict[str, Any]:
    """The rules of a group that one promise needs."""
    slo = next(rule["expr"].split('slo="')[1].split('"')[0] for rule in BURNING if rule["alert"] == alert)
    mine = [r for r in group["rules"] if r.get("alert") == alert or r["labels"].get("slo") == slo]
    return {**group, "rules": mine}


@pytest.mark.requirement("INC-SEVERITY")
@pytest.mark.requirement("ONC-ESCALATION")
@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ("severity=P1 alertname=NbaMcpDatabaseDown", "P1"),
        ("severity=P2 alertname=NbaMcpCrashLoop", "P2-in-hours,P2-off-hours,P2"),
        ("severity=P3 alertname=NbaMcpDataStale", "P3"),
        ("severity=P4 alertname=NbaMcpSecretRotationDue", "P4"),
        ("severity=P4 alertname=NbaMcpWatchdog", "deadman"),
        ("severity=warning alertname=KubePodNotReady", "others"),
        ("alertname=Unlabelled", "others"),
        ("severity=P1 alertname=NbaMcpTest", "P1"),
    ],
)
def test_severities_go_where_the_matrix_says(labels: str, receivers: str) -> None:
    """By amtool, over the committed routes."""
    done = tool("amtool", "config", "routes", "test", f"--config.file={ROUTES}", *labels.split())
    assert done.stdout.strip() == receivers, done.stderr


def test_amtool_takes_the_routes() -> None:
    """The file is what Alertmanager reads."""
    done = tool("amtool", "check-config", ROUTES)
    assert done.returncode == 0, done.stdout + done.stderr
