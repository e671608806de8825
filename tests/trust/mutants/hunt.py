"""Whether the tests notice a mutant: at once in a process that stands ready, or in one that begins anew.

The ready process has the application loaded and the database made; a fork of it exchanges the code of the functions
that a mutant changes, and runs only the tests that call them, the quickest first, until one fails. What acts while
modules are loaded and the application is made (decorators, constants, the functions called then) is tried again, if
that fork let it live, where the module itself is loaded wrong.
"""

from __future__ import annotations

import ast
import builtins
import gc
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import _lru_cache_wrapper
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType, ModuleType, NoneType
from typing import Any

import pytest

from tests.trust.mutants.cutting import Mutant

Place = tuple[str, int]
"""A function: its qualified name and its first line."""
WORDS = ["-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
COMPREHENSIONS = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
PATIENCE = 10
"""How many times as long as it takes a test may take under a mutant, before it counts as noticed."""


def forked(work: Callable[[], bool], seconds: int) -> bool:
    """What `work` says in a process of its own, unheard; False when it reckoned longer or came to grief.

    The seconds are those of the processor, so that others' work on the machine makes nothing fail; a process that
    sleeps is given up after twenty times as long.
    """
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        said = False
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, seconds)
            signal.alarm(20 * seconds)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            said = work()
        finally:
            os._exit(0 if said else 1)
    return os.waitpid(child, 0)[1] == 0


def named(file: Path) -> str:
    """The name by which a file of ours is imported."""
    return ".".join(file.relative_to(Path.cwd()).with_suffix("").parts)


def functions(code: CodeType) -> Iterator[tuple[Place, CodeType]]:
    """Every function within a module's code, at any depth, the outer before the inner."""
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield (each.co_qualname, each.co_firstlineno), each
            yield from functions(each)


