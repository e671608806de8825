"""What a journey finds done already: a summit of its own on the running product, and who speaks for its cities.

It is done by the product's own services, in another process than the server's, as its commands do.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select, update

from app import accounts, clock, create_app
from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Answer, Delegation
from app.events.models import Approval, Deadline, Due, Event, Mode
from app.imports import load, rehearse
from app.network.models import Member
from app.publishing import service as publishing
from app.registration import nominating
from app.registration.models import Capacity, Delegate, Rank
from app.registration.nominating import Nomination
from app.registration.service import Details

Done = TypeVar("Done")

ORGANISER = "KOIKE Yuriko"
LINK = re.compile(r"https?://\S+")
WORKER = 30
"""Seconds that the worker may take to write a letter on a loaded machine."""


class Setting:
    """The running product, from behind."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        own = {"INSTANCE": str(folder), "DATABASE_URL": "", "SECRET_KEY": ""}  # the folder's, whatever is set around us
        self.app = create_app({**own, "BASE_URL": url})

    def do(self, act: Callable[[], Done]) -> Done:
        """Carry out one act, as a command does."""
        with self.app.app_context():
            return write(act)

    def organiser(self, email: str) -> str:
        """Make an organiser of every event; the link with which to set the password."""
        with self.app.test_request_context(base_url=self.url):
            return write(lambda: accounts.create_organiser(email, clock.now()))

    def summit(self, slug: str) -> Summit:
        """The rehearsal once more, under this slug and a title of its own, published."""
        now = clock.now()
        source = rehearse(now.date())
        source = replace(source, event=replace(source.event, title=f"Leaders Summit {slug.upper()}"))

        def act() -> int:
            report = load(source, now, slug=slug, timetable=True)
            publishing.publish(report.event_id, who=ORGANISER, now=now)
            return report.event_id

        return Summit(self, slug, self.do(act))

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


@dataclass(frozen=True)
class Summit:
    """One event of the running product. Whoever has to do with it has an address under its slug, and no other."""

    setting: Setting
    slug: str
    id: int

    @property
    def desk(self) -> str:
        return f"{self.setting.url}/organise/{self.slug}"

    @property
    def public(self) -> str:
        return f"{self.setting.url}/{self.slug}"

    def address(self, name: str) -> str:
        """ "anna@j04.example": nobody of another journey gets that letter."""
        return f"{name}@{self.slug}.example"

    def do(self, act: Callable[[], Done]) -> Done:
        return self.setting.do(act)

    def approval(self, wanted: Approval) -> None:
        """Who has to agree to a registration."""
        self.do(lambda: db.session.execute(update(Event).where(Event.id == self.id).values(approval=wanted)))

    def not_invited(self) -> None:
        """As it is before the first letter: of all the cities, the host alone takes part."""
        fresh = {"answer": Answer.DRAFT, "answered_at": None}
        cities = update(Delegation).where(Delegation.event_id == self.id, Delegation.answer != Answer.APPROVED)
        self.do(lambda: db.session.execute(cities.values(fresh)))

    def due(self, kind: Due, at: datetime, hard: bool = False) -> None:
        """Set one deadline, in the past too."""

        def act() -> None:
            mine = (Deadline.event_id == self.id) & (Deadline.kind == kind)
            row = db.session.execute(select(Deadline).where(mine)).scalar_one_or_none()
            if row is None:
                db.session.add(Deadline(event_id=self.id, kind=kind, at=at, hard=hard))
            else:
                row.at, row.hard = at, hard

        self.do(act)

    def speaker(self, city: str, name: str, mailbox: str) -> str:
        """Somebody who speaks for the city from now on: the address of their page."""
        key = self.city(city)
        contact = Contact(name, self.address(mailbox), "Head of International Affairs")
        made = self.do(lambda: focal.appoint(key, contact, who=ORGANISER, now=clock.now()))
        return f"{self.setting.url}/f/{self.of(lambda: made.link)}/"

    def named(self, city: str, name: str, role: Capacity, mailbox: str = "", mode: Mode = Mode.VENUE) -> Delegate:
        """Somebody whom the city has named; its head is the mayor in person."""
        key = self.city(city)
        email = self.address(mailbox) if mailbox else ""
        rank = Rank.LEADER if role == Capacity.HEAD else Rank.OFFICIAL
        wanted = Nomination(name, role, rank, "Head of Mobility", email, mode, knows=True)
        return self.do(lambda: nominating.nominate(key, wanted, who=f"the office of {city}", now=clock.now()))

    def registered(self, city: str, name: str, role: Capacity, mailbox: str = "", mode: Mode = Mode.VENUE) -> Delegate:
        """Somebody whom the city has named, and whose form is filled in."""
        key = self.named(city, name, role, mailbox, mode).id
        own: dict[str, Any] = {
            Mode.VENUE: {"mobile": "+81312345678"},
            Mode.ONLINE: {"platform_name": name},
            Mode.VIDEO: {"video_language": "English"},
        }[mode]
        email = self.address(mailbox) if mailbox else ""
        told = Details(mode, name, "Head of Mobility", f"City of {city}", email, **own)
        who = f"the office of {city}"
        return self.do(lambda: nominating.complete(key, told, on_behalf=True, who=who, now=clock.now()))

    def page_of(self, person: Delegate) -> str:
        return f"{self.setting.url}/d/{self.of(lambda: person.link)}/"

    def of(self, ask: Callable[[], Done]) -> Done:
        """What `ask` reads, in a context of its own."""
        with self.setting.app.app_context():
            return ask()

    def city(self, name: str) -> int:
        """The id of a city's delegation."""
        found = select(Delegation.id).join(Member).where(Delegation.event_id == self.id, Member.name == name)
        return self.of(lambda: db.session.execute(found).scalar_one())

    def letters(self, kind: str, mailbox: str = "*") -> list[Path]:
        """The letters of this kind that have left, in order; to one mailbox, or to all of this summit."""
        return sorted((self.setting.folder / "mail").glob(f"*-{kind.replace(' ', '_')}-{self.address(mailbox)}.eml"))

    def letter(self, kind: str, mailbox: str, saying: str = "") -> Letter:
        """The latest letter of this kind to this mailbox that says so, once the worker has come to it."""
        deadline = time.monotonic() + WORKER
        while time.monotonic() < deadline:
            for path in reversed(self.letters(kind, mailbox)):
                found = Letter(message_from_bytes(path.read_bytes(), policy=policy.default))
                if saying in found.text:
                    return found
            time.sleep(0.1)
        raise AssertionError(f"no letter of the kind {kind!r} to {mailbox!r}, saying {saying!r}")


@dataclass(frozen=True)
class Letter:
    """A letter as it lies in the mailbox."""

    mail: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def text(self) -> str:
        """What its plain part says."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    def link(self, holding: str) -> str:
        """The first address in it of this kind, as "/f/" or "/complete"."""
        return next(each[0] for each in LINK.finditer(self.text) if holding in each[0])

    @property
    def calendar(self) -> bytes:
        """The calendar file that comes with it."""
        (part,) = (each for each in self.mail.walk() if each.get_content_type() == "text/calendar")
        octets = part.get_payload(decode=True)
        assert isinstance(octets, bytes)
        return octets
