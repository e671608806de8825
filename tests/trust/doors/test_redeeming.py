"""Fifty at once use what is good for so many (A6): a city's code, a code for one's own data, an invitation by letter.

That a quota, an offer and a link to set a password are used no oftener is proven beside each: tests/registration
(test_quotas, test_waiting), tests/accounts/test_setting_a_password.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import accounts
from app.accounts import Role, staffing
from app.accounts.models import Staff, User
from app.db import Busy, db, write
from app.outbox import Message
from app.travel import codes
from app.travel.models import Kind
from app.web.kept import KeepingFlask
from tests.registration.cast import NOW, Cast, assemble, read, taken
from tests.registration.people import at_once, do, refusal, register
from tests.travel.guests import drawn, guest, tell_all
from tests.trust.figures import Figures

Done = TypeVar("Done")

FIFTY = 50
SEATS = 3
"""At the venue of the small summit."""


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


def patient(act: Callable[[], Done]) -> Done:
    """Press again, as somebody does who is told that so many are writing just now."""
    while True:
        try:
            return act()
        except Busy:
            continue


def test_fifty_who_hold_one_code_take_three_seats(cast: Cast, figures: Figures) -> None:
    def got(number: int) -> bool:
        return patient(lambda: refusal(lambda: register(cast, f"Delegate {number}")) is None)

    done = at_once(FIFTY, got)
    figures.hold("A6", "of fifty people with one code, those who got one of three seats", sum(done), exactly=SEATS)
    assert taken(cast.app)["venue"] == SEATS


def test_fifty_who_type_one_code_open_it_once(cast: Cast, client: FlaskClient, figures: Figures) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    do(cast, lambda: codes.send(anna.id, Kind.VISA, NOW))
    typed = drawn(cast, anna, Kind.VISA)

    def opens(_number: int) -> bool:
        return patient(lambda: do(cast, lambda: codes.guess(anna.id, anna.uid, Kind.VISA, typed, NOW)))

    opened = at_once(FIFTY, opens)
    figures.hold("A6", "of fifty who typed one code, those whom it opened something", sum(opened), exactly=1)
    assert Counter(opened) == {True: 1, False: FIFTY - 1}


def test_an_invitation_sent_fifty_times_is_one_for_its_address_alone(cast: Cast, figures: Figures) -> None:
    def invite(_number: int) -> None:
        asked = (cast.event_id, "seoul@example.org", [Role.VISA])
        patient(lambda: do(cast, lambda: staffing.invite(*asked, who="Tokyo", now=NOW)))

    at_once(FIFTY, invite)
    held = select(User.email, Staff.role).join(Staff, Staff.user_id == User.id)
    letters = select(Message.to).where(Message.kind == "staff")
    assert read(cast.app, lambda: [tuple(each) for each in db.session.execute(held)]) == [
        ("seoul@example.org", Role.VISA)
    ]
    sent = read(cast.app, lambda: list(db.session.execute(letters).scalars()))
    figures.hold("A6", "letters of fifty invitations of one person", len(sent), exactly=1)
    assert sent == ["seoul@example.org"]


def test_the_link_of_an_invitation_is_worth_nothing_for_another_account(cast: Cast, client: FlaskClient) -> None:
    with cast.app.app_context():
        theirs = write(lambda: accounts.create_organiser("seoul@example.org", NOW))
        write(lambda: accounts.create_organiser("milan@example.org", NOW))
    token = theirs.rsplit("/", 1)[1]
    page = client.get(f"/sign-in/set/{token}?email=milan@example.org")
    assert page.status_code == 200
    csrf = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    word = "nine bridges of the Arno"
    told = {
        "csrf_token": csrf,
        "password": word,
        "password_confirm": word,
        "email": "milan@example.org",
        "user_id": "2",
    }
    assert client.post(f"/sign-in/set/{token}", data=told).status_code in {302, 303}
    set_now = select(User.email).where(User.password.is_not(None))
    assert read(cast.app, lambda: list(db.session.execute(set_now).scalars())) == ["seoul@example.org"]
