#!/bin/sh
# Says whether production is well: pods, rollout, endpoints, databases, buckets, secrets, certificates, alerts, backups.
#
#   scripts/health_check_production.sh                  every check, and a summary
#   scripts/health_check_production.sh --only hpa       one of them; may be repeated
#   scripts/health_check_production.sh --json           for programs
#
# When:  after a deployment, in an incident, and whenever somebody asks.
# Needs: kubectl, with a context of the cluster (NBA_MCP_KUBE_CONTEXT, else the current one), and nba-mcp (in .venv or
#        PATH). The databases, Redis, AWS and secrets are asked from a pod of the service, where they can be reached.
# Exit:  0 nothing failed (warnings are told), 1 a check failed, 2 wrong use, 3 what failed cannot be reached;
#        130 and 143 interrupted. It changes nothing.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
exec nba-mcp ops health --context production --inside "$@"
