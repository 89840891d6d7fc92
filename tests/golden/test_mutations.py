"""Real files, spoilt in every way: an error in words, or rows that are all in the sound file too.

One invariant for all mutations: whatever is still read from a spoilt file, each value is that of the sound
file for the same row, or empty. Nothing is invented, shifted or taken for something else.

Events have one exception. A team's rebound is of the kind that the miss before it tells, and who came in for
whom follows from the order of the rows: where rows lack, these may be others (and who came in for nobody is
an event of its own), but then the reading counts that something lacks. What nothing else in a feed asks for
(in all but V3 a foul, a turnover, a timeout) is lost without a word; the check against box scores sees most.
"""

import csv
import io
import json
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

MOST_BYTES = 420_000
WORD = "n/a"  # in a column of texts it is a text like any other
NOT_MISSED = {'"descriptor"'}  # the live feed's second word for a kind: most events have none
Cells = dict[tuple[str, tuple[Any, ...]], dict[str, Any]]
# Events follow from their neighbours in these; in their place in the game, too, so that the NBA's number is
# the key here.
FROM_NEIGHBOURS = ("event_subtype", "sub_in_player_id", "description")
EVENT_KEY = ("game_id", "nba_event_num")


def cells(reading: Reading) -> Cells:
    """Every row of a reading by table and key."""
    found: Cells = {}
    for batch in reading.batches:
        is_events = batch.table == "play_by_play"
        key = EVENT_KEY if is_events else tables()[batch.table].key
        for row in batch.rows.to_pylist():
            if is_events:
                del row["event_num"]
            found.setdefault((batch.table, tuple(row.get(k) for k in key)), {}).update(row)
    return found


@cache
def sound(folder: Path) -> tuple[tuple[SourceFile, Cells], ...]:
    """The smallest real file of each format, with what it says."""
    chosen: dict[str, SourceFile] = {}
    by_size = sorted(find_files([folder], None), key=lambda f: (f.path.stat().st_size, f.label))
    for file in sorted(by_size, key=lambda f: f.path.suffix == ".yaml"):  # rows in cassettes are one text
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
    if name.endswith(".json") and mutation == "drop rows":
        return _without_rows(json.loads(text), chance)
    if not name.endswith(".csv"):
        name = chance.choice(sorted(set(re.findall(r'"\w+"(?=\s*:)', text)) - NOT_MISSED) or ['""'])
        return re.sub(rf'"(?={name[1:]}\s*:)', '"NEW_', text).encode()
    return _spoilt_table(list(csv.reader(io.StringIO(text))), mutation, chance).encode()


def _without_rows(document: Any, chance: random.Random) -> bytes:
    """The document without one to three elements of its longest lists of rows."""
    lists = sorted(_lists_in(document), key=len, reverse=True)[:4]
    for rows in [chance.choice(lists)] * chance.randint(1, 3) if lists else []:
        if rows:
            del rows[chance.randrange(len(rows))]
    return json.dumps(document).encode()


def _lists_in(document: Any) -> list[list[Any]]:
    """The lists of objects or lists anywhere in a document."""
    if not isinstance(document, dict | list):
        return []
    inner = document.values() if isinstance(document, dict) else document
    is_rows = all(isinstance(row, dict | list) for row in inner)
    own: list[list[Any]] = [document] if isinstance(document, list) and is_rows else []
    return own + [found for value in inner for found in _lists_in(value)]


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
    "drop rows",
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
    _check(*chance.choice(sound(real_data)), mutation, chance, tmp_path_factory.mktemp("spoilt"))


@given(seed=st.integers(0, 10**9))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_game_that_lost_events_says_nothing_else_of_the_others(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """One to three rows less in any feed: the others stay what they were, or it is said that some lack."""
    chance = random.Random(seed)
    games = [(file, said) for file, said in sound(real_data) if "play_by_play" in _format(file).name]
    assert len(games) == 4
    _check(*chance.choice(games), "drop rows", chance, tmp_path_factory.mktemp("spoilt"))


def _check(file: SourceFile, said: Cells, mutation: str, chance: random.Random, folder: Path) -> None:
    path = folder / file.path.name
    path.write_bytes(spoilt(file.content, file.path.name, mutation, chance))
    copy = SourceFile(path, file.label, file.season, file.stated_season)
    try:
        found = recognise(copy)
        if found is None or not hasattr(found, "read"):
            return
        reading = found.read(copy)
    except SourceError as error:
        _check_names_the_file(str(error), file)
        return
    lacking = FROM_NEIGHBOURS if reading.rejected and "play_by_play" in reading.source else ()
    for row, values in cells(reading).items():
        if lacking and values.get("event_type") == "substitution" and values["player_id"] is None:
            continue
        assert row in said, f"{file.label}, {mutation}: {row} is not in the sound file"
        for name, value in values.items():
            told = f"{file.label}, {mutation}: {row} {name} {value} {said[row].get(name)}"
            assert name in lacking or value in (None, said[row].get(name), WORD), told
