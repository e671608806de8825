"""In which language letters go: a person chooses it in their form, a focal point on a page of theirs."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.delegations.models import FocalPoint
from app.outbox import Message
from app.registration.models import Delegate
from tests.delegations.cities import Cities
from tests.office.test_pages import follow, press, took_part, words
from tests.office.test_people import MINJI

pytestmark = pytest.mark.one_database


@pytest.fixture
def client(cities: Cities) -> FlaskClient:
    return cities.app.test_client()


def languages(cities: Cities) -> dict[str, str]:
    rows = select(FocalPoint.name, FocalPoint.language).where(FocalPoint.active)
    return dict(cities.read(lambda: [(row.name, row.language) for row in db.session.execute(rows)]))


def test_a_focal_point_chooses_and_the_journal_says_so(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    assert "Letters to you come in English." in words(client.get(f"{path}focal-points"))
    said = follow(client, press(client, f"{path}language", language="fr"))
    assert "Français" in said
    assert '<html lang="fr"' in client.get(f"{path}focal-points").text
    press(client, f"{path}language", language="fr")  # once more is no change
    told = [(note.who, note.before, note.after) for note in cities.notes("letters in")]
    assert told == [("Gaia Romani (focal point of Rome)", {"language": "en"}, {"language": "fr"})]
    assert languages(cities)["Luca Milani"] == "en"


def test_no_other_language_than_those_of_letters_is_taken(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    assert press(client, f"{path}language", language="tlh").status_code == 422
    assert languages(cities)["Gaia Romani"] == "en"


def test_a_colleague_is_written_to_in_the_language_chosen_for_them(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    press(client, f"{path}language", language="fr")
    press(client, f"{path}focal-points", name="Ada Rossi", email="ada@rome.example.org", language="ar")
    press(client, f"{path}focal-points", name="Ugo Neri", email="ugo@rome.example.org")
    found = languages(cities)
    assert (found["Ada Rossi"], found["Ugo Neri"]) == ("ar", "fr")  # the office's own unless another is chosen
    letter = cities.read(lambda: db.session.execute(select(Message).where(Message.to_name == "Ada Rossi")).scalar_one())
    assert (letter.kind, letter.language) == ("focal point", "ar")


def test_whom_an_office_names_is_written_to_in_its_language(cities: Cities, client: FlaskClient) -> None:
    path = took_part(cities)
    press(client, f"{path}language", language="ko")
    press(client, f"{path}people/name", **MINJI)
    row = cities.read(lambda: db.session.execute(select(Delegate)).scalar_one())
    letter = cities.read(lambda: db.session.execute(select(Message).where(Message.kind == "nominated")).scalar_one())
    assert (row.language, letter.language) == ("ko", "ko")
