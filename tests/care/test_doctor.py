"""What the doctor finds, each with what to do; the world is put in place of by what the test says of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.care import backup, beat, disk, doctor, fitness
from app.care.doctor import Finding, House
from app.care.mail import Mail
from app.db import db, write
from app.web.kept import KeepingFlask
from tests.care.copies import run, without
from tests.databases import SQLite, States

RECORDS = {
    "city.example": ["v=spf1 mx -all", "something else"],
    "mail._domainkey.city.example": ["v=DKIM1; k=rsa; p=MIGf"],
    "_dmarc.city.example": ["v=DMARC1; p=reject"],
}


def world(
    records: dict[str, list[str]] = RECORDS, refusal: str = "", apart: timedelta | None = None, selector: str = ""
) -> Mail:
    hour: Callable[[], datetime | None] = lambda: None if apart is None else clock.now() + apart  # noqa: E731
    return Mail(lambda name: records.get(name, []), lambda: refusal, hour, "city.example", selector)


def examined(app: KeepingFlask, mail: Mail, **settings: Any) -> dict[str, Finding]:
    """The worst finding of each kind."""
    with app.app_context():
        house = House(dict(app.config) | settings, clock.now, mail)
        found = list(doctor.examine(house))
    worst: dict[str, Finding] = {}
    for each in sorted(found, key=lambda each: list(doctor.Level).index(each.level)):
        worst[each.what] = each
    return worst


@pytest.fixture(autouse=True)
def tidy(app: KeepingFlask, database: States, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an installation is: a file of its owner's alone, unlike the tests' own copy, and a key that was drawn."""
    if isinstance(database, SQLite):
        database.release()
        for end in ("", "-wal", "-shm"):
            if (file := Path(f"{database.path}{end}")).exists():
                file.chmod(0o600)
    monkeypatch.setitem(app.config, "SECRET_KEY", PUBLIC["SECRET_KEY"])


PUBLIC: dict[str, Any] = {
    "BASE_URL": "https://city.example",
    "TRUSTED_PROXY_COUNT": 1,
    "MAIL_SERVER": "smtp.city.example",
    "SECRET_KEY": "jZ0tqXn3mE8vKc5yRb2uLw7sPd4gHf1a",
}


def test_a_well_kept_house_has_no_fault(app: KeepingFlask, instance: Path, tmp_path: Path) -> None:
    (instance / beat.FILE).touch()
    backup._remember(instance, tmp_path / "x.zip", clock.now())
    found = examined(app, world(apart=timedelta(seconds=1)), **PUBLIC)
    assert {each.level for each in found.values()} == {"ok"}, [str(each) for each in found.values()]


@pytest.mark.parametrize(
    ("settings", "what", "level", "sentence"),
    [
        ({"BASE_URL": "http://city.example"}, "base url", "fault", "set PLENARY_BASE_URL"),
        ({"TRUSTED_PROXY_COUNT": 0}, "base url", "warning", "set it to 1"),
        ({"SECRET_KEY": "short"}, "key", "fault", "shorter than 32 octets"),
        ({"SECRET_KEY": "change me, change me, change me, please"}, "key", "fault", "is a sample"),
        ({"MAIL_SERVER": ""}, "mail", "fault", "reach nobody"),
    ],
)
def test_settings_are_looked_at(
    app: KeepingFlask, settings: dict[str, Any], what: str, level: str, sentence: str
) -> None:
    found = examined(app, world(), **(PUBLIC | settings))[what]
    assert (found.level, sentence in found.said) == (level, True), str(found)


def test_a_mail_server_that_refuses_is_told_in_its_words(app: KeepingFlask) -> None:
    found = examined(app, world(refusal="535 5.7.8 authentication failed"), **PUBLIC)["mail"]
    assert (found.level, "535 5.7.8 authentication failed" in found.said) == ("fault", True)


@pytest.mark.parametrize(
    ("records", "missing"),
    [
        ({}, {"spf", "dkim", "dmarc"}),
        (RECORDS | {"city.example": ["v=spf1 mx -all", "v=spf1 -all"]}, {"spf"}),
        (RECORDS | {"mail._domainkey.city.example": []}, {"dkim"}),
        (RECORDS | {"_dmarc.city.example": ["v=spf1"]}, {"dmarc"}),
    ],
)
def test_what_receivers_ask_of_a_domain_is_looked_for(
    app: KeepingFlask, records: dict[str, list[str]], missing: set[str]
) -> None:
    found = examined(app, world(records), **PUBLIC)
    assert {name for name in ("spf", "dkim", "dmarc") if found[name].level == "warning"} == missing


def test_a_selector_of_ones_own_is_the_only_one_asked_for(app: KeepingFlask) -> None:
    found = examined(app, world(selector="2026a"), **PUBLIC)["dkim"]
    assert found.said.startswith("No key under 2026a at")


def test_a_wrong_clock_is_told(app: KeepingFlask) -> None:
    found = examined(app, world(apart=timedelta(minutes=3)), **PUBLIC)["clock"]
    assert (found.level, found.said[:5]) == ("fault", "180 s")


def test_pending_migrations_and_open_files_and_a_silent_worker_are_faults(app: KeepingFlask, instance: Path) -> None:
    with app.app_context():
        write(lambda: db.session.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    toml = instance / "plenary.toml"
    toml.write_text("")
    toml.chmod(0o644)
    old = (datetime.now(UTC) - timedelta(hours=3)).timestamp()
    (instance / beat.FILE).touch()
    os.utime(instance / beat.FILE, (old, old))
    try:
        found = examined(app, world(), **PUBLIC)
    finally:
        toml.unlink()
        (instance / beat.FILE).unlink()
    assert {name for name, each in found.items() if each.level == "fault"} == {"database", "files", "worker"}
    assert f"chmod go= {toml}" in found["files"].said


def test_a_disk_that_fills_is_told(app: KeepingFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "free", lambda _folder: 50 * 1024**2)
    assert examined(app, world(), **PUBLIC)["disk"].level == "fault"


def test_pages_that_lack_what_they_stand_on_are_a_fault(
    app: KeepingFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitness, "FETCHED", tmp_path)
    assert examined(app, world(), **PUBLIC)["pages"].level == "fault"


def test_a_database_that_is_away_is_a_fault_and_no_traceback(app: KeepingFlask) -> None:
    with without(app, "messages"):
        assert examined(app, world(), **PUBLIC)["letters"].said.startswith("It could not be looked at")


def test_the_command_ends_with_1_when_something_is_a_fault(app: KeepingFlask) -> None:
    before = run(app, "doctor")
    with app.app_context():
        write(lambda: db.session.execute(text("UPDATE alembic_version SET version_num = '0001'")))
    after = run(app, "doctor")
    assert (before.exit_code, after.exit_code) == (0, 1), before.output
    assert "Run `db upgrade`" in after.output
