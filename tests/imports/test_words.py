"""Languages and words in an event file: read, held against it, stored once, and kept where the file is silent."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.db import db, write
from app.events.models import Event, Translation
from app.imports import Faulty, read
from app.web.kept import KeepingFlask
from tests.imports.cast import Document, changed, document, loaded, rows


def said(app: Flask, event: Event) -> dict[tuple[str, str, str], tuple[str, str]]:
    """(language, kind, field) of what the file says of it -> text and the original it was made from."""
    mine = select(Translation).where(Translation.event_id == event.id)
    return {
        (each.language, each.key, each.field): (each.text, each.original)
        for each in db.session.execute(mine).scalars()
        if each.kind in ("summit", "theme", "city", "outcome")
    }


def test_languages_and_words_are_loaded(app: KeepingFlask) -> None:
    loaded(app, document())
    found = rows(app, lambda event: said(app, event))
    assert rows(app, lambda event: (event.language, event.languages)) == ("en", {"ja": [], "fr": []})
    assert found["ja", "milan", "name"] == ("ミラノ", "Milan")
    assert found["fr", "environment", "name"] == ("Environnement", "Environment")
    assert found["ja", "", "venue"] == ("ヒルトン東京（新宿）", "Hilton Tokyo Shinjuku")


def test_words_that_the_file_leaves_out_stay(app: KeepingFlask) -> None:
    loaded(app, document())
    report = loaded(app, changed(("/event/words/fr/themes", {})))
    assert report.changed == 0
    assert ("fr", "environment", "name") in rows(app, lambda event: said(app, event))


def test_words_that_organisers_changed_are_put_back(app: KeepingFlask) -> None:
    loaded(app, document())
    with app.app_context():
        wrong = delete(Translation).where(Translation.kind == "theme", Translation.language == "fr")
        write(lambda: db.session.execute(wrong))
    assert loaded(app, document()).changed == 3


def test_a_file_without_languages_changes_none(app: KeepingFlask) -> None:
    loaded(app, document())
    without = document()
    del without["event"]["languages"], without["event"]["words"]
    assert loaded(app, without).changed == 0
    assert rows(app, lambda event: event.languages) == {"ja": [], "fr": []}


def test_nothing_is_said_of_an_empty_text(app: KeepingFlask) -> None:
    loaded(app, changed(("/event/words/ja/note", "注")))
    assert ("ja", "", "note") not in rows(app, lambda event: said(app, event))


def faults(given: Document) -> list[tuple[str, str]]:
    with pytest.raises(Faulty) as caught:
        read(given)
    return [(each.place, each.message) for each in caught.value.faults]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("/event/languages/en", [], ("/event/languages/en", "“en” is the main language already.")),
        ("/event/languages/ja", ["ko"], ("/event/languages/ja", "“ko” cannot be asked after “ja”.")),
        ("/event/languages/ja", ["ja"], ("/event/languages/ja", "“ja” cannot be asked after “ja”.")),
        ("/event/words/ko", {}, ("/event/words/ko", "“ko” is not among the other languages of the event.")),
        (
            "/event/words/ja/cities/Dehli",
            "デリー",
            ("/event/words/ja/cities/Dehli", "No member of the network goes by the name “Dehli”."),
        ),
        (
            "/event/words/ja/agenda/openning",
            {"title": "開会式"},
            ("/event/words/ja/agenda/openning", "The event has no such thing as “openning”."),
        ),
        (
            "/event/words/ja/agenda/opening/meeting_point",
            "東口",
            ("/event/words/ja/agenda/opening", "“meeting_point” is nothing that is said of it."),
        ),
    ],
)
def test_words_for_what_is_not_there_are_faults(place: str, value: Any, fault: tuple[str, str]) -> None:
    assert faults(changed((place, value))) == [fault]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("/event/words/xx", {}, "“xx” is not a language: en, ja, ko, fr, es or ar."),
        ("/event/language", "tlh", "“tlh” is not a language: en, ja, ko, fr, es or ar."),
        ("/event/words/fr/agenda/opening/title", "", "“” is not one line of text, without spaces at its ends."),
    ],
)
def test_words_of_another_shape_are_faults(place: str, value: Any, sentence: str) -> None:
    assert sentence in [message for _place, message in faults(changed((place, value)))]
