"""What the letters say, in both their forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select, update

from app import tokens
from app.db import db, write
from app.events.models import Event, Mode
from app.outbox import Message, Rendered, deliver, renderers
from app.registration import nominating, service
from app.registration.models import Delegate
from tests.registration.cast import NOW, Cast, application, details, read

pytestmark = pytest.mark.one_database  # words do not depend on where the rows live

LATER = NOW + timedelta(hours=1)


def register(cast: Cast, **changes: Any) -> Delegate:
    def act() -> Delegate:
        return service.register(db.session.get_one(Event, cast.event_id), application(cast, **changes), NOW)

    return read(cast.app, lambda: write(act))


def newest(cast: Cast) -> Message:
    return (
        read(cast.app, lambda: db.session.execute(select(Message).order_by(Message.id.desc())).scalars().first())
        or Message()
    )


def rendered(cast: Cast) -> Rendered:
    """The newest letter in words, as the worker words it."""
    message = newest(cast)
    return read(cast.app, lambda: renderers[message.kind](message.facts, message.language))


def plain(html: str) -> str:
    """What a reader of the HTML sees, with the address behind each link after its words."""
    body = re.sub(r"<head>.*?</head>", "", html, flags=re.DOTALL)
    body = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', r"\2 \1", body, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", body)


def test_the_confirmation_says_all_that_stands(cast: Cast) -> None:
    anna = register(cast)
    text = rendered(cast).text
    with cast.app.app_context():
        page, feed = anna.link, anna.feed
    for said in (
        "You are registered for G-NETS Leaders Summit",
        "Name: Hon. Anna Bianchi, Rome",
        f"Reference: {anna.reference}",
        "Way of taking part: at the venue",
        "27 February – 1 March 2090, Tokyo time",
        "Place: Hilton Tokyo Shinjuku, Tokyo",
        "a document with your photograph",
        "until the end of Wednesday 1 March 2090, Tokyo time",
        f"http://localhost/d/{page}/",
        f"http://localhost/d/{page}/change",
        f"http://localhost/d/{page}/withdraw",
        f"http://localhost/c/{feed}/agenda.ics",
        "secretariat@example.org",
    ):
        assert said in text, said


def test_somebody_online_is_told_what_the_days_are_where_they_are(cast: Cast) -> None:
    register(cast, mode=Mode.ONLINE, zone="America/Los_Angeles")
    text = rendered(cast).text
    assert "in Los Angeles, the first day begins at 07:00 on Sunday 26 February 2090" in text
    assert "you appear there as Rome 1" in text


def test_the_letter_is_addressed_to_the_person_and_answered_by_one(cast: Cast) -> None:
    register(cast)
    message = newest(cast)
    assert (message.to, message.to_name, message.reply_to, message.sender_name) == (
        "office@rome.example.org",
        "Anna Bianchi",
        "secretariat@example.org",
        "G-NETS Leaders Summit",
    )


def test_the_stored_facts_hold_no_secret(cast: Cast) -> None:
    anna = register(cast)
    with cast.app.app_context():
        assert [secret in str(newest(cast).facts) for secret in (anna.link, anna.feed)] == [False, False]


def test_a_letter_says_what_is_new_and_keeps_the_needs_out_of_it(cast: Cast) -> None:
    anna = register(cast)
    after = details(Mode.VENUE, position="Mayor", dietary="Halal", listed=True)
    read(cast.app, lambda: write(lambda: service.change(anna.id, after, anna.version, LATER)))
    text = rendered(cast).text
    assert "Position: Mayor (it was: Deputy Mayor)" in text
    assert "In the public list: yes" in text
    assert "What you eat and need: changed" in text
    assert "Halal" not in text + str(newest(cast).facts)


def test_a_new_address_gets_the_letter_and_the_old_one_a_word_without_links(cast: Cast) -> None:
    anna = register(cast)
    after = details(email="anna@rome.example.org")
    read(cast.app, lambda: write(lambda: service.change(anna.id, after, anna.version, LATER)))
    sent = select(Message.kind, Message.to).order_by(Message.id)
    told = read(cast.app, lambda: [(row.kind, row.to) for row in db.session.execute(sent)])
    assert told[1:] == [("changed", "anna@rome.example.org"), ("address changed", "office@rome.example.org")]
    letter = rendered(cast)
    assert ("another address" in letter.text, "/d/" in letter.text + letter.html, letter.attachments) == (
        True,
        False,
        (),
    )


def invited(cast: Cast) -> tuple[str, Calendar, Any]:
    """The method, the file and the event of the newest letter."""
    (attached,) = rendered(cast).attachments
    calendar = Calendar.from_ical(attached.content)
    (event,) = calendar.walk("VEVENT")
    return attached.method, calendar, event


def test_who_is_online_reads_days_and_limit_by_their_own_clock_first(cast: Cast) -> None:
    register(cast, mode=Mode.ONLINE, zone="Europe/Rome", platform_name="Rome 1")
    text = rendered(cast).text
    own = ("Where you are, in Rome, the first day begins at 16:00", "until 1 March 2090, 16:00 (Rome)")
    home = ("27 February – 1 March 2090, Tokyo time", "until the end of Wednesday 1 March 2090, Tokyo time")
    places = [text.index(each) for pair in zip(own, home, strict=True) for each in pair]
    assert places == sorted(places)


def test_who_comes_to_the_venue_reads_the_clock_of_the_summit_alone(cast: Cast) -> None:
    register(cast)
    text = rendered(cast).text
    assert ("Tokyo time" in text, "(Rome)" in text, "Where you are" in text) == (True, False, False)


def test_the_confirmation_invites_the_person_for_all_days(cast: Cast) -> None:
    anna = register(cast)
    method, calendar, event = invited(cast)
    assert (method, calendar["METHOD"], event["UID"], event["SEQUENCE"]) == (
        "REQUEST",
        "REQUEST",
        f"{anna.uid}@plenary",
        0,
    )
    assert (event["ATTENDEE"], event["ORGANIZER"]) == (
        "mailto:office@rome.example.org",
        "mailto:secretariat@example.org",
    )
    assert dict(event["ATTENDEE"].params) == {
        "CN": "Hon. Anna Bianchi",
        "PARTSTAT": "ACCEPTED",
        "ROLE": "REQ-PARTICIPANT",
        "RSVP": "FALSE",
    }
    assert (event["DTSTART"].to_ical(), event["DTEND"].to_ical()) == (b"20900227", b"20900302")
    assert event["LOCATION"] == "Hilton Tokyo Shinjuku, Tokyo"
    assert event["URL"] == "http://localhost/summit/"


def test_another_way_of_taking_part_asks_again_with_a_higher_sequence(cast: Cast) -> None:
    anna = register(cast)
    read(cast.app, lambda: write(lambda: service.change(anna.id, details(Mode.ONLINE), anna.version, LATER)))
    method, _calendar, event = invited(cast)
    assert (method, event["UID"], event["SEQUENCE"], event["LOCATION"]) == (
        "REQUEST",
        f"{anna.uid}@plenary",
        1,
        "Online",
    )


def test_a_withdrawal_calls_the_days_off(cast: Cast) -> None:
    anna = register(cast)
    read(cast.app, lambda: write(lambda: service.withdraw(anna.id, LATER)))
    method, calendar, event = invited(cast)
    assert "You have withdrawn from G-NETS Leaders Summit" in rendered(cast).text
    assert (method, calendar["METHOD"], event["STATUS"], event["SEQUENCE"], event["UID"]) == (
        "CANCEL",
        "CANCEL",
        "CANCELLED",
        1,
        f"{anna.uid}@plenary",
    )


def test_an_office_that_takes_somebody_off_calls_the_days_off_too(cast: Cast) -> None:
    anna = register(cast)
    read(cast.app, lambda: write(lambda: nominating.remove(anna.id, who="Office of Rome", now=LATER)))
    method, _calendar, event = invited(cast)
    assert (newest(cast).kind, method, event["SEQUENCE"], event["ATTENDEE"]) == (
        "removed",
        "CANCEL",
        1,
        "mailto:office@rome.example.org",
    )


def test_who_was_never_in_the_calendar_is_not_called_off(cast: Cast) -> None:
    anna = register(cast)
    read(cast.app, lambda: write(lambda: db.session.execute(update(Delegate).values(participation={}))))
    read(cast.app, lambda: write(lambda: nominating.remove(anna.id, who="Office of Rome", now=LATER)))
    assert rendered(cast).attachments == ()


def test_sent_on_to_another_address_it_is_a_file_and_invites_nobody(cast: Cast) -> None:
    register(cast)
    message = newest(cast)
    facts = {**message.facts, "to": "deputy@rome.example.org"}
    (attached,) = read(cast.app, lambda: renderers["confirmation"](facts, "en")).attachments
    assert (attached.method, b"METHOD" in attached.content, b"ATTENDEE" in attached.content) == ("", False, False)


def test_letters_about_one_registration_stand_together(cast: Cast) -> None:
    anna = register(cast)
    read(cast.app, deliver)
    read(cast.app, lambda: write(lambda: service.withdraw(anna.id, LATER)))
    read(cast.app, deliver)
    first, last = read(
        cast.app,
        lambda: [
            message_from_bytes(each or b"") for each in db.session.scalars(select(Message.octets).order_by(Message.id))
        ],
    )
    assert (first["In-Reply-To"], last["In-Reply-To"], last["References"]) == (
        None,
        first["Message-ID"],
        first["Message-ID"],
    )


def _confirmed(cast: Cast, mode: Mode) -> None:
    register(cast, mode=mode)


def _changed(cast: Cast, mode: Mode) -> None:
    anna = register(cast, mode=mode)
    read(cast.app, lambda: write(lambda: service.change(anna.id, details(mode, name="Anna Conti"), 1, LATER)))


def _renewed(cast: Cast, mode: Mode) -> None:
    anna = register(cast, mode=mode)
    read(cast.app, lambda: write(lambda: service.renew(anna.id, "calendar", LATER)))


def _withdrew(cast: Cast, mode: Mode) -> None:
    anna = register(cast, mode=mode)
    read(cast.app, lambda: write(lambda: service.withdraw(anna.id, LATER)))


@pytest.mark.parametrize("act", [_confirmed, _changed, _renewed, _withdrew])
@pytest.mark.parametrize("mode", list(Mode))
def test_text_and_html_say_the_same(cast: Cast, act: Callable[[Cast, Mode], None], mode: Mode) -> None:
    act(cast, mode)
    letter = rendered(cast)
    seen = plain(letter.html)
    links = re.findall(r"https?://[^\s<>\"]+", letter.text)
    words = set(re.findall(r"\w{3,}", letter.text))
    assert [link for link in links if link not in seen] == []
    assert len(links) >= 3
    assert words - set(re.findall(r"\w{3,}", seen)) == set()


def test_a_hostile_name_is_literal_text_in_both_forms(cast: Cast) -> None:
    name = 'Å"s,a Bcc: x@y <b>&amp;{{7*7}}[click](http://evil.example)'
    register(cast, name=name)
    letter = rendered(cast)
    assert f"Hon. {name}, Rome" in letter.text
    assert ("<b>&amp;{{" in letter.html, "&lt;b&gt;&amp;amp;{{7*7}}" in letter.html) == (False, True)
    assert 'href="http://evil' not in letter.html


def test_a_letter_not_yet_worded_speaks_of_the_link_as_it_was_when_it_was_posted(cast: Cast) -> None:
    anna = register(cast)
    first = newest(cast)
    read(cast.app, lambda: write(lambda: service.renew(anna.id, "page", LATER)))
    with cast.app.app_context():
        old, new = (tokens.secret("person", anna.uid, generation) for generation in (0, 1))
        assert old in renderers["confirmation"](first.facts, "en").text
    assert new in rendered(cast).text


def test_a_rehearsal_is_marked_in_its_letters(cast: Cast) -> None:
    note = "This is a rehearsal; nobody meets."
    read(cast.app, lambda: write(lambda: db.session.execute(update(Event).values(note=note))))
    register(cast)
    letter = rendered(cast)
    assert (note in letter.text, note in letter.html) == (True, True)
