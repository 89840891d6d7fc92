"""The door to a bucket in S3."""

from typing import Any

from nba_mcp_synthesis.connectors.aws import aws_client, explain_aws
from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import Fault


class S3Connector(Connector):
    """One bucket. Credentials are those of the default chain."""

    name = "s3"
    what = "S3"

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    def client(self) -> Any:
        """A boto3 client of S3."""
        return aws_client("s3")

    def probe(self) -> None:
        """Asks for the bucket, which wants the right to list it."""
        self.client().head_bucket(Bucket=self.bucket)

    def explain(self, error: BaseException) -> Fault:
        """AWS's own words."""
        return explain_aws(error, f"S3 bucket {self.bucket}")
