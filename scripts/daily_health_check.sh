#!/bin/sh
# The daily check: application, database, S3, API endpoints and resources, each really looked at, and a summary.
#
#   scripts/daily_health_check.sh [--json]
#
# When:  every morning, by hand or by cron; a mail of its output is worth reading from the last line up.
# Needs: kubectl, with a context of the cluster (NBA_MCP_KUBE_CONTEXT, else the current one), and nba-mcp (in .venv or
#        PATH). The databases, Redis, AWS and secrets are asked from a pod of the service, where they can be reached.
# Exit:  0 nothing failed (warnings are told), 1 a check failed, 2 wrong use, 3 what failed cannot be reached;
#        130 and 143 interrupted. It changes nothing.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
exec nba-mcp ops health --context production --inside --daily "$@"
