"""docs/asvs.md leaves out no requirement of levels 1 and 2, counts rightly, and names only proofs that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ASKED = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}
"""How many requirements of levels 1 and 2 each section has (ASVS 5.0.0); those of level 3 stand behind them."""
Number = tuple[int, int, int]


def every() -> list[Number]:
    return [
        (chapter, section, each)
        for chapter, sections in ASKED.items()
        for section, count in enumerate(sections, 1)
        for each in range(1, count + 1)
    ]


def told() -> list[Number]:
    """The requirements that the page has rows for; “V4.3.1–V4.3.2” are all from the first to the last."""
    found: list[Number] = []
    for first, last in re.findall(r"^\| V([\d.]+)(?:–V([\d.]+))? \|", TEXT, re.MULTILINE):
        low, high = (tuple(map(int, each.split("."))) for each in (first, last or first))
        found += [each for each in every() if low <= each <= high]
    return found


def test_no_requirement_is_left_out_or_told_twice() -> None:
    assert sorted(told()) == every()


def test_every_proof_that_is_named_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT))
    assert len(named) > 80
    assert len(named) == len({each for each in re.findall(r"`(tests/[^`]+)`", TEXT) if "::" in each})
    there: dict[str, set[str]] = {}
    for file, _name in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        there[file] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert sorted(f"{file}::{name}" for file, name in named if name not in there[file]) == []


def test_what_is_met_names_a_proof_or_says_why_there_is_none() -> None:
    """A row that is met says so by a test, or why no test could: what is only written down, or is for who runs it."""
    rows = re.findall(r"^\| (V[\d.–V]+) \|[^|]+\| met \|[^|]+\|([^|]*)\|$", TEXT, re.MULTILINE)
    assert len(rows) > 140
    named = re.compile(r"`tests/[\w/]+\.py::test_\w+`(?:<br>`tests/[\w/]+\.py::test_\w+`)*|no test: \S.+")
    assert [number for number, proof in rows if not named.fullmatch(proof.strip())] == []
    untested = [number for number, proof in rows if proof.strip().startswith("no test: ")]
    assert len(untested) <= 14, "each more needs as good a reason"


def test_every_row_says_how_it_stands_and_what_is_done() -> None:
    rows = re.findall(r"^\| V[^|]+\|[^|]+\|([^|]+)\|([^|]+)\|", TEXT, re.MULTILINE)
    assert {state.strip(" *") for state, _how in rows} == {"met", "in part", "not met", "does not apply"}
    assert [how for _state, how in rows if not how.strip()] == []
