#!/bin/sh
# Gives the service its role and its database, and the role the password that the mounted secret has now. It runs
# after every start of the container, so a rotated password holds after `kubectl rollout restart`, and whenever
# somebody runs it by hand: kubectl exec deployment/nba-mcp-postgres -- sh /etc/nba-mcp-postgres/role.sh
set -eu
secret=${1:-/run/secrets/nba-mcp-postgres/password}
# A first start serves itself on the socket alone while it makes the database; TCP means the real one.
until pg_isready --quiet --host 127.0.0.1; do sleep 0.2; done
exec psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres <<SQL
\\set password \`cat '$secret'\`
SET log_statement = 'none';
SET password_encryption = 'scram-sha-256';
SELECT 'CREATE ROLE nba_mcp_synthesis LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nba_mcp_synthesis') \\gexec
SELECT 'CREATE DATABASE nba_mcp_synthesis'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'nba_mcp_synthesis') \\gexec
ALTER DATABASE nba_mcp_synthesis OWNER TO nba_mcp_synthesis;
-- verify, drill and restore make databases; what the role owns it may rename and drop
ALTER ROLE nba_mcp_synthesis CREATEDB PASSWORD :'password';
SQL
