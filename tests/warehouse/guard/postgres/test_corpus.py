"""The whole corpus for PostgreSQL: attacks stay outside and without effect, honest statements come in."""

import contextlib
from typing import Any

import psycopg

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.warehouse.guard.postgres import PostgresGate
from nba_mcp_synthesis.warehouse.postgres.queries import PostgresRunner
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries
from warehouse.guard.postgres.conftest import SHORT
from warehouse.guard.verdicts import refusal

# Everything that an attack of the corpus may change, except in settings of the server.
STATE = """SELECT
  (SELECT string_agg(oid || relname, ',' ORDER BY oid) FROM pg_class WHERE relpersistence <> 't'),
  (SELECT string_agg(format('%s %s %s', rolname, rolsuper, rolconfig), ',' ORDER BY oid) FROM pg_roles),
  (SELECT count(*) FROM pg_largeobject_metadata), (SELECT count(*) FROM pg_proc),
  (SELECT count(*) FROM pg_db_role_setting), (SELECT count(*) FROM pg_extension),
  (SELECT last_value FROM audit_seq), (SELECT last_value FROM game_id_seq),
  (SELECT count(*) FROM audit_log), (SELECT count(*) FROM shots), (SELECT count(*) FROM players),
  (SELECT md5(string_agg(t::text, ',' ORDER BY team_id)) FROM teams t), (SELECT count(*) FROM games),
  (SELECT count(*) FROM play_by_play), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')"""
# Classes whose functions act outside transactions where a superuser calls them.
_OUTSIDE = (
    *("function_side_effect", "parser_differential", "encoding_trick", "privilege", "network", "do_block"),
    *("file_read", "explain_analyze"),
)
LEFT = """SELECT
  (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_cursors WHERE name <> 'asked'),
  (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'),
  (SELECT count(*) FROM pg_class WHERE relpersistence = 't'), (SELECT count(*) FROM pg_listening_channels()),
  current_setting('work_mem'), current_setting('search_path'), current_setting('transaction_read_only'),
  current_setting('session_replication_role'), current_user = session_user"""


def test_no_attack_comes_in(attacks: list[dict[str, Any]], corpus_gate: PostgresGate) -> None:
    """All that must never reach an engine is refused; the rest is for the limits behind the gate."""
    rejected = [a for a in attacks if a["expect"] == "reject"]
    assert len(rejected) > 250
    assert [a["id"] for a in rejected if not refusal(corpus_gate, a["sql"])] == []


def test_every_honest_statement_comes_in(honest: list[dict[str, Any]], corpus_gate: PostgresGate) -> None:
    """Without exception."""
    assert len(honest) > 150
    assert [h["id"] for h in honest if refusal(corpus_gate, h["sql"])] == []


def test_an_attack_that_is_refused_is_told_why(
    attacks: list[dict[str, Any]], corpus_gate: PostgresGate
) -> None:
    """Each refusal has a sentence and a hint, is short, and quotes no secret."""
    for attack in attacks:
        error = refusal(corpus_gate, attack["sql"])
        if error is not None:
            assert error.message.endswith("."), error.message
            assert error.hint, error.message
            assert len(error.message) < 300
            assert "CANARY" not in str(error)


def test_attacks_have_no_effect(
    attacks: list[dict[str, Any]],
    queries: UntrustedQueries,
    warehouse: PostgresWarehouse,
    ground: dict[str, str],
) -> None:
    """Sent as anybody would, with few rights or with all: nothing changes, and sessions are clean."""
    before, clean = _state(ground), warehouse.query(LEFT).rows
    for attack in attacks:
        with contextlib.suppress(NbaMcpError):
            found = queries.run(attack["sql"], 100)
            assert "CANARY" not in found.rows_text.decode(), attack["id"]
        if attack["expect"] == "reject":
            assert warehouse.query(LEFT).rows == clean, attack["id"]
    assert _state(ground) == before


def test_what_the_gate_would_let_through_by_mistake_has_no_effect_either(
    attacks: list[dict[str, Any]], warehouse: PostgresWarehouse, ground: dict[str, str]
) -> None:
    """The cursor, the protocol, the transaction and the reader's rights are walls of their own.

    With all rights some functions act outside transactions: then the gate is the only wall, as the decision
    note says, and those are left out here.
    """
    before, clean, runner = _state(ground), warehouse.query(LEFT).rows, PostgresRunner(warehouse)
    is_reader = warehouse.query("SELECT current_user").rows == (("corpus_reader",),)
    for attack in attacks:
        acts_outside = "superuser" in attack["needs"] or attack["class"] in _OUTSIDE
        if "\0" in attack["sql"] or attack["expect"] != "reject" or (acts_outside and not is_reader):
            continue
        with contextlib.suppress(NbaMcpError):
            runner.run(attack["sql"], SHORT)
        assert warehouse.query(LEFT).rows == clean, attack["id"]
    assert _state(ground) == before


def test_honest_statements_run(honest: list[dict[str, Any]], queries: UntrustedQueries) -> None:
    """What is let in also runs with the reader's rights, and gives rows as JSON."""
    failed = {}
    for statement in honest:
        try:
            queries.run(statement["sql"], 100).rows()
        except NbaMcpError as error:
            failed[statement["id"]] = str(error)
    assert set(failed) <= {"pg-legit-pg_specific-030"}, failed  # a server may be built without XML


def _state(ground: dict[str, str]) -> list[Any]:
    with psycopg.connect(ground["superuser"], autocommit=True) as connection:
        return connection.execute(STATE.encode()).fetchall()
