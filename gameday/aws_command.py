"""`aws`, as far as the runbooks use it, against the AWS API that AWS_ENDPOINT_URL names.

The real one is a program of its own with old libraries, which would not fit beside ours. This one takes the
same words, by the same models of botocore, and prints what it would print.
"""

import json
import sys
from typing import Any

from gameday.aws_words import AwsWords, UnknownWordsError, understand


def run(words: AwsWords) -> Any:
    """What AWS answers; nothing for what waits."""
    import boto3
    from botocore import xform_name

    client = boto3.client("s3" if words.service == "s3api" else words.service)
    if words.operation == "ls":
        return _listed(client, words.positional)
    if words.waits:
        client.get_waiter(words.operation.replace("-", "_")).wait(
            **words.parameters, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        return None
    answer = getattr(client, xform_name(words.operation))(**words.parameters)
    answer.pop("ResponseMetadata", None)
    return answer


def _listed(client: Any, places: tuple[str, ...]) -> str:
    """Lines as those of `aws s3 ls`: of buckets, or of objects below a place."""
    if not places:
        return "\n".join(one["Name"] for one in client.list_buckets()["Buckets"])
    bucket, _, prefix = places[0].removeprefix("s3://").partition("/")
    found = client.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return "\n".join(
        f"{one['LastModified']:%Y-%m-%d %H:%M:%S} {one['Size']:>10} {one['Key']}" for one in found
    )


def shown(answer: Any, options: dict[str, str]) -> str:
    """An answer as text: --query picks, --output text prints it bare."""
    if isinstance(answer, str) or answer is None:
        return answer or ""
    import jmespath

    if "query" in options:
        answer = jmespath.search(options["query"], json.loads(json.dumps(answer, default=str)))
    if options.get("output") == "text":
        return _text(answer)
    return json.dumps(answer, indent=4, default=str)


def _text(answer: Any) -> str:
    if isinstance(answer, list):
        return ("\n" if any(isinstance(one, list) for one in answer) else "\t").join(map(_text, answer))
    return "None" if answer is None else str(answer)


def main() -> int:
    """0 done, 252 words that are not known, 254 AWS refused: the codes of the real one."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        words = understand(sys.argv[1:])
        print(shown(run(words), words.options))
    except UnknownWordsError as error:
        print(f"aws: error: {error}", file=sys.stderr)
        return 252
    except (BotoCoreError, ClientError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 254
    return 0


if __name__ == "__main__":
    sys.exit(main())
