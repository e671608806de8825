"""What the letters about a release say, in both their forms, and the calendar file that goes with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import delete, update

from app.agenda.models import Appearance, Part, Visibility
from app.agenda.models import Kind as SessionKind
from app.db import db, write
from app.events.models import Event, Mode, Room
from app.outbox import Message, Rendered, renderers
from app.outbox.mime import Headers, octets
from app.publishing import service
from app.publishing.digests import letters as words
from app.publishing.digests import recipients
from app.registration import service as registration
from app.registration.models import Delegate
from app.web.kept import KeepingFlask
from tests.publishing.digests.people import (
    THEN,
    add,
    appear,
    delegation_of,
    edit,
    event_of,
    join,
    letters,
    office,
    publish,
    session,
)
from tests.registration.cast import Cast, assemble, details
from tests.registration.test_letters import plain

pytestmark = pytest.mark.one_database  # words do not depend on where the rows live

LATER: dict[str, Any] = {"starts": time(9, 20), "ends": time(10, 20)}


def rendered(to: str = "") -> Rendered:
    """The letter to somebody whose address holds this, in words; to the only one when nobody is named."""
    (found,) = [each for each in letters() if to in each.to]
    return renderers[found.kind](found.facts, found.language)


def vevents(letter: Rendered) -> dict[str, Any]:
    """What its file holds, by title."""
    (file,) = letter.attachments
    return {str(each["SUMMARY"]): each for each in Calendar.from_ical(file.content).walk("VEVENT")}


def test_it_says_what_changed_in_both_zones_with_the_date_there(cast: Cast) -> None:
    anna = join("Lancaster", "Anna Bianchi", Mode.ONLINE, zone="")
    edit(**LATER)
    publish()
    letter = rendered()
    assert letter.subject == "Your programme for G-NETS Leaders Summit has changed"
    for said in (
        "The organisers have published release 2 of the programme. This is what it changes for you.",
        "Name: Anna Bianchi, Lancaster",
        f"Reference: {anna.reference}",
        "Way of taking part: online",
        "What is new: Another time",
        "Time (Tokyo): Tue 28 Feb, 09:00–10:00 → Tue 28 Feb, 09:20–10:20",
        "Your time (Los Angeles): Mon 27 Feb, 16:00–17:00 → Mon 27 Feb, 16:20–17:20",
        "How to join: online, with a link from the organisers",
        "Lancaster: Speaker, online, number 1 in speaking order",
        f"http://localhost/d/{anna.link}/",
        f"http://localhost/c/{anna.feed}/agenda.ics",
        "secretariat@example.org",
    ):
        assert said in letter.text, said
    assert ("The hour where you are" in letter.text, "Rome" in letter.text, "24 hours" in letter.text) == (False,) * 3


def test_one_zone_is_enough_where_the_clocks_agree(cast: Cast) -> None:
    join("Seoul", "Anna Bianchi")
    appear("session-2", "Seoul", 9)
    publish()
    assert ("Time (Tokyo)" in rendered().text, "Your time" in rendered().text) == (True, False)


def test_a_bad_hour_is_said_to_those_who_join_online(cast: Cast) -> None:
    join("Lancaster", "Anna Bianchi", Mode.ONLINE, zone="")
    join("Lancaster", "Luca Ferri")
    edit(starts=time(16), ends=time(17))
    publish()
    said = "The hour where you are: outside 07:00 to 22:00; if you cannot be there, please write to us"
    assert [said in rendered(each).text for each in ("anna", "luca")] == [True, False]


def test_the_place_is_that_of_the_person_s_own_way_of_taking_part(cast: Cast) -> None:
    for name, mode in (("Anna", Mode.VENUE), ("Bob", Mode.ONLINE), ("Carla", Mode.VIDEO)):
        join("Milan", f"{name} Bianchi", mode)
    room = Room(event_id=cast.event_id, name="Hall B", position=1)
    write(lambda: db.session.add(room))
    edit(room_id=room.id, **LATER)
    publish()
    lines = [
        "Place: Hilton Tokyo Shinjuku → Hall B, Hilton Tokyo Shinjuku",
        "How to join: online, with a link from the organisers",
        "How you take part: by your video message; you need not be there",
    ]
    found = [[line in rendered(each).text for line in lines] for each in ("anna", "bob", "carla")]
    assert found == [[True, False, False], [False, True, False], [False, False, True]]
    places = [str(vevents(rendered(each))["Session 2"].get("LOCATION", "")) for each in ("anna", "bob", "carla")]
    assert places == ["Hall B, Hilton Tokyo Shinjuku", "Online", ""]


def _cancelled() -> None:
    edit(cancelled=True)


def _retitled() -> None:
    edit(title="On rivers")


def _unscheduled() -> None:
    edit(starts=None, ends=None)


def _mode() -> None:
    rome = Appearance.delegation_id == delegation_of("Rome")
    write(lambda: db.session.execute(update(Appearance).where(rome).values(mode=Mode.ONLINE, part=Part.PANELLIST)))


def _taken_off() -> None:
    rome = Appearance.delegation_id == delegation_of("Rome")
    write(lambda: db.session.execute(delete(Appearance).where(rome, Appearance.session_id == session().id)))


def _added() -> None:
    add("plenary", SessionKind.PLENARY, starts=time(17), ends=time(18))


ACTS = {
    _cancelled: "What is new: Cancelled",
    _retitled: "Title: Session 2 → On rivers",
    _unscheduled: "Time (Tokyo): Tue 28 Feb, 09:00–10:00 → Tue 28 Feb, time to be announced",
    _mode: "Rome: Speaker, mode to be confirmed, number 3 in speaking order → Panellist, online, number 3 in speaking",
    _taken_off: "What is new: Rome no longer appears in it",
    _added: "What is new: New",
}


@pytest.mark.parametrize(("act", "said"), ACTS.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_each_kind_of_change_is_said(cast: Cast, act: Callable[[], None], said: str) -> None:
    join("Rome", "Anna Bianchi")
    act()
    publish()
    assert said in rendered().text


@pytest.mark.parametrize("act", ACTS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("who", ["person", "office", "both"])
def test_text_and_html_say_the_same(cast: Cast, act: Callable[[], None], mode: Mode, who: str) -> None:
    name = 'Å"s,a Bcc: x@y <b>&amp;{{7*7}}[click](http://evil.example)'
    if who != "office":
        join("Rome", name, mode, email="anna@rome.example.org")
    if who != "person":
        join("Rome", "Luca Ferri", mode)
        office("Rome", name, email="anna@rome.example.org")
    write(lambda: db.session.execute(update(Event).values(note="A rehearsal; nobody meets.")))
    act()
    publish(now=datetime(2090, 2, 27, 12, tzinfo=THEN.tzinfo))
    letter = rendered("anna")
    seen = plain(letter.html)
    links = re.findall(r"https?://[^\s<>\"]+", letter.text)
    shown = set(re.findall(r"\w{3,}", letter.text))
    assert [link for link in links if link not in seen] == []
    assert shown - set(re.findall(r"\w{3,}", seen)) == set()
    assert ("At short notice: " in letter.subject, "A rehearsal; nobody meets." in letter.text) == (True, True)
    assert (f"Dear {name}," in letter.text, "<b>" in letter.html, 'href="http://evil' in letter.html) == (
        True,
        False,
        False,
    )
    assert len(letter.html) < 100_000


def test_it_becomes_octets_that_mail_takes(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")
    edit(title="São Paulo and 東京")
    publish()
    known = {"sender_name": "G-NETS", "sender": "a@b.example", "to_name": "Anna", "to": "c@d.example", "reply_to": ""}
    raw = octets(Headers(message_id="<1@b.example>", dated=THEN, language="en", **known), rendered())
    assert (raw.isascii(), max(len(line) for line in raw.split(b"\r\n")) <= 998) == (True, True)
    assert b'filename="summit-release-2.ics"' in raw


def test_the_stored_facts_hold_no_secret_and_the_preview_shows_none(cast: Cast) -> None:
    anna, gaia = join("Rome", "Anna Bianchi"), office("Rome", "Anna Bianchi", email="anna@rome.example.org")
    edit(**LATER)
    (going,) = recipients.plan(event_of(), service.preview(cast.event_id, THEN).step).letters
    shown = words.preview(going.letter)
    publish()
    (row,) = letters()
    for secret in (anna.link, anna.feed, gaia.link):
        assert secret in rendered().text
        assert secret not in str(row.facts) + shown.text + shown.html
    assert "http://localhost/d/…/" in shown.text


def test_an_office_reads_whom_it_concerns_and_who_must_be_told(cast: Cast) -> None:
    join("Rome", "Anna Bianchi", Mode.ONLINE)
    luca = join("Rome", "Luca Ferri")
    write(lambda: db.session.execute(update(Delegate).where(Delegate.id == luca.id).values(email="")))
    join("Milan", "Paola Conti")
    gaia = office("Rome")
    edit(**LATER)
    publish()
    text = rendered("office").text
    for said in (
        "The programme of Rome for G-NETS Leaders Summit has changed",
        "Delegation: Rome",
        "Told by a letter of their own: Anna Bianchi (online)",
        "Without an address with us: please tell them: Luca Ferri (at the venue)",
        f"http://localhost/f/{gaia.link}/",
        "Your time (Rome): Tue 28 Feb, 01:00–02:00 → Tue 28 Feb, 01:20–02:20",
    ):
        assert said in text, said
    assert ("Paola" in text, "/d/" in text, "/c/" in text) == (False, False, False)


def events(octets: bytes) -> dict[bytes, bytes]:
    """The octets of each entry of a calendar file, by UID."""
    found = re.findall(rb"BEGIN:VEVENT.*?END:VEVENT", octets, re.DOTALL)
    return {re.search(rb"UID:([^\r]+)", each)[1]: each for each in found}  # type: ignore[index]


def said(entry: bytes) -> bytes:
    """What an entry says but for its history: that of a session rises too when somebody else takes part otherwise."""
    return re.sub(rb"\r\n(SEQUENCE|DTSTAMP|LAST-MODIFIED):[^\r]+", b"", entry)


@pytest.mark.parametrize("act", ACTS, ids=lambda each: each.__name__)
@pytest.mark.parametrize(("mode", "language"), [(Mode.VENUE, "ja"), (Mode.ONLINE, "ar"), (Mode.VIDEO, "en")])
def test_the_file_holds_the_entries_that_changed_as_the_person_s_calendar_does(
    app: KeepingFlask, client: FlaskClient, act: Callable[[], None], mode: Mode, language: str
) -> None:
    cast = assemble(app)
    with app.app_context():
        anna = join("Rome", "Anna Bianchi", Mode.ONLINE if mode != Mode.ONLINE else Mode.VENUE)
        told = {"name": "Anna Bianchi", "email": "anna@rome.example.org", "honorific": "", "language": language}
        change = details(mode, **told)
        write(lambda: registration.change(anna.id, change, anna.version, THEN - timedelta(days=1)))
        write(lambda: db.session.execute(delete(Message)))
        path = f"/c/{anna.feed}/agenda.ics"
    before = events(client.get(path).data)
    with cast.app.app_context():
        act()
        publish()
        attached = [events(each.content) for each in rendered().attachments]
    after = events(client.get(path).data)
    assert attached == [{uid: entry for uid, entry in after.items() if said(before.get(uid, b"")) != said(entry)}]
    assert attached[0]


def test_the_file_is_a_snapshot_under_a_plain_name(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")
    edit(cancelled=True)
    publish()
    (file,) = rendered().attachments
    (entry,) = vevents(rendered()).values()
    assert (file.filename, file.mimetype, b"METHOD" in file.content) == ("summit-release-2.ics", "text/calendar", False)
    assert (entry["STATUS"], entry["SEQUENCE"], str(entry["SUMMARY"])) == ("CANCELLED", 1, "Cancelled: Session 2")


def test_what_is_closed_now_is_called_off_in_the_words_it_had(cast: Cast) -> None:
    join("Milan", "Anna Bianchi")
    edit(visibility=Visibility.CLOSED, title="A secret round", description="A secret round", **LATER)
    publish()
    letter = rendered()
    (entry,) = vevents(letter).values()
    assert "What is new: Taken off the programme" in letter.text
    assert "Time (Tokyo): Tue 28 Feb, 09:00–10:00\n" in letter.text
    assert (entry["STATUS"], entry["SEQUENCE"], entry["DTSTAMP"].dt) == ("CANCELLED", 1, THEN)
    assert "secret round" not in letter.text + letter.html + letter.attachments[0].content.decode()
    assert "secret round" not in str(letters()[0].facts)


def test_who_is_let_in_gets_the_entry_though_calendars_knew_it(cast: Cast) -> None:
    join("Milan", "Anna Bianchi")
    appear("closed-talk", "Milan", 9)
    publish()
    letter = rendered()
    assert "What is new: New" in letter.text
    assert vevents(letter)["Closed talk"]["SEQUENCE"] == 0


def test_without_an_entry_that_changed_there_is_no_file(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")
    rome = Appearance.delegation_id == delegation_of("Rome")
    write(lambda: db.session.execute(update(Appearance).where(rome).values(part=Part.PANELLIST)))
    publish()
    assert (rendered().attachments, "The attached file" in rendered().text) == ((), False)
