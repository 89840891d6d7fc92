"""Copying secrets of this machine into the JSON secret of AWS, and comparing both.

All are written as one version, which is switched to at one stroke: a migration that is interrupted has copied
all or nothing, and running it again completes it.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from nba_mcp_synthesis.connectors.outcome import Outcome
from nba_mcp_synthesis.errors import RotationFailed, UsageError
from nba_mcp_synthesis.secrets.history import Entry
from nba_mcp_synthesis.secrets.manifest import Manifest, Spec
from nba_mcp_synthesis.secrets.migration.comparing import Comparing
from nba_mcp_synthesis.secrets.migration.records import Compared, CopyPlan, Step, Verified
from nba_mcp_synthesis.secrets.records import Held
from nba_mcp_synthesis.secrets.versions import Version, VersionedSecret

TURN_NAME = "migration"
Audit = Callable[[], list[dict[str, Any]]]
Opening = Callable[[Spec], Callable[[Mapping[str, str]], Outcome] | None]


class Migration:
    """From what is `held` here to AWS. `audit` gives the rows on rotations, `opening` tries values."""

    def __init__(
        self,
        held: Mapping[str, Held],
        secret: VersionedSecret,
        manifest: Manifest,
        audit: Audit,
        opening: Opening,
    ) -> None:
        self._held, self._secret, self._manifest = held, secret, manifest
        self._audit, self._opening = audit, opening

    def plan(self, replace: Collection[str] = ()) -> CopyPlan:
        """What `carry_out` would do; `replace` names secrets of which the value in AWS is to go.

        Raises:
            UsageError: a name is not known. Unavailable: AWS, or the state database, is away.
        """
        for name in replace:
            self._manifest.spec(name)
        current = self._secret.current()
        there = self._there(current)
        steps = [
            self._step(spec, one, is_gathered=current is None, replace=replace)
            for spec, one in self._comparing(current, there).all()
        ]
        return CopyPlan(self._secret.name, tuple(steps), current is None, current.id if current else None)

    def carry_out(self, plan: CopyPlan, kms_key: str | None = None) -> None:
        """Does what the plan says; twice is once.

        Raises:
            RotationFailed: the AWS secret was changed since the plan was made, or a rotation is not over.
            Unavailable: AWS is away; nothing, or all of it, was written, and running it again completes it.
        """
        current = self._secret.current()
        if (current.id if current else None) != plan.base:
            raise RotationFailed(
                f"{plan.name} was changed since the plan was made.", "Run the command again."
            )
        values = self._values(plan)
        entries = {name: Entry(self._since(name)) for name in values}
        if current is None:
            self._gather(plan, values, entries)
            if values:
                self._secret.create(values, entries, _options(self._secret, kms_key))
            return
        self._end_earlier(current)
        if values:
            staged = self._secret.stage(current, values, {"item": TURN_NAME}, entries)
            self._secret.switch(staged, current.id)
            self._secret.clear(staged.id)
        self._adorn(kms_key)

    def verify(self) -> Verified:
        """Compares both sides by digests; what was rotated since is tried where it opens something."""
        current = self._secret.current()
        there = self._there(current)
        compared = [one for _, one in self._comparing(current, there).all(probe=True)]
        return Verified(self._secret.name, tuple(compared))

    def _comparing(self, current: Version | None, there: Mapping[str, str]) -> Comparing:
        return Comparing(self._held, there, current, self._manifest, self._audit, self._opening)

    def _step(self, spec: Spec, one: Compared, *, is_gathered: bool, replace: Collection[str]) -> Step:
        name, state = spec.name, one.state
        if state == "malformed":
            return Step(name, "refuse", state, one.message + ("; AWS keeps its own" if one.there else ""))
        if state == "only here":
            return Step(name, "copy", state, f"from {self._held[name].place}")
        if is_gathered and state in ("same", "only there"):
            return Step(name, "gather", state, f"from AWS secret {self._secret.name}/{name}")
        if state == "different" and name in replace:
            told = f"the value in {self._held[name].place} takes the place of the one in AWS"
            return Step(name, "replace", state, told)
        if state == "different":
            told = f"{one.message}, and keeps it; --replace {name} overwrites it"
            return Step(name, "refuse", state, told)
        return Step(name, "leave", state, one.message)

    def _values(self, plan: CopyPlan) -> dict[str, str]:
        """What is written of this machine."""
        names = [step.secret for step in plan.steps if step.action in ("copy", "replace")]
        return {name: self._held[name].value.get_secret_value() for name in names}

    def _gather(self, plan: CopyPlan, values: dict[str, str], entries: dict[str, Entry]) -> None:
        """Adds what the single secrets have, refused or not: the JSON secret hides all of them."""
        replaced = {step.secret for step in plan.steps if step.action == "replace"}
        for name, one in self._secret.singles(self._manifest.specs).items():
            if name not in replaced:
                values[name], entries[name] = one.value, Entry(one.since)

    def _since(self, name: str) -> datetime:
        """The age that a file keeps goes along; a variable has none."""
        held = self._held.get(name)
        return (held.since if held else None) or datetime.now(UTC)

    def _there(self, current: Version | None) -> Mapping[str, str]:
        """What AWS has, in either layout: one JSON secret, or one AWS secret a name."""
        if current:
            return current.values
        return {name: one.value for name, one in self._secret.singles(self._manifest.specs).items()}

    def _end_earlier(self, current: Version) -> None:
        """What an interrupted migration left; a rotation that is not over has to be completed first."""
        pending = self._secret.pending()
        if pending is None or (pending.id == current.id and not pending.turn):
            return  # AWS's own rotations leave their label on the version in use
        if pending.turn.get("item") != TURN_NAME:
            raise UsageError(
                f"A rotation of {pending.turn.get('item', 'something')} is not over yet; nothing was copied.",
                "Complete it: `nba-mcp secrets rotate`.",
            )
        self._secret.clear(pending.id)

    def _adorn(self, kms_key: str | None) -> None:
        options, found = _options(self._secret, kms_key), self._secret.describe()
        tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags") or []}
        wanted = {tag["Key"]: tag["Value"] for tag in options["Tags"]}
        is_other_key = kms_key is not None and found.get("KmsKeyId") != kms_key
        if (
            is_other_key
            or found.get("Description") != options["Description"]
            or not wanted.items() <= tags.items()
        ):
            self._secret.adorn(options["Description"], kms_key, options["Tags"])


def _options(secret: VersionedSecret, kms_key: str | None) -> dict[str, Any]:
    naming = secret.naming
    tags = {"project": naming.project, "context": naming.context, "managed-by": "nba-mcp"}
    return {
        "Description": f"Secrets of {naming.project} in {naming.context}, one JSON key each.",
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        **({"KmsKeyId": kms_key} if kms_key else {}),
    }
