"""Answers of stats.nba.com: as the plain JSON they came in, or recorded in a vcrpy cassette."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import SourceFile

Query = dict[str, str]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_URI = re.compile(rb"^\s*(?:- )?uri: ['\"]?(\S+?)['\"]?\s*$", re.MULTILINE)


def is_cassette(file: SourceFile) -> bool:
    """True for the file names that vcrpy gives."""
    return file.path.suffix.lower() in (".yaml", ".yml")


def recorded_queries(file: SourceFile, endpoint: str) -> list[Query]:
    """Queries of the recorded requests to an endpoint such as `leaguegamelog`.

    They are looked for in the bytes, so that cassettes of other endpoints are never parsed.
    """
    if not is_cassette(file) or f"/stats/{endpoint}".encode() not in file.content:
        return []
    uris = (match[1].decode("utf-8", "replace") for match in _URI.finditer(file.content))
    return [query for uri in uris if (query := _query(uri, endpoint)) is not None]


def recorded_answers(file: SourceFile, endpoint: str) -> list[tuple[Query, Any]]:
    """(query, parsed answer) of every recorded request to an endpoint that was answered with 200.

    Raises:
        SourceError: the file is not a cassette of vcrpy, or an answer is not JSON.
    """
    try:
        return [
            (query, json.loads(interaction["response"]["body"]["string"]))
            for interaction in _document(file)["interactions"]
            if (query := _query(str(interaction["request"]["uri"]), endpoint)) is not None
            and interaction["response"]["status"]["code"] == 200
        ]
    except (KeyError, TypeError) as error:
        raise SourceError(f"{file.label} has not the structure of a vcrpy cassette.") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{file.label} holds an answer that is not JSON: {error}.") from error


def result_sets(document: Any) -> dict[str, dict[str, Any]]:
    """The result sets of an answer that have headers and rows, by name; empty when it has none."""
    sets = document.get("resultSets") if isinstance(document, dict) else None
    return {
        str(s["name"]): s
        for s in (sets if isinstance(sets, list) else ())
        if isinstance(s, dict) and {"name", "headers", "rowSet"} <= s.keys()
    }


def _document(file: SourceFile) -> Any:
    try:
        return yaml.load(file.text, _Loader)  # noqa: S506 (both are safe loaders)
    except (yaml.YAMLError, RecursionError) as error:
        cause = " ".join(str(error).split())
        raise SourceError(f"{file.label} is not valid YAML: {cause}.") from error


def _query(uri: str, endpoint: str) -> Query | None:
    try:
        parts = urlsplit(uri)
    except ValueError:  # an address that no request can have gone to
        return None
    return dict(parse_qsl(parts.query)) if parts.path == f"/stats/{endpoint}" else None
