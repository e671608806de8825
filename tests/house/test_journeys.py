"""Each journey in the browser has a summit of its own: any two of them may meet on one server."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database

JOURNEYS = Path(__file__).resolve().parents[1] / "browser"


def test_no_two_journeys_share_a_summit() -> None:
    files = defaultdict(list)
    for path in sorted(JOURNEYS.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SLUG":
                files[ast.literal_eval(node.value)].append(path.name)
    assert len(files) > 10
    assert {slug: names for slug, names in files.items() if len(names) > 1} == {}
