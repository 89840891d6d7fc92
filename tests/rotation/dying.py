"""A process that rotates, or migrates, and is killed as soon as a step is done."""

import os
import signal
import sys

from nba_mcp_synthesis import cli_rotation
from nba_mcp_synthesis.secrets.versions import VersionedSecret


def die() -> None:
    """As the system kills: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def rotating(last: str, names: list[str]) -> None:
    """Rotates until a step."""
    rotations, _ = cli_rotation._rotations("production", (), even_in_use=False)
    rotations.run(names, on_step=lambda name, step: die() if step == last else None)


def migrating(last: str) -> None:
    """Migrates until a call to AWS."""
    whole = getattr(VersionedSecret, last)

    def then_die(*given: object, **more: object) -> None:
        whole(*given, **more)
        die()

    setattr(VersionedSecret, last, then_die)
    migration = cli_rotation._migration("production")
    migration.carry_out(migration.plan(["RDS_PORT"]))


if __name__ == "__main__":
    rotating(sys.argv[2], sys.argv[3:]) if sys.argv[1] == "rotate" else migrating(sys.argv[2])
