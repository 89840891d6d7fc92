"""The page in a real browser, over a real server: asked, read and found again, by mouse and by keyboard."""

import pytest

from browser import Browser
from page_steps import BACK, LEADER, REFUSED, WIDE, ask, check_clean, text
from running import Running

pytestmark = pytest.mark.system


def test_every_number_leads_to_its_row_and_its_query(browser: Browser, small_server: Running) -> None:
    """The figure in the text marks the row that has it; the SQL is one click away and can be copied."""
    browser.do("open", url=small_server.url, **WIDE)
    ask(browser, LEADER)
    assert "Cid Sample" in text(browser, "#answer .text")
    assert "Simulated: invented demo league" in text(browser, "#answer .simulated")
    assert browser.do("texts", selector="button.figure") == ["220"]
    browser.do("click", selector="button.figure")
    assert browser.do("texts", selector="tr.marked td") == ["1", "Cid Sample", "220"]
    assert browser.do("texts", selector="td.marked") == ["220"]
    assert not browser.do("shown", selector=".sql")
    browser.do("click", selector=".opener")
    browser.do("click", selector=".sql button")
    browser.do("wait", selector=".sql >> text=Copied")
    copied = browser.do("evaluate", code="navigator.clipboard.readText()")
    assert copied.startswith("WITH totals AS")
    assert copied.split() == text(browser, "pre").split()
    margin = text(browser, ".margin")
    for told in ("Very sure", "Definitions", "analyst answered", "free", "Snapshot", "3 November 2025"):
        assert told in margin
    check_clean(browser, small_server)


def test_tables_sort_and_show_shares_as_percentages(browser: Browser, small_server: Running) -> None:
    """A click on a heading sorts by it, the largest first; another one turns it round."""
    browser.do("open", url=small_server.url, **WIDE)
    ask(browser, "top 3 in total points")
    browser.do("click", selector="th button >> text=PTS")
    largest = browser.do("texts", selector="tbody td:last-child")
    assert largest == sorted(largest, key=lambda cell: -int(cell))
    browser.do("click", selector="th button >> text=PTS")
    assert browser.do("texts", selector="tbody td:last-child") == largest[::-1]
    assert text(browser, "th[aria-sort=ascending]").startswith("PTS")
    ask(browser, "lakers win percentage")
    assert text(browser, "tbody td.number").endswith("%")


def test_what_is_asked_back_is_a_click_away(browser: Browser, small_server: Running) -> None:
    """Choices are buttons; the question goes on with the one that is chosen."""
    browser.do("open", url=small_server.url, **WIDE)
    ask(browser, BACK, "asked_back")
    choices = browser.do("texts", selector=".choice")
    assert len(choices) == 2
    browser.do("click", selector=".choice >> text=Cid Sample")
    browser.do("wait", selector="#answer.answered")
    assert "220" in text(browser, "#answer .text")
    check_clean(browser, small_server)


def test_a_refusal_says_why_and_what_could_be_asked(browser: Browser, small_server: Running) -> None:
    """Calmly, without a number; the next question does not follow it."""
    browser.do("open", url=small_server.url, **WIDE)
    ask(browser, REFUSED, "refused")
    assert "Forecasts are not in the data" in text(browser, "#answer")
    assert not browser.do("shown", selector="#follow")
    ask(browser, "xyzzy", "refused")
    assert "Ask instead" in text(browser, ".choice")
    check_clean(browser, small_server)


def test_a_follow_up_goes_on_from_the_question_before(browser: Browser, small_server: Running) -> None:
    """Which is shown, and can be left behind."""
    browser.do("open", url=small_server.url, **WIDE)
    ask(browser, "ada test points")
    assert "Follows this question" in text(browser, "#follow")
    ask(browser, "and rebounds?")
    browser.do("wait", selector="#asked >> text=and rebounds?")
    assert "Ada Test" in text(browser, "#answer .text")
    browser.do("click", selector="#follow-drop")
    assert not browser.do("shown", selector="#follow")
    ask(browser, "and rebounds?", "refused")


