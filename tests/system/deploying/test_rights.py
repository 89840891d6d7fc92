"""A deployment and the way back with the rights that production's own roles give, and no others."""

import shutil

import pytest

from deploy_ground import APP, DeployGround
from rendered import K8S, rendered
from role_rules import allow, rules_of
from servers.cluster import NAMESPACE, Asked

pytestmark = pytest.mark.system


def only(ground: DeployGround, group: str) -> None:
    """From here on the cluster allows what a group may, and what everybody may: to ask what he may."""
    rules = rules_of(rendered("production"), f"{APP}-{group}")

    def allows(asked: Asked) -> bool:
        of_everybody = asked.resource == "selfsubjectaccessreviews"
        here = asked.namespace == NAMESPACE and allow(
            rules, asked.verb, asked.group, asked.resource, asked.name
        )
        return of_everybody or here

    ground.cluster.world.allows = allows


@pytest.fixture
def production(ground_of_deployments: DeployGround) -> DeployGround:
    """Production's own manifests, applied once by an administrator; pods are available as soon as ready."""
    ground = ground_of_deployments
    shutil.rmtree(ground.checkout / "k8s")
    shutil.copytree(K8S, ground.checkout / "k8s")
    deployment = ground.checkout / "k8s/base/deployment.yaml"
    text = deployment.read_text("utf-8")
    assert "minReadySeconds: 10" in text
    deployment.write_text(text.replace("minReadySeconds: 10", "minReadySeconds: 0"), "utf-8")
    ground.deploy("v1", "--all-objects")
    return ground


@pytest.mark.requirement("SEC-RBAC")
def test_deployers_deploy_and_operators_go_back(production: DeployGround) -> None:
    """Every request of theirs is one that a role allows; the roles of viewers are not enough."""
    only(production, "viewers")
    refused = production.deploy("v2", code=1)["summary"]
    assert "may not patch deployments, create pods/portforward, create leases" in refused
    only(production, "deployers")
    assert production.deploy("v2", "--dry-run")["outcome"] == "planned"
    report = production.deploy("v2")
    assert report["outcome"] == "deployed"
    told = {step["name"]: step for step in report["steps"]}
    assert told["health"]["result"] == "done"
    assert told["administrator"]["message"].startswith("Not applied, and may not be looked at: Namespace, ")
    only(production, "operators")
    assert production.deploy("--rollback", "--through-zero")["outcome"] == "rolled back"
    only(production, "deployers")
    assert production.deploy("--rollback")["outcome"] == "rolled back"
