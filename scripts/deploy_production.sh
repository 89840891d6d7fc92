#!/bin/sh
# Deploys an image to production, or goes back to an earlier revision.
#
#   scripts/deploy_production.sh TAG                      pre-checks, one apply, rollout, health, record
#   scripts/deploy_production.sh TAG@DIGEST               the same, where the tag is that image (sha256:...)
#   scripts/deploy_production.sh --emergency TAG          the image alone, at once; TAG is emergency-YYYYmmdd-HHMMSS
#   scripts/deploy_production.sh --rollback [REVISION]    back to the last good revision, or to that one
#   scripts/deploy_production.sh --rollback [REVISION] --through-zero    the same, ending all pods first: an outage
#   … --dry-run                                           says what would be done, and does nothing
#
# When:  after scripts/push_to_ecr.sh TAG. What fails is rolled back without being told, and Slack hears of it.
# Needs: kubectl, with a context of the cluster (NBA_MCP_KUBE_CONTEXT, else the current one); AWS credentials by the
#        default chain; nba-mcp (in .venv or PATH); k8s/overlays/production. No aws, no jq.
# Exit:  0 deployed, or it runs already; 1 a check failed, or it was rolled back; 2 wrong use; 3 the cluster or AWS
#        is away; 130 and 143 interrupted. The last line says in which state things are. It can be run again.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
exec nba-mcp ops deploy --context production "$@"
