"""The door to a repository of images in Amazon ECR, and who AWS says that we are."""

import base64
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.aws import aws_client, explain_aws
from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import DoorClosed, Fault

_ABSENT = ("RepositoryNotFoundException", "ImageNotFoundException")


@dataclass(frozen=True)
class Identity:
    """An account and the ARN of who calls."""

    account: str
    arn: str


@dataclass(frozen=True)
class RegistryLogin:
    """What a container engine needs to push; the password holds for twelve hours."""

    registry: str
    user: str
    password: SecretStr


class ECRConnector(Connector):
    """One repository. Credentials are those of the default chain."""

    name = "ecr"
    what = "Amazon ECR"

    def __init__(self, repository: str) -> None:
        self.repository = repository

    @cached_property
    def _ecr(self) -> Any:
        return aws_client("ecr")

    def probe(self) -> None:
        """Looks the repository up."""
        self._ecr.describe_repositories(repositoryNames=[self.repository])

    def identity(self) -> Identity:
        """Who calls; raises DoorClosed."""
        try:
            said = aws_client("sts").get_caller_identity()
        except Exception as error:  # noqa: BLE001 - botocore's classes are not imported to look at them
            raise self._closed(error, "AWS STS") from None
        return Identity(said["Account"], said["Arn"])

    def address(self) -> str | None:
        """The repository as images are named by it, None where there is none; raises DoorClosed."""
        found = self._ask("describe_repositories", repositoryNames=[self.repository])
        return None if found is None else str(found["repositories"][0]["repositoryUri"])

    def create(self, moving: str) -> str:
        """Makes the repository, where all tags but one stay. Gives its address; raises DoorClosed."""
        made = self._ask(
            "create_repository",
            repositoryName=self.repository,
            imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": moving}],
            imageScanningConfiguration={"scanOnPush": True},
            encryptionConfiguration={"encryptionType": "AES256"},
        )
        return str((made or {})["repository"]["repositoryUri"])

    def digest(self, tag: str) -> str | None:
        """The digest (sha256:…) of the image with a tag, None where there is none; raises DoorClosed."""
        found = self._ask("describe_images", repositoryName=self.repository, imageIds=[{"imageTag": tag}])
        return str(found["imageDetails"][0]["imageDigest"]) if found else None

    def configuration(self, tag: str) -> str | None:
        """The digest of the configuration of the image with a tag; None where it has none, as an index."""
        images = [{"imageTag": tag}]
        found = self._ask("batch_get_image", repositoryName=self.repository, imageIds=images)
        if not found or not found["images"]:
            return None
        config = json.loads(found["images"][0]["imageManifest"]).get("config") or {}
        digest: str | None = config.get("digest")
        return digest

    def login(self) -> RegistryLogin:
        """A login for a container engine; raises DoorClosed."""
        said = (self._ask("get_authorization_token") or {})["authorizationData"][0]
        user, _, password = base64.b64decode(said["authorizationToken"]).decode().partition(":")
        registry = str(said["proxyEndpoint"]).removeprefix("https://")
        return RegistryLogin(registry, user, SecretStr(password))

    def explain(self, error: BaseException) -> Fault:
        """AWS's own words."""
        return explain_aws(error, f"ECR repository {self.repository}")

    def _ask(self, operation: str, **arguments: Any) -> Any:
        """The answer; None where repository or image is absent."""
        try:
            return getattr(self._ecr, operation)(**arguments)
        except Exception as error:  # noqa: BLE001 - as above
            answer = getattr(error, "response", None)
            if isinstance(answer, dict) and answer.get("Error", {}).get("Code") in _ABSENT:
                return None
            raise self._closed(error, f"ECR repository {self.repository}") from None

    def _closed(self, error: BaseException, what: str) -> DoorClosed:
        return DoorClosed(explain_aws(error, what))
