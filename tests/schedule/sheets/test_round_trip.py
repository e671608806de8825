"""A table that was taken out and is brought in without an edit changes nothing, whatever the draft holds."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import cli, sheets
from app.agenda.facts import Facts, Seat
from app.agenda.models import Kind, Part, Pin, Session, Visibility
from app.db import db, write
from app.events.models import Event, Mode
from app.events.service import event_by_slug
from app.schedule.sheets import service
from app.schedule.sheets.columns import COLUMNS
from app.schedule.sheets.judging import Outcome, judge
from app.web.kept import KeepingFlask
from tests.schedule.sheets.cast import ALEX, ISHII, LANCASTER, MILAN, ROME, TOKYO, TUESDAY, WEDNESDAY, draft, taken_out
from tests.trust.attacks.payloads import FORMULAS

WRITERS = {"csv": sheets.write_csv, "xlsx": sheets.write_xlsx}


def through(sheet: sheets.Sheet, kind: str) -> sheets.Sheet:
    """The table as it comes back from a file."""
    return sheets.read(WRITERS[kind](sheet.header, sheet.rows), f"agenda.{kind}")


words = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(["", "none", "yes", "TBA", "-", "1", "9.30", "a;b", "A\n\nB", " x ", "_x0041_", *FORMULAS]),
)
minutes = st.none() | st.integers(1, 600)
seats = st.lists(
    st.one_of(
        st.builds(
            Seat,
            st.sampled_from(Part),
            delegation_id=st.sampled_from([TOKYO, ROME, LANCASTER, MILAN]),
            mode=st.none() | st.sampled_from(Mode),
            minutes=minutes,
            topic=words,
        ),
        st.builds(
            Seat,
            st.sampled_from(Part),
            person_id=st.sampled_from([ISHII, ALEX]),
            mode=st.none() | st.sampled_from(Mode),
        ),
    ),
    max_size=5,
    unique_by=lambda each: each.same,
).map(tuple)
times = st.sampled_from([(None, None), (time(9), time(10, 30)), (time(0), time(23, 59))])


@st.composite
def facts(draw: st.DrawFn, code: str) -> Facts:
    starts, ends = draw(times)
    return Facts(
        code,
        code * 2,
        draw(st.sampled_from(Kind)),
        draw(words),
        theme_id=draw(st.sampled_from([None, 1])),
        room_id=draw(st.sampled_from([None, 1, 2])),
        day=draw(st.sampled_from([TUESDAY, WEDNESDAY])) if starts else draw(st.sampled_from([None, TUESDAY])),
        starts=starts,
        ends=ends,
        fold=draw(st.booleans()),
        visibility=draw(st.sampled_from(Visibility)),
        note=draw(words),
        description=draw(words),
        cancelled=draw(st.booleans()),
        length=draw(minutes),
        needs=tuple(draw(st.lists(words, max_size=2))),
        audience=draw(st.none() | st.integers(0, 500)),
        after_code=draw(st.sampled_from(["", "one", "two", "gone"])),
        same_day_code=draw(st.sampled_from(["", "one", "gone"])),
        apart=draw(st.sampled_from([(), ("one",), ("two", "gone")])),
        pin=draw(st.sampled_from(Pin)),
        seats=draw(seats),
    )


@pytest.mark.one_database
@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts("one"), facts("two"))
def test_any_draft_comes_back_unchanged(kind: str, one: Facts, two: Facts) -> None:
    board = draft(one, two)
    found = judge(through(taken_out(board), kind), board, "secret")
    assert [(each.code, each.outcome, each.remarks) for each in found.verdicts] == [
        ("one", Outcome.SAME, ()),
        ("two", Outcome.SAME, ()),
    ]


@pytest.mark.one_database
@pytest.mark.usefixtures("spoken")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts("one"), st.sampled_from([each for each in COLUMNS if each != "version"]), words)
def test_any_word_in_any_cell_is_read_or_refused_in_words(stored: Facts, name: str, cell: str) -> None:
    board = draft(stored)
    row = dict(zip(COLUMNS, taken_out(board).rows[0], strict=True)) | {name: sheets.plain(cell)}
    found = judge(sheets.Sheet(tuple(COLUMNS.values()), (tuple(row.values()),), (2,)), board, "secret")
    unsaid = [fault for each in found.verdicts for fault in each.faults if not fault.sentence.endswith((".", "?"))]
    assert unsaid == []


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("slug", ["gnets-2023", "rehearsal"])
def test_a_whole_summit_comes_back_unchanged(rehearsal: KeepingFlask, slug: str, kind: str) -> None:
    assert outcomes(rehearsal, slug, kind) == {Outcome.SAME: 16}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_congress_of_seoul_comes_back_unchanged(app: KeepingFlask, kind: str) -> None:
    with app.app_context():
        cli.demo("citynet-2013")
    assert set(outcomes(app, "citynet-2013", kind)) == {Outcome.SAME}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("payload", FORMULAS)
def test_hostile_titles_come_back_unchanged(rehearsal: KeepingFlask, payload: str, kind: str) -> None:
    def name() -> None:
        asked = select(Session).join(Event).where(Event.slug == "rehearsal", Session.code == "session-2")
        row = db.session.execute(asked).scalar_one()
        row.title, row.note, row.needs = payload, payload, [payload]

    with rehearsal.app_context():
        write(name)
    assert outcomes(rehearsal, "rehearsal", kind) == {Outcome.SAME: 16}


def outcomes(app: KeepingFlask, slug: str, kind: str) -> dict[Outcome, int]:
    """What becomes of the rows of a draft that was taken out as a file and brought in."""
    with app.app_context():
        event = event_by_slug(slug)
        header, rows = service.table(event)
        read = sheets.read(WRITERS[kind](header, rows), "agenda")
        found = judge(read, service.draft_of(event), "secret")
    assert found.left == ()
    return {each: len(found.of(each)) for each in Outcome if found.of(each)}


def test_the_table_stands_in_the_order_of_the_agenda(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        _header, rows = service.table(event_by_slug("rehearsal"))
    assert [row[0] for row in rows[4:8]] == ["block-environment-a", "session-1", "session-2", "block-inclusive"]


def test_the_cells_of_session_2_and_5(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        header, rows = service.table(event_by_slug("rehearsal"))
    found: dict[str, dict[str, Any]] = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert found["session-2"]["Cities"] == (
        "Amman (venue); Brisbane (venue); Delhi (online); Lancaster (online); Milan (video); San Salvador (venue);"
        " Ulaanbaatar (venue)"
    )
    assert "Rome (to be confirmed)" in found["session-5"]["Cities"]
    assert (found["session-2"]["Starts"], found["session-2"]["Ends"]) == ("11:50", "13:10")
    assert date.fromisoformat(found["session-2"]["Day"])
