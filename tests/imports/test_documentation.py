"""The example in docs/event-file.md is a file that loads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.imports import read
from app.imports.shape import SCHEMA

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "event-file.md").read_text("utf-8")
pytestmark = pytest.mark.one_database


def test_the_small_file_is_without_fault() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    source = read(json.loads(example))
    assert source.normalised == ("Roma → Rome",)
    assert [each.mode for each in source.sessions[0].appearances] == ["venue", None, "video"]


def test_every_word_of_the_format_is_explained() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    words = {name for rule in (schema, *schema["$defs"].values()) for name in rule.get("properties", {})}
    assert (
        sorted(
            word for word in words if f"`{word}`" not in PAGE and f'`"{word}"`' not in PAGE and f"`{word}:" not in PAGE
        )
        == []
    )
