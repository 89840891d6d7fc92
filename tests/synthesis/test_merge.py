"""One answer from what survived checking, and nothing in it that no row has."""

from dataclasses import replace

import pytest

from nba_mcp_synthesis.facts import Answer, Proposal, Question, Verdict
from nba_mcp_synthesis.synthesis.merge import merge
from scripted.evidence import claimed, held, shown

QUESTION = Question("q", "who had the most points, at least 2 games")
ROWS = shown("player pts fg_pct", ("Ada Test", 200, 0.4567), ("Ben Test", 125, 0.5))
ADA = claimed("Ada Test", "pts", 200, unit="points")


def answered(text: str, *verdicts: Verdict, words: str | None = None) -> Answer:
    """The answer where the first voice says this."""
    return merge(QUESTION, [held("one", ADA, evidence=[ROWS], text=text), *verdicts], words)


def test_a_voice_is_quoted_as_far_as_rows_support_it() -> None:
    """What is left out is told, without what it said."""
    answer = answered("Ada Test had 200 points. Ben Test had 777.")
    assert answer.text == "Ada Test had 200 points."
    assert answer.dissent == ("one: a sentence was left out, since no query returned its number.",)
    assert answer.claims == (ADA,)
    assert answer.rows == ROWS.result.rows


@pytest.mark.parametrize(
    "text", ["", "Ada Test had 777.", "Ada Test led.", "Ben Test had 125.", "777", "Ada had 20."]
)
def test_words_without_the_figure_that_answers_are_replaced(text: str) -> None:
    """A plain sentence is written from the rows."""
    assert answered(text).text == "Points: Ada Test 200."


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Ada Test led with 200 points.", "Ada Test led with 200 points."),
        ("Ada Test led with 777 points.", "Ada Test had 200."),
        ("Ada Test led with 200 points. Ben Test had 777.", "Ada Test had 200."),
        ("Ada Test led.", "Ada Test had 200."),
        ("", "Ada Test had 200."),
        (None, "Ada Test had 200."),
    ],
)
def test_the_writing_model_is_believed_whole_or_not_at_all(words: str | None, text: str) -> None:
    """Then the voice's own words are used."""
    assert answered("Ada Test had 200.", words=words).text == text


def test_assumptions_have_the_questions_numbers_only() -> None:
    """A number that a voice assumes is no figure of the data, but reads like one."""
    lines = (
        "At least 2 games.",
        "At least 58 games.",
        "Ada Test had 200.",
        "Regular season.",
        "Season 2025-26.",
        "Of 1999-00.",
    )
    heard = held("one", ADA, evidence=[ROWS])
    answer = merge(QUESTION, [replace(heard, proposal=replace(heard.proposal, assumptions=lines))])
    assert answer.assumptions == ("At least 2 games.", "Regular season.", "Season 2025-26.")


def test_columns_whose_names_say_a_number_are_not_shown() -> None:
    """Their values may be right, and the heading is still invented."""
    odd = shown("player pts thirty_one x_31", ("Ada Test", 200, 1, 2))
    answer = merge(QUESTION, [held("one", ADA, evidence=[odd])])
    assert answer.columns == ("player", "pts")
    assert answer.rows == (("Ada Test", 200),)


def test_names_that_a_query_writes_itself_are_not_shown() -> None:
    """The row is of whom its condition says; labels that name nobody stay."""
    sql = "SELECT 'Ada Test' AS player, 'home' AS place, pts FROM totals WHERE full_name = 'Cid Sample'"
    lied = shown("player place pts", ("Ada Test", "home", 220), sql=sql, by="voice")
    answer = merge(
        QUESTION, [held("one", claimed("Cid Sample", "pts", 220), evidence=[lied], text="Ada Test had 220.")]
    )
    assert answer.columns == ("place", "pts")
    assert answer.text == "Points: Cid Sample 220."


def test_others_are_named_without_their_values() -> None:
    """Who reads the dissent must not take a rival's number for a verified one."""
    other = held("two", claimed("Ben Test", "pts", 125), evidence=[ROWS])
    failed = Verdict(
        Proposal("three", "answered", "777"), holds=False, failures=("It returned another value.",)
    )
    answer = answered("Ada Test had 200.", other, failed)
    assert answer.dissent == ("two came to other values of points.", "three: It returned another value.")
    assert [voice.outcome for voice in answer.voices] == [
        "answered", "answered otherwise", "withheld: It returned another value."
    ]  # fmt: skip
    assert answer.confidence < answered("Ada Test had 200.").confidence


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("there is nothing about salaries", "abstained: there is nothing about salaries"),
        ("he has 31.2 points", "abstained"),
        ("he has thirty-one points", "abstained"),
        ("fewer than half of the games are there", "abstained"),
        ("nobody played at least 2 games", "abstained: nobody played at least 2 games"),
        ("there is nothing of 1998-99", "abstained"),
        ("", "abstained"),
    ],
)
def test_reasons_of_abstentions_hold_no_numbers(said: str, outcome: str) -> None:
    """Nothing stands behind them, beside what the question set."""
    answer = merge(QUESTION, [Verdict(Proposal("one", "refused", said), holds=True)])
    assert answer.status == "refused"
    assert answer.voices[0].outcome == outcome
    assert answer.claims == ()
    assert answer.evidence == ()


def test_faults_are_named_and_never_hidden() -> None:
    """All voices failed: the answer says so, and each voice says why."""
    answer = merge(QUESTION, [Verdict(Proposal("one", "refused", "it was slow", fault="slow"), holds=False)])
    assert "could not be heard" in answer.text
    assert answer.voices[0].outcome == "failed: slow: it was slow"
    assert answer.confidence == 0


def test_nobody_at_all_is_a_refusal() -> None:
    """An answer is made of nothing."""
    answer = merge(QUESTION, [])
    assert (answer.status, answer.text) == ("refused", "I could not answer that from the data.")


def test_many_figures_are_not_counted_in_words_of_ours() -> None:
    """`and 3 more` would be a number that no query returned."""
    rows = [(f"Name{chr(65 + n)}", 500 + n) for n in range(13)]
    evidence = shown("player pts", *rows)
    claims = [claimed(name, "pts", pts, unit="points") for name, pts in rows]
    assert merge(QUESTION, [held("one", *claims, evidence=[evidence])]).text.endswith(
        "509, and more in the table."
    )
