"""The lists of libraries are whole: each has its version and its hashes, and the product loads no other."""

from __future__ import annotations

import ast
import json
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import app

pytestmark = pytest.mark.one_database

ROOT = Path(app.__file__).parent.parent
LISTS = ("run.txt", "test.txt")


def named(file: str) -> set[str]:
    """The libraries that a list asks for by name."""
    lines = (ROOT / "requirements" / file).read_text("utf-8").splitlines()
    return {plain(found[0]) for line in lines if (found := re.match(r"[A-Za-z0-9][\w.-]*", line))}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("file", LISTS)
def test_each_library_has_one_version_and_its_hashes(file: str) -> None:
    text = (ROOT / "requirements" / file).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", "-"))]
    assert len(lines) > 20
    sound = re.compile(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [line[:60] for line in lines if not sound.fullmatch(line)] == []


def test_each_file_for_browsers_has_its_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert len(packages) > 5
    assert [name for name, each in packages.items() if name and not (each["version"] and each["integrity"])] == []


def test_the_product_loads_no_library_that_its_list_does_not_name() -> None:
    places = packages_distributions()
    loaded = {
        name.split(".")[0]
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    from_others = loaded - sys.stdlib_module_names - {"app", "_typeshed"}  # the latter is for those who check types
    assert len(from_others) > 15
    listed = named("run.txt")
    assert {name for name in from_others if not {plain(each) for each in places.get(name, [])} & listed} == set()
