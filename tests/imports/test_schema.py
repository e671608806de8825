"""The JSON Schema, and the files that come with the product."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.imports import bundled, read_file
from app.imports.service import BUNDLED
from app.imports.shape import SCHEMA

pytestmark = pytest.mark.one_database


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return found


def test_it_is_a_schema_of_draft_2020_12() -> None:
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", ["gnets-2023", "citynet-2013"])
def test_any_validator_accepts_the_whole_files(name: str) -> None:
    document = json.loads(bundled(name).read_text("utf-8"))
    assert list(Draft202012Validator(schema()).iter_errors(document)) == []


def test_every_file_that_comes_with_the_product_is_without_fault() -> None:
    names = sorted(path.stem for path in BUNDLED.glob("*.json"))
    assert names == ["citynet-2013", "gnets-2023", "rehearsal"]
    assert [read_file(bundled(name)).event.slug for name in names] == names


def test_every_rule_describes_what_it_asks_for() -> None:
    """A fault is told in the words of the description, so none may be missing."""
    asked = {"type", "enum", "const", "pattern", "minimum", "maximum", "maxLength"}

    def silent(rule: object, at: str) -> list[str]:
        if not isinstance(rule, dict):
            return []
        within = [
            fault
            for name in ("properties", "$defs")
            for key, each in rule.get(name, {}).items()
            for fault in silent(each, f"{at}/{name}/{key}")
        ]
        return ([at] if asked & rule.keys() and "description" not in rule else []) + within

    assert silent(schema(), "") == []