class Watched(ast.NodeTransformer):
    """Makes every function of a module tell that it is called, and changes nothing else."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        after = 1 if ast.get_docstring(node, clean=False) is not None else 0
        tells = ast.copy_location(ast.Expr(_tells()), node.body[0])
        node.body.insert(after, tells)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.generic_visit(node)
        node.body = ast.copy_location(ast.BoolOp(ast.Or(), [_tells(), node.body]), node.body)
        return node


def _tells() -> ast.expr:
    return ast.Call(ast.Name("__told__", ast.Load()), [], [])


def watched(file: Path) -> CodeType:
    """The module's code, each function of which calls __told__() first, a built-in that gives None."""
    tree = Watched().visit(ast.parse(file.read_text(encoding="utf-8")))
    return compile(ast.fix_missing_locations(tree), str(file), "exec", dont_inherit=True)


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
        self.module = named(file)
        self.renewable: bool | None = None
        self.mutants = mutants
        self.alive: list[int] = []
        self.unsure: list[int] = []
        """Those that were let live, but act before any test begins."""
        self.called: Counter[Place] = Counter()
        self.early: set[Place] = set()
        self.watched: set[Place] = set()
        self.borrowed: list[str] = []
        self.calls: dict[Place, list[pytest.Item]] = defaultdict(list)
        self.took: dict[pytest.Item, float] = {}
        self.memories: list[Callable[[], None]] = []

    def load(self) -> None:
        """From now on the file is loaded so that its functions tell when they are called."""

        def told() -> None:
            code = sys._getframe(1).f_code
            self.called[code.co_qualname, code.co_firstlineno] += 1

        builtins.__told__ = told  # type: ignore[attr-defined]
        sys.meta_path.insert(0, Wrong(self.file, watched(self.file)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.early = set(self.called)
        first = self._watched(session, session.items[0])  # it also makes what serves all of them
        self.memories = memories()
        for item in session.items:
            begun = time.monotonic()
            called = self._watched(session, item)
            self.took[item] = time.monotonic() - begun
            for place in called:
                self.calls[place].append(item)
            self.early |= {place for place, times in first.items() if times > called[place]}
            first = Counter()
        if session.testsfailed:
            raise session.Failed("a test fails without any mutant")
        self.borrowed = [
            name for name, module in sys.modules.items() if "site-packages" in str(getattr(module, "__file__", ""))
        ]
        gc.collect()
        gc.freeze()
        self.watched = {place for place, code in functions(watched(self.file)) if "__told__" in code.co_names}
        original = dict(functions(compile(self.file.read_bytes(), str(self.file), "exec", dont_inherit=True)))
        whole = sorted(session.items, key=self.took.__getitem__)
        for at, each in enumerate(self.mutants):
            if each.within == "the module":
                self._renew(session, whole, at, each)
            else:
                self._try(session, original, at, each)
        return True

    def _watched(self, session: pytest.Session, item: pytest.Item) -> Counter[Place]:
        """Run a test with nothing wrong; how often it calls which functions of the file."""
        self.called = Counter()
        self._forget()
        _run(session, item)
        return self.called

    def _forget(self) -> None:
        """Nothing that was worked out by right code serves a wrong one, or keeps it from being called."""
        for forget in self.memories:
            forget()

    def _renew(self, session: pytest.Session, tests: list[pytest.Item], at: int, mutant: Mutant) -> None:
        """Note the mutant of a constant where no test notices it."""

        def lives(code: CodeType) -> bool:
            renew(self.module, code)
            self._forget()
            return _pass(session, tests)

        if self.renewable is None:  # a module that cannot be run twice is tried anew
            original = compile(self.file.read_bytes(), str(self.file), "exec", dont_inherit=True)
            self.renewable = forked(lambda: lives(original), self._patience(tests))
        if not self.renewable or forked(lambda: lives(mutant.code), self._patience(tests)):
            self.unsure.append(at)

    def _patience(self, tests: list[pytest.Item]) -> int:
        return 5 + int(PATIENCE * sum(self.took[item] for item in tests))

    def _try(self, session: pytest.Session, original: dict[Place, CodeType], at: int, mutant: Mutant) -> None:
        """Note the mutant's number where no test notices it."""
        wrong = dict(functions(mutant.code))
        if not wrong.keys() <= original.keys():
            self.unsure.append(at)
            return
        changed = [(original[place], code) for place, code in wrong.items() if original[place] != code]
        places = [
            (code.co_qualname, code.co_firstlineno) for code, _new in changed if code.co_name not in COMPREHENSIONS
        ]
        deepest = max(places, key=lambda place: place[0].count("."), default=("", 0))
        tests = sorted(self.calls.get(deepest, []), key=self.took.__getitem__)
        fits = bool(changed) and all(old.co_freevars == new.co_freevars for old, new in changed)

        def lives() -> bool:
            _exchange(changed)
            self._forget()
            return _pass(session, tests)

        if not (fits and tests) or forked(lives, self._patience(tests)):
            acts_early = not fits or deepest in self.early or deepest not in self.watched
            (self.unsure if acts_early else self.alive).append(at)


def _run(session: pytest.Session, item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=Ground(session))


def _pass(session: pytest.Session, tests: list[pytest.Item]) -> bool:
    """Run these tests until one fails."""
    for item in tests:
        _run(session, item)
        if session.testsfailed:
            return False
    return True


def renew(module: str, code: CodeType) -> None:
    """Give a module, and all that took them from it, the constants that this code makes."""
    living = sys.modules[module]
    made: dict[str, Any] = {"__name__": module, "__file__": living.__file__, "__package__": living.__package__}
    exec(code, made)
    for name, new in made.items():
        if name.startswith("__") or name not in vars(living) or isinstance(new, type | FunctionType | ModuleType):
            continue
        old = vars(living)[name]
        for each in list(sys.modules.values()):
            if getattr(each, "__dict__", {}).get(name) is old:
                setattr(each, name, new)


def memories() -> list[Callable[[], None]]:
    """What makes the application forget all that its functions have worked out before."""
    memory: type[Any] = getattr(sys.modules.get("app.ical.memory"), "Memory", NoneType)
    found: list[Callable[[], None]] = []
    for each in gc.get_objects():
        if type(each) is _lru_cache_wrapper and str(each.__module__).startswith("app."):
            found.append(each.cache_clear)
        elif type(each) is memory:
            found.append(each.clear)
    return found


def _exchange(changed: list[tuple[CodeType, CodeType]]) -> None:
    """Give every living function its wrong code.

    A function is known by its place: code that has run no longer equals the same code that has not (Python 3.11).
    """
    wrong = {(old.co_filename, old.co_qualname, old.co_firstlineno): new for old, new in changed}
    gc.unfreeze()
    for each in gc.get_objects():
        if isinstance(each, FunctionType):
            code = each.__code__
            if new := wrong.get((code.co_filename, code.co_qualname, code.co_firstlineno)):
                each.__code__ = new


class Wrong(SourceFileLoader):
    """Loads one module wrong; every other as it is."""

    def __init__(self, file: Path, code: CodeType) -> None:
        self.module = named(file)
        super().__init__(self.module, str(file))
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        return self.code

    def find_spec(self, name: str, _path: Any, _target: Any = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self.path, loader=self) if name == self.module else None


def passes_anew(file: Path, code: CodeType, tests: Sequence[str], seconds: int) -> bool:
    """Whether the tests pass in a process that loads the module from `code`. The caller has loaded nothing of ours."""

    def passes() -> bool:
        sys.meta_path.insert(0, Wrong(file, code))
        return pytest.main([*WORDS, "-x", *tests]) == 0

    return forked(passes, seconds)
