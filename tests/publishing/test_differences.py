"""What differs between two programmes: retimed, moved, renamed and people changed are four things."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.publishing.differences import Detail, Differences, Moment, counts, differences
from app.publishing.programme import Appearance, Visit, from_json, to_json
from app.publishing.wording import plain, tell
from app.web.kept import KeepingFlask
from tests.publishing.summits import DAY, PROGRAMME, SESSION_2, at, changed

pytestmark = pytest.mark.one_database
STAYED = SESSION_2.appearances


def kinds(**values: object) -> tuple[str, ...]:
    (found,) = differences(PROGRAMME, changed(**values))
    assert (found.subject, found.code) == ("session", "session-2")
    return found.kinds


def test_the_same_programme_differs_in_nothing() -> None:
    assert differences(PROGRAMME, replace(PROGRAMME, release=2)) == ()


def test_another_time_is_retimed() -> None:
    assert kinds(starts=at(12, 10), ends=at(13, 30)) == ("retimed",)


def test_another_room_is_moved() -> None:
    assert kinds(room="Hall B") == ("moved",)


def test_another_title_is_renamed() -> None:
    assert kinds(title="Session 2, first round") == ("renamed",)


def test_other_words_are_a_change_of_details() -> None:
    assert kinds(note="Heads alone") == ("changed",)


def test_cancelled_and_reinstated() -> None:
    assert kinds(cancelled=True) == ("cancelled",)
    (found,) = differences(changed(cancelled=True), PROGRAMME)
    assert found.kinds == ("reinstated",)


def test_several_at_once_are_told_the_weightiest_first() -> None:
    assert kinds(title="Rivers", room="Hall B", starts=at(12), ends=at(13)) == ("retimed", "moved", "renamed")


@pytest.mark.parametrize(
    ("appearances", "details"),
    [
        ((*STAYED, Appearance("speaker", city="rome", mode="online")), (Detail("came", "", "online", "Rome"),)),
        (STAYED[:-1], (Detail("went", "video", "", "Milan"),)),
        (
            (*STAYED[:2], replace(STAYED[2], mode="venue"), STAYED[3]),
            (Detail("mode", "online", "venue", "Lancaster"),),
        ),
        (
            (STAYED[0], STAYED[2], STAYED[1], STAYED[3]),
            (
                Detail(
                    "order",
                    "Ms. ISHII Naoko, New York, Lancaster, Milan",
                    "Ms. ISHII Naoko, Lancaster, New York, Milan",
                ),
            ),
        ),
        (
            (replace(STAYED[0], part="panellist"), *STAYED[1:]),
            (Detail("part", "moderator", "panellist", "Ms. ISHII Naoko"),),
        ),
    ],
)
def test_who_came_who_went_how_and_in_which_order(
    appearances: tuple[Appearance, ...], details: tuple[Detail, ...]
) -> None:
    (found,) = differences(PROGRAMME, changed(appearances=appearances))
    assert (found.kinds, found.details) == (("people",), details)


def test_a_session_more_and_a_session_less() -> None:
    one = replace(PROGRAMME, sessions=(SESSION_2,))
    assert [(each.kind, each.name) for each in differences(one, PROGRAMME)] == [("added", "Session 5")]
    assert [(each.kind, each.name) for each in differences(PROGRAMME, one)] == [("removed", "Session 5")]


def test_what_is_retimed_and_moved_counts_in_both() -> None:
    found = differences(PROGRAMME, changed(room="Hall B", starts=at(12), ends=at(13)))
    assert counts(found) == [(1, "retimed"), (1, "moved")]


def test_a_difference_survives_its_storing() -> None:
    found = Differences(differences(PROGRAMME, changed(starts=at(12), ends=at(13), appearances=STAYED[:-1])))
    assert from_json(Differences, to_json(found)) == found
    assert found.found[0].details[0].moments == (
        Moment(DAY, at(11, 50), at(13, 10)),
        Moment(DAY, at(12), at(13)),
    )


def test_a_time_is_told_in_both_zones_with_the_day_where_it_differs(app: KeepingFlask) -> None:
    with app.app_context():
        (told,) = tell(
            differences(PROGRAMME, changed(starts=at(12, 10), ends=at(13, 30))), "Asia/Tokyo", "America/Los_Angeles"
        )
    assert [(line.zone, line.before, line.after) for line in told.lines] == [
        ("Tokyo", "11:50–13:10", "12:10–13:30"),
        ("Los Angeles", "Mon 27 Feb, 18:50–20:10", "Mon 27 Feb, 19:10–20:30"),
    ]


def test_a_difference_in_one_line(app: KeepingFlask) -> None:
    with app.app_context():
        (told,) = tell(differences(PROGRAMME, changed(starts=at(12, 10), ends=at(13, 30))), "Asia/Tokyo")
        assert plain(told) == "Session 2 (session): Retimed. Time (Tokyo): 11:50–13:10 → 12:10–13:30."


def test_languages_in_which_a_visit_is_led_are_words(app: KeepingFlask) -> None:
    visit = Visit("water", "Where the water comes from", None, None, None, languages=("Japanese", "English"))
    before, after = (replace(PROGRAMME, visits=(each,)) for each in (replace(visit, languages=()), visit))
    with app.test_request_context():
        (told,) = tell(differences(before, after), "Asia/Tokyo")
    assert [(line.before, line.after) for line in told.lines] == [("none", "Japanese, English")]


def test_a_time_that_is_no_longer_set_is_to_be_announced(app: KeepingFlask) -> None:
    with app.app_context():
        (told,) = tell(differences(PROGRAMME, changed(starts=None, ends=None)), "Asia/Tokyo")
    assert told.lines[0].after == "Tue 28 Feb, time to be announced"
