"""Every page that lists something asks the database as often for three hundred rows as for one."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import Role
from app.accounts.models import Staff
from app.db import db, write
from app.events.models import Event
from app.publishing.models import Release
from app.web.kept import KeepingFlask
from tests.accounts.people import person
from tests.costs.crowds import FIRST, NOW, Crowd, crowd, read
from tests.databases import States, forget
from tests.desk.office import Organiser
from tests.queries import counted

ONE, MANY = 1, 300
DESK = "/organise/{slug}"
LISTS = (
    *("/{slug}/", "/{slug}/agenda", "/{slug}/agenda.ics", "/{slug}/agenda.json", "/{slug}/cities"),
    *("/{slug}/cities/{city}", "/{slug}/sessions/{code}", "/{slug}/people", "/{slug}/visits", "/{slug}/outcome"),
    *("/{slug}/calendars", "/{slug}/online.ics", "/{slug}/days/2090-02-27.ics", "/{slug}/cities/{city}.ics"),
    *("/{slug}/participants", "/{slug}/register"),
    *("/d/{person}/", "/d/{person}/participants", "/c/{feed}/agenda.ics"),
    *("/f/{focal}/", "/f/{focal}/people/deputies", "/f/{focal}/people/together", "/f/{focal}/people/name"),
    *("/f/{focal}/people/{reference}/", "/f/{focal}/focal-points", "/f/{focal}/withdraw"),
    *("/d/{person}/availability", "/f/{focal}/availability", f"{DESK}/schedule/absences"),
    *("/f/{focal}/wishes", f"{DESK}/schedule/wishes", f"{DESK}/schedule/wishes/{{city}}"),
    *("/f/{focal}/calendar", "/f/{focal}/videos", f"{DESK}/videos", f"{DESK}/videos/new"),
    *(f"{DESK}/board", f"{DESK}/board/export.csv", f"{DESK}/board/{{city}}/changes"),
    *(f"{DESK}/registrations", f"{DESK}/registrations?city={{city}}", f"{DESK}/registrations/{{reference}}"),
    *(f"{DESK}/approvals", f"{DESK}/waiting/{{city}}", f"{DESK}/quotas/{{city}}", f"{DESK}/places/venue"),
    *(f"{DESK}/invitations", f"{DESK}/invitations/city/{{city}}", f"{DESK}/invitations/send/invitation"),
    *(f"{DESK}/invitations/send/reminder", f"{DESK}/deadlines", f"{DESK}/deadlines/extend"),
    *(f"{DESK}/agenda", f"{DESK}/agenda/{{code}}", f"{DESK}/publish", f"{DESK}/schedule/agenda.csv"),
    *(f"{DESK}/schedule", f"{DESK}/schedule/cities", f"{DESK}/schedule/clashes", f"{DESK}/schedule/hours"),
    *(f"{DESK}/schedule/acts", f"{DESK}/schedule/sessions/{{code}}", f"{DESK}/schedule/sessions/{{code}}/order"),
    *(f"{DESK}/outbox", f"{DESK}/outbox?q=a"),
    *(f"{DESK}/announcements", f"{DESK}/announcements/{{slug}}-news", f"{DESK}/announcements/{{slug}}-news/letter"),
    *(f"{DESK}/announcements/{{slug}}-news/edit", f"{DESK}/reminders", f"{DESK}/reminders/{{slug}}-rule"),
    *(f"{DESK}/calendars", f"{DESK}/calendars/doctor", f"{DESK}/calendars/doctor?feed=all"),
    *(f"{DESK}/online", f"{DESK}/online/rooms", f"{DESK}/online/checks", f"{DESK}/online/joined"),
    *(f"{DESK}/participants", f"{DESK}/participants/export.csv", f"{DESK}/participants/public"),
    *(f"{DESK}/participants/delegates/now", f"{DESK}/participants/public/1", f"{DESK}/participants/public/compare"),
    *(f"{DESK}/participants/public/1/list.xlsx", f"{DESK}/letters", f"{DESK}/letters/confirmation/en"),
    *("/{slug}/videos", f"{DESK}/videos/{{video}}", f"{DESK}/videos/{{video}}/review"),
    *(f"{DESK}/playlist", f"{DESK}/playlist.csv", f"{DESK}/playlist.m3u"),
    *("/{slug}/news", "/{slug}/news/page-0", "/{slug}/news.atom", "/{slug}/info/page-0"),
    *(f"{DESK}/site", f"{DESK}/site/news", f"{DESK}/site/photos", f"{DESK}/site/pages/page-0/edit"),
    *("/organise/networks/{slug}/members", "/organise/networks/{slug}/members/{city}"),
    "/organise/networks/{slug}/members/export.csv",
)
"""The address of every page with a list."""


@pytest.fixture(scope="module")
def crowds(standing: KeepingFlask, database: States) -> tuple[KeepingFlask, Organiser, list[Crowd]]:
    """A summit with one of everything and a summit with three hundred; Tokyo runs both. No test here changes them."""
    database.restore("empty")

    def act() -> None:
        user = person("tokyo")
        db.session.add(user)
        db.session.flush()
        for slug, number in (("one", ONE), ("many", MANY)):
            db.session.add(Staff(user_id=user.id, event_id=crowd(slug, number), role=Role.ORGANISER))

    with standing.app_context():
        write(act, patience=60)
        found = [read("one"), read("many")]
    reader = Organiser(standing, "tokyo")
    for each in found:
        assert reader.get(f"/{each.slug}/agenda").status_code == 200  # the release is read once and stays in memory
    return standing, reader, found


def cost(app: Flask, reader: Organiser, path: str) -> list[str]:
    """The statements of one page, when no page is kept."""
    app.shelf.clear()  # type: ignore[attr-defined]
    with counted(app) as statements:
        answer = FlaskClient.open(reader.client, path)  # what is on the page is for other tests to check
    assert answer.status_code == 200, (path, answer.status_code)
    return statements


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_three_hundred(
    crowds: tuple[KeepingFlask, Organiser, list[Crowd]], path: str
) -> None:
    app, reader, found = crowds
    one, many = (cost(app, reader, path.format(**asdict(each))) for each in found)
    assert len(one) == len(many), [each for each in many if each not in one]


def test_what_lists_all_summits_costs_the_same_for_one_and_for_three_hundred(
    standing: KeepingFlask, database: States
) -> None:
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
        for number in range(MANY):
            told = {"slug": f"summit-{number}", "title": f"Summit {number}", "zone": event.zone, "release": 1}
            made = Event(network_id=event.network_id, starts_on=FIRST, ends_on=FIRST, **told)
            db.session.add(made)
            db.session.flush()
            programme = release.programme | {"summit": release.programme["summit"] | {"slug": f"summit-{number}"}}
            told = {"number": 1, "published_at": NOW, "published_by": "test"}
            db.session.add(Release(event_id=made.id, programme=programme, **told))

    paths, costs = ("/", "/organise/", "/organise/networks/"), []
    with standing.app_context():
        write(first)
    reader = Organiser(standing, "tokyo")
    costs.append([len(cost(standing, reader, path)) for path in paths])
    with standing.app_context():
        write(more, patience=60)
    forget(standing)
    costs.append([len(cost(standing, reader, path)) for path in paths])
    assert costs[0] == costs[1]
