"""A version goes live by its manifests, in an emergency by its image alone; back if it does not do well."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from nba_mcp_synthesis.connectors.kubectl import KubectlFailed
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.deploy import health, manifests, prechecks, rollout
from nba_mcp_synthesis.operations.deploy.desk import UNTOUCHED, Desk, is_away
from nba_mcp_synthesis.operations.deploy.names import APP, CAUSE, MANAGER, check_tag
from nba_mcp_synthesis.operations.deploy.report import Report

Failures = (rollout.RolloutFailed, health.NotHealthy, KubectlFailed)


@dataclass(frozen=True)
class Order:
    """What is to be deployed, and how."""

    tag: str
    emergency: bool = False
    dry_run: bool = False
    break_lock: bool = False
    all_objects: bool = False  # those of an administrator too
    digest: str = ""  # what the tag has to be, where that was said


@dataclass(frozen=True)
class Change:
    """What will be applied: objects, or in an emergency a patch. `plan` says in words what that changes."""

    image: str
    cause: str
    objects: list[rollout.Object]
    plan: list[str]
    patch: rollout.Object | None = None


def deploy(desk: Desk, order: Order) -> Report:
    """Deploys, verifies, records; takes it back if it does not get ready and healthy. Raises other faults."""
    check_tag(order.tag, emergency=order.emergency)
    desk.tell("Checking")
    prepared = prechecks.check(desk.kubectl, desk.registry, desk.report)
    if desk.contacts and not order.emergency:
        prechecks.contacts(desk.contacts, desk.report)
    image = prechecks.image(desk.registry, order.tag, desk.report, order.digest)
    desk.report.facts |= {"tag": order.tag, "image": image, "context": desk.kubectl.context}
    if order.dry_run:
        return _planned(desk, _change(desk, order, image, prepared), prepared)
    with desk.locked(breaking=order.break_lock):
        prepared = prechecks.Prepared(prepared.identity, rollout.current(desk.kubectl))
        return _deploy(desk, order, _change(desk, order, image, prepared), prepared)


def _deploy(desk: Desk, order: Order, change: Change, prepared: prechecks.Prepared) -> Report:
    before, who = prepared.running, prepared.identity.arn
    if before and not change.plan and before.state == "complete" and before.wanted:
        return desk.report.end("unchanged", f"{order.tag} runs already: {before.sentence}. {UNTOUCHED}", 0)
    good = rollout.good_revision(desk.kubectl, before) if before else 0
    try:
        _apply(desk, change)
        running = _rolled_out(desk)
        verify(desk, emergency=order.emergency)
    except Failures as error:
        if is_away(error):
            raise
        return _taken_back(desk, order, change, error, good, who)
    sentence = f"{order.tag} was deployed as revision {running.revision} ({change.image})."
    desk.left = f"{sentence} It is healthy; what remained was to record it."
    desk.notices.record(desk.report, sentence, who)
    return desk.report.end("deployed", sentence, 0)


def _change(desk: Desk, order: Order, image: str, prepared: prechecks.Prepared) -> Change:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kind = "emergency deployment" if order.emergency else "deployment"
    cause = f"{kind} of {order.tag} by {prepared.identity.arn} at {at}"
    started = time.perf_counter()
    if not order.emergency:
        objects = manifests.render(desk.kubectl, desk.overlay, image, cause)
        if not order.all_objects:
            objects, theirs = manifests.of_administrators(objects)
            _look_for(desk, theirs)
        plan = manifests.changes(desk.kubectl, objects)
        desk.report.step("manifests", "done", f"{desk.overlay}: {_counted(objects, plan)}", started)
        return Change(image, cause, objects, plan)
    if prepared.running is None:
        raise prechecks.NotReady(
            "An emergency deployment changes the image of a deployment, and there is none."
        )
    desk.report.step("manifests", "skipped", "In an emergency the image is changed, and nothing else.")
    named = manifests.image_patch(prepared.running.body, image)
    plan = [f"change Deployment {APP}: image of {', '.join(_names(named))}"] if _names(named) else []
    patch = {"metadata": {"annotations": {CAUSE: cause}}, "spec": {"template": {"spec": named}}}
    return Change(image, cause, [], plan, patch)


def _names(named: rollout.Object) -> list[str]:
    return [container["name"] for containers in named.values() for container in containers]


def _look_for(desk: Desk, theirs: list[rollout.Object]) -> None:
    """What an administrator applies has to be there; whether it is as the manifests say is his to see."""
    if not theirs:
        return
    kinds = ", ".join(sorted({one["kind"] for one in theirs}))
    try:
        lacking = manifests.absent(desk.kubectl, theirs)
    except KubectlFailed as error:
        if error.fault.kind != "permission":
            raise
        desk.report.step("administrator", "warning", f"Not applied, and may not be looked at: {kinds}.")
        return
    if lacking:
        raise prechecks.NotReady(
            f"An administrator has to apply {', '.join(lacking)} first.",
            f"kubectl apply -k {desk.overlay}, or this command with --all-objects.",
        )
    desk.report.step("administrator", "done", f"{len(theirs)} objects are there, and left alone: {kinds}")


def _counted(objects: list[rollout.Object], plan: list[str]) -> str:
    return f"{len(objects)} objects, of which {len(plan)} are new or changed"


def _planned(desk: Desk, change: Change, prepared: prechecks.Prepared) -> Report:
    """A dry run ends here: what would be done, in order."""
    for one in change.plan:
        desk.report.step("apply", "would", one)
    if not change.plan and prepared.running and prepared.running.state == "complete":
        return desk.report.end("planned", f"Nothing would be changed: {change.image} runs already.", 0)
    good = rollout.good_revision(desk.kubectl, prepared.running) if prepared.running else 0
    desk.report.step("change cause", "would", change.cause)
    desk.report.step(
        "rollout", "would", f"wait up to {desk.limits.deploy_rollout_seconds:g} s until all pods are new"
    )
    desk.report.step(
        "health", "would", f"ask /health inside{' and ' + str(_url(desk)) if change.objects else ''}"
    )
    back = f"go back to revision {good}" if good else "nothing: this is the first deployment"
    desk.report.step("on failure", "would", f"{back}; tell Slack")
    desk.report.step("record", "would", "a line in docs/changelog.md, and a change event in PagerDuty")
    return desk.report.end("planned", "This was a dry run. Nothing was changed.", 0)


def _apply(desk: Desk, change: Change) -> None:
    desk.checkpoint()
    started = time.perf_counter()
    if not change.plan:
        desk.report.step("apply", "skipped", "All is applied already; the rollout is not complete.")
        return
    desk.tell("Applying")
    desk.left = (
        "The change may have been applied in part. Run the same command again: it goes on where it has to; "
        "or go back with nba-mcp ops deploy --rollback."
    )
    if change.patch is None:
        manifests.apply(desk.kubectl, change.objects)
    else:
        # Image and cause in one patch, so that the revision has its cause from the start.
        patch = json.dumps(change.patch)
        desk.kubectl.run("patch", "deployment", APP, f"--field-manager={MANAGER}", "-p", patch)
    desk.report.step("apply", "done", "; ".join(change.plan), started)


def _rolled_out(desk: Desk) -> rollout.Running:
    desk.checkpoint(
        "The change is applied, and the cluster goes on rolling it out by itself. Run the same command again "
        "to wait for it and verify it, or go back with nba-mcp ops deploy --rollback."
    )
    started = time.perf_counter()
    running = rollout.wait(desk.kubectl, desk.patience())
    desk.report.step("rollout", "done", running.sentence, started)
    desk.report.facts["revision"] = running.revision
    return running


def verify(desk: Desk, *, emergency: bool = False) -> None:
    """Health inside and through the ingress; raises NotHealthy."""
    desk.tell("Asking /health")
    seconds = desk.limits.deploy_health_seconds
    started = time.perf_counter()
    desk.report.step("health", "done", health.inside(desk.kubectl, seconds, desk.interruption), started)
    url = _url(desk)
    if emergency or not desk.ingress_is_checked or url is None:
        why = "In an emergency nobody waits for it." if emergency else "No address was to be asked."
        desk.report.step("ingress", "skipped", why)
        return
    started = time.perf_counter()
    desk.report.step("ingress", "done", health.through(url, seconds, desk.interruption), started)


def _url(desk: Desk) -> str | None:
    if desk.public_url:
        return desk.public_url
    return rollout.patiently(lambda: health.ingress_url(desk.kubectl), desk.patience())


def _taken_back(desk: Desk, order: Order, change: Change, error: NbaMcpError, good: int, who: str) -> Report:
    """Goes back to the revision that was good, verifies it as the new one was to be, and says so."""
    desk.report.step("deployment", "failed", str(error))
    if not good:
        desk.left = "It was the first deployment, so there is no revision to go back to."
        raise error
    desk.checkpoint(
        f"{order.tag} failed and is still there; go back with nba-mcp ops deploy --rollback {good}."
    )
    started = time.perf_counter()
    desk.tell(f"Going back to revision {good}")
    rollout.undo(desk.kubectl, good, desk.patience())
    desk.left = (
        f"{order.tag} failed. Going back to revision {good} was begun; the cluster goes on with it by itself."
    )
    running = rollout.wait(desk.kubectl, desk.patience())
    desk.report.step("rollback", "done", f"{running.image} again, {running.sentence}", started)
    desk.report.facts["revision"] = running.revision
    sentence = f"{order.tag} failed and was rolled back: {running.image} runs again. {error}{_kept(change)}"
    desk.left = sentence
    try:
        verify(desk, emergency=order.emergency)
    except health.NotHealthy:
        desk.notices.record(desk.report, f"{sentence} It is not healthy.", who)
        raise
    desk.notices.alarm(desk.report, sentence)  # first: production runs another version than was wanted
    desk.notices.record(desk.report, sentence, who)
    return desk.report.end("rolled back", sentence, 1)


def _kept(change: Change) -> str:
    """What going back to a revision leaves as the failed version made it: all but the deployment."""
    kept = [one for one in change.plan if one.split(":")[0].split()[1:] != ["Deployment", APP]]
    if not kept:
        return ""
    back = "Deploying the version before, from its checkout, takes that back."
    return f" Still applied: {'; '.join(kept)}. {back}"
