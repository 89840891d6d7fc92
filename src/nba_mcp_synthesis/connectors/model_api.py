"""The doors to model providers, as far as a key's check needs them. Their data are model_apis.toml."""

import os
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.web import closed, post


@cache
def model_apis() -> Mapping[str, dict[str, Any]]:
    """The providers by name."""
    return tomllib.loads(files("nba_mcp_synthesis.connectors").joinpath("model_apis.toml").read_text("utf-8"))


class ModelConnector(Connector):
    """The API of one provider, tried with a call of one token."""

    def __init__(self, provider: str, key: Callable[[], SecretStr]) -> None:
        self._data, self._key = model_apis()[provider], key
        self.name, self.what = provider, self._data["what"]

    def probe(self) -> None:
        """Asks for one token."""
        data = self._data
        base = os.environ.get(data["base_url"], data["base"]).rstrip("/")
        key = SecretStr(data.get("prefix", "") + self._key().get_secret_value())
        more = {name: SecretStr(value) for name, value in data.get("more_headers", {}).items()}
        reply = post(SecretStr(base + data["path"]), data["body"], {data["header"]: key, **more})
        if reply.status != 200:
            raise closed(self.what, reply.status)
