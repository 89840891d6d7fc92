"""The report as files: the same facts in three forms, escaped, alone in the world, under names that stay."""

import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from nba_mcp_synthesis.operations.health import pages, telling
from nba_mcp_synthesis.operations.health.check import HealthCheck, HealthReport

EVIL = "<script>alert(1)</script> | `x` [l](http://e) \n# <img src=x onerror=y> & \"q\" 'p' *b* _i_"


def report(message: str = EVIL) -> HealthReport:
    """One that failed, with words that mean harm, and one that passed."""
    bad = HealthCheck(
        "pods",
        "application",
        "ready pods",
        "cluster",
        "fail",
        message,
        2,
        5,
        False,
        (f"pod {message}",),
        1.25,
    )
    good = HealthCheck(
        "redis", "database", "ms", "pod", "pass", "Redis answers.", 1_234.56, 500, False, (), 0.1
    )
    return HealthReport(
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "production", f"cluster {message}", (bad, good)
    )


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes it."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """Notes it."""
        self.text += data


def test_html_escapes_what_it_shows_and_loads_nothing() -> None:
    """No tag, attribute or address comes from what was found; the words stand there as they are."""
    page = Page(pages.html(report()))
    assert not {"script", "img", "link", "a", "iframe"} & set(page.tags)
    assert {name for name, _ in page.attributes} <= {
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
        "class",
    }
    assert EVIL in page.text
    assert ("name", "viewport") in page.attributes
    assert "default-src 'none'; style-src 'unsafe-inline'" in dict(page.attributes[::-1]).values() or any(
        value and value.startswith("default-src 'none'") for _, value in page.attributes
    )
    assert "2 ready pods (threshold 5)" in page.text
    assert "1,234.6 ms (threshold 500)" in page.text


def test_markdown_stays_in_its_cells() -> None:
    """Each check is one row of six cells, whatever its words."""
    text = pages.markdown(report())
    rows = [line for line in text.splitlines() if line.startswith(("| pods", "| redis"))]
    assert [len(row.replace("\\|", "").strip("|").split("|")) for row in rows] == [6, 6]
    assert "<" not in text
    assert "\n# &lt;" not in text
    assert "| redis | pass | 1,234.6 ms | 500 | Redis answers. | pod |" in text


def test_the_three_files_say_the_same_and_keep_their_names(tmp_path: Path) -> None:
    """Written twice there are still three, of the second time."""
    pages.write(report(), tmp_path / "reports")
    files = pages.write(report("Two pods."), tmp_path / "reports")
    names = ["deployment-validation.html", "deployment-validation.json", "deployment-validation.md"]
    assert sorted(one.name for one in (tmp_path / "reports").iterdir()) == names
    assert sorted(one.name for one in files) == names
    told = json.loads((tmp_path / "reports" / "deployment-validation.json").read_text("utf-8"))
    assert told == report("Two pods.").as_dict()
    assert (told["result"], told["exit_code"]) == ("fail", 1)
    assert told["checks"][0]["number"] == 2
    for name in ("html", "md"):
        assert "Two pods." in (tmp_path / "reports" / f"deployment-validation.{name}").read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """It is a file, for instance."""
    (tmp_path / "reports").write_text("")
    with pytest.raises(pages.NotWritten, match=r"reports.*--folder"):
        pages.write(report(), tmp_path / "reports")


def test_the_daily_check_shows_ten_details_and_counts_the_rest() -> None:
    """A screen is not a log."""
    many = HealthCheck(
        "pods",
        "application",
        "ready pods",
        "cluster",
        "pass",
        "All.",
        12,
        12,
        False,
        tuple(map(str, range(12))),
        1.0,
    )
    found = HealthReport(datetime.now(UTC), "production", "here", (many,))
    lines = [str(part) for part in telling.daily(found).renderables]
    assert "      and 2 more" in lines
    assert "  Nothing of this was chosen." in lines
    assert lines[-1] == "=== Health Check Complete ==="
