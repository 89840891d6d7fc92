"""Whether a bucket is fit to keep backups: closed, encrypted, versioned, and tidied by rules of its own."""

from typing import TYPE_CHECKING, Any

from nba_mcp_synthesis.connectors.aws import explain_aws
from nba_mcp_synthesis.errors import BackupsDown
from nba_mcp_synthesis.lake.bucket import faults as exposed

if TYPE_CHECKING:
    from collections.abc import Callable

_NONE = frozenset({"NoSuchLifecycleConfiguration"})
LIFECYCLE = {
    "Rules": [
        {
            "ID": "unfinished-uploads",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
        {
            "ID": "former-versions",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        },
    ]
}


def faults(client: Any, bucket: str, *, keeps_days: int | None = None) -> list[str]:
    """What speaks against it, a sentence each with what mends it.

    `keeps_days`: no rule may remove an object before it is that old; None where rules may not remove any.

    Raises:
        BackupsDown: it cannot be told.
    """
    try:
        return exposed(client, bucket) + _versioning(client, bucket) + _lifecycle(client, bucket, keeps_days)
    except Exception as error:
        raise BackupsDown(
            explain_aws(error, f"S3 bucket {bucket}").message, "The identity needs the rights to read it."
        ) from error


def _versioning(client: Any, bucket: str) -> list[str]:
    if client.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled":
        return []
    told = (
        f"The bucket {bucket} keeps no versions, so that what is overwritten or deleted is gone: aws s3api "
        f"put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled turns them on."
    )
    return [told]


def _lifecycle(client: Any, bucket: str, keeps_days: int | None) -> list[str]:
    rules = [rule for rule in _rules(client, bucket) if rule.get("Status") == "Enabled"]
    wants: dict[str, Callable[[dict[str, Any]], Any]] = {
        "aborts uploads that were never finished": lambda rule: rule.get("AbortIncompleteMultipartUpload"),
        "removes former versions": lambda rule: rule.get("NoncurrentVersionExpiration"),
    }
    told = [
        f"No lifecycle rule of the bucket {bucket} {what}. `nba-mcp ops backup check --rules` prints rules "
        "that do."
        for what, has in wants.items()
        if not any(has(rule) for rule in rules)
    ]
    return told + [sentence for rule in rules if (sentence := _removes(rule, bucket, keeps_days))]


def _removes(rule: dict[str, Any], bucket: str, keeps_days: int | None) -> str:
    """A sentence about a rule that removes what prune would keep."""
    expiry = rule.get("Expiration") or {}
    days = expiry.get("Days")
    if not (days or expiry.get("Date")) or (days and keeps_days is not None and days >= keeps_days):
        return ""
    when = f"after {days} days" if days else f"on {expiry['Date']:%Y-%m-%d}"
    return (
        f"The lifecycle rule {rule.get('ID', 'without a name')} of the bucket {bucket} removes objects "
        f"{when}, "
        "whether they are needed or not: leave that to `nba-mcp ops backup prune`."
    )


def _rules(client: Any, bucket: str) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    except Exception as error:
        answer = getattr(error, "response", None)
        if isinstance(answer, dict) and answer.get("Error", {}).get("Code") in _NONE:
            return []
        raise
    return found
