"""What people online tell of how they join: stored by them, read by few, forgotten when it is of no use."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db, write
from app.events.models import Mode
from app.journal import Note
from app.online import telling
from app.online.models import Joined, OnlineFacts
from app.online.telling import Facts
from app.registration import service as registration
from app.registration.models import Delegate
from tests.online.afar import begin, delegate, furnish, path, press
from tests.registration.cast import NOW, Cast, details, read

TOLD = {"place": "Room 4, by cable", "phone": "+39 06 1234 5678", "channel": "French"}


def of(cast: Cast) -> list[tuple[str, str, str]]:
    rows = select(OnlineFacts.place, OnlineFacts.phone, OnlineFacts.channel)
    return read(cast.app, lambda: [(row.place, row.phone, row.channel) for row in db.session.execute(rows)])


def page(cast: Cast, who: Delegate) -> str:
    return f"/d/{read(cast.app, lambda: who.link)}/online"


def test_they_are_told_on_the_persons_page_and_the_journal_says_no_more_than_that(
    cast: Cast, client: FlaskClient
) -> None:
    furnish(cast)
    rome = delegate(cast)
    assert press(client, page(cast, rome), **TOLD)[0] == 303
    assert of(cast) == [tuple(TOLD.values())]
    noted = read(
        cast.app,
        lambda: [
            each.after for each in db.session.execute(select(Note)).scalars() if each.what == "told how they join"
        ],
    )
    assert noted == [None]


def test_whoever_speaks_has_to_be_reachable(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    speaker, other = delegate(cast, city="Lancaster", head=True), delegate(cast, "another form")
    assert [press(client, page(cast, each), place="Room 4")[0] for each in (speaker, other)] == [422, 303]
    assert press(client, page(cast, speaker), phone="call me")[0] == 422


def test_the_number_shows_on_no_page_that_others_can_open(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    rome = delegate(cast)
    press(client, page(cast, rome), **TOLD)
    texts = [client.get(each).text for each in (path(cast, rome), "/summit/agenda", "/summit/people")]
    assert [each for each in texts if "1234 5678" in each] == []


@pytest.mark.parametrize("leaves", ["to the venue", "for good"])
def test_who_takes_part_online_no_more_is_forgotten(cast: Cast, leaves: str) -> None:
    furnish(cast)
    rome = delegate(cast)
    read(cast.app, lambda: write(lambda: telling.store(rome.id, Facts("Room 4"), who="Anna", now=NOW)))
    if leaves == "for good":
        read(cast.app, lambda: write(lambda: registration.withdraw(rome.id, NOW)))
    else:
        read(cast.app, lambda: write(lambda: registration.change(rome.id, details(Mode.VENUE), rome.version, NOW)))
    assert of(cast) == []


def test_it_is_forgotten_a_month_after_the_summit_and_who_joined_after_half_a_year(
    cast: Cast, client: FlaskClient
) -> None:
    furnish(cast)
    rome = delegate(cast)
    read(cast.app, lambda: write(lambda: telling.store(rome.id, Facts("Room 4"), who="Anna", now=NOW)))
    begin(cast, 5)
    press(client, path(cast, rome))
    last = read(cast.app, lambda: db.session.get_one(Delegate, rome.id).event_id)
    assert last
    over = date.today()  # noqa: DTZ011 (a day more or less decides nothing here)
    counts = []
    for days in (29, 32, 179, 183):
        read(cast.app, lambda days=days: write(lambda: telling.forget_over(over + timedelta(days=days))))  # type: ignore[misc]
        joined = read(cast.app, lambda: len(list(db.session.scalars(select(Joined.id)))))
        counts.append((len(of(cast)), joined))
    assert counts == [(1, 1), (0, 1), (0, 1), (0, 0)]


def test_who_is_at_the_venue_is_not_asked(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    tokyo = delegate(cast, city="Tokyo", mode=Mode.VENUE)
    assert client.get(page(cast, tokyo)).status_code == 303
