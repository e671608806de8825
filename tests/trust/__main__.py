"""`make trust`: every proof at full length on both databases, and a table of the promises with their figures.

First the proofs whose times are no figures, on all processors; then, one after the other, those that time real
processes. The table is printed and written to docs/trust.md. Ends with 1 when a proof failed; a time that was not
reached on this machine is told in the table and fails nothing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from tests.trust.figures import read
from tests.trust.table import written

ROOT = Path(__file__).resolve().parents[2]
PROOFS: tuple[tuple[str, list[str]], ...] = (("sqlite", []), ("postgresql", ["-m", "not one_database"]))
TIMED = ("tests/trust/faults", "tests/trust/attacks/test_who_exists.py")
UNTIMED = ("tests/trust", "tests/measure/test_all_pairs.py", *(f"--ignore={each}" for each in TIMED))
LANES: tuple[tuple[str, ...], ...] = ((*UNTIMED, "--numprocesses", "auto", "--dist", "worksteal"), TIMED)


def main() -> int:
    failed = False
    passed = {0, 5} if sys.argv[1:] else {0}  # of a part that was asked for, a lane may hold nothing
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "figures")
        file.touch()
        for lane, (database, more) in product(LANES, PROOFS):
            words = [sys.executable, "-m", "pytest", "--trust", str(file), "--database", database, *more, *lane]
            failed |= subprocess.run([*words, *sys.argv[1:]], cwd=ROOT, check=False).returncode not in passed
        if not sys.argv[1:]:
            for words in (["-m", "bench", "--trust", str(file)], ["-m", "bench.lighthouse"]):
                failed |= subprocess.run([sys.executable, *words], cwd=ROOT, check=False).returncode != 0
        table = written(read(file))
    sys.stdout.write(table)
    if not sys.argv[1:]:  # a part of the proofs says nothing of all promises
        (ROOT / "docs" / "trust.md").write_text(table, encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
