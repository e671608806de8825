"""What somebody told is gone when its time is over (A38): from every table, file and letter; the skeleton stays.

That deleted rows are overwritten in the file of SQLite is proven in tests/travel/test_canary.py.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select, update

from app import clock
from app.db import db, write
from app.desk.outbox import service as letters
from app.journal import Note
from app.online import telling as online
from app.outbox import Message, empty
from app.profiles import contacts
from app.profiles import service as profiles
from app.profiles.models import Consent, Consented
from app.registration import service as registration
from app.registration.models import Delegate
from app.travel import service as travel
from app.visits import allotting, following
from app.web.kept import KeepingFlask
from tests.registration.cast import NOW, Cast, assemble, read
from tests.registration.people import do
from tests.travel.guests import guest, tell_all
from tests.trust.figures import Figures

OWN = {
    "email": "zqanna@rome.example.org",
    "mobile": "+39069471947",
    "dietary": "zqfoodqz",
    "access": "zqrampqz",
}
TOLD = ("Park Hotel", "Bruno Bianchi", "Carla Neri", "A bronze wolf", "A quiet room", "YA1234567", "AZ 792")
"""As tests/travel/guests.py tells it."""
OVER = date(2090, 3, 1)


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


@pytest.fixture
def anna(cast: Cast, client: FlaskClient) -> Delegate:
    someone = guest(cast, **OWN)
    tell_all(cast, client, someone)
    with cast.app.app_context():
        empty()
    return someone


def everywhere(cast: Cast, *words: str) -> dict[str, set[str]]:
    """word -> the tables in which it stands."""

    def ask() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        with db.engine.connect() as connection:
            for name in inspect(db.engine).get_table_names():
                text = str(connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall())
                for each in words:
                    if each in text:
                        found.setdefault(each, set()).add(name)
        return found

    return read(cast.app, ask)


def pass_by(cast: Cast, days: int) -> None:
    """All that the worker forgets so many days after the summit."""
    today = OVER + timedelta(days=days)
    now = datetime(today.year, today.month, today.day, tzinfo=NOW.tzinfo)
    for act in (
        lambda: registration.forget_needs(today),
        lambda: travel.forget_over(today, now),
        lambda: profiles.forget_profiles(today),
        lambda: online.forget_over(today),
        lambda: allotting.forget(today),
        lambda: following.forget(today),
        lambda: letters.forget(today, now),
        lambda: contacts.forget(today, now),
    ):
        with cast.app.app_context():
            write(act)


def test_what_was_told_goes_in_its_time_and_the_skeleton_stays(cast: Cast, anna: Delegate, figures: Figures) -> None:
    words = (*OWN.values(), *TOLD)
    assert everywhere(cast, *words).keys() == set(words)
    counted = (select(func.count(Delegate.id)), select(func.count(Message.id)))
    before = read(cast.app, lambda: [db.session.execute(each).scalar_one() for each in counted])
    notes = read(cast.app, lambda: db.session.execute(select(func.count(Note.id))).scalar_one())
    pass_by(cast, 31)
    assert everywhere(cast, *words).keys() == {OWN["email"], OWN["mobile"]}
    pass_by(cast, 366)
    left = everywhere(cast, *words)
    assert left == {}
    figures.hold("A38", "words of somebody left in any table a year after the summit", len(left), exactly=0)
    assert read(cast.app, lambda: [db.session.execute(each).scalar_one() for each in counted]) == before
    assert read(cast.app, lambda: db.session.execute(select(func.count(Note.id))).scalar_one()) > notes
    told = select(Note.after).where(Note.what == "contacts deleted")
    assert read(cast.app, lambda: db.session.execute(told).scalar_one())["people"] == 1


def test_who_agreed_to_hear_of_the_next_edition_is_reachable_for_two_years(cast: Cast, anna: Delegate) -> None:
    told = {"delegate_id": anna.id, "kind": Consented.CONTACT, "version": 1, "given_at": NOW}
    do(cast, lambda: db.session.add(Consent(**told)))
    pass_by(cast, 366)
    assert read(cast.app, lambda: db.session.get_one(Delegate, anna.id).email) == OWN["email"]
    do(cast, lambda: db.session.execute(update(Consent).values(withdrawn_at=NOW + timedelta(days=1))))
    pass_by(cast, 366)
    assert read(cast.app, lambda: db.session.get_one(Delegate, anna.id).email) == ""


def test_before_their_time_nothing_goes(cast: Cast, anna: Delegate) -> None:
    """The control: what is found gone later is there until then."""
    pass_by(cast, 29)
    assert everywhere(cast, *OWN.values(), *TOLD).keys() == {*OWN.values(), *TOLD}
    assert clock.now() < NOW
