"""What a programme says in several languages: chosen by a chain, kept from who may not know, told as different."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app import ical
from app.events.tongues import Said, Tongue, known_city
from app.publishing.differences import Detail, Difference, differences, sessions_changed
from app.publishing.digests.sights import Reader, Step, concerns
from app.publishing.entries import items
from app.publishing.programme import Programme, Room, Visit, from_json, to_json
from app.publishing.saying import spoken
from app.web.wording import marked
from tests.publishing.summits import PROGRAMME, SESSION_2, at

pytestmark = pytest.mark.one_database

TITLE = ("session", SESSION_2.uid, "title")
FRENCH = Tongue(
    "fr",
    (),
    (
        ("summit", "", "venue", "Hôtel de la métropole"),
        ("theme", "resilience", "name", "Résilience"),
        ("room", "1", "name", "Salle A"),
        (*TITLE, "Deuxième session"),
    ),
)
KOREAN = Tongue("ko", ("fr",), (("city", "tokyo", "name", "도쿄"),))
TOLD = replace(
    PROGRAMME,
    rooms=(Room(1, "Hall A"),),
    visits=(Visit("water", "Where the water comes from", None, None, None),),
    tongues=(FRENCH, KOREAN),
)


def title(programme: Programme, language: str) -> str:
    return programme.spoken(language).session["session-2"].title


def test_each_text_is_in_the_language_asked_for_or_the_next_or_the_main_one() -> None:
    assert [title(TOLD, each) for each in ("en", "fr", "ko", "es")] == [
        "Session 2",
        "Deuxième session",
        "Deuxième session",
        "Session 2",
    ]
    assert [TOLD.spoken(each).city["tokyo"].name for each in ("fr", "ko")] == ["Tokyo", "도쿄"]


def test_words_know_the_language_they_are_in() -> None:
    korean = TOLD.spoken("ko")
    seen = (korean.session["session-2"].title, korean.session["session-5"].title, korean.city["tokyo"].name)
    assert [getattr(each, "language", "") for each in seen] == ["fr", "en", "ko"]


def test_names_of_cities_without_words_are_of_no_language() -> None:
    assert getattr(TOLD.spoken("fr").city["rome"].name, "language", "") == ""


def test_what_is_called_by_name_follows() -> None:
    french = TOLD.spoken("fr")
    assert (french.rooms[0].name, french.session["session-2"].room) == ("Salle A", "Salle A")
    assert TOLD.spoken("ko").summit.place == "도쿄"


def test_it_is_spoken_once_for_all_readers() -> None:
    assert TOLD.spoken("fr") is TOLD.spoken("fr")
    assert TOLD.spoken("en") is TOLD


def test_said_words_are_equal_to_the_same_words_and_can_be_copied() -> None:
    words = Said("Deux\n\nTrois", "fr")
    assert words == "Deux\n\nTrois"
    assert [each.language for each in (copy.deepcopy(words), *words.split("\n\n"))] == ["fr", "fr", "fr"]  # type: ignore[attr-defined]


def test_an_older_release_speaks_english_alone() -> None:
    stored = to_json(TOLD)
    older = from_json(Programme, {name: each for name, each in stored.items() if name not in ("language", "tongues")})
    assert (older.language, older.tongues, title(older, "fr")) == ("en", (), "Session 2")
    assert from_json(Programme, stored) == TOLD


def test_nobody_reads_words_for_what_they_may_not_know() -> None:
    secret = replace(TOLD, sessions=(replace(SESSION_2, visibility="closed", room="Hall A"), *TOLD.sessions[1:]))
    hall = replace(
        secret, sessions=tuple(replace(each, room="" if each.number == 5 else each.room) for each in secret.sessions)
    )
    words = [word for each in hall.open_to("public").tongues for word in each.words]
    assert [word for word in words if word[0] in ("session", "room")] == []
    assert ("theme", "resilience", "name", "Résilience") in words


def test_words_alone_are_told_as_words_in_their_language() -> None:
    after = replace(TOLD, tongues=(replace(FRENCH, words=(*FRENCH.words[:-1], (*TITLE, "Session deux"))), KOREAN))
    found = differences(TOLD, after)
    change = Detail("title", "Deuxième session", "Session deux", language="fr")
    assert found == (Difference(("reworded",), "session", "Session 2", "session-2", (change,)),)
    assert sessions_changed(found) == 0


def test_words_are_told_beside_what_else_is_new_of_a_thing() -> None:
    renamed = replace(TOLD, sessions=(replace(SESSION_2, title="Water"), *TOLD.sessions[1:]), tongues=(KOREAN,))
    (summit, session) = [each for each in differences(TOLD, renamed) if each.subject in ("summit", "session")][::-1]
    assert session.kinds == ("renamed", "reworded")
    assert [(each.field, each.language) for each in session.details] == [("title", ""), ("title", "fr")]
    assert summit.details[0] == Detail("languages", "en, fr, ko > fr", "en, ko > fr")


def test_a_new_thing_brings_its_words_without_saying_so() -> None:
    without = replace(TOLD, sessions=TOLD.sessions[1:])
    assert [each.kinds for each in differences(without.open_to("public"), TOLD)] == [("added",)]


def test_words_alone_concern_nobody() -> None:
    after = replace(TOLD, tongues=())
    assert concerns(Step(TOLD, after), Reader("milan")) == ()


def told(programme: Programme, before: dict[str, ical.Entry], hour: int) -> dict[str, ical.Entry]:
    return ical.revise(before, items(programme), at(hour)).entries


def test_a_calendar_has_the_words_of_its_language(standing: Flask) -> None:
    entry = told(TOLD, {}, 9)["session-2"]
    with standing.app_context():
        english, french = (spoken([entry], each)[0].item for each in ("en", "fr"))
    assert (english.title, english.place) == ("Session 2: Resilience", "Hall A, Tokyo Metropolitan Government")
    assert (french.title, french.place) == ("Deuxième session: Résilience", "Salle A, Hôtel de la métropole")
    assert (french.words, french.said) == ((), ())


def test_words_in_french_alone_change_french_calendars_alone() -> None:
    first = told(TOLD, {}, 9)
    french = replace(FRENCH, words=(*FRENCH.words[:-1], (*TITLE, "Session deux")))
    second = told(replace(TOLD, tongues=(french, KOREAN)), first, 12)
    before, after = first["session-2"], second["session-2"]
    assert after.sequence == before.sequence
    assert after.spoken("en") == before.spoken("en")
    assert [after.spoken(each).changed_at for each in ("en", "fr", "ko")] == [at(9), at(12), at(12)]
    assert second["session-5"] == first["session-5"]


def test_what_changes_for_all_is_no_older_for_one_language() -> None:
    first = told(TOLD, {}, 9)
    second = told(replace(TOLD, tongues=(KOREAN,)), first, 12)
    third = told(
        replace(TOLD, tongues=(KOREAN,), sessions=(replace(SESSION_2, ends=at(14)), *TOLD.sessions[1:])), second, 15
    )
    assert third["session-2"].spoken("fr").changed_at == at(15)
    assert (third["session-2"].sequence, third["session-2"].worded_at) == (1, ())


def test_time_never_runs_backwards_for_a_language() -> None:
    first = told(TOLD, {}, 15)
    second = ical.revise(first, items(replace(TOLD, tongues=())), at(15) - timedelta(hours=3)).entries
    assert second["session-2"].spoken("fr").changed_at == at(15)


def test_an_entry_comes_back_from_the_store_with_its_words() -> None:
    first = told(TOLD, {}, 9)
    entry = told(replace(TOLD, tongues=()), first, 12)["session-2"]
    assert ical.Entry.from_json(first["session-2"].to_json()) == first["session-2"]
    assert ical.Entry.from_json(entry.to_json()) == entry


@pytest.mark.parametrize(
    ("name", "zone", "language", "known"),
    [
        ("Tokyo", "Asia/Tokyo", "ja", "東京"),
        ("Tokyo", "Asia/Tokyo", "fr", ""),
        ("São Paulo", "America/Sao_Paulo", "ja", "サンパウロ"),
        ("Milan", "Europe/Rome", "ja", ""),
        ("Nowhere", "Nowhere/At all", "ja", ""),
    ],
)
def test_cities_that_zones_are_named_after_are_known(name: str, zone: str, language: str, known: str) -> None:
    assert known_city(name, zone, "en", language) == known


def test_a_page_marks_words_of_another_language(standing: Flask) -> None:
    with standing.test_request_context("/?lang=fr"):
        assert marked(Said("<b>Session 2", "en")) == '<bdi lang="en">&lt;b&gt;Session 2</bdi>'
        assert marked(Said("Deux", "fr")) == "Deux"
        assert marked("Tokyo") == "Tokyo"
