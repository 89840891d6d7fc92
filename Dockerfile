# The server. Two stages: what installs stays behind; what runs has no compiler, no package manager of Python's, and
# nothing that its user could write.
ARG PYTHON=3.11.13-slim-bookworm

FROM docker.io/library/python:${PYTHON} AS install
WORKDIR /source
COPY . .
RUN docker/install.sh /app

FROM docker.io/library/python:${PYTHON}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=unknown
# Of PostgreSQL's client programs, for backups: at least the version of the servers.
ARG POSTGRES=17
LABEL org.opencontainers.image.title="NBA MCP Synthesis" \
      org.opencontainers.image.description="NBA questions answered with the query behind every number." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
# The operations documents use these inside a pod: curl, nslookup, netstat, ps.
RUN apt-get update \
    && apt-get upgrade --yes \
    && apt-get install --yes --no-install-recommends bind9-dnsutils curl net-tools procps \
    && apt-get install --yes --no-install-recommends postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-${POSTGRES} \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && groupadd --gid 10001 nba-mcp \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/nba-mcp-synthesis --shell /usr/sbin/nologin nba-mcp \
    && install --directory --owner=10001 --group=0 --mode=0770 /var/lib/nba-mcp-synthesis
COPY --from=install /app /app
ENV PATH=/app/bin:$PATH \
    HOME=/var/lib/nba-mcp-synthesis \
    NBA_MCP_HOME=/var/lib/nba-mcp-synthesis \
    NBA_MCP_REVISION=${REVISION} \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/nba-mcp-synthesis
EXPOSE 8000
# For engines that look; Kubernetes has probes of its own.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8000/health/live"]
ENTRYPOINT ["nba-mcp"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
