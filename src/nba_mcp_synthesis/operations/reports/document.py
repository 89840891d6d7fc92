"""A report of text, tables and pictures, as Markdown, as HTML that needs nothing else, and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.errors import UsageError

_STYLE = Path(__file__).with_name("report.css")


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are text as people read them; columns in `right` are numbers, and stand to the right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()
    nothing: str = "There is nothing to list."


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG, the name of its file behind the report's, and what it shows in words."""

    name: str
    about: str
    svg: str


Part = str | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `name` is that of its files; `data` is what programs read."""

    name: str
    title: str
    summary: Sequence[str]
    sections: Sequence[Section]
    data: dict[str, Any] = field(default_factory=dict)
    exit_code: int = 0

    def markdown(self) -> str:
        """For reading in a terminal or a repository."""
        parts = [f"# {self.title}", *(_line(sentence) for sentence in self.summary)]
        for section in self.sections:
            parts += [f"## {section.title}", *(_markdown(part, self.name) for part in section.parts)]
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """One file: no script, no font, no picture from elsewhere."""
        body = [f"<h1>{escape(self.title)}</h1>"]
        body += ['<div class="summary">', *(f"<p>{escape(line)}</p>" for line in self.summary), "</div>"]
        for section in self.sections:
            body += [f"<section><h2>{escape(section.title)}</h2>", *map(_html, section.parts), "</section>"]
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(self.title)}</title><style>{_STYLE.read_text('utf-8')}</style></head>\n"
            "<body><main>\n" + "\n".join(body) + "\n</main></body></html>\n"
        )

    def pictures(self) -> list[Picture]:
        """All pictures in it."""
        return [part for section in self.sections for part in section.parts if isinstance(part, Picture)]


def write(document: Document, folder: Path) -> list[Path]:
    """Writes NAME.md, .html, .json and the pictures, over older ones; UsageError where it may not."""
    texts = {
        f"{document.name}.md": document.markdown(),
        f"{document.name}.html": document.html(),
        f"{document.name}.json": json.dumps(document.data, indent=1, ensure_ascii=False) + "\n",
        **{_file(document.name, picture): picture.svg for picture in document.pictures()},
    }
    return [write_text(folder, name, text) for name, text in texts.items()]


def write_text(folder: Path, name: str, text: str) -> Path:
    """Writes one file at one stroke: whoever reads it meanwhile has the old one or the new one."""
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half = path.with_name(f".{name}.half")
        half.write_text(text, "utf-8")
        half.replace(path)
    except OSError as error:
        raise UsageError(
            f"The report {path} cannot be written: {error.strerror}.", "Name another --reports."
        ) from None
    return path


def _file(name: str, picture: Picture) -> str:
    return f"{name}-{picture.name}.svg"


def _markdown(part: Part, name: str) -> str:
    if isinstance(part, Picture):
        return f"![{part.about}]({_file(name, part)})"
    if isinstance(part, str):
        return _line(part)
    if not part.rows:
        return part.nothing
    rule = ["---:" if n in part.right else "---" for n in range(len(part.columns))]
    rows = [part.columns, rule, *([_cell(cell) for cell in row] for row in part.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    """Text in one cell: a bar would end it, and a line break the table."""
    return _line(text).replace("|", "\\|").replace("<", "&lt;")


def _html(part: Part) -> str:
    if isinstance(part, Picture):
        return f'<figure role="img" aria-label="{escape(part.about)}">{part.svg}</figure>'
    if isinstance(part, str):
        return f"<p>{escape(part)}</p>"
    if not part.rows:
        return f"<p>{escape(part.nothing)}</p>"
    head = "".join(f"<th{_side(n, part)}>{escape(name)}</th>" for n, name in enumerate(part.columns))
    rows = "".join(
        "<tr>" + "".join(f"<td{_side(n, part)}>{escape(cell)}</td>" for n, cell in enumerate(row)) + "</tr>"
        for row in part.rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>'


def _side(column: int, table: Table) -> str:
    return ' class="number"' if column in table.right else ""
