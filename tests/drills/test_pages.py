"""Runbook pages are read as people read them, and drills are scored as the docs say."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from gameday.aws_words import UnknownWordsError, understand
from gameday.drill import PAGES, Outcome, Ran, rule_of
from gameday.faults import all_faults
from gameday.pages import read
from gameday.report import as_dict, markdown, score, write

PAGE = """# NbaMcpSample

P1.

## Meaning

## Impact

## Diagnosis

```sh
look here
```

And there:

```sh
look there
```

## Mitigation

1. `stopped` or `stopping`: start it.

   ```sh
   start it
   wait
   ```

2. `login:`: see elsewhere.
3. For everybody.

   ```sh
   restart it
   ```
"""
FAULTS = all_faults()
GOOD = Outcome(FAULTS["redis-gone"], "P3", "5m", True, paged=10.0, recovered=30.0, resolved=40.0)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_a_page_has_its_commands_and_its_steps_by_word(page: Path) -> None:
    """Blocks inside a list lose their indent; words are what stands in code marks before the colon."""
    found = read(page)
    assert found.title == "NbaMcpSample"
    assert found.diagnosis == ("look here", "look there")
    assert [step.words for step in found.steps] == [("stopped", "stopping"), ("login:",), ()]
    assert found.steps[0].commands == ("start it\nwait",)


@pytest.mark.parametrize(
    ("printed", "chosen"),
    [('"stopped"', [0]), ("login: refused", [1]), ("stopping, login: refused", [0, 1]), ("available", [2])],
)
def test_what_was_printed_chooses_the_steps(page: Path, printed: str, chosen: list[int]) -> None:
    """Those whose word is there; those without a word where none is."""
    found = read(page)
    assert found.steps_for(printed) == [found.steps[n] for n in chosen]


@pytest.mark.parametrize(
    ("printed", "started"),
    [('"stopped"', True), ('"stopping"', False), ('"starting"', False), ('"storage-full"', False)],
)
def test_only_an_instance_that_has_stopped_is_started(printed: str, started: bool) -> None:
    """AWS refuses to start one that is still stopping."""
    steps = read(PAGES / "NbaMcpDatabaseDown.md").steps_for(printed)
    assert any("start-db-instance" in line for step in steps for line in step.commands) == started


def test_what_reads_as_gone_is_not_restored_by_the_first_who_sees_it() -> None:
    """The wrong region prints the same."""
    (step,) = read(PAGES / "NbaMcpDatabaseDown.md").steps_for("DBInstanceNotFound")
    assert "sts get-caller-identity" in step.text
    assert not step.commands


def test_a_page_without_a_section_is_refused(page: Path) -> None:
    page.write_text(PAGE.replace("## Diagnosis", "## Look"))
    with pytest.raises(ValueError, match="no section Diagnosis"):
        read(page)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_every_fault_has_an_alert_and_a_page_that_says_what_to_type(fault: object) -> None:
    """At least one look, and one step with commands."""
    alert = getattr(fault, "alert", "")
    found = read(PAGES / f"{alert}.md")
    assert rule_of(alert)["labels"]["severity"] in {"P1", "P2", "P3"}
    assert found.diagnosis
    assert [step for step in found.steps if step.commands]


def test_there_are_eight_faults() -> None:
    assert len(FAULTS) == 8
    assert len({fault.alert for fault in FAULTS.values()}) == 8


@pytest.mark.parametrize(
    ("paged", "recovered", "points"),
    [(10.0, 30.0, 100), (15.0, 45.0, 100), (90.0, 100.0, 50), (10.0, 700.0, 50), (52.5, 60.0, 75)],
)
def test_a_score_is_of_two_times(paged: float, recovered: float, points: int) -> None:
    """Until it was known, and from then until it was mended."""
    assert score(replace(GOOD, paged=paged, recovered=recovered, resolved=recovered + 1)) == points


@pytest.mark.parametrize("wrong", [{"resolved": None}, {"failure": "callers are not served"}])
def test_what_was_not_mended_scores_nothing(wrong: dict[str, object]) -> None:
    assert score(replace(GOOD, **wrong)) == 0  # type: ignore[arg-type]


def test_a_report_has_each_drill_and_keeps_what_was_printed_to_itself(tmp_path: Path) -> None:
    """Output of commands may show more than a report should."""
    ran = Ran("mitigation", "kubectl rollout restart x", 0, 1.5, "what it printed")
    outcome = replace(GOOD, ran=[ran], others=["NbaMcpTargetDown"])
    text = markdown([outcome], datetime(2026, 1, 31, 4, 5, tzinfo=UTC))
    assert "| redis-gone | P3 [NbaMcpRedisDown]" in text
    assert "| 100 | 10.0 | 30.0 | 40.0 | 5m |" in text
    assert "kubectl rollout restart x" in text
    assert "Also told: NbaMcpTargetDown." in text
    written = write(tmp_path / "reports", [outcome], datetime(2026, 1, 31, 4, 5, tzinfo=UTC))
    assert written.with_suffix(".json").is_file()
    assert "what it printed" not in str(as_dict(outcome)) + text


def test_words_of_aws_become_an_operation_and_its_parameters() -> None:
    """As the command line has them: dashes, --query for itself, structures, waiters."""
    found = understand(
        [
            "ecr",
            "describe-images",
            "--repository-name",
            "x",
            "--image-ids",
            "imageTag=1.0",
            "--query",
            "images[0]",
        ]
    )
    assert found.operation == "DescribeImages"
    assert found.parameters == {"repositoryName": "x", "imageIds": [{"imageTag": "1.0"}]}
    assert found.options == {"query": "images[0]"}
    waits = understand(["rds", "wait", "db-instance-available", "--db-instance-identifier", "x"])
    assert (waits.operation, waits.waits) == ("db-instance-available", True)


@pytest.mark.parametrize(
    "line", ["", "ec3 describe", "rds destroy", "s3 fly", "rds describe-events --since 1"]
)
def test_words_that_aws_does_not_know_are_refused(line: str) -> None:
    with pytest.raises(UnknownWordsError):
        understand(line.split())
