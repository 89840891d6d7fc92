"""All steps by name."""

from collections.abc import Callable, Mapping

from nba_mcp_synthesis.operations.checklists import (
    backup_checks,
    cluster_checks,
    incident_checks,
    log_checks,
    pod_checks,
    policy_checks,
    report_checks,
    service_checks,
    store_checks,
    written_checks,
)
from nba_mcp_synthesis.operations.checklists.findings import Finding
from nba_mcp_synthesis.operations.checklists.ground import Ground

Check = Callable[[Ground], Finding]

CHECKS: Mapping[str, Check] = {
    "access": log_checks.access,
    "access_audit": report_checks.access_audit,
    "accounts": policy_checks.accounts,
    "autoscaler": cluster_checks.autoscaler,
    "backup_tools": pod_checks.backup_tools,
    "backups": backup_checks.backups,
    "cache": store_checks.cache,
    "capacity_forecast": report_checks.capacity_forecast,
    "configuration": written_checks.configuration,
    "configuration_applies": written_checks.configuration_applies,
    "costs": report_checks.monthly_costs,
    "database_answers": store_checks.database_answers,
    "database_review": store_checks.database_review,
    "disk": pod_checks.disk,
    "drain": policy_checks.drain,
    "drill": backup_checks.drill,
    "errors": log_checks.errors,
    "errors_of_a_week": log_checks.errors_of_a_week,
    "events": cluster_checks.events,
    "health": service_checks.health,
    "images": cluster_checks.images,
    "incidents": incident_checks.incidents,
    "ingress": policy_checks.ingress,
    "metrics": store_checks.metrics,
    "monitoring": policy_checks.monitoring,
    "month": report_checks.month,
    "network": pod_checks.network,
    "network_policies": policy_checks.network_policies,
    "nodes": cluster_checks.nodes,
    "pod_security": policy_checks.pod_security,
    "pods": cluster_checks.pods,
    "ports": pod_checks.ports,
    "requests": cluster_checks.requests,
    "resource_usage": written_checks.resource_usage,
    "response": service_checks.response,
    "restart": policy_checks.restart,
    "roles": policy_checks.roles,
    "scaling": cluster_checks.scaling,
    "scaling_events": written_checks.scaling_events,
    "scan": report_checks.scan,
    "secrets": store_checks.secrets,
    "security_events": log_checks.security_events,
    "storage": backup_checks.storage,
    "updates": report_checks.dependencies,
    "usage": cluster_checks.usage,
    "week": report_checks.week,
}
