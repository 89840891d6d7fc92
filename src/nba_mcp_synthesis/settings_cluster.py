"""Settings of the cluster that operations work on."""

from pydantic import BaseModel, Field


class ClusterSettings(BaseModel):
    """Which cluster, and how long a deployment waits for what."""

    kube_context: str | None = Field(
        None,
        description="The context of the kubeconfig that operations use. When unset: the current one, which "
        "they name before they do anything.",
    )
    kube_namespace: str = Field(
        "nba-mcp-synthesis",
        pattern=r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
        description="The namespace of the service.",
    )
    deploy_rollout_seconds: float = Field(
        900.0, gt=0, le=7_200, description="How long a rollout may take before it is taken back."
    )
    deploy_health_seconds: float = Field(
        60.0,
        gt=0,
        le=3_600,
        description="How long a rollout that is ready has to answer well, inside and through the ingress.",
    )
    deploy_away_seconds: float = Field(
        60.0,
        ge=0,
        le=3_600,
        description="How long a deployment goes on asking an API server that does not answer.",
    )
    deploy_lock_seconds: float = Field(
        60.0,
        ge=2,
        le=3_600,
        description="After how long without a sign of life the lock of a deployment is nobody's.",
    )
