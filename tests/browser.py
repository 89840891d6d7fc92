"""A headless Chromium that a test drives step by step."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from debian import packages
from node_clients import Node

# Chromium, and fonts that look as those of most systems do, so that pictures are the same everywhere.
PACKAGES = ("chromium", "fonts-inter", "fonts-jetbrains-mono")
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>{root}/usr/share/fonts</dir><cachedir>{cache}</cachedir>
<match><test name="family"><string>system-ui</string></test>
<edit name="family" mode="assign" binding="strong"><string>Inter</string></edit></match>
<match><test name="family"><string>ui-monospace</string></test>
<edit name="family" mode="assign" binding="strong"><string>JetBrains Mono</string></edit></match>
<alias><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
<alias><family>monospace</family><prefer><family>JetBrains Mono</family></prefer></alias></fontconfig>
"""


class Browser:
    """The browser process; a step that fails fails the test."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def do(self, step: str, **given: Any) -> Any:
        """Does one step of page.mjs and gives what came of it."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"step": step, **given}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, f"the browser ended during {step}"
        told = json.loads(line)
        assert "error" not in told, f"{step} {given}: {told['error']}"
        return told["value"]

    def close(self) -> None:
        """Ends the process, which closes the browser."""
        try:
            self._process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate(timeout=20)


@pytest.fixture(scope="session")
def browser(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium from Debian, with fonts of its own."""
    root = packages(*PACKAGES)
    folder = tmp_path_factory.mktemp("browser")
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(root=root.folder, cache=folder / "fonts"))
    started = Browser(
        [str(node.program), "page.mjs", str(root.folder / "usr/lib/chromium/chromium")],
        node.folder,
        {**os.environ, **root.environment(), "FONTCONFIG_FILE": str(fonts), "TZ": "UTC"},
    )
    yield started
    started.close()
