"""Everybody who may knock at a door, in a database where everything is there that a door could open.

The world is what tests/measure/cast.py gathers (three summits of three networks, filled through the product's own
pages), with a congress of a fourth network beside it. Each person here has a cookie, secrets, both or neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from app import clock
from app.accounts import Role
from app.accounts.models import Passkey, Staff, User
from app.announcing.models import unsubscribe_secret
from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Delegation, FocalPoint
from app.events.models import Event, Mode, Person, Theme
from app.network.models import Member
from app.online.stage import links as stage_links
from app.outbox import Message, empty
from app.publishing.calendars import links
from app.publishing.calendars.links import Owner
from app.publishing.models import Release
from app.registration.models import Capacity, Delegate
from app.registration.service import Application, register
from app.videos import expecting
from app.videos import service as videos
from app.videos.models import Purpose, VideoMessage
from app.visits import vehicles
from app.visits.models import HOLDING, SignUp, Vehicle, Visit
from app.web.kept import KeepingFlask
from tests.accounts.people import person, sign_in, token
from tests.costs import crowds
from tests.databases import States
from tests.measure.cast import gather
from tests.publishing.test_canary import uid_of
from tests.registration.cast import NOW, details
from tests.trust.doors import marks, more
from tests.trust.doors.marks import ANNA, BERTA, FILLED, HEAD, OTHER
from tests.trust.doors.tenants import Tenants, Whose

MADE_UP = "a-secret-that-nobody-was-given-1234567890abc"
"""In place of a secret, where somebody has none."""
NETWORKS = {"harbours": OTHER, "g-nets": OTHER, "crowd": OTHER}
"""The other organiser's network, in place of each of the first one's."""


@dataclass(frozen=True)
class Knocker:
    """Somebody at the doors."""

    name: str
    cookie: str = ""
    """Of a browser that is signed in; or else of one that has only opened a page, for its forms' token."""
    csrf: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """How an address begins ("/d/") -> the secret they hold there."""
    event: str = ""
    """They ask for it in place of the event in the address; empty: for that in the address."""

    def secret(self, rule: str) -> str:
        """What they put where the address wants a secret: their own for it, or else any that they hold."""
        for head, own in self.secrets.items():
            if rule.startswith(head):
                return own
        return next(iter(self.secrets.values()), MADE_UP)


