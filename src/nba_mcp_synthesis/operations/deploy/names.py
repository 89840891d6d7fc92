"""Names that the manifests and the runbooks agree on, and the rules for tags."""

import re
from datetime import UTC, datetime

from nba_mcp_synthesis.errors import UsageError

APP = "nba-mcp-synthesis"  # deployment, container, label `app` and repository
SERVICE = f"{APP}-service"
SERVICE_PORT = 80
INGRESS = f"{APP}-ingress"
AUTOSCALER = f"{APP}-hpa"
LEASE = f"{APP}-deploy"
CAUSE = "kubernetes.io/change-cause"
REVISION = "deployment.kubernetes.io/revision"
FORMER = "deployment.kubernetes.io/revision-history"  # the numbers under which a revision ran before
MANAGER = "nba-mcp-deploy"  # as which fields are applied
PLATFORM = "linux/amd64"  # of the cluster's nodes
MOVING = "latest"  # the one tag that may be pushed over

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_EMERGENCY = re.compile(r"emergency-\d{8}-\d{6}")


def check_tag(tag: str, *, emergency: bool = False) -> str:
    """The tag; raises UsageError for one that no registry takes, or that is not of an emergency."""
    if not _TAG.fullmatch(tag):
        raise UsageError(f"{tag!r} is no tag of an image.", "Letters, digits, '_', '.' and '-', at most 128.")
    if emergency and not _EMERGENCY.fullmatch(tag):
        now = datetime.now(UTC).strftime("emergency-%Y%m%d-%H%M%S")
        raise UsageError(f"{tag!r} is no tag of an emergency.", f"Such a tag is {now}.")
    return tag


def with_digest(text: str) -> tuple[str, str]:
    """(tag, digest) of TAG@DIGEST, (tag, "") of a tag alone; raises UsageError for what is no digest."""
    tag, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        raise UsageError(f"{digest!r} is no digest of an image.", "One is sha256: and 64 of 0-9 and a-f.")
    return tag, digest


def check_revision(text: str) -> int:
    """The number of a revision; raises UsageError."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
        raise UsageError(f"{text!r} is no revision.", "`kubectl rollout history` lists their numbers.")
    return int(text)
