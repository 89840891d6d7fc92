"""What AWS charged, by its Cost Explorer: each day, each service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from nba_mcp_synthesis.connectors.aws import aws_client, explain_aws
from nba_mcp_synthesis.errors import NbaMcpError, Unavailable
from nba_mcp_synthesis.operations.reports.period import Period

METRIC = "BlendedCost"
_ALL = "all services"
_MOST_PAGES = 100


@dataclass
class CloudCosts:
    """Dollars by day and by service, as AWS has them, and days that are estimates yet."""

    by_day: dict[date, Decimal] = field(default_factory=dict)
    by_service: dict[str, Decimal] = field(default_factory=dict)
    estimated: int = 0
    unit: str = "USD"

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum(self.by_day.values(), Decimal(0))

    def add(self, day: date, service: str, amount: Decimal) -> None:
        """Takes in one figure."""
        self.by_day[day] = self.by_day.get(day, Decimal(0)) + amount
        self.by_service[service] = self.by_service.get(service, Decimal(0)) + amount


def cloud_costs(period: Period, client: Callable[[str], Any] = aws_client) -> CloudCosts:
    """What the account cost on the days of a period; raises Unavailable where AWS does not say it."""
    try:
        found = CloudCosts()
        for result in _results(client("ce"), period):
            found.estimated += bool(result.get("Estimated"))
            _take(found, result)
    except NbaMcpError:
        raise
    except Exception as error:  # noqa: BLE001 - of many classes, worded below
        raise Unavailable(explain_aws(error, "AWS Cost Explorer").message) from None
    return found


def _results(explorer: Any, period: Period) -> Iterator[dict[str, Any]]:
    """Day by day; the end is not in the period that AWS is asked for."""
    end = period.end.date() if not _within_day(period) else period.end.date() + timedelta(days=1)
    asked: dict[str, Any] = {
        "TimePeriod": {"Start": f"{period.begin.date()}", "End": f"{end}"},
        "Granularity": "DAILY",
        "Metrics": [METRIC],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
    }
    for _ in range(_MOST_PAGES):
        answer = explorer.get_cost_and_usage(**asked)
        yield from answer["ResultsByTime"]
        if not (token := answer.get("NextPageToken")):
            return
        asked["NextPageToken"] = token
    raise Unavailable(f"AWS Cost Explorer goes on after {_MOST_PAGES} pages.", "Ask for a shorter period.")


def _within_day(period: Period) -> bool:
    return period.end.time().isoformat() != "00:00:00"


def _take(found: CloudCosts, result: dict[str, Any]) -> None:
    day = date.fromisoformat(result["TimePeriod"]["Start"])
    groups = [(group["Keys"][0], group["Metrics"]) for group in result.get("Groups", ())]
    if not groups and result.get("Total"):
        groups = [(_ALL, result["Total"])]
    for service, metrics in groups:
        found.unit = str(metrics[METRIC].get("Unit", found.unit))
        found.add(day, service, Decimal(str(metrics[METRIC]["Amount"])))
