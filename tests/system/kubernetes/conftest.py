"""The rendered manifests, for every overlay in turn."""

from typing import Any

import pytest

from rendered import OVERLAYS, Manifests, rendered


@pytest.fixture(params=OVERLAYS)
def manifests(request: Any) -> Manifests:
    """What one overlay applies."""
    return rendered(request.param)


@pytest.fixture
def production() -> Manifests:
    """What production applies."""
    return rendered("production")
