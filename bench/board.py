"""The organisers' board of a great congress: 131 members, 1,000 people, in every answer and state."""

from __future__ import annotations

import re
from datetime import timedelta

from flask.testing import FlaskClient
from flask_security.utils import hash_password
from sqlalchemy import select

from app import clock
from app.accounts import Role
from app.accounts.models import Staff, User
from app.db import db
from app.delegations.models import Answer, Delegation, DelegationMode, FocalPoint
from app.events.models import Event, Mode, new_uid
from app.journal import note
from app.network.models import Kind, Member
from app.registration.models import Capacity, Delegate, State
from app.web.kept import KeepingFlask

CITIES, PEOPLE = 131, 1000
SLUG, EMAIL, PASSWORD = "rehearsal", "bench@measures.example", "a yardstick of brass"
ANSWERS = (Answer.ACCEPTED,) * 6 + (Answer.INVITED, Answer.DECLINED, Answer.DRAFT, Answer.LAPSED)
STATES = (State.APPROVED,) * 5 + (State.ENDORSED, State.SUBMITTED, State.NOMINATED, State.WAITLISTED, State.WITHDRAWN)
COUNTRIES = ("JP", "IT", "BR", "KE", "AU", "IN", "SE", "US")
ZONES = ("Asia/Tokyo", "Europe/Rome", "America/Sao_Paulo", "Africa/Nairobi")


def crowd(people: int = PEOPLE) -> None:
    """Fill the rehearsal up to that size, and give it an organiser. To be called inside of `write`."""
    event = db.session.execute(select(Event).where(Event.slug == SLUG)).scalar_one()
    known = list(db.session.execute(select(Delegation.id).where(Delegation.event_id == event.id)).scalars())
    made = [_city(event, number) for number in range(CITIES - len(known))]
    for number in range(people):
        db.session.add(person_of(event.id, (known + made)[number % CITIES], number))
    user = User(email=EMAIL, password=hash_password(PASSWORD))
    user.name = "Bench Mark"
    db.session.add(user)
    db.session.flush()
    db.session.add(Staff(user_id=user.id, event_id=event.id, role=Role.ORGANISER))


def _city(event: Event, number: int) -> int:
    answer, now = ANSWERS[number % len(ANSWERS)], clock.now()
    member = Member(network_id=event.network_id, slug=f"city-{number}", name=f"City {number}", kind=Kind.CITY)
    member.country, member.zone = COUNTRIES[number % len(COUNTRIES)], ZONES[number % len(ZONES)]
    member.latitude, member.longitude = (number * 37) % 110 - 45, (number * 71) % 340 - 170
    db.session.add(member)
    db.session.flush()
    row = Delegation(uid=new_uid(), event_id=event.id, member_id=member.id, answer=answer)
    row.code_generation = row.link_generation = 0
    row.letter_required = number % 3 == 0
    row.invited_at = None if answer == Answer.DRAFT else now - timedelta(days=number % 40)
    row.seal()
    db.session.add(row)
    db.session.flush()
    db.session.add(DelegationMode(delegation_id=row.id, mode=list(Mode)[number % 3]))
    speaker = FocalPoint(uid=new_uid(), delegation_id=row.id, name=f"Office {number}", email="office@measures.example")
    speaker.added_at, speaker.link_generation = now, 0
    speaker.seal()
    db.session.add(speaker)
    subject, told = f"delegation/{row.uid}", ({"answer": "draft"}, {"answer": "invited"}, {"answer": answer.value})
    if answer != Answer.DRAFT:
        _told("invited", subject, event.id, 60 - number % 20, told[:2])
    if answer not in {Answer.DRAFT, Answer.INVITED}:
        _told(answer.value, subject, event.id, 39 - number % 38, told[1:])
    return row.id


def _told(what: str, subject: str, event_id: int, days: int, told: tuple[dict[str, str], ...]) -> None:
    at = clock.now() - timedelta(days=days)
    note(what, subject, who="Bench Mark", now=at, event_id=event_id, before=told[0], after=told[1])


def person_of(event_id: int, delegation_id: int, number: int) -> Delegate:
    """One of them, not yet in the session."""
    now = clock.now()
    person = Delegate(uid=new_uid(), event_id=event_id, delegation_id=delegation_id)
    person.reference = f"B{number:05}"
    person.submit_key, person.state, person.mode = new_uid(), STATES[number % len(STATES)], list(Mode)[number % 2]
    person.role = Capacity.HEAD if number < CITIES else Capacity.DELEGATE
    person.name, person.position, person.organisation = f"Person {number}", "Adviser", "City hall"
    person.email, person.participation = f"person-{number}@measures.example", {}
    person.registered_at = person.changed_at = person.state_at = person.mode_changed_at = now
    person.joined_list_at = now if person.state == State.WAITLISTED else None
    person.link_generation = person.feed_generation = 0
    person.seal()
    return person


def organiser(app: KeepingFlask) -> FlaskClient:
    """The browser of the organiser once they have signed in."""
    client = app.test_client()
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token(client, "/sign-in")})
    return client


def token(client: FlaskClient, path: str) -> str:
    """What a form of this page sends along."""
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def cookie(app: KeepingFlask) -> str:
    """What that browser sends along."""
    sent = [f"{each.key}={each.value}" for each in (organiser(app)._cookies or {}).values()]
    return "; ".join(sent)
