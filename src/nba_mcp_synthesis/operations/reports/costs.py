"""What the service costs: the cloud by Cost Explorer, the models by our own ledger, side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from math import fsum
from pathlib import Path
from typing import Any, Literal, TypeVar

from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.cloud_costs import METRIC, CloudCosts, cloud_costs
from nba_mcp_synthesis.operations.reports.document import Document, Part, Section, Table
from nba_mcp_synthesis.operations.reports.evaluated import Evaluated, last_evaluation
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.operations.reports.trend import Forecast, forecast
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.usage import Spent, spent_by_caller, spent_by_status, spent_by_voice

T = TypeVar("T")
By = Literal["model", "caller", "service", "day"]
_COMING = 30
_HALF_CENT = 0.005
_LATE_DAYS = 1  # AWS bills a day until the end of the next one: yesterday and today look cheap


@dataclass(frozen=True, slots=True)
class Ledger:
    """Dollars for models, from the state database; `days` are whole days of the period, by time."""

    statuses: list[Spent]
    callers: list[Spent]
    voices: list[Spent]
    days: dict[str, float]

    @property
    def total(self) -> float:
        """All that answers cost."""
        return fsum(one.cost_usd for one in self.statuses)

    @property
    def answered(self) -> int:
        """Questions that got an answer, out of the cache as well."""
        return sum(one.answers for one in self.statuses if one.group in ("answered", "from the cache"))


def ledger(state: StateDatabase, period: Period) -> Ledger:
    """What the ledger has of a period; raises Unavailable where it is away."""
    days, begin = {}, period.begin
    while begin < period.end:
        end = min(begin + timedelta(days=1), period.end)
        days[f"{begin:%Y-%m-%d}"] = fsum(one.cost_usd for one in spent_by_status(state, begin, end))
        begin = end
    span = (state, period.begin, period.end)
    return Ledger(spent_by_status(*span), spent_by_caller(*span), spent_by_voice(*span), days)


def costs(
    state: Callable[[], StateDatabase],
    period: Period,
    evaluations: Path,
    by: By | None = None,
    now: datetime | None = None,
) -> Document:
    """The report; a side that is away costs a sentence, and exit code 3. `now` is for AWS's late days."""
    away: list[str] = []
    models = _told(lambda: ledger(state(), period), away, "So nothing is said about models.")
    cloud = _told(lambda: cloud_costs(period), away, "So nothing is said about AWS.")
    evaluated = last_evaluation(evaluations)
    tables: dict[str, tuple[str, Callable[[], list[Part]]]] = {
        "model": ("By model", lambda: [_spent("model", models.voices)] if models else []),
        "caller": ("By caller", lambda: [_spent("caller", models.callers)] if models else []),
        "service": ("By AWS service", lambda: [_services(cloud)] if cloud else []),
        "day": ("By day", lambda: [_days(models, cloud)]),
    }
    sections = [Section(title, made()) for name, (title, made) in tables.items() if by in (None, name)]
    told = _summary(models, cloud, evaluated)
    coming = _coming(models, cloud, period, now or datetime.now(UTC))
    return Document(
        f"costs-{period.name}",
        f"Costs, {period}",
        [*told, *away],
        [
            *(section for section in sections if section.parts),
            Section(f"The next {_COMING} days", _forecasts(coming)),
            Section("How this was counted", _method(models, cloud)),
        ],
        _data(period, models, cloud, evaluated, away, coming),
        exit_code=3 if away else 0,
    )


def _told(make: Callable[[], T], away: list[str], then: str) -> T | None:
    try:
        return make()
    except Unavailable as error:
        away.append(f"{error} {then}")
        return None


def _summary(models: Ledger | None, cloud: CloudCosts | None, evaluated: Evaluated | None) -> list[str]:
    told = []
    if models and cloud:
        told.append(f"In all {words.dollars(models.total + float(cloud.total))}.")
    if cloud:
        told.append(f"AWS: {words.dollars(float(cloud.total))} ({METRIC}, the whole account).")
    if models:
        told.append(f"Models: {words.dollars(models.total)} for {words.plural(models.answered, 'answer')}.")
        told += [_each(models, cloud), _correct(models, evaluated)] if models.answered else []
    if cloud and cloud.unit != "USD":
        told.append(f"AWS charges in {cloud.unit}; the sums take it for dollars as it stands.")
    return told


def _each(models: Ledger, cloud: CloudCosts | None) -> str:
    told = f"An answer costs {words.dollars(models.total / models.answered)} for models"
    if not cloud:
        return f"{told}."
    return f"{told}, {words.dollars((models.total + float(cloud.total)) / models.answered)} with AWS."


def _correct(models: Ledger, evaluated: Evaluated | None) -> str:
    if evaluated is None:
        return "There is no evaluation in reports/eval (`make eval`), so no cost of a correct answer."
    each = models.total / (models.answered * evaluated.share) if evaluated.share else None
    return (
        f"A correct answer costs {words.dollars(each)} for models: in the last evaluation, {evaluated.name}, "
        f"{evaluated.right:,} of {words.plural(evaluated.answers, 'answer')} were right "
        f"({words.share(evaluated.share)})."
    )


