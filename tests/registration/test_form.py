"""What the form takes, and how it says no."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from wtforms.validators import ValidationError

from app.db import db
from app.outbox import Message
from app.registration.fields import telephone
from tests.registration.cast import Cast, delegates, hidden, send, typed


@pytest.mark.one_database
def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_is_kept(cast: Cast, client: FlaskClient) -> None:
    answer = send(
        client, "/summit/register", typed(cast, position="", mobile="", privacy="", organisation="Roma Capitale")
    )
    assert answer.status_code == 422
    said = ("Enter your position.", "Enter a number at which you can be reached", "Read how the data are used")
    assert [words in answer.text for words in said] == [True, True, True]
    assert 'value="Roma Capitale"' in answer.text


@pytest.mark.one_database
def test_nothing_chosen_is_asked_for(cast: Cast, client: FlaskClient) -> None:
    answer = send(client, "/summit/register", typed(cast, mode=""))
    assert (answer.status_code, "Choose how you take part." in answer.text) == (422, True)


@pytest.mark.one_database
@pytest.mark.parametrize("mode", ["by pigeon", "VENUE"])
def test_a_way_of_taking_part_that_does_not_exist_is_refused(cast: Cast, client: FlaskClient, mode: str) -> None:
    answer = send(client, "/summit/register", typed(cast, mode=mode))
    assert (answer.status_code, "Choose how you take part." in answer.text) == (422, True)


@pytest.mark.one_database
def test_a_name_that_is_too_long_is_refused_in_words(cast: Cast, client: FlaskClient) -> None:
    answer = send(client, "/summit/register", typed(cast, name="a" * 320))
    assert (answer.status_code, "At most 200 characters fit here; these are 320." in answer.text) == (422, True)


@pytest.mark.one_database
def test_a_name_without_a_letter_is_refused(cast: Cast, client: FlaskClient) -> None:
    answer = send(client, "/summit/register", typed(cast, name="\u200b \u2060"))
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["小池 百合子", "علي حسن", "Nguyễn Thị Hoa", "Ürün Şağ", "O’Neil"])
def test_a_name_stands_as_its_owner_writes_it(cast: Cast, client: FlaskClient, name: str) -> None:
    send(client, "/summit/register", typed(cast, name=name))
    assert [each.name for each in delegates(cast.app)] == [name]


@pytest.mark.one_database
def test_markup_in_a_name_stays_text(cast: Cast, client: FlaskClient) -> None:
    answer = send(client, "/summit/register", typed(cast, name="<script>alert(1)</script>{{7*7}}"))
    page = client.get(answer.location).text
    assert ("<script>alert" in page, "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page) == (False, True)


def test_marks_that_turn_the_direction_around_are_taken_out(cast: Cast, client: FlaskClient) -> None:
    send(client, "/summit/register", typed(cast, name="Anna\u202e\x00 Bianchi\r\nBcc: x@example.org"))
    assert [each.name for each in delegates(cast.app)] == ["Anna Bianchi Bcc: x@example.org"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("sindaca@", "is not an email address"),
        ("söderberg@malmo.example.org", "only have plain Latin letters"),
        ("anna@rome.example.org, bruno@rome.example.org", "is not an email address"),
    ],
)
def test_an_address_that_no_letter_reaches_is_refused_in_words(
    cast: Cast, client: FlaskClient, email: str, said: str
) -> None:
    answer = send(client, "/summit/register", typed(cast, email=email))
    assert (answer.status_code, said in answer.text) == (422, True)


def test_an_office_may_use_one_address_for_all_its_people(cast: Cast, client: FlaskClient) -> None:
    for name in ("Anna Bianchi", "Bruno Conti"):
        send(client, "/summit/register", typed(cast, name=name))
    assert len(delegates(cast.app)) == 2


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_stale_token_costs_nobody_what_they_typed(cast: Cast, client: FlaskClient, token: str) -> None:
    filled = hidden(client.get("/summit/register")) | typed(cast) | {"csrf_token": token}
    answer = client.post("/summit/register", data=filled)
    assert (answer.status_code, "Nothing is lost" in answer.text, 'value="Anna Bianchi"' in answer.text) == (
        422,
        True,
        True,
    )
    assert client.post("/summit/register", data=typed(cast) | hidden(answer)).status_code == 303


@pytest.mark.one_database
def test_a_zone_that_does_not_exist_is_refused(cast: Cast, client: FlaskClient) -> None:
    answer = send(client, "/summit/register", typed(cast, mode="online", zone="Mars/Olympus"))
    assert (answer.status_code, "There is no time zone of that name." in answer.text) == (422, True)


def test_fields_that_are_not_on_the_form_change_nothing(cast: Cast, client: FlaskClient) -> None:
    extra = {"state": "cancelled", "event_id": "2", "reference": "AAAAAA", "version": "9", "link_generation": "5"}
    send(client, "/summit/register", typed(cast, **extra))
    (anna,) = delegates(cast.app)
    assert (anna.state.value, anna.event_id, anna.version, anna.link_generation) == ("approved", cast.event_id, 1, 0)
    assert anna.reference != "AAAAAA"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("entered", "stored"),
    [
        ("+81 90 1234 5678", "+819012345678"),
        ("+81 (0)90-1234-5678", "+819012345678"),
        ("0039 06.6710.1", "+390667101"),
        ("\uff0b\uff18\uff11 90 1234 5678", "+819012345678"),
        ("+1/212/555-0123", "+12125550123"),
    ],
)
def test_a_telephone_number_may_be_written_as_people_write_it(entered: str, stored: str) -> None:
    assert telephone(entered) == stored


@pytest.mark.one_database
@pytest.mark.parametrize("entered", ["090 1234 5678", "+0 12345678", "+81", "+81 90 CALL ME", "+" + "1" * 16])
def test_a_number_without_its_country_is_refused(app: object, entered: str) -> None:
    with pytest.raises(ValidationError):
        telephone(entered)


@pytest.mark.one_database
def test_who_registers_chooses_and_may_change_it(cast: Cast, client: FlaskClient) -> None:
    send(client, "/summit/register", typed(cast, language="ja"))
    (anna,) = delegates(cast.app)
    with cast.app.app_context():
        change = f"/d/{anna.link}/change"
        assert db.session.execute(select(Message.language)).scalar_one() == "ja"
    page = client.get(change)
    assert '<option selected value="ja">日本語</option>' in page.text
    send(client, change, typed(cast, language="es", version=hidden(page)["version"]))
    with cast.app.app_context():
        letter = db.session.execute(select(Message).where(Message.kind == "changed")).scalar_one()
        assert (letter.language, letter.facts["changes"]) == ("es", [["language", "ja", "es"]])
