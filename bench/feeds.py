"""Great calendars, and the yardstick for them: the same entries built by icalendar at every request, as others do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import icalendar
from sqlalchemy import insert, select, update

from app import clock, ical
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Mode, new_uid
from app.ical import Entry
from app.network.models import Member
from app.publishing.entries import items
from app.publishing.models import Release, Told
from app.publishing.programme import Appearance, City, Person, Programme, Session, Summit, to_json
from app.publishing.saying import spoken
from app.registration.models import Delegate, Places
from app.registration.service import Application, Details, register

DAY = date(2090, 2, 27)
WORDS = "Cities speak of water, heat and housing, and of what they have learned from each other. " * 6
OWN = 40


def summit(slug: str, count: int, own: int, speakers: int = 0) -> str:
    """A published summit of so many sessions, `own` of them for everybody and the others for few, with so many people
    who speak; the path of the calendar of a delegate, who has those for everybody. To be called inside of `write`."""
    old = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
    event = Event(slug=slug, network_id=old.network_id, title=f"Summit of {count}", zone="Europe/Brussels")
    event.starts_on, event.ends_on, event.release = DAY, DAY + timedelta(days=9), 1
    event.registration_opens = datetime(2020, 1, 1, tzinfo=UTC)
    db.session.add(event)
    db.session.flush()
    db.session.add_all(Places(event_id=event.id, mode=mode, seats=None) for mode in Mode)
    member = db.session.execute(select(Member).where(Member.network_id == old.network_id).limit(1)).scalar_one()
    delegation = Delegation(uid=new_uid(), event_id=event.id, member_id=member.id, code_generation=0, link_generation=0)
    delegation.seal()
    db.session.add(delegation)
    db.session.flush()
    _publish(event.id, _programme(slug, count, own, speakers))
    details = Details(Mode.ONLINE, "Bench Mark", "Yardstick", "City of Measures", "bench@measures.example")
    made = register(event, Application(f"a key for {slug}", delegation.id, details), clock.now())
    return f"/c/{made.feed}/agenda.ics"


def _programme(slug: str, count: int, own: int, speakers: int = 0) -> Programme:
    """Sessions of half an hour, each with two cities and a description as long as such texts are; each speaker has
    one."""
    cities = tuple(City(f"city-{n}", f"City {n}", "city", "", "Europe/Rome", ("venue",)) for n in range(50))
    first = datetime(2090, 2, 27, 8, tzinfo=UTC)
    sessions = tuple(
        Session(
            code=f"s{number}",
            uid=f"{slug}-{number}",
            kind="session",
            title=f"Session {number} of cities",
            day=DAY,
            starts=first + timedelta(minutes=number % 480),
            ends=first + timedelta(minutes=number % 480 + 30),
            room="Hall A",
            visibility="public" if number < own else "invited",
            description=WORDS,
            appearances=(
                *(Appearance("speaker", city=f"city-{(number + n) % 50}", mode="venue") for n in range(2)),
                *(Appearance("speaker", person=f"p{n}") for n in range(number, speakers, count)),
            ),
        )
        for number in range(count)
    )
    facts = Summit(slug, f"Summit of {count}", "G-NETS", "", 1, "", DAY, DAY, "Europe/Brussels", "", "Hall", "")
    people = tuple(Person(f"p{n}", f"Speaker {n}", "Dr.", ("Adviser",), f"city-{n % 50}") for n in range(speakers))
    return Programme(1, clock.now(), facts, cities=cities, people=people, sessions=sessions)


def _publish(event_id: int, programme: Programme) -> None:
    told = ical.revise({}, items(programme), programme.published_at).entries
    released = {"event_id": event_id, "number": 1, "published_at": programme.published_at, "published_by": "bench"}
    db.session.add(Release(programme=to_json(programme), **released))
    seen_by = {each.code: each.visibility for each in programme.sessions}
    rows = [
        {"event_id": event_id, "code": code, "visibility": seen_by[code], "release": 1, "entry": entry.to_json()}
        for code, entry in told.items()
    ]
    db.session.execute(insert(Told), rows)


def entries(count: int) -> list[Entry]:
    """The entries of so many sessions, for the yardstick."""
    found = ical.revise({}, items(_programme("yardstick", count, count)), clock.now()).entries
    return spoken(found.values(), "en")


def switch(slug: str) -> None:
    """The delegate of this summit takes part online, then at the venue: their own changes count in every entry."""
    event = select(Event.id).where(Event.slug == slug).scalar_subquery()
    db.session.execute(update(Delegate).where(Delegate.event_id == event).values(mode_changes=2))


def by_icalendar(entries: list[Entry]) -> bytes:
    cal = icalendar.Calendar()
    cal.add("prodid", "-//yardstick//yardstick//EN")
    cal.add("version", "2.0")
    for entry in entries:
        item = icalendar.Event()
        item.add("uid", entry.item.uid)
        item.add("summary", entry.item.title)
        item.add("dtstart", entry.item.starts)
        item.add("dtend", entry.item.ends)
        item.add("dtstamp", entry.changed_at)
        item.add("last-modified", entry.changed_at)
        item.add("created", entry.created_at)
        item.add("sequence", entry.sequence)
        item.add("location", entry.item.place)
        item.add("description", entry.item.description)
        item.add("status", "CANCELLED" if entry.item.cancelled else "CONFIRMED")
        cal.add_component(item)
    cal.add_missing_timezones()
    octets: bytes = cal.to_ical()
    return octets
