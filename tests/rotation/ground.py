"""A service whose secrets are in AWS and whose database has two logins to be: the ground of a rotation."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.caller_keys import CallerKeys
from nba_mcp_synthesis.rotating import Kept, Paste, kinds_of
from nba_mcp_synthesis.rotation_witness import LoggedWitness
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from nba_mcp_synthesis.secrets.names import naming
from nba_mcp_synthesis.secrets.rotation.run import Rotations
from nba_mcp_synthesis.secrets.versions import VersionedSecret
from nba_mcp_synthesis.settings import Settings, load_settings
from secret_ground import FITTING, PROJECT
from servers.aws import AwsServer
from servers.postgres import PostgresServer

SECRET = f"{PROJECT}/production"
PASSWORD = "the-password-in-use-now"


@dataclass
class Place:
    """The ground: `user` is the login in use, in a group role that may read the table `numbers`."""

    aws: AwsServer
    postgres: PostgresServer
    home: Path
    database: str
    user: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> Any:
        """AWS Secrets Manager."""
        return self.aws.client("secretsmanager")

    def current(self) -> dict[str, Any]:
        """The document in use."""
        found = self.client.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")
        document: dict[str, Any] = json.loads(found["SecretString"])
        return document

    def stages(self) -> dict[str, list[str]]:
        """The labels of each version."""
        found: dict[str, list[str]] = self.client.describe_secret(SecretId=SECRET)["VersionIdsToStages"]
        return {version: labels for version, labels in found.items() if labels}

    def is_settled(self) -> bool:
        """Whether no turn is open."""
        return not any("AWSPENDING" in labels for labels in self.stages().values())

    def works(self, document: dict[str, Any] | None = None) -> bool:
        """Whether the login of a document, by default of the one in use, may read the table."""
        found = document or self.current()
        url = self.postgres.url(self.database, found["RDS_USERNAME"], found["RDS_PASSWORD"])
        try:
            with psycopg.connect(url) as connection:
                return connection.execute("SELECT count(*) FROM numbers").fetchone() == (3,)
        except psycopg.Error:
            return False

    def variables(self) -> dict[str, str]:
        """For a process that rotates here."""
        return {"NBA_MCP_CONTEXT": "production", "NBA_MCP_HOME": str(self.home), "PGSSLMODE": "disable"}

    def settings(self, **more: str) -> Settings:
        """The settings of such a process."""
        return load_settings({"NBA_MCP_CONTEXT": "production", "NBA_MCP_HOME": str(self.home), **more})

    def app(self, **more: str) -> App:
        """The product over this ground."""
        return App(self.settings(**more))

    def rotations(self, paste: Paste | None = None, *, even_in_use: bool = False, **more: str) -> Rotations:
        """What `nba-mcp secrets rotate` works with."""
        settings, app = self.settings(**more), self.app(**more)
        manager = UnifiedSecretsManager(PROJECT)
        manager.load_secrets_hierarchical("production")
        secret = VersionedSecret(naming(PROJECT, "production"))
        kept = Kept(CallerKeys(lambda: app.api_keys), lambda: app.state)
        kinds = kinds_of(settings, secret, manager.manifest, kept, paste, even_in_use=even_in_use)
        return Rotations(secret, manager.manifest, kinds, LoggedWitness(lambda: app.state, manager))

    def audited(self) -> list[tuple[str, str]]:
        """(action, outcome) of the rotations in the audit log, the newest first."""
        return [(row["action"], row["outcome"]) for row in self.app().state.rotations()]


def prepare(aws: AwsServer, postgres: PostgresServer, home: Path, **other: str) -> Place:
    """Makes it all; `other` are more secrets of the document."""
    mark = secrets.token_hex(4)
    user, group, database = f"app_{mark}", f"group_{mark}", postgres.create_database()
    postgres.create_role(user, PASSWORD)
    with postgres.connect(database) as admin:
        admin.execute("CREATE TABLE numbers AS SELECT generate_series(1, 3) AS n")
        for statement in ("CREATE ROLE {g} NOLOGIN", "GRANT SELECT ON numbers TO {g}", "GRANT {g} TO {u}"):
            admin.execute(sql.SQL(statement).format(g=sql.Identifier(group), u=sql.Identifier(user)))
    values = {
        "RDS_HOST": postgres.host,
        "RDS_PORT": str(postgres.port),
        "RDS_DATABASE": database,
        "RDS_USERNAME": user,
        "RDS_PASSWORD": PASSWORD,
        **other,
    }
    place = Place(aws, postgres, home, database, user, values)
    place.client.create_secret(Name=SECRET, SecretString=json.dumps(values))
    administrator = {"username": postgres.user, "password": postgres.password}
    place.client.create_secret(Name=f"{SECRET}/administrator", SecretString=json.dumps(administrator))
    return place


Prepare = Callable[..., Place]
OVERLAPS = {name: FITTING[name] for name in ("METRICS_TOKEN", "SIGNING_KEY")}
