"""Debian packages for the system tests, unpacked below .cache: no root, and nothing is installed."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from alone import alone

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "debian"


@dataclass(frozen=True)
class Root:
    """A folder that looks like `/` with some packages in it."""

    folder: Path

    def environment(self) -> dict[str, str]:
        """What programs in it need to find their libraries."""
        found = {str(file.parent) for file in self.folder.glob("**/lib/*-linux-gnu/**/lib*.so*")}
        known = os.environ.get("LD_LIBRARY_PATH")
        return {"LD_LIBRARY_PATH": os.pathsep.join([*sorted(found), *([known] if known else [])])}


def packages(*names: str) -> Root:
    """These packages and what they need beyond what the machine has; skips where apt cannot give them."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        pytest.skip(f"no apt here to fetch {', '.join(names)} from")
    folder = CACHE / hashlib.sha256(" ".join(sorted(names)).encode()).hexdigest()[:12]
    with alone("debian"):
        if not folder.is_dir():
            _unpack(names, folder)
    return Root(folder)


def _unpack(names: tuple[str, ...], folder: Path) -> None:
    fetched, filling = CACHE / "fetched", folder.with_suffix(".filling")
    for one in (fetched, filling):
        shutil.rmtree(one, ignore_errors=True)
        one.mkdir(parents=True)
    # the machine's own lists may be old or missing: then with lists of our own
    problem = _fetch(names, fetched, []) and _fetch_with_own_lists(names, fetched)
    if problem:
        pytest.skip(f"apt gave no {', '.join(names)}: {problem}")
    for package in sorted(fetched.glob("*.deb")):
        subprocess.run(["dpkg", "-x", str(package), str(filling)], check=True, timeout=100)
    shutil.rmtree(fetched)
    filling.rename(folder)


def _fetch_with_own_lists(names: tuple[str, ...], into: Path) -> str:
    lists = CACHE / "lists"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    options = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={CACHE / 'apt'}"]
    return _apt(into, *options, "update")[1] or _fetch(names, into, options)


def _fetch(names: tuple[str, ...], into: Path, options: list[str]) -> str:
    """Downloads the packages and what has to come with them; what went wrong, or nothing."""
    plan, problem = _apt(into, *options, "--simulate", "--no-install-recommends", "install", *names)
    if problem:
        return problem
    needed = {line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")}
    return _apt(into, *options, "download", *sorted(needed | set(names)))[1]


def _apt(folder: Path, *arguments: str) -> tuple[str, str]:
    """(what it printed, the last line of why it failed)."""
    done = subprocess.run(
        ["apt-get", "-q", *arguments], cwd=folder, capture_output=True, text=True, timeout=400, check=False
    )
    said = [line for line in done.stderr.splitlines() if line.startswith("E:")]
    return done.stdout, (said[-1] if said else f"exit code {done.returncode}") if done.returncode else ""
