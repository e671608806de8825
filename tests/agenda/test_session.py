"""One session in full: what it is, when, and who appears in which order."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from app.agenda import draft
from app.agenda.models import Appearance, Session
from app.db import db
from app.events.models import Event
from app.web.kept import KeepingFlask
from tests.agenda.test_table import brussels
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, held, notes, rows, stored, words

NEW = f"{REHEARSAL}/agenda/new"
TWO = f"{REHEARSAL}/agenda/session-2"
FIVE = f"{REHEARSAL}/agenda/session-5"


def order(app: KeepingFlask, code: str) -> list[tuple[int, str, str]]:
    """The speaking order as stored: place, city or person, mode."""
    with app.app_context():
        event = db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()
        session = draft.by_code(event, code)
        return [
            (
                each.position,
                each.delegation.member.name if each.delegation else each.person.name if each.person else "",
                each.mode.value if each.mode else "",
            )
            for each in session.appearances
        ]


def names(app: KeepingFlask, code: str) -> list[str]:
    return [name for _place, name, _mode in order(app, code)]


def speaker(organiser: Organiser, path: str, city: str, **changes: Any) -> dict[str, Any]:
    """Changes to the line of one city in the speaking order."""
    values = held(organiser.get(path))
    (prefix,) = (name[: -len("who")] for name, value in values.items() if value == f"city:{city}")
    return {prefix + name: value for name, value in changes.items()}


def empty_line(organiser: Organiser, path: str, **values: Any) -> dict[str, Any]:
    """The first line without a city or person, filled in."""
    found = held(organiser.get(path))
    prefix = next(name[: -len("who")] for name, value in found.items() if name.endswith("-who") and not value)
    return {prefix + name: value for name, value in values.items()}


def added(app: KeepingFlask, organiser: Organiser, **values: Any) -> Session:
    """A session made by the form, as stored."""
    assert organiser.send(NEW, {"title": "Dinner", **values}).status_code == 303
    with app.app_context():
        return db.session.execute(select(Session).order_by(Session.id.desc()).limit(1)).scalar_one()


def test_opening_and_saving_changes_nothing(desks: KeepingFlask, tokyo: Organiser) -> None:
    before = order(desks, "session-2")
    answer = tokyo.send(TWO)
    assert "Nothing was different" in words(tokyo.get(answer.location))
    assert (order(desks, "session-2"), stored(desks, "rehearsal", "session-2").version) == (before, 1)


def test_a_new_session_has_a_short_random_code(desks: KeepingFlask, tokyo: Organiser) -> None:
    made = added(desks, tokyo)
    assert re.fullmatch(r"[a-z2-9]{6}", made.code)
    assert re.fullmatch(r"[0-9a-f]{32}", made.uid)


def test_a_new_session_stands_last(desks: KeepingFlask, tokyo: Organiser) -> None:
    made = added(desks, tokyo)
    assert made.position == stored(desks, "rehearsal", "communique").position + 1


def test_the_same_form_sent_twice_makes_one_session(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(NEW)
    for _press in range(2):
        assert tokyo.send(NEW, {"title": "Dinner"}, page=page).status_code == 303
    with desks.app_context():
        assert db.session.execute(select(Session.title).where(Session.title == "Dinner")).scalars().all() == ["Dinner"]


def test_a_used_form_makes_another_session_at_the_second_press(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(NEW)
    tokyo.send(NEW, {"title": "Dinner"}, page=page)
    again = tokyo.send(NEW, {"title": "Breakfast"}, page=page)
    assert "This form has already made “Dinner”." in words(again)
    assert tokyo.send(NEW, page=again).status_code == 303


def test_a_new_session_may_have_all_at_once(desks: KeepingFlask, tokyo: Organiser) -> None:
    made = added(desks, tokyo, kind="meal", starts="19:00", ends="21:00", visibility="delegates", note="Dark suit")
    found = (made.kind, made.starts, made.ends, made.visibility, made.note)
    assert found == ("meal", time(19), time(21), "delegates", "Dark suit")


def test_a_number_that_is_taken_is_refused_by_name(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = tokyo.send(NEW, {"title": "Dinner", "number": "2"})
    assert answer.status_code == 422
    assert "“Session 2” already has the number 2. Choose another, or none." in words(answer)


def test_the_same_number_in_another_summit_is_free(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert added(desks, tokyo, number="7").number == 7
    assert stored(desks, "gnets-2023", "session-6").number == 6


def test_rome_is_to_be_confirmed_and_can_be_confirmed(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert (4, "Rome", "") in order(desks, "session-5")
    tokyo.send(FIVE, speaker(tokyo, FIVE, "rome", mode="online"))
    assert (4, "Rome", "online") in order(desks, "session-5")


def test_milan_speaks_first_and_all_are_counted_anew(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(TWO, speaker(tokyo, TWO, "milan", order="1"), speaker(tokyo, TWO, "amman", order="2"))
    assert [each[:2] for each in order(desks, "session-2")] == list(
        enumerate(["Milan", "Amman", "Brisbane", "Delhi", "Lancaster", "San Salvador", "Ulaanbaatar"], 1)
    )


def test_queensland_is_given_a_place_at_the_end(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(TWO, empty_line(tokyo, TWO, who="city:queensland", part="speaker", mode="venue"))
    assert order(desks, "session-2")[-1] == (8, "Queensland", "venue")


def test_lancaster_is_removed(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(TWO, speaker(tokyo, TWO, "lancaster", remove="y"))
    assert names(desks, "session-2") == ["Amman", "Brisbane", "Delhi", "Milan", "San Salvador", "Ulaanbaatar"]


def test_a_changed_order_raises_the_version_and_is_noted(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(FIVE, speaker(tokyo, FIVE, "rome", mode="venue"))
    (kept,) = notes(desks, "session/session-5")
    assert stored(desks, "rehearsal", "session-5").version == 2
    assert [set(kept.before or {}), set(kept.after or {})] == [{"who appears"}, {"who appears"}]


def test_what_the_form_does_not_show_is_kept(desks: KeepingFlask, tokyo: Organiser) -> None:
    path = f"{REHEARSAL}/agenda/communique"
    tokyo.send(path, {"title": "The communiqué"})
    with desks.app_context():
        topics = (
            select(Appearance.topic)
            .join(Session)
            .join(Event)
            .where(Event.slug == "rehearsal", Session.code == "communique")
        )
        assert "What the cities agreed" in db.session.execute(topics).scalars().all()


def test_a_city_twice_in_one_part_is_refused(tokyo: Organiser) -> None:
    answer = tokyo.send(TWO, empty_line(tokyo, TWO, who="city:milan", part="speaker"))
    assert answer.status_code == 422
    assert "Milan stands twice in the speaking order in the same part." in words(answer)


def test_a_city_of_another_network_is_refused(tokyo: Organiser) -> None:
    answer = tokyo.send(TWO, empty_line(tokyo, TWO, who="city:yokohama"))
    assert "One of those who appear is no longer there." in words(answer)


def test_a_stale_form_is_refused_with_what_is_stored(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(TWO)
    tokyo.send(TWO, {"title": "Air"}, page=page)
    answer = tokyo.send(TWO, {"title": "Water"}, page=page)
    assert answer.status_code == 409
    assert rows(answer)["Title"] == "Air | Water | "
    assert stored(desks, "rehearsal", "session-2").title == "Air"


def test_a_version_that_is_no_number_is_as_stale_as_any(tokyo: Organiser) -> None:
    assert tokyo.send(TWO, {"version": "-1", "title": "Water"}).status_code == 409


def test_a_stale_form_can_be_saved_at_the_second_press(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(TWO)
    tokyo.send(TWO, {"title": "Air"}, page=page)
    again = tokyo.send(TWO, {"title": "Water"}, page=page)
    assert tokyo.send(TWO, page=again).status_code == 303
    assert stored(desks, "rehearsal", "session-2").title == "Water"


@pytest.mark.parametrize(
    "typed",
    [
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"kind": "circus"},
        {"visibility": ""},
        {"number": "two"},
        {"number": "1e9"},
        {"theme": "nowhere"},
        {"room": "9" * 5000},
        {"note": "x" * 301},
    ],
)
def test_nonsense_is_refused_in_words(desks: KeepingFlask, tokyo: Organiser, typed: dict[str, str]) -> None:
    answer = tokyo.send(TWO, typed)
    assert answer.status_code == 422
    assert "Please look at this again" in words(answer)
    assert notes(desks, "session/session-2") == []


def test_a_session_cannot_stand_within_itself_or_a_session(tokyo: Organiser) -> None:
    answer = tokyo.send(TWO, {"parent": "session-1"})
    assert "This is not a block of this summit. Choose another." in words(answer)


def test_a_block_with_sessions_cannot_stand_within_a_block(tokyo: Organiser) -> None:
    answer = tokyo.send(f"{REHEARSAL}/agenda/block-safe", {"parent": "block-inclusive"})
    assert "Sessions stand within this one" in words(answer)


def test_a_session_may_change_its_block(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(TWO, {"parent": "block-safe"})
    assert stored(desks, "rehearsal", "session-2").parent_id == stored(desks, "rehearsal", "block-safe").id


def test_the_later_of_two_hours_can_be_meant(desks: KeepingFlask, rome: Organiser) -> None:
    brussels(desks)
    path = f"{ARCHIVE}/agenda/session-2"
    night = {"day": "2023-10-29", "starts": "02:10", "ends": "02:50"}
    asked = rome.send(path, night)
    assert (asked.status_code, "comes twice. Say which one is meant" in words(asked)) == (422, True)
    assert "checked" not in asked.text.partition('name="fold"')[2].partition(">")[0]
    for said, fold in (("second", True), ("first", False)):
        rome.send(path, night | {"fold": said})
        row = stored(desks, "gnets-2023", "session-2")
        assert (row.day, row.fold) == (date(2023, 10, 29), fold)


@pytest.mark.parametrize("path", ["/agenda/{code}", "/agenda/{code}/delete"])
def test_a_session_of_another_summit_is_not_found(
    desks: KeepingFlask, tokyo: Organiser, rome: Organiser, path: str
) -> None:
    made = added(desks, tokyo)
    assert tokyo.get(REHEARSAL + path.format(code=made.code)).status_code == 200
    assert rome.get(ARCHIVE + path.format(code=made.code)).status_code == 404


def test_a_session_never_published_is_deleted(desks: KeepingFlask, tokyo: Organiser) -> None:
    made = added(desks, tokyo)
    assert tokyo.send(f"{REHEARSAL}/agenda/{made.code}/delete").status_code == 303
    assert tokyo.get(f"{REHEARSAL}/agenda/{made.code}").status_code == 404
    assert [each.what for each in notes(desks, f"session/{made.code}")] == ["session added", "session deleted"]


def test_a_published_session_offers_no_deletion_but_says_why(tokyo: Organiser) -> None:
    page = tokyo.get(f"{TWO}/delete")
    assert "It can be cancelled, but not deleted" in words(page)
    assert 'name="submit_key"' not in page.text


def test_a_session_published_meanwhile_is_not_deleted(desks: KeepingFlask, tokyo: Organiser) -> None:
    made = added(desks, tokyo)
    path = f"{REHEARSAL}/agenda/{made.code}/delete"
    page = tokyo.get(path)
    tokyo.send(f"{REHEARSAL}/publish")
    answer = tokyo.send(path, page=page)
    assert (answer.status_code, stored(desks, "rehearsal", made.code).title) == (422, "Dinner")
    assert "This session was published, so calendars hold it." in words(answer)


def test_a_block_that_holds_sessions_is_not_deleted(desks: KeepingFlask, tokyo: Organiser) -> None:
    block = added(desks, tokyo, title="Evening", kind="block")
    added(desks, tokyo, title="Dinner", parent=block.code)
    answer = tokyo.send(f"{REHEARSAL}/agenda/{block.code}/delete")
    assert "Other sessions stand within this one: Dinner. Move them out first." in words(answer)


def videos(app: KeepingFlask) -> list[str]:
    """Whose video has come for Session 2."""
    with app.app_context():
        event = db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()
        seats = draft.by_code(event, "session-2").appearances
        return [each.delegation.member.name for each in seats if each.video_ready and each.delegation]


def test_milans_video_has_come_and_that_is_asked_of_nobody_else(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert tokyo.get(TWO).text.count("The video has come") == 1
    assert tokyo.send(TWO, speaker(tokyo, TWO, "milan", video_ready="y")).status_code == 303
    assert videos(desks) == ["Milan"]
    note = notes(desks, "session/session-2")[-1]
    assert note.after is not None
    assert "city:milan (speaker, video, video has come)" in note.after["who appears"]


def test_a_video_that_came_stays_when_other_things_are_saved(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(TWO, speaker(tokyo, TWO, "milan", video_ready="y"))
    tokyo.send(TWO, {"note": "With interpretation"})
    tokyo.send(TWO, speaker(tokyo, TWO, "milan", mode="online"))
    assert videos(desks) == ["Milan"]
    tokyo.send(TWO, speaker(tokyo, TWO, "milan", video_ready=None))
    assert videos(desks) == []


def test_another_city_in_a_line_takes_over_nothing_that_was_arranged(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(TWO, speaker(tokyo, TWO, "milan", video_ready="y"))
    tokyo.send(TWO, speaker(tokyo, TWO, "milan", who="city:cairo", video_ready=None, video_asked=""))
    assert ("Cairo" in names(desks, "session-2"), videos(desks)) == (True, [])
