"""Every command in the docs is one that works, or the test says which is not and why."""

import json
import tomllib
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import yaml

from docs import judges, shell

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCKS = shell.blocks()
LANGUAGES = {"sh", "json", "yaml", "toml", "sql", "python", "mermaid", "text"}


def test_every_block_says_its_language() -> None:
    """One that is known here; what has none is text for nobody."""
    unknown = [f"{block}: {block.language or 'none'}" for block in BLOCKS if block.language not in LANGUAGES]
    assert unknown == []


def test_data_in_blocks_can_be_read() -> None:
    """JSON, YAML, TOML and Python parse."""
    readers: dict[str, Callable[[str], object]] = {
        "json": json.loads,
        "yaml": lambda text: [*yaml.safe_load_all(text)],
        "toml": tomllib.loads,
        "python": lambda text: compile(text, "docs", "exec"),
    }
    for block in BLOCKS:
        if block.language in readers:
            readers[block.language](block.text)


@pytest.mark.requirement("DOC-RUNBOOKS")
def test_every_command_would_work() -> None:
    """Ours with their options, targets, scripts, AWS's operations, SQL, the server's paths, names in k8s/."""
    wrong = [f"{c}\n    {fault}" for c in shell.commands() if (fault := judges.judged(c))]
    assert wrong == [], "\n".join(["", *wrong])


@pytest.mark.requirement("DOC-RUNBOOKS")
def test_no_command_keeps_the_next_one_from_being_reached() -> None:
    """A block is pasted in whole."""
    assert [one for block in BLOCKS if block.language == "sh" for one in shell.waits_for_ever(block)] == []


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("kubectl port-forward svc/a 80:80\ncurl localhost", True),
        ("kubectl port-forward svc/a 80:80 && curl localhost", True),
        ("kubectl get pods; kubectl port-forward svc/a 80:80; curl localhost", True),
        ("kubectl get pods\nkubectl port-forward svc/a 80:80", False),
        ("kubectl port-forward svc/a 80:80 & PF=$!\ncurl localhost\nkill $PF", False),
        ("kubectl port-forward svc/a 80:80 &\ncurl localhost", False),
    ],
)
def test_a_port_forward_in_the_foreground_is_found(text: str, waits: bool) -> None:
    """Where something follows it."""
    assert bool(shell.waits_for_ever(shell.Block("a.md", 1, "sh", text))) == waits


# What works on a laptop: it asks Alertmanager or AWS, or reads what is given to it.
FROM_A_LAPTOP = {("ops", "alerts"), ("ops", "logs"), ("secrets", "rotate"), ("data", "load")}


def test_pages_of_alerts_look_from_where_the_settings_are() -> None:
    """In a pod, or by a job: on a laptop there are neither backups nor keys, nor a way to the databases."""
    found = [c for c in shell.commands() if c.where.startswith("docs/runbooks/alerts/")]
    ours = [c for c in found if c.program == "nba-mcp"]
    assert [str(c) for c in ours if tuple(c.words[1:3]) not in FROM_A_LAPTOP] == []
    assert len([c for c in found if "nba-mcp" in c.words[1:]]) > 15


def test_enough_is_found_to_speak_of_all() -> None:
    """Otherwise the test above would say nothing."""
    counted = Counter(c.program.rpartition("/")[2] for c in shell.commands())
    assert counted["nba-mcp"] > 60
    assert counted["kubectl"] > 40
    assert counted["aws"] > 8


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("nba-mcp ops helth", "nba-mcp has no helth"),
        ("nba-mcp ops health --sceptical", "No such option"),
        ("nba-mcp answers show", "Missing argument"),
        ("x=$(nba-mcp nothing) && echo $x", "nba-mcp has no nothing"),
        ("cat file | nba-mcp ops log", "nba-mcp has no log"),
        ("make gamedays", "make has no target gamedays"),
        ("scripts/push_to_ecs.sh 1.0", "there is no scripts/push_to_ecs.sh"),
        ("python3 scripts/requirements_table.py --jsno", "does not know --jsno"),
        ("scripts/deploy_production.sh --all-object 1", "No such option"),
        ("python -m gamedays", "there is no module gamedays"),
        ("aws rds describe-db-instance --x y", "has no operation"),
        ("aws rds describe-db-instances --db-instance x", "no option --db-instance"),
        ("aws rds wait db-instance-avail --db-instance-identifier x", "has no db-instance-avail"),
        ("psql -c 'SELEC 1'", "syntax error"),
        ("curl localhost:8000/v1/stat", "the server has no /v1/stat"),
        ("kubectl get hpa nba-mcp-hpa", "k8s/ has no nba-mcp-hpa"),
        ("kubectl create job x --from=cronjob/nba-mcp-synthesis-backup-make", "k8s/ has no"),
        ("kubectl apply -f k8s/monitors.yaml", "no k8s/monitors.yaml"),
        ("kubectl logs -n a -l app=b --since=1h | grep x", "ten lines of each pod"),
        ("kubectl logs --selector=app=b", "ten lines of each pod"),
        ("kubectx production", "nothing here knows kubectx"),
    ],
)
def test_a_command_that_would_not_work_is_found(text: str, fault: str) -> None:
    """By the part of it that is wrong."""
    told = [judges.judged(c) for c in shell.commands_of(shell.Block("a.md", 1, "sh", text))]
    assert any(fault in one for one in told), told


@pytest.mark.parametrize(
    "text",
    [
        ".venv/bin/nba-mcp stats --measures pts --by player --limit 5",
        "timeout 5 kubectl exec deployment/nba-mcp-redis -- redis-cli ping",
        "aws s3 ls s3://nba-mcp-synthesis-backups/ --recursive | tail -10",
        "curl 'localhost:8000/v1/answers/x'",
        "kubectl logs -l app=b --tail=-1 | grep x",
        "make gameday FAULT=redis-gone",
    ],
)
def test_a_command_that_works_is_let_through(text: str) -> None:
    """With pipes, quotes and placeholders."""
    (first, *_) = shell.commands_of(shell.Block("a.md", 1, "sh", text))
    assert judges.judged(first) == ""
