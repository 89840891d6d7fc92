"""Going back by hand: to the revision before, to a given one, in an emergency by way of no pods at all."""

import time
from dataclasses import dataclass

from nba_mcp_synthesis.operations.deploy import prechecks, rollout
from nba_mcp_synthesis.operations.deploy.deploying import verify
from nba_mcp_synthesis.operations.deploy.desk import UNTOUCHED, Desk
from nba_mcp_synthesis.operations.deploy.names import APP, AUTOSCALER, CAUSE
from nba_mcp_synthesis.operations.deploy.report import Report

_FEWEST = 2  # pods, where nothing says how many there were


@dataclass(frozen=True)
class Return:
    """Where to go back to. `revision` None: the last good one. `through_zero`: all pods end first."""

    revision: int | None = None
    through_zero: bool = False
    dry_run: bool = False
    break_lock: bool = False


def roll_back(desk: Desk, order: Return) -> Report:
    """Goes back, waits, verifies, records; raises what goes wrong."""
    desk.tell("Checking")
    prepared = prechecks.check(desk.kubectl, desk.registry, desk.report, scaling=order.through_zero)
    if prepared.running is None:
        raise prechecks.NotReady(f"There is no deployment {APP}, and so no revision to go back to.")
    if order.dry_run:
        return _planned(desk, order, prepared.running, _target(desk, order, prepared.running))
    with desk.locked(breaking=order.break_lock):
        # Looked up under the lock: whoever went back in between has given revisions new numbers.
        running = rollout.current(desk.kubectl) or prepared.running
        target = _target(desk, order, running)
        if running.revision == target and running.state == "complete" and running.wanted:
            return desk.report.end("unchanged", f"Revision {target} runs already. {UNTOUCHED}", 0)
        return _go(desk, order, running, target, prepared.identity.arn)


def _target(desk: Desk, order: Return, running: rollout.Running) -> int:
    there = rollout.revisions(desk.kubectl, running)
    listed = "; ".join(f"{n}: {_told(there[n])}" for n in sorted(there))
    if order.revision is not None:
        if order.revision not in there:
            raise prechecks.NotReady(f"There is no revision {order.revision}.", f"There are {listed}.")
        return order.revision
    if not running.wanted:
        raise prechecks.NotReady(
            "The deployment has no pods, so which revision was good cannot be told.", listed
        )
    _check_once(there, running.revision, listed)
    good = rollout.good_revision(desk.kubectl, running)
    earlier = [number for number in there if number < running.revision]
    if good == running.revision:
        if not earlier:
            raise prechecks.NotReady("There is no earlier revision to go back to.", f"There are {listed}.")
        good = max(earlier)
    desk.report.step("revision", "done", f"{good}: {_told(there[good])}")
    return good


def _check_once(there: dict[int, rollout.Object], revision: int, listed: str) -> None:
    """Raises NotReady for a revision that ran before: what has the number below it may be the bad one."""
    former = rollout.former_of(there[revision]) if revision in there else ""
    if former:
        raise prechecks.NotReady(
            f"Revision {revision} ran before as {former}: somebody went back to it, or deployed it again. "
            "Going back once more may bring a bad version back.",
            f"Where that is wanted, name the revision: --rollback NUMBER. There are {listed}.",
        )


def _told(replica_set: rollout.Object) -> str:
    cause = replica_set["metadata"].get("annotations", {}).get(CAUSE, "")
    return f"{rollout.image_of(replica_set)}{f' ({cause})' if cause else ''}"


def _planned(desk: Desk, order: Return, running: rollout.Running, target: int) -> Report:
    if order.through_zero:
        desk.report.step("scale", "would", f"to 0, from {running.wanted}: the service is away meanwhile")
    desk.report.step("rollback", "would", f"kubectl rollout undo deployment/{APP} --to-revision={target}")
    if order.through_zero:
        desk.report.step("scale", "would", f"to {_replicas(desk, running)}")
    desk.report.step(
        "health", "would", "wait for the rollout, then ask /health inside and through the ingress"
    )
    return desk.report.end("planned", "This was a dry run. Nothing was changed.", 0)


def _go(desk: Desk, order: Return, running: rollout.Running, target: int, who: str) -> Report:
    replicas = _replicas(desk, running)
    desk.checkpoint()
    if order.through_zero:
        _to_zero(desk, target, replicas)
    started = time.perf_counter()
    rollout.undo(desk.kubectl, target, desk.patience())
    desk.left = f"Going back to revision {target} was begun, and the cluster goes on with it by itself."
    if order.through_zero:
        scaling = _scale_command(desk, replicas)
        desk.left = f"Revision {target} is in place again and has no pods; bring them back: {scaling}"
        rollout.patiently(lambda: rollout.scale(desk.kubectl, replicas), desk.patience())
        desk.report.step("scale", "done", f"back to {replicas}")
    after = rollout.wait(desk.kubectl, desk.patience())
    desk.report.step("rollback", "done", f"{after.image}, {after.sentence}", started)
    desk.report.facts |= {"revision": after.revision, "image": after.image}
    verify(desk)
    sentence = f"Rolled back to revision {target}, which is now revision {after.revision} ({after.image})."
    desk.left = sentence
    desk.notices.record(desk.report, sentence, who)
    return desk.report.end("rolled back", sentence, 0)


def _to_zero(desk: Desk, target: int, replicas: int) -> None:
    finish = f"nba-mcp ops deploy --rollback {target} --through-zero"
    desk.left = (
        f"The deployment may have no pods: the service is away. Finish with {finish}, "
        f"or bring back what was there: {_scale_command(desk, replicas)}"
    )
    rollout.patiently(lambda: rollout.scale(desk.kubectl, 0), desk.patience())
    rollout.wait_for_none(desk.kubectl, desk.patience())
    desk.report.step("scale", "done", "to 0; no pod is left")


def _scale_command(desk: Desk, replicas: int) -> str:
    return f"kubectl scale deployment/{APP} --replicas={replicas} -n {desk.kubectl.namespace}"


def _replicas(desk: Desk, running: rollout.Running) -> int:
    """How many pods there are to be again: as many as there were, or as few as the autoscaler allows."""
    if running.wanted:
        return running.wanted
    autoscaler = desk.kubectl.find("hpa", AUTOSCALER)
    return int((autoscaler or {}).get("spec", {}).get("minReplicas", _FEWEST))
