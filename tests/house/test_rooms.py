"""The one import rule: a room imports only rooms that stand before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "clock refused spelling ical planning "
    "cursors db marks wholes storing sentences journal jobs files photos sheets sent tokens markdown outbox web "
    "accounts network events delegations registration profiles travel agenda visits videos publishing "
    "online site phone "
    "imports mypage office schedule announcing desk care"
).split()
ROOF = {"__init__", "house", "cli", "config", "migrations"}
FILES = "models letters service forms views".split()
"""Inside a feature these stand in this order of import."""


def modules() -> list[Path]:
    return sorted(path for path in (ROOT / "app").rglob("*.py") if "migrations" not in path.parts)


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "app").parts[0].removesuffix(".py")


NAMES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in modules()}
"""Every module by its name."""


def imports(path: Path) -> Iterator[str]:
    """The module each import of our own takes from: "app.events.models"."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.split(".")[0] == "app")
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "app":
            whole = (f"{node.module}.{each.name}" for each in node.names)
            yield from (name if name in NAMES else node.module for name in whole)


def test_every_room_has_its_place_in_the_list() -> None:
    assert {room_of(path) for path in modules()} - set(ROOMS) - ROOF == set()


def test_a_room_imports_only_rooms_that_stand_before_it() -> None:
    wrong = []
    for path in modules():
        room = room_of(path)
        if room in ROOF:
            continue
        for name in imports(path):
            other = name.split(".")[1]
            if other != room and (other not in ROOMS or ROOMS.index(other) > ROOMS.index(room)):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_inside_a_feature_files_import_only_those_before_them() -> None:
    wrong = []
    for path in modules():
        for name in imports(path):
            _, other, *file = name.split(".")
            ordered = file and other == room_of(path) and {path.stem, file[0]} <= set(FILES)
            if ordered and FILES.index(file[0]) > FILES.index(path.stem):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_no_module_imports_in_a_circle() -> None:
    arrows = {name: {each for each in imports(path) if each != name} for name, path in NAMES.items()}
    seen: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name not in seen:
            for each in sorted(arrows[name] & NAMES.keys()):
                walk(each, (*trail, name))
            seen.add(name)

    for name in sorted(NAMES):
        walk(name, ())


def test_nothing_is_imported_inside_functions() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(outer, ast.FunctionDef)
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert wrong == []


def calls(path: Path, *names: str) -> list[str]:
    """Where a file calls a method or function of these names."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", None) in names or getattr(node.func, "id", None) in names)
    ]


def writes(path: Path) -> list[str]:
    """Where a file calls `write` or `db.write`, and not the `write` of some file."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"write", "db.write", "database.write"}
    ]


def test_only_the_database_room_commits() -> None:
    assert [each for path in modules() for each in calls(path, "commit") if not each.startswith("app/db.py")] == []


def test_only_the_edge_writes() -> None:
    edge = {"views.py", "cli.py"}
    rows_that_are_their_own_act = {"app/outbox", "app/accounts"}
    wrong = [
        each
        for path in modules()
        if path.name not in edge and path.name != "db.py"
        for each in writes(path)
        if not any(each.startswith(room) for room in rows_that_are_their_own_act)
    ]
    assert wrong == []


def test_nothing_dangerous_is_called() -> None:
    banned = ("eval", "exec", "render_template_string", "loads_pickle", "utcnow", "system", "popen")
    assert [each for path in modules() for each in calls(path, *banned)] == []


def test_now_is_asked_only_by_the_clock() -> None:
    assert [each for path in modules() for each in calls(path, "today") if "clock.py" not in each] == []
    datetimes = [each for path in modules() for each in calls(path, "now") if path.name not in {"clock.py", "db.py"}]
    services = [each for each in datetimes if "service.py" in each or "models.py" in each]
    assert services == []
