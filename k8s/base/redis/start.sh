#!/bin/sh
# Starts Redis with the password of its secret, which neither the process list nor a volume on disk shows.
set -eu
umask 077
{
    cat /etc/nba-mcp-redis/redis.conf
    printf 'requirepass "%s"\n' "$REDISCLI_AUTH"
} >/run/redis/redis.conf
exec redis-server /run/redis/redis.conf
