"""The judge of answers: what it takes for right, and each way of being wrong."""

import pytest
from evaluation.judge import NUMBER, faults
from evaluation.questions import Wanted

EDWARDS, BROWN = "Anthony Edwards", "Jaylen Brown"
PEOPLE = (EDWARDS, BROWN, "Nikola Jokić", "Jimmy Butler")
SHOOTERS = (Wanted(EDWARDS, 39.8833, "percent"), Wanted(BROWN, 34.6535, "percent"))
RECORD = (Wanted("Boston Celtics", 20, "wins"), Wanted("Boston Celtics", 10, "losses"))


@pytest.mark.parametrize(
    "text",
    [
        "Anthony Edwards made 39.9 %, Jaylen Brown 34.7 %.",
        "1. Anthony Edwards 39.88\n2. Jaylen Brown 34.65",
        "39.9 % by Anthony Edwards and 34.7 % by JAYLEN BROWN",
    ],
)
def test_names_beside_their_values_are_right(text: str) -> None:
    """Order, case and rounding within the tolerance are free."""
    assert faults(text, SHOOTERS, 0.06, PEOPLE) == []


def test_a_value_outside_the_tolerance_is_wrong() -> None:
    """What is farther away than the tolerance counts as not said."""
    assert "39.8833" in faults("Anthony Edwards 39.8 %, Jaylen Brown 34.7 %.", SHOOTERS, 0.06)[0]


def test_values_of_one_another_are_wrong() -> None:
    """Both numbers are there, each with the other's name."""
    assert faults("Anthony Edwards made 34.7 %, Jaylen Brown 39.9 %.", SHOOTERS, 0.06) != []


def test_a_name_that_is_lacking_is_wrong() -> None:
    """Every entity has to be named in full."""
    found = faults("Edwards made 39.9 %, Jaylen Brown 34.7 %.", SHOOTERS, 0.06)
    assert found == ["Anthony Edwards is not named."]


def test_a_value_far_from_its_name_is_wrong() -> None:
    """Side by side means within a sentence or so."""
    text = f"Jaylen Brown is a player of the Celtics. {'There is much to say. ' * 10} It is 34.7."
    assert faults(text, SHOOTERS[1:], 0.06) != []


def test_accents_do_not_matter() -> None:
    """A name may be written with or without its accents."""
    assert faults("Nikola Jokic: 697 assists", [Wanted("Nikola Jokić", 697, "assists")], 0) == []


def test_a_flood_of_numbers_is_wrong() -> None:
    """A text that says every number cannot be wrong by chance alone: 28 are allowed for one value."""
    wanted = [Wanted(BROWN, 5, "games")]
    text = "Jaylen Brown 5 " + " ".join(str(n) for n in range(27))
    assert faults(text, wanted, 0) == []
    assert faults(f"{text} 99", wanted, 0) == ["The text has 29 numbers; 28 are allowed."]


def test_wins_come_before_losses() -> None:
    """A record is wins, then losses, next to each other."""
    assert faults("The Boston Celtics went 20-10.", RECORD, 0) == []
    assert faults("The Boston Celtics had 20 wins and 10 losses.", RECORD, 0) == []
    assert faults("The Boston Celtics went 10-20.", RECORD, 0) != []


def test_nobody_else_is_named_first() -> None:
    """Who leads is who is named first; others may follow."""
    wanted = [Wanted(BROWN, 30, "points")]
    assert faults("Jaylen Brown led with 30, before Anthony Edwards with 29.", wanted, 0, PEOPLE) == []
    found = faults("Anthony Edwards had 31, Jaylen Brown 30.", wanted, 0, PEOPLE)
    assert found == ["anthony edwards is named before those asked for."]


def test_a_longer_name_holds_no_shorter_one() -> None:
    """Jimmy Butler III is asked for, and Jimmy Butler is nobody else."""
    wanted = [Wanted("Jimmy Butler III", 12, "points")]
    assert faults("Jimmy Butler III had 12 points.", wanted, 0, PEOPLE) == []


def test_a_bare_count_needs_no_name() -> None:
    """The number alone is asked for."""
    assert faults("13 players did.", [Wanted(None, 13, "players")], 0) == []
    assert faults("12 players did.", [Wanted(None, 13, "players")], 0) != []


def test_a_name_can_be_all_that_is_asked_for() -> None:
    """Without a value the name suffices, in any of its spellings."""
    assert faults("On the road they lost.", [Wanted("away|road", None, None)], 0) == []
    assert faults("Abroad they lost.", [Wanted("away|road", None, None)], 0) != []


@pytest.mark.parametrize("text", ["on 2026-06-13", "on June 13, 2026", "on 13 Jun 2026"])
def test_a_date_may_be_written_in_words(text: str) -> None:
    """A date that is asked for may be ISO or in words."""
    assert faults(text, [Wanted(None, "2026-06-13", "date")], 0) == []
    assert faults("on June 12, 2026", [Wanted(None, "2026-06-13", "date")], 0) != []


def test_numbers_are_read_as_people_write_them() -> None:
    """Signs, thousands, ordinals and records; a number within a name is none."""
    text = "-746 and 2,143 points, 3rd, 20-10, (−3.5), .610, 2025-26: the 76ers"
    found = [match[0].rstrip(",") for match in NUMBER.finditer(text)]
    assert found == ["-746", "2,143", "3", "20", "10", "−3.5", ".610", "2025", "26"]
