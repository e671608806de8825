"""Organisers say their summit in several languages: chosen, written side by side, counted, out of date, as a file."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from app import sheets
from app.agenda.models import Session
from app.db import db, write
from app.events.models import Event, Translation
from app.journal import Note
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, rows, words
from tests.publishing.summits import edit
from tests.queries import counted

LANGUAGES = f"{REHEARSAL}/languages"


@pytest.fixture
def chosen(rehearsal: KeepingFlask, tokyo: Organiser) -> Organiser:
    """The rehearsal is told in French, Japanese, and Korean by way of Japanese; nothing is said in them yet."""
    with rehearsal.app_context():
        write(lambda: db.session.execute(delete(Translation)))
    answer = tokyo.send(
        f"{LANGUAGES}/choose",
        {"written": "en", "tongues-1-spoken": "y", "tongues-2-spoken": "y", "tongues-2-first": "ja"},
        {"tongues-3-spoken": "y"},
    )
    assert answer.status_code == 303
    return tokyo


def said(app: KeepingFlask, language: str = "fr") -> dict[tuple[str, str], str]:
    """(kind, field) -> text of what is said in a language."""
    with app.app_context():
        mine = select(Translation).where(Translation.language == language).order_by(Translation.id)
        return {(each.kind, each.field): each.text for each in db.session.execute(mine).scalars()}


def at(page: TestResponse, called: str, field: str = "text") -> str:
    """The name of a field in the row of a text, by the original that is said."""
    names = {value: name for name, value in held(page).items() if name.endswith("-name")}
    return names[called].replace("-name", f"-{field}")


def key(app: KeepingFlask, code: str, field: str = "title") -> str:
    with app.app_context():
        uid = db.session.execute(
            select(Session.uid).join(Event).where(Event.slug == "rehearsal", Session.code == code)
        ).scalar_one()
    return f"session|{uid}|{field}"


def test_languages_are_chosen_with_those_asked_after_them(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        note = db.session.execute(select(Note).where(Note.what == "languages chosen")).scalars().one()
    assert (event.language, event.languages) == ("en", {"ja": [], "ko": ["ja"], "fr": []})
    assert note.after == {"main": "en", "others": {"ja": [], "ko": ["ja"], "fr": []}}
    page = chosen.get(LANGUAGES)
    assert rows(page)["Korean한국어"].count("Japanese → English") == 1


def test_words_are_stored_beside_the_original(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    page = chosen.get(f"{LANGUAGES}/fr")
    answer = chosen.send(f"{LANGUAGES}/fr", {at(page, key(rehearsal, "plenary")): "Séance plénière"}, page=page)
    assert answer.status_code == 303
    assert said(rehearsal) == {("session", "title"): "Séance plénière"}
    assert "1 text is stored." in words(chosen.get(LANGUAGES))


def test_nothing_touched_stores_nothing(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    assert chosen.send(f"{LANGUAGES}/fr").status_code == 303
    assert "Nothing was changed" in words(chosen.get(LANGUAGES))
    assert said(rehearsal) == {}


def test_a_thing_that_is_called_otherwise_since_is_out_of_date_until_it_is_still_right(
    chosen: Organiser, rehearsal: KeepingFlask
) -> None:
    name = key(rehearsal, "plenary")
    page = chosen.get(f"{LANGUAGES}/fr")
    chosen.send(f"{LANGUAGES}/fr", {at(page, name): "Séance plénière"}, page=page)
    with rehearsal.app_context():
        edit("plenary", title="Closing plenary")
    page = chosen.get(f"{LANGUAGES}/fr?show=out-of-date")
    stands = "Séance plénière | out of date Still right: Closing plenary: title"
    assert rows(page) == {"Closing plenary SessionTitle Made from: Plenary Session": stands}
    chosen.send(f"{LANGUAGES}/fr?show=out-of-date", {at(page, name, "right"): "y"}, page=page)
    with rehearsal.app_context():
        row = db.session.execute(select(Translation)).scalar_one()
    assert (row.text, row.original) == ("Séance plénière", "Closing plenary")
    assert "Nothing here" in words(chosen.get(f"{LANGUAGES}/fr?show=out-of-date"))


def test_before_publishing_out_of_date_words_are_named(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    page = chosen.get(f"{LANGUAGES}/fr")
    chosen.send(f"{LANGUAGES}/fr", {at(page, key(rehearsal, "plenary")): "Séance plénière"}, page=page)
    with rehearsal.app_context():
        edit("plenary", title="Closing plenary")
    said_there = words(chosen.get(f"{REHEARSAL}/publish"))
    assert "Words in other languages made from an older text" in said_there
    assert "Closing plenary: French" in said_there


def test_what_others_stored_meanwhile_stands_beside_what_was_typed(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    name = key(rehearsal, "plenary")
    old = chosen.get(f"{LANGUAGES}/fr")
    chosen.send(f"{LANGUAGES}/fr", {at(old, name): "Plénière"}, page=old)
    answer = chosen.send(f"{LANGUAGES}/fr", {at(old, name): "Séance plénière"}, page=old)
    assert answer.status_code == 409
    assert "Stored by KOIKE Yuriko meanwhile: Plénière" in words(answer)
    assert held(answer)[at(answer, name)] == "Séance plénière"
    assert said(rehearsal) == {("session", "title"): "Plénière"}
    assert chosen.send(f"{LANGUAGES}/fr", page=answer).status_code == 303
    assert said(rehearsal) == {("session", "title"): "Séance plénière"}


def test_what_was_not_touched_stays_as_others_made_it(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    old = chosen.get(f"{LANGUAGES}/fr")
    chosen.send(f"{LANGUAGES}/fr", {at(old, key(rehearsal, "plenary")): "Plénière"}, page=old)
    answer = chosen.send(f"{LANGUAGES}/fr", {at(old, key(rehearsal, "opening")): "Ouverture"}, page=old)
    assert answer.status_code == 303
    assert sorted(said_titles(rehearsal)) == ["Ouverture", "Plénière"]


def said_titles(app: KeepingFlask) -> list[str]:
    with app.app_context():
        return list(db.session.execute(select(Translation.text).where(Translation.language == "fr")).scalars())


def test_an_original_that_changed_meanwhile_wants_another_look(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    name = key(rehearsal, "plenary")
    page = chosen.get(f"{LANGUAGES}/fr")
    with rehearsal.app_context():
        edit("plenary", title="Closing plenary")
    answer = chosen.send(f"{LANGUAGES}/fr", {at(page, name): "Séance plénière"}, page=page)
    assert (answer.status_code, "The original was changed meanwhile." in words(answer)) == (409, True)
    assert chosen.send(f"{LANGUAGES}/fr", page=answer).status_code == 303
    assert said(rehearsal) == {("session", "title"): "Séance plénière"}


def test_an_empty_field_takes_words_away(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    name = key(rehearsal, "plenary")
    page = chosen.get(f"{LANGUAGES}/fr")
    chosen.send(f"{LANGUAGES}/fr", {at(page, name): "Plénière"}, page=page)
    page = chosen.get(f"{LANGUAGES}/fr")
    chosen.send(f"{LANGUAGES}/fr", {at(page, name): ""}, page=page)
    assert said(rehearsal) == {}


def test_words_too_long_are_refused_and_nothing_typed_is_lost(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    page = chosen.get(f"{LANGUAGES}/fr")
    name, other = key(rehearsal, "plenary"), key(rehearsal, "opening")
    answer = chosen.send(f"{LANGUAGES}/fr", {at(page, name): "é" * 301, at(page, other): "Ouverture"}, page=page)
    assert (answer.status_code, "At most 300 characters." in words(answer)) == (422, True)
    assert held(answer)[at(answer, other)] == "Ouverture"
    assert said(rehearsal) == {}


def test_hostile_words_are_tidied_and_shown_as_they_are(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    page = chosen.get(f"{LANGUAGES}/fr")
    typed = '  <script>alert(1)</script>\r\n\u202e"x"; =1+1 '
    chosen.send(f"{LANGUAGES}/fr", {at(page, key(rehearsal, "plenary")): typed}, page=page)
    assert said(rehearsal) == {("session", "title"): '<script>alert(1)</script> "x"; =1+1'}
    assert "<script>alert" not in chosen.get(f"{LANGUAGES}/fr").text


def test_the_journal_holds_who_said_what(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    page = chosen.get(f"{LANGUAGES}/fr")
    name = key(rehearsal, "plenary")
    chosen.send(f"{LANGUAGES}/fr", {at(page, name): "Plénière"}, page=page)
    with rehearsal.app_context():
        note = db.session.execute(select(Note).where(Note.what == "translated")).scalar_one()
    assert (note.subject, note.who) == ("language/fr", "KOIKE Yuriko")
    assert note.after == {name.replace("|", "/"): "Plénière"}


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"tongues-2-first": "ko"}, "Korean can only be followed by other languages that the summit speaks."),
        ({"tongues-2-first": "es"}, "Korean can only be followed by other languages that the summit speaks."),
        ({"written": "xx"}, "Choose one of these."),
    ],
)
def test_languages_that_cannot_be_chosen_are_refused(chosen: Organiser, wanted: dict[str, str], sentence: str) -> None:
    answer = chosen.send(f"{LANGUAGES}/choose", wanted)
    assert (answer.status_code, sentence in words(answer)) == (422, True)


def test_what_others_chose_meanwhile_is_said(chosen: Organiser) -> None:
    old = chosen.get(f"{LANGUAGES}/choose")
    chosen.send(f"{LANGUAGES}/choose", {"tongues-3-spoken": None})
    answer = chosen.send(f"{LANGUAGES}/choose", {"tongues-4-spoken": "y"}, page=old)
    assert answer.status_code == 422
    assert "Others chose languages meanwhile: English; Japanese; Korean, then Japanese." in words(answer)
    assert chosen.send(f"{LANGUAGES}/choose", page=answer).status_code == 303


def test_words_in_a_language_no_longer_spoken_are_kept(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    page = chosen.get(f"{LANGUAGES}/fr")
    chosen.send(f"{LANGUAGES}/fr", {at(page, key(rehearsal, "plenary")): "Plénière"}, page=page)
    chosen.send(f"{LANGUAGES}/choose", {"tongues-3-spoken": None})
    assert chosen.get(f"{LANGUAGES}/fr").status_code == 404
    chosen.send(f"{LANGUAGES}/choose", {"tongues-3-spoken": "y"})
    assert said(rehearsal) == {("session", "title"): "Plénière"}


def test_the_counts_and_filters_tell_what_is_missing(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    page = chosen.get(f"{LANGUAGES}/fr?kind=session")
    before = rows(chosen.get(LANGUAGES))["FrenchFrançais"]
    chosen.send(f"{LANGUAGES}/fr", {at(page, key(rehearsal, "plenary")): "Plénière"}, page=page)
    after = rows(chosen.get(LANGUAGES))["FrenchFrançais"]
    (said_before, of), (said_after, _of) = (re.findall(r"(\d+) of (\d+)", each)[0] for each in (before, after))
    assert int(said_after) == int(said_before) + 1
    left = chosen.get(f"{LANGUAGES}/fr?show=missing&kind=session")
    assert "Plénière" not in left.text
    fields = [len(re.findall(r'name="rows-[0-9]+-text"', each.text)) for each in (left, page)]
    assert fields[0] == fields[1] - len([each for each in rows(page).values() if each.endswith("| said")]) - 1
    assert int(of) == chosen.get(LANGUAGES).text.count("<tr>") - 5  # the heads of two tables, and three languages


def test_cities_known_by_themselves_need_no_words(chosen: Organiser) -> None:
    found = rows(chosen.get(f"{LANGUAGES}?kind=city"))
    assert found["TokyoCityName"] == "as it stands | by itself | by itself"
    assert found["MilanCityName"] == "as it stands | missing | missing"
    assert 'placeholder="東京"' in chosen.get(f"{LANGUAGES}/ja?kind=city").text


def test_a_table_taken_out_and_sent_back_changes_nothing(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    page = chosen.get(f"{LANGUAGES}/fr")
    chosen.send(f"{LANGUAGES}/fr", {at(page, key(rehearsal, "plenary")): "=Plénière"}, page=page)
    for kind in ("csv", "xlsx"):
        octets = chosen.get(f"{LANGUAGES}/words.{kind}").data
        answer = chosen.send(f"{LANGUAGES}/file", {"file": (io.BytesIO(octets), f"words.{kind}")})
        assert "there is nothing to store" in words(answer)


def test_a_file_is_looked_at_first_and_then_stored(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    sheet = sheets.read(chosen.get(f"{LANGUAGES}/words.csv").data, "words.csv")
    place = {name: sheet.header.index(name) for name in ("kind", "field", "called", "original", "fr", "ja")}
    told = [list(row) for row in sheet.rows]
    for row in told:
        if row[place["called"]] == "Plenary Session":
            row[place["fr"]], row[place["ja"]] = "Séance plénière", "全体会合"
        if row[place["called"]] == "Opening ceremony":
            row[place["fr"]], row[place["original"]] = "Ouverture", "Opening"
    octets = sheets.write_csv(sheet.header, told)
    answer = chosen.send(f"{LANGUAGES}/file", {"file": (io.BytesIO(octets), "words.csv")})
    assert (answer.status_code, said(rehearsal)) == (200, {})
    assert "Store these 3 texts" in words(answer)
    assert chosen.client.post(f"{LANGUAGES}/store", data=held(answer)).status_code == 303
    assert sorted(said_titles(rehearsal)) == ["Ouverture", "Séance plénière"]
    assert said(rehearsal, "ja") == {("session", "title"): "全体会合"}
    stale = rows(chosen.get(f"{LANGUAGES}?show=out-of-date"))
    assert stale["Opening ceremonySessionTitle"] == "out of date | missing | missing"


def test_a_file_looked_at_before_others_stored_is_refused(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    octets = sheets.write_csv(["kind", "key", "field", "fr"], [[*key(rehearsal, "plenary").split("|"), "A"]])
    look = chosen.send(f"{LANGUAGES}/file", {"file": (io.BytesIO(octets), "words.csv")})
    page = chosen.get(f"{LANGUAGES}/fr")
    chosen.send(f"{LANGUAGES}/fr", {at(page, key(rehearsal, "plenary")): "B"}, page=page)
    answer = chosen.client.post(f"{LANGUAGES}/store", data=held(look))
    assert (answer.status_code, said_titles(rehearsal)) == (422, ["B"])
    assert "Nothing is stored yet" in words(answer)


@pytest.mark.parametrize(
    ("rows_sent", "sentence"),
    [
        ([["name", "fr"], ["a", "b"]], "The columns kind, key and field say which text a row is."),
        ([["kind", "key", "field", "es"], ["summit", "", "title", "x"]], "No column is called like a language"),
        ([["kind", "key", "field", "fr"], ["nobody", "", "title", "x"]], "There is no such text in the draft."),
        ([["kind", "key", "field", "fr"], ["summit", "", "title", "é" * 301]], "At most 300 characters."),
        (
            [["kind", "key", "field", "fr"], ["summit", "", "title", "x"], ["summit", "", "title", "y"]],
            "This text stands in the file twice.",
        ),
    ],
)
def test_a_file_that_cannot_be_stored_says_why(
    chosen: Organiser, rehearsal: KeepingFlask, rows_sent: list[list[str]], sentence: str
) -> None:
    octets = sheets.write_csv(rows_sent[0], rows_sent[1:])
    answer = chosen.send(f"{LANGUAGES}/file", {"file": (io.BytesIO(octets), "words.csv")})
    assert sentence in words(answer)
    assert said(rehearsal) == {}


def test_pieces_of_a_page_are_refused(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    octets = sheets.write_csv(["kind", "key", "field", "fr"], [[*key(rehearsal, "plenary").split("|"), "A"]])
    look = chosen.send(f"{LANGUAGES}/file", {"file": (io.BytesIO(octets), "words.csv")})
    for broken in ("[[1]]", "{", '[["xx", "session", "a", "title", "t", "s", null]]'):
        answer = chosen.client.post(f"{LANGUAGES}/store", data=held(look) | {"words": broken})
        assert (answer.status_code, "in pieces" in words(answer)) == (422, True)


@pytest.mark.parametrize("path", ["", "/choose", "/fr", "/words.csv", "/file"])
def test_another_summits_organiser_finds_nothing(chosen: Organiser, rome: Organiser, path: str) -> None:
    assert rome.get(f"{LANGUAGES}{path}").status_code == 404
    assert rome.client.post(f"{LANGUAGES}{path or '/store'}").status_code in (404, 405)


def test_pages_cost_the_same_however_much_is_said(chosen: Organiser, rehearsal: KeepingFlask) -> None:
    def costs() -> list[int]:
        found = []
        for path in ("", "/fr", "/words.csv"):
            with counted(rehearsal) as asked:
                assert chosen.get(f"{LANGUAGES}{path}").status_code == 200
            found.append(len(asked))
        return found

    before = costs()
    page = chosen.get(f"{LANGUAGES}/fr")
    names = [name for name in held(page) if name.endswith("-text")]
    assert chosen.send(f"{LANGUAGES}/fr", dict.fromkeys(names[:30], "mots"), page=page).status_code == 303
    assert costs() == before
