"""One session of a Spark Connect server: queries that end at their deadline, and rows as they come."""

import contextlib
import logging
import re
import uuid
import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from nba_mcp_synthesis.engine_addresses import SparkAddress
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.extras import extra
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.published import EXPLAINS
from nba_mcp_synthesis.warehouse.spark import reasons
from nba_mcp_synthesis.warehouse.spark.calls import Calls, ending
from nba_mcp_synthesis.warehouse.spark.deadline import Deadline

# Values as other engines have them: no silent overflow, times without a zone, and of equal names in WITH the
# inner one. And no text of the server's own in a statement, and no file by its name.
#
# Adaptive plans start their stages from threads that a stop does not reach: one that comes while Spark plans
# leaves a job which nobody ends, and two of those hold a small server for ever. Without them somebody has to
# say into how many parts rows are dealt out; Spark's 200 are for larger tables than a lake of basketball has.
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.caseSensitive": "false",
    "spark.sql.legacy.ctePrecedencePolicy": "CORRECTED",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "16",
}
_PLACES = re.compile(r"\b(?:file|s3a?|hdfs|abfss?|gs|wasbs?):/[^\n\]]*")
_KINDS = {"IntegerType": "INTEGER", "LongType": "BIGINT", "DoubleType": "DOUBLE", "StringType": "VARCHAR"}
_KINDS |= {"BooleanType": "BOOLEAN", "DateType": "DATE"}


class Session:
    """A session, open until `close`. Safe to use from several threads."""

    def __init__(self, address: SparkAddress) -> None:
        with extra("spark"):
            self._calls = Calls()
            made = _connect(address, self._calls.interceptor())
        self.spark = made
        self.is_lost = False  # whether it is of no use any more
        self._place = address.place
        try:
            for name, value in _SETTINGS.items():
                made.conf.set(name, value)
        except Exception as error:
            self.close()
            raise reasons.translated(error, Limits(), self._place) from error

    @contextlib.contextmanager
    def rows(self, sql: str, bounds: Limits) -> Iterator["Rows"]:
        """The rows of a query, while the block lasts; it is stopped at the deadline.

        Raises:
            LimitExceeded: it was stopped at the deadline, or outgrew Spark's memory.
            QueryFailed: Spark could not run it.
            WarehouseDown: the server does not answer, or ended the session.
        """
        tag = f"query-{uuid.uuid4().hex}"
        self.spark.addTag(tag)
        deadline = Deadline(self.spark, tag, bounds.seconds)
        try:
            with deadline, ending(bounds.seconds):
                frame = self.spark.sql(sql)
                rows = Rows(frame, is_plan=sql.startswith(EXPLAINS))
                yield rows
                rows.close()
        except NbaMcpError:
            deadline.interrupt()
            raise
        except Exception as error:
            if not reasons.is_of_client(error):
                raise
            if not deadline.passed:
                raise self._told(error, bounds) from error
            if deadline.is_answered or not reasons.is_lost(error):
                raise bounds.stopped() from None
            self.is_lost = True  # it takes no query back either
            raise reasons.silent(self._place) from error
        finally:
            self.spark.removeTag(tag)

    @contextlib.contextmanager
    def telling(self) -> Iterator[None]:
        """Errors of the client library inside the block are told in our words."""
        try:
            yield
        except Exception as error:
            if reasons.is_of_client(error):
                raise self._told(error, Limits()) from error
            raise

    def _told(self, error: BaseException, bounds: Limits) -> NbaMcpError:
        self.is_lost = self.is_lost or reasons.is_lost(error)
        return reasons.translated(error, bounds, self._place)

    def close(self) -> None:
        """Ends the session; a server that is gone needs no goodbye."""
        if not self.is_lost:
            with contextlib.suppress(Exception):
                self.spark.client.release_session()
        self.spark.release_session_on_close = False
        self._calls.close(self.spark.stop)


class Rows:
    """Rows of a query as they come; `description` has name and kind of each column.

    A plan tells where the files lie, which is nobody's business: those words are left out.
    """

    def __init__(self, frame: Any, *, is_plan: bool) -> None:
        self._is_plan = is_plan
        self.description = [
            (f.name, _KINDS.get(type(f.dataType).__name__, "OTHER")) for f in frame.schema.fields
        ]
        self._rows = frame.toLocalIterator()

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """The next rows; none at the end."""
        try:
            rows = [tuple(row) for row in islice(self._rows, size)]
        except ValueError as error:  # which callers take for one of a value
            if reasons.is_of_client(error):
                raise reasons.translated(error, Limits(), "Spark") from error
            raise
        return (
            [tuple(_PLACES.sub("…", str(value)) for value in row) for row in rows] if self._is_plan else rows
        )

    def close(self) -> None:
        """Takes no more."""
        self._rows.close()


def _connect(address: SparkAddress, interceptor: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about versions of libraries that are not used here
        from pyspark.sql.connect.client.core import DefaultChannelBuilder  # noqa: PLC0415 - of an extra
        from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415
        from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415

    # The error that follows says it, and is told.
    warnings.filterwarnings("ignore", message=r"\[RETRIES_EXCEEDED\]")
    # They write whole errors, values and statements included; we tell them ourselves.
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger", "pyspark.sql.connect.logging"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    options = ";".join(
        [
            f"user_id={address.user or 'nba-mcp'}",
            *(["use_ssl=true"] if address.tls else []),
            *([f"token={_quoted(address.token)}"] if address.token else []),
        ]
    )
    builder = DefaultChannelBuilder(f"sc://{address.host}:{address.port}/;{options}")
    builder.add_interceptor(interceptor)
    session = SparkSession(connection=builder)
    session.client.set_retry_policies([DefaultPolicy(max_retries=3, max_backoff=500)])
    return session


def _quoted(token: str) -> str:
    return quote(token, safe="")
