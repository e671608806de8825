"""Several organisers at the same letter, the same words or the same link at once: each thing happens once."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from app.db import db
from app.desk.letters import service as letters
from app.desk.outbox import service as outbox
from app.events.models import Event, Person, Room
from app.journal import Note
from app.online.joining import Ways
from app.online.organising import service as rooms
from app.online.organising.forms import Wanted, mark_of
from app.outbox import Message
from app.outbox.models import OwnWords
from app.outbox.openings import Wording
from app.publishing.calendars import links
from app.publishing.calendars.links import Owner
from app.publishing.calendars.models import CalendarLink
from app.registration.models import Delegate
from app.web.kept import KeepingFlask
from tests.desk.test_at_once import MANY, count, press
from tests.registration.cast import NOW, Cast, assemble, read
from tests.registration.people import do, register


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


def store(cast: Cast, number: int, seen: int) -> int:
    event = db.session.get_one(Event, cast.event_id)
    found = letters.words(event, "confirmation", "en")
    letters.put(event, found, Wording(f"Words of {number}", "Welcome."), seen, who=f"organiser {number}", now=NOW)
    return number


def test_of_first_words_by_eight_organisers_one_holds_and_seven_read_that(cast: Cast) -> None:
    done = press(cast, *(lambda number=number: store(cast, number, 0) for number in range(MANY)))
    rows = read(cast.app, lambda: db.session.execute(select(OwnWords.subject, OwnWords.version)).all())
    refused = Counter(each for each in done if isinstance(each, str))
    said = "Somebody has changed these words meanwhile. Yours are kept here; theirs stand above the form."
    [first] = [each for each in done if isinstance(each, int)]
    assert (refused, [tuple(each) for each in rows]) == (Counter({said: MANY - 1}), [(f"Words of {first}", 1)])


def test_of_words_stored_and_put_back_at_once_each_version_is_one_act_in_the_journal(cast: Cast) -> None:
    do(cast, lambda: store(cast, 0, 0))

    def back() -> None:
        event = db.session.get_one(Event, cast.event_id)
        letters.put_back(event, letters.words(event, "confirmation", "en"), 1, who="Tokyo", now=NOW)

    press(cast, *([back, lambda: store(cast, 9, 1)] * 4))
    version = count(cast, select(OwnWords.version))
    worded = select(func.count()).select_from(Note).where(Note.what == "worded a letter")
    assert (version, count(cast, worded)) == (2, 2)


def test_a_letter_and_a_person_corrected_by_eight_organisers_get_one_address(cast: Cast) -> None:
    anna = register(cast, "Anna Bianchi", email="anna@rome.example.org")
    number = count(cast, select(Message.id))

    def correct(to: str) -> str:
        form = f"form of {to}"
        return outbox.correct(cast.event_id, number, to, form, at_person=True, who="Tokyo", now=NOW).to

    to = [f"anna{each}@rome.example.org" for each in range(MANY)]
    done = press(cast, *(lambda each=each: correct(each) for each in to))
    [went] = [each for each in done if each in to]
    kept = read(cast.app, lambda: db.session.scalars(select(Delegate.email).where(Delegate.id == anna.id)).one())
    again = read(cast.app, lambda: db.session.scalars(select(Message.to).where(Message.again_of == number)).all())
    assert (kept, list(again)) == (went, [went])


def test_a_link_to_join_typed_by_eight_at_once_is_one_of_theirs_whole(cast: Cast) -> None:
    room = do(cast, lambda: _room(cast.event_id))
    wanted = [f"https://meet.example/{number}" for number in range(MANY)]

    def act(link: str) -> str:
        rooms.store_links(cast.event_id, [Wanted(room, mark_of(Ways()), Ways(link))], who="Tokyo", now=NOW)
        return link

    done = press(cast, *(lambda link=link: act(link) for link in wanted))
    kept = read(cast.app, lambda: db.session.scalars(select(Room.link).where(Room.id == room)).one())
    assert [each for each in done if each in wanted] == [kept]


def _room(event_id: int) -> int:
    room = Room(event_id=event_id, name="Hall of links", position=99)
    db.session.add(room)
    db.session.flush()
    return room.id


def test_a_moderators_link_made_renewed_and_withdrawn_at_once_is_one_link(cast: Cast) -> None:
    person = do(cast, lambda: _person(cast.event_id))
    owner = Owner(cast.event_id, person_id=person)
    do(cast, lambda: links.make(owner, who="Tokyo", now=NOW).uid)
    acts = [
        lambda: links.make(owner, who="Tokyo", now=NOW).uid,
        lambda: links.renew(owner, 0, who="Rome", now=NOW) and None,
        lambda: links.withdraw(owner, who="Milan", now=NOW),
    ]
    press(cast, *acts * 3)
    rows = read(cast.app, lambda: db.session.scalars(select(CalendarLink)).all())
    noted = Counter(read(cast.app, lambda: list(db.session.scalars(select(Note.what)))))
    assert len(rows) == 1
    assert noted["renewed calendar link"] <= 1
    assert rows[0].active == (noted["made calendar link"] > noted["withdrew calendar link"])


def _person(event_id: int) -> int:
    person = Person(event_id=event_id, code="koike", name="KOIKE Yuriko", position=99)
    db.session.add(person)
    db.session.flush()
    return person.id
