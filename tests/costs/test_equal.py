"""Every page and file that lists something asks the database as often for many rows as for one."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import Role
from app.accounts.models import SignIn, Staff, User
from app.db import db, write
from app.events.models import Event
from app.publishing.models import Release
from app.web.kept import KeepingFlask
from tests.accounts.people import person
from tests.costs.crowds import FIRST, NOW, Crowd, crowd, read
from tests.costs.others import Others, others
from tests.costs.pages import ELSEWHERE, LISTS, MORE, MOST, NO_LIST, OF_ALL
from tests.databases import States, forget
from tests.desk.office import Organiser
from tests.queries import counted

ONE, MANY = 1, 120
"""Of everything; in all states together there are more people than the rows that are looked up in one go (500)."""
Found = list[dict[str, object]]
"""What stands in the addresses of each crowd."""


@pytest.fixture(scope="module")
def crowds(standing: KeepingFlask, database: States) -> tuple[KeepingFlask, Organiser, Found]:
    """A summit with one of everything and a summit with many; Tokyo runs both. No test here changes them."""
    return standing, *summits(standing, database, {"one": ONE, "many": MANY})


def summits(app: KeepingFlask, database: States, sizes: dict[str, int]) -> tuple[Organiser, Found]:
    """Nothing but summits of these names, each with so many of everything, and the organiser who runs them."""
    database.restore("empty")
    found: Found = []

    def act() -> None:
        found.clear()
        user = person("tokyo")
        db.session.add(user)
        db.session.flush()
        for slug, number in sizes.items():
            event_id = crowd(slug, number)
            db.session.add_all(Staff(user_id=user.id, event_id=event_id, role=role) for role in Role)
            more = others(event_id, slug, number)
            found.append(asdict(read(slug)) | asdict(more))

    with app.app_context():
        write(act, patience=60)
    reader = Organiser(app, "tokyo")
    for each in found:
        assert reader.get(f"/{each['slug']}/agenda").status_code == 200  # the release is read once and stays in memory
    return reader, found


def cost(app: Flask, reader: Organiser, path: str) -> list[str]:
    """The statements of one page, when no page is kept."""
    app.shelf.clear()  # type: ignore[attr-defined]
    with counted(app) as statements:
        answer = FlaskClient.open(reader.client, path)  # what is on the page is for other tests to check
    assert answer.status_code == 200, (path, answer.status_code)
    return statements


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_many(
    crowds: tuple[KeepingFlask, Organiser, Found], path: str
) -> None:
    app, reader, found = crowds
    one, many = (cost(app, reader, path.format(**each)) for each in found)
    assert len(one) == len(many), [each for each in many if each not in one]
    assert len(many) <= MORE.get(path, MOST)


def test_what_lists_all_summits_costs_the_same_for_one_and_for_many(standing: KeepingFlask, database: States) -> None:
    database.restore("empty")

    def first() -> None:
        user = person("tokyo")
        db.session.add(user)
        db.session.flush()
        db.session.add(Staff(user_id=user.id, event_id=None, role=Role.ORGANISER))
        crowd("one", ONE)

    def more() -> None:
        event = db.session.execute(select(Event)).scalar_one()
        release = db.session.execute(select(Release).where(Release.number == 1)).scalar_one()
        user = db.session.execute(select(User.id)).scalar_one()
        for number in range(MANY):
            told = {"slug": f"summit-{number}", "title": f"Summit {number}", "zone": event.zone, "release": 1}
            made = Event(network_id=event.network_id, starts_on=FIRST, ends_on=FIRST, **told)
            db.session.add(made)
            db.session.flush()
            programme = release.programme | {"summit": release.programme["summit"] | {"slug": f"summit-{number}"}}
            told = {"number": 1, "published_at": NOW, "published_by": "test"}
            db.session.add(Release(event_id=made.id, programme=programme, **told))
            db.session.add(SignIn(user_id=user, key_hash=f"{number:064}", started_at=NOW))

    costs: list[list[int]] = []
    with standing.app_context():
        write(first)
    reader = Organiser(standing, "tokyo")
    costs.append([len(cost(standing, reader, path)) for path in OF_ALL])
    with standing.app_context():
        write(more, patience=60)
    forget(standing)
    costs.append([len(cost(standing, reader, path)) for path in OF_ALL])
    assert costs[0] == costs[1]


def test_no_list_is_left_out(standing: KeepingFlask) -> None:
    """A new page is added to the lists, or to those that list nothing."""
    opened = {each.rule for each in standing.url_map.iter_rules() if "GET" in (each.methods or ())}
    here = standing.url_map.bind("localhost")
    names = {each.name: "1" for kind in (Crowd, Others) for each in fields(kind)}
    measured = {here.match(urlsplit(each.format(**names)).path, return_rule=True)[0].rule for each in (*LISTS, *OF_ALL)}
    assert sorted(opened - measured - NO_LIST - ELSEWHERE.keys()) == []
    assert sorted((NO_LIST | ELSEWHERE.keys()) & measured) == []
    assert sorted((NO_LIST | ELSEWHERE.keys()) - opened) == []
    assert [
        each for each in ELSEWHERE.values() if "counted(" not in Path(standing.root_path, "..", each).read_text()
    ] == []
