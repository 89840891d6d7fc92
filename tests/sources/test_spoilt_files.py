"""Whatever is wrong with one value, a file gives a reading or an error with a reason."""

import contextlib
import csv
import io
import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.schema.arrow import arrow_schema
from nba_mcp_synthesis.sources.base import Outside, SourceFile
from nba_mcp_synthesis.sources.door import recognise
from sources.readings import read
from sources.samples import FILES

ODD_TEXTS = ("", " ", "x", "-1", "1.5", "1e400", "9" * 40, "nan", "1_0", '"', "0-0")
ODD_VALUES: tuple[object, ...] = (
    None,
    "",
    "x",
    -1,
    1.5,
    1e308,
    10**30,
    float("nan"),
    True,
    [],
    {},
    [[]],
    {"name": []},
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _places(value[key], (*path, key))


def _put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def _spoilt_json(text: str) -> Iterator[str]:
    document = json.loads(text)
    for path in _places(document):
        for value in ODD_VALUES:
            yield json.dumps(_put(document, path, value))


def _spoilt_csv(text: str) -> Iterator[str]:
    lines = list(csv.reader(io.StringIO(text)))
    for row in range(2):
        for column in range(len(lines[0])):
            for value in ODD_TEXTS:
                changed = deepcopy(lines)
                changed[row][column] = value
                yield "\n".join(",".join(cell if cell == '"' else f'"{cell}"' for cell in r) for r in changed)


def _read_quietly(path: Path) -> None:
    """Reads a file: an error of its own kind is fine, as is a file of no format or one that is outside."""
    with contextlib.suppress(SourceError):
        file = SourceFile(path, path.name, "2025-26")
        found = recognise(file)
        if found is not None and not isinstance(found, Outside):
            reading = found.read(file)
            assert reading.rejected.total() <= reading.rows_read
            for batch in reading.batches:
                assert set(batch.rows.schema) <= set(arrow_schema(batch.table))


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith("yaml")])
def test_one_odd_value_never_breaks_the_reader(tmp_path: Path, name: str) -> None:
    """Every value of a small file in turn is replaced by every odd one."""
    text = FILES[name][1]
    for spoilt in _spoilt_csv(text) if name.endswith("csv") else _spoilt_json(text):
        path = tmp_path / name
        path.write_text(spoilt, encoding="utf-8")
        _read_quietly(path)


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_off_anywhere_never_breaks_the_reader(tmp_path: Path, name: str) -> None:
    """Downloads end where they like."""
    content = FILES[name][1].encode()
    for length in range(0, len(content), max(1, len(content) // 150)):
        (tmp_path / name).write_bytes(content[:length])
        _read_quietly(tmp_path / name)


@pytest.mark.parametrize("name", FILES)
def test_the_whole_file_gives_all_of_its_rows(tmp_path: Path, name: str) -> None:
    """Nothing of the samples is refused, so that the spoilt ones start from something whole."""
    (tmp_path / name).write_text(FILES[name][1], encoding="utf-8")
    reading = read(tmp_path / name, "2025-26")
    assert (reading.source, reading.rejected) == (FILES[name][0], {})
    assert reading.rows_read >= 2
