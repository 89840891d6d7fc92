"""Who is on call: right in every minute of a year, and by two ways of working it out."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.monitoring import alertmanager, sources
from nba_mcp_synthesis.operations.monitoring.hours import Hours
from nba_mcp_synthesis.operations.oncall import contacts, rota_file
from nba_mcp_synthesis.operations.oncall.checking import findings
from nba_mcp_synthesis.operations.oncall.rota import Duty, Override, Rota, Turns

ROOT = Path(__file__).resolve().parents[2]
MONITORING = ROOT / "monitoring"
CONTACTS = contacts.load(MONITORING / "contacts.toml")
ROTA = rota_file.load(MONITORING / "oncall.toml", CONTACTS)
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MINUTES = 366 * 24 * 60


def clocks(zone: str) -> pl.DataFrame:
    """Every minute of 2026 on the clock of a zone: chrono-tz of polars, where the product has zoneinfo."""
    minutes = pl.datetime_range(YEAR, YEAR + timedelta(minutes=MINUTES), "1m", closed="left", eager=True)
    there = minutes.dt.convert_time_zone(zone)
    local = there.dt.replace_time_zone(None)
    return pl.DataFrame({"utc": minutes, "local": local, "day": there.dt.weekday(), "hour": there.dt.hour()})


def expected(rota: Rota, minutes: pl.DataFrame) -> pl.DataFrame:
    """Role and person of each minute, worked out over columns."""
    inside = (pl.col("day") <= 5) & (pl.col("hour") >= 9) & (pl.col("hour") < 17)
    found = minutes.with_columns(role=pl.when(inside).then(pl.lit("in")).otherwise(pl.lit("off")))
    for role, turns in (("in", rota.in_hours), ("off", rota.off_hours)):
        span = turns.days * 24 * 60
        passed = (pl.col("local") - turns.begins).dt.total_minutes()
        number = passed // span
        turn = pl.when(passed >= 0).then(number % len(turns.people)).otherwise(None)
        person = turn.replace_strict(
            dict(enumerate(turns.people)), default=None, return_dtype=pl.String
        ).alias(f"person_{role}")
        found = found.with_columns(person)
    person = pl.when(pl.col("role") == "in").then("person_in").otherwise("person_off")
    found = found.with_columns(person=person)
    for override in rota.overrides:
        mine = (pl.col("utc") >= override.begins) & (pl.col("utc") < override.ends)
        now = pl.when(mine).then(pl.lit(override.person, pl.String)).otherwise("person")
        found = found.with_columns(person=now)
    return found


def rota_of(days: int, people: int, overrides: tuple[Override, ...], begins: datetime) -> Rota:
    """A rota with several people in each role."""
    named = tuple(f"person {n}" for n in range(people))
    turns = [Turns(role, named, begins, days) for role in ("in", "off")]
    return Rota(CONTACTS.hours, turns[0], turns[1], overrides)


MOMENTS = st.integers(0, MINUTES - 1).map(lambda minute: YEAR + timedelta(minutes=minute))
OVERRIDES = st.lists(
    st.builds(
        lambda begin, minutes, person: Override(begin, begin + timedelta(minutes=minutes), person, "swap"),
        MOMENTS,
        st.integers(1, 20_000),
        st.sampled_from(["guest", None]),
    ),
    max_size=6,
).map(tuple)


@pytest.mark.requirement("ONC-ROTA")
def test_every_minute_of_a_year() -> None:
    """Both changes of the clock, swaps, a stretch with nobody, turns of ten days."""
    swaps = (
        Override(datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 8, 9, tzinfo=UTC), "guest", "swap"),
        Override(datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 1, 8, tzinfo=UTC), None, "nobody"),
        Override(datetime(2026, 12, 24, 22, tzinfo=UTC), datetime(2026, 12, 27, tzinfo=UTC), "guest", ""),
    )
    rota = rota_of(10, 3, swaps, datetime.fromisoformat("2026-01-05T09:00"))
    minutes = expected(rota, clocks("America/New_York"))
    found = [rota.at(moment) for moment in minutes["utc"].to_list()]
    assert [duty.person for duty in found] == minutes["person"].to_list()
    assert [duty.role for duty in found] == minutes["role"].to_list()
    shifts = rota.shifts(YEAR, YEAR + timedelta(minutes=MINUTES))
    told = [shift.duty for shift in shifts for _ in _minutes(shift)]
    assert told == found


@settings(max_examples=25)
@given(
    OVERRIDES,
    st.integers(1, 20),
    st.integers(1, 4),
    st.sampled_from(["2025-12-01T09:00", "2026-05-04T01:30", "2026-02-01T00:00"]).map(datetime.fromisoformat),
    MOMENTS,
)
def test_any_rota_agrees_with_the_other_way(
    overrides: tuple[Override, ...], days: int, people: int, begins: datetime, moment: datetime
) -> None:
    """At any moment; and shifts say the same as single moments, with no break between them."""
    rota = rota_of(days, people, overrides, begins)
    begin = moment - timedelta(days=2)
    shifts = rota.shifts(begin, begin + timedelta(days=4))
    assert shifts[0].begins == begin
    assert all(one.ends == following.begins for one, following in pairwise(shifts))
    assert all(rota.at(shift.begins) == shift.duty for shift in shifts)
    week = clocks("America/New_York").filter((pl.col("utc") >= begin) & (pl.col("utc") < shifts[-1].ends))
    told = {minute: shift.duty.person for shift in shifts for minute in _minutes(shift)}
    for row in expected(rota, week).iter_rows(named=True):
        # a turn that begins within the hour that comes twice is told by moments: the column has clocks alone
        if not (
            begins.hour == 1 and row["local"].hour == 1 and row["local"].month == 11 and row["local"].day == 1
        ):
            assert told[row["utc"]] == row["person"], row


def _minutes(shift: Any) -> list[datetime]:
    count = round((shift.ends - shift.begins) / timedelta(minutes=1))
    return [shift.begins + timedelta(minutes=n) for n in range(count)]


@pytest.mark.requirement("ONC-ROTA")
def test_the_primary_is_who_alertmanager_takes_for_him() -> None:
    """In every fifth minute of the year, by the time interval that is written for Alertmanager."""
    (interval,) = alertmanager.config(sources.load(MONITORING))["time_intervals"][0]["time_intervals"]
    days = {
        day: n
        for n, day in enumerate(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1
        )
    }
    (span,) = interval["times"]
    minutes = clocks(interval["location"]).gather_every(5)
    clock = pl.col("local").dt.strftime("%H:%M")
    inside = pl.col("day").is_in([days[day] for day in interval["weekdays"]])
    loud = minutes.select((inside & (clock >= span["start_time"]) & (clock < span["end_time"])).alias("x"))[
        "x"
    ]
    found = [ROTA.at(moment).role == "primary" for moment in minutes["utc"].to_list()]
    assert found == loud.to_list()
    assert 0.2 < sum(found) / len(found) < 0.25


@pytest.mark.parametrize(
    ("at", "role"),
    [
        ("2026-11-25T14:00:00Z", "primary"),  # Wednesday, 09:00 Eastern
        ("2026-11-25T13:59:59Z", "secondary"),
        ("2026-07-01T20:59:59Z", "primary"),  # 16:59 in summer
        ("2026-07-01T21:00:00Z", "secondary"),
        ("2026-11-28T15:00:00Z", "secondary"),  # Saturday
        ("2026-03-09T13:00:00Z", "primary"),  # the Monday after clocks went forward
    ],
)
def test_the_rota_of_the_project(at: str, role: str) -> None:
    """Weekdays from nine to five the primary, else the secondary."""
    assert ROTA.at(datetime.fromisoformat(at)) == Duty(role, role)


def test_hours_ended_last_before_a_moment() -> None:
    """Monday morning looks back to Friday, a weekday to the day before."""
    east = CONTACTS.zone
    monday = datetime(2026, 11, 30, 9, 5, tzinfo=east)
    assert ROTA.hours_ended(monday) == datetime(2026, 11, 27, 17, tzinfo=east)
    assert ROTA.hours_ended(monday + timedelta(hours=12)) == datetime(2026, 11, 30, 17, tzinfo=east)


@pytest.mark.parametrize(
    ("severity", "since", "due"),
    [
        ("P1", "2026-11-27T16:50:00-05:00", "2026-11-27T17:05:00-05:00"),
        ("P2", "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"),  # an hour is an hour
        ("P3", "2026-11-27T16:50:00-05:00", "2026-11-27T20:50:00-05:00"),
        ("P4", "2026-11-27T16:50:00-05:00", "2026-11-30T17:00:00-05:00"),  # Friday: by the end of Monday
        ("P4", "2026-11-28T11:00:00-05:00", "2026-11-30T17:00:00-05:00"),
        ("P4", "2026-11-24T23:30:00-05:00", "2026-11-25T17:00:00-05:00"),
    ],
)
@pytest.mark.requirement("INC-SEVERITY")
def test_by_when_somebody_has_to_react(severity: str, since: str, due: str) -> None:
    """15 minutes, an hour, four hours, the next business day."""
    assert CONTACTS.answer_due(severity, datetime.fromisoformat(since)) == datetime.fromisoformat(due)


def written(folder: Path, rota: str = "", **changes: str) -> Path:
    """The project's two files with other texts in them."""
    text = (MONITORING / "contacts.toml").read_text("utf-8")
    for before, after in changes.items():
        text = text.replace(f"<{before.replace('_', ' ')}>", after)
    folder.mkdir(exist_ok=True)
    (folder / "contacts.toml").write_text(text)
    (folder / "oncall.toml").write_text((MONITORING / "oncall.toml").read_text("utf-8") + rota)
    return folder


