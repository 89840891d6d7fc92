"""Values that must never be seen: unique, planted at every level, and searched for in all that is said."""

import json
from pathlib import Path

from secret_ground import FITTING, PROJECT, Ground
from servers.aws import AwsServer

# In every planted value, so that one search finds any of them, also cut in the middle.
MARK = "Kanarienvogel"
# Values whose format leaves no place for the mark are told by themselves.
_SHORT = {"RDS_PORT": "54399"}


def planted(name: str, level: str, web: str) -> str:
    """A value that fits the format of its secret, and is another one at each level."""
    token = f"{MARK}{level}{name.replace('_', '').lower()}"
    forms = {
        "RDS_HOST": f"{token}.invalid",
        "RDS_PORT": _SHORT["RDS_PORT"],
        "REDIS_URL": f"redis://{token}:{token}@{token}.invalid:6379/0",
        "ANTHROPIC_API_KEY": f"sk-ant-{token}",
        "OPENAI_API_KEY": f"sk-{token}",
        "DEEPSEEK_API_KEY": f"sk-{token}",
        "SLACK_WEBHOOK_URL": f"{web}/services/{token}",
        "SLACK_INCIDENT_WEBHOOK_URL": f"{web}/services/{token}",
        "PAGERDUTY_ROUTING_KEY": f"{token}{'0' * 32}"[:32],
        "SIGNING_KEY": f"{token}{'0123456789' * 3}",
        "SERVICE_API_KEY": f"nba_{MARK[:10]}_{token.ljust(43, '0')[:43]}",
    }
    return forms.get(name, token)


def plant(ground: Ground, aws: AwsServer, web: str) -> None:
    """At every level, in both layouts of AWS, under both names, in every context, also malformed."""
    for name in FITTING:
        long = f"{name}_{PROJECT}_production".replace("-", "_").upper()
        ground.file(name, planted(name, "folder", web))
        ground.file(name, planted(name, "development", web), "development")
        ground.file(name, f"{MARK}\nbroken {name}", "workflow")
        ground.file(name, f"{name}={MARK}", "test")
        if name in ("RDS_PASSWORD", "SLACK_WEBHOOK_URL"):
            ground.environ[long] = planted(name, "environment", web)
            ground.environ[name] = planted(name, "shadowed", web)
        if name.startswith("RDS"):
            ground.mount(name, planted(name, "mounted", web))
    (ground.folder() / "SIGNING_KEY.env").unlink()
    (ground.folder() / "OPENAI_API_KEY.env").write_bytes(f"{MARK}\xff".encode("latin-1"))
    ground.environ["NBA_MCP_METRICS_TOKEN"] = f"{MARK}metrics"
    client = aws.client("secretsmanager")
    values = {name: planted(name, "aws", web) for name in FITTING}
    client.create_secret(Name=f"{PROJECT}/production", SecretString=json.dumps(values))
    client.create_secret(Name=f"{PROJECT}/test", SecretString=f"{MARK} is no JSON")
    client.create_secret(Name=f"{PROJECT}/workflow/SIGNING_KEY", SecretString=f" {MARK} ")


def unseen(text: str, where: str) -> None:
    """Asserts that no planted value is in a text, whatever its letters' case."""
    lowered = text.lower()
    at = lowered.find(MARK.lower())
    assert at < 0, f"{where}: …{text[max(0, at - 300) : at + 100]}…"


def unseen_in_files(folder: Path) -> None:
    """Asserts that no planted value was written to a file."""
    for path in folder.rglob("*"):
        if path.is_file():
            assert MARK.encode() not in path.read_bytes(), path
