-- The second database of the laptop's PostgreSQL; the image makes the first.
CREATE DATABASE nba_mcp_synthesis;
