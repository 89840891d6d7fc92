"""compose.yaml: it fits the specification's schema, sets real settings, and lets nobody in from outside."""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from nba_mcp_synthesis.settings import load_settings
from rendered import Manifests

pytestmark = pytest.mark.system
ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_it_fits_the_schema_of_the_specification() -> None:
    """As docker compose itself carries it; what is wrong is found."""
    spec = find_spec("compose")
    assert spec is not None
    folders = list(spec.submodule_search_locations or [])
    schema = json.loads((Path(folders[0]) / "config" / "compose_spec.json").read_text("utf-8"))
    plain = {
        key: value for key, value in COMPOSE.items() if key != "name"
    }  # newer than this copy of the schema
    for service in plain["services"].values():
        for on in service.get("depends_on", {}).values():
            assert on.keys() == {"condition"}
    validator = jsonschema.Draft201909Validator(schema)
    validator.validate(plain)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"services": {"one": {"port": []}}})


def test_everything_of_the_system_is_in_it() -> None:
    """The server, its databases, an object store, and what watches it; images as in the cluster."""
    assert {"server", "postgres", "redis", "s3", "prometheus", "alertmanager", "grafana"} <= SERVICES.keys()
    for name, service in SERVICES.items():
        assert re.search(r":[\w.-]*\d+\.\d+|:RELEASE\.", service["image"]), name
        assert ":latest" not in service["image"]


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_the_databases_are_those_of_the_cluster(production: Manifests, name: str) -> None:
    """The same versions."""
    (container,) = production.one("Deployment", f"nba-mcp-{name}")["spec"]["template"]["spec"]["containers"]
    assert SERVICES[name]["image"] == container["image"]


def test_ports_are_on_loopback_and_there_once() -> None:
    """The server asks nobody who he is here."""
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert len(set(ports)) == len(ports) == 4


def test_every_variable_is_a_setting() -> None:
    """In all services that run the product."""
    ours = [service for service in SERVICES.values() if "build" in service]
    assert len(ours) == 4
    for service in ours:
        assert load_settings(service["environment"]).is_postgres
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_what_is_waited_for_and_mounted_is_there() -> None:
    """Services, their health checks, volumes; of files, those that this folder has."""
    for service in SERVICES.values():
        for name, on in service.get("depends_on", {}).items():
            assert on["condition"] != "service_healthy" or "healthcheck" in SERVICES[name]
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            if source.startswith("./monitoring/laptop"):
                assert (ROOT / source).is_file(), source
            elif not source.startswith("./"):
                assert source in COMPOSE["volumes"], source


def test_the_grace_covers_the_servers_end() -> None:
    """Ten seconds, compose's default, would cut what is in flight."""
    settings = load_settings(SERVICES["server"]["environment"])
    assert int(SERVICES["server"]["stop_grace_period"].removesuffix("s")) > settings.shutdown_seconds + 7
