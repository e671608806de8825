"""The calendar doctor's page: what a calendar shows now, its last fetch, what changed since, and what is wrong."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from app import clock
from app.db import db, write
from app.delegations.models import Delegation
from app.desk.calendars import forms
from app.desk.calendars.words import WORDS
from app.events.models import Event, Mode
from app.journal import Note
from app.network.models import Member
from app.registration.service import Application, Details, register
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, line, rows, words
from tests.ical.test_doctor import BROKEN as BROKEN_FILES

DOCTOR = f"{REHEARSAL}/calendars/doctor"
TABLE, PUBLISH = f"{REHEARSAL}/agenda", f"{REHEARSAL}/publish"
BROKEN = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:x
DTSTART:20270209T101112
SUMMARY:Rome, <b>Milan</b>
END:VEVENT
END:VCALENDAR"""


def ask(organiser: Organiser, **values: Any) -> TestResponse:
    """Open the page, fill in its form and press the button."""
    filled = held(organiser.get(DOCTOR)) | values
    return organiser.client.post(DOCTOR, data=filled, content_type="multipart/form-data")


def move_session_2(organiser: Organiser) -> None:
    organiser.send(TABLE, line(organiser.get(TABLE), "session-2", starts="12:10", ends="13:30"))
    assert organiser.send(PUBLISH, {"note": "The mayor is late"}).status_code == 303


def test_it_shows_a_calendar_by_three_clocks(tokyo: Organiser) -> None:
    page = tokyo.get(f"{DOCTOR}?feed=all&zone=America/New_York")
    shown = rows(page)["Session 2: EnvironmentRehearsal Hall, Hilton Tokyo Shinjuku"].replace("\u2060", "")
    tokyo_time, new_york, utc, status, _changes = shown.split(" | ")
    hours = [each.split(", ")[1] for each in (tokyo_time, new_york, utc)]
    assert hours == ["11:50–13:10", "21:50–23:10", "02:50–04:10"]
    assert (status, "12 events, no fault" in words(page)) == ("Takes place", True)


