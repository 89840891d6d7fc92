"""An administrator's session with PostgreSQL, in which two logins of one group take turns.

The password goes to the server as the verifier that it keeps, so that no log of statements has it. No
sentence here names a role: a role's name is half of a login.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.faults import fault_of
from nba_mcp_synthesis.connectors.outcome import UNREACHABLE
from nba_mcp_synthesis.connectors.postgres_faults import explain_postgres
from nba_mcp_synthesis.connectors.postgres_url import with_tls
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.errors import Busy, RotationFailed, Unavailable
from nba_mcp_synthesis.extras import extra

if TYPE_CHECKING:
    from psycopg import Connection

_SECONDS = 20  # of any one statement
_ATTRIBUTES = (
    "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolinherit, rolconnlimit, "
    "rolvaliduntil, (SELECT array_agg(s ORDER BY 1) FROM (SELECT setdatabase::text || unnest(setconfig) "
    "FROM pg_db_role_setting WHERE setrole = r.oid) AS x (s)) FROM pg_roles AS r WHERE rolname = %s"
)
_GROUPS = (
    "SELECT g.rolname FROM pg_auth_members AS m JOIN pg_roles AS g ON g.oid = m.roleid "
    "JOIN pg_roles AS r ON r.oid = m.member WHERE r.rolname = %s"
)
# Tables and schemas that one role may use and the other may not: granted to a login and not to the group.
_LACKING = """
SELECT DISTINCT name FROM (
  SELECT format('%%I.%%I', n.nspname, c.relname) AS name FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND has_table_privilege(%(like)s, c.oid, p) AND NOT has_table_privilege(%(role)s, c.oid, p)
  UNION ALL
  SELECT format('schema %%I', nspname) FROM pg_namespace, unnest(ARRAY['USAGE', 'CREATE']) AS p
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  AND has_schema_privilege(%(like)s, oid, p) AND NOT has_schema_privilege(%(role)s, oid, p)
) AS lacking ORDER BY 1 LIMIT 6"""


@dataclass(frozen=True, slots=True, repr=False)
class RoleLogin:
    """A role with its password, at a place that is given by parameters of libpq."""

    place: Mapping[str, str]
    user: str
    password: SecretStr

    def parameters(self) -> dict[str, str]:
        """The parameters of libpq. TLS is verified unless the place, or PGSSLMODE, says otherwise."""
        return with_tls({**self.place, "user": self.user, "password": self.password.get_secret_value()})


class Roles:
    """What an administrator does. Each method raises Unavailable where the server or his login fails him."""

    def __init__(self, connection: "Connection[tuple[Any, ...]]") -> None:
        self._connection = connection

    def hold(self, what: str) -> None:
        """Takes the lock of that name until the session ends, however it ends; Busy where another has it."""
        key = "hashtextextended(%s, 0)"
        if not self._one(f"SELECT pg_try_advisory_lock({key})", what):
            raise Busy(
                "Another process is rotating this login now; nothing was changed.",
                "Wait until it is through. Its lock ends with its process: then run the command again.",
            )

    def sessions_of(self, role: str) -> int:
        """How many sessions a role has."""
        return int(self._one("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", role))

    def give(self, role: str, password: SecretStr, like: str) -> None:
        """Gives a role a password, and makes it where it lacks, in the groups that `like` is in."""
        with self._worded(), self._connection.transaction():
            sql = _composing()
            known = self._all("SELECT 1 FROM pg_roles WHERE rolname = %s", role)
            if known:
                self._mine(role, like)
            verb = "ALTER" if known else "CREATE"
            verifier = self._verifier(role, password)
            change = sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}")
            self._connection.execute(change.format(sql.Identifier(role), sql.Literal(verifier)))
            for group in sorted(self._groups(like) - self._groups(role)):
                grant = sql.SQL("GRANT {} TO {}")
                self._connection.execute(grant.format(sql.Identifier(group), sql.Identifier(role)))

    def difference(self, role: str, like: str) -> str | None:
        """What `role` may not do that `like` may, or the other way round, in a sentence; None for nothing."""
        with self._worded():
            if other := self._other_kind(role, like):
                return other
            if self._groups(role) != self._groups(like):
                return "The two logins are not in the same group roles."
            in_use, other = self._beyond(like, role), self._beyond(role, like)
        if in_use:
            return f"The login in use has rights of its own on {in_use}, the other has not."
        return f"The other login has rights of its own on {other}, the one in use has not." if other else None

    def _beyond(self, role: str, other: str) -> str:
        """The tables and schemas that a role may use and another may not, the first of them by name."""
        found = [str(row[0]) for row in self._all(_LACKING, {"role": other, "like": role})]
        return ", ".join(found[:5]) + (" and more" if len(found) > 5 else "")

    def _mine(self, role: str, like: str) -> None:
        """RotationFailed where a role that is there is somebody else's, by its attributes or its groups."""
        if other := self._other_kind(role, like):
            raise RotationFailed(other, "Rename or drop that role, or give it the same attributes.")
        groups = self._groups(like)
        if groups and not groups & self._groups(role):
            raise RotationFailed(
                "A role that has the name of the other login is in none of the groups of the one in use.",
                "If it is that login, grant it the group role; if it is somebody else's, rename it.",
            )

    def _other_kind(self, role: str, like: str) -> str | None:
        differs = self._all(_ATTRIBUTES, role) != self._all(_ATTRIBUTES, like)
        return (
            "The two logins differ in their attributes or settings (\\du, \\drds in psql)."
            if differs
            else None
        )

    def _groups(self, role: str) -> set[str]:
        return {str(row[0]) for row in self._all(_GROUPS, role)}

    def _verifier(self, role: str, password: SecretStr) -> str:
        secret = password.get_secret_value().encode()
        return self._connection.pgconn.encrypt_password(secret, role.encode(), None).decode()

    def _one(self, query: str, argument: str) -> Any:
        with self._worded():
            return self._all(query, argument)[0][0]

    def _all(self, query: str, argument: "str | Mapping[str, str]") -> list[tuple[Any, ...]]:
        given = (argument,) if isinstance(argument, str) else argument
        return self._connection.execute(query.encode(), given).fetchall()

    @contextlib.contextmanager
    def _worded(self) -> Iterator[None]:
        with extra("postgres"):
            import psycopg
        try:
            yield
        except psycopg.errors.InsufficientPrivilege:
            raise RotationFailed(
                "The administrator's login may not change the two logins.",
                "It needs CREATEROLE, and ADMIN OPTION on both and on their group role.",
            ) from None
        except psycopg.Error as error:
            raise unavailable(error) from None


