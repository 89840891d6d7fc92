"""What the Dockerfile installs, in a clean folder without a daemon: the same context, script and lock."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from alone import alone

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "image"
USER = 54321  # whom no passwd file knows


@dataclass(frozen=True)
class ImageRoot:
    """An environment as the image has it at /app."""

    app: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.app / "bin" / "python3"

    def confined(self, script: str, home: Path, **environment: str) -> "subprocess.Popen[str]":
        """Starts a shell line as a pod's container would run it.

        A read-only root with two writable folders (`home` and /tmp, both empty), an arbitrary user without a
        name, no capabilities, no new privileges. Needs root, to take all this away.
        """
        take = (
            f"mount -t tmpfs -o mode=0777 tmpfs {home} && mount -t tmpfs -o mode=1777 tmpfs /tmp && "
            f"{self._shown_interpreter()} mount -o remount,ro,bind / && "
            f"exec setpriv --reuid {USER} --regid {USER} --clear-groups --no-new-privs --bounding-set=-all "
            f"--inh-caps=-all sh -c '{script}'"
        )
        return subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", take],
            env={
                "PATH": f"{self.app / 'bin'}:/usr/bin:/bin",
                "HOME": str(home),
                "LANG": "C.UTF-8",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )

    def _shown_interpreter(self) -> str:
        """An interpreter in a home that is closed to others is shown to them, and nothing else of it."""
        base = self.python.resolve().parents[1]
        top = Path(*base.parts[:2])
        if top.stat().st_mode & 0o001:
            return ""
        return (
            f"mkdir /tmp/held && mount --bind {base} /tmp/held && mount -t tmpfs -o mode=0755 tmpfs {top} && "
            f"mkdir -p {base} && mount --bind /tmp/held {base} &&"
        )


def image_root() -> ImageRoot:
    """The environment, made anew where something that goes into it has changed; a minute or two."""
    files = context()
    digest = hashlib.sha256(
        b"".join(name.encode() + (ROOT / name).read_bytes() for name in files)
    ).hexdigest()
    folder = CACHE / digest[:12]
    with alone("image"):
        if not (folder / "done").is_file():
            shutil.rmtree(CACHE, ignore_errors=True)
            _make(files, folder)
    return ImageRoot(folder / "app")


def context() -> list[str]:
    """The files of the build's context: what git holds, as far as .dockerignore lets it in."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = [line[1:] for line in lines if line.startswith("!")]
    return sorted(
        name
        for name in tracked.splitlines()
        if any(name == one or name.startswith(f"{one}/") for one in let_in)
    )


def _make(files: list[str], folder: Path) -> None:
    source = folder / "source"
    for name in files:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    # nothing of this environment but how it reaches a registry: the rest the script brings
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("NBA_MCP_", "PYTHON", "VIRTUAL_ENV"))}
    clean["PATH"] = os.pathsep.join(
        one for one in os.environ["PATH"].split(os.pathsep) if one != str(Path(sys.executable).parent)
    )
    done = subprocess.run(
        ["sh", "docker/install.sh", str(folder / "app")],
        cwd=source,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    if done.returncode:
        pytest.fail(f"docker/install.sh: {done.stderr[-2000:]}")
    (folder / "done").touch()
