"""Whether the Glue Data Catalog knows the tables of the lake."""

import math

from nba_mcp_synthesis.connectors.glue import GlueConnector
from nba_mcp_synthesis.operations.health.catalogue import Spec
from nba_mcp_synthesis.operations.health.check import Finding
from nba_mcp_synthesis.operations.health.ground import Ground
from nba_mcp_synthesis.operations.health.verdicts import door_finding


def check(_: Spec, ground: Ground) -> Finding:
    """Tables in the database that the settings name; there should be some."""
    database = ground.settings.glue_database
    if database is None:
        return Finding("skip", "NBA_MCP_GLUE_DATABASE names no catalogue.")
    connector = GlueConnector(database)
    found = door_finding(connector, "Glue", math.inf)
    if found.result == "fail":
        return Finding("fail", found.message, None, 1, away=found.away)
    pages = connector.client().get_paginator("get_tables").paginate(DatabaseName=database)
    tables = sum(len(page["TableList"]) for page in pages)
    if not tables:
        return Finding("fail", f"Glue database {database} has no tables: publish the lake.", 0, 1)
    return Finding("pass", f"Glue database {database} knows {tables} tables.", tables, 1)
