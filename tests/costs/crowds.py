"""Summits with so many of everything that a page lists: cities, people in every state, sessions, letters, revisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from sqlalchemy import select

from app import ical
from app.agenda.models import Absence, Appearance, Part, Session
from app.agenda.models import Kind as SessionKind
from app.announcing.models import Anchor, Announcement, Rule, Unit
from app.db import db
from app.delegations.models import (
    Answer,
    Category,
    Delegation,
    DelegationMode,
    Extension,
    FocalPoint,
    Overflow,
    Quota,
    ThemeWishes,
)
from app.desk.board.needs import Need
from app.events.models import Approval, Deadline, Due, Event, Mode, Outcome, Person, Theme, new_uid
from app.files import File
from app.journal import Note
from app.network.models import Alias, Kind, Member, Network
from app.outbox import Message
from app.outbox.models import State as Sent
from app.publishing import service as publishing
from app.publishing.models import Release
from app.publishing.participants import listing, service
from app.publishing.participants.models import Audience, ParticipantList
from app.registration.models import Capacity, Delegate, Needs, Places, State
from app.site.models import Article, Photo, PhotoSize
from app.site.models import Kind as Written
from app.videos.models import Origin, Purpose, Screening, Shown, VideoMessage, VideoVersion
from app.videos.models import State as Waits
from app.visits.models import Visit

NOW = datetime(2090, 1, 10, 9, 0, tzinfo=UTC)
FIRST = date(2090, 2, 27)
STATES = (
    *(State.NOMINATED, State.SUBMITTED, State.ENDORSED, State.WAITLISTED, State.OFFERED, State.APPROVED),
    State.WITHDRAWN,
)
"""Those of which some page makes a list of its own, and one that has ended."""
OF_ONE_CITY = frozenset({State.NOMINATED, State.WAITLISTED, State.APPROVED})
"""People in these states are all of the first city, so that its own pages are long too; others are of a city each."""

PARTICIPATION = ical.Entry(
    ical.Item("one@plenary", "Summit", FIRST, FIRST + timedelta(days=3), "Asia/Tokyo"), 0, NOW, NOW
).to_json()


@dataclass(frozen=True)
class Crowd:
    """What the addresses of one summit need."""

    slug: str
    city: str
    code: str
    reference: str
    focal: str
    person: str
    feed: str
    video: str


def crowd(slug: str, number: int) -> int:
    """A published summit with so many of everything; its id."""
    network = Network(slug=slug, name=slug, full_name=f"Network of {number}")
    db.session.add(network)
    db.session.flush()
    members = [_member(network.id, f"City {each}") for each in range(number)]
    db.session.add_all(members)
    db.session.flush()
    db.session.add_all(Alias(member_id=members[0].id, name=f"Alias {each}") for each in range(number))
    event = Event(
        slug=slug, network_id=network.id, host_id=members[0].id, title=f"Summit of {number}", zone="Asia/Tokyo",
        starts_on=FIRST, ends_on=FIRST + timedelta(days=2), approval=Approval.BOTH, reply_to="us@example.org",
        registration_opens=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()
    db.session.add_all(Places(event_id=event.id, mode=mode, seats=None) for mode in Mode)
    db.session.add_all(Deadline(event_id=event.id, kind=each, at=NOW + timedelta(days=9)) for each in Due)
    delegations = [_delegation(event.id, each) for each in members]
    db.session.add_all(delegations)
    db.session.flush()
    _of_cities(delegations, number)
    db.session.add_all(_people(event.id, delegations, number))
    db.session.add_all(_programme(event.id, delegations, members, number))
    db.session.flush()
    db.session.add_all(_away(event.id, delegations[0].id, number))
    themes = [Theme(event_id=event.id, slug=f"t-{each}", name=f"Theme {each}", position=each) for each in range(number)]
    db.session.add_all(themes)
    db.session.flush()
    told = {"told_by": "Tokyo", "told_at": NOW, "asked_at": NOW}
    db.session.add_all(ThemeWishes(delegation_id=each.id, first_id=themes[0].id, **told) for each in delegations)
    _letters(event.id, delegations[0].id)
    _announced(event.id, slug, number)
    db.session.add_all(_videos(event.id, delegations))
    db.session.flush()
    publishing.publish(event.id, who="test", now=NOW, reason="A crowd for a test.")
    _issued(event.id, number)
    _written(event.id, slug, number)
    return event.id


def read(slug: str) -> Crowd:
    """The addresses of a summit."""
    event = db.session.execute(select(Event).where(Event.slug == slug)).scalar_one()
    person = select(Delegate).where(Delegate.event_id == event.id, Delegate.state == State.APPROVED)
    someone = db.session.execute(person.order_by(Delegate.id).limit(1)).scalar_one()
    focal = select(FocalPoint).where(FocalPoint.delegation_id == someone.delegation_id).order_by(FocalPoint.id)
    speaks = db.session.execute(focal.limit(1)).scalar_one()
    film = select(VideoMessage.uid).where(VideoMessage.event_id == event.id).order_by(VideoMessage.id).limit(1)
    video = db.session.execute(film).scalar_one()
    return Crowd(slug, "city-0", "session-0", someone.reference, speaks.link, someone.link, someone.feed, video)


def _member(network_id: int, name: str) -> Member:
    slug = name.lower().replace(" ", "-")
    return Member(network_id=network_id, slug=slug, name=name, kind=Kind.CITY, country="JP", zone="Asia/Tokyo")


def _delegation(event_id: int, member: Member) -> Delegation:
    answers = (Answer.ACCEPTED, Answer.INVITED, Answer.DRAFT)
    made = Delegation(
        uid=new_uid(), event_id=event_id, member_id=member.id, answer=answers[int(member.slug.split("-")[1]) % 3],
        code_generation=0, link_generation=0, invited_at=NOW, changes_pending=True,
    )  # fmt: skip
    made.modes = [DelegationMode(mode=mode) for mode in Mode]
    made.seal()
    return made


def _of_cities(delegations: list[Delegation], number: int) -> None:
    """Focal points, quotas, longer deadlines; what was granted to the first city, and what changed there."""
    for each in delegations:
        focal = FocalPoint(
            uid=new_uid(), delegation_id=each.id, name="Gaia Romani", email="gaia@example.org", added_at=NOW,
            active=True, link_generation=0,
        )  # fmt: skip
        focal.seal()
        quota = Quota(delegation_id=each.id, category=Category.DELEGATES, mode=Mode.VENUE, seats=9, taken=0)
        told = {"until": NOW + timedelta(days=20), "reason": "A reason", "granted_by": "Tokyo"}
        db.session.add_all([focal, quota, Extension(delegation_id=each.id, kind=Due.ANSWER, **told)])
    db.session.flush()
    first = db.session.execute(select(Quota.id).where(Quota.delegation_id == delegations[0].id)).scalar_one()
    told = {"reason": "A reason", "granted_by": "Tokyo", "granted_at": NOW}
    db.session.add_all(Overflow(quota_id=first, number=1, **told) for _each in range(number))
    subject = f"delegation/{delegations[0].uid}"
    db.session.add_all(Note(at=NOW, who="Tokyo", what="changed", subject=subject) for _each in range(number))


def _people(event_id: int, delegations: list[Delegation], number: int) -> Iterator[object]:
    """So many people in each state, with needs and a line of the journal; those submitted may be those endorsed."""
    numbers = count()
    for state in STATES:
        for each in range(number):
            city = delegations[0] if state in OF_ONE_CITY else delegations[each]
            key = f"{event_id:03}{next(numbers):05}"
            name = f"Person {each}" if state in {State.SUBMITTED, State.ENDORSED} else f"{state} {each}"
            role = Capacity.DEPUTY if state == State.NOMINATED else Capacity.DELEGATE
            made = Delegate(
                uid=new_uid(), event_id=event_id, delegation_id=city.id, reference=key, submit_key=key, state=state,
                mode=Mode.VENUE, role=role, name=name, position="Adviser", organisation="City hall", endorsed=True,
                email="hall@example.org", registered_at=NOW, changed_at=NOW, state_at=NOW, mode_changed_at=NOW,
                listed=True, shared=True, link_generation=0, feed_generation=0, mode_changes=0,
                participation=PARTICIPATION,
                joined_list_at=NOW if state == State.WAITLISTED else None,
                offered_until=NOW + timedelta(days=1) if state == State.OFFERED else None,
                party=f"party {each // 2}" if state == State.WAITLISTED else "",
                deputy_place=each + 1 if state == State.NOMINATED else None,
            )  # fmt: skip
            made.seal()
            made.needs = Needs(dietary="Halal")
            yield made
            yield Note(at=NOW, who="Tokyo", what="changed", event_id=event_id, subject=f"delegate/{made.uid}")


def _programme(
    event_id: int, delegations: list[Delegation], members: list[Member], number: int
) -> Iterator[Session | Person | Visit | Outcome]:
    """So many sessions, in all of which the first city appears; speakers, visits and outcomes."""
    for each in range(number):
        begins = time(8 + each % 10, each % 50)
        made = Session(
            event_id=event_id, code=f"session-{each}", kind=SessionKind.SESSION, number=each + 1, day=FIRST,
            starts=begins, ends=begins.replace(hour=begins.hour + 1), position=each, title=f"Session {each}",
        )  # fmt: skip
        cities = dict.fromkeys((delegations[0].id, delegations[each].id))
        made.appearances = [
            Appearance(position=place, part=Part.SPEAKER, delegation_id=city, mode=Mode.VENUE)
            for place, city in enumerate(cities, 1)
        ]
        yield made
        yield Person(
            event_id=event_id, code=f"p-{each}", name=f"Speaker {each}", member_id=members[each].id, position=each
        )
        yield Visit(event_id=event_id, code=f"v-{each}", title=f"Visit {each}", position=each)
        yield Outcome(event_id=event_id, code=f"o-{each}", kind="declaration", title=f"Outcome {each}", position=each)


def _away(event_id: int, delegation_id: int, number: int) -> Iterator[Absence]:
    """So many times in which the first city cannot come, and as many of one of its people."""
    approved = (Delegate.event_id == event_id, Delegate.state == State.APPROVED)
    someone = db.session.execute(select(Delegate.id).where(*approved).order_by(Delegate.id).limit(1)).scalar_one()
    told = {"event_id": event_id, "zone": "Asia/Tokyo", "note": "", "entered_by": "Tokyo", "entered_at": NOW}
    for each in range(number):
        begins = datetime(2090, 2, 27, tzinfo=UTC) + timedelta(minutes=each)
        for whose in ({"delegation_id": delegation_id}, {"delegate_id": someone}):
            yield Absence(uid=new_uid(), starts=begins, ends=begins + timedelta(minutes=1), **whose, **told)


def _videos(event_id: int, delegations: list[Delegation]) -> Iterator[VideoMessage | Screening]:
    """An accepted video of each city, shown to the public since the session of its place was released."""
    yield Screening(event_id=event_id, shown=Shown.RELEASED)
    for number, each in enumerate(delegations):
        made = VideoMessage(
            uid=new_uid(), event_id=event_id, delegation_id=each.id, purpose=Purpose.CITY, origin=Origin.HAND,
            session_code=f"session-{number}", session_title=f"Session {number}", state=Waits.SCHEDULED, state_at=NOW,
            due_at=NOW, asked_at=NOW, may_stream=True, may_archive=True, link_generation=0, seconds=1, transcript="Hi",
        )  # fmt: skip
        made.seal()
        told = {"name": "film.mp4", "mimetype": "video/mp4", "uploaded_at": NOW, "uploaded_by": "Tokyo"}
        made.versions = [
            VideoVersion(number=1, key=f"{made.uid}.mp4", accepted_at=NOW, **told),
            VideoVersion(number=2, key=None, link="https://films.example/2", **told),
        ]
        yield made


def _letters(event_id: int, delegation_id: int) -> None:
    """A letter to everybody of the first city, which failed."""
    found = select(Delegate.uid, Delegate.email).where(Delegate.delegation_id == delegation_id)
    blank = {"kind": "changed", "to_name": "", "reply_to": "", "sender_name": "", "language": "en"}
    when = {"state": Sent.FAILED, "created_at": NOW, "due_at": NOW}
    for uid, email in db.session.execute(found).all():
        db.session.add(Message(key=uid, event_id=event_id, to=email, facts={"uid": uid}, **blank, **when))


def _announced(event_id: int, slug: str, number: int) -> None:
    """A draft and a rule that reach everybody, and so many announcements that went and rules that rest."""
    told = {"event_id": event_id, "changed_by": "Tokyo", "changed_at": NOW, "fallback": "en"}
    told |= {
        "words": {"en": {"subject": "News", "text": "Come, {name}."}},
        "asked": {"missing": [*(each.value for each in Need), "form"]},
    }
    moment = {"anchor": Anchor.SESSION, "anchor_of": "session-0", "amount": -2, "unit": Unit.HOURS}
    everybody = told | {"asked": {}}
    db.session.add(Announcement(uid=f"{slug}-news", submit_key=f"{slug}-news", **everybody))
    db.session.add(Rule(uid=f"{slug}-rule", submit_key=f"{slug}-rule", **everybody, **moment))
    for each in range(number):
        key = f"{slug}-{each}"
        db.session.add(Announcement(uid=key, submit_key=key, sent_at=NOW, letters=1, **told))
        db.session.add(Rule(uid=key, submit_key=key, stopped=True, **told, **moment))


def _written(event_id: int, slug: str, number: int) -> None:
    """So many pages, pieces of news and photos."""
    db.session.get_one(Event, event_id).site = 1
    told = {"event_id": event_id, "changed_by": "Tokyo", "changed_at": NOW, "fallback": "en"}
    shown = told | {"words": {"en": {"title": "The venue", "text": "Doors open at nine."}}, "shown_at": NOW}
    for each in range(number):
        name, key = {"slug": f"page-{each}", "position": each}, f"{slug}-{each}"
        db.session.add(Article(kind=Written.PAGE, submit_key=f"{key}-page", **shown, **name))
        db.session.add(Article(kind=Written.NEWS, submit_key=f"{key}-news", day=FIRST, **shown, **name))
        db.session.add(
            Photo(key=key[-16:], submit_key=key, alt={"en": {"alt": "The hall"}}, sizes=[_size(key)], **told)
        )


def _size(key: str) -> PhotoSize:
    told = {"name": "photo.jpg", "mimetype": "image/jpeg", "size": 1, "sha256": "0" * 64, "stored_by": "Tokyo"}
    return PhotoSize(width=480, height=320, file=File(key=key, stored_at=NOW, **told))


def _issued(event_id: int, number: int) -> None:
    """So many releases, and so many provisional revisions of each list with a final one."""
    released = {"event_id": event_id, "published_at": NOW, "published_by": "test", "programme": {}}
    db.session.add_all(Release(number=each + 2, **released) for each in range(number))
    for audience in Audience:
        rows = listing.to_json(service.present(event_id, audience))
        told = {"event_id": event_id, "audience": audience, "issued_at": NOW, "issued_by": "Tokyo", "rows": rows}
        marks = [(1, False), *((each + 1, True) for each in range(number))]
        db.session.add_all(
            ParticipantList(number=each, provisional=provisional, submit_key=new_uid(), **told)
            for each, provisional in marks
        )
