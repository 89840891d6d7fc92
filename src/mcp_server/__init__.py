"""The names under which the runbooks import parts of NBA MCP Synthesis, for short scripts.

Log lines of such a script go to stderr: what it prints itself stays alone on stdout.
"""

import sys

from nba_mcp_synthesis.telemetry.logs import configure_if_alone

configure_if_alone(sys.stderr)
