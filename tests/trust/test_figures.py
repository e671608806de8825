"""The table tells what was found, a number beyond its bound fails its test, and a step that passed is taken once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.__main__ import Step
from tests.trust.figures import Figures, read
from tests.trust.table import written

pytestmark = pytest.mark.one_database


def test_what_is_held_and_what_is_measured_stands_in_the_table(tmp_path: Path) -> None:
    file = tmp_path / "figures"
    figures = Figures("sqlite", file)
    figures.hold("F11", "seats given twice", 0, exactly=0)
    figures.measure("F11", "p99", 2.5, most=2, unit="s")
    figures.measure("S1", "a page", 0.5, least=0.25, unit="s")
    Figures("postgresql", file).hold("F11", "seats given twice", 0, exactly=0)
    figures.measure("F11", "p99", 1.5, most=2, unit="s")
    table = written(read(file))
    assert "| proof | what | SQLite | PostgreSQL | should be |\n|---|---|--:|--:|---|\n" in table
    assert "| F11 | seats given twice | 0 | 0 | = 0 |\n" in table
    assert "| F11 | p99 | **2.5 s** | – | ≤ 2 |\n" in table
    assert table.index("| S1 |") > table.index("## All other proofs")
    assert table.index("| F11 |") < table.index("## 2.")


def test_beyond_its_bound_a_proof_fails_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "figures"
    with pytest.raises(AssertionError, match=r"F1: registrations lost: 3 \(should be = 0\) on postgresql"):
        Figures("postgresql", file).hold("F1", "registrations lost", 3, exactly=0)
    assert [each.kept for each in read(file)] == [False]


def test_a_step_that_passed_is_not_taken_again_and_one_that_failed_is(tmp_path: Path) -> None:
    writes = "import sys; open(sys.argv[2], 'w').write('figures'); sys.exit(len(sys.argv) - 3)"
    step = Step("all of it", ["-c", writes])
    assert [step.take(tmp_path, "more"), step.take(tmp_path), step.take(tmp_path, "more")] == [False, True, True]
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("all-of-it", "figures")]
