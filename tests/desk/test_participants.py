"""The organisers issue the participants' list, compare its revisions and take them along."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import sheets
from app.db import db
from app.publishing.participants.models import Audience, ParticipantList
from app.registration.models import Capacity, State
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, rows, runs, words
from tests.publishing.lists import agreed, change, issue
from tests.registration.cast import Cast, assemble, read

LISTS = "/organise/summit/participants"


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


@pytest.fixture
def tokyo(app: KeepingFlask, cast: Cast) -> Organiser:
    return runs(app, cast.event_id)


def marks(cast: Cast) -> list[str]:
    query = select(ParticipantList).order_by(ParticipantList.id)
    return read(cast.app, lambda: [each.mark for each in db.session.execute(query).scalars()])


def test_a_list_is_looked_at_and_issued_with_a_note(cast: Cast, tokyo: Organiser) -> None:
    agreed(cast, "Anna Bianchi")
    page = words(tokyo.get(f"{LISTS}/public"))
    assert ("1 person, 1 city: not issued yet" in page, "No revision is issued yet" in page) == (True, True)
    answer = tokyo.send(f"{LISTS}/public", {"kind": "final", "note": "For the\r\npress"})
    assert (answer.status_code, marks(cast)) == (303, ["1"])
    assert "KOIKE Yuriko | For the press" in rows(tokyo.get(f"{LISTS}/public"))["Revision 1"]


def test_what_is_new_is_said_before_it_is_issued(cast: Cast, tokyo: Organiser) -> None:
    anna = agreed(cast, "Anna Bianchi")
    issue(cast)
    assert "as issued" in words(tokyo.get(f"{LISTS}/public"))
    change(cast, anna, position="Mayor")
    agreed(cast, "Luca Ferri", "Milan")
    page = words(tokyo.get(f"{LISTS}/public"))
    for said in (
        "New since revision 1",
        "1 added, 1 other position",
        "Hon. Luca Ferri, Deputy Mayor, was added.",
        "Hon. Anna Bianchi is now Mayor; the list said Deputy Mayor.",
    ):
        assert said in page, said


def test_what_changed_under_the_open_page_is_looked_at_again(cast: Cast, tokyo: Organiser) -> None:
    agreed(cast, "Anna Bianchi")
    page = tokyo.get(f"{LISTS}/public")
    agreed(cast, "Luca Ferri", "Milan")
    answer = tokyo.send(f"{LISTS}/public", {"kind": "final", "note": "For the press"}, page=page)
    assert (answer.status_code, "The list has changed since you looked" in answer.text) == (422, True)
    again = tokyo.send(f"{LISTS}/public", page=answer)
    assert (again.status_code, marks(cast)) == (303, ["1"])


def test_a_button_pressed_twice_issues_one(cast: Cast, tokyo: Organiser) -> None:
    agreed(cast, "Anna Bianchi")
    page = tokyo.get(f"{LISTS}/delegates")
    found = [tokyo.send(f"{LISTS}/delegates", {"kind": "provisional"}, page=page).status_code for _again in range(2)]
    assert (found, marks(cast)) == ([303, 303], ["P1"])


def test_any_two_revisions_can_be_compared(cast: Cast, tokyo: Organiser) -> None:
    agreed(cast, "Anna Bianchi")
    issue(cast, final=False)
    agreed(cast, "Luca Ferri", "Milan")
    issue(cast)
    path = f"{LISTS}/public/compare"
    assert "Hon. Luca Ferri, Deputy Mayor, was added." in words(tokyo.get(f"{path}?before=P1&after=1"))
    assert "Hon. Luca Ferri is no longer in the list." in words(tokyo.get(f"{path}?before=1&after=P1"))
    assert "both hold the same people" in words(tokyo.get(f"{path}?before=1&after=now"))
    assert "both hold the same people" in words(tokyo.get(f"{path}?before=<b>&after=7"))


def test_a_revision_is_read_and_those_who_agree_no_longer_are_named_apart(cast: Cast, tokyo: Organiser) -> None:
    agreed(cast, "Anna Bianchi", role=Capacity.HEAD)
    gone = agreed(cast, "Luca Ferri", "Milan")
    issue(cast)
    change(cast, gone, state=State.WITHDRAWN)
    page = words(tokyo.get(f"{LISTS}/public/1"))
    assert "1 person of this revision agrees no longer" in page
    assert ("Luca Ferri (Milan)" in page, "Anna Bianchi, head of delegation" in page) == (True, True)
    assert "Not issued yet" in words(tokyo.get(f"{LISTS}/public/now"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_revision_is_taken_along_in_a_file_that_runs_no_formula(cast: Cast, tokyo: Organiser, kind: str) -> None:
    agreed(cast, "=HYPERLINK(1)", honorific="", role=Capacity.HEAD)
    agreed(cast, "Luca Ferri", "Milan")
    gone = agreed(cast, "Kim Haneul", "Seoul")
    issue(cast)
    change(cast, gone, listed=False)
    answer = tokyo.get(f"{LISTS}/public/1/list.{kind}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="summit-participants-public-1.{kind}"'
    sheet = sheets.read(answer.data, f"list.{kind}")
    assert [row[:3] for row in sheet.rows] == [
        ("Milan", "Hon. Luca Ferri", "delegate"),
        ("Rome", "=HYPERLINK(1)", "head of delegation"),
    ]
    assert kind == "xlsx" or b"'=HYPERLINK(1)" in answer.data


def test_a_hostile_name_is_shown_as_it_is(cast: Cast, tokyo: Organiser) -> None:
    agreed(cast, "<script>alert(1)</script>", position="</dl>{{ 7*7 }}")
    issue(cast)
    for path in (f"{LISTS}/public/1", f"{LISTS}/public", f"{LISTS}/public/compare"):
        assert "<script>alert" not in tokyo.get(path).text
    assert "{{ 7*7 }}" in words(tokyo.get(f"{LISTS}/public/1"))


def test_an_empty_list_says_what_it_needs(cast: Cast, tokyo: Organiser) -> None:
    page = words(tokyo.get(f"{LISTS}/public"))
    assert "Nobody is in this list yet" in page
    assert tokyo.get(f"{LISTS}/public/compare").location == f"{LISTS}/public"


@pytest.mark.parametrize("path", ["public/7", "public/compare/7", "press", "public/1/list.pdf", "public/<b>"])
def test_what_is_no_list_is_not_found(cast: Cast, tokyo: Organiser, path: str) -> None:
    assert tokyo.get(f"{LISTS}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["public", "public/1", "public/now", "public/compare", "public/1/list.csv"])
def test_another_summits_organiser_and_strangers_find_nothing(cast: Cast, tokyo: Organiser, path: str) -> None:
    agreed(cast, "Anna Bianchi")
    issue(cast)
    assert tokyo.get(f"/organise/congress/participants/{path}").status_code == 404
    answer = cast.app.test_client().get(f"{LISTS}/{path}")
    assert (answer.status_code, "/sign-in" in (answer.location or "")) == (303, True)


def test_a_note_too_long_is_refused_and_kept(cast: Cast, tokyo: Organiser) -> None:
    agreed(cast, "Anna Bianchi")
    answer = tokyo.send(f"{LISTS}/public", {"note": "x" * 301})
    assert (answer.status_code, "At most 300 characters." in answer.text, "x" * 301 in answer.text) == (422, True, True)


def test_the_lists_are_reached_from_the_participants(cast: Cast, tokyo: Organiser) -> None:
    page = tokyo.get(LISTS).text
    assert [f'href="{LISTS}/{each.value}"' in page for each in Audience] == [True, True]
