"""server.json, by which registries find this server: as their schema wants it, and as the project is."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema

from nba_mcp_synthesis.settings import PREFIX, Settings
from test_cli import nba_mcp

ROOT = Path(__file__).resolve().parents[1]
ENTRY: dict[str, Any] = json.loads((ROOT / "server.json").read_text())
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# What the registry's schema of 2025-12-11 wants of the fields that are used here.
TEXT = {"type": "string", "minLength": 1}
VERSION = {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}
INPUT = {
    "type": "object",
    "properties": {
        "type": {"enum": ["positional", "named"]},
        "name": TEXT,
        "value": TEXT,
        "default": TEXT,
        "description": TEXT,
        "format": {"enum": ["string", "number", "boolean", "filepath"]},
    },
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "required": ["$schema", "name", "description", "version", "packages"],
    "additionalProperties": False,
    "properties": {
        "$schema": {
            "pattern": r"^https://static\.modelcontextprotocol\.io/schemas/[\d-]+/server\.schema\.json$"
        },
        "name": {"type": "string", "pattern": "^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$", "maxLength": 200},
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": {"type": "string", "minLength": 1, "maxLength": 100},
        "version": VERSION,
        "packages": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["registryType", "identifier", "version", "transport"],
                "additionalProperties": False,
                "properties": {
                    "registryType": {"const": "pypi"},
                    "identifier": TEXT,
                    "version": VERSION,
                    "runtimeHint": {"const": "uvx"},
                    "transport": {
                        "type": "object",
                        "oneOf": [
                            {"properties": {"type": {"const": "stdio"}}, "additionalProperties": False},
                            {
                                "properties": {"type": {"const": "streamable-http"}, "url": TEXT},
                                "required": ["url"],
                                "additionalProperties": False,
                            },
                        ],
                        "required": ["type"],
                    },
                    "packageArguments": {"type": "array", "items": {**INPUT, "required": ["type"]}},
                    "environmentVariables": {"type": "array", "items": {**INPUT, "required": ["name"]}},
                },
            },
        },
    },
}


def test_it_has_the_form_that_registries_take() -> None:
    """Required fields, and none that the schema does not know."""
    jsonschema.validate(ENTRY, SCHEMA)


def test_it_says_what_the_project_says() -> None:
    """One name and one version, and the README has the mark by which a registry knows whose it is."""
    assert ENTRY["name"].partition("/")[2] == PROJECT["name"]
    assert {ENTRY["version"], *(package["version"] for package in ENTRY["packages"])} == {PROJECT["version"]}
    assert {package["identifier"] for package in ENTRY["packages"]} == {PROJECT["name"]}
    assert f"mcp-name: {ENTRY['name']} " in (ROOT / PROJECT["readme"]).read_text()


def test_what_it_starts_can_be_started() -> None:
    """A command of the package's own name, with options and settings that there are."""
    assert PROJECT["name"] in PROJECT["scripts"]
    options = set(re.findall(r"--[a-z-]+", nba_mcp("serve", "--help").stdout))
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    for package in ENTRY["packages"]:
        assert package["packageArguments"][0] == {"type": "positional", "value": "serve"}
        assert {a["name"] for a in package["packageArguments"] if a["type"] == "named"} <= options
        assert {variable["name"] for variable in package["environmentVariables"]} <= settings
