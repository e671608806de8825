"""Every number that is typed is read by the field that knows how great a number may be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import app

pytestmark = pytest.mark.one_database

ROOM = Path(app.__file__).parent


def test_no_form_takes_a_number_past_our_own_field() -> None:
    found = [
        str(path.relative_to(ROOM))
        for path in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "wtforms"
        and "IntegerField" in {each.name for each in node.names}
    ]
    assert found == ["web/forms.py"]
