"""Consents: each its own tick, none pre-ticked, each with when it was given and taken back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.profiles import service
from app.profiles.models import Consent, Consented, Profile
from app.refused import Refused
from app.registration import service as registration
from app.registration.models import Delegate
from tests.desk.office import words
from tests.profiles.pressing import press
from tests.profiles.told import consents, notes, stored
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import at_once, do, later

FILM, RECORDING, CONTACT = Consented


def agree(cast: Cast, delegate: Delegate, *kinds: Consented, hours: float = 0) -> bool:
    """Somebody opens the page, ticks these and no others, and presses the button."""

    def act() -> bool:
        seen = service.mark_of_consents(service.consents_of(delegate.id))
        return service.agree(delegate.id, kinds, seen=seen, now=later(hours))

    return do(cast, act)


def test_nothing_is_ticked_before_the_person_does(client: FlaskClient, path: str) -> None:
    page = client.get(f"{path}/consents").text
    assert (len(re.findall(r'type="checkbox"', page)), " checked" in page) == (3, False)


def test_each_is_given_and_taken_back_by_itself(cast: Cast, client: FlaskClient, anna: Delegate, path: str) -> None:
    press(client, f"{path}/consents", recording="y", contact="y")
    press(client, f"{path}/consents", recording=None)
    assert consents(cast) == [(RECORDING, 1, False), (CONTACT, 1, True)]
    said = words(client.get(f"{path}/consents"))
    assert (said.count("Given on"), said.count("Taken back on")) == (2, 1)
    assert [what[::2] for what in notes(cast, anna)] == [
        ("changed consents", {"fields": "recording, contact for the next edition"}),
        ("changed consents", {"fields": "recording"}),
    ]


def test_given_again_is_a_line_of_its_own(cast: Cast, anna: Delegate) -> None:
    for hours, kinds in enumerate([(FILM,), (), (FILM,)]):
        agree(cast, anna, *kinds, hours=hours)
    assert consents(cast) == [(FILM, 1, False), (FILM, 1, True)]
    found = read(cast.app, lambda: service.consents_of(anna.id))
    assert [(each.given_at, each.withdrawn_at) for each in found] == [
        (NOW + timedelta(hours=2), None),
        (NOW, NOW + timedelta(hours=1)),
    ]


def test_a_new_wording_is_asked_for_anew_and_makes_a_new_consent(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(cast, anna, FILM, CONTACT)
    monkeypatch.setitem(service.WORDINGS, FILM, replace(service.WORDINGS[FILM], version=2))
    page = client.get(f"{path}/consents")
    assert ("The wording is new since you agreed." in page.text, page.text.count(" checked")) == (True, 1)
    press(client, f"{path}/consents", page, photo_and_film="y")
    assert consents(cast) == [(FILM, 1, True), (CONTACT, 1, True), (FILM, 2, True)]


def test_left_empty_under_a_new_wording_the_earlier_consent_is_taken_back(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(cast, anna, FILM)
    monkeypatch.setitem(service.WORDINGS, FILM, replace(service.WORDINGS[FILM], version=2))
    press(client, f"{path}/consents")
    assert consents(cast) == [(FILM, 1, False)]


def test_to_agree_to_nothing_is_an_answer_too(cast: Cast, client: FlaskClient, anna: Delegate, path: str) -> None:
    press(client, f"{path}/consents")
    assert (consents(cast), stored(cast, anna).pages, notes(cast, anna)) == ([], "consents", [])


def test_an_old_page_gives_nothing_that_was_taken_back_since(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str
) -> None:
    agree(cast, anna, FILM)
    old = client.get(f"{path}/consents")
    agree(cast, anna, hours=1)
    answer = press(client, f"{path}/consents", old)
    assert (answer.status_code, "This was changed elsewhere" in answer.text) == (422, True)
    assert consents(cast) == [(FILM, 1, False)]


def test_pressed_many_times_at_once_it_is_one_consent(cast: Cast, anna: Delegate) -> None:
    seen = service.mark_of_consents([])
    at_once(6, lambda _: do(cast, lambda: service.agree(anna.id, {FILM}, seen=seen, now=NOW)))
    assert consents(cast) == [(FILM, 1, True)]


def test_the_table_refuses_a_second_standing_consent(cast: Cast, anna: Delegate) -> None:
    agree(cast, anna, FILM)
    again = insert(Consent).values(delegate_id=anna.id, kind=FILM, version=1, given_at=NOW)
    with pytest.raises(IntegrityError):
        do(cast, lambda: db.session.execute(again))


def test_who_has_withdrawn_can_take_back_and_give_nothing(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str
) -> None:
    agree(cast, anna, CONTACT, FILM)
    do(cast, lambda: registration.withdraw(anna.id, NOW))
    assert consents(cast) == [(FILM, 1, True), (CONTACT, 1, True)]
    assert f'href="{path}/consents"' in client.get(path.removesuffix("/about")).text
    page = client.get(f"{path}/consents")
    assert ("You no longer take part." in page.text, page.text.count('type="checkbox"')) == (True, 2)
    press(client, f"{path}/consents", page, contact=None)
    assert consents(cast) == [(FILM, 1, True), (CONTACT, 1, False)]
    with pytest.raises(Refused):
        agree(cast, anna, FILM, RECORDING)
    agree(cast, anna)
    assert client.get(f"{path}/consents").status_code == 303
    assert read(cast.app, lambda: db.session.execute(select(Profile)).all()) == []
