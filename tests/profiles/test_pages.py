"""The pages on which a delegate tells about themselves: each short, each stored by itself, never in the way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.profiles.models import NameOrder
from app.registration import service as registration
from app.registration.models import Delegate
from app.web.kept import KeepingFlask
from tests.desk.office import held, words
from tests.profiles.pictures import opened, photo, telling
from tests.profiles.pressing import press, sent
from tests.profiles.told import files, notes, octets, profile, stored
from tests.queries import counted
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import do, letters, register

PAGES = ("names", "languages", "bio", "badge", "consents")


@pytest.mark.parametrize("page", PAGES)
def test_my_page_leads_to_each_page_and_says_what_is_done(
    cast: Cast, client: FlaskClient, path: str, page: str
) -> None:
    mine = path.removesuffix("about")
    before = client.get(mine).text
    assert (f'href="{path}/{page}"' in before, before.count(">To do<"), before.count(">Done<")) == (True, 5, 0)
    answer = press(client, f"{path}/{page}")
    assert (answer.status_code, answer.location) == (303, f"{mine}#about")
    after = client.get(mine).text
    assert (after.count(">To do<"), after.count(">Done<")) == (4, 1)


def test_names_are_the_persons_own_and_the_displayed_one_stays(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str
) -> None:
    press(
        client,
        f"{path}/names",
        own_script="小池百合子",
        pronunciation="AN-na bee-AN-kee",
        name_order="family first",
        capitals="y",
        second_position="Vicesindaca",
    )
    told = stored(cast, anna)
    assert (told.own_script, told.pronunciation, told.second_position) == (
        "小池百合子",
        "AN-na bee-AN-kee",
        "Vicesindaca",
    )
    assert (told.name_order, told.capitals) == (NameOrder.FAMILY_FIRST, True)
    assert "Hon. Anna Bianchi" in words(client.get(path.removesuffix("/about")))
    ticked = re.findall(r'<input[^>]* checked[^>]*name="(\w+)"[^>]*value="([^"]*)"', client.get(f"{path}/names").text)
    assert ticked == [("name_order", "family first"), ("capitals", "y")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pronunciation": "a" * 81}, "At most 80 characters fit here; these are 81."),
        ({"own_script": "…"}, "Write at least one letter of an alphabet."),
        ({"name_order": "sideways"}, "Choose one of these."),
        ({"capitals": "y"}, "Choose the order too, so that we know which name is in capitals."),
    ],
)
def test_names_that_cannot_be_are_told_beside_their_field(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str, changes: dict[str, Any], sentence: str
) -> None:
    answer = press(client, f"{path}/names", **changes)
    assert (answer.status_code, sentence in answer.text, profile(cast, anna)) == (422, True, None)


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("Italian", "", "Say into which language, or leave both empty."),
        ("", "Italian", "Say from which language, or leave both empty."),
        ("Italian", "italian", "Choose two different languages."),
    ],
)
def test_interpretation_has_two_ends(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str, one: str, other: str, sentence: str
) -> None:
    answer = press(client, f"{path}/languages", languages="Italian", interpret_from=one, interpret_to=other)
    assert (answer.status_code, sentence in answer.text, profile(cast, anna)) == (422, True, None)


def test_pages_are_stored_one_by_one_and_nothing_is_lost(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str
) -> None:
    badge = client.get(f"{path}/badge")
    press(client, f"{path}/languages", languages="Italian, English", interpret_from="Japanese", interpret_to="English")
    press(client, f"{path}/bio", bio="Builds trams.\r\nAnd parks.")
    press(client, f"{path}/badge", badge, badge_first="Anna", badge_second="Roma")
    told = stored(cast, anna)
    assert (told.languages, told.interpret_from, told.interpret_to) == ("Italian, English", "Japanese", "English")
    assert (told.bio, told.badge_first, told.badge_second) == ("Builds trams.\nAnd parks.", "Anna", "Roma")
    assert told.pages == "languages bio badge"


def test_the_badge_is_filled_from_name_and_city(client: FlaskClient, path: str) -> None:
    form = held(client.get(f"{path}/badge"))
    assert (form["badge_first"], form["badge_second"]) == ("Anna Bianchi", "Rome")


def test_of_a_long_name_the_words_that_fit_stand_on_the_badge(cast: Cast, client: FlaskClient) -> None:
    long = register(cast, "Maria Fernanda Espinosa Garcés de la Torre", "New York")
    link = read(cast.app, lambda: long.link)
    assert held(client.get(f"/d/{link}/about/badge"))["badge_first"] == "Maria Fernanda Espinosa"


@pytest.mark.parametrize("line", ["小" * 28, "Å" * 28, "한" * 28, "A\u030a" * 28, "𠮷" * 28])
def test_a_badge_line_is_counted_in_characters_of_any_script(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str, line: str
) -> None:
    assert press(client, f"{path}/badge", badge_first=line).status_code == 303
    assert len(stored(cast, anna).badge_first) == 28
    answer = press(client, f"{path}/badge", badge_first=line + line[:2])
    assert (answer.status_code, "please shorten it" in answer.text) == (422, True)


def test_what_somebody_types_is_text_and_no_markup(cast: Cast, client: FlaskClient, anna: Delegate, path: str) -> None:
    press(client, f"{path}/badge", badge_first="<b>Anna</b>\u202e")
    assert stored(cast, anna).badge_first == "<b>Anna</b>"
    page = client.get(f"{path}/badge").text
    assert ("&lt;b&gt;Anna&lt;/b&gt;" in page, "<b>Anna" in page) == (True, False)


def test_a_photo_is_shown_to_its_person_and_can_be_removed(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str, instance: Path
) -> None:
    press(client, f"{path}/bio", photo=sent(telling(), "../../etc/IMG_0001.JPG"))
    (file,) = files(cast)
    assert (file.name, file.mimetype, b"Canary" in octets(instance, file)) == ("photo.jpg", "image/jpeg", False)
    shown = client.get(f"{path}/photo")
    assert (shown.mimetype, opened(shown.data).size, shown.headers["Cache-Control"]) == (
        "image/jpeg",
        (600, 1200),
        "no-store",
    )
    assert f'src="{path}/photo"' in client.get(f"{path}/bio").text
    press(client, f"{path}/bio", without_photo="y")
    assert (files(cast), stored(cast, anna).photo_id, client.get(f"{path}/photo").status_code) == ([], None, 404)


def test_another_photo_takes_the_place_of_the_first(cast: Cast, client: FlaskClient, path: str) -> None:
    press(client, f"{path}/bio", photo=sent(photo(500, 500)))
    press(client, f"{path}/bio", photo=sent(photo(700, 700, "PNG")))
    assert (len(files(cast)), opened(client.get(f"{path}/photo").data).size) == (1, (700, 700))


def test_a_photo_that_is_refused_loses_no_word(cast: Cast, client: FlaskClient, anna: Delegate, path: str) -> None:
    answer = press(client, f"{path}/bio", bio="Builds trams.", photo=sent(b"GIF89a", "me.jpg"))
    assert (answer.status_code, held(answer)["bio"], profile(cast, anna), files(cast)) == (
        422,
        "Builds trams.",
        None,
        [],
    )
    assert "Only JPG and PNG photos are taken, whatever the name says." in answer.text


def test_to_send_a_photo_and_remove_it_is_asked_about(client: FlaskClient, path: str) -> None:
    press(client, f"{path}/bio", photo=sent(photo()))
    answer = press(client, f"{path}/bio", photo=sent(photo()), without_photo="y")
    assert "Either remove the photo or choose another one." in answer.text


def test_more_than_a_photo_can_be_is_not_read(client: FlaskClient, path: str) -> None:
    assert press(client, f"{path}/bio", photo=sent(b"\xff\xd8\xff" * 3_000_000)).status_code == 413


def test_the_journal_names_fields_and_never_what_stands_in_them(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str
) -> None:
    press(client, f"{path}/names", pronunciation="AN-na", own_script="アンナ")
    press(client, f"{path}/bio", bio="Builds trams.", photo=sent(photo()))
    press(client, f"{path}/bio")
    assert notes(cast, anna) == [
        ("changed profile", f"{anna.reference} (Anna Bianchi)", {"fields": "own script, pronunciation"}),
        ("changed profile", f"{anna.reference} (Anna Bianchi)", {"fields": "bio, photo"}),
    ]
    assert letters(cast) == ["confirmation"]


def test_a_page_that_is_out_of_date_says_so_and_can_be_sent_again(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str
) -> None:
    old = client.get(f"{path}/badge")
    press(client, f"{path}/badge", badge_first="Anna B.")
    answer = press(client, f"{path}/badge", old, badge_first="A. Bianchi")
    assert (answer.status_code, "This was changed elsewhere while the page was open." in answer.text) == (422, True)
    assert (held(answer)["badge_first"], stored(cast, anna).badge_first) == ("A. Bianchi", "Anna B.")
    press(client, f"{path}/badge", answer)
    assert stored(cast, anna).badge_first == "A. Bianchi"


def test_the_same_page_sent_twice_is_stored_once(cast: Cast, client: FlaskClient, anna: Delegate, path: str) -> None:
    page = client.get(f"{path}/badge")
    codes = [press(client, f"{path}/badge", page, badge_first="Anna B.").status_code for _time in range(2)]
    assert (codes, len(notes(cast, anna))) == ([303, 303], 1)


@pytest.mark.parametrize("page", [*PAGES, "photo"])
def test_nobody_elses_link_opens_a_page(cast: Cast, client: FlaskClient, anna: Delegate, page: str) -> None:
    feed = read(cast.app, lambda: anna.feed)
    for token in ("wrong", feed, anna.reference):
        assert client.get(f"/d/{token}/about/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_form_without_its_token_changes_nothing(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str, page: str
) -> None:
    answer = client.post(f"{path}/{page}", data={"bio": "Mallory", "badge_first": "Mallory", "recording": "y"})
    assert (answer.status_code, "Nothing is lost" in answer.text, profile(cast, anna)) == (422, True, None)


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_kept_by_no_cache_and_change_nothing_when_opened(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str, page: str
) -> None:
    answer = client.get(f"{path}/{page}")
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert (profile(cast, anna), notes(cast, anna)) == (None, [])


@pytest.mark.parametrize("page", PAGES)
def test_who_has_withdrawn_has_nothing_to_tell(
    cast: Cast, client: FlaskClient, anna: Delegate, path: str, page: str
) -> None:
    open_page = client.get(f"{path}/{page}")
    do(cast, lambda: registration.withdraw(anna.id, NOW))
    assert client.get(f"{path}/{page}").status_code == 303
    answer = press(client, f"{path}/{page}", open_page, bio="x", languages="x", pronunciation="x", recording="y")
    assert (answer.status_code, "This registration no longer stands" in answer.text) == (422, True)
    assert profile(cast, anna) is None


def test_a_page_costs_a_fixed_number_of_statements(client: FlaskClient, path: str, app: KeepingFlask) -> None:
    page = client.get(f"{path}/badge")
    with counted(app) as post:
        press(client, f"{path}/badge", page, badge_first="Anna B.")
    assert len(post) < 12, post
