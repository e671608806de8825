"""The verdict on every row of a table: new, changed, unchanged or wrong, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from app.agenda.facts import Facts
from app.agenda.models import Kind, Pin, Visibility
from app.refused import Refused
from app.schedule.arranging import mark
from app.schedule.sheets.columns import COLUMNS
from app.schedule.sheets.judging import Fault, Outcome
from tests.schedule.sheets.cast import (
    BLOCK,
    BOARD,
    SESSION_2,
    SESSION_5,
    STUDIO,
    WEDNESDAY,
    changed,
    city,
    draft,
    look,
    only,
    refused,
)

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("spoken")]


def test_the_four_outcomes() -> None:
    found = look(
        ("session-2", "Session 2"), ("session-5", "Session Five"), ("", "Lunch"), ("block-safe", ""), head="Code|Title"
    )
    assert [each.outcome for each in found.verdicts] == [Outcome.SAME, Outcome.CHANGED, Outcome.NEW, Outcome.WRONG]


def test_a_change_is_told_before_and_after_by_its_column() -> None:
    verdict = only(look(("session-2", "9.30", "10:45 AM", "studio"), head="Code|Starts|Ends|Room"))
    assert verdict.changes == (("Room", "Hall A", "Studio"), ("Starts", "11:50", "09:30"), ("Ends", "13:10", "10:45"))


def test_only_what_the_columns_say_changes() -> None:
    after = changed("Room", "Studio")
    assert after == replace(SESSION_2, room_id=STUDIO)


def test_what_the_table_does_not_hold_stays_and_is_named() -> None:
    found = look(("session-2", "Studio"), head="Code|Room")
    assert [each.code for each in found.left] == ["block-safe", "session-5"]
    assert [each.code for each in found.changes] == ["session-2"]


@pytest.mark.parametrize(
    ("cell", "value", "name", "read"),
    [
        ("Kind", "Site visit", "kind", Kind.VISIT),
        ("Kind", "bilateral meeting", "kind", Kind.BILATERAL),
        ("Number", "3", "number", 3),
        ("Number", "", "number", None),
        ("Title", "  Two   cities ", "title", "Two   cities"),
        ("Block", "block-safe", "parent", "block-safe"),
        ("Block", "safe and secure cities", "parent", "block-safe"),
        ("Theme", "environment", "theme_id", 1),
        ("Theme", "Safe and secure cities", "theme_id", 2),
        ("Room", "", "room_id", None),
        ("Day", "Wed 1 Mar", "day", WEDNESDAY),
        ("Minutes needed", "80 min", "length", 80),
        ("Minutes needed", "80", "length", 80),
        ("Visibility", "Heads of delegation", "visibility", Visibility.HEADS),
        ("Needs", "stage, interpretation; stage", "needs", ("stage", "interpretation")),
        ("Expected audience", "0", "audience", 0),
        ("After", "Session 5", "after_code", "session-5"),
        ("Same day as", "Session 5", "same_day_code", "session-5"),
        ("Apart from", "Session 5; block-safe", "apart", ("session-5", "block-safe")),
        ("Pin", "place", "pin", Pin.PLACE),
        ("Note", "With lunch", "note", "With lunch"),
        ("Description", "One\nTwo", "description", "One\nTwo"),
        ("Cancelled", "x", "cancelled", True),
        ("Cancelled", "Yes", "cancelled", True),
    ],
)
def test_a_cell_is_read(cell: str, value: str, name: str, read: Any) -> None:
    assert changed(cell, value) == replace(SESSION_2, **{name: read})


def test_empty_times_are_to_be_announced() -> None:
    after = only(look(("session-2", "", "TBA"), head="Code|Starts|Ends")).changed
    assert after is not None
    assert after.after == replace(SESSION_2, starts=None, ends=None)


def test_a_session_without_an_end_lasts_as_long_as_it_needs() -> None:
    verdict = only(look(("session-5", "9:30", "", "80"), head="Code|Starts|Ends|Length"))
    assert verdict.changes == (("Starts", "", "09:30"), ("Ends", "", "10:50"), ("Minutes needed", "", "80"))


def test_it_does_not_run_past_midnight() -> None:
    found = only(look(("session-5", "23:30", "80"), head="Code|Starts|Length"))
    assert found.faults == (Fault("Ends", "Give both times, or none: then the time is to be announced."),)


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        (
            "Kind",
            "talk",
            "“talk” is none of: ceremony, keynote, videos, block, session, forum, plenary, announcement, ",
        ),
        ("Kind", "", "A session needs a kind: ceremony, "),
        ("Number", "three", "“three” is no whole number from 1 to 999."),
        ("Number", "1000", "“1000” is no whole number from 1 to 999."),
        ("Number", "5", "“Session 5” has the number 5 too."),
        ("Title", "", "A session needs a title."),
        ("Title", "x" * 201, "At most 200 characters."),
        (
            "Block",
            "session-5",
            "“session-5” is none of the blocks, by code or title. There are: Safe and Secure Cities.",
        ),
        ("Theme", "Sport", "“Sport” is none of the themes of this summit. There are: Environment, Safe and Secure"),
        ("Room", "Hall B", "“Hall B” is none of the rooms of this summit. Is “Hall A” meant?"),
        ("Room", "Garden", "“Garden” is none of the rooms of this summit. There are: Hall A, Studio."),
        ("Day", "03/01/2023", "“03/01/2023” may be 2023-03-01 or 2023-01-03."),
        ("Day", "2025-03-01", "This day is more than a year away from the summit. Please look at the year."),
        ("Day", "", "A time needs a day."),
        ("Starts", "9.3", "“9.3” may be more than one time."),
        ("Ends", "", "Give both times, or none: then the time is to be announced."),
        ("Ends", "11:50", "The end must come after the start, on the same day."),
        ("Minutes needed", "0", "“0” is no whole number from 1 to 1440."),
        ("Minutes needed", "1:20", "“1:20” is no whole number from 1 to 1440."),
        ("People", "Rome", "“Rome” is none of the people of this summit."),
        ("Cities", "Atlantis", "“Atlantis” is none of the cities of this summit."),
        ("Visibility", "", "Say who may know of it: public, delegates, heads, invited, closed."),
        ("Visibility", "secret", "“secret” is none of: public, delegates, heads, invited, closed."),
        ("Needs", "x" * 41, "A need has at most 40 characters; several are parted by semicolons."),
        ("Expected audience", "-1", "“-1” is no whole number from 0 to 1000000."),
        ("After", "Sesion 2", "“Sesion 2” is no session, by code or title. Is “Session 2” meant?"),
        ("After", "session-2", "A session cannot be tied to itself."),
        ("Pin", "yes", "“yes” is none of: none, day, time, place."),
        ("Note", "x" * 301, "At most 300 characters."),
        ("Description", "x" * 5001, "At most 5000 characters."),
        ("Cancelled", "perhaps", "“perhaps” is neither yes nor no."),
    ],
)
def test_a_wrong_cell_says_why_and_stores_nothing(cell: str, value: str, said: str) -> None:
    assert refused(cell, value).startswith(said)
    assert look((("session-2", value)), head=f"Code|{cell}").changes == []


def test_every_fault_of_a_row_is_told_at_once() -> None:
    verdict = only(look(("session-2", "Garden", "noon", "x" * 301), head="Code|Room|Starts|Note"))
    assert [each.column for each in verdict.faults] == ["Room", "Starts", "Note"]


def test_an_hour_that_the_clocks_skip_is_refused_in_words() -> None:
    spring = draft(
        replace(SESSION_2, day=date(2023, 3, 26)),
        zone="Europe/Rome",
        starts_on=date(2023, 3, 25),
        ends_on=date(2023, 3, 27),
    )
    found = only(look(("session-2", "02:30", "03:30"), head="Code|Starts|Ends", on=spring))
    assert found.faults == (
        Fault(
            "Starts",
            "On 26 March 2023 the clocks in Europe/Rome go forward and 02:30 is left out:"
            " the next valid time is 03:00.",
        ),
    )


AUTUMN = {"zone": "Europe/Rome", "starts_on": date(2023, 10, 28), "ends_on": date(2023, 10, 30)}
LATER = replace(SESSION_2, day=date(2023, 10, 29), starts=time(2, 10), ends=time(2, 40), fold=True)


def test_a_session_in_the_later_of_two_hours_stays_in_it() -> None:
    assert changed("Starts", "02:20", draft(LATER, **AUTUMN)) == replace(LATER, starts=time(2, 20))


def test_moved_out_of_the_hour_that_comes_twice_it_is_in_no_later_one() -> None:
    assert changed("Day", "2023-10-28", draft(LATER, **AUTUMN)).fold is False


def test_what_the_draft_says_already_is_never_wrong() -> None:
    """Stored before a rule was made, or by another way."""
    odd = replace(SESSION_5, note="x" * 400, after_code="gone", starts=time(2, 30), ends=time(2), needs=("a;b",))
    row = ("session-5", "x" * 400, "gone", "02:30", "02:00", "a;b")
    found = look(row, head="Code|Note|After|Starts|Ends|Needs", on=draft(odd, BLOCK))
    assert only(found).outcome is Outcome.SAME


def test_a_new_session_stands_at_the_end_of_the_draft() -> None:
    found = look(("", "Kaffee & Kuchen"), ("farewell", "Good-bye", "closing"), head="Code|Title|Kind")
    made = [each.after for each in found.changes if each.after]
    assert [(each.code, each.kind, each.position, each.visibility) for each in made] == [
        ("kaffee-kuchen", Kind.SESSION, 4, Visibility.PUBLIC),
        ("farewell", Kind.CLOSING, 5, Visibility.PUBLIC),
    ]


def test_looking_twice_makes_the_same_new_session_and_another_file_another() -> None:
    made = [mark(look(("", "Lunch"), head="Code|Title").changes) for _look in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("Session 2", "session-2-2"),
        ("São Paulo's hour", "sao-paulo-s-hour"),
        ("東京", "session"),
        ("New", "new-2"),
        ("x" * 60, "x" * 40),
    ],
)
def test_a_code_is_made_of_the_title(title: str, code: str) -> None:
    assert only(look(("", title), head="Code|Title")).code == code


def test_new_sessions_of_one_title_get_codes_of_their_own() -> None:
    found = look(("", "Coffee"), ("new", "Coffee"), ("coffee", "Coffee"), head="Code|Title")
    assert [each.code for each in found.verdicts] == ["coffee-2", "coffee-3", "coffee"]


def test_a_new_session_of_a_title_that_stands_is_remarked() -> None:
    (said,) = only(look(("", "session 5"), head="Code|Title")).remarks
    assert said == "The draft has a session of this title: session-5. If it is meant, write its code."


def test_a_new_session_needs_a_title() -> None:
    assert only(look(("lunch", "meal"), head="Code|Kind")).faults == (Fault("Title", "A session needs a title."),)


@pytest.mark.parametrize("code", ["Session 2", "x" * 41, "a--b", "<script>", "lunch/1"])
def test_what_is_no_code_is_refused(code: str) -> None:
    said = "A code has small letters, figures and single hyphens, at most 40. Left empty, one is made."
    assert only(look((code, "Lunch"), head="Code|Title")).faults == (Fault("Code", said),)


def test_two_rows_about_one_session_are_told() -> None:
    found = look(("session-2", "One"), ("session-2", "Two"), ("tea", "Tea"), ("tea", "Tea"), head="Code|Title")
    assert [[fault.sentence for fault in each.faults] for each in found.verdicts] == [
        [],
        ["Row 2 is about the same session."],
        [],
        ["Row 4 is about the same session."],
    ]


def test_sessions_may_exchange_their_numbers() -> None:
    found = look(("session-2", "5"), ("session-5", "2"), head="Code|Number")
    assert [each.after.number for each in found.changes if each.after] == [5, 2]


def test_a_number_given_twice_in_the_table_is_refused_in_both_rows() -> None:
    found = look(("", "Tea", "7"), ("", "Lunch", "7"), head="Code|Title|Number")
    assert [each.faults[0].sentence for each in found.verdicts] == [
        "“Lunch” has the number 7 too.",
        "“Tea” has the number 7 too.",
    ]


def test_a_new_block_and_what_stands_in_it_may_come_in_any_order() -> None:
    found = look(("", "Talk", "", "Evening"), ("evening", "Evening", "block", ""), head="Code|Title|Kind|Block")
    assert [(each.after.code, each.after.parent) for each in found.changes if each.after] == [
        ("talk", "evening"),
        ("evening", ""),
    ]


def test_blocks_do_not_stand_within_each_other() -> None:
    found = look(
        ("evening", "Evening", "block", "block-safe"), ("block-safe", "Safe", "block", ""), head="Code|Title|Kind|Block"
    )
    assert found.verdicts[0].outcome is Outcome.NEW
    found = look(
        ("evening", "Evening", "block", ""), ("block-safe", "Safe", "block", "evening"), head="Code|Title|Kind|Block"
    )
    said = "Sessions stand within this one, so it cannot stand within another."
    assert found.verdicts[1].faults == (Fault("Block", said),)


def test_a_block_within_a_block_holds_nothing() -> None:
    head = "Code|Title|Kind|Block"
    found = look(("inner", "Inner", "block", "block-safe"), ("talk", "Talk", "", "inner"), head=head)
    assert [[fault.sentence for fault in each.faults] for each in found.verdicts] == [
        ["Sessions stand within this one, so it cannot stand within another."],
        ["“Inner” stands within another block itself."],
    ]


def test_a_block_does_not_stand_within_itself() -> None:
    assert refused("Block", "block-safe", code="block-safe") == "A block cannot stand within itself."


def test_a_title_of_two_blocks_is_refused_with_their_codes() -> None:
    other = replace(BLOCK, code="block-safe-b", title=BLOCK.title)
    assert refused("Block", "Safe and Secure Cities", draft(*BOARD, other)) == (
        "“Safe and Secure Cities” may be any of: block-safe, block-safe-b. Write one of these instead."
    )


def test_unknown_columns_are_passed_over_and_named() -> None:
    found = look(("session-2", "KOIKE", "Studio", "ready"), head="Code|Responsible|Room|State")
    assert found.passed_over == ("Responsible", "State")
    assert [each.after.room_id for each in found.changes if each.after] == [STUDIO]


def test_heads_may_be_spelled_otherwise() -> None:
    found = look(("session-2", "Studio", "9:00", "10:00"), head="ID|hall|START TIME|until")
    assert found.passed_over == ()
    assert [each.after for each in found.changes] == [replace(SESSION_2, room_id=STUDIO, starts=time(9), ends=time(10))]


def test_a_column_under_its_own_head_comes_first() -> None:
    found = look(("session-2", "x", "Session Two"), head="Code|Session|Title")
    assert found.passed_over == ("Session",)
    assert only(found).title == "Session Two"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("Room|Day", "There is no column “Code” or “Title”, so no row says which session it is."),
        ("Code|Room|room", "Two columns are “Room”. Take one of them out."),
        ("Code|Start|Begin", "Two columns are “Starts”. Take one of them out."),
    ],
)
def test_columns_that_say_nothing_or_twice_are_refused(head: str, said: str) -> None:
    with pytest.raises(Refused) as no:
        look(("session-2",), head=head)
    assert no.value.message == said


def test_a_row_taken_out_before_others_changed_its_session_is_remarked() -> None:
    found = look(("session-2", "Studio", "3"), ("session-5", "Studio", "4"), head="Code|Room|Version")
    assert [len(each.remarks) for each in found.verdicts] == [1, 0]


@pytest.mark.parametrize("version", ["", "soon", "99999999999999"])
def test_a_version_that_is_none_says_nothing(version: str) -> None:
    assert only(look(("session-2", "Studio", version), head="Code|Room|Version")).remarks == ()


def test_the_cell_of_a_csv_that_passed_through_a_workbook_keeps_its_apostrophe_harmlessly() -> None:
    formula = draft(replace(SESSION_2, title="=1+1"))
    assert only(look(("session-2", "'=1+1"), head="Code|Title", on=formula)).outcome is Outcome.SAME


def test_a_new_session_takes_all_its_cells() -> None:
    row = (
        "tea",
        "meal",
        "9",
        "Tea",
        "Safe and Secure Cities",
        "1 Mar",
        "15:00",
        "15:30",
        "Studio",
        "Rome (venue)",
        "none",
    )
    found = only(look(row, head="Code|Kind|Number|Title|Block|Day|Starts|Ends|Room|Cities|Pin"))
    assert found.faults == ()
    assert found.changed is not None
    made = found.changed.after
    assert made is not None
    assert made == Facts(
        "tea",
        made.uid,
        Kind.MEAL,
        "Tea",
        number=9,
        parent="block-safe",
        day=WEDNESDAY,
        starts=time(15),
        ends=time(15, 30),
        room_id=STUDIO,
        position=4,
        seats=(city(12),),
    )


def test_the_contract_names_every_column() -> None:
    told = (Path(__file__).parents[3] / "docs" / "contract.md").read_text(encoding="utf-8")
    assert [head for head in COLUMNS.values() if f"`{head}`" not in told] == []


def test_every_fact_but_the_hidden_ones_has_a_column() -> None:
    """Those without one are left alone by every file."""
    hidden = {"uid", "fold", "position", "order_rule", "order_seed", "minutes_each", "seats"}
    named = set(Facts.__dataclass_fields__) - hidden
    assert set(COLUMNS) == named | {"people", "cities", "version"}
