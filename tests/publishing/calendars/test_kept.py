"""What validates calendars is kept by each process, and never longer than it is true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app import clock
from app.db import db, write
from app.events.models import Event, Mode
from app.registration.models import Delegate
from tests.publishing.calendars.kinds import furnish, private, public
from tests.registration.cast import Cast, read


def status(client: FlaskClient, path: str, etag: str) -> int:
    return client.get(path, headers={"If-None-Match": etag}).status_code


def test_of_a_calendar_behind_a_secret_no_word_is_kept(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    paths = private(cast).values()
    etags = {path: client.get(path).headers["ETag"] for path in paths}
    kept = {key[0]: page for key, page in cast.app.shelf.pages.items()}  # type: ignore[attr-defined]
    assert set(paths) <= kept.keys()
    assert {(kept[path].body, len(kept[path].packed)) for path in paths} == {(None, 0)}
    assert {status(client, path, etag) for path, etag in etags.items()} == {304}
    assert {len(client.get(path).data) > 300 for path in paths} == {True}


@pytest.mark.parametrize(
    "change",
    [
        {"mode": Mode.ONLINE, "mode_changes": 1},
        {"language": "fr", "language_changed_at": datetime(2090, 1, 11, tzinfo=UTC)},
        {"join_generation": 1},
    ],
)
def test_a_persons_own_change_is_in_the_answer_to_the_next_poll(
    cast: Cast, client: FlaskClient, change: dict[str, object]
) -> None:
    furnish(cast)
    path = next(each for each in private(cast).values() if each.endswith("/agenda.ics"))
    etag = client.get(path).headers["ETag"]
    assert status(client, path, etag) == 304
    read(cast.app, lambda: write(lambda: db.session.execute(update(Delegate).values(**change))))
    assert status(client, path, etag) == 200


def test_a_replaced_secret_opens_nothing_though_its_answer_was_kept(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = next(each for each in private(cast).values() if each.endswith("/agenda.ics"))
    etag = client.get(path).headers["ETag"]
    read(cast.app, lambda: write(lambda: db.session.execute(update(Delegate).values(feed_hash=Delegate.uid))))
    assert status(client, path, etag) == 404


def test_a_release_is_in_the_answer_to_the_next_poll_of_every_calendar(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    paths = [*(public(cast) | private(cast)).values()]
    etags = {path: client.get(path).headers["ETag"] for path in paths}
    marks = {page.mark for page in map(cast.app.shelf.pages.get, cast.app.shelf.pages)}  # type: ignore[attr-defined]
    read(cast.app, lambda: write(lambda: db.session.execute(update(Event).values(site=Event.site + 1))))
    assert {status(client, path, etags[path]) for path in paths} == {304}  # nothing of it stands in any calendar
    now = {page.mark for page in map(cast.app.shelf.pages.get, cast.app.shelf.pages)}  # type: ignore[attr-defined]
    assert len(now - marks) == 1  # the public ones alone stand under the mark of the site


def test_what_is_kept_ends_with_the_day(cast: Cast, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(cast)
    path = next(iter(public(cast).values()))
    client.get(path).close()
    (page,) = (page for key, page in cast.app.shelf.pages.items() if key[0] == path)  # type: ignore[attr-defined]
    now = clock.now()
    assert page.until is not None
    assert timedelta(0) < page.until - now <= timedelta(days=1)
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
    assert cast.app.shelf.find(asked) is page  # type: ignore[attr-defined]
    monkeypatch.setattr(clock, "now", lambda: page.until)
    assert cast.app.shelf.find(asked) is None  # type: ignore[attr-defined]


def test_while_the_database_cannot_be_asked_nothing_is_said_from_memory(
    cast: Cast, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(cast)
    path = next(iter(public(cast).values()))
    client.get(path).close()
    monkeypatch.setattr(cast.app.shelf, "mark", lambda slug: None)  # type: ignore[attr-defined]
    assert cast.app.shelf.find({"REQUEST_METHOD": "GET", "PATH_INFO": path}) is None  # type: ignore[attr-defined]
