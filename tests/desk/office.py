"""Organisers at their desk: Tokyo runs the rehearsal, Rome the archive; both fill in the forms that the pages hold."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts import Role
from app.accounts.models import Staff
from app.agenda.models import Session
from app.db import db, write
from app.events.models import Event
from app.journal import Note
from app.web.kept import KeepingFlask
from tests.accounts.people import person, sign_in
from tests.registration.cast import Paged

REHEARSAL = "/organise/rehearsal"
ARCHIVE = "/organise/gnets-2023"


class Organiser:
    """Somebody signed in, with a browser."""

    def __init__(self, app: KeepingFlask, city: str) -> None:
        self.client: FlaskClient = app.test_client()
        assert sign_in(self.client, city).status_code in {302, 303}

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def send(self, path: str, *changes: dict[str, Any], page: TestResponse | None = None) -> TestResponse:
        """Open the page (or take one that stands open), change what its form holds, and press its button."""
        values = held(page or self.get(path))
        for change in changes:
            values |= change
        return self.client.post(path, data={name: value for name, value in values.items() if value is not None})


def held(page: Paged) -> dict[str, Any]:
    """What the form of a page holds: the one that can be sent twice."""
    tree: Element = html5lib.parse(page.text, namespaceHTMLElements=False)
    forms = [each for each in tree.iter("form") if each.find(".//input[@name='submit_key']") is not None]
    assert len(forms) == 1, page.text
    values: dict[str, Any] = {}
    for field in forms[0].iter():
        name = field.get("name")
        if name is None or field.get("type") in {"submit", "button"}:
            continue
        if field.tag == "select":
            chosen = [each for each in field.iter("option") if each.get("selected") is not None]
            values[name] = (chosen or list(field.iter("option")))[0].get("value", "")
        elif field.tag == "textarea":
            values[name] = (field.text or "").removeprefix("\n")
        elif field.get("type") != "checkbox" or field.get("checked") is not None:
            values[name] = field.get("value", "")
    return values


def line(page: TestResponse, code: str, /, **changes: Any) -> dict[str, Any]:
    """Changes to the row of one session in the table, under the names of its fields."""
    (prefix,) = (name[: -len("code")] for name, value in held(page).items() if name.endswith("-code") and value == code)
    return {prefix + name: value for name, value in changes.items()}


def words(page: Paged) -> str:
    """What can be read on a page, on one line."""
    tree: Element = html5lib.parse(page.text, namespaceHTMLElements=False)
    return re.sub(r"\s+", " ", "".join(tree.find("body").itertext()))  # type: ignore[union-attr]


def rows(page: Paged) -> dict[str, str]:
    """The rows of a page's tables: the words of the first cell -> those of the rest."""
    tree: Element = html5lib.parse(page.text, namespaceHTMLElements=False)
    found = {}
    for row in tree.iter("tr"):
        cells = [re.sub(r"\s+", " ", "".join(cell.itertext())).strip() for cell in row]
        if row.find("th[@scope='row']") is not None:
            found[cells[0]] = " | ".join(cells[1:])
    return found


def stored(app: KeepingFlask, slug: str, code: str) -> Session:
    """One session as the draft holds it, with nothing else loaded."""
    with app.app_context():
        return db.session.execute(
            select(Session).join(Event).where(Event.slug == slug, Session.code == code)
        ).scalar_one()


def notes(app: KeepingFlask, subject: str) -> list[Note]:
    with app.app_context():
        return list(db.session.execute(select(Note).where(Note.subject == subject).order_by(Note.id)).scalars())


def give_desks(app: KeepingFlask) -> None:
    """Tokyo runs the rehearsal, Rome the archive; Milan has an account and runs nothing."""

    def act() -> None:
        people = {city: person(city) for city in ("tokyo", "rome", "milan")}
        people["tokyo"].name = "KOIKE Yuriko"
        db.session.add_all(people.values())
        db.session.flush()
        events = dict(db.session.execute(select(Event.slug, Event.id)).all())
        for city, slug in (("tokyo", "rehearsal"), ("rome", "gnets-2023")):
            db.session.add(Staff(user_id=people[city].id, event_id=events[slug], role=Role.ORGANISER))

    with app.app_context():
        write(act)


def runs(app: KeepingFlask, event_id: int) -> Organiser:
    """KOIKE Yuriko of Tokyo, who runs this event alone."""

    def act() -> None:
        user = person("tokyo")
        user.name = "KOIKE Yuriko"
        db.session.add(user)
        db.session.flush()
        db.session.add(Staff(user_id=user.id, event_id=event_id, role=Role.ORGANISER))

    with app.app_context():
        write(act)
    return Organiser(app, "tokyo")


@pytest.fixture
def desks(rehearsal: KeepingFlask) -> KeepingFlask:
    """The product with both summits, and organisers for each."""
    give_desks(rehearsal)
    return rehearsal


@pytest.fixture
def tokyo(desks: KeepingFlask) -> Organiser:
    return Organiser(desks, "tokyo")


@pytest.fixture
def rome(desks: KeepingFlask) -> Organiser:
    return Organiser(desks, "rome")


def begins(app: KeepingFlask) -> date:
    """The first day of the rehearsal, which moves on with the calendar."""
    with app.app_context():
        return db.session.execute(select(Event.starts_on).where(Event.slug == "rehearsal")).scalar_one()
