"""The double as a process: `PYTHONPATH=tests python -m servers.cluster --folder DIR`."""

import argparse
import signal
from pathlib import Path

from servers.cluster import cluster


def main() -> None:
    """Answers until it is told to end; the kubeconfig is FOLDER/kubeconfig."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the kubeconfig is written")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--context", default="double")
    told = parser.parse_args()
    with cluster(told.folder, context=told.context, port=told.port) as running:
        print(f"KUBECONFIG={running.kubeconfig}", flush=True)  # noqa: T201 - its one line
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
