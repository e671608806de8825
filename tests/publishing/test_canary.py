"""The draft shows nowhere: a word that stands in every text of it is found by nobody outside before it is published,
and no page says anything else than before. The addresses are those of the product itself, so a new one is asked too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from email import message_from_bytes, policy
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import AnyConverter, Rule

from app.agenda.models import Appearance, Kind, Part, Session, Visibility
from app.announcing.models import unsubscribe_secret
from app.clock import now
from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Delegation
from app.desk.screening import service as screening
from app.events.models import Mode, Outcome, Person, Room, Theme
from app.network.models import Member
from app.online.stage import links as stage_links
from app.outbox import Message, empty
from app.publishing.calendars import links
from app.publishing.calendars.links import Owner
from app.registration.models import Delegate
from app.registration.service import Application, Details, register
from app.videos import expecting
from app.videos import service as videos
from app.videos.models import Purpose
from app.visits import vehicles
from app.visits.models import Vehicle, Visit
from app.web.kept import KeepingFlask
from tests.publishing.said import say
from tests.publishing.summits import publish, rehearsed, within

WORD = "Zanzibarquux"
CLOSED = "Closedquux"
SESSIONS = ["session-2", "session-5", "zanzibarquux", "closedquux"]
VISITS = ["water", "canary"]
PEOPLE = ["koike"]
WRITTEN = ["about", "registration-is-open"]
"""A page and a piece of news that the demonstration holds."""
CITIES = ["rome", "new-york", "queensland"]
SHUT = {
    "/d/<token>/about/photo",
    "/f/<token>/letter/file",
    "/f/<token>/people/<reference>/photo",
    "/f/<token>/changes/<int(max=2147483647):number>/<any(grant, refuse):act>",
    "/f/<token>/videos/<uid>/captions/file",
    "/f/<token>/visit-wishes/<reference>",
    "/v/<token>/captions/file",
    "/<event>/videos/<uid>.<any(mp4,mov):ending>",
    "/<event>/videos/<uid>.vtt",
    "/c/<token>/<uid>.<any(mp4,mov):ending>",
    "/c/<token>/<uid>.vtt",
    "/<event>/calendar/chosen.ics",
    "/<event>/photos/<key>-<int(max=9999):width>.jpg",
    "/<event>/look.css",
    "/metrics",
}
"""What opens nothing here, because nobody has asked, chosen, sent or shown anything."""
MADE_NEW = re.compile(r'(name="(?:csrf_token|submit_key|key|opened)"[^>]* value=|data-now=)"[^"]*"')
"""What two looks at the same page never have in common."""
COUNTS = "/metrics"
"""It counts every look; what it tells of a summit are numbers alone (tests/care)."""


def mark_the_draft() -> None:
    """Put the word into every text of the draft, and another into what is closed; Rome speaks in both, and earlier."""
    event = rehearsed()
    room = Room(event_id=event.id, name=f"{WORD} room", link=f"https://{CLOSED}.example/", position=99)
    theme = Theme(event_id=event.id, slug="canary", name=f"{WORD} theme", tone=1, position=99)
    person = Person(event_id=event.id, code="canary", name=f"{WORD} person", positions=[f"{WORD} post"], position=99)
    db.session.add_all((room, theme, person))
    db.session.flush()
    asked = select(Session).where(Session.event_id == event.id)
    two, five = (
        db.session.execute(asked.where(Session.code == code)).scalar_one() for code in ("session-2", "session-5")
    )
    two.title, two.note, two.description = f"{WORD} title", f"{WORD} note", f"{WORD} description"
    two.room_id, two.theme_id = room.id, theme.id
    five.starts, five.ends = time(6, 7), time(7, 8)
    made = Session(
        event_id=event.id, code="zanzibarquux", kind=Kind.FORUM, title=f"{WORD} forum", day=two.day, position=99
    )
    made.starts, made.ends = time(8), time(8, 30)
    hidden = Session(event_id=event.id, code="closedquux", kind=Kind.INTERNAL, title=CLOSED, day=two.day, position=99)
    hidden.visibility, hidden.note = Visibility.CLOSED, CLOSED
    visit = Visit(event_id=event.id, code="canary", title=f"{WORD} visit", day=two.day, position=99)
    outcome = Outcome(event_id=event.id, code="canary", kind="declaration", title=f"{WORD} outcome", position=99)
    rome = delegation("rome")
    rome.note = f"{WORD} city"
    db.session.add_all((made, hidden, visit, outcome))
    db.session.flush()
    for language, (code, word) in product(
        ("ja", "fr"), {"session-2": WORD, "session-5": WORD, "closedquux": CLOSED}.items()
    ):
        say(event.id, language, "session", code, "title", f"{word} {language}")
    told = {"shown_position": f"{WORD} position", "topic": f"{WORD} topic"}
    for each in (made, hidden):
        db.session.add(Appearance(session_id=each.id, delegation_id=rome.id, part=Part.SPEAKER, position=1))
    db.session.add(Appearance(session_id=two.id, person_id=person.id, part=Part.MODERATOR, position=90, **told))
    db.session.flush()


def delegation(city: str) -> Delegation:
    ask = select(Delegation).join(Member).where(Delegation.event_id == rehearsed().id, Member.slug == city)
    return db.session.execute(ask).scalar_one()


def anna(form: str) -> Delegate:
    """Somebody of Rome registers."""
    details = Details(Mode.VENUE, "Anna Bianchi", "Deputy Mayor", "City of Rome", "anna@rome.example")
    event, key = rehearsed(), delegation("rome").id
    return write(lambda: register(event, Application(form, key, details), now()))


def uid_of(code: str) -> str:
    asked = select(Session.uid).where(Session.event_id == rehearsed().id, Session.code == code)
    return db.session.execute(asked).scalar_one()


def moderator(code: str) -> str:
    """The secret of whoever moderates this session."""
    event_id, uid = rehearsed().id, uid_of(code)
    return write(lambda: stage_links.make(event_id, uid, stage_links.DESK, who="Tokyo", now=now())).secret


def first(column: Any) -> Any:
    """What the first row of the rehearsal has in this column."""
    kind = column.class_
    return db.session.execute(
        select(column).where(kind.event_id == rehearsed().id).order_by(kind.id).limit(1)
    ).scalar_one()


@pytest.fixture
def words(rehearsal: KeepingFlask) -> dict[str, list[str]]:
    """What may stand in an address, by the name that it has there; secrets by the part of the product they open."""
    found: dict[str, list[str]] = {
        "event": ["rehearsal"],
        "member": CITIES,
        "code": SESSIONS + VISITS + PEOPLE,
        "number": ["1"],
        "width": ["480"],
    }

    def act() -> None:
        person = anna("a form")
        key = delegation("rome").id
        office = write(lambda: focal.appoint(key, Contact("Gaia Romani", "gaia@rome.example"), who="Tokyo", now=now()))
        found.update(
            {"/d/": [person.link], "/c/": [person.feed], "/f/": [office.link], "reference": [person.reference]}
        )
        event, delegation_id = rehearsed(), delegation("rome").id
        owners = (Owner(event.id, delegation_id=delegation_id), Owner(event.id, person_id=first(Person.id)))
        found["/c/"] += write(lambda: [links.make(each, who="Tokyo", now=now()).secret for each in owners])
        found["/j/"] = [person.join]
        found.update({"session": [uid_of("session-2")], "/m/": [moderator("session-2")]})
        bus = db.session.execute(select(Vehicle.id).order_by(Vehicle.id).limit(1)).scalar_one()
        found["/b/"] = [write(lambda: vehicles.link(bus, on=True, who="Tokyo", now=now())).link]
        found.update(
            {"day": [str(event.starts_on)], "slug": [first(Theme.slug), *WRITTEN], "key": [str(first(Room.id))]}
        )
        five = expecting.Wanted(expecting.Owner(delegation_id=delegation_id), "session-5", Purpose.BACKUP, "Session 5")
        video = write(lambda: videos.ask(rehearsed(), five, None, who="Tokyo", now=now()))
        found.update({"/v/": [video.link], "uid": [video.uid, person.uid], "secret": [unsubscribe_secret(person.uid)]})
        write(lambda: screening.open_room(event.id, who="Tokyo", now=now()))
        found["/c/"].append(screening.screening(event.id).link)
        found.update({"/<event>/": [delegation("rome").link], "/sign-in/": ["a-secret"]})

    within(rehearsal, act)
    return found


def public(app: KeepingFlask) -> list[Rule]:
    """Every address that can be opened without being staff."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and "GET" in (rule.methods or ())
        and not getattr(app.view_functions[rule.endpoint], "policy", "").startswith("staff")
    ]


