"""Whether the tests notice a mutant: at once in a process that stands ready, or in one that begins anew.

The ready process has the application loaded and the database made; a fork of it exchanges the code of the functions
that a mutant changes, and runs only the tests that call them. What acts while modules are loaded (decorators,
constants), and whatever that fork let live, is tried again where the module itself is loaded wrong.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

from tests.trust.mutants.cutting import Mutant

Place = tuple[str, int]
"""A function: its qualified name and its first line."""
WORDS = ["-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
PATIENCE = 10
"""How many times as long as it takes a test may take under a mutant, before it counts as noticed."""


def forked(work: Callable[[], bool], seconds: int) -> bool:
    """What `work` says in a process of its own, unheard; False when it took longer or came to grief."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        said = False
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(seconds)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            said = work()
        finally:
            os._exit(0 if said else 1)
    return os.waitpid(child, 0)[1] == 0


def functions(code: CodeType) -> Iterator[tuple[Place, CodeType]]:
    """Every function within a module's code, at any depth, the outer before the inner."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield (each.co_qualname, each.co_firstlineno), each
            yield from functions(each)


class Ground:
    """What the next test is said to stand on, so that only what serves the whole session outlives a test."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[pytest.Session]:
        return [self.session]


class Hunt:
    """A plugin of pytest that, instead of running the tests once, runs them against every mutant of one file."""

    def __init__(self, file: Path, mutants: Sequence[Mutant]) -> None:
        self.file = file
        self.mutants = mutants
        self.alive: list[int] = []
        self.touching: list[str] = []
        self.borrowed: list[str] = []
        self.calls: dict[Place, list[pytest.Item]] = defaultdict(list)
        self.took: dict[pytest.Item, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            self._watch(session, item)
        if session.testsfailed:
            raise session.Failed("a test fails without any mutant")
        touching = {item for items in self.calls.values() for item in items}
        self.touching = [item.nodeid for item in session.items if item in touching]
        self.borrowed = [
            name for name, module in sys.modules.items() if "site-packages" in str(getattr(module, "__file__", ""))
        ]
        gc.collect()
        gc.freeze()
        original = dict(functions(compile(self.file.read_bytes(), str(self.file), "exec", dont_inherit=True)))
        self.alive = [at for at, each in enumerate(self.mutants) if not self._noticed(session, original, each)]
        return True

    def _watch(self, session: pytest.Session, item: pytest.Item) -> None:
        """Run a test with nothing wrong, and note which functions of the file it calls and how long it takes."""
        called: set[Place] = set()

        def note(frame: FrameType, event: str, _argument: Any) -> None:
            code = frame.f_code
            if event == "call" and code.co_filename == str(self.file):
                called.add((code.co_qualname, code.co_firstlineno))

        begun = time.monotonic()
        threading.setprofile(note)
        sys.setprofile(note)
        try:
            _run(session, item)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
        self.took[item] = time.monotonic() - begun
        for place in called:
            self.calls[place].append(item)

    def _noticed(self, session: pytest.Session, original: dict[Place, CodeType], mutant: Mutant) -> bool:
        wrong = dict(functions(mutant.code))
        if not wrong.keys() <= original.keys():
            return False
        changed = [(original[place], code) for place, code in wrong.items() if original[place] != code]
        places = [(code.co_qualname, code.co_firstlineno) for code, _new in changed]
        deepest = max(places, key=lambda place: place[0].count("."), default=("", 0))
        tests = sorted(self.calls.get(deepest, []), key=self.took.__getitem__)

        def lives() -> bool:
            if not _exchange(changed):
                return True
            for item in tests:
                _run(session, item)
                if session.testsfailed:
                    return False
            return True

        return bool(tests) and not forked(lives, 5 + int(PATIENCE * sum(self.took[item] for item in tests)))


def _run(session: pytest.Session, item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=Ground(session))


def _exchange(changed: list[tuple[CodeType, CodeType]]) -> bool:
    """Give every living function its wrong code; False where a function would need other cells than it has.

    A function is known by its place: code that has run no longer equals the same code that has not (Python 3.11).
    """
    if any(old.co_freevars != new.co_freevars for old, new in changed):
        return False
    wrong = {(old.co_filename, old.co_qualname, old.co_firstlineno): new for old, new in changed}
    gc.unfreeze()
    for each in gc.get_objects():
        if isinstance(each, FunctionType):
            code = each.__code__
            if new := wrong.get((code.co_filename, code.co_qualname, code.co_firstlineno)):
                each.__code__ = new
    return True


class Wrong(SourceFileLoader):
    """Loads one module wrong; every other as it is."""

    def __init__(self, module: str, file: Path, code: CodeType) -> None:
        super().__init__(module, str(file))
        self.module = module
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        return self.code

    def find_spec(self, name: str, _path: Any, _target: Any = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self.path, loader=self) if name == self.module else None


def passes_anew(file: Path, code: CodeType, tests: Sequence[str], seconds: int) -> bool:
    """Whether the tests pass in a process that loads the module from `code`. The caller has loaded nothing of ours."""
    module = ".".join(file.relative_to(Path.cwd()).with_suffix("").parts)

    def passes() -> bool:
        sys.meta_path.insert(0, Wrong(module, file, code))
        return pytest.main([*WORDS, "-x", *tests]) == 0

    return forked(passes, seconds)
