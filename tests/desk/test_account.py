"""What somebody who works here chooses for themselves."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.models import User
from app.db import db
from app.web.kept import KeepingFlask
from tests.accounts.people import sign_in
from tests.desk.office import ARCHIVE, Organiser, words

ACCOUNT = "/organise/account"


def test_the_language_chosen_is_that_of_pages_and_letters_on_every_device(desks: KeepingFlask, rome: Organiser) -> None:
    answer = rome.send(ACCOUNT, {"language": "ja", "name": "ローマ"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ACCOUNT}?stored=1")
    assert '<html lang="ja"' in rome.get(answer.headers["Location"]).text
    with desks.app_context():
        found = db.session.execute(select(User.language, User.name).where(User.name == "ローマ")).one()
    assert tuple(found) == ("ja", "ローマ")
    elsewhere = desks.test_client()
    sign_in(elsewhere, "rome")
    assert '<html lang="ja"' in elsewhere.get(f"{ARCHIVE}/board").text
    assert '<html lang="fr"' in elsewhere.get(f"{ARCHIVE}/board?lang=fr").text


def test_until_somebody_chooses_their_browser_s_language_counts(rome: Organiser) -> None:
    page = rome.client.get(f"{ARCHIVE}/board", headers={"Accept-Language": "ko"})
    assert '<html lang="ko"' in page.text


def test_a_language_we_do_not_speak_is_refused(rome: Organiser) -> None:
    answer = rome.send(ACCOUNT, {"language": "tlh"})
    assert answer.status_code == 422
    assert "Not a valid choice" in words(answer)


def test_a_stranger_has_no_account(desks: KeepingFlask) -> None:
    assert desks.test_client().get(ACCOUNT).status_code == 303
    assert Organiser(desks, "milan").get(ACCOUNT).status_code == 404
