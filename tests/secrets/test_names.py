"""Names, contexts and the manifest."""

import pytest

from nba_mcp_synthesis.errors import SettingsError, UsageError
from nba_mcp_synthesis.secrets.manifest import default_manifest, parse
from nba_mcp_synthesis.secrets.names import naming
from secret_ground import FITTING, Ground


def test_a_name_has_a_whole_and_a_short_form() -> None:
    """SERVICE_RESOURCE_PROJECT_CONTEXT, and SERVICE_RESOURCE."""
    called = naming("nba-mcp-synthesis", "production")
    assert called.long("RDS_PASSWORD") == "RDS_PASSWORD_NBA_MCP_SYNTHESIS_PRODUCTION"
    assert called.short("RDS_PASSWORD_NBA_MCP_SYNTHESIS_PRODUCTION") == "RDS_PASSWORD"
    assert called.short("RDS_PASSWORD") == "RDS_PASSWORD"
    assert called.short("RDS_PASSWORD_NBA_MCP_SYNTHESIS_TEST") is None


@pytest.mark.parametrize(("project", "context"), [("nba-mcp-synthesis", "prod"), ("Not/A Name", "test")])
def test_unknown_contexts_and_projects_are_wrong_use(project: str, context: str) -> None:
    """A misspelt context loads nothing instead of something else."""
    with pytest.raises(UsageError):
        naming(project, context)


def test_short_names_belong_to_the_context_that_the_process_runs_as(ground: Ground) -> None:
    """In a process of development, a bare RDS_PASSWORD is no secret of production."""
    ground.environ["RDS_PASSWORD"] = FITTING["RDS_PASSWORD"]
    manager = ground.manager(running_as="development")
    manager.load_secrets_hierarchical("production")
    assert manager.get("RDS_PASSWORD") is None
    manager.load_secrets_hierarchical("development")
    assert manager.get("RDS_PASSWORD") is not None


def test_a_secret_may_be_asked_for_by_both_names(ground: Ground) -> None:
    """And one that the manifest does not know is wrong use, with the nearest name."""
    ground.fill()
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    assert manager.get("RDS_PASSWORD_NBA_MCP_SYNTHESIS_PRODUCTION") == manager.get("RDS_PASSWORD")
    with pytest.raises(UsageError, match="Did you mean RDS_PASSWORD"):
        manager.get("RDS_PASSWROD")
    with pytest.raises(UsageError):
        manager.get("RDS_PASSWORD_NBA_MCP_SYNTHESIS_TEST")


def test_the_manifest_is_closed() -> None:
    """A misspelt key of an entry is an error, not an entry without it."""
    with pytest.raises(SettingsError, match="TOKEN"):
        parse("[TOKEN]\nabout = 'x'\nowner = 'me'\nkind = 'text'\nrotate_day = 3\n")
    with pytest.raises(SettingsError):
        parse("[TOKEN]\nabout = 'x'\nowner = 'me'\nkind = 'text'\nrequired = ['prod']\n")


def test_every_secret_of_the_manifest_has_a_value_that_fits() -> None:
    """The tests' own values are kept up with the manifest."""
    specs = default_manifest().specs
    assert set(specs) == set(FITTING)
    for name, spec in specs.items():
        assert spec.format.fault(FITTING[name]) is None, name
