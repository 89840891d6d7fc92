"""The connectors, as the runbooks use them: made without arguments, they use the secrets loaded last."""

from collections.abc import Callable
from functools import partial

from pydantic import SecretStr

from mcp_server import current
from nba_mcp_synthesis import doors
from nba_mcp_synthesis.connectors import glue, pagerduty, rds, redis, s3, slack

__all__ = [
    "GlueConnector",
    "PagerDutyConnector",
    "RDSConnector",
    "RedisConnector",
    "S3Connector",
    "SlackConnector",
]


class RDSConnector(rds.RDSConnector):
    """PostgreSQL; see the base."""

    def __init__(self, login: Callable[[], rds.RDSLogin] | None = None) -> None:
        super().__init__(login or partial(doors.rds_login, current.manager))


class RedisConnector(redis.RedisConnector):
    """Redis; see the base."""

    def __init__(self, url: Callable[[], SecretStr] | None = None) -> None:
        super().__init__(url or doors.required(current.manager, "REDIS_URL"))


class SlackConnector(slack.SlackConnector):
    """A Slack channel; see the base."""

    def __init__(self, webhook: Callable[[], SecretStr] | None = None) -> None:
        super().__init__(webhook or doors.required(current.manager, "SLACK_WEBHOOK_URL"))


class PagerDutyConnector(pagerduty.PagerDutyConnector):
    """A PagerDuty service; see the base."""

    def __init__(self, routing_key: Callable[[], SecretStr] | None = None) -> None:
        super().__init__(routing_key or doors.required(current.manager, "PAGERDUTY_ROUTING_KEY"))


class S3Connector(s3.S3Connector):
    """A bucket in S3, by default that of the backups; see the base."""

    def __init__(self, bucket: str = doors.BACKUPS_BUCKET) -> None:
        super().__init__(bucket)


GlueConnector = glue.GlueConnector
