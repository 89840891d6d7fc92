"""Names that the docs use, and where the project itself has them."""

import re
import tomllib
from functools import cache
from pathlib import Path

import yaml

from docs.shell import FENCE, PAGES, ROOT
from nba_mcp_synthesis.settings import Settings

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|src(?:set)?=\"([^\"]+)\"|!\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PATH = re.compile(
    r"`((?:docs|scripts|monitoring|k8s|tests|src|gameday|benchmarks|evaluation|docker)/[\w./*-]+)`"
)
# Of programs beside the product: tests, the makers of pictures, a client's own variable.
_NOT_SETTINGS = {"NBA_MCP_TEST_DATA", "NBA_MCP_KEY", "NBA_MCP_NAME", "NBA_MCP_OTHER"}
CURRENT = [p for p in PAGES if p.name != "changelog.md"]  # which tells of former names, too
_SUFFIX = re.compile(r"_(?:bucket|count|sum|total|created)$")


def links() -> list[tuple[str, str]]:
    """(page, what it links to), web addresses aside."""
    found = []
    for page in PAGES:
        text = FENCE.sub("", page.read_text("utf-8"))
        for match in _LINK.finditer(text):
            target = match[1] or match[2] or match[3]
            if not target.startswith(("http:", "https:", "mailto:")):
                found.append((str(page.relative_to(ROOT)), target))
    return found


def is_there(page: str, target: str) -> bool:
    """Whether a link's file exists, and has the heading that follows `#`."""
    path, _, anchor = target.partition("#")
    file = (ROOT / page).parent / path if path else ROOT / page
    if not file.exists():
        return False
    return not anchor or anchor in anchors(file)


@cache
def anchors(file: Path) -> frozenset[str]:
    """The anchors of a page, as its host makes them of headings."""
    headings = _HEADING.findall(FENCE.sub("", file.read_text("utf-8")))
    return frozenset(re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings)


def paths(page: Path) -> list[str]:
    """Paths of the project in code marks."""
    return _PATH.findall(page.read_text("utf-8"))


def used(pattern: str) -> set[tuple[str, str]]:
    """(page, name) of all names of a pattern."""
    return {(p.name, name) for p in CURRENT for name in re.findall(pattern, p.read_text("utf-8"))}


@cache
def alerts() -> frozenset[str]:
    """All alerts of the rules, and the one that tests send."""
    groups = yaml.safe_load((ROOT / "monitoring/prometheus/rules.yml").read_text("utf-8"))["groups"]
    return frozenset(r["alert"] for g in groups for r in g["rules"] if "alert" in r) | {"NbaMcpTest"}


@cache
def metrics() -> frozenset[str]:
    """All metrics, under the names that Prometheus has."""
    file = ROOT / "src/nba_mcp_synthesis/telemetry/metrics.toml"
    return frozenset(m["name"] for m in tomllib.loads(file.read_text("utf-8"))["metrics"].values())


def is_metric(name: str) -> bool:
    """Whether a name is a metric's, maybe with what Prometheus appends."""
    return name in metrics() or _SUFFIX.sub("", name) in metrics()


def is_setting(name: str) -> bool:
    """Whether a name is a setting's, or stands for several of one beginning."""
    known = {f"NBA_MCP_{field.upper()}" for field in Settings.model_fields}
    return name in known | _NOT_SETTINGS or name.startswith("NBA_MCP_SYNTHESIS")
