"""F17 and F18: backups made in the midst of writing are whole, and come back on either database as they were."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError

from app import clock
from app.care import rows
from app.db import db, write
from app.events.models import Mode
from app.outbox import Message, State, empty
from app.registration import service as registration
from app.registration.models import Delegate, Places
from app.registration.service import Application
from app.web.kept import KeepingFlask
from tests.care.copies import back_up, machine, restore, second, sums
from tests.databases import States
from tests.publishing.digests.people import delegation_of, event_of
from tests.registration.cast import assemble, details
from tests.trust.faults.conftest import Storm
from tests.trust.figures import Figures
from tests.trust.invariants import Acknowledged, engine_of, examine, lost


def register(number: str) -> str:
    """Somebody registers; their letter waits. The reference, once it is stored."""
    told = details(Mode.ONLINE, name=f"Person {number}", email=f"p{number}@rome.example.org")
    application = Application(f"form {number}", delegation_of("Rome"), told)
    made = write(lambda: registration.register(event_of(), application, clock.now()))
    return made.reference


def open_summit(app: KeepingFlask) -> None:
    """The summit of the cast, with room for as many as come."""
    assemble(app)
    with app.app_context():
        write(lambda: db.session.execute(update(Places).values(seats=None)))


def look(app: KeepingFlask) -> tuple[set[str], int, int]:
    """References of delegates, delegates without a letter, and rows that point at nothing or are malformed."""
    with app.app_context():
        there = set(db.session.execute(select(Delegate.reference)).scalars())
        letters = db.session.execute(
            select(func.count()).select_from(Message).where(Message.kind == "confirmation")
        ).scalar_one()
        checked = db.session.execute(text("PRAGMA integrity_check")).scalars().all()
        orphans = db.session.execute(text("PRAGMA foreign_key_check")).all()
    return there, abs(len(there) - letters), len(orphans) + (checked != ["ok"])


def test_a_backup_in_a_storm_is_whole(storm: Storm, tmp_path: Path, figures: Figures, full: bool) -> None:
    """`flask backup` in a process of its own, while people register at the server."""
    crowd = storm.crowd(at_once=8)
    tally = crowd.tally
    kept: list[tuple[Path, list[Acknowledged]]] = []
    with crowd.coming():
        crowd.some(300 if full else 16)
        before = tally.p99()
        for number in range(10 if full else 1):
            kept.append((tmp_path / f"{number}.zip", list(tally.told)))
            begun = time.monotonic()
            storm.house.run("backup", str(kept[-1][0]))
            ended = time.monotonic()
            figures.measure(
                "F17", "a backup in the storm, with the start of its process", ended - begun, most=10, unit="s"
            )
            figures.measure("F17", "p99 of a registration meanwhile", tally.p99(begun, ended), most=1, unit="s")
    figures.measure("F17", "p99 of a registration before", before, most=1, unit="s")
    figures.hold("F17", "people who got no answer meanwhile", len(tally.gone), exactly=0)
    for file, told in kept:
        with machine(file.with_suffix("")) as copy:
            restore(copy, file)
            with copy.app_context():
                url = db.engine.url.render_as_string(hide_password=False)
            examine(url, storm.ground.cast.event_id, told).hold(figures, "F17", " in a backup")


@pytest.mark.one_database
def test_a_copied_file_is_stale_or_malformed(storm: Storm, tmp_path: Path) -> None:
    """The control: what people do who know no better."""
    if storm.ground.server is not None:
        pytest.skip("PostgreSQL's files cannot be copied one by one at all")
    crowd, bad = storm.crowd(at_once=8), 0
    with crowd.coming():
        for number in range(5):
            crowd.some(8)
            told, copy = list(crowd.tally.told), tmp_path / f"{number}.db"
            shutil.copyfile(storm.ground.url.removeprefix("sqlite:///"), copy)
            try:
                with engine_of(f"sqlite:///{copy}").connect() as line:
                    bad += bool(lost(line, storm.ground.cast.event_id, told))
            except DatabaseError:
                bad += 1
    assert bad > 0


@pytest.mark.parametrize("guarded", [True, False], ids=["one snapshot", "no snapshot"])
def test_a_registration_between_two_tables_is_in_both_or_in_none(
    app: KeepingFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    open_summit(app)
    ours = rows.lines

    def meanwhile(connection: Any, table: Any) -> Iterator[bytes]:
        if table.name == "messages":
            if not guarded:
                connection.rollback()
            register("Zeno")
            db.session.remove()
        return ours(connection, table)

    @contextmanager
    def plain(engine: Any) -> Iterator[Any]:
        with engine.connect().execution_options(write=True) as connection:
            yield connection

    monkeypatch.setattr(rows, "lines", meanwhile)
    if not guarded:
        monkeypatch.setattr(rows, "snapshot", plain)
    file = back_up(app, tmp_path / "copy.zip")
    monkeypatch.undo()
    with machine(tmp_path / "new") as copy:
        try:
            restore(copy, file)
            torn = look(copy)[1] > 0
        except AssertionError:  # "Rows of the backup point at nothing"
            torn = True
    assert torn is not guarded


def links(app: KeepingFlask) -> list[str]:
    """Each address of our own that letters in `mail/` hold, as they were sent."""
    found: set[str] = set()
    for file in (Path(app.config["INSTANCE"]) / "mail").glob("*.eml"):
        found |= set(re.findall(r"http://localhost(/(?:r|c|p|d|f|my)/[\w/.-]+)", file.read_text().replace("=\n", "")))
    return sorted(found)


def answers(app: KeepingFlask, addresses: list[str]) -> dict[str, int]:
    client = app.test_client()
    return {each: client.get(each).status_code for each in addresses}


def settle(app: KeepingFlask) -> tuple[int, list[str]]:
    """Send all that waits; how many went, and the states of letters."""
    with app.app_context():
        sent = empty().sent
        db.session.rollback()
        return sent, [each.value for each in db.session.execute(select(Message.state).order_by(Message.id)).scalars()]


def test_a_backup_comes_back_as_it_was(app: KeepingFlask, database: States, tmp_path: Path, figures: Figures) -> None:
    """To a file, and on PostgreSQL from that file to a second PostgreSQL and from PostgreSQL to another."""
    shutil.rmtree(Path(app.config["INSTANCE"]) / "mail", ignore_errors=True)
    open_summit(app)
    with app.app_context():
        register("told")
        empty()
        register("waiting")
        db.session.remove()
    file = back_up(app, tmp_path / "copy.zip")
    meant, doors = sums(app), answers(app, links(app))
    sent, _ = settle(app)
    assert (sent, set(doors.values()) <= {200}, len(doors) >= 2) == (1, True, True), doors
    targets: list[tuple[str, str]] = [("a file", "")]
    with suppress_missing(database) as address:
        targets += [("a server", address)] if address else []
        for place, url in targets:
            _compare(tmp_path / place, url, file, meant, doors, figures)
        if address:
            with machine(tmp_path / "a file") as source, second(database) as third:
                again = back_up(source, tmp_path / "again.zip")
                _compare(tmp_path / "from the file to a server", third, again, sums(source), doors, figures)


@contextmanager
def suppress_missing(database: States) -> Iterator[str]:
    """A second PostgreSQL where the tests have one; else nothing."""
    if hasattr(database, "path"):
        yield ""
        return
    with second(database) as address:
        yield address


def _compare(
    folder: Path, url: str, file: Path, meant: dict[str, tuple[int, str]], doors: dict[str, int], figures: Figures
) -> None:
    with machine(folder, url) as copy:
        restore(copy, file)
    with machine(folder, url) as copy:  # with the key that came
        found = sums(copy)
        differ = [name for name in meant if found.get(name) != meant[name] and name != "messages"]
        assert found["messages"][0] == meant["messages"][0]
        sent, states = settle(copy)
        figures.hold("F18", "tables that differ after a restore", len(differ), exactly=0)
        wrong = [each for each, code in answers(copy, list(doors)).items() if code != doors[each]]
        figures.hold("F18", "mailed links that no longer work", len(wrong), exactly=0)
        figures.hold("F18", "letters sent twice", sent, exactly=0)
        assert State.HELD.value in states
        with copy.app_context():
            register("afterwards")  # every count goes on after the greatest number
            db.session.remove()


def test_without_the_hold_a_letter_goes_twice(app: KeepingFlask, tmp_path: Path) -> None:
    """The control, and what `--send` is for: a move during which nothing ran."""
    open_summit(app)
    with app.app_context():
        register("waiting")
        db.session.remove()
    file = back_up(app, tmp_path / "copy.zip")
    assert settle(app)[0] == 1
    with machine(tmp_path / "new") as copy, suppress(FileNotFoundError):
        restore(copy, file, "--send")
        assert settle(copy)[0] == 1
