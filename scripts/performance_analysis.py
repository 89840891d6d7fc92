#!/usr/bin/env python3
"""Reports on performance: performance_analysis.py --start-date 2026-01-01 --end-date 2026-01-31.

Exit codes: 0 done, 2 wrong use, 3 neither Prometheus nor the state database can be read.
"""

import sys

from nba_mcp_synthesis.cli import main

if __name__ == "__main__":
    sys.argv[:1] = ["nba-mcp", "ops", "performance"]
    main()
