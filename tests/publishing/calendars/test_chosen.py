"""The calendar file of sessions that a visitor has starred."""

from __future__ import annotations

import pytest

from app.web.kept import KeepingFlask
from tests.queries import counted

pytestmark = pytest.mark.one_database

FILE = "/gnets-2023/calendar/chosen.ics"


def test_the_file_holds_the_sessions_of_the_address(gnets: KeepingFlask) -> None:
    answer = gnets.test_client().get(f"{FILE}?session=session-2&session=session-6&session=session-2")
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="gnets-2023-chosen.ics"'
    text = answer.text
    assert text.count("BEGIN:VEVENT") == 2
    assert ("SUMMARY:Session 2" in text, "SUMMARY:Session 6" in text) == (True, True)
    assert "NAME:1st G-NETS Leaders Summit: chosen sessions" in text


def test_each_entry_is_the_one_of_every_other_calendar(gnets: KeepingFlask) -> None:
    client = gnets.test_client()
    chosen, own = (
        client.get(each).text for each in (f"{FILE}?session=session-2", "/gnets-2023/sessions/session-2.ics")
    )
    assert chosen.split("BEGIN:VEVENT")[1].split("END:VEVENT")[0] in own


def test_what_is_not_on_the_agenda_is_left_out(gnets: KeepingFlask) -> None:
    text = gnets.test_client().get(f"{FILE}?session=session-2&session=nothing&session=").text
    assert text.count("BEGIN:VEVENT") == 1


def test_a_file_of_nothing_is_refused_in_words(gnets: KeepingFlask) -> None:
    for query in ("", "?session=nothing", "?session=../session-2"):
        answer = gnets.test_client().get(f"{FILE}{query}")
        assert answer.status_code == 404
        assert "None of these sessions stands on the agenda." in answer.text


def test_it_speaks_the_language_of_its_address(gnets: KeepingFlask) -> None:
    client = gnets.test_client()
    english, japanese = (client.get(f"{FILE}?session=session-2{each}").text for each in ("", "&lang=ja"))
    assert english != japanese


def test_nobody_is_noted_to_fetch_it_and_nothing_is_remembered(gnets: KeepingFlask) -> None:
    client = gnets.test_client()
    client.get("/gnets-2023/agenda.ics")
    held = [each.sheaves.held for each in gnets.extensions["programmes"].values()]
    with counted(gnets) as statements:
        client.get(f"{FILE}?session=session-2")
    assert len(statements) == 1
    assert [each.sheaves.held for each in gnets.extensions["programmes"].values()] == held