def opened(rule: Rule, words: dict[str, list[str]]) -> list[str]:
    """The addresses of one rule. A KeyError names a word of a new address, for which `words` must give something."""
    given: dict[str, list[str]] = {}
    for name, converter in rule._converters.items():
        if isinstance(converter, AnyConverter):
            given[name] = sorted(converter.items)
        elif name == "token":
            given[name] = words[next(each for each in words if each.endswith("/") and rule.rule.startswith(each))]
        else:
            given[name] = words[name]
    built = [rule.build(dict(zip(given, values, strict=True))) for values in product(*given.values())]
    return [each[1] for each in built if each is not None]


def addresses(text: str) -> Iterator[str]:
    """The addresses on this host that a page leads to."""
    for found in re.findall(r'(?:href|src|action)="([^"#]+)', text):
        parts = urlsplit(found.replace("&amp;", "&"))
        if parts.netloc in ("", "localhost") and parts.path.startswith("/") and not parts.path.startswith("/static/"):
            yield parts.path


def crawl(app: KeepingFlask, starts: list[str]) -> dict[str, str]:
    """Every page that can be reached by links from these, with its text; empty where there is none."""
    client = FlaskClient(app, app.response_class)  # which does not look whether each is valid: others do
    found: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = client.get(path)
        text = answer.get_data(as_text=True).replace("\r\n ", "")
        found[path] = MADE_NEW.sub(r"\1", text) if answer.status_code < 400 and path != COUNTS else ""
        if answer.mimetype == "text/html":
            waiting += [each for each in addresses(text) if each not in found and "sign" not in each]
    return found


