"""How long loading secrets takes: 50 from files, beside reading the same files without any of our code."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.secrets.manifest import parse
from nba_mcp_synthesis.secrets.places import Places
from nba_mcp_synthesis.telemetry.logs import configure_logs

SECRETS, RUNS = 50, 200
NAMES = [f"SERVICE{number}_TOKEN" for number in range(SECRETS)]
MANIFEST = parse(
    "".join(f"[{n}]\nabout = 'x'\nkind = 'password'\nowner = 'x'\nrotate_days = 9\n" for n in NAMES)
)


def milliseconds(work: Callable[[], object]) -> list[float]:
    """Times of many runs, in order."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1_000)
    return sorted(times)


def main() -> None:
    """Prints one line a measurement."""
    configure_logs(sys.stderr, "error")
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / ".env.nba-mcp-synthesis.production"
        folder.mkdir(mode=0o700)
        for name in NAMES:
            (folder / f"{name}.env").write_text(f"value of {name}")
        places = Places({"AWS_REGION": "us-east-1"}, (Path(base) / "mounts",), Path(base))
        manager = UnifiedSecretsManager(manifest=MANIFEST, places=places)
        assert not manager.load_secrets_hierarchical("production").findings
        fetch = manager.fetcher(NAMES[0])
        measured: dict[str, Callable[[], object]] = {
            "read the files alone": lambda: [path.read_bytes() for path in folder.iterdir()],
            "load 50 from files": lambda: manager.load_secrets_hierarchical("production"),
            "refresh": manager.refresh,
            "fetch one": fetch,
        }
        for name, work in measured.items():
            times = milliseconds(work)
            print(f"{name:22} median {statistics.median(times):7.3f} ms, worst {times[-1]:7.3f} ms")
        assert "boto3" not in sys.modules


if __name__ == "__main__":
    main()
