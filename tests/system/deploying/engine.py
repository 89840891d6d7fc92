"""A container engine for tests of pushing: it takes podman's commands, and ECR has afterwards what it pushed.

ENGINE_BREAKS names a command that fails, ENGINE_ALTERS makes it say another digest than it pushed.
ENGINE_ID is the image that it has.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path

import boto3


def main() -> int:
    """All but push say that they are done; push puts a manifest into ECR and writes its digest down."""
    command, arguments = sys.argv[1], sys.argv[2:]
    with Path(os.environ["ENGINE_LOG"]).open("a") as log:
        log.write(f"{command} {' '.join(arguments)}\n")
    if os.environ.get("ENGINE_BREAKS") == command:
        sys.stderr.write(f"Error: {command} does not work today\n")
        return 125
    if command == "login":
        password = sys.stdin.read()
        return 0 if password and arguments[:3] == ["--username", "AWS", "--password-stdin"] else 1
    if command == "image":  # inspect
        sys.stdout.write(os.environ.get("ENGINE_ID", "0" * 64))
    if command == "push":
        _push(arguments[0].partition("=")[2], arguments[1])
    return 0


def _push(digest_file: str, image: str) -> None:
    tag = image.rpartition(":")[2]
    media = "application/vnd.docker.distribution.manifest.v2+json"
    id_ = os.environ.get("ENGINE_ID", str(time.time_ns()))  # no two images are the same, unless it is said
    config = {"digest": f"sha256:{id_}"}
    manifest = {"schemaVersion": 2, "mediaType": media, "config": config, "layers": []}
    text = json.dumps(manifest)
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    repository = image.rpartition("/")[2].partition(":")[0]
    boto3.client("ecr").put_image(
        repositoryName=repository, imageManifest=text, imageTag=tag, imageDigest=digest
    )
    Path(digest_file).write_text("sha256:0" if os.environ.get("ENGINE_ALTERS") else digest)


if __name__ == "__main__":
    sys.exit(main())
