"""The pages of a city's office: what they show, what they change, and to whom they open."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.db import db, write
from app.delegations import answering
from app.delegations.models import Answer, Delegation
from app.events.models import Deadline, Due, Mode
from app.files import File
from app.journal import Note
from app.web.device import HEADER
from tests.delegations.cities import NOW, Cities
from tests.desk.office import held

PAST = datetime(2025, 1, 1, 14, 59, 59, 999999, tzinfo=UTC)
PDF = b"%PDF-1.7 a letter of the mayor"


@pytest.fixture
def client(cities: Cities) -> FlaskClient:
    return cities.app.test_client()


def words(page: TestResponse) -> str:
    assert page.status_code in {200, 404, 422}, page.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def press(client: FlaskClient, path: str, /, **values: Any) -> TestResponse:
    """Open the page, fill in its form and press the button; what comes after it."""
    filled = held(client.get(path)) | values
    return client.post(path, data={name: each for name, each in filled.items() if each is not None})


def upload(client: FlaskClient, path: str, content: bytes, name: str = "letter.pdf") -> TestResponse:
    """Open the page of the letter, choose a file and press the button."""
    values = held(client.get(f"{path}letter")) | {"letter": FileStorage(BytesIO(content), name)}
    boundary, octets = encode_multipart(values)
    return client.post(f"{path}letter", data=octets, content_type=f"multipart/form-data; boundary={boundary}")


def follow(client: FlaskClient, answer: TestResponse) -> str:
    assert answer.status_code == 303, words(answer)
    return words(client.get(answer.location))


def took_part(cities: Cities, city: str = "Rome", *modes: Mode) -> str:
    cities.invite(city)
    cities.accept(city, *(modes or (Mode.VENUE,)))
    return cities.link(city)


def test_a_summit_without_deadlines_names_none(cities: Cities, client: FlaskClient) -> None:
    cities.do(lambda: db.session.execute(delete(Deadline)))
    cities.invite("Rome")
    link = cities.link("Rome")
    assert "Answer by" not in words(client.get(link))
    assert "You can change this later." in words(client.get(f"{link}accept"))
    cities.accept("Rome", Mode.VENUE)
    assert [client.get(f"{link}{page}").status_code for page in ("", "modes")] == [200, 200]


def test_no_form_is_called_filled_in_while_nobody_is_named(cities: Cities, client: FlaskClient) -> None:
    page = words(client.get(took_part(cities)))
    assert ("Say who comes (still to do)" in page, "form is filled in" in page) == (True, False)


def test_an_invited_city_reads_who_asks_and_by_when_on_both_clocks(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    page = words(client.get(cities.link("Rome")))
    for said in (
        "Tokyo invites Rome",
        "15 December 2089, 15:59 (Rome) = 23:59 (Tokyo)",
        "Accept the invitation",
        "Gaia Romani (you)",
    ):
        assert said in page, said


def test_a_city_across_the_date_line_reads_its_own_day(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Lancaster")
    cities.due(Due.ANSWER, datetime(2089, 12, 14, 15, 30, tzinfo=UTC))
    assert "14 December 2089, 07:30 (Los Angeles) = 00:30 (Tokyo), Thu 15 Dec" in words(
        client.get(cities.link("Lancaster"))
    )


def test_opening_pages_changes_nothing(cities: Cities, client: FlaskClient) -> None:
    """Programs that guard mailboxes open every link, more than once."""
    cities.invite("Rome")
    before = cities.read(lambda: len(db.session.execute(select(Note.id)).all())), cities.letters()
    for page in ("", "accept", "decline", "modes", "focal-points", "hand-over", "letter", "withdraw"):
        assert client.get(cities.link("Rome") + page).status_code in {200, 303}, page
        assert client.head(cities.link("Rome") + page).status_code in {200, 303}, page
    assert (cities.read(lambda: len(db.session.execute(select(Note.id)).all())), cities.letters()) == before
    assert cities.answer("Rome") == Answer.INVITED


def test_accepting_opens_the_delegations_page_and_a_second_press_says_so(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    path = cities.link("Rome")
    open_page = client.get(f"{path}accept")
    said = follow(client, press(client, f"{path}accept", modes=["venue", "online"]))
    assert "Accepted. A letter that says so is on its way" in said
    assert "What is owed" in said
    again = client.post(f"{path}accept", data=held(open_page) | {"modes": ["video"]})
    assert "had accepted already, so nothing was changed" in follow(client, again)
    assert cities.modes("Rome") == [Mode.VENUE, Mode.ONLINE]
    (note,) = cities.notes("accepted")
    assert note.who == "Gaia Romani (focal point of Rome)"


def test_accepting_without_a_mode_keeps_the_page(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    answer = press(client, f"{cities.link('Rome')}accept", modes=None)
    assert answer.status_code == 422
    assert "Choose at least one way of taking part." in words(answer)


def test_declining_needs_a_reason_and_keeps_it(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Milan")
    path = cities.link("Milan")
    assert press(client, f"{path}decline", reason=" ").status_code == 422
    said = follow(client, press(client, f"{path}decline", reason="Elections that week"))
    assert "Your city has declined." in said
    assert "Reason: Elections that week" in said


def test_after_a_hard_deadline_the_page_names_the_way_on(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    cities.due(Due.ANSWER, PAST, hard=True)
    path = cities.link("Rome")
    page = words(client.get(path))
    assert "The deadline is past, so no answer can be given here" in page
    assert "Accept the invitation" not in page
    answer = press(client, f"{path}accept", modes=["venue"])
    assert (answer.status_code, cities.answer("Rome")) == (422, Answer.INVITED)


def test_after_a_soft_one_it_can_still_be_answered(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    cities.due(Due.ANSWER, PAST)
    cities.do(lambda: answering.lapse_due(NOW))
    path = cities.link("Rome")
    assert "the answer is marked as late" in words(client.get(path))
    follow(client, press(client, f"{path}accept", modes=["online"]))
    assert cities.answer("Rome") == Answer.ACCEPTED


def test_the_code_and_the_link_for_the_people_stand_on_the_page(cities: Cities, client: FlaskClient) -> None:
    page = client.get(took_part(cities)).text
    key = cities.id("Rome")
    row = cities.read(lambda: db.session.get_one(Delegation, key))
    code, link = cities.read(lambda: (row.code, row.link))
    assert f'value="{code}"' in page
    assert f'value="http://localhost/summit/register/{link}"' in page


def test_modes_are_changed_freely_and_after_the_deadline_asked_for(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    assert "this is how your city takes part" in follow(client, press(client, f"{path}modes", modes=["online"]))
    cities.due(Due.MODE, PAST)
    said = follow(client, press(client, f"{path}modes", modes=["video"]))
    assert "the organisers were asked" in said
    assert "they have not decided yet: By video message" in said
    assert cities.modes("Rome") == [Mode.ONLINE]


def test_a_colleague_gets_a_link_of_their_own(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    said = follow(client, press(client, f"{path}focal-points", name="Anna Bianchi", email="anna@rome.example.org"))
    assert "Anna Bianchi speaks for your city too." in said
    assert cities.letters()[-1] == ("focal point", "Anna Bianchi")
    assert cities.link("Rome") != path
    assert "Anna Bianchi (you)" in words(client.get(cities.link("Rome")))


def test_handing_over_closes_the_link_with_words(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    answer = press(client, f"{path}hand-over", name="Anna Bianchi", email="anna@rome.example.org")
    assert "Anna Bianchi speaks for Rome now." in words(answer)
    closed = client.get(path)
    assert closed.status_code == 404
    assert "If it was handed over to somebody else" in words(closed)
    assert client.get(cities.link("Rome")).status_code == 200


def test_the_letter_is_private_and_another_takes_its_place(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    for content, name in ((PDF, "Mandato città di Roma.pdf"), (PDF + b"2", "second.pdf")):
        said = follow(client, upload(client, path, content, name))
        assert name in said
    file = client.get(f"{path}letter/file")
    assert (file.data, file.mimetype) == (PDF + b"2", "application/pdf")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Cache-Control"] == "no-store"
    notes = cities.notes("letter of authority")
    assert [(each.before or {}).get("name") for each in notes] == [None, "Mandato città di Roma.pdf"]
    assert cities.read(lambda: len(db.session.execute(select(File.id)).all())) == 2


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"<html>", "letter.pdf", "Only PDF, JPG and PNG files are taken"),
        (b"", "letter.pdf", "The file is empty"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "letter.pdf", "larger than 10 MB"),
    ],
)
def test_a_file_that_is_no_letter_is_refused(
    cities: Cities, client: FlaskClient, content: bytes, name: str, said: str
) -> None:
    path = took_part(cities)
    answer = upload(client, path, content, name)
    assert answer.status_code == 422
    assert said in words(answer)


def test_ten_megabytes_are_taken_and_more_than_that_is_cut_off(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    whole = b"%PDF-" + b"0" * (10 * 1024 * 1024 - 5)
    assert upload(client, path, whole, "letter.pdf").status_code == 303
    assert upload(client, path, whole * 2, "letter.pdf").status_code == 413


def test_withdrawing_says_what_ends_and_is_done_once(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    page = client.get(f"{path}withdraw")
    assert "Nobody of your city is registered so far." in words(page)
    assert press(client, f"{path}withdraw", reason="A strike").status_code == 422
    values = held(page) | {"reason": "A strike", "sure": "y"}
    answers = [follow(client, client.post(f"{path}withdraw", data=values)) for _again in range(2)]
    assert "Your city has withdrawn. A letter says so" in answers[0]
    assert "had withdrawn already, so nothing was changed" in answers[1]
    assert cities.answer("Rome") == Answer.WITHDRAWN


def test_each_sees_their_own_city_alone(cities: Cities, client: FlaskClient) -> None:
    rome = took_part(cities)
    took_part(cities, "Milan")
    page = words(client.get(rome))
    assert ("Gaia Romani" in page, "Luca Milani" in page, "Milan" in page) == (True, False, False)


def test_a_delegations_or_a_strangers_secret_opens_nothing(cities: Cities, client: FlaskClient) -> None:
    took_part(cities)
    other = cities.read(lambda: db.session.get_one(Delegation, cities.id("Rome")).link)
    assert [client.get(f"/f/{each}/").status_code for each in (other, "wrong", "0" * 24)] == [404, 404, 404]


def test_pages_are_kept_by_nobody(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    headers = client.get(cities.link("Rome")).headers
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_a_due_letter_is_owed_until_it_is_there(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)

    def act() -> None:
        db.session.execute(update(Delegation).values(letter_required=True))

    with cities.app.app_context():
        write(act)
    assert "Hand in the letter of authority (still to do)" in words(client.get(path))
    upload(client, path, PDF, "letter.pdf")
    assert "Hand in the letter of authority (done)" in words(client.get(path))


def test_more_time_is_seen_on_the_page(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    cities.due(Due.ANSWER, PAST, hard=True)
    key, until = cities.id("Rome"), datetime(2089, 12, 20, 14, 59, 59, 999999, tzinfo=UTC)
    cities.do(lambda: answering.give_longer(key, Due.ANSWER, until, "A holiday", who="KOIKE Yuriko", now=NOW))
    page = words(client.get(cities.link("Rome")))
    assert "20 December 2089, 15:59 (Rome) = 23:59 (Tokyo)" in page


def test_a_summit_without_deadlines_has_its_pages_all_the_same(cities: Cities, client: FlaskClient) -> None:
    cities.invite("Rome")
    cities.do(lambda: db.session.execute(delete(Deadline)))
    page = cities.link("Rome")
    assert [client.get(page + path).status_code for path in ("", "accept")] == [200, 200]
    cities.accept("Rome", now=NOW)
    assert [client.get(page + path).status_code for path in ("", "modes")] == [200, 200]


def test_an_offices_device_may_keep_its_first_page_and_forgets_all_that_a_replaced_link_opened(
    cities: Cities, client: FlaskClient
) -> None:
    link = took_part(cities)
    act, _whose, summit = client.get(link).headers[HEADER].split()
    assert (act, summit) == ("home", "summit")
    for page in ("people/name", "modes", "letter", "calendar", "hand-over", "focal-points", "visits"):
        assert HEADER not in client.get(f"{link}{page}").headers, page
    for page in ("", "visits", "people/name"):
        assert client.get(f"/f/replaced/{page}").headers[HEADER] == "gone", page
