#!/usr/bin/env python3
"""Checks a deployment in every part; --generate-report writes reports/deployment-validation.md, .html, .json.

After a deployment, and monthly. It needs kubectl with a context of the cluster (NBA_MCP_KUBE_CONTEXT, else
the current one); databases, Redis, AWS and secrets are asked from a pod of the service. The options are those
of `nba-mcp ops validate`. Exit codes: 0 nothing failed, 1 a check failed, 2 wrong use, 3 what failed cannot
be reached. Where this Python has no nba_mcp_synthesis, that of .venv is used.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv" / "bin" / "python"

if __name__ == "__main__":
    if find_spec("nba_mcp_synthesis") is None and VENV.exists():
        os.execv(VENV, [str(VENV), __file__, *sys.argv[1:]])  # noqa: S606 - the same script, by its own Python
    from nba_mcp_synthesis.cli import main

    os.chdir(ROOT)
    sys.argv[1:1] = ["ops", "validate", "--context", "production", "--inside"]
    main()