def override(begins: str, ends: str, person: str = 'person = "manager"\n') -> str:
    return f'[[overrides]]\nbegins = {begins}\nends = {ends}\n{person}why = "a swap"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            override("2026-03-08T02:30:00", "2026-03-09T02:30:00"),
            "does not exist on the clock of America/New_York",
        ),
        (override("2026-11-01T00:30:00", "2026-11-01T01:30:00"), "comes twice"),
        (override("2026-11-02T00:30:00", "2026-11-01T03:30:00"), "ends before it begins"),
        (
            override("2026-11-02T00:30:00", "2026-11-02T03:30:00", 'person = "ghost"\n'),
            "ghost is none of the people",
        ),
        (override("2026-11-02T00:30:00", "2026-11-02T03:30:00", 'persno = "x"\n'), "overrides.0.persno"),
        ("days = 9\n", "cannot be used"),
    ],
)
def test_a_rota_that_cannot_be_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """By what is wrong with it."""
    with pytest.raises(UsageError, match=told):
        rota_file.load(written(tmp_path, text) / "oncall.toml", CONTACTS)


def test_a_time_that_comes_twice_may_be_told_by_its_offset(tmp_path: Path) -> None:
    """The second half past one of the first of November."""
    text = override("2026-11-01T01:30:00-05:00", "2026-11-01T03:00:00")
    rota = rota_file.load(written(tmp_path, text) / "oncall.toml", CONTACTS)
    assert rota.at(datetime(2026, 11, 1, 5, 30, tzinfo=UTC)).person == "secondary"
    assert rota.at(datetime(2026, 11, 1, 6, 30, tzinfo=UTC)) == Duty("manager", "secondary", "a swap")


