"""Organisers say their summit in several languages: chosen, written side by side, counted, out of date, as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from app import sheets
from app.agenda.models import Session
from app.db import db, write
from app.events.models import Event, Room, Translation
from app.journal import Note
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, rows, words
from tests.publishing.summits import edit
from tests.queries import counted

LANGUAGES = f"{REHEARSAL}/languages"


@pytest.fixture
def chosen(rehearsal: KeepingFlask, tokyo: Organiser) -> Organiser:
    """The rehearsal is told in English, French, Japanese, and Korean by way of Japanese; nothing is said in them yet."""
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
