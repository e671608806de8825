"""Which tests PostgreSQL is asked to run."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Executable, select, text
from sqlalchemy.exc import IntegrityError

from app import db
from app.events.models import Event
from app.web.kept import KeepingFlask
from tests.heard import Hearing, needed

SEATS = "tests/desk/test_seats.py"
SEVERAL, ONE, OTHER, SILENT = (f"{SEATS}::test_{name}" for name in ("several", "one", "other", "silent"))


def written(folder: Path, **said: tuple[float, list[str]]) -> None:
    """What two processes noted, each of some of the tests of SEATS."""
    told = [(f"{SEATS}::test_{name}", each) for name, each in said.items()]
    (folder / "gw0.json").write_text(json.dumps(dict(told[::2])))
    (folder / "gw1.json").write_text(json.dumps(dict(told[1::2])))


def test_together_they_send_all(tmp_path: Path) -> None:
    """One that sends what two others send is taken in their place, when it is quicker."""
    written(tmp_path, several=(1.0, ["a", "b"]), one=(1.0, ["a"]), other=(1.0, ["b"]))
    assert needed([SEVERAL, ONE, OTHER], tmp_path) == {SEVERAL}
    written(tmp_path, several=(9.0, ["a", "b"]), one=(1.0, ["a"]), other=(1.0, ["b"]))
    assert needed([SEVERAL, ONE, OTHER], tmp_path) == {ONE, OTHER}


def test_what_others_of_the_run_do_not_send_counts(tmp_path: Path) -> None:
    """Only those that may run at all are reckoned with."""
    written(tmp_path, several=(1.0, ["a", "b"]), one=(1.0, ["a"]), other=(1.0, ["b"]))
    assert needed([ONE, OTHER], tmp_path) == {ONE, OTHER}


def test_what_was_not_heard_is_always_taken(tmp_path: Path) -> None:
    """One that is new, one that sends nothing, faults, hostile words, and the ground."""
    written(tmp_path, several=(1.0, ["a"]), one=(2.0, ["a"]), silent=(1.0, []))
    files = "tests/trust/faults/test_x.py", "tests/desk/test_hostile_x.py", "tests/test_db.py"
    always = [f"{file}::test_x" for file in files]
    (tmp_path / "gw2.json").write_text(json.dumps({name: (9.0, ["a"]) for name in always}))
    assert needed([SEVERAL, ONE, SILENT, OTHER, *always], tmp_path) == {SILENT, OTHER, *always}


def test_nothing_was_heard_at_all(tmp_path: Path) -> None:
    """Then all are taken."""
    assert needed([ONE, OTHER], tmp_path / "nowhere") == {ONE, OTHER}


@pytest.fixture
def ear(tmp_path: Path) -> Hearing:
    return Hearing(tmp_path)


def heard(ear: Hearing, name: str, *acts: Any) -> set[str]:
    """What is noted of a test that does so."""
    run = ear.pytest_runtest_protocol(cast(pytest.Item, SimpleNamespace(nodeid=name)))
    next(run)
    for act in acts:
        act()
    with pytest.raises(StopIteration):
        run.send(None)
    return set(ear.heard[name][1])


@pytest.mark.one_database  # nobody listens on another
def test_what_counts_as_another_statement(app: KeepingFlask, ear: Hearing) -> None:
    """Its words, kinds of values, whether it locks, how many rows it changed, its fault; not the values."""

    def sent(words: Executable, **values: object) -> set[str]:
        def act() -> None:
            with app.app_context(), suppress(IntegrityError):
                db.write(lambda: db.db.session.execute(words, values))

        return heard(ear, ONE, act)

    put = text("INSERT INTO tries (purpose, key_hash, since, used) VALUES (:a, :b, '2026-01-01', 1)")
    try:
        first = sent(put, a="seats", b="1")
        assert sent(put, a="more", b="2") == first
        assert not sent(put, a="more", b="2") <= first  # refused: it is there
        assert not sent(put, a="more", b=3) <= first
        assert not sent(put, a="more", b="\0") <= first
        several = sent(text("DELETE FROM tries"))
        assert not sent(text("DELETE FROM tries")) <= several  # none is left
        read = sent(select(Event.id))
        assert not sent(select(Event.id).with_for_update()) <= read
        assert not sent(select(Event.id).with_for_update(skip_locked=True)) <= sent(select(Event.id).with_for_update())
    finally:
        ear.pytest_sessionfinish()


def test_processes_of_its_own_are_no_other_tests_affair(ear: Hearing) -> None:
    """What they send is not heard, so the test is needed."""
    try:
        assert heard(ear, ONE, lambda: subprocess.run([sys.executable, "-c", ""], check=True)) == {ONE}
        assert heard(ear, ONE) == set()
    finally:
        ear.pytest_sessionfinish()


def test_several_threads_are_no_other_tests_affair(app: KeepingFlask, ear: Hearing, tmp_path: Path) -> None:
    """A test in which two write at once is needed whatever else sends the same; and all is written down."""

    def act() -> None:
        with app.app_context():
            db.write(lambda: db.db.session.execute(text("DELETE FROM tries")))

    def beside() -> None:
        thread = Thread(target=act)
        thread.start()
        thread.join()

    try:
        alone, both = heard(ear, ONE, act), heard(ear, OTHER, act, beside)
    finally:
        ear.pytest_sessionfinish()
    assert both == alone | {OTHER}
    assert needed([ONE, OTHER], tmp_path) == {OTHER}
