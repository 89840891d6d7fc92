"""The door to the Glue Data Catalog."""

from typing import Any

from nba_mcp_synthesis.connectors.aws import aws_client, explain_aws
from nba_mcp_synthesis.connectors.connector import Connector
from nba_mcp_synthesis.connectors.faults import Fault


class GlueConnector(Connector):
    """The catalogue, or one database of it. Credentials are those of the default chain."""

    name = "glue"
    what = "Glue"

    def __init__(self, database: str | None = None) -> None:
        self.database = database

    def client(self) -> Any:
        """A boto3 client of Glue."""
        return aws_client("glue")

    def probe(self) -> None:
        """Reads the database's entry, or the first page of databases."""
        if self.database:
            self.client().get_database(Name=self.database)
        else:
            self.client().get_databases(MaxResults=1)

    def explain(self, error: BaseException) -> Fault:
        """AWS's own words."""
        return explain_aws(error, f"Glue database {self.database}" if self.database else "Glue")
