"""The draft shows nowhere: a word that stands in every text of it is found by nobody outside before it is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select

from app.agenda.models import Kind, Session, Visibility
from app.clock import now
from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Delegation
from app.events.models import Mode, Outcome, Person, Room, Theme
from app.network.models import Member
from app.publishing import service
from app.registration.service import Application, Details, register
from app.visits.models import Visit
from app.web.kept import KeepingFlask
from tests.publishing.summits import rehearsed, within

WORD = "Zanzibarquux"
CLOSED = "Closedquux"
STARTS = ("/", "/robots.txt", "/sitemap.xml", "/healthz")
OF_THE_SUMMIT = (
    "",
    "agenda",
    "agenda.ics",
    "agenda.json",
    "cities",
    "people",
    "visits",
    "outcome",
    "register",
    "changes",
    "changes.atom",
    "schedule.xml",
    "schedule.json",
)


def mark_the_draft() -> None:
    """Put the word into every text of the draft, and another into what is closed."""
    event = rehearsed()
    room = Room(event_id=event.id, name=f"{WORD} room", link=f"https://{CLOSED}.example/", position=99)
    theme = Theme(event_id=event.id, slug="canary", name=f"{WORD} theme", tone=1, position=99)
    person = Person(event_id=event.id, code="canary", name=f"{WORD} person", positions=[f"{WORD} post"], position=99)
    db.session.add_all((room, theme, person))
    db.session.flush()
    asked = select(Session).where(Session.event_id == event.id, Session.code == "session-2")
    two = db.session.execute(asked).scalar_one()
    two.title, two.note, two.description = f"{WORD} title", f"{WORD} note", f"{WORD} description"
    two.room_id, two.theme_id = room.id, theme.id
    made = Session(
        event_id=event.id, code="zanzibarquux", kind=Kind.FORUM, title=f"{WORD} forum", day=two.day, position=99
    )
    made.starts, made.ends = time(8), time(8, 30)
    hidden = Session(event_id=event.id, code="closedquux", kind=Kind.INTERNAL, title=CLOSED, day=two.day, position=99)
    hidden.visibility, hidden.note = Visibility.CLOSED, CLOSED
    visit = Visit(event_id=event.id, code="canary", title=f"{WORD} visit", day=two.day, position=99)
    outcome = Outcome(event_id=event.id, code="canary", kind="declaration", title=f"{WORD} outcome", position=99)
    rome = db.session.execute(
        select(Delegation).join(Member).where(Delegation.event_id == event.id, Member.slug == "rome")
    ).scalar_one()
    rome.note = f"{WORD} city"
    db.session.add_all((made, hidden, visit, outcome))
    db.session.flush()


def addresses(text: str) -> Iterator[str]:
    """The addresses on this host that a page leads to."""
    for found in re.findall(r'(?:href|src|action)="([^"#]+)', text):
        parts = urlsplit(found.replace("&amp;", "&"))
        if parts.netloc in ("", "localhost") and parts.path.startswith("/") and not parts.path.startswith("/static/"):
            yield parts.path


def crawl(client: FlaskClient, starts: list[str]) -> dict[str, str]:
    """Every page that can be reached by links from these, with its text."""
    found: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = client.get(path)
        text = answer.get_data(as_text=True).replace("\r\n ", "")
        found[path] = text
        if answer.mimetype == "text/html":
            waiting += [each for each in addresses(text) if each not in found and "sign" not in each]
    return found


def told(found: dict[str, str], word: str) -> list[str]:
    return sorted(path for path, text in found.items() if word.lower() in text.lower())


def private(app: KeepingFlask) -> list[str]:
    """The pages of a delegate of Rome, and of the focal point of its office."""
    made: list[str] = []

    def act() -> None:
        event = rehearsed()
        of_rome = select(Delegation.id).join(Member).where(Delegation.event_id == event.id, Member.slug == "rome")
        key = db.session.execute(of_rome).scalar_one()
        details = Details(Mode.VENUE, "Anna Bianchi", "Deputy Mayor", "City of Rome", "anna@rome.example")
        person = write(lambda: register(event, Application("a form", key, details), now()))
        contact = Contact("Gaia Romani", "gaia@rome.example")
        office = write(lambda: focal.appoint(key, contact, who="Tokyo", now=now()))
        made.extend((f"/d/{person.link}", f"/c/{person.feed}/agenda.ics", f"/f/{office.link}/"))

    within(app, act)
    return made


def test_the_draft_shows_nowhere_before_it_is_published(rehearsal: KeepingFlask) -> None:
    starts = [*STARTS, *(f"/rehearsal/{each}" for each in OF_THE_SUMMIT), *private(rehearsal)]
    within(rehearsal, lambda: write(mark_the_draft))
    before = crawl(rehearsal.test_client(), starts)
    assert {f"/rehearsal/{each}" for each in OF_THE_SUMMIT} <= before.keys()
    assert len([path for path in before if path.startswith(("/d/", "/c/", "/f/"))]) > 5
    assert (told(before, WORD), told(before, CLOSED)) == ([], [])


def test_what_is_public_shows_once_it_is_published(rehearsal: KeepingFlask) -> None:
    def act() -> None:
        write(mark_the_draft)
        event = rehearsed().id
        write(lambda: service.publish(event, who="Tokyo", now=now()))

    within(rehearsal, act)
    after = crawl(rehearsal.test_client(), [f"/rehearsal/{each}" for each in OF_THE_SUMMIT])
    everywhere = {"agenda", "agenda.ics", "agenda.json", "changes", "changes.atom", "schedule.xml", "schedule.json"}
    everywhere |= {"visits", "outcome", "people", "sessions/session-2", "sessions/zanzibarquux", "cities/rome"}
    assert {f"/rehearsal/{each}" for each in everywhere} <= set(told(after, WORD))
    assert told(after, CLOSED) == []
