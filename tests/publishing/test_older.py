"""A database of when entries did not hold who is in them: once upgraded, calendars and letters are right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from icalendar import Calendar

from app.agenda.models import Session, Visibility
from app.db import db, write
from app.events.models import Mode
from app.ical import Entry
from app.outbox.rendering import Rendered, render
from app.publishing import service as publishing
from app.publishing.models import Told
from app.publishing.saying import spoken
from app.web.kept import KeepingFlask
from tests.databases import States
from tests.publishing.digests.people import THEN, edit, event_of, join, letters, office, publish
from tests.registration.cast import assemble

TOLD = sa.table("told", *(sa.column(each, sa.JSON if each == "entry" else None) for each in ("code", "entry")))
MESSAGES = sa.table("messages", sa.column("id"), sa.column("kind"), sa.column("facts", sa.JSON))
LATER = THEN + timedelta(hours=1)


def as_it_was(stored: dict[str, Any]) -> dict[str, Any]:
    """An entry as releases stored it: its description in English, and nothing of who is in it."""
    (entry,) = spoken([Entry.from_json(stored)], "en")
    item = {name: value for name, value in entry.to_json()["item"].items() if name not in ("circle", "said")}
    return entry.to_json() | {"item": item}


def facts_as_they_were(facts: dict[str, Any]) -> dict[str, Any]:
    """Those of a letter about a release, which knew neither city nor role and when the person had registered."""
    kept = {name: value for name, value in facts.items() if name not in ("member", "head", "own_change_at")}
    entries = [[as_it_was(entry), code] for entry, code in facts["entries"]]
    return kept | {"entries": entries, "mode_changed_at": datetime(2090, 1, 10, tzinfo=UTC).isoformat()}


@pytest.fixture
def grown(app: KeepingFlask, database: States) -> Iterator[KeepingFlask]:
    """Anna of Rome, Bob of Milan, and Rome's office wait for the letters of release 3, which took the reception off;
    all of it as it was before, and upgraded since."""
    assemble(app)
    with app.app_context():
        join("Rome", "Anna Bianchi", language="ja")
        join("Milan", "Bob Bianchi", Mode.ONLINE)
        office("Rome")
        edit("reception", visibility=Visibility.INVITED)
        publish(now=THEN - timedelta(hours=1))
        edit("session-2", title="On rivers")
        write(lambda: db.session.execute(sa.delete(Session).where(Session.code == "reception")))
        publish()
        database.release()
        downgrade(revision="0015")
        with db.engine.connect().execution_options(write=True) as connection, connection.begin():
            for code, entry in connection.execute(sa.select(TOLD)).all():
                connection.execute(sa.update(TOLD).where(TOLD.c.code == code).values(entry=as_it_was(entry)))
            for key, _kind, facts in connection.execute(sa.select(MESSAGES).where(MESSAGES.c.kind == "release")).all():
                old = sa.update(MESSAGES).where(MESSAGES.c.id == key)
                connection.execute(old.values(facts=facts_as_they_were(facts)))
        upgrade()
        database.release()
        yield app


def entries() -> dict[str, Entry]:
    event = event_of()
    return {code: entry for code, (entry, _seen_by) in publishing.told(event.id, event.release).entries.items()}


def test_calendars_know_at_once_who_is_in_what(grown: KeepingFlask) -> None:
    assert {code: (each.item.circle.seen_by, each.item.circle.members) for code, each in entries().items()} == {
        "closed-talk": ("invited", (("city/rome", "venue"),)),
        "reception": ("invited", ()),  # as it was when it last stood in a release
        "session-2": ("public", (("city/lancaster", "online"), ("city/milan", "video"), ("city/rome", "venue"))),
    }


def test_they_speak_every_language_at_once_and_english_as_before(grown: KeepingFlask) -> None:
    stored = db.session.execute(sa.select(Told.entry).where(Told.code == "session-2")).scalar_one()
    told = [entries()["session-2"]]
    (english,), (japanese,) = spoken(told, "en"), spoken(told, "ja")
    assert english.item.description == stored["item"]["description"]
    assert "In speaking order: Lancaster (online)" in english.item.description
    assert "発言順：Lancaster（オンライン）" in japanese.item.description


def test_the_next_release_changes_nothing_of_what_stays(grown: KeepingFlask) -> None:
    before = entries()
    edit("closed-talk", title="On lakes")
    publish(now=LATER)
    rows = db.session.execute(sa.select(Told.code, Told.release, Told.entry)).all()
    assert {row.code: row.release for row in rows} == {"closed-talk": 4, "reception": 3, "session-2": 3}
    assert {row.code: Entry.from_json(row.entry).changed_at for row in rows if row.code != "closed-talk"} == {
        code: before[code].changed_at for code in ("reception", "session-2")
    }
    assert all(row.entry["item"]["said"] and row.entry["item"]["circle"]["seen_by"] for row in rows)


def test_letters_that_waited_are_worded_and_say_where_it_is_for_the_reader(grown: KeepingFlask) -> None:
    worded = {each.to.partition("@")[0]: render(each.kind, each.facts, each.language) for each in letters()}
    assert {who: places(each) for who, each in worded.items()} == {
        "anna": ["Hilton Tokyo Shinjuku"],
        "bob": ["Online"],
        "office": ["Hilton Tokyo Shinjuku"],
    }
    assert {who: stamp(each) for who, each in worded.items()} == dict.fromkeys(worded, THEN)


def _session(letter: Rendered) -> Any:
    (file,) = letter.attachments
    return {str(each["SUMMARY"]): each for each in Calendar.from_ical(file.content).walk("VEVENT")}["On rivers"]


def places(letter: Rendered) -> list[str]:
    return [str(_session(letter).get("LOCATION", ""))]


def stamp(letter: Rendered) -> datetime:
    found: datetime = _session(letter)["DTSTAMP"].dt
    return found


def test_who_reads_another_language_finds_that_their_calendar_changed(grown: KeepingFlask) -> None:
    rows = db.session.execute(sa.text("SELECT name, language_changed_at IS NULL FROM delegates ORDER BY name"))
    assert [(name, bool(never)) for name, never in rows] == [("Anna Bianchi", False), ("Bob Bianchi", True)]
