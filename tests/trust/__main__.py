"""`make trust`: every proof at full length on both databases, and a table of the promises with their figures.

First, one after the other, those that time real processes; then the proofs whose times are no figures, on all
processors; then the tests that `make test` spares PostgreSQL. The table is printed and written to docs/trust.md. Ends
with 1 when a proof failed; a time that was not reached on this machine is told in the table and fails nothing.

All of it takes hours. A step that passed is not taken again while its code is the same, so a run that was broken off
goes on where it ended, and a proof that was mended is tried alone. `make trust ARGS=...` takes some proofs, whenever it
is asked, and leaves docs/trust.md as it is.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path

from tests.trust.figures import read
from tests.trust.table import written

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "instance" / "trust"
"""The figures of each step, in a file named by it and by its code, which ends in .part while it has not passed."""
TABLE = ROOT / "docs" / "trust.md"
WORDS = "docs/trust.md", "docs/capacity.md", "docs/measuring.md", "CHANGES.md", "README.md"
"""Words alone, which no proof reads."""
PYTHON = re.compile(r"tests/(?:\w+/)*\w+\.py")
TEST = re.compile(r"tests/(?:\w+/)*test_\w+\.py")
NAMED = re.compile(r"\btests(?:\.\w+)+")
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
ALL_OTHERS = (
    *("-m", "pytest", "--database", "postgresql", "-m", "not one_database", "tests", "--ignore=tests/trust"),
    *("--numprocesses", "auto", "--dist", "loadfile", "--no-loadscope-reorder"),
)
"""Of which `make test` takes no more than tests that together send all (tests/heard.py)."""
LANES: dict[str, tuple[str, ...]] = {
    **{Path(each).stem: (each,) for each in TIMED},
    "all whose times are no figures": (*UNTIMED, *BESIDE),
    **{Path(each).stem: (each, *BESIDE) for each in LONG},
}


@dataclass(frozen=True)
class Step:
    name: str
    words: list[str]
    """What Python is called with; then follows the file for its figures, where it takes one."""
    passed: tuple[int, ...] = (0,)
    figures: bool = True

    def take(self, done: Path, *more: str) -> bool:
        """Whether it passes, or has passed before: then its figures lie in `done`, else beside it."""
        if done.exists():
            say(f"Passed before: {self.name}.")
            return True
        say(f"Now: {self.name}.")
        part = unpassed(done)
        part.write_bytes(b"")
        words = [sys.executable, *self.words, *(["--trust", str(part)] if self.figures else []), *more]
        passes = subprocess.run(words, cwd=ROOT, check=False).returncode in self.passed
        if passes:
            part.rename(done)
        return passes


def unpassed(done: Path) -> Path:
    return done.with_name(f"{done.name}.part")


def steps(*, some: bool) -> Iterator[Step]:
    """All of them, in the order in which they are taken; of `some` proofs, one may hold nothing at all."""
    for lane, words in ({"some proofs": ("tests/trust", PAIRS)} if some else LANES).items():
        for database, chosen in PROOFS:
            nothing = (0, 5) if some or chosen else (0,)
            yield Step(f"{lane} on {database}", ["-m", "pytest", "--database", database, *chosen, *words], nothing)
    if not some:
        yield Step("all other tests on postgresql", [*ALL_OTHERS], figures=False)
        yield Step("speed", ["-m", "bench"])
        yield Step("lighthouse", ["-m", "bench.lighthouse"], figures=False)


def kept(step: Step, files: dict[str, str]) -> Path:
    """Where its figures stay. Its code is all but those files of the tests that it does not reach."""
    reached = reach(step, files)
    code = [f"{marked} {file}" for file, marked in files.items() if file in reached or not PYTHON.fullmatch(file)]
    mark = blake2b("\n".join(code).encode(), digest_size=6).hexdigest()
    return KEPT / f"{step.name.replace(' ', '-')}.{mark}"


def reach(step: Step, files: Iterable[str]) -> set[str]:
    """The tests that a step runs, what they name, and all that is no test and lies in the folder of one of these or
    above it: fixtures are taken by their names alone, and processes are started by them."""
    written = {each for each in files if PYTHON.fullmatch(each)}
    found = {each for each in written if any(each == word or each.startswith(f"{word}/") for word in step.words)}
    found -= {each for each in found if f"--ignore={each}" in step.words or not TEST.fullmatch(each)}
    found |= {name for each in files if each.startswith("bench/") for name in named(each)} & written
    while True:
        folders = {folder.as_posix() for each in found for folder in Path(each).parents}
        beside = {each for each in written if Path(each).parent.as_posix() in folders and not TEST.fullmatch(each)}
        more = beside | {name for each in found for name in named(each)} & written
        if more <= found:
            return found
        found |= more


@cache
def named(file: str) -> set[str]:
    """The files of tests that it may mean by the names in it: their folders by a file that each has."""
    path = ROOT / file
    names = NAMED.findall(path.read_text(encoding="utf-8")) if path.suffix == ".py" and path.exists() else []
    parts = {"/".join(name.split(".")[:length]) for name in names for length in range(2, name.count(".") + 2)}
    return {f"{each}{end}" for each in parts for end in (".py", "/__init__.py")}


def git(*words: str) -> str:
    """What git says. CalledProcessError when it refuses."""
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def code() -> dict[str, str]:
    """Each file with a mark of what stands in it, whatever the words about the code say; none where something was
    changed since it was committed, or never was."""
    try:
        if git("status", "--porcelain", "--", ".", *(f":!{each}" for each in WORDS)):
            return {}
        marked = (each.split("\t") for each in git("ls-tree", "-r", "HEAD").splitlines())
        return {file: mark for mark, file in marked if file not in WORDS}
    except (OSError, subprocess.CalledProcessError):
        return {}


def main() -> int:
    chosen, files = sys.argv[1:], code()
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        keeps = files and not chosen
        taken = [(each, kept(each, files) if keeps else Path(folder, each.name)) for each in steps(some=bool(chosen))]
        if keeps:
            for old in {*KEPT.iterdir()} - {file for _, done in taken for file in (done, unpassed(done))}:
                old.unlink()
        failed = [step.name for step, done in taken if not step.take(done, *chosen)]
        found = [file for _, done in taken for file in (done, unpassed(done)) if file.exists()]
        when = sorted(each.stat().st_mtime for each in found)
        days = dict.fromkeys(f"{datetime.fromtimestamp(each, UTC):%-d %B %Y}" for each in when)
        commit = f"commit {git('rev-parse', '--short', 'HEAD').strip()}" if files else "no commit"
        told = f"Found on {' and '.join(days)} on {os.cpu_count()} processors, of {commit}."
        table = written([each for file in found for each in read(file)], told)
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