@dataclass(frozen=True)
class World:
    app: KeepingFlask
    database: States
    knockers: Mapping[str, Knocker]
    doors: tuple[str, ...]
    """Where a walk over all pages begins."""
    files: Mapping[Path, bytes]
    """What was uploaded."""
    people: Mapping[int, str]
    """id of a delegate -> how markers call them."""
    state: str = "world"
    """What everything is put back to: "world", as the product's own forms made it, or "marked"."""

    @property
    def marked(self) -> World:
        """The same with a marker in all that is somebody's own, which no form would take."""
        return replace(self, state="marked")

    def fresh(self) -> None:
        """Put everything back as it was."""
        self.database.restore(self.state)
        for path, octets in self.files.items():
            if not path.exists():  # an act that a knock may do deletes files too
                path.write_bytes(octets)

    def ask(
        self, who: Knocker, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """One request with the knocker's cookie, which answers change for nobody; a fault is answered with 500."""
        client = FlaskClient(self.app, self.app.response_class, use_cookies=False)
        told = {"Cookie": who.cookie} if who.cookie else {}
        before, self.app.config["PROPAGATE_EXCEPTIONS"] = self.app.config["PROPAGATE_EXCEPTIONS"], False
        try:
            return client.open(path, method=method, data=data, headers=told | dict(headers or {}), buffered=True)
        finally:
            self.app.config["PROPAGATE_EXCEPTIONS"] = before


def build(app: KeepingFlask, database: States, clips: Path) -> World:
    """Fill the database, let everybody in by the product's own ways, and save it as the states "world" and "marked"."""
    database.restore("rehearsal")
    organiser, doors = gather(app, clips)
    with app.app_context():
        write(lambda: crowds.crowd(OTHER, 2), patience=60)
        secrets, people = write(_secrets)
        write(_accounts)
        write(_no_husks)
        write(lambda: _twins(people), patience=60)
        empty()
        more_doors = _more_doors()
    cookies = {"several roles": _cookie(app, organiser.client)}
    cookies |= {name: _signed_in(app, city) for name, (city, _slugs, _roles) in STAFF.items()}
    with app.app_context():
        write(_passkey)  # after all are signed in, or they would be asked for it
    anybody = _cookie(app, app.test_client())
    knockers = [Knocker("anybody", *anybody)]
    knockers += [Knocker(name, *anybody, secrets=held) for name, held in secrets.items()]
    knockers += [Knocker(name, *cookie) for name, cookie in cookies.items()]
    knockers.append(Knocker("organiser 2, at home", *cookies["organiser 2"], event=OTHER))
    database.release()
    database.save("world")
    with app.app_context():
        write(lambda: marks.put(people), patience=60)
    database.release()
    database.save("marked")
    database.saved |= {"world", "marked"}
    folder = Path(app.config["INSTANCE"], "uploads")
    uploaded = {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    return World(app, database, {each.name: each for each in knockers}, (*doors, *more_doors), uploaded, people)


STAFF = {
    "organiser 1": ("osaka", FILLED, (Role.ORGANISER,)),
    "organiser 2": ("busan", ("congress", OTHER), (Role.ORGANISER,)),
    "logistics": ("nagoya", FILLED, (Role.LOGISTICS,)),
    "visa": ("kyoto", FILLED, (Role.VISA,)),
}
"""Those who are signed in: their account, their events, their roles there."""


def _cookie(app: KeepingFlask, client: FlaskClient) -> tuple[str, str]:
    """The cookie of a browser, and a token for its forms."""
    plain = FlaskClient(app, app.response_class)
    plain._cookies = client._cookies
    csrf = token(plain.get("/sign-in/forgotten"))
    name = str(app.config["SESSION_COOKIE_NAME"])
    held = plain.get_cookie(name)
    assert held is not None
    return f"{name}={held.value}", csrf


def _signed_in(app: KeepingFlask, city: str) -> tuple[str, str]:
    client = app.test_client()
    assert sign_in(client, city).status_code in {302, 303}
    return _cookie(app, client)


def _accounts() -> None:
    events = dict(db.session.execute(select(Event.slug, Event.id)).all())
    for city, slugs, roles in STAFF.values():
        user = person(city)
        db.session.add(user)
        db.session.flush()
        db.session.add_all(Staff(user_id=user.id, event_id=events[slug], role=role) for slug in slugs for role in roles)


def _passkey() -> None:
    """The one with several roles has a second step that they can take off."""
    owner = select(User.id).where(User.email == person("tokyo").email)
    key = Passkey(
        user_id=db.session.execute(owner).scalar_one(), name="a phone", credential="YS1rZXk", public_key=b"key"
    )
    key.uses, key.made_at, key.used_at = 0, NOW, None
    db.session.add(key)


def _more_doors() -> list[str]:
    """What links lead to only in calendar programs, or for scripts."""
    theme = select(Theme.slug).join(Event).where(Event.slug == "rehearsal").order_by(Theme.id).limit(1)
    sent = select(Message.id).join(Event, Event.id == Message.event_id).where(Event.slug == "summit")
    number = db.session.execute(sent.where(Message.octets.is_not(None)).order_by(Message.id)).scalars().first()
    version = select(VideoMessage.uid).join(Event).where(Event.slug == "rehearsal", VideoMessage.versions.any())
    uid = db.session.execute(version.limit(1)).scalar_one()
    return [
        f"/rehearsal/themes/{db.session.execute(theme).scalar_one()}.ics",
        f"/organise/rehearsal/videos/{uid}/versions/1/film",
        "/organise/summit/invitations/city/rome/letter",
        "/organise/rehearsal/languages/fr",
        "/organise/rehearsal/publish/letters/head",
        f"/organise/summit/outbox/{number}/letter.eml",
    ]


def _no_husks() -> None:
    """Take away the rows of the crowds that only make a list long: there is nothing in them that a page could show."""
    crowd = select(Event.id).where(Event.slug.in_(("crowd", OTHER)))
    db.session.execute(delete(Message).where(Message.event_id.in_(crowd), Message.kind == "changed"))
    db.session.execute(delete(Release).where(Release.event_id.in_(crowd), Release.number > 1))


def _summit() -> Event:
    return db.session.execute(select(Event).where(Event.slug == "summit")).scalar_one()


def _delegation(city: str, slug: str = "summit") -> Delegation:
    asked = select(Delegation).join(Member).join(Event, Event.id == Delegation.event_id)
    return db.session.execute(asked.where(Event.slug == slug, Member.slug == city)).scalar_one()


def _secrets() -> tuple[dict[str, dict[str, str]], dict[int, str]]:
    """Name of a knocker -> the secrets they hold, by how their addresses begin; id of a delegate -> what marks say."""
    summit = _summit()
    rome, york = _delegation("rome"), _delegation("new-york")
    of_rome = select(Delegate).where(Delegate.delegation_id == rome.id).order_by(Delegate.id)
    anna, head = db.session.execute(of_rome.limit(2)).scalars().all()
    db.session.execute(update(Delegate).where(Delegate.id == head.id).values(role=Capacity.HEAD))
    berta = _registered("Berta of New York", york, summit)
    of_city = select(FocalPoint).where(FocalPoint.delegation_id == rome.id).order_by(FocalPoint.id).limit(1)
    gaia = db.session.execute(of_city).scalar_one()
    paul = focal.appoint(york.id, Contact("Paul of New York", "paul@newyork.example"), who="Tokyo", now=clock.now())
    film = expecting.Wanted(expecting.Owner(delegation_id=rome.id), "session-2", Purpose.BACKUP, "Session 2")
    videos.ask(summit, film, None, who="Tokyo", now=clock.now())
    cities = {name: links.make(Owner(summit.id, delegation_id=each.id), who="Tokyo", now=clock.now()).secret
              for name, each in (("A", rome), ("B", york))}  # fmt: skip
    db.session.flush()
    more.tell(summit, anna, head)
    more.letter_of(york)
    held = {
        "delegate A": _own(anna),
        "delegate B": _own(berta),
        "head A": _own(head),
        "focal A": {"/f/": gaia.link, "/c/": cities["A"], "/<event>/register/": rome.link},
        "focal B": {"/f/": paul.link, "/c/": cities["B"], "/<event>/register/": york.link},
        "moderator": _moderator(),
        "volunteer": {"/b/": _volunteer(summit.id)},
        "video sender": {"/v/": _sender()},
    }
    return held, {anna.id: ANNA.person, head.id: HEAD.person, berta.id: BERTA.person}


def _twins(people: Mapping[int, str]) -> None:
    """What Rome, its people and the first organiser's events have, New York, Berta and the other event have too."""
    tenants = Tenants(people)
    someone = select(Delegate.id, Member.slug).join(Delegation, Delegation.id == Delegate.delegation_id).join(Member)
    there = someone.join(Event, Event.id == Delegate.event_id).where(Event.slug == OTHER).order_by(Delegate.id)
    number, city = db.session.execute(there.limit(1)).one()
    tables = [table for table in db.metadata.sorted_tables if any(each is table for each, _column in marks.marked())]
    for table in tables:
        for target in (ANNA, BERTA, Whose(OTHER, city, str(number))):
            tenants.twin(table, target, least=1 if target.event == OTHER else 2)
    _seated()


def _seated() -> None:
    """Visits and their vehicles count whoever was copied too."""
    sits = select(func.count()).where(SignUp.state.in_(HOLDING))
    on_visit = sits.where(SignUp.visit_id == Visit.id).scalar_subquery()
    in_vehicle = sits.where(SignUp.vehicle_id == Vehicle.id).scalar_subquery()
    db.session.execute(update(Visit).values(taken=on_visit))
    db.session.execute(update(Vehicle).values(taken=in_vehicle))


def _registered(name: str, delegation: Delegation, event: Event) -> Delegate:
    """Somebody more of a city, who comes."""
    asked = Application(f"form of {name}", delegation.id, details(Mode.VENUE, name=name))
    return register(event, asked, NOW)


def _own(delegate: Delegate) -> dict[str, str]:
    return {
        "/d/": delegate.link,
        "/c/": delegate.feed,
        "/j/": delegate.join,
        "/u/": unsubscribe_secret(delegate.uid),
    }


def _moderator() -> dict[str, str]:
    """Whoever moderates another session than the one at whose door they stand."""
    event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
    desk = stage_links.make(event.id, uid_of("session-5"), stage_links.DESK, who="Tokyo", now=clock.now())
    speaker = db.session.execute(select(Person.id).where(Person.event_id == event.id).order_by(Person.id)).scalars()
    calendar = links.make(Owner(event.id, person_id=speaker.first()), who="Tokyo", now=clock.now())
    return {"/m/": desk.secret, "/c/": calendar.secret}


def _volunteer(summit_id: int) -> str:
    """Whoever counts people into another bus."""
    visit = db.session.execute(select(Visit.id).where(Visit.event_id == summit_id).order_by(Visit.id)).scalars().first()
    assert visit is not None
    told = vehicles.Facts("Another bus", 9, 0, "Berta Bosch", "+81312345678")
    bus = vehicles.add(visit, told, who="Tokyo", now=clock.now())
    return vehicles.link(bus.id, on=True, who="Tokyo", now=clock.now()).link


def _sender() -> str:
    """Whoever sends another video message."""
    asked = select(VideoMessage).join(Event).where(Event.slug == "crowd").order_by(VideoMessage.id)
    return str(db.session.execute(asked.limit(1)).scalar_one().link)
