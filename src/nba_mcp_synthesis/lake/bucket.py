"""Whether a bucket is fit for data: nobody else can read it, and what lies in it is encrypted."""

from typing import Any

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ABSENT = frozenset(
    {
        "NoSuchPublicAccessBlockConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
        "NoSuchBucketPolicy",
    }
)


def faults(client: Any, bucket: str) -> list[str]:
    """What speaks against it, a sentence each; errors of the library where that cannot be told."""
    found = []
    block = _asked(client.get_public_access_block, bucket, "PublicAccessBlockConfiguration")
    if not all(block.get(name) for name in _BLOCKS):
        found.append(
            f"The bucket {bucket} does not block public access: "
            f"aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration "
            f"{','.join(f'{name}=true' for name in _BLOCKS)} does."
        )
    rules = _asked(client.get_bucket_encryption, bucket, "ServerSideEncryptionConfiguration")
    if not rules.get("Rules"):
        found.append(f"The bucket {bucket} has no default encryption.")
    return found


def _asked(call: Any, bucket: str, part: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = call(Bucket=bucket)[part]
    except Exception as error:
        code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
        if code in _ABSENT:
            return {}
        raise
    return answer
