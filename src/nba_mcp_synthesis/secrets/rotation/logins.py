"""Database logins: two roles of one group take turns. The one in use is never touched."""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.postgres_roles import RoleLogin, Roles, administering, log_in
from nba_mcp_synthesis.errors import RotationFailed, UsageError
from nba_mcp_synthesis.secrets.manifest import Spec
from nba_mcp_synthesis.secrets.rotation.item import Step
from nba_mcp_synthesis.secrets.versions import Version, VersionedSecret

Place = Callable[[Mapping[str, str]], Mapping[str, str]]
_SECOND = "_b"
_LONGEST = 63  # bytes of a role's name; PostgreSQL cuts what is longer
# So long a change may be on its way to the servers: a minute of the operator, two of the kubelet, their own.
SETTLED = timedelta(minutes=5)


class LoginItem:
    """The login that one password belongs to.

    `place` gives the parameters of libpq for the values of a version, with `user` where these name none;
    `last_turn` when the audit log has its last turn, which is after the switch.
    """

    def __init__(
        self,
        spec: Spec,
        secret: VersionedSecret,
        place: Place,
        last_turn: Callable[[], datetime | None] = lambda: None,
        *,
        even_in_use: bool = False,
    ) -> None:
        self.name, self._spec, self._secret, self._place = spec.name, spec, secret, place
        self._last_turn = last_turn
        self._even_in_use = even_in_use
        self._roles: Roles | None = None

    @property
    def administrator(self) -> str:
        """The AWS secret with the administrator's login."""
        return f"{self._secret.name}/{self._spec.administrator}"

    def steps(self) -> Mapping[Step, str]:
        """The sentences."""
        return {
            "create": f"Stage {self.name} and {self._spec.beside} for the other of the two logins",
            "set": "Give that login its new password in PostgreSQL, in the group roles of the one in use",
            "test": "Log in with it, run a query, and compare its rights with those of the one in use",
        }

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """A lock in PostgreSQL, held by the administrator's session."""
        found = self._secret.document(self.administrator)
        if not found.get("username") or not found.get("password"):
            raise UsageError(
                f"The AWS secret {self.administrator} with an administrator's login is not there.",
                'It is a JSON object: {"username": …, "password": …}, as RDS makes it for a master user.',
            )
        place = self._server(self._secret.require())
        with administering(RoleLogin(place, found["username"], SecretStr(found["password"]))) as roles:
            roles.hold(f"rotation of {self._secret.name} {self.name}")
            self._roles = roles
            try:
                yield
            finally:
                self._roles = None

    def changes(self, current: Version) -> dict[str, str]:
        """The other login with a password of 256 random bits."""
        other = other_of(self._user(current))
        if not self._even_in_use:
            self._unused(other, current)
        return {self._spec.beside: other, self.name: secrets.token_urlsafe(32)}

    def set(self, current: Version, pending: Version) -> None:
        """The new password, on the login that is not in use."""
        role, like = self._user(pending), self._user(current)
        if role == like:
            raise RotationFailed("The staged login is the one in use; its password is not changed.")
        self._administering.give(role, SecretStr(pending.values[self.name]), like)

    def test(self, current: Version, pending: Version) -> None:
        """A login, a query, and the same rights."""
        role, password = self._user(pending), SecretStr(pending.values[self.name])
        log_in(RoleLogin(self._server(pending), role, password))
        if told := self._administering.difference(role, self._user(current)):
            raise RotationFailed(told, "Give both logins their rights by one group role alone.")

    def retire(self, pending: Version) -> None:
        """Nothing: the old login is good until it gets its next password, at the next turn."""

    def _unused(self, role: str, current: Version) -> None:
        """RotationFailed where a new password for this role would lock somebody out."""
        entry = current.history.entry(self.name)
        staged = entry.since if entry and entry.version else None
        # a turn that was resumed was switched to long after it was staged
        known = [at for at in (staged, self._last_turn()) if at]
        age = datetime.now(UTC) - max(known) if known else SETTLED
        if age < SETTLED:
            raise RotationFailed(
                f"The last turn of this login was {max(age.total_seconds(), 0):.0f} seconds ago; servers "
                "that do not know of it yet would be locked out.",
                f"Wait until {SETTLED.total_seconds() / 60:.0f} minutes are over. Where all servers use the "
                "new one already, --even-in-use does not wait.",
            )
        if sessions := self._administering.sessions_of(role):
            raise RotationFailed(
                f"{sessions} sessions still use the login whose turn it is, and would be locked out.",
                "Restart what holds them, or wait until they end; --even-in-use rotates in spite of them.",
            )

    @property
    def _administering(self) -> Roles:
        if self._roles is None:
            raise RuntimeError("the lock is not held")
        return self._roles

    def _user(self, version: Version) -> str:
        return version.values.get(self._spec.beside) or self._place(version.values).get("user", "")

    def _server(self, version: Version) -> dict[str, str]:
        return {n: v for n, v in self._place(version.values).items() if n not in ("user", "password")}


def other_of(user: str) -> str:
    """The name of the login that takes turns with this one: nba_app and nba_app_b."""
    if not user:
        raise UsageError("No login is named whose password could be rotated.")
    base, times = user, 0
    while base.endswith(_SECOND) and base != _SECOND:
        base, times = base.removesuffix(_SECOND), times + 1
    other = user.removesuffix(_SECOND) if times % 2 else user + _SECOND
    if len(other.encode()) > _LONGEST:
        raise UsageError(
            f"The name of the login is too long: with {_SECOND}, which the other one has, it is over "
            f"{_LONGEST} bytes.",
            "Make a login with a shorter name in the same group role, and store it.",
        )
    return other