@contextlib.contextmanager
def administering(login: RoleLogin) -> Iterator[Roles]:
    """An administrator's session, with its locks until the end of the block."""
    with extra("postgres"):
        import psycopg
    try:
        connection = RDSConnector(lambda: login).connect(
            autocommit=True, options=f"-c statement_timeout={_SECONDS}s -c lock_timeout={_SECONDS}s"
        )
    except psycopg.Error as error:
        raise unavailable(error, "the administrator's login") from None
    try:
        yield Roles(connection)
    finally:
        connection.close()


def log_in(login: RoleLogin) -> None:
    """Logs in anew and reads; RotationFailed where that is refused, Unavailable where nobody answers."""
    with extra("postgres"):
        import psycopg
    try:
        with RDSConnector(lambda: login).connect(autocommit=True) as connection:
            connection.execute("SELECT count(*) FROM information_schema.tables")
    except psycopg.Error as error:
        fault = explain_postgres(error) or fault_of(error, "PostgreSQL")
        if fault.kind in UNREACHABLE:
            raise unavailable(error) from None
        raise RotationFailed(
            f"The new login does not work: {fault.message}",
            "Nothing was switched; the one in use still works.",
        ) from None


def unavailable(error: BaseException, who: str = "") -> Unavailable:
    """What keeps an administrator out, and that nothing is lost by it."""
    fault = explain_postgres(error) or fault_of(error, "PostgreSQL")
    prefix = f"With {who}: " if who else ""
    return Unavailable(
        f"{prefix}{fault.message}",
        "The login in use still works. When that is mended, run the command again.",
    )


def _composing() -> Any:
    with extra("postgres"):
        from psycopg import sql
    return sql
