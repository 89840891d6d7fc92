"""The page over the demo league: its examples, and the pictures of docs/pictures.

`make screenshots` sets PAGE_PICTURES to the folder that the pictures are to be kept in.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import Browser
from page_steps import PHONE, WIDE, ask, check_accessible, check_clean, text
from running import COMMAND, Running, running
from server.test_page import DIGEST, PICTURES, page_digest

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server over the simulated season that `nba-mcp data demo` makes, the same everywhere."""
    folder = tmp_path_factory.mktemp("demo")
    home = {"NBA_MCP_HOME": str(folder), "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{folder / 'demo.duckdb'}"}
    subprocess.run([COMMAND, "data", "demo"], env={**os.environ, **home}, check=True, timeout=500)
    with running(folder, **home) as found:
        yield found


@pytest.mark.timeout(600)
def test_every_example_is_answered(browser: Browser, demo_server: Running) -> None:
    """Each with a figure that leads to its row."""
    browser.do("open", url=demo_server.url, **WIDE)
    assert "2025-26 regular season" in text(browser, "#loaded")
    for example in browser.do("texts", selector="#examples button"):
        browser.do("click", selector=".brand")
        browser.do("click", selector=f'#examples button >> text="{example}"')
        browser.do("wait", selector="#answer.answered")
        browser.do("click", selector="button.figure")
        browser.do("wait", selector="tr.marked")
    check_clean(browser, demo_server)


def test_a_wide_table_scrolls_in_its_own_box(browser: Browser, demo_server: Running) -> None:
    """A whole box score on a phone: the page itself does not move sideways."""
    browser.do("open", url=demo_server.url, **PHONE)
    ask(browser, "box score of the last celtics game")
    wider = "((box) => box.scrollWidth > box.clientWidth)(document.querySelector('.scroll'))"
    assert browser.do("evaluate", code=wider)
    check_accessible(browser)
    check_clean(browser, demo_server)


def light(browser: Browser, url: str) -> None:
    """A ranking, with one figure's row marked."""
    browser.do("open", url=url, colorScheme="light", viewport={"width": 1280, "height": 960})
    ask(browser, "Top 10 in true shooting percentage")
    browser.do("evaluate", code="document.querySelectorAll('button.figure')[3].click()")


def dark(browser: Browser, url: str) -> None:
    """A comparison, with its query open."""
    browser.do("open", url=url, colorScheme="dark", viewport={"width": 1280, "height": 960})
    ask(browser, "compare goran stanojevic and tunde fofana in points and true shooting")
    browser.do("evaluate", code="document.querySelector('.opener').click()")


def phone(browser: Browser, url: str) -> None:
    """An answer on a small screen."""
    browser.do("open", url=url, colorScheme="light", deviceScaleFactor=2, **PHONE)
    ask(browser, "Top 5 in blocks this season")


@pytest.mark.parametrize("picture", [light, dark, phone])
def test_pictures(browser: Browser, demo_server: Running, tmp_path: Path, picture: Any) -> None:
    """Each is below 200 kB, and is kept where that is asked for, with what the page was then."""
    picture(browser, demo_server.url)
    browser.do("evaluate", code="document.activeElement.blur(); scrollTo(0, 0)")
    taken = tmp_path / f"page-{picture.__name__}.png"
    browser.do("screenshot", path=str(taken))
    assert 10_000 < taken.stat().st_size < 200_000
    if folder := os.environ.get("PAGE_PICTURES"):
        assert Path(folder).resolve() == PICTURES
        shutil.copy(taken, PICTURES / taken.name)
        DIGEST.write_text(page_digest() + "\n")
