"""Writes secretstore.yaml and externalsecret.yaml in k8s/base from the manifest of secrets."""

from pathlib import Path

from nba_mcp_synthesis.secrets.kubernetes import manifests
from nba_mcp_synthesis.secrets.manifest import default_manifest
from nba_mcp_synthesis.secrets.names import naming

FOLDER = Path(__file__).resolve().parents[1] / "k8s" / "base"


def main() -> None:
    """Writes both files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in manifests(default_manifest(), naming("nba-mcp-synthesis", "production")).items():
        (FOLDER / name).write_text(text, "utf-8")
        print(f"k8s/base/{name}")


if __name__ == "__main__":
    main()
