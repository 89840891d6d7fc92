"""The one place where the parts are put together; the command line and the server both use it.

Rooms that a plain query does not need are imported when they are first used.
"""

import hashlib
import sys
import threading
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.extras import extra
from nba_mcp_synthesis.facts import Answer, SecretState
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.opening import open_warehouse, queries_of
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from pydantic import SecretStr
    from sqlalchemy import Engine

    from nba_mcp_synthesis.answering import Answering, Earlier
    from nba_mcp_synthesis.basketball.names import Names
    from nba_mcp_synthesis.basketball.stats.stats import Stats
    from nba_mcp_synthesis.lake_view import LakeView
    from nba_mcp_synthesis.operations.backup.desk import Backups
    from nba_mcp_synthesis.questions import Questions
    from nba_mcp_synthesis.records import Records
    from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
    from nba_mcp_synthesis.server.companions import Companion
    from nba_mcp_synthesis.server.limiting.turns import Turns
    from nba_mcp_synthesis.server.tools import Services
    from nba_mcp_synthesis.sharing.link import RedisLink
    from nba_mcp_synthesis.state.api_keys import ApiKeys
    from nba_mcp_synthesis.state.database import StateDatabase
    from nba_mcp_synthesis.state.journal import Journal
    from nba_mcp_synthesis.synthesis.voices.choir import Choir
    from nba_mcp_synthesis.synthesis.voices.purse import Allowance
    from nba_mcp_synthesis.table_catalogue import TableCatalogue
    from nba_mcp_synthesis.telemetry.metrics import Metrics

_ROTATIONS_SECONDS = 3_600.0


