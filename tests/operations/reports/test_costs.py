"""Costs are those of the ledger to the cent, and those that Cost Explorer gave."""

import json
import random
import urllib.request
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.operations.reports.cloud_costs import cloud_costs
from nba_mcp_synthesis.operations.reports.costs import By, costs
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.operations.reports.trend import days_until, forecast
from report_ground import BEGIN, DAY, Traffic, traffic
from running import free_port
from servers.aws import AwsServer
from servers.listeners import Heard, Reply, web

__all__ = ["traffic"]
PERIOD = Period(BEGIN, BEGIN + 10 * DAY)


def seed(server: AwsServer, *pages: list[dict[str, Any]]) -> None:
    """What Cost Explorer answers, a page a call."""
    results = [
        {"ResultsByTime": page, "GroupDefinitions": [], "DimensionValueAttributes": []} for page in pages
    ]
    request = urllib.request.Request(
        f"{server.url}/moto-api/static/ce/cost-and-usage-results",
        json.dumps({"results": results}).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


def day_of(day: date, **services: str) -> dict[str, Any]:
    """A day as Cost Explorer gives it."""
    return {
        "TimePeriod": {"Start": f"{day}", "End": f"{day + timedelta(days=1)}"},
        "Total": {},
        "Groups": [
            {"Keys": [name], "Metrics": {"BlendedCost": {"Amount": amount, "Unit": "USD"}}}
            for name, amount in services.items()
        ],
        "Estimated": False,
    }


def spend(traffic: Traffic) -> float:
    """Answers over ten days with odd sums, some refused, one before; gives what the period cost."""
    drawn, cents = random.Random(3), Decimal(0)
    for n in range(400):
        claude, gpt = drawn.randrange(1, 90_000), drawn.randrange(1, 9_000)  # millionths of a dollar
        status = "refused" if n % 8 == 0 else "answered"
        at = BEGIN + timedelta(minutes=36 * n)
        traffic.answer(at, "ana" if n % 3 else "bea", status, claude=claude / 1e6, gpt=gpt / 1e6)
        cents += Decimal(claude + gpt)
    traffic.answer(BEGIN - DAY, claude=50.0)
    traffic.store()
    return float(cents / 1_000_000)


@pytest.mark.requirement("MO-COSTS")
def test_costs_are_the_ledgers_and_cost_explorers(
    traffic: Traffic, aws_server: AwsServer, tmp_path: Path
) -> None:
    spent = spend(traffic)
    pages = [day_of((BEGIN + n * DAY).date(), AmazonRDS="1.10", AmazonS3="0.0125") for n in range(10)]
    seed(aws_server, pages)
    (tmp_path / "2026-03-01-league.json").write_text(
        json.dumps({"questions": [{"outcome": o} for o in ["right"] * 9 + ["wrong"] + ["declined"] * 5]})
    )
    (tmp_path / "2026-03-09-broken.json").write_text("{")
    found = costs(lambda: traffic.state, PERIOD, tmp_path)
    data = found.data
    by_day = sum(traffic.state.spent_on((BEGIN + n * DAY).date()) for n in range(10))
    assert data["models_usd"] == pytest.approx(spent, abs=1e-9)
    assert data["models_usd"] == pytest.approx(by_day, abs=1e-9)
    for group in ("by_model", "by_caller", "by_status"):
        assert sum(one["cost_usd"] for one in data[group]) == pytest.approx(spent, abs=1e-9)
    assert data["answers"] == 350
    assert data["per_answer_usd"] == pytest.approx(spent / 350)
    assert data["per_correct_answer_usd"] == pytest.approx(spent / 350 / 0.9)
    assert "2026-03-01-league, 9 of 10 answers were right" in found.markdown()
    assert data["cloud"] == pytest.approx(11.125)
    assert data["by_service"] == pytest.approx({"AmazonRDS": 11.0, "AmazonS3": 0.125})
    assert data["forecast"]["AWS"]["total"] == pytest.approx(30 * 1.1125)
    assert "to the cent" in found.markdown()
    assert found.exit_code == 0


def test_a_total_without_services_counts(traffic: Traffic, aws_server: AwsServer, tmp_path: Path) -> None:
    total = {"BlendedCost": {"Amount": "7.5", "Unit": "EUR"}}
    seed(aws_server, [{**day_of(BEGIN.date()), "Groups": [], "Total": total, "Estimated": True}])
    found = costs(lambda: traffic.state, PERIOD, tmp_path)
    assert found.data["by_service"] == {"all services": 7.5}
    assert "AWS charges in EUR" in found.markdown()
    assert "of 1 day that its figure is an estimate" in found.markdown()
    assert "no evaluation" not in found.markdown()  # there is no answer that could have been right
    assert found.data["per_answer_usd"] is None


def test_pages_are_followed_to_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(heard: Heard) -> Reply:
        second = "NextPageToken" in heard.json()
        page = {"ResultsByTime": [day_of((BEGIN + second * DAY).date(), AmazonRDS="1.5" if second else "1")]}
        return Reply(200, json.dumps(page if second else {**page, "NextPageToken": "next"}))

    with web(answer) as server:
        for name, value in {
            "ENDPOINT_URL": server.url,
            "ACCESS_KEY_ID": "x",
            "SECRET_ACCESS_KEY": "x",
        }.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        assert cloud_costs(PERIOD).total == Decimal("2.5")
        asked = [heard.json() for heard in server.heard]
    assert [one.get("NextPageToken") for one in asked] == [None, "next"]
    assert asked[0]["TimePeriod"] == {"Start": "2026-03-02", "End": "2026-03-12"}


@pytest.mark.parametrize("by", ["model", "caller", "service", "day"])
def test_one_grouping(by: By, traffic: Traffic, aws_server: AwsServer, tmp_path: Path) -> None:
    traffic.answer(BEGIN, claude=0.5)
    traffic.store()
    seed(aws_server, [day_of(BEGIN.date(), AmazonRDS="1.10")])
    titles = [section.title for section in costs(lambda: traffic.state, PERIOD, tmp_path, by).sections]
    assert len([title for title in titles if title.startswith("By ")]) == 1


def test_a_side_that_is_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    arguments = ["ops", "costs", "--reports", str(tmp_path), "--json"]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 3
    told = json.loads(done.stdout)
    assert told["models_usd"] == 0
    assert told["cloud"] is None
    (sentence,) = told["away"]
    assert "AWS Cost Explorer, or it hung up. So nothing is said about AWS." in sentence
    monkeypatch.setenv("NBA_MCP_STATE_URL", f"postgresql://a:b@127.0.0.1:{free_port()}/c?sslmode=disable")
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 3
    assert len(json.loads(done.stdout)["away"]) == 2


def test_forecasts_hold_what_comes() -> None:
    assert forecast([], 30) is None
    few = forecast([1.0, 3.0], 10)
    assert few is not None
    assert (few.total, few.low) == (20.0, None)
    straight = forecast([float(n) for n in range(10)], 3)
    assert straight is not None
    assert straight.total == pytest.approx(10 + 11 + 12)
    assert straight.low == pytest.approx(straight.high)
    drawn, held = random.Random(5), 0
    for _ in range(300):
        values = [10 + 0.2 * n + drawn.gauss(0, 2) for n in range(60)]
        found = forecast(values[:30], 30)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        held += found.low <= sum(values[30:]) <= found.high
    assert 270 <= held <= 300  # about 95 of 100


def test_a_forecast_that_falls_keeps_what_is_left() -> None:
    """A line below nothing on later days takes nothing from those before."""
    falling = forecast([10.0 - n for n in range(8)], 30)
    assert falling is not None
    assert falling.total == pytest.approx(2 + 1)
    noisy = forecast([10.0 - n + (n % 2) for n in range(8)], 30)
    assert noisy is not None
    assert noisy.low == 0
    assert noisy.high is not None
    assert noisy.high > noisy.total > 0


def test_days_before_the_service_and_days_not_yet_billed_are_not_forecast_from(
    traffic: Traffic, aws_server: AwsServer, tmp_path: Path
) -> None:
    for day in range(10, 20):
        traffic.answer(BEGIN + day * DAY, claude=2.0)
    traffic.store()
    amounts = ["5.00"] * 18 + ["0.90", "0.10"]  # yesterday and today
    days = [day_of((BEGIN + n * DAY).date(), AmazonRDS=one) for n, one in enumerate(amounts)]
    seed(aws_server, days)
    now = BEGIN + 19 * DAY + timedelta(hours=9)
    found = costs(lambda: traffic.state, Period(BEGIN, now), tmp_path, now=now)
    assert found.data["forecast"]["Models"]["total"] == pytest.approx(60)
    assert found.data["forecast"]["AWS"]["total"] == pytest.approx(150)
    assert found.data["cloud"] == pytest.approx(91)
    yesterday = Period(BEGIN, BEGIN + 19 * DAY)  # ends with a day that is not billed either
    seed(aws_server, days[:19])
    found = costs(lambda: traffic.state, yesterday, tmp_path, now=now)
    assert found.data["forecast"]["AWS"]["total"] == pytest.approx(150)


def test_days_until_a_bound() -> None:
    assert days_until([float(n) for n in range(10)], 19) == 10
    assert days_until([5.0] * 10, 19) is None
    assert days_until([float(n) for n in range(10)], 9) == 0
    assert days_until([1.0, 2.0], 3) is None
