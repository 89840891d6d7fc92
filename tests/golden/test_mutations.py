"""Real files, spoilt in every way: an error in words, or rows that are all in the sound file too.

One invariant for all mutations: whatever is still read from a spoilt file, each value is that of the sound
file for the same row, or empty. Nothing is invented, shifted or taken for something else.
"""

import csv
import io
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.sources.base import Format, Reading, SourceFile
from nba_mcp_synthesis.sources.door import find_files, recognise

MOST_BYTES = 250_000
WORD = "n/a"  # in a column of texts it is a text like any other
Cells = dict[tuple[str, tuple[Any, ...]], dict[str, Any]]


def cells(reading: Reading) -> Cells:
    """Every row of a reading by table and key.

    Events are left out: they are numbered in order, so a lost one moves the others. A game whose events do
    not add up is found by the check against its box score.
    """
    found: Cells = {}
    for batch in reading.batches:
        if batch.table == "play_by_play":
            continue
        key = tables()[batch.table].key
        for row in batch.rows.to_pylist():
            found.setdefault((batch.table, tuple(row.get(k) for k in key)), {}).update(row)
    return found


@cache
def sound(folder: Path) -> tuple[tuple[SourceFile, Cells], ...]:
    """The smallest real file of each format, with what it says."""
    chosen: dict[str, SourceFile] = {}
    for file in sorted(find_files([folder], None), key=lambda f: (f.path.stat().st_size, f.label)):
        if file.path.stat().st_size > MOST_BYTES:
            continue
        known = recognise(file)
        if known is not None and hasattr(known, "read") and known.name not in chosen:
            try:
                if known.read(file).batches:
                    chosen[known.name] = file
            except SourceError:
                continue
    return tuple((file, cells(_format(file).read(file))) for file in chosen.values())


def _format(file: SourceFile) -> Format:
    found = recognise(file)
    assert found is not None
    assert hasattr(found, "read")
    return found  # type: ignore[return-value]


def spoilt(content: bytes, name: str, mutation: str, chance: random.Random) -> bytes:
    """The content after one mutation; where there are no columns, another name for a random key."""
    text = content.decode("utf-8")
    if mutation == "cut":
        return content[: chance.randrange(len(content))]
    if mutation == "utf-16":
        return text.encode("utf-16")
    if mutation == "html":
        return b"<!DOCTYPE html><html><body>" + content[:500] + b"</body></html>"
    if not name.endswith(".csv"):
        name = chance.choice(sorted(set(re.findall(r'"\w+"(?=\s*:)', text))) or ['""'])
        return re.sub(rf'"(?={name[1:]}\s*:)', '"NEW_', text).encode()
    return _spoilt_table(list(csv.reader(io.StringIO(text))), mutation, chance).encode()


def _spoilt_table(rows: list[list[str]], mutation: str, chance: random.Random) -> str:
    column = chance.randrange(len(rows[0]))
    if mutation == "drop a column":
        rows = [[v for n, v in enumerate(row) if n != column] for row in rows]
    elif mutation == "rename a column":
        rows[0][column] += "_NEW"
    elif mutation == "reorder columns":
        order = list(range(len(rows[0])))
        chance.shuffle(order)
        rows = [[row[n] for n in order] if len(row) == len(order) else row for row in rows]
    elif mutation == "repeat rows":
        rows += chance.choices(rows[1:], k=3)
    elif mutation == "words for numbers":
        for row in chance.sample(rows[1:], min(5, len(rows) - 1)):
            row[column % len(row)] = WORD
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


MUTATIONS = [
    "cut",
    "utf-16",
    "html",
    "drop a column",
    "rename a column",
    "reorder columns",
    "repeat rows",
    "words for numbers",
]


def _check_names_the_file(message: str, file: SourceFile) -> None:
    assert file.path.name in message or file.label in message


@given(seed=st.integers(0, 10**9), mutation=st.sampled_from(MUTATIONS))
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_spoilt_file_gives_an_error_or_only_what_the_sound_one_says(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory, seed: int, mutation: str
) -> None:
    """Never a traceback, never a value that the sound file does not have for that row."""
    chance = random.Random(seed)
    file, said = chance.choice(sound(real_data))
    folder = tmp_path_factory.mktemp("spoilt")
    path = folder / file.path.name
    path.write_bytes(spoilt(file.content, file.path.name, mutation, chance))
    copy = SourceFile(path, file.label, file.season, file.stated_season)
    try:
        found = recognise(copy)
        if found is None or not hasattr(found, "read"):
            return None
        read = cells(found.read(copy))
    except SourceError as error:
        return _check_names_the_file(str(error), file)
    for row, values in read.items():
        assert row in said, f"{file.label}, {mutation}: {row} is not in the sound file"
        for name, value in values.items():
            known = said[row].get(name)
            assert value in (None, known, WORD), f"{file.label}, {mutation}: {row} {name} {value} {known}"
    return None
