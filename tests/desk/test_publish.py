"""From a change in the draft to a release, and what calendars make of it."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from sqlalchemy import update

from app.agenda.models import Session
from app.db import db, write
from app.events.models import Event
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, line, stored, words
from tests.ical import rules

TABLE = f"{REHEARSAL}/agenda"
PUBLISH = f"{REHEARSAL}/publish"
FEED = "/rehearsal/agenda.ics"


def move_session_2(organiser: Organiser) -> None:
    """Twenty minutes later: 12:10 to 13:30."""
    answer = organiser.send(TABLE, line(organiser.get(TABLE), "session-2", starts="12:10", ends="13:30"))
    assert answer.status_code == 303


def publish(organiser: Organiser, **values: str) -> str:
    """Press the button; the words of the page that follows."""
    answer = organiser.send(PUBLISH, values)
    assert (answer.status_code, answer.location) == (303, PUBLISH)
    return words(organiser.get(PUBLISH))


def entries(app: KeepingFlask) -> dict[str, dict[str, str]]:
    """The entries of the public feed by the code of their session."""
    octets = app.test_client().get(FEED).data
    return {entry["URL"].rpartition("/")[2]: entry for entry in rules.events(octets)}


def test_the_preview_names_what_moved_before_and_after(tokyo: Organiser) -> None:
    move_session_2(tokyo)
    said = words(tokyo.get(PUBLISH))
    assert "1 retimed; 1 calendar entry follows." in said
    assert "Time (Tokyo)11:50–13:10 → becomes 12:10–13:30" in said


def test_the_preview_tells_the_sequence(tokyo: Organiser) -> None:
    move_session_2(tokyo)
    assert "0 → 1" in words(tokyo.get(PUBLISH))


def test_the_preview_changes_nothing(desks: KeepingFlask, tokyo: Organiser) -> None:
    move_session_2(tokyo)
    before = desks.test_client().get(FEED).data
    tokyo.get(PUBLISH)
    assert desks.test_client().get(FEED).data == before


def test_nothing_waits_where_nothing_changed(tokyo: Organiser) -> None:
    page = tokyo.get(PUBLISH)
    assert "Nothing is waiting: the draft says what release 1 says." in words(page)
    assert 'name="seen"' not in page.text


def test_publishing_makes_release_2(tokyo: Organiser) -> None:
    move_session_2(tokyo)
    assert "Release 2 is published. Pages and calendars follow at once." in publish(tokyo)


def test_the_release_is_listed_with_its_note_and_who_made_it(tokyo: Organiser) -> None:
    move_session_2(tokyo)
    said = publish(tokyo, note="Lunch is later")
    assert "KOIKE Yuriko" in said
    assert "Lunch is later" in said
    assert "Nothing is waiting: the draft says what release 2 says." in said


def test_the_public_agenda_follows(desks: KeepingFlask, tokyo: Organiser) -> None:
    move_session_2(tokyo)
    visitor = desks.test_client()
    assert "12:10–13:30" not in visitor.get("/rehearsal/agenda").text
    publish(tokyo)
    assert "12:10–13:30" in visitor.get("/rehearsal/agenda").text


def test_the_moved_entry_alone_gets_sequence_1(desks: KeepingFlask, tokyo: Organiser) -> None:
    move_session_2(tokyo)
    publish(tokyo)
    sequences = {code: entry["SEQUENCE"] for code, entry in entries(desks).items()}
    assert sequences.pop("session-2") == "1"
    assert set(sequences.values()) == {"0"}


def test_the_moved_entry_keeps_its_uid(desks: KeepingFlask, tokyo: Organiser) -> None:
    before = entries(desks)["session-2"]["UID"]
    move_session_2(tokyo)
    publish(tokyo)
    assert entries(desks)["session-2"]["UID"] == before


def test_the_others_keep_their_octets(desks: KeepingFlask, tokyo: Organiser) -> None:
    def others() -> list[bytes]:
        octets = desks.test_client().get(FEED).data
        found = re.findall(rb"BEGIN:VEVENT.*?END:VEVENT", octets, re.DOTALL)
        return [each for each in found if b"/sessions/session-2" not in each.replace(b"\r\n ", b"")]

    before = others()
    move_session_2(tokyo)
    publish(tokyo)
    assert (len(before), others()) == (11, before)


def test_a_cancelled_session_stays_in_the_feed(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(TABLE, line(tokyo.get(TABLE), "session-4", cancelled="y"))
    assert "1 cancelled; 1 calendar entry follows." in words(tokyo.get(PUBLISH))
    publish(tokyo)
    assert entries(desks)["session-4"]["STATUS"] == "CANCELLED"


def test_the_second_of_two_tabs_is_refused_in_words(tokyo: Organiser) -> None:
    move_session_2(tokyo)
    page = tokyo.get(PUBLISH)
    assert tokyo.send(PUBLISH, page=page).status_code == 303
    second = tokyo.send(PUBLISH, page=page)
    assert second.status_code == 422
    assert "Please look at this again" in words(second)
    assert "Release 2" in words(second)
    assert "Release 3" not in words(second)


def test_a_draft_changed_since_the_preview_is_shown_anew(tokyo: Organiser) -> None:
    move_session_2(tokyo)
    page = tokyo.get(PUBLISH)
    tokyo.send(TABLE, line(tokyo.get(TABLE), "session-4", cancelled="y"))
    answer = tokyo.send(PUBLISH, {"note": "Lunch is later"}, page=page)
    assert answer.status_code == 422
    assert "The draft has changed since you looked." in words(answer)
    assert 'value="Lunch is later"' in answer.text
    assert tokyo.send(PUBLISH, page=answer).status_code == 303


def test_a_draft_with_an_hour_that_never_comes_says_so(desks: KeepingFlask, rome: Organiser) -> None:
    def act() -> None:
        of_rome = Event.slug == "gnets-2023"
        db.session.execute(update(Event).where(of_rome).values(zone="Europe/Brussels"))
        values = {"day": date(2023, 3, 26), "starts": time(2, 30), "ends": time(4)}
        row = stored(desks, "gnets-2023", "session-2")
        db.session.execute(update(Session).where(Session.id == row.id).values(**values))

    with desks.app_context():
        write(act)
    said = words(rome.get(f"{ARCHIVE}/publish"))
    assert "This draft cannot be published yet. Session 2: On 26 March 2023" in said


@pytest.mark.parametrize("city", ["rome", "milan"])
def test_a_stranger_finds_no_publishing(desks: KeepingFlask, city: str) -> None:
    assert Organiser(desks, city).get(PUBLISH).status_code == 404


def test_a_stranger_cannot_publish(desks: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    move_session_2(tokyo)
    page = tokyo.get(PUBLISH)
    held_by_rome = rome.get(f"{ARCHIVE}/agenda")
    assert rome.send(PUBLISH, page=held_by_rome).status_code == 404
    assert rome.send(PUBLISH, page=page).status_code == 404
    assert "11:50–13:10" in desks.test_client().get("/rehearsal/agenda").text
