"""The files of the page and the headers they are sent with; tests/system/test_page.py looks at it."""

import hashlib
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

import small_league
from nba_mcp_synthesis.server.routes.page import HEADERS, page_files
from running import Running, running

FOLDER = files("nba_mcp_synthesis.server").joinpath("page")
FILES = {one.name: one.read_text("utf-8") for one in FOLDER.iterdir()}
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
DIGEST = PICTURES / "page.sha256"
SCRIPTS = {name: text for name, text in FILES.items() if name.endswith(".js")}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server over the small league."""
    folder = tmp_path_factory.mktemp("page")
    path = small_league.build(folder / "small.duckdb")
    with running(folder, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}") as found:
        yield found


def address(name: str) -> str:
    """The path that a file of the page is served at."""
    return "/" if name == "index.html" else f"/page/{name}"


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_is_served_with_its_type_and_the_policy(server: Running, name: str) -> None:
    """The content as it is in the package; nothing from elsewhere may run, frame it or be loaded."""
    reply = httpx.get(server.url + address(name), headers={"Accept-Encoding": "identity"})
    assert reply.status_code == 200
    assert reply.text == FILES[name]
    assert reply.headers["Content-Type"].startswith(("text/html", "text/css", "text/javascript", "image/svg"))
    assert {header: reply.headers[header] for header in HEADERS} == HEADERS
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_browser_that_has_a_file_is_told_so(server: Running) -> None:
    """304 for the same ETag, the file for another; HEAD sends no content."""
    first = httpx.get(f"{server.url}/page/main.js")
    assert first.headers["Content-Encoding"] == "gzip"
    again = httpx.get(f"{server.url}/page/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = httpx.get(f"{server.url}/page/main.js", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200
    head = httpx.head(f"{server.url}/")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", ["/page/", "/page/no.js", "/page/../server/http.py", "/page/%2e%2e/http.py"])
def test_nothing_else_is_served_there(server: Running, path: str) -> None:
    """A fixed list of names, and no folder that a path could lead out of."""
    assert httpx.get(server.url + path).status_code == 404


def test_mcp_is_still_served_beside_it(server: Running) -> None:
    """The page takes no path of the protocol."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    accept = {"Accept": "application/json, text/event-stream"}
    assert httpx.post(f"{server.url}/mcp", json=body, headers=accept).status_code != 404


def test_it_is_small() -> None:
    """60 kB on the wire for everything, and no file that one would not read in a sitting."""
    assert sum(len(file.packed) for file in page_files().values()) < 60_000
    assert all(len(text.splitlines()) <= 200 for text in FILES.values())


def test_nothing_names_another_host() -> None:
    """The name of the SVG format is the only address in any file."""
    for name, text in FILES.items():
        found = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\"'\s)]*", text)
        assert set(found) <= {"http://www.w3.org/2000/svg"}, name


def test_texts_never_become_markup_or_code() -> None:
    """No file of the page uses what could make either of a text."""
    dangerous = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setHTML|srcdoc"
    assert not [name for name, text in FILES.items() if re.search(dangerous, text)]
    html = FILES["index.html"]
    assert not re.search(r"\son\w+=|style=|<style|<script(?![^>]*src=)|javascript:", html)


def test_what_the_scripts_look_for_is_there() -> None:
    """Every id that a script names is in the page once; every module that one imports exists."""
    ids = re.findall(r'\bid="([\w-]+)"', FILES["index.html"])
    assert len(ids) == len(set(ids))
    named = {found for text in SCRIPTS.values() for found in re.findall(r'byId\("([\w-]+)"\)', text)}
    assert named
    assert named <= set(ids)
    imported = {found for text in SCRIPTS.values() for found in re.findall(r'from "\./([\w.-]+)"', text)}
    linked = set(re.findall(r'(?:src|href)="page/([\w.-]+)"', FILES["index.html"]))
    assert imported | linked | {"index.html"} == set(FILES)


def test_what_a_script_imports_is_exported() -> None:
    """Names that one module takes from another, which no build step checks."""
    for text in SCRIPTS.values():
        for names, module in re.findall(r'import \{([^}]+)\} from "\./([\w.-]+)"', text):
            exported = set(
                re.findall(r"export (?:const|class|(?:async )?function\*?) (\w+)", SCRIPTS[module])
            )
            assert {name.strip() for name in names.split(",") if name.strip()} <= exported


def page_digest() -> str:
    """What names the page as it is now."""
    told = "".join(f"{name}\n{text}\n" for name, text in sorted(FILES.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def test_the_pictures_show_the_page_as_it_is() -> None:
    """`make screenshots` takes them anew, and keeps beside them what the page was then."""
    assert DIGEST.read_text().strip() == page_digest(), "the page has changed: run `make screenshots`"
    pictures = [PICTURES / f"page-{name}.png" for name in ("light", "dark", "phone")]
    assert all(10_000 < picture.stat().st_size < 200_000 for picture in pictures)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_told_apart(scheme: str) -> None:
    """WCAG AA: text 4.5 to 1 on every ground it stands on, edges of controls 3 to 1."""
    blocks = re.findall(r":root(?:\[data-theme=\"dark\"\])? \{(.*?)\}", FILES["style.css"], re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w+)", blocks[0]))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([\w-]+): (#\w+)", blocks[1]))
    for ground in ("paper", "tint", "mark"):
        assert contrast(colours["ink"], colours[ground]) >= 7
        assert contrast(colours["soft"], colours[ground]) >= 4.5
        assert contrast(colours["accent"], colours[ground]) >= 4.5
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["edge"], colours["paper"]) >= 3


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG defines it, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of a colour, as WCAG defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
