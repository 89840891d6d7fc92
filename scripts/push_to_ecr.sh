#!/bin/sh
# Builds the image, pushes it to ECR under a tag, and compares the digest of what was pushed with what ECR has.
#
#   scripts/push_to_ecr.sh TAG [--dry-run] [--json]
#   scripts/push_to_ecr.sh TAG --loaded IMAGE             builds none: pushes one that the engine has
#
# When:  before a deployment; in an emergency with TAG emergency-$(date +%Y%m%d-%H%M%S).
# Needs: docker, podman or buildah; AWS credentials by the default chain and AWS_REGION; nba-mcp (in .venv or
#        PATH). No aws, no jq. The repository is made where there is none; a tag that it has is not
#        pushed over, but for latest.
# Exit:  0 pushed, 1 build, push or comparison failed, 2 wrong use, 3 AWS or a container engine is not there.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
exec nba-mcp ops push "$@"