class App:
    """The product over one warehouse."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        if settings.measures:
            from nba_mcp_synthesis.basketball.catalogue import use_own
            from nba_mcp_synthesis.basketball.stats.own_measures import load_own

            use_own(load_own(settings.measures))
        self.warehouse = open_warehouse(settings, self._address() if settings.is_postgres else None)
        self.cautions = Cautions(self.warehouse)
        self._lock = threading.Lock()
        self._names: tuple[str, Names] | None = None
        self._questions: Questions | None = None

    def _address(self) -> "Callable[[], str]":
        from nba_mcp_synthesis.doors import warehouse_address

        return warehouse_address(self.settings, lambda: self.secrets)

    @cached_property
    def queries(self) -> UntrustedQueries:
        """The way for SQL from outside."""
        return queries_of(self.warehouse, self.cautions)

    @cached_property
    def stats(self) -> "Stats":
        """Measures by dimensions."""
        from nba_mcp_synthesis.basketball.stats.stats import Stats

        return Stats(self.warehouse, self.names, self.cautions)

    def lake(self, metrics: "Metrics | None" = None) -> "LakeView":
        """The published tables; operations on S3 are counted where there are metrics."""
        from nba_mcp_synthesis.lake.opening import open_store
        from nba_mcp_synthesis.lake.s3 import unobserved
        from nba_mcp_synthesis.lake_view import LakeView

        place, key = self.settings.lake_place(), self.settings.lake_kms_key
        observe = metrics.s3_called if metrics else unobserved
        memory = self.settings.query_memory_mb
        return LakeView(lambda: open_store(place, key, observe), self.warehouse, self.cautions, memory)

    def tables(self, metrics: "Metrics | None" = None) -> "TableCatalogue":
        """All tables: of the warehouse, the lake, and the Glue catalogue where the settings name one."""
        from nba_mcp_synthesis.lake.catalogue_reading import GlueReader
        from nba_mcp_synthesis.lake.opening import open_store
        from nba_mcp_synthesis.lake.s3 import unobserved
        from nba_mcp_synthesis.table_catalogue import TableCatalogue

        place, database = self.settings.lake_place(), self.settings.glue_database
        observe = metrics.s3_called if metrics else unobserved
        glue = GlueReader(database) if database else None
        return TableCatalogue(self.warehouse, lambda: open_store(place, observe=observe), glue)

    @cached_property
    def secrets(self) -> "UnifiedSecretsManager":
        """The secrets of the settings' context, loaded when they are first asked for."""
        from nba_mcp_synthesis.doors import manager_of

        _keep_output_clean()
        manager = manager_of(self.settings)
        manager.load_secrets_hierarchical()
        return manager

    def secret_states(self) -> "Sequence[SecretState]":
        """Looks again at all secrets, and says how each stands."""
        return self.secrets.refresh().states()

    def metrics_tokens(self) -> "Sequence[SecretStr]":
        """The tokens that /metrics takes now, none where it wants none; Unavailable where nobody can tell.

        Where a rotation has replaced the secret, the one before it is taken until the next one.
        """
        if self.settings.metrics_token:
            return (self.settings.metrics_token,)
        token = self.secrets.peek("METRICS_TOKEN")
        blind = any(finding.kind == "unreachable" for finding in self.secrets.report.findings)
        if token is None and blind and self.settings.context == "production":
            raise Unavailable("Whether /metrics wants a token is not known while a level of secrets is away.")
        before = self.secrets.peek("METRICS_TOKEN_PREVIOUS") if token else None
        return tuple(one for one in (token, before) if one)

    def names(self) -> "Names":
        """Names of the players and teams that are loaded now."""
        from nba_mcp_synthesis.basketball.names import Names

        snapshot = self.warehouse.state().snapshot
        with self._lock:
            if self._names is None or self._names[0] != snapshot:
                self._names = (snapshot, Names.of(self.warehouse))
            return self._names[1]

    def ask(self, question: str, answer_id: str | None = None, previous: str | None = None) -> Answer:
        """Answers one question, which may follow up on `previous`; see `Questions.ask` for the errors."""
        return self.questions().ask(question, answer_id, previous)

    def questions(
        self,
        metrics: "Metrics | None" = None,
        link: "Callable[[], RedisLink | None]" = lambda: None,
        door: str = "cli",
    ) -> "Questions":
        """What answers questions: made once, with what its models count and share at that time."""
        from nba_mcp_synthesis.questions import Questions

        def choir() -> "Choir | None":
            return self._choir(metrics, link(), door)

        if self._questions is None:
            self._questions = Questions(self.warehouse, self.cautions, self.names, self.stats, choir)
        return self._questions

    def _choir(self, metrics: "Metrics | None", link: "RedisLink | None", door: str) -> "Choir | None":
        """The models that the settings name; their money of the day begins with what is recorded of today."""
        if not self.settings.models:
            return None
        _keep_output_clean()
        with extra("models"):
            from nba_mcp_synthesis.synthesis.voices.choir import Choir
        from nba_mcp_synthesis.synthesis.voices.desk import Sources

        sources = Sources(self.warehouse, self.queries, self.stats, self.names)
        on_call = metrics.model_called if metrics else lambda _: None
        return Choir(self.settings, self.secrets.require, sources, self._days(link, door), on_call)

    def _days(self, link: "RedisLink | None", door: str) -> "Callable[[], Sequence[Allowance]]":
        """The money of the day that whoever asks may spend; the door stands for callers without a name."""
        from decimal import Decimal

        from nba_mcp_synthesis.sharing.spending import CallerSpending, Spending
        from nba_mcp_synthesis.synthesis.voices.purse import Allowance
        from nba_mcp_synthesis.telemetry.logs import in_force

        of_all = Allowance(Decimal(str(self.settings.budget_day_usd)), Spending(link, self._spent_on))
        most, callers = (
            Decimal(str(self.settings.caller_budget_day_usd)),
            CallerSpending(link, self._spent_on),
        )

        def days() -> "Sequence[Allowance]":
            if not most:
                return (of_all,)
            spending = callers.of(in_force().get("caller", door))
            return (Allowance(most, spending, "a day for one caller"), of_all)

        return days

    def _spent_on(self, day: "date", caller: str | None = None) -> float:
        from nba_mcp_synthesis.state.draining import drain

        drain(self.journal, self.state)
        return self.state.spent_on(day, caller)

    @cached_property
    def records(self) -> "Records":
        """The answers that were given."""
        from nba_mcp_synthesis.records import Records
        from nba_mcp_synthesis.signing import Signing

        signing = Signing("cursor", self._signing_keys)
        return Records(lambda: self.state, self.warehouse, lambda: self.queries, signing)

    def _signing_keys(self) -> "Sequence[SecretStr]":
        """The key in use, and the one before it."""
        found = (self.secrets.peek(name) for name in ("SIGNING_KEY", "SIGNING_KEY_PREVIOUS"))
        return tuple(key for key in found if key)

    @cached_property
    def backups(self) -> "Backups":
        """The backups of warehouse and state; their reference questions are asked without any model."""
        from nba_mcp_synthesis.operations.backup.desk import Backups

        alone = self.settings.model_copy(update={"models": (), "synthesizer": ()})
        asked = cache(lambda: App(alone))  # one for all questions, where there are any
        return Backups(self.settings, lambda: self.secrets, lambda question: asked().ask(question))

    @cached_property
    def state(self) -> "StateDatabase":
        """The state database; it connects when it is first used."""
        from nba_mcp_synthesis.state.database import StateDatabase

        return StateDatabase(self._state_engine)

    @cached_property
    def api_keys(self) -> "ApiKeys":
        """The keys of callers."""
        from nba_mcp_synthesis.state.api_keys import ApiKeys

        return ApiKeys(lambda: self.state)

    def _state_engine(self) -> "Engine":
        from nba_mcp_synthesis.connectors.rds import RDSConnector
        from nba_mcp_synthesis.doors import state_login
        from nba_mcp_synthesis.state.engines import postgres_engine, sqlite_engine

        path = self.settings.state_path()
        if path:
            return sqlite_engine(path)
        login = state_login(self.settings, lambda: self.secrets)
        with extra("postgres"):
            connector = RDSConnector(login)
            return postgres_engine(connector.connect, connector.login_mark)

    @cached_property
    def journal(self) -> "Journal":
        """What waits for that database: another one has a journal of its own."""
        from nba_mcp_synthesis.state.journal import Journal

        place = hashlib.sha256(self.settings.state_place().encode()).hexdigest()[:8]
        return Journal(self.settings.home / "journal" / place, self.settings.state_journal_mb * 1_000_000)

    def asking_by_command(self, tell: "Callable[[str], None]") -> "Answering":
        """Asking for a command; `tell` hears when an answer could not be recorded."""
        from nba_mcp_synthesis.answering import Answering
        from nba_mcp_synthesis.state.command_recorder import CommandRecorder

        return Answering(self.questions(), CommandRecorder(self.journal, tell), "cli")

    def services(self, door: str) -> "Services":
        """What a server needs that callers reach by this door."""
        from nba_mcp_synthesis.answering import Answering, configuration_digest
        from nba_mcp_synthesis.server.audit import AuditLog
        from nba_mcp_synthesis.server.limiting.told import limits_told
        from nba_mcp_synthesis.server.observing import tell_call
        from nba_mcp_synthesis.server.tools import Services
        from nba_mcp_synthesis.state.writer import Retention, StateWriter
        from nba_mcp_synthesis.telemetry.logs import in_force
        from nba_mcp_synthesis.telemetry.metrics import Metrics

        metrics, days = Metrics(self.settings.revision), self.settings
        retention = Retention(days.state_answer_days, days.state_audit_days)
        elsewhere = days.state_path() is None
        writer = StateWriter(self.journal, lambda: self.state, retention, metrics, eager=elsewhere)
        link = self._redis_link(door, metrics)
        questions = self.questions(metrics, lambda: link, door)
        choir = questions.choir  # a model without a price refuses to start
        if choir:
            metrics.models_known(choir.outcomes())
        if choir and door != "stdio":
            # Their libraries take seconds to load, and the first who needs them should not wait.
            threading.Thread(target=choir.warm, name="models", daemon=True).start()
        audit = AuditLog(writer.record, door, metrics)

        def count(answer: dict[str, Any], seconds: float) -> None:
            metrics.answered(answer, seconds)
            tell_call(rows=len(answer["table"]["rows"]), cost_usd=answer["cost_usd"])

        answering = Answering(questions, writer, door, self._earlier(link, metrics), in_force, count)
        return Services(
            self.warehouse,
            self.queries,
            self.names,
            answering.serve,
            self.stats,
            self.records,
            (writer, audit, *([link] if link else []), *self._watches(door, metrics)),
            metrics,
            redis=link,
            configuration=configuration_digest(self.settings, self.warehouse.engine),
            api_keys=lambda: self.api_keys,
            turn=self._turns(door, link, metrics).turn,
            note=audit.note,
            lake=self.lake(metrics),
            catalogue=self.tables(metrics),
            limits=limits_told(self.settings),
            answers_on=self._answers_on,
        )

    def _answers_on(self, day: "date") -> "dict[str, int]":
        """Those that have come to the state database."""
        return self.state.answers_on(day)

    def _watches(self, door: str, metrics: "Metrics") -> "Iterator[Companion]":
        """What a server of many clients looks at now and then, where its settings name it."""
        from nba_mcp_synthesis.server.certificates import CertificateWatch
        from nba_mcp_synthesis.server.watches import BackupWatch, RotationWatch

        if door == "stdio":
            return
        if self.settings.backup_url:
            yield BackupWatch(self.backups.states, metrics, self.settings.backup_watch_seconds)
        if self.settings.context == "production":
            yield RotationWatch(self.state.last_rotations, metrics, _ROTATIONS_SECONDS)
        if self.settings.watched_addresses:
            yield CertificateWatch(self.settings.watched_addresses, metrics)

    def _turns(self, door: str, link: "RedisLink | None", metrics: "Metrics") -> "Turns":
        from nba_mcp_synthesis.server.limiting.turns import Turns
        from nba_mcp_synthesis.sharing.counters import Counters

        # Whoever started a server for himself need leave no place to others.
        alone = {"caller_share": 1.0} if door == "stdio" else {}
        return Turns(self.settings.model_copy(update=alone), Counters(link), metrics)

    def _earlier(self, link: "RedisLink | None", metrics: "Metrics") -> "Earlier | None":
        from nba_mcp_synthesis.answering import Earlier, configuration_digest
        from nba_mcp_synthesis.sharing.answer_cache import AnswerCache

        seconds = self.settings.answer_cache_seconds
        if not seconds:
            return None
        cache = AnswerCache(link, seconds, metrics)
        configuration = configuration_digest(self.settings, self.warehouse.engine)
        return Earlier(cache, lambda: self.warehouse.state().snapshot, configuration)

    def _redis_link(self, door: str, metrics: "Metrics") -> "RedisLink | None":
        """The link that the settings name, or for a server of many clients the secrets."""
        from nba_mcp_synthesis.connectors.redis import RedisConnector
        from nba_mcp_synthesis.sharing.link import RedisLink

        given = self.settings.redis_url
        if given is None and (door == "stdio" or self.secrets.get("REDIS_URL") is None):
            return None
        return RedisLink(RedisConnector(lambda: given or self.secrets.require("REDIS_URL")).client, metrics)


def _keep_output_clean() -> None:
    """What a command prints is for its reader; events of what it needs go to stderr."""
    from nba_mcp_synthesis.telemetry.logs import configure_if_alone

    configure_if_alone(sys.stderr)
