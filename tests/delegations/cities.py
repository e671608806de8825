"""A summit in preparation: Tokyo is the host, the other cities of the cast are to be invited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from flask import Flask
from sqlalchemy import select

from app.db import db, write
from app.delegations import answering, focal
from app.delegations.focal import Contact
from app.delegations.models import Answer, Delegation, FocalPoint
from app.events.models import Deadline, Due, Event, Mode
from app.journal import Note
from app.network.models import Kind, Member, Network
from app.outbox import Message
from app.registration.models import Places

Done = TypeVar("Done")

NOW = datetime(2089, 11, 1, 9, 0, tzinfo=UTC)
ANSWER_BY = datetime(2089, 12, 15, 14, 59, 59, 999999, tzinfo=UTC)
"""23:59 in Tokyo, 15:59 in Rome."""
MODE_BY = datetime(2090, 1, 31, 14, 59, 59, 999999, tzinfo=UTC)
ZONES = {
    "Tokyo": "Asia/Tokyo",
    "Rome": "Europe/Rome",
    "New York": "America/New_York",
    "Milan": "Europe/Rome",
    "Lancaster": "America/Los_Angeles",
    "Queensland": "Australia/Brisbane",
    "Seoul": "Asia/Seoul",
}
SPEAKERS = {"Rome": "Gaia Romani", "Milan": "Luca Milani", "Seoul": "Kim Haneul", "Lancaster": "Robin Doe"}
"""Who speaks for a city; New York and Queensland have nobody yet."""


@dataclass(frozen=True)
class Cities:
    app: Flask
    event_id: int

    def do(self, act: Callable[[], Done]) -> Done:
        """Carry out one act, as a view does."""
        with self.app.app_context():
            return write(act)

    def read(self, ask: Callable[[], Done]) -> Done:
        with self.app.app_context():
            return ask()

    def id(self, city: str) -> int:
        return self.read(lambda: _delegation(self.event_id, city).id)

    def answer(self, city: str) -> Answer:
        return self.read(lambda: _delegation(self.event_id, city).answer)

    def modes(self, city: str) -> list[Mode]:
        return self.read(
            lambda: [each.mode for each in db.session.execute(focal.whole().where(_of(city))).scalar_one().modes]
        )

    def speaker(self, city: str) -> FocalPoint:
        """The latest of those who speak for the city."""
        query = select(FocalPoint).join(Delegation).join(Member).where(Member.name == city, FocalPoint.active)
        return self.read(lambda: db.session.execute(query.order_by(FocalPoint.id.desc())).scalars().all()[0])

    def link(self, city: str) -> str:
        return self.read(lambda: f"/f/{self.speaker(city).link}/")

    def letters(self) -> list[tuple[str, str]]:
        """(kind, to whom) of every letter, in order."""
        query = select(Message.kind, Message.to_name).order_by(Message.id)
        return self.read(lambda: [(kind, name) for kind, name in db.session.execute(query)])

    def notes(self, *what: str) -> list[Note]:
        query = select(Note).where(Note.what.in_(what)).order_by(Note.id)
        return self.read(lambda: list(db.session.execute(query).scalars()))

    def invite(self, *cities: str, now: datetime = NOW) -> int:
        ids = [self.id(city) for city in cities]
        return self.do(lambda: answering.invite(self.event_id, ids, who="KOIKE Yuriko", now=now))

    def accept(self, city: str, *modes: Mode, now: datetime = NOW) -> bool:
        key = self.id(city)
        return self.do(lambda: answering.answer_accept(key, modes or (Mode.VENUE,), who=SPEAKERS[city], now=now))

    def due(self, kind: Due, at: datetime, hard: bool = False) -> None:
        """Set one deadline of the summit."""

        def act() -> None:
            row = db.session.execute(
                select(Deadline).where(Deadline.event_id == self.event_id, Deadline.kind == kind)
            ).scalar_one()
            row.at, row.hard = at, hard

        self.do(act)


def _of(city: str):  # type: ignore[no-untyped-def]
    return Delegation.member.has(Member.name == city)


def _delegation(event_id: int, city: str) -> Delegation:
    query = select(Delegation).join(Member).where(Delegation.event_id == event_id, Member.name == city)
    return db.session.execute(query).scalar_one()


def gather(app: Flask) -> Cities:
    """Fill an empty database; nothing is held afterwards."""
    with app.app_context():
        cities = Cities(app, write(_fill))
        for city, name in SPEAKERS.items():
            key = _delegation(cities.event_id, city).id
            db.session.rollback()
            contact = Contact(name, f"{name.split()[0].lower()}@{city.lower()}.example.org")
            write(lambda key=key, contact=contact: focal.appoint(key, contact, who="KOIKE Yuriko", now=NOW))  # type: ignore[misc]
        return cities


def _fill() -> int:
    network = Network(slug="g-nets", name="G-NETS", full_name="Global City Network for Sustainability")
    db.session.add(network)
    db.session.flush()
    members = {name: _member(network, name, zone) for name, zone in ZONES.items()}
    db.session.flush()
    event = Event(
        slug="summit",
        network_id=network.id,
        host_id=members["Tokyo"].id,
        title="G-NETS Leaders Summit",
        starts_on=date(2090, 2, 27),
        ends_on=date(2090, 3, 1),
        zone="Asia/Tokyo",
        venue="Hilton Tokyo Shinjuku",
        reply_to="secretariat@example.org",
        registration_opens=NOW - timedelta(days=40000),
        registration_closes=datetime(2090, 2, 20, tzinfo=UTC),
    )
    db.session.add(event)
    db.session.flush()
    db.session.add_all(Places(event_id=event.id, mode=mode, seats=None) for mode in Mode)
    db.session.add_all(
        Deadline(event_id=event.id, kind=kind, at=at) for kind, at in ((Due.ANSWER, ANSWER_BY), (Due.MODE, MODE_BY))
    )
    for name in ("Tokyo", *SPEAKERS, "New York"):
        _send(event, members[name], Answer.APPROVED if name == "Tokyo" else Answer.DRAFT)
    return event.id


def _member(network: Network, name: str, zone: str) -> Member:
    kind = Kind.STATE if name == "Queensland" else Kind.CITY
    slug = name.lower().replace(" ", "-")
    made = Member(network_id=network.id, slug=slug, name=name, kind=kind, country="XX", zone=zone)
    db.session.add(made)
    return made


def _send(event: Event, member: Member, answer: Answer) -> None:
    made = Delegation(
        uid=f"summit-{member.slug}",
        event_id=event.id,
        member_id=member.id,
        answer=answer,
        code_generation=0,
        link_generation=0,
    )
    made.seal()
    db.session.add(made)
