"""What somebody asks for on their own page, and what their hours are like."""

from __future__ import annotations

from datetime import UTC, datetime

from flask.testing import FlaskClient

from app.db import db, write
from app.events.models import Approval, Deadline, Due
from app.registration import asking
from app.registration.asked import Outcome
from app.registration.models import Capacity, Delegate
from tests.desk.office import words
from tests.mypage.test_page import changed, link, register
from tests.registration.cast import Cast, read, send
from tests.registration.people import OFFICE, approval, complete, do, later, nominate
from tests.registration.test_asking import outcome


def deadline(cast: Cast) -> None:
    """The way of taking part cannot be changed without asking any more."""

    def act() -> None:
        at = datetime(2021, 1, 1, tzinfo=UTC)
        db.session.add(Deadline(event_id=cast.event_id, kind=Due.MODE, at=at, hard=True))

    read(cast.app, lambda: write(act))


def test_a_mode_that_is_asked_for_waits_on_the_page_and_is_taken_back(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    deadline(cast)
    online = changed(mode="online", zone="Europe/Rome", platform_name="Rome 7")
    said = words(client.get(send(client, link(cast, anna) + "/change", online).location))
    assert "A change waits." in said
    assert "Way of taking part: online (now: at the venue)" in said
    assert "Who decides: the organisers." in said
    page = client.get(link(cast, anna))
    address = page.text.split('action="')[1].split('"')[0]
    token = {"csrf_token": page.text.split('name="csrf_token" value="')[1].split('"')[0]}
    assert client.get(address).status_code == 405
    other = register(cast, key="another form of all")
    assert client.post(address.replace(anna_token(cast, anna), anna_token(cast, other)), data=token).status_code == 404
    said = words(client.get(client.post(address, data=token).location))
    assert "Taken back: everything stays as it was." in said
    assert "A change waits." not in said


def anna_token(cast: Cast, person: Delegate) -> str:
    return link(cast, person).split("/")[2]


def test_somebody_online_reads_whether_each_hour_is_bearable(cast: Cast, client: FlaskClient) -> None:
    """Session 2 is at nine in Tokyo: one at night in Rome, ten in the morning in Brisbane."""
    anna = register(cast)
    assert "hour for you" not in words(client.get(link(cast, anna)))
    for zone, said in (("Europe/Rome", "Bad hour for you"), ("Australia/Brisbane", "Good hour for you")):
        send(client, link(cast, anna) + "/change", changed(mode="online", zone=zone, platform_name="Rome"))
        assert said in words(client.get(link(cast, anna)))


def test_what_the_city_asked_for_is_not_the_persons_to_take_back(cast: Cast, client: FlaskClient) -> None:
    approval(cast, Approval.NONE)
    luca = complete(cast, nominate(cast))
    approval(cast, Approval.BOTH)
    row = do(cast, lambda: asking.change_role(luca.id, Capacity.DEPUTY, who=OFFICE, now=later(1)))[1]
    assert row is not None
    page = client.get(link(cast, luca))
    assert "Role in the delegation: deputy head (now: delegate)" in words(page)
    assert "Take it back" not in page.text
    form = client.get(link(cast, luca) + "/withdraw")
    token = {"csrf_token": form.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]}
    assert client.post(f"{link(cast, luca)}/changes/{row.id}/take-back", data=token).status_code == 404
    assert outcome(cast, row) == Outcome.WAITING
