"""No letter shows what belongs to others than the one who gets it (A2): every kind of letter, made from marked rows for
people and offices of several cities and events, posted, and opened as it was sent, with what is attached to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import url_for
from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts import letters as accounts
from app.accounts.models import Role, User
from app.announcing import letters as announcing
from app.announcing import reminding
from app.announcing import service as announcements
from app.announcing.crowd import Crowd
from app.announcing.models import Announcement, Rule
from app.announcing.moments import Ground
from app.db import db, write
from app.delegations import letters as delegations
from app.delegations.deadlines import Limit
from app.delegations.models import Delegation, FocalPoint
from app.desk.outbox import letters as outbox
from app.events.models import Event
from app.online import letters as online
from app.online.models import TechCheck
from app.outbox import Letter, Message, deliver, post, post_all, renderers
from app.planning.allocate.model import Why
from app.publishing import service as publishing
from app.registration import letters as registration
from app.registration import notices, passing_on, replies, rows
from app.registration.asked import Asked
from app.registration.models import Delegate, State
from app.registration.news import BELOW
from app.travel import letters as travel
from app.travel.models import Code, Kind
from app.videos import answers, telling
from app.videos import letters as videos
from app.videos.checking import newest
from app.videos.models import VideoMessage
from app.videos.terms import terms_of
from app.visits import letters as visits
from app.visits import outcomes
from app.visits import rows as seats
from tests.outbox.cast import Bag
from tests.trust.attacks.test_letters_opened import fingerprint
from tests.trust.doors import marks
from tests.trust.doors.marks import ANNA, BERTA, Mark, Rights
from tests.trust.doors.tenants import Whose
from tests.trust.doors.world import World
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

SAID = {
    "announcements", "reminder_rules", "own_words",
    "appearances", "outcomes", "people", "rooms", "sessions", "themes", "translations", "visits",
}  # fmt: skip
"""What organisers write for all of their event: in letters, and in the release that these letters tell of."""
NOW = clock.now()
TOLD = {
    State.SUBMITTED, State.RETURNED, State.REJECTED, State.CANCELLED, State.WITHDRAWN, State.APPROVED,
}  # fmt: skip
"""The states of a person of which an office is told."""


CLAIM = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}


@pytest.fixture(scope="module")
def sent(built: World) -> Iterator[list[tuple[str, str, bytes]]]:
    """(kind, address, octets) of every letter; all are posted by somebody who claims another name for us."""
    built.marked.fresh()
    with built.app.test_request_context("/", headers=CLAIM):
        write(_post_all, patience=60)
    with built.app.app_context():
        for later in (timedelta(minutes=1), timedelta(hours=12)):  # at night some letters wait for the morning
            while deliver(NOW + later, 100, carrier=Bag()):
                pass
        rows = db.session.execute(select(Message.kind, Message.to, Message.octets)).all()
        db.session.remove()
    assert [kind for kind, _to, octets in rows if octets is None] == []
    yield [(kind, to, octets or b"") for kind, to, octets in rows]
    built.fresh()


def test_no_letter_shows_what_is_of_others(sent: list[tuple[str, str, bytes]], figures: Figures) -> None:
    foreign: dict[str, str] = {}
    read = 0
    for kind, to, octets in sent:
        seen = {each for text in marks.texts(octets) for each in marks.read(text)}
        read += len(seen)
        foreign |= {str(each): f"{kind} to {to}" for each in seen if not _may_read(to, each)}
    assert foreign == {}
    figures.hold("A2", "foreign markers in letters, by who gets them", len(foreign), exactly=0)
    figures.hold("A2", "letters of marked people and offices that were opened", len(sent), least=300)
    assert read > len(sent)
    assert renderers.keys() == {kind for kind, _to, _octets in sent}


def test_no_letter_tells_the_name_that_its_poster_claims(
    built: World, sent: list[tuple[str, str, bytes]], figures: Figures
) -> None:
    """A7, for whatever act a letter comes from."""
    with built.app.test_request_context("/", headers=CLAIM):
        assert "//evil.example/" in url_for("mypage.page", token="x", _external=True)  # as it would be told
    told = {kind for kind, _to, octets in sent if any("evil.example" in text for text in marks.texts(octets))}
    figures.hold("A7", "kinds of letters with a name that was claimed", len(told), exactly=0)


def test_no_link_of_any_letter_changes_anything_by_being_opened(
    built: World, sent: list[tuple[str, str, bytes]], full: bool, figures: Figures
) -> None:
    """A9: two of each kind of address that letters hold, and the secrets that are handed on by other ways."""
    found: dict[str, list[str]] = {}
    for _kind, _to, octets in sent:
        for part in message_from_bytes(octets, policy=policy.default).walk():
            text = part.get_content() if part.get_content_type() in {"text/plain", "text/html"} else ""
            for link in re.findall(r"https?://localhost[^\s\"'<>)\\]*", str(text)):
                path = urlsplit(unescape(link)).path
                found.setdefault(re.sub(r"/[A-Za-z0-9_.-]{20,}", "/<secret>", path), []).append(path)
    held = [(head, secret) for who in built.knockers.values() for head, secret in who.secrets.items()]
    paths = {path for those in found.values() for path in (min(those), max(those))}
    paths |= {f"{head}{secret}{'' if head in ('/b/', '/m/') else '/'}" for head, secret in held if head in DOORS}
    before = fingerprint(built.app)
    opened: set[str] = set()
    for path in sorted(paths):
        for _time in range(10 if full else 2):
            for method in ("GET", "HEAD"):
                answer = built.ask(built.knockers["anybody"], method, path)
                assert answer.status_code in {200, 302, 303, 404}, (path, answer.status_code)
                opened |= {path} if answer.status_code != 404 else set()
    after = fingerprint(built.app)
    assert {name for name in before if before[name] != after[name]} <= {"fetches"}  # a calendar's, once a day
    assert {each.split("/")[1] for each in opened} >= {"d", "f", "v", "b", "m", "sign-in"}
    figures.hold("A9", "kinds of addresses in letters of every kind that were opened", len(found), least=20)


DOORS = ("/b/", "/d/", "/f/", "/m/", "/v/")


def test_a_letter_to_another_city_would_be_found() -> None:
    """The control."""
    to = f"{marks.spelt(Mark(BERTA, 'delegates', 'email'), 1)}@example.org"
    assert _may_read(to, Mark(BERTA, "delegates", "name"))
    assert not _may_read(to, Mark(ANNA, "delegates", "name"))
    assert not _may_read(to, Mark(Whose("parallel"), "announcements", "words"))


def _may_read(to: str, mark: Mark) -> bool:
    """Whether the letter to this address may hold a marker: of the one whose address it is, or said to all of them."""
    (reader,) = marks.read(to)
    whose = reader.whose
    if mark.table in SAID:
        return mark.whose.event == whose.event
    rights = Rights(
        office=whose if reader.table in {"focal_points", "video_messages"} else None,
        person=whose if reader.table == "delegates" else None,
        also=Whose(whose.event, "", "bus-1"),  # in which all ride who have a place
        desk={whose.event} if reader.table == "users" else set(),
        account=whose.person if reader.table == "users" else "",
    )
    return marks.allowed(rights, mark)


def _post_all() -> None:
    db.session.execute(delete(Message))
    for each in _letters():
        post(each, NOW)
    for event in db.session.execute(select(Event)).scalars():
        _of_an_event(event)
    db.session.execute(delete(Message).where(Message.to.not_like("zq%")))
    db.session.execute(update(Message).values(due_at=NOW, until=None))


def _letters() -> Iterator[Letter]:
    """Each kind, made for everybody to whom it may go."""
    here = select(Event.id).where(Event.slug.in_(("summit", marks.OTHER)))
    asked_for = rows.whole().where(Delegate.event_id.in_(here), Delegate.email.contains(".delegates.email."))
    for person in db.session.execute(asked_for.order_by(Delegate.id)).scalars().all():
        yield from _to_person(person)
        offices = notices.focal_points(person.delegation_id)
        asked = db.session.execute(select(Asked).where(Asked.delegate_id == person.id)).scalars().all()
        for row in asked:
            yield from (replies.letter(kind, row, person) for kind in ("change granted", "change refused"))
        for focal in offices:
            if person.state in TOLD:
                yield notices.to_focal(person, focal, person.signed)
            made = (registration.confirmation(person), registration.withdrawn(person))
            passed = (passing_on.to_focal(notices.facts_of(person), each, focal) for each in made)
            yield from (each for each in passed if each is not None)
            kinds = ("change asked", "change granted", "change refused")
            yield from (replies.letter(kind, row, person, focal) for row in asked for kind in kinds)
    yield from _to_offices()
    yield from _about_videos()
    yield from _about_visits()
    yield from _to_accounts()


def _to_person(person: Delegate) -> Iterator[Letter]:
    yield registration.confirmation(person)
    yield registration.changed(person, {"mobile": ("", person.mobile), "position": ("", person.position)})
    yield registration.address_changed(person, person.email)
    yield registration.withdrawn(person)
    kinds = BELOW.keys() - ({"offered"} if person.offered_until is None else set())
    yield from (notices.letter(kind, person, person.signed) for kind in sorted(kinds))
    check = db.session.get(TechCheck, person.id)
    if check is not None:
        check.entered_at = NOW
        for what in ("booked", "moved", "cancelled", "reminder", "failed"):
            yield online.told(what, person, check, (NOW, NOW + timedelta(minutes=15)))
    for kind in Kind:
        code = Code(delegate_id=person.id, kind=kind, salt="salt", until=NOW + timedelta(hours=1))
        yield travel.code(person, code, person.email)


def _to_offices() -> Iterator[Letter]:
    whole = joinedload(FocalPoint.delegation)
    asked = select(FocalPoint).options(
        whole.joinedload(Delegation.member),
        whole.joinedload(Delegation.event).options(joinedload(Event.network), joinedload(Event.host)),
        whole.selectinload(Delegation.modes),
    )
    limit = Limit(NOW + timedelta(days=1), hard=True)
    for focal in db.session.execute(asked).scalars().unique():
        yield delegations.invitation(focal, limit)
        yield delegations.reminder(focal, limit, "first")
        yield delegations.lapsed(focal, limit)
        yield delegations.answered(focal, focal.name)
        yield delegations.told(focal, "modes", focal.name)
        yield delegations.owed(focal, [{"what": "forms", "number": 2, "due": "", "over": False}], "first")
        yield delegations.appointed(focal, focal.name, limit)


def _about_videos() -> Iterator[Letter]:
    for key in db.session.execute(select(VideoMessage.id).where(VideoMessage.versions.any())).scalars().all():
        film = telling.found(key)
        terms = terms_of(film.event)
        yield from (*videos.due(film, terms, "first"), *videos.overdue(film, terms))
        for kind in answers.OPENINGS:
            for to, focal in videos.readers(film):
                yield answers.letter(kind, film, newest(key), to, focal, film.contact_name)


def _about_visits() -> Iterator[Letter]:
    for seat in db.session.execute(seats.whole()).scalars().unique().all():
        db.session.expunge(seat)  # it is as if they had until then, and nothing of it is stored
        seat.offered_until = NOW + timedelta(days=1)
        kinds = sorted(each for each in renderers if each.startswith("visit ") and "wish" not in each)
        yield from (visits.made(kind, seat, seat.delegate.signed) for kind in kinds)
        yield outcomes.granted(seat, 1, "Tokyo")
        yield outcomes.missed(seat.delegate, "run", [(seat.visit, Why.FULL)], seat.visit, "Tokyo")


def _to_accounts() -> Iterator[Letter]:
    """To those who have a task at one event; and to an address that a letter no longer goes to."""
    event = db.session.execute(select(Event).where(Event.slug == "summit")).scalar_one()
    for user in db.session.execute(select(User).where(User.email.contains(".users.email."))).scalars():
        yield accounts.sign_in_link(user, NOW)
        yield accounts.password_set(user, NOW)
        yield accounts.role_given(user, event.id, event.title, [Role.VISA], by=user.name, now=NOW)
        yield accounts.step_changed(user, "passkey added", NOW)
        yield accounts.new_sign_in(user, "Firefox", NOW)
    anna = select(Delegate).where(Delegate.email.contains("_anna."))
    person = db.session.execute(anna).scalar_one()
    yield outbox.redirected(Message(id=1, to=person.email, to_name=person.name, language="en"), event, "Tokyo")


def _of_an_event(event: Event) -> None:
    """What the product itself says to whom: news, reminders, and the next release."""
    crowd = Crowd(event, NOW)
    for news in db.session.execute(select(Announcement).where(Announcement.event_id == event.id)).scalars().all():
        going = announcements.list_of(crowd, news).going
        post_all([announcing.announcement(event, news.uid, each, news.words[each.language]) for each in going], NOW)
    for rule in db.session.execute(select(Rule).where(Rule.event_id == event.id)).scalars().all():
        ground = Ground(event)
        for what in reminding._occurrences(rule, ground)[:1]:
            going = reminding.list_of(crowd, rule, what, ground).going
            told = (what.about, NOW + timedelta(days=1))
            made = [announcing.reminder(event, rule.uid, NOW, each, rule.words[each.language], *told) for each in going]
            post_all(made, NOW)
    if event.release and event.slug != "gnets-2023":
        publishing.publish(event.id, who="Tokyo", now=NOW, reason="Marked")