def told(found: dict[str, str], word: str) -> list[str]:
    return sorted(path for path, text in found.items() if word.lower() in text.lower())


def test_the_draft_shows_nowhere_before_it_is_published(rehearsal: KeepingFlask, words: dict[str, list[str]]) -> None:
    asked = {rule.rule: opened(rule, words) for rule in public(rehearsal)}
    starts = [each for paths in asked.values() for each in paths]
    before = crawl(rehearsal, starts)
    assert {rule for rule, paths in asked.items() if not any(before[each] for each in paths)} == SHUT
    within(rehearsal, lambda: write(mark_the_draft))
    after = crawl(rehearsal, starts)
    assert (told(after, WORD), told(after, CLOSED)) == ([], [])
    assert [path for path, text in after.items() if before.get(path) != text] == []


def test_no_letter_speaks_of_the_draft(rehearsal: KeepingFlask) -> None:
    def act() -> None:
        write(mark_the_draft)
        anna("a form")
        empty()

    within(rehearsal, act)
    with rehearsal.app_context():
        letters = [message_from_bytes(octets, policy=policy.default) for octets in db.session.scalars(octets_of())]
    texts = [text(part) for letter in letters for part in letter.walk() if part.get_content_maintype() != "multipart"]
    assert any("Anna Bianchi" in each for each in texts)
    assert [each for each in texts if WORD in each or CLOSED in each or "06:07" in each or "T060700" in each] == []


def octets_of() -> Any:
    return select(Message.octets).where(Message.octets.is_not(None))


def text(part: Any) -> str:
    return bytes(part.get_payload(decode=True)).decode("utf-8", "replace").replace("\r\n ", "")


def test_what_is_public_shows_once_it_is_published(rehearsal: KeepingFlask, words: dict[str, list[str]]) -> None:
    def act() -> None:
        write(mark_the_draft)
        publish(reason="Rome agreed")

    within(rehearsal, act)
    after = crawl(rehearsal, [each for rule in public(rehearsal) for each in opened(rule, words)])
    everywhere = {"agenda", "agenda.ics", "agenda.json", "changes", "changes.atom", "schedule.xml", "schedule.json"}
    everywhere |= {"visits", "outcome", "people", "sessions/session-2", "sessions/zanzibarquux", "cities/rome"}
    assert {f"/rehearsal/{each}" for each in everywhere} <= set(told(after, WORD))
    assert {f"/f/{words['/f/'][0]}/withdraw", f"/d/{words['/d/'][0]}/"} <= set(told(after, WORD))
    assert told(after, CLOSED) == []
