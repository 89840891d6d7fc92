#!/usr/bin/env python3
"""Copies secrets of variables and files into AWS Secrets Manager; with --verify it compares both sides.

It needs NBA_MCP_CONTEXT, and credentials of AWS that may read and write the secret nba-mcp-synthesis/CONTEXT.
The options are those of `nba-mcp secrets migrate`. Exit codes: 0 AWS has all of them, 1 it has not,
2 wrong use, 3 AWS or a database is away.
"""

import sys

from nba_mcp_synthesis.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["secrets", "migrate"]
    main()
