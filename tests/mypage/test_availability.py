"""When somebody cannot take part: told on their own page, by the clocks where they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.agenda.models import Absence
from app.db import db
from app.events.models import Mode
from app.journal import Note
from app.registration import service as registration
from app.registration.models import Delegate
from tests.desk.office import held
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import do, register

TUESDAY = {
    "begins_on": "2090-02-28",
    "begins": "15:00",
    "ends_on": "2090-02-28",
    "ends": "23:00",
    "only": "online",
    "note": "The night train",
}


@pytest.fixture
def client(cast: Cast) -> FlaskClient:
    return cast.app.test_client()


def page(cast: Cast, someone: Delegate) -> str:
    return read(cast.app, lambda: f"/d/{someone.link}/availability")


def tell(client: FlaskClient, path: str, **typed: str) -> TestResponse:
    return client.post(path, data=held(client.get(path)) | TUESDAY | typed)


def words(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def told(cast: Cast) -> list[Absence]:
    return read(cast.app, lambda: list(db.session.execute(select(Absence).order_by(Absence.id)).scalars()))


def test_somebody_online_tells_by_the_clocks_where_they_are(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast, "Anna Bianchi", mode=Mode.ONLINE, zone="America/Sao_Paulo")
    assert tell(client, page(cast, anna)).status_code == 303
    (row,) = told(cast)
    assert (row.delegate_id, row.starts, row.ends) == (
        anna.id,
        datetime(2090, 2, 28, 18, tzinfo=UTC),
        datetime(2090, 3, 1, 2, tzinfo=UTC),
    )
    assert (row.zone, row.only, row.entered_by) == (
        "America/Sao_Paulo",
        Mode.ONLINE,
        f"{anna.reference} (Anna Bianchi)",
    )


def test_whoever_named_no_zone_is_where_their_city_is(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast, "Anna Bianchi")
    tell(client, page(cast, anna))
    assert told(cast)[0].starts == datetime(2090, 2, 28, 14, tzinfo=UTC)


def test_the_summits_own_clocks_can_be_chosen(cast: Cast, client: FlaskClient) -> None:
    tell(client, page(cast, register(cast, "Anna Bianchi")), zone="Asia/Tokyo")
    assert told(cast)[0].starts == datetime(2090, 2, 28, 6, tzinfo=UTC)


def test_the_person_reads_what_was_told_and_takes_it_back(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast, "Anna Bianchi")
    path = page(cast, anna)
    tell(client, path)
    shown = client.get(path)
    assert "28 February 2090, 15:00 (Rome) – 28 February 2090, 23:00 (Rome) , only online. The night train" in words(
        shown
    )
    remove = re.findall(r'action="([^"]+/remove)"', shown.text)[0]
    for _twice in range(2):
        assert client.post(remove, data={"csrf_token": held(shown)["csrf_token"]}).status_code == 303
    assert (told(cast), "Nothing was told yet." in words(client.get(path))) == ([], True)


def test_a_form_sent_twice_tells_once(cast: Cast, client: FlaskClient) -> None:
    path = page(cast, register(cast, "Anna Bianchi"))
    values = held(client.get(path)) | TUESDAY
    assert [client.post(path, data=values).status_code for _twice in range(2)] == [303, 303]
    assert len(told(cast)) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"ends": "14:00"}, "The end must come after the start."),
        ({"ends_on": "2090-04-01"}, "This is not near the summit. Tell what lies between Monday 20 February 2090 and"),
        ({"begins": "soon"}, "Write the time in 24 hours: 09:15."),
        ({"zone": "Mars/Olympus"}, "There is no time zone of that name."),
        ({"only": "by boat"}, "Choose one of these."),
    ],
)
def test_nonsense_is_refused_and_what_was_typed_stays(
    cast: Cast, client: FlaskClient, typed: dict[str, str], said: str
) -> None:
    answer = tell(client, page(cast, register(cast, "Anna Bianchi")), **typed)
    assert (answer.status_code, said in words(answer), "The night train" in answer.text) == (422, True, True)
    assert told(cast) == []


def test_the_fifty_first_is_refused(cast: Cast, client: FlaskClient) -> None:
    path = page(cast, register(cast, "Anna Bianchi"))
    assert {tell(client, path).status_code for _each in range(50)} == {303}
    answer = tell(client, path)
    assert (answer.status_code, len(told(cast))) == (422, 50)
    assert "More than 50 times cannot be told of one." in words(answer)


def test_somebody_elses_link_changes_and_shows_nothing(cast: Cast, client: FlaskClient) -> None:
    anna, bruno = register(cast, "Anna Bianchi"), register(cast, "Bruno Neri")
    tell(client, page(cast, anna))
    shown = client.get(page(cast, bruno))
    assert "The night train" not in shown.text
    token = held(shown)["csrf_token"]
    path = f"{page(cast, bruno)}/{told(cast)[0].uid}/remove"
    assert client.post(path, data={"csrf_token": token}).status_code == 303
    tell(client, page(cast, bruno), whose=f"delegate:{anna.reference}")
    assert [each.delegate_id for each in told(cast)] == [anna.id, bruno.id]


def test_a_link_that_opens_nothing_tells_nothing(cast: Cast, client: FlaskClient) -> None:
    assert client.get("/d/none/availability").status_code == 404


def test_the_note_stands_in_no_journal(cast: Cast, client: FlaskClient) -> None:
    tell(client, page(cast, register(cast, "Anna Bianchi")))
    notes = read(cast.app, lambda: list(db.session.execute(select(Note).where(Note.what == "absence told")).scalars()))
    assert [(len(notes), "night train" in str(each.after)) for each in notes] == [(1, False)]


def test_who_withdraws_is_no_longer_away(cast: Cast, client: FlaskClient) -> None:
    anna, bruno = register(cast, "Anna Bianchi"), register(cast, "Bruno Neri")
    for each in (anna, bruno):
        tell(client, page(cast, each))
    do(cast, lambda: registration.withdraw(anna.id, NOW))
    assert [each.delegate_id for each in told(cast)] == [bruno.id]
    assert client.get(page(cast, anna)).status_code == 303


def test_the_persons_page_leads_there(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast, "Anna Bianchi")
    path = page(cast, anna)
    assert f'href="{path}"' in client.get(path.removesuffix("availability")).text
