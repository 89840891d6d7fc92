"""Alembic runs this: the steps, on the connection that it is handed, in the transaction open there."""

from alembic import context

from nba_mcp_synthesis.state.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
