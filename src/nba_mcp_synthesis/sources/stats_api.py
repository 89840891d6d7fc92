"""Answers of stats.nba.com: as the plain JSON they came in, or recorded in a vcrpy cassette."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import SourceFile
from nba_mcp_synthesis.sources.rows import Rows, check_columns

Query = dict[str, str]

_URI = re.compile(rb"^\s*(?:- )?uri: ['\"]?(\S+?)['\"]?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ResultSet:
    """A table within an answer, with the parameters of the request that it answers.

    `recorded` is the day of the answer, where a recording tells it.
    """

    parameters: Query
    headers: list[str]
    rows: list[list[Any]]
    recorded: date | None = None


def is_cassette(file: SourceFile) -> bool:
    """True for the file names that vcrpy gives."""
    return file.path.suffix.lower() in (".yaml", ".yml")


def recorded_requests(file: SourceFile) -> list[tuple[str, Query]]:
    """(endpoint such as `leaguegamelog`, query) of the recorded requests to stats.nba.com.

    They are looked for in the bytes, so that a cassette need not be parsed to tell what it is.
    """
    if not is_cassette(file) or b"/stats/" not in file.content:
        return []
    uris = (match[1].decode("utf-8", "replace") for match in _URI.finditer(file.content))
    return [request for uri in uris if (request := _request(uri)) is not None]


def recorded_queries(file: SourceFile, endpoint: str) -> list[Query]:
    """Queries of the recorded requests to one endpoint."""
    if f"/stats/{endpoint}".encode() not in file.content:
        return []
    return [query for name, query in recorded_requests(file) if name == endpoint]


def recorded_answers(file: SourceFile, endpoint: str) -> list[tuple[Query, Any]]:
    """(query, parsed answer) of every recorded request to an endpoint that was answered with 200.

    Raises:
        SourceError: the file is not a cassette of vcrpy, or an answer is not JSON.
    """
    return [(query, answer) for query, answer, _ in _recordings(file, endpoint)]


def _recordings(file: SourceFile, endpoint: str) -> list[tuple[Query, Any, date | None]]:
    try:
        return [
            (request[1], json.loads(interaction["response"]["body"]["string"]), _day_of(interaction))
            for interaction in file.yaml["interactions"]
            if (request := _request(str(interaction["request"]["uri"]))) is not None
            and request[0] == endpoint
            and interaction["response"]["status"]["code"] == 200
        ]
    except (KeyError, TypeError) as error:
        raise SourceError(f"{file.label} has not the structure of a vcrpy cassette.") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{file.label} holds an answer that is not JSON: {error}.") from error


def answers(file: SourceFile, endpoint: str) -> list[tuple[Query, Any]]:
    """(parameters, answer) of a file to an endpoint, whichever way it is kept."""
    return [(query, answer) for query, answer, _ in _answers(file, (endpoint,))]


def result_sets(document: Any) -> dict[str, dict[str, Any]]:
    """The result sets of an answer that have headers and rows, by name; empty when it has none."""
    sets = (document.get("resultSets") or document.get("resultSet")) if isinstance(document, dict) else None
    return {
        str(s["name"]): s
        for s in (sets if isinstance(sets, list) else [sets])
        if isinstance(s, dict) and {"name", "headers", "rowSet"} <= s.keys()
    }


def column_names(result_set: dict[str, Any]) -> list[str]:
    """Names of the columns of a result set; empty when they are not names."""
    headers = result_set["headers"]
    usable = isinstance(headers, list) and all(isinstance(name, str) for name in headers)
    return headers if usable else []


def holds(file: SourceFile, endpoints: Collection[str], names: Collection[str]) -> bool:
    """True for a recorded request to one of the endpoints, or JSON with all these result sets."""
    if is_cassette(file):
        return any(name in endpoints for name, _ in recorded_requests(file))
    return set(names) <= result_sets(file.json).keys()


def holds_part(
    file: SourceFile,
    endpoints: Collection[str],
    key: str,
    fits: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> bool:
    """True for a recorded request to one of the endpoints, or JSON with a fitting object under the key."""
    if is_cassette(file):
        return any(name in endpoints for name, _ in recorded_requests(file))
    part = file.json.get(key) if isinstance(file.json, dict) else None
    return isinstance(part, dict) and fits(part)


def tables(file: SourceFile, endpoints: Collection[str], name: str) -> list[ResultSet]:
    """The result sets of this name in the answers of the endpoints.

    Raises:
        SourceError: there is none that is made of headers and rows.
    """
    found = [
        ResultSet({**stated(answer), **query}, column_names(s), s["rowSet"], recorded)
        for query, answer, recorded in _answers(file, endpoints)
        for label, s in result_sets(answer).items()
        if label == name
    ]
    if not found or not all(table.headers and _are_rows(table.rows) for table in found):
        raise SourceError(f"{file.label} holds no {name} of headers and rows.")
    return found


def rows_of(file: SourceFile, found: Collection[ResultSet], columns: Collection[str]) -> Rows:
    """The rows of result sets, under the names of their columns in capitals.

    Raises:
        SourceError: a column is missing or there twice.
    """
    rows = Rows()
    for table in found:
        headers = [name.upper() for name in table.headers]
        check_columns(file, headers, columns)
        rows.extend(headers, table.rows)
    return rows


def parts(file: SourceFile, endpoints: Collection[str], key: str) -> Iterator[tuple[Query, dict[str, Any]]]:
    """(parameters, object under `key`) of answers that are nested objects and not tables.

    Raises:
        SourceError: an answer has no object under the key.
    """
    for query, answer, _ in _answers(file, endpoints):
        part = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(part, dict):
            raise SourceError(f"{file.label} holds no object {key}.")
        yield query, part


def _answers(file: SourceFile, endpoints: Collection[str]) -> list[tuple[Query, Any, date | None]]:
    """(parameters, answer, day) of a file, whichever way it is kept."""
    if is_cassette(file):
        return [found for endpoint in endpoints for found in _recordings(file, endpoint)]
    return [(stated(file.json), file.json, None)]


def _day_of(interaction: Any) -> date | None:
    headers = interaction["response"].get("headers") or {}
    written = next((value for name, value in headers.items() if name.lower() == "date"), None)
    try:
        return parsedate_to_datetime(written[0] if isinstance(written, list) else str(written)).date()
    except ValueError:  # none, or not a date
        return None


def _are_rows(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, list) for row in rows)


def stated(document: Any) -> Query:
    """Parameters that an answer repeats, as text and without the empty ones."""
    stated = document.get("parameters") if isinstance(document, dict) else None
    if isinstance(stated, dict):
        return {str(name): str(value) for name, value in stated.items() if value not in (None, "")}
    return {}


def _request(uri: str) -> tuple[str, Query] | None:
    try:
        parts = urlsplit(uri)
    except ValueError:  # an address that no request can have gone to
        return None
    folder, _, endpoint = parts.path.rpartition("/")
    return (endpoint, dict(parse_qsl(parts.query))) if folder == "/stats" else None