def _spent(what: str, found: Sequence[Spent]) -> Table:
    ranked = sorted(found, key=lambda one: (-one.cost_usd, one.group))
    rows = [
        (
            one.group,
            f"{one.answers:,}",
            words.dollars(one.cost_usd),
            words.dollars(one.cost_usd / one.answers),
        )
        for one in ranked
    ]
    return Table((what, "answers", "cost", "each"), rows, frozenset({1, 2, 3}), "Nothing was spent.")


def _services(cloud: CloudCosts) -> Table:
    ranked = sorted(cloud.by_service.items(), key=lambda item: (-item[1], item[0]))
    rows = [(name, f"${amount:,.2f}") for name, amount in ranked]
    return Table(("service", "cost"), rows, frozenset({1}), "AWS charged nothing.")


def _days(models: Ledger | None, cloud: CloudCosts | None) -> Table:
    by_cloud = {f"{day}": float(amount) for day, amount in cloud.by_day.items()} if cloud else {}
    by_models = models.days if models else {}
    rows = [
        (day, words.dollars(by_models.get(day)), words.dollars(by_cloud.get(day)))
        for day in sorted({*by_models, *by_cloud})
    ]
    return Table(("day", "models", "AWS"), rows, frozenset({1, 2}))


def _forecasts(coming: dict[str, Forecast | None]) -> list[Part]:
    told: list[Part] = []
    for name, found in coming.items():
        if found is None:
            told.append(f"{name}: there is no whole day to go by.")
            continue
        span = "" if found.low is None else f", {words.dollars(found.low)} to {words.dollars(found.high)}"
        told.append(f"{name}: {words.dollars(found.total)}{span}, by {found.method}.")
    return told or ["There is nothing to forecast from."]


def _coming(
    models: Ledger | None, cloud: CloudCosts | None, period: Period, now: datetime
) -> dict[str, Forecast | None]:
    """By whole days from the first that cost something: one that is not over, or billed yet, looks cheap."""
    found = {}
    today = f"{period.end:%Y-%m-%d}"
    if models:
        found["Models"] = forecast(_since_first(models.days, today), _COMING)
    if cloud:
        days = {f"{day}": float(cost) for day, cost in sorted(cloud.by_day.items())}
        billed = f"{now - timedelta(days=_LATE_DAYS):%Y-%m-%d}"
        found["AWS"] = forecast(_since_first(days, min(today, billed)), _COMING)
    return found


def _since_first(days: Mapping[str, float], before: str) -> list[float]:
    """The days before one, without those before the service was there; all where none cost anything."""
    found = [cost for day, cost in days.items() if day < before]
    return found[next((n for n, cost in enumerate(found) if cost), 0) :]


def _method(models: Ledger | None, cloud: CloudCosts | None) -> list[Part]:
    told: list[Part] = ["Days are those of UTC. Answers out of the cache cost nothing, and count as answers."]
    if models:
        off = models.total - fsum(one.cost_usd for one in models.voices)
        if abs(off) >= _HALF_CENT:
            told.append(
                f"The answers and their voices differ by {words.dollars(off)} in the ledger: "
                "somebody has to look why."
            )
        else:
            told.append("The sum of the answers is that of their voices, to the cent.")
    if cloud:
        told.append("AWS bills late: its forecast leaves out today and yesterday.")
    if cloud and cloud.estimated:
        told.append(f"AWS says of {words.plural(cloud.estimated, 'day')} that its figure is an estimate.")
    return told


def _data(
    period: Period,
    models: Ledger | None,
    cloud: CloudCosts | None,
    evaluated: Evaluated | None,
    away: Sequence[str],
    coming: Mapping[str, Forecast | None],
) -> dict[str, Any]:
    each = models.total / models.answered if models and models.answered else None
    right = evaluated.share if evaluated and evaluated.share else None
    return {
        "period": {"begin": period.begin.isoformat(), "end": period.end.isoformat()},
        "models_usd": models and models.total,
        "answers": models and models.answered,
        "per_answer_usd": each,
        "per_correct_answer_usd": each / right if each is not None and right else None,
        "evaluation": evaluated and {**asdict(evaluated), "share": evaluated.share},
        "by_model": models and [asdict(one) for one in models.voices],
        "by_caller": models and [asdict(one) for one in models.callers],
        "by_status": models and [asdict(one) for one in models.statuses],
        "models_by_day": models and models.days,
        "cloud": cloud and float(cloud.total),
        "cloud_unit": cloud and cloud.unit,
        "by_service": cloud and {name: float(cost) for name, cost in cloud.by_service.items()},
        "cloud_by_day": cloud and {f"{day}": float(cost) for day, cost in sorted(cloud.by_day.items())},
        "forecast": {name: found and asdict(found) for name, found in coming.items()},
        "away": list(away),
    }
