"""One query of Athena from its start to its result, or to its end at the deadline."""

import concurrent.futures
import logging
from time import monotonic
from typing import Any

from nba_mcp_synthesis.connectors.aws import CONNECT_SECONDS, READ_SECONDS
from nba_mcp_synthesis.engine_addresses import AthenaAddress
from nba_mcp_synthesis.extras import extra
from nba_mcp_synthesis.warehouse.athena import reasons
from nba_mcp_synthesis.warehouse.limits import Limits

_POLL_SECONDS = 0.1
_ATTEMPTS, _LONGEST_PAUSE = 4, 2
_STOP_SECONDS = 10.0


class Executions:
    """Starts queries in one workgroup and waits for them. Safe to use from several threads."""

    def __init__(self, address: AthenaAddress, database: str, concurrency: int) -> None:
        with extra("aws"):
            import boto3  # noqa: PLC0415 - of an extra
            import pyathena  # noqa: PLC0415
            from botocore.config import Config  # noqa: PLC0415
            from pyathena.async_cursor import AsyncCursor  # noqa: PLC0415
            from pyathena.util import RetryConfig  # noqa: PLC0415

            from nba_mcp_synthesis.warehouse.athena.values import converter  # noqa: PLC0415
        # It logs whole requests and what went wrong; we tell that ourselves, without values.
        logging.getLogger("pyathena").setLevel(logging.CRITICAL + 1)
        connection = pyathena.connect(
            session=boto3.session.Session(),
            schema_name=database,
            work_group=address.workgroup,
            s3_staging_dir=address.output,
            poll_interval=_POLL_SECONDS,
            converter=converter(),
            retry_config=RetryConfig(attempt=_ATTEMPTS, max_delay=_LONGEST_PAUSE),
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS * 4,
                retries={"mode": "standard", "total_max_attempts": 2},
            ),
        )
        self._place = f"Athena (workgroup {address.workgroup})"
        self._client = connection.client
        self._workgroup = address.workgroup
        # For each query one thread that waits, and one that stops it.
        self._cursor = connection.cursor(AsyncCursor, max_workers=2 * concurrency)

    def cutoff(self) -> int | None:
        """Bytes at which the workgroup stops a query; None for none.

        Raises:
            WarehouseDown, Busy: Athena does not answer, or does not let us in.
        """
        try:
            found = self._client.get_work_group(WorkGroup=self._workgroup)["WorkGroup"]
        except Exception as error:
            raise reasons.unreachable(error, self._place) from error
        told = found.get("Configuration", {}).get("BytesScannedCutoffPerQuery")
        return None if told is None else int(told)

    def run(self, sql: str, bounds: Limits) -> Any:
        """The result of a query, an open pyathena result set; it is stopped at the deadline.

        Raises:
            LimitExceeded: it was stopped, by the deadline or by its workgroup.
            QueryFailed: Athena could not run it.
            WarehouseDown, Busy: Athena does not answer, does not let us in, or has no room.
        """
        ends = monotonic() + bounds.seconds
        try:
            query_id, waiting = self._cursor.execute(sql)
        except Exception as error:
            raise self._not_started(error) from error
        try:
            found = waiting.result(timeout=max(0.0, ends - monotonic()))
        except concurrent.futures.TimeoutError:
            self._stop(query_id)
            raise bounds.stopped() from None
        except Exception as error:
            raise reasons.unreachable(error, self._place) from error
        if found.state == "CANCELLED":
            raise reasons.cancelled(found.state_change_reason, bounds)
        if found.state != "SUCCEEDED":
            raise reasons.failed(found.state_change_reason, bounds)
        return found

    def close(self) -> None:
        """Lets go of the threads."""
        self._cursor.close()

    def _not_started(self, error: Exception) -> Exception:
        refused = reasons.refused(error)
        return refused or reasons.unreachable(error, self._place)

    def _stop(self, query_id: str) -> None:
        """Stops a query, so that nobody pays for more; told where even that fails."""
        try:
            self._cursor.cancel(query_id).result(timeout=_STOP_SECONDS)
        except Exception as error:
            raise reasons.unreachable(error, f"{self._place}: query {query_id} runs on, its stop") from error
