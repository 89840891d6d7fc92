"""What an image says of itself: version, commit, and when it was made."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

UNKNOWN = "unknown"  # as the Dockerfile has it
_SECONDS = 30
# Not in an image; and a deployment writes into the changelog.
_BESIDE = ":(exclude)docs"


@dataclass(frozen=True)
class Origin:
    """The version is the tag. The revision is `unknown` where git knows none."""

    version: str
    revision: str
    created: str

    def arguments(self) -> dict[str, str]:
        """The build arguments of the Dockerfile, by name."""
        return {"VERSION": self.version, "REVISION": self.revision, "CREATED": self.created}


def origin_of(folder: Path, tag: str) -> Origin:
    """Of an image that is made now, from a checkout or another folder."""
    return Origin(tag, revision_of(folder), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def revision_of(folder: Path) -> str:
    """The commit of a checkout, with -dirty where its files are not those of the commit; else `unknown`."""
    commit = _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--", ".", _BESIDE)
    if not commit or changed is None:
        return UNKNOWN
    return f"{commit}-dirty" if changed else commit


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints; None where there is no git, or no checkout that it would look into."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
