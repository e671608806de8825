"""What is stored is in nobody's language: whoever presses reads Arabic, and no Arabic reaches the database.

Forms are sent by browsers that ask for Arabic, and whatever else is worded in these tests is worded in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import JSON, Enum, String, select

from app.db import Model, db, write
from app.delegations import answering
from app.events.models import Approval, Due, Mode
from app.publishing import planned
from app.publishing.planned import Wish
from app.registration import deciding, nominating, service, waiting
from app.registration.models import Capacity, State
from app.sentences import spoken
from app.visits import editing, signing
from app.visits import waiting as visits_waiting
from app.web.kept import KeepingFlask
from tests.delegations.cities import NOW as AUTUMN
from tests.delegations.cities import gather
from tests.desk.office import Organiser, give_desks
from tests.desk.screens import act as review_act
from tests.desk.screens import review
from tests.office.test_pages import press, took_part
from tests.office.test_people import FORM, MINJI, asks, came, name, of
from tests.registration import people
from tests.registration.cast import NOW, assemble, typed
from tests.registration.cast import send as fill
from tests.schedule.test_history import move
from tests.schedule.test_history import press as step
from tests.videos import clips, films
from tests.videos.films import Sent
from tests.visits import cast as visits

ARABIC = re.compile("[\u0600-\u06ff]")
OWN = {"participation", "told", "entry"}
"""Calendar entries, in the language of the person whose they are."""
NAMES = {"aliases"}
"""Tables of what cities are called in their own languages."""
BROWSER = "HTTP_ACCEPT_LANGUAGE"


def in_arabic(app: KeepingFlask, patch: pytest.MonkeyPatch) -> FlaskClient:
    """From now on all that is done is done by who reads Arabic; a browser of theirs."""
    arabic = replace(app.extensions["babel"], locale_selector=lambda: "ar")
    patch.setitem(app.extensions, "babel", arabic)
    browser = app.test_client()
    browser.environ_base[BROWSER] = "ar"
    return browser


def found(app: Flask) -> list[tuple[str, str, str]]:
    """(table, column, text) of all that holds Arabic letters."""
    held = []
    with app.app_context():
        for table in Model.metadata.sorted_tables:
            columns = [each for each in table.columns if _words(each.type) and each.name not in OWN]
            if columns and table.name not in NAMES:
                for row in db.session.execute(select(*columns)):
                    for column, value in zip(columns, row, strict=True):
                        held += [(table.name, column.name, each) for each in texts(value) if ARABIC.search(each)]
    return held


def texts(value: object) -> Iterator[str]:
    """Every text within a value that a column holds."""
    match value:
        case str():
            yield value
        case dict():
            for name, each in value.items():
                yield from () if name in OWN else texts(each)
        case list():
            for each in value:
                yield from texts(each)


def _words(kind: object) -> bool:
    return isinstance(kind, JSON) or (isinstance(kind, String) and not isinstance(kind, Enum))


def test_arabic_would_be_found(app: KeepingFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = assemble(app)
    in_arabic(app, monkeypatch)
    people.register(cast, "سلمى")
    assert {table for table, _column, _value in found(app)} >= {"delegates", "messages"}


def test_registrations(app: KeepingFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = assemble(app)
    browser = in_arabic(app, monkeypatch)
    assert fill(browser, "/summit/register", typed(cast)).status_code == 303
    people.approval(cast, Approval.BOTH)
    anna, luca, mara = (people.register(cast, each) for each in ("Anna", "Luca", "Mara"))
    do = partial(people.do, cast)
    do(lambda: nominating.endorse(anna.id, who="Gaia Romani", now=NOW))
    do(lambda: deciding.approve(anna.id, who="KOIKE Yuriko", now=NOW))
    do(lambda: nominating.refuse(luca.id, "Not ours", who="Gaia Romani", now=NOW))
    do(lambda: service.withdraw(anna.id, now=NOW))
    do(lambda: waiting.expire_due(people.later(100)))
    key = people.quota(cast, "Rome", 3)
    assert key
    people.quota(cast, "Rome", 0)
    people.seats(cast, 0)
    people.approval(cast, Approval.NONE)
    waits = people.complete(cast, people.nominate(cast, "Paolo Neri", "Milan"))
    people.seats(cast, 5)
    do(lambda: waiting.expire_due(people.later(200)))
    people.complete(cast, mara) if mara.state == State.NOMINATED else None
    assert people.state(cast, waits) in State
    assert found(app) == []


def test_offices_and_deadlines(app: KeepingFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    cities = gather(app)
    browser = in_arabic(app, monkeypatch)
    path = took_part(cities, "Rome", Mode.VENUE, Mode.ONLINE)
    cities.invite("Milan")
    assert press(browser, f"{cities.link('Milan')}decline", reason="An election").status_code == 303
    again = partial(answering.reopen, cities.id("Milan"), who="KOIKE Yuriko", now=AUTUMN)
    assert cities.do(partial(again, until=AUTUMN + timedelta(days=90)))
    asks(cities, Approval.FOCAL_POINT)
    marco = came(cities)
    assert press(browser, of(path, marco, "decide"), decision="approve").status_code == 303
    old = name(cities, "Mayor One", Capacity.HEAD)
    new = MINJI | {"role": "head", "mode": None}
    assert press(browser, of(path, old, "replace"), **new).status_code == 303
    lina = name(cities, "Lina Verdi")
    assert press(browser, of(path, lina, "form"), **FORM).status_code == 303
    assert press(browser, of(path, lina, "remove"), reason="Ill", sure="y").status_code == 303
    assert press(browser, f"{path}focal-points", name="Ada Rossi", email="ada@rome.example").status_code == 303
    assert press(browser, f"{path}modes", modes=["venue"]).status_code == 303
    cities.due(Due.MODE, AUTUMN - timedelta(days=1))
    assert press(browser, f"{path}modes", modes=["venue", "video"]).status_code == 303
    assert press(browser, f"{path}withdraw", reason="A flood", sure="y").status_code in {303, 422}
    assert found(app) == []


def test_visits(app: KeepingFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = visits.roomy(assemble(app))
    in_arabic(app, monkeypatch)
    boat = visits.visit(cast, seats=1)
    anna, *others = visits.guests(cast, 3)
    first = visits.sign_up(cast, boat, anna)[0]
    visits.sign_up(cast, boat, others[0])
    visits.sign_up(cast, boat, others[1])
    visits.act(cast, lambda: signing.give_back(first.id, whole=True, who=anna.signed, now=people.later(1)))
    visits.act(cast, lambda: visits_waiting.expire_due(people.later(99)))
    visits.change(cast, boat, roles=("head",))
    visits.act(cast, lambda: editing.duplicate(boat.id, "again", who="KOIKE Yuriko", now=NOW))
    visits.act(cast, lambda: service.withdraw(others[0].id, now=people.later(100)))
    visits.act(cast, lambda: editing.cancel(boat.id, "A storm", who="KOIKE Yuriko", now=people.later(101)))
    assert found(app) == []


def test_the_agenda_and_releases(rehearsal: KeepingFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    give_desks(rehearsal)
    tokyo = Organiser(rehearsal, "tokyo")
    in_arabic(rehearsal, monkeypatch)
    tokyo.client.environ_base[BROWSER] = "ar"
    move(tokyo, "18:00")
    step(tokyo, "undo")
    step(tokyo, "redo")
    assert tokyo.send("/organise/rehearsal/publish", {"note": "Later", "reason": "Asked for"}).status_code == 303

    def act() -> None:
        event = films.event()
        at = NOW + timedelta(days=2)
        row = planned.plan(event, Wish(at, "a form", "As planned", "Asked for"), who="Tokyo", now=NOW)
        planned.take_back(event.id, row.uid, who="Tokyo", now=NOW)

    with rehearsal.app_context():
        write(act)
    assert found(rehearsal) == []


def test_videos(rehearsal: KeepingFlask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    give_desks(rehearsal)
    tokyo = Organiser(rehearsal, "tokyo")
    tokyo.client.environ_base[BROWSER] = "ar"
    in_arabic(rehearsal, monkeypatch)
    with rehearsal.app_context():
        films.expect()
        films.send("milan", Sent(clips.film(tmp_path / "tall.mp4", size=(720, 1280), sound=None)))
        films.check()
    said = {"comments": "Please turn the picture"}
    assert review_act(tokyo, review(rehearsal), "changes", number="1", **said).status_code in {303, 422}
    assert found(rehearsal) == []


def test_who_acted_is_named_in_the_language_of_who_reads(app: KeepingFlask) -> None:
    with app.app_context(), force_locale("ja"):
        assert spoken("Gaia Romani (focal point of Rome)") == "Gaia Romani（Romeの連絡担当者）"
        assert spoken("waiting list") == "キャンセル待ち"
        assert spoken("ABC123 (Anna Bianchi)") == "ABC123 (Anna Bianchi)"
        assert spoken("") == ""