@pytest.mark.requirement("ONC-CONTACTS")
def test_placeholders_gaps_and_overlaps_are_named(tmp_path: Path) -> None:
    """Each by its place; what is filled in is not."""
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    swaps = override("2026-11-03T00:00:00", "2026-11-04T00:00:00") + override(
        "2026-11-03T12:00:00", "2026-11-03T13:00:00", ""
    )
    folder = written(tmp_path, swaps, primary_on_call="Filled")
    known = contacts.load(folder / "contacts.toml")
    found = findings(known, rota_file.load(folder / "oncall.toml", known), now, 28)
    told = [one["message"] for one in found]
    assert "contacts.toml: people.secondary.name is still to be filled in." in told
    assert "contacts.toml: links.deadman is still to be filled in." in told
    assert not any("channels" in line or "timezone" in line for line in told)
    assert "Nobody is on call from Tue 2026-11-03 12:00 EST until Tue 2026-11-03 13:00 EST (a swap)." in told
    assert any(line.startswith("Two overrides are in force from Tue 2026-11-03 12:00 EST") for line in told)
    assert {one["kind"] for one in found} == {"placeholder", "gap", "overlap"}


@pytest.mark.parametrize("text", ["", "timezone = 3", 'timezone = "Mars/Olympus"\n[hours]\n', "[[["])
def test_contacts_that_cannot_be_used_are_refused(tmp_path: Path, text: str) -> None:
    """With the file's name."""
    (tmp_path / "contacts.toml").write_text(text)
    with pytest.raises(UsageError, match=r"contacts\.toml"):
        contacts.load(tmp_path / "contacts.toml")


def told(folder: Path, *words: str, code: int) -> Any:
    """What a command prints as JSON, which must end with this code."""
    result = CliRunner().invoke(
        app, ["ops", "oncall", *words, "--json"], env={"NBA_MCP_ONCALL_FOLDER": str(folder)}
    )
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_the_commands(tmp_path: Path) -> None:
    """Who is on call by local time, for a week with a gap, and what the check says."""
    folder = written(tmp_path, override("2026-11-28T10:00:00", "2026-11-28T12:00:00", ""))
    found = told(folder, "at", "2026-11-26T21:30", code=0)
    assert (found["person"], found["from"]) == ("secondary", "Thu 2026-11-26 17:00 EST")
    assert told(folder, "at", "2026-11-28T11:00", code=1)["name"] == "nobody"
    week = told(folder, "week", "--from", "2026-11-23", code=1)
    assert [one["person"] for one in week].count("primary") == 5
    assert told(folder, "now", code=0)["person"] in ("primary", "secondary")
    assert {one["kind"] for one in told(folder, "check", code=1)["findings"]} >= {"placeholder"}


@pytest.mark.parametrize(
    "at", ["", "x", "9999-12-31T23:59", "0001-01-01T00:00", "2026-13-01", "2026-11-01T01:30"]
)
def test_what_is_no_moment_of_a_rota_is_refused(at: str) -> None:
    """In words, without a number of the machine."""
    with pytest.raises(UsageError, match=r"is no moment|too far away"):
        rota_file.as_moment(at, CONTACTS.zone)


def test_hours_are_data() -> None:
    """Other hours, another rota."""
    hours = Hours.of({**CONTACTS.data["hours"], "weekdays": ["sunday"]}, "America/New_York")
    rota = Rota(hours, ROTA.in_hours, ROTA.off_hours)
    assert rota.at(datetime(2026, 11, 29, 15, tzinfo=UTC)).role == "primary"
