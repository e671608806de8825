"""The table tells what was found, a number beyond its bound fails its test, and a step that passed is taken once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.__main__ import Step, kept
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
    step, done = Step("all of it", ["-c", writes]), tmp_path / "all-of-it"
    assert [step.take(done, "more"), step.take(done), step.take(done, "more")] == [False, True, True]
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("all-of-it", "figures")]


def test_a_proof_that_was_mended_is_tried_alone_and_with_the_product_all_are() -> None:
    faults = "tests/trust/faults"
    own, named, beside = f"{faults}/test_clocks.py", f"{faults}/test_mail.py", f"{faults}/worker.py"
    other, far, common = f"{faults}/test_crash.py", "tests/trust/doors/world.py", "app/db.py"
    files = dict.fromkeys([own, named, beside, other, far, common, f"{faults}/__init__.py", "tests/pages.py"], "blob 1")

    def unasked(*words: str) -> set[str]:
        step = Step("", [*words])
        return {each for each in files if kept(step, files) == kept(step, {**files, each: "blob 2"})}

    assert unasked(own) == {other, far}
    assert unasked("tests/trust", f"--ignore={own}") == {own, far}
    assert unasked("tests/trust/doors/test_doors.py") >= {own, other, named, beside}
