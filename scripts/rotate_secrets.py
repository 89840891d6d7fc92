#!/usr/bin/env python3
"""Rotates all secrets that need nobody, and lists those that need a person. Monthly, first with --dry-run.

It needs NBA_MCP_CONTEXT, and credentials of AWS that may read and write the secret nba-mcp-synthesis/CONTEXT.
The options are those of `nba-mcp secrets rotate`. Exit codes: 0 done, 1 a rotation failed,
2 wrong use, 3 AWS or a database is away. It asks nothing unless a secret is named on a terminal.
"""

import sys

from nba_mcp_synthesis.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["secrets", "rotate"]
    main()
