"""What can be taken back is taken back by the button that stands beside what was done."""

from __future__ import annotations

import re
from html import unescape

from sqlalchemy import select

from app.agenda.models import Session
from app.db import db
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, desks, held, stored, tokyo, words

__all__ = ["desks", "tokyo"]


def button(page: str) -> tuple[str, dict[str, str]]:
    """(where the form beside what was done goes, what it holds)."""
    form = re.search(
        r'<div class="notice good" role="status">.*?<form[^>]* action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL
    )
    assert form is not None, page
    return unescape(form[1]), dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]))


def test_a_session_that_was_deleted_is_brought_back(desks: KeepingFlask, tokyo: Organiser) -> None:
    made = tokyo.send(f"{REHEARSAL}/agenda/new", {"title": "A walk <b>", "kind": "social"})
    assert made.status_code == 303
    with desks.app_context():
        code = db.session.execute(select(Session.code).where(Session.title == "A walk <b>")).scalar_one()
    tokyo.send(f"{REHEARSAL}/agenda/{code}/delete")
    page = tokyo.get(f"{REHEARSAL}/agenda").text
    assert "“A walk &lt;b&gt;” was deleted from the draft." in page
    address, values = button(page)
    answer = tokyo.client.post(address, data=values)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{REHEARSAL}/agenda")
    assert stored(desks, "rehearsal", code).title == "A walk <b>"


def test_a_change_of_a_session_is_taken_back(desks: KeepingFlask, tokyo: Organiser) -> None:
    before = stored(desks, "rehearsal", "session-2").title
    path = f"{REHEARSAL}/agenda/session-2"
    tokyo.client.post(path, data=held(tokyo.get(path)) | {"title": "Another"})
    address, values = button(tokyo.get(f"{REHEARSAL}/agenda").text)
    tokyo.client.post(address, data=values)
    assert stored(desks, "rehearsal", "session-2").title == before
    assert "Undone" in words(tokyo.get(f"{REHEARSAL}/agenda"))


def test_where_nothing_changed_there_is_nothing_to_take_back(tokyo: Organiser) -> None:
    tokyo.send(f"{REHEARSAL}/agenda/session-2")
    page = tokyo.get(f"{REHEARSAL}/agenda").text
    assert "nothing was saved" in page
    assert "Take it back" not in page
