"""`make trust`: every proof at full length on both databases, and a table of the promises with their figures.

First the proofs whose times are no figures, on all processors; then, one after the other, those that time real
processes. The table is printed and written to docs/trust.md. Ends with 1 when a proof failed; a time that was not
reached on this machine is told in the table and fails nothing.

All of it takes hours. A step that passed is not taken again for the same code, so a run that was broken off goes on
where it ended. `make trust ARGS=...` takes some proofs alone, whenever it is asked, and leaves docs/trust.md as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from tests.trust.figures import read
from tests.trust.table import written

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "instance" / "trust"
"""A folder for the code as it is: the figures of each step in a file, which ends in .part while it has not passed."""
TABLE = ROOT / "docs" / "trust.md"
WORDS = "docs/trust.md", "docs/capacity.md", "docs/measuring.md", "CHANGES.md", "README.md"
"""Words alone, which no proof reads."""
PROOFS: tuple[tuple[str, list[str]], ...] = (("sqlite", []), ("postgresql", ["-m", "not one_database"]))
PAIRS = "tests/measure/test_all_pairs.py"
TIMED = (
    "tests/trust/attacks/test_who_exists.py",
    "tests/trust/test_budgets.py",
    *(each.relative_to(ROOT).as_posix() for each in sorted((ROOT / "tests/trust/faults").glob("test_*.py"))),
)
LONG = ("tests/trust/test_people_machines.py", "tests/trust/test_releases_machine.py", PAIRS)
UNTIMED = ("tests/trust", *(f"--ignore={each}" for each in (*TIMED, *LONG)))
BESIDE = ("--numprocesses", "auto", "--dist", "worksteal")
LANES: dict[str, tuple[str, ...]] = {
    "all whose times are no figures": (*UNTIMED, *BESIDE),
    **{Path(each).stem: (each, *BESIDE) for each in LONG},
    **{Path(each).stem: (each,) for each in TIMED},
}


@dataclass(frozen=True)
class Step:
    name: str
    words: list[str]
    """What Python is called with; then follows the file for its figures, where it takes one."""
    passed: tuple[int, ...] = (0,)
    figures: bool = True

    def take(self, folder: Path, *more: str) -> bool:
        """Whether it passes, or has passed before."""
        done = folder / self.name.replace(" ", "-")
        if done.exists():
            say(f"Passed before: {self.name}.")
            return True
        say(f"Now: {self.name}.")
        part = done.with_suffix(".part")
        part.write_bytes(b"")
        words = [sys.executable, *self.words, *(["--trust", str(part)] if self.figures else []), *more]
        passes = subprocess.run(words, cwd=ROOT, check=False).returncode in self.passed
        if passes:
            part.rename(done)
        return passes


def steps(*, some: bool) -> Iterator[Step]:
    """All of them, in the order in which they are taken; of `some` proofs, one may hold nothing at all."""
    for lane, words in ({"some proofs": ("tests/trust", PAIRS)} if some else LANES).items():
        for database, chosen in PROOFS:
            nothing = (0, 5) if some or chosen else (0,)
            yield Step(f"{lane} on {database}", ["-m", "pytest", "--database", database, *chosen, *words], nothing)
    if not some:
        yield Step("speed", ["-m", "bench"])
        yield Step("lighthouse", ["-m", "bench.lighthouse"], figures=False)


def code() -> str:
    """What tells the code that stands here from any other, whatever the words about it say; "" where it was changed
    since it was committed, or never was."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout

    try:
        if git("status", "--porcelain", "--", ".", *(f":!{each}" for each in WORDS)):
            return ""
        parts = [each for each in git("ls-tree", "-r", "HEAD").splitlines() if not each.endswith(WORDS)]
        return blake2b("\n".join(parts).encode(), digest_size=6).hexdigest()
    except (OSError, subprocess.CalledProcessError):
        return ""


def main() -> int:
    chosen, stands = sys.argv[1:], code()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) if chosen or not stands else KEPT / stands
        kept.mkdir(parents=True, exist_ok=True)
        if kept.parent == KEPT:
            for other in set(KEPT.iterdir()) - {kept}:
                shutil.rmtree(other)
        failed = [each.name for each in steps(some=bool(chosen)) if not each.take(kept, *chosen)]
        files = sorted(kept.iterdir(), key=lambda each: each.stat().st_mtime)
        days = dict.fromkeys(f"{datetime.fromtimestamp(each.stat().st_mtime, UTC):%-d %B %Y}" for each in files)
        told = f"Found on {' and '.join(days)} on {os.cpu_count()} processors."
        table = written([each for file in files for each in read(file)], told)
    say(table)
    if not chosen:  # a part of the proofs says nothing of all promises
        TABLE.write_text(table, encoding="utf-8")
    for each in failed:
        say(f"Failed: {each}.")
    return 1 if failed else 0


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