def test_an_answer_has_an_address_and_a_place_in_the_history(browser: Browser, small_server: Running) -> None:
    """Opened anew, gone back to, and found in the list."""
    browser.do("open", url=small_server.url, **WIDE)
    ask(browser, LEADER)
    address = browser.do("evaluate", code="location.href")
    told = text(browser, "#answer .text")
    assert "#answer/" in address
    browser.do("click", selector=".brand")
    browser.do("wait", selector="#examples")
    browser.do("evaluate", code="history.back()")
    browser.do("wait", selector="#answer.answered")
    browser.do("open", url=address, **WIDE)
    browser.do("wait", selector="#answer.answered")
    assert (text(browser, "#asked"), text(browser, "#answer .text")) == (LEADER, told)
    browser.do("click", selector="#history-link")
    browser.do("click", selector=f"#history-list a >> text={LEADER} >> nth=0")
    browser.do("wait", selector="#answer.answered")
    assert text(browser, "#answer .text") == told
    check_clean(browser, small_server)


def test_what_data_are_loaded_is_shown_with_its_checks(browser: Browser, small_server: Running) -> None:
    """Coverage by season, each check with its result, and what the checks found."""
    browser.do("open", url=f"{small_server.url}/#data", **WIDE)
    browser.do("wait", selector=".season")
    assert "2025-26 Regular Season" in text(browser, ".season")
    assert "Games" in text(browser, ".season")
    assert "holds" in text(browser, "#data-body table")
    check_clean(browser, small_server)


def test_the_keyboard_is_enough(browser: Browser, small_server: Running) -> None:
    """The slash finds the field, Enter asks, Tab goes on in the order of the page, Enter marks the row."""
    browser.do("open", url=f"{small_server.url}/#data", **WIDE)
    browser.do("wait", selector=".season")
    browser.do("press", key="/")
    assert browser.do("focused") == "question"
    browser.do("type", text=LEADER)
    browser.do("press", key="Enter")
    browser.do("wait", selector="#answer.answered")
    order = []
    while "figure" not in order:
        browser.do("press", key="Tab")
        order.append(browser.do("focused"))
        assert len(order) < 10, order
    assert order == ["send", "follow-drop", "figure"]
    browser.do("press", key="Enter")
    assert "Cid Sample" in text(browser, "tr.marked")
    browser.do("press", key="Tab")
    assert browser.do("evaluate", code="getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_text_never_becomes_markup(browser: Browser, small_server: Running) -> None:
    """A question with tags in it is shown as it was typed."""
    browser.do("open", url=small_server.url, **WIDE)
    tags = "<img src=x onerror=alert(1)><b>who</b>"
    ask(browser, tags, "refused")
    assert text(browser, "#asked") == tags
    assert browser.do("evaluate", code="document.querySelectorAll('main img, main b').length") == 0
    check_clean(browser, small_server)


def test_on_paper_there_is_the_answer_with_its_queries(browser: Browser, small_server: Running) -> None:
    """What one clicks is left out, what one would have to click for is there."""
    browser.do("open", url=small_server.url, **WIDE)
    ask(browser, LEADER)
    browser.do("paper")
    shown = [
        browser.do("shown", selector=selector) for selector in ("#answer .text", "table", ".sql", "#ask-form")
    ]
    assert shown == [True, True, True, False]


def test_the_scheme_can_be_chosen_and_is_kept(browser: Browser, small_server: Running) -> None:
    """The button turns the system's choice round, for this browser, from then on."""
    browser.do("open", url=small_server.url, colorScheme="light", **WIDE)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = browser.do("evaluate", code=paper)
    browser.do("click", selector="#theme-button")
    dark = browser.do("evaluate", code=paper)
    assert dark != light
    browser.do("evaluate", code="location.reload()")
    browser.do("wait", selector="#theme-button[aria-pressed=true]")
    assert browser.do("evaluate", code=paper) == dark