def test_it_says_when_it_was_fetched_and_what_changed_since(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert "No program has fetched it so far" in words(tokyo.get(f"{DOCTOR}?feed=all"))
    desks.test_client().get("/rehearsal/agenda.ics").close()
    assert "Nothing in it changed since." in words(tokyo.get(f"{DOCTOR}?feed=all"))
    move_session_2(tokyo)
    page = words(tokyo.get(f"{DOCTOR}?feed=all"))
    assert "when it told release 1" in page
    assert re.search(r"Release 2, .*: The mayor is late", page)
    assert "1 event changed since; a program that has not asked again shows it as it was: Session 2" in page


def test_a_fetch_of_another_calendar_is_not_this_ones(desks: KeepingFlask, tokyo: Organiser) -> None:
    desks.test_client().get("/rehearsal/agenda.ics").close()
    assert "No program has fetched it so far" in words(tokyo.get(f"{DOCTOR}?feed=city/rome"))


@pytest.mark.parametrize(
    "key",
    ["all", "online", "city/rome", "session/session-2", "office/rome", "moderator/ishii", "theme/environment"],
)
def test_each_kind_can_be_looked_at(tokyo: Organiser, key: str) -> None:
    page = tokyo.get(f"{DOCTOR}?feed={key}")
    assert (page.status_code, "Nothing is wrong with it" in words(page)) == (200, True)


def test_pasted_text_is_judged_by_number_and_line(tokyo: Organiser) -> None:
    page = ask(tokyo, text=BROKEN)
    told = words(page)
    assert "A calendar without a name: 1 event, 9 faults" in told
    assert "SUMMARY holds a comma or semicolon without a backslash" in told
    assert "Line 6: SUMMARY:Rome, <b>Milan</b>" in told
    assert "A time in no zone (20270209T101112): every program reads another hour." in told
    assert "Line 5: DTSTART:20270209T101112" in told
    assert "2027-02-09 10:11 in no zone" in told
    assert "<b>Milan" not in page.text


def test_a_file_is_judged_by_its_line_ends_too(tokyo: Organiser) -> None:
    sent = FileStorage(BytesIO(BROKEN.encode()), "agenda.ics")
    told = words(ask(tokyo, file=sent))
    assert "1 event, 10 faults" in told
    assert "Lines have to end with CRLF" in told


def test_an_old_copy_of_our_calendar_is_known_for_one(desks: KeepingFlask, tokyo: Organiser) -> None:
    old = desks.test_client().get("/rehearsal/agenda.ics").text
    with desks.app_context():
        told = clock.now()
    move_session_2(tokyo)
    page = words(ask(tokyo, text=old))
    if clock.now().replace(microsecond=0) > told.replace(microsecond=0):
        assert "1 event in it is older than what we tell now" in page
        assert "changed by release 2" in page
    assert "12 events" in page


def test_what_holds_no_calendar_is_said_to_hold_none(tokyo: Organiser) -> None:
    page = ask(tokyo, text="Dear organisers, my calendar is wrong.")
    assert "There is no VCALENDAR in it." in words(page)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Choose a calendar, or give a reference, a file or text."),
        ({"feed": "all", "text": BROKEN}, "Give one of them."),
        ({"reference": "ZZZZZZ"}, "There is no such calendar at this summit."),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_words(tokyo: Organiser, values: dict[str, str], said: str) -> None:
    answer = ask(tokyo, **values)
    assert (answer.status_code, said in words(answer)) == (422, True)


def test_what_is_too_large_is_refused_beside_its_field(tokyo: Organiser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "LARGEST", 100)
    for values in ({"text": BROKEN}, {"file": FileStorage(BytesIO(BROKEN.encode()), "agenda.ics")}):
        answer = ask(tokyo, **values)
        assert (answer.status_code, "This is larger than the doctor reads" in words(answer)) == (422, True)


def test_a_file_of_ten_megabytes_is_refused_in_words(tokyo: Organiser) -> None:
    pasted = {"data": b"text=" + b"X" * 10_000_000, "content_type": "application/x-www-form-urlencoded"}
    answer = tokyo.client.post(DOCTOR, **pasted)
    assert (answer.status_code, "larger than we can take" in words(answer)) == (413, True)


HOSTILE = """BEGIN:VCALENDAR\rX-WR-CALNAME:\u202e<script>alert(1)</script>\rBEGIN:VEVENT\rUID:\u202e"onload=x\r\
SUMMARY:<img src=x onerror=alert(1)>\u202e\rLOCATION:{{7777*7777}}\rSTATUS:<b>\u202e\rSEQUENCE:<i>9</i>\r\
DTSTART;TZID=<u>\u202e/../etc/passwd:20270209T101112\rRRULE:FREQ=SECONDLY;COUNT=999999999\rEND:VEVENT\r\
BEGIN:VEVENT\rUID:\u202e"onload=x\rEND:VEVENT\rEND:VCALENDAR\r"""


def test_nothing_in_a_file_is_more_than_words_on_the_page(tokyo: Organiser) -> None:
    page = ask(tokyo, file=FileStorage(BytesIO(HOSTILE.encode()), "agenda.ics"))
    assert page.status_code == 200
    assert [
        each for each in ("<script>alert", "<img", "<b>", "<i>", "<u>", "\u202e", "60481729") if each in page.text
    ] == []
    told = words(page)
    assert "<script>alert(1)</script>: 2 events" in told
    assert "repeats; its first time is shown" in told


@pytest.mark.parametrize("key", ["nothing", "city/atlantis", "day/2027-02-31", "all'--", "session/closed"])
def test_a_calendar_that_is_not_offered_shows_nothing(tokyo: Organiser, key: str) -> None:
    page = tokyo.get(f"{DOCTOR}?feed={key}&zone=Mars/Olympus")
    assert (page.status_code, "What it shows now" in words(page)) == (200, False)


def test_a_delegates_calendar_is_found_by_the_reference_and_shows_no_secret(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    def act() -> tuple[str, str]:
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        of_rome = select(Delegation.id).join(Member).where(Delegation.event_id == event.id, Member.slug == "rome")
        key = db.session.execute(of_rome).scalar_one()
        details = Details(Mode.ONLINE, "Anna Bianchi", "Deputy Mayor", "City of Rome", "anna@rome.example")
        made = register(event, Application("a form", key, details), clock.now())
        return made.reference, made.feed

    with desks.app_context():
        reference, secret = write(act)
    desks.test_client().get(f"/c/{secret}/agenda.ics").close()
    page = ask(tokyo, reference=reference.lower())
    told = words(page)
    assert ("Online" in told, "Last fetched on" in told, "Nothing is wrong with it" in told) == (True, True, True)
    assert secret not in page.text


def test_nothing_is_stored_by_looking(desks: KeepingFlask, tokyo: Organiser) -> None:
    with desks.app_context():
        before = len(list(db.session.execute(select(Note)).scalars()))
    ask(tokyo, text=BROKEN)
    with desks.app_context():
        assert len(list(db.session.execute(select(Note)).scalars())) == before


def test_every_fault_has_words() -> None:
    told = {(rule, code) for rule, found in WORDS.items() for code in found}
    assert {tuple(each.split(" ", 1)) for each in BROKEN_FILES} - told == set()
