"""In which language a page speaks, and that kept pages never mix languages."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.web.kept import KeepingFlask
from app.web.reading import COOKIE, LANGUAGES, accepted, right_to_left

pytestmark = pytest.mark.one_database

AGENDA = "/rehearsal/agenda"


def spoken(client: FlaskClient, address: str = AGENDA, accept: str = "") -> str:
    """The language of the page, as its first element and its header say alike."""
    answer = client.get(address, headers={"Accept-Language": accept} if accept else {})
    found = re.search(r'<html lang="([a-z]+)" dir="(ltr|rtl)"', answer.text)
    assert found
    assert found[2] == ("rtl" if found[1] == "ar" else "ltr")
    assert answer.headers["Content-Language"] == found[1]
    return found[1]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("fr-CA, fr;q=0.8, en;q=0.5", "fr"),
        ("en;q=0.2, ar-EG;q=0.9", "ar"),
        ("zh-TW, zh;q=0.9", "en"),
        ("pt-BR, es;q=0.4", "es"),
        ("*", "en"),
        ("ko;q=nonsense, \x7f;;;", "en"),
        ("x" * 10_000, "en"),
    ],
)
def test_the_browsers_wish_is_read(header: str, wanted: str) -> None:
    assert accepted(header) == wanted


def test_the_address_beats_the_choice_and_the_choice_the_browser(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    assert spoken(client) == "en"
    assert spoken(client, accept="ko") == "ko"
    assert spoken(client, f"{AGENDA}?lang=fr", "ko") == "fr"
    assert spoken(client, accept="ko") == "ko"  # a page that others may be given leaves no cookie
    client.get("/rehearsal/register?lang=ar")
    assert spoken(client, accept="ko") == "ar"
    assert spoken(client, f"{AGENDA}?lang=fr", "ko") == "fr"


def test_kept_pages_never_mix_languages(rehearsal: KeepingFlask) -> None:
    first = {code: rehearsal.test_client().get(f"{AGENDA}?lang={code}").data for code in LANGUAGES}
    assert len(set(first.values())) == len(LANGUAGES)
    for code in LANGUAGES:
        client = rehearsal.test_client()
        again = client.get(AGENDA, headers={"Accept-Language": code})
        assert re.search(rb'<html lang="([a-z]+)"', again.data)[1].decode() == code  # type: ignore[index]
        assert again.headers["Vary"] == "Accept-Encoding, Accept-Language, Cookie"
    assert {key[2] for key in rehearsal.shelf.pages if key[0] == AGENDA} == set(LANGUAGES)


def test_what_was_chosen_is_kept_for_a_year_and_by_the_server_alone(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    answer = client.get("/rehearsal/register?lang=ja")
    (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith(COOKIE)]
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=31536000", "Path=/"} <= set(cookie.split("; "))
    assert not [
        each for each in client.get("/rehearsal/register?lang=ja").headers.getlist("Set-Cookie") if COOKIE in each
    ]
    nonsense = rehearsal.test_client().get("/rehearsal/register?lang=xx").headers.getlist("Set-Cookie")
    assert not [each for each in nonsense if each.startswith(COOKIE)]


def test_a_cookie_of_nonsense_is_nobodys_language(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    client.set_cookie(COOKIE, "../../etc/passwd")
    assert spoken(client) == "en"
    assert spoken(client, accept="fr") == "fr"


@pytest.mark.parametrize("path", ["agenda.json", "changes.atom", "schedule.json", "schedule.xml", "calendar.ics"])
def test_what_programs_fetch_speaks_the_language_of_its_address_alone(rehearsal: KeepingFlask, path: str) -> None:
    client = rehearsal.test_client()
    plain = client.get(f"/rehearsal/{path}")
    client.set_cookie(COOKIE, "ar")
    assert client.get(f"/rehearsal/{path}", headers={"Accept-Language": "ja"}).data == plain.data
    assert "Accept-Language" not in plain.headers.get("Vary", "")


def test_every_page_offers_itself_in_the_other_languages(rehearsal: KeepingFlask) -> None:
    page = rehearsal.test_client().get("/rehearsal/people?tz=Europe/Rome&lang=fr").text
    for code, name in LANGUAGES.items():
        assert re.search(rf'<a href="\?tz=Europe%2FRome&amp;lang={code}" lang="{code}"[^>]*>{name}', page)
    assert 'hreflang="fr" dir="ltr" aria-current="true"' in page


def test_hostile_queries_stay_words_in_the_links_to_other_languages(rehearsal: KeepingFlask) -> None:
    page = rehearsal.test_client().get('/rehearsal/people?_external=1&endpoint=x&"><script>=%0d%0aX')
    assert page.status_code == 200
    assert "<script>=" not in page.text
    assert "?_external=1&amp;endpoint=x&amp;%22%3E%3Cscript%3E=%0D%0AX&amp;lang=fr" in page.text


def test_directions_are_the_languages_own() -> None:
    assert [code for code in LANGUAGES if right_to_left(code)] == ["ar"]


def test_who_registers_is_written_to_in_the_language_they_read(rehearsal: KeepingFlask) -> None:
    page = rehearsal.test_client().get("/rehearsal/register", headers={"Accept-Language": "ko"}).text
    assert '<option selected value="ko">' in page
