"""That a calendar was fetched is noted once a day, after the answer, and never in its way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import ical
from app.db import db, write
from app.publishing.calendars import fetches
from app.publishing.calendars.models import Fetch
from app.publishing.feeds import Feed
from tests.queries import counted
from tests.registration.cast import Cast, read

AGENDA = "/summit/agenda.ics"
MORNING = datetime(2090, 2, 1, 8, tzinfo=UTC)


def noted(app: Flask) -> list[tuple[str, int]]:
    rows = select(Fetch.feed, Fetch.release).order_by(Fetch.feed)
    return read(app, lambda: [(row.feed, row.release) for row in db.session.execute(rows)])


def fetch(client: FlaskClient, path: str, **headers: str) -> None:
    """Ask as a program does, which takes the whole answer and closes the connection."""
    client.get(path, headers=headers).close()


def test_a_fetch_is_noted_with_the_release_that_it_told(cast: Cast, client: FlaskClient) -> None:
    for path in (AGENDA, "/summit/cities/rome.ics", AGENDA):
        fetch(client, path)
    assert noted(cast.app) == [("all", 1), ("city/rome", 1)]


def test_it_is_noted_after_the_answer_and_not_in_its_transaction(cast: Cast, client: FlaskClient) -> None:
    client.get(AGENDA).close()
    read(cast.app, lambda: write(lambda: db.session.execute(Fetch.__table__.delete())))  # type: ignore[attr-defined]
    cast.app.extensions.pop("fetches")
    cast.app.shelf.clear()  # type: ignore[attr-defined]
    with counted(cast.app) as statements:
        answer = client.get(AGENDA)
    assert [each.split()[0] for each in statements] == ["SELECT"]
    assert noted(cast.app) == []
    answer.close()
    assert noted(cast.app) == [("all", 1)]


def test_an_answer_without_a_file_is_a_fetch_too(cast: Cast, client: FlaskClient) -> None:
    fetch(client, AGENDA, **{"If-None-Match": "*"})
    assert noted(cast.app) == [("all", 1)]


def test_a_look_at_the_headers_alone_is_none_and_neither_is_a_download(cast: Cast, client: FlaskClient) -> None:
    client.head(AGENDA).close()
    fetch(client, f"{AGENDA}?download")
    assert noted(cast.app) == []


def feed(cast: Cast, release: int = 1) -> Feed:
    file = ical.File(ical.Calendar("a@plenary", "A", "UTC"), ical.Sheaf(()))
    return Feed("all", cast.event_id, release, file, MORNING, "a.ics")


def test_each_process_notes_a_feed_once_a_day_and_all_of_them_together_too(cast: Cast) -> None:
    one, evening, morrow = feed(cast), MORNING + timedelta(hours=12), MORNING + timedelta(days=1)

    def act() -> list[bool]:
        found = [fetches.is_due(one, at) for at in (MORNING, evening, morrow)]
        for at in (MORNING, evening):
            write(lambda at=at: fetches.note(replace(one, release=at.hour), at))  # type: ignore[misc]
        return found

    assert read(cast.app, act) == [True, False, True]
    assert noted(cast.app) == [("all", MORNING.hour)]
    read(cast.app, lambda: write(lambda: fetches.note(replace(one, release=9), morrow)))
    assert noted(cast.app) == [("all", 9)]


def test_what_could_not_be_noted_is_tried_again_and_nobody_is_told(cast: Cast, client: FlaskClient) -> None:
    with cast.app.app_context():
        engine = db.engine
    with engine.connect().execution_options(write=True) as holder:  # longer than a fetch waits
        locks = "LOCK TABLE fetches IN ACCESS EXCLUSIVE MODE" if engine.dialect.name == "postgresql" else "SELECT 1"
        holder.exec_driver_sql(locks)
        fetch(client, AGENDA)
    assert noted(cast.app) == []
    fetch(client, AGENDA)
    assert noted(cast.app) == [("all", 1)]


def test_a_process_remembers_no_more_than_so_many_feeds(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetches, "REMEMBERED", 2)
    keys = ("a", "b", "c", "a")
    found = read(cast.app, lambda: [fetches.is_due(replace(feed(cast), key=key), MORNING) for key in keys])
    assert found == [True] * 4
