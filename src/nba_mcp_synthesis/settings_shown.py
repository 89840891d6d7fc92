"""Settings as people and programs may see them."""

import re
from typing import Any

from nba_mcp_synthesis.settings import PREFIX, Settings


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _without_password(value: str) -> str:
    value = re.sub(r"(?<=://)([^:/@]*):[^/]*@", r"\1:***@", value)
    return re.sub(r"(?i)([?&](?:ssl)?pass\w*=)[^&]*", r"\1***", value)


def describe_settings(settings: Settings) -> list[dict[str, str]]:
    """A row a setting: variable, value in force (secrets masked), default, meaning."""
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        default = field.get_default(call_default_factory=True, validated_data={})
        rows.append(
            {
                "variable": PREFIX + name.upper(),
                "value": _without_password(_shown(value)),
                "default": _shown(default),
                "meaning": field.description or "",
            }
        )
    return rows
