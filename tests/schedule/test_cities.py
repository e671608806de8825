"""Cities in sessions: moved, put in order by rule and by hand, and the running sheet."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.agenda.models import Act, Appearance, Order, Session
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event
from app.network.models import Member
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, rows, stored, words

BOARD = f"{REHEARSAL}/schedule/cities"


def order(app: KeepingFlask, code: str) -> list[str]:
    """The cities of a session as they speak."""
    with app.app_context():
        found = db.session.execute(
            select(Member.name)
            .join(Delegation, Delegation.member_id == Member.id)
            .join(Appearance, Appearance.delegation_id == Delegation.id)
            .join(Session, Appearance.session_id == Session.id)
            .join(Event, Session.event_id == Event.id)
            .where(Event.slug == "rehearsal", Session.code == code)
            .order_by(Appearance.position)
        )
        return list(found.scalars())


def move(organiser: Organiser, city: str, source: str, **typed: Any) -> TestResponse:
    return organiser.send(f"{BOARD}/{city}?from={source}", typed)


def turns(code: str) -> str:
    return f"{REHEARSAL}/schedule/sessions/{code}/order"


def arrange(organiser: Organiser, code: str, rule: str, **typed: str) -> TestResponse:
    return organiser.send(f"{REHEARSAL}/schedule/sessions/{code}/rule", {"rule": rule} | typed)


AS_PRINTED = {
    "session-1": ["Tokyo", "Abu Dhabi", "Malmö", "New York", "Paris"],
    "session-2": ["Amman", "Brisbane", "Delhi", "Lancaster", "Milan", "San Salvador", "Ulaanbaatar"],
    "session-3": ["Tokyo", "Amsterdam", "Brussels", "São Paulo", "Singapore"],
    "session-4": ["Los Angeles", "Miami", "Seoul", "Tel Aviv"],
    "session-5": ["Tokyo", "Helsinki", "Jakarta", "Rome", "Tirana"],
}


def test_milan_keeps_its_place_by_video_in_session_2(tokyo: Organiser) -> None:
    page = tokyo.get(BOARD).text
    cities = page.split('data-session="session-2"')[1].split("</section>")[0]
    assert cities.index('data-city="lancaster"') < cities.index('data-city="milan"') < cities.index("san-salvador")


def test_queensland_waits_in_no_session(tokyo: Organiser) -> None:
    tray = tokyo.get(BOARD).text.split('data-session=""')[1].split("</section>")[0]
    assert [tray.count("data-city="), 'data-city="queensland"' in tray] == [1, True]


def test_queensland_joins_session_3_at_place_2(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert move(tokyo, "queensland", "", target="session-3", place="2").status_code == 303
    assert order(desks, "session-3") == ["Tokyo", "Queensland", "Amsterdam", "Brussels", "São Paulo", "Singapore"]


def test_queensland_put_back_where_it_waited_is_no_act(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert move(tokyo, "queensland", "", target="", place="").status_code == 303
    with desks.app_context():
        assert db.session.execute(select(Act.id)).all() == []


def test_rome_goes_from_session_5_to_session_4(desks: KeepingFlask, tokyo: Organiser) -> None:
    move(tokyo, "rome", "session-5", target="session-4", place="")
    assert (order(desks, "session-4")[-1], "Rome" in order(desks, "session-5")) == ("Rome", False)


def test_lancaster_leaves(desks: KeepingFlask, tokyo: Organiser) -> None:
    move(tokyo, "lancaster", "session-2", target="", place="")
    assert "Lancaster" not in order(desks, "session-2")


def test_a_city_is_not_twice_in_one_session(tokyo: Organiser) -> None:
    said = words(move(tokyo, "rome", "", target="session-5", place=""))
    assert "This city is in that session already." in said


def test_a_city_is_moved_once_by_two_people(desks: KeepingFlask, tokyo: Organiser) -> None:
    path = f"{BOARD}/rome?from=session-5"
    mine = held(tokyo.get(path))
    move(tokyo, "tirana", "session-5", target="session-4", place="")
    answer = tokyo.client.post(path, data=mine | {"target": "session-3"}, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert "Somebody else changed this meanwhile: Session 5." in answer.get_json()["said"]
    assert "Rome" in order(desks, "session-5")


def test_without_scripts_both_places_stand_side_by_side(desks: KeepingFlask, tokyo: Organiser) -> None:
    path = f"{BOARD}/rome?from=session-5"
    page = tokyo.get(path)
    move(tokyo, "tirana", "session-5", target="session-4", place="")
    answer = tokyo.send(path, {"target": "session-3", "place": "2"}, page=page)
    said = words(answer)
    assert answer.status_code == 409
    assert "Session 5: Tokyo, Helsinki, Jakarta, Rome Yours" in said
    assert "Session 3, place 2" in said
    assert tokyo.send(path, page=answer).status_code == 303
    assert order(desks, "session-3")[1] == "Rome"


def test_a_city_that_somebody_moved_away_is_found_where_it_is(tokyo: Organiser) -> None:
    move(tokyo, "rome", "session-5", target="session-4", place="")
    page = tokyo.get(f"{BOARD}/rome?from=session-5")
    assert "Rome is no longer in that session." in words(page)
    assert f"{BOARD}/rome?from=session-4" in page.text


def test_a_refusal_is_no_conflict(tokyo: Organiser) -> None:
    path = f"{BOARD}/rome?from="
    values = held(tokyo.get(path)) | {"target": "session-5"}
    answer = tokyo.client.post(path, data=values, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["said"]) == (422, "This city is in that session already.")


def test_the_sessions_stand_by_day(tokyo: Organiser) -> None:
    page = tokyo.get(BOARD).text
    days = [each.count("data-version=") for each in page.split('class="day-of-board"')[1:]]
    assert days == [9, 2]


def crossed(organiser: Organiser, theirs: dict[str, str], yours: dict[str, str]) -> TestResponse:
    """Both open the order of Session 5, they save first; what is answered to you."""
    page = organiser.get(turns("session-5"))
    assert organiser.send(turns("session-5"), theirs, page=page).status_code == 303
    return organiser.send(turns("session-5"), yours, page=page)


def test_two_orders_stand_side_by_side(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = crossed(tokyo, {"turns-0-order": "9"}, {"turns-3-order": "1", "turns-0-order": "2"})
    assert answer.status_code == 409
    assert rows(answer)["Order"] == (
        "Helsinki, Jakarta, Rome, Tirana, Tokyo | Rome, Tokyo, Helsinki, Jakarta, Tirana | "
    )
    assert tokyo.send(turns("session-5"), {"take-order": "1"}, page=answer).status_code == 303
    assert order(desks, "session-5")[-1] == "Tokyo"


def test_minutes_and_topics_of_two_are_merged(desks: KeepingFlask, tokyo: Organiser) -> None:
    theirs = {"turns-0-minutes": "9", "turns-1-topic": "Ice", "each": "6"}
    answer = crossed(tokyo, theirs, {"turns-0-minutes": "4", "turns-2-topic": "Floods"})
    assert rows(answer)["Tokyo: Minutes"] == "9 | 4 | "
    assert tokyo.send(turns("session-5"), page=answer).status_code == 303
    assert seats(desks, "session-5")[:3] == [("Tokyo", 4, ""), ("Helsinki", None, "Ice"), ("Jakarta", None, "Floods")]
    assert stored(desks, "rehearsal", "session-5").minutes_each == 6


def test_theirs_can_be_taken_line_by_line(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = crossed(tokyo, {"turns-0-minutes": "9"}, {"turns-0-minutes": "4"})
    tokyo.send(turns("session-5"), {"take-turns-0-minutes": "1"}, page=answer)
    assert seats(desks, "session-5")[0] == ("Tokyo", 9, "")


def test_a_city_that_came_meanwhile_keeps_its_place_in_the_form(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(turns("session-5"))
    move(tokyo, "queensland", "", target="session-5", place="1")
    answer = tokyo.send(turns("session-5"), {"turns-1-topic": "Ice"}, page=page)
    assert answer.status_code == 409
    assert tokyo.send(turns("session-5"), page=answer).status_code == 303
    found = seats(desks, "session-5")
    assert [name for name, _minutes, _topic in found][:3] == ["Queensland", "Tokyo", "Helsinki"]
    assert found[2] == ("Helsinki", None, "Ice")


def seats(app: KeepingFlask, code: str) -> list[tuple[str, int | None, str]]:
    """The cities of a session as they speak, with their minutes and topics."""
    with app.app_context():
        found = db.session.execute(
            select(Member.name, Appearance.minutes, Appearance.topic)
            .join(Delegation, Delegation.member_id == Member.id)
            .join(Appearance, Appearance.delegation_id == Delegation.id)
            .join(Session, Appearance.session_id == Session.id)
            .join(Event, Session.event_id == Event.id)
            .where(Event.slug == "rehearsal", Session.code == code)
            .order_by(Appearance.position)
        )
        return [(row.name, row.minutes, row.topic) for row in found]


def test_a_rule_that_comes_too_late_is_told_what_stands(tokyo: Organiser) -> None:
    path = f"{REHEARSAL}/schedule/sessions/session-4/rule"
    page = tokyo.get(path)
    arrange(tokyo, "session-4", "draw", seed="7")
    answer = tokyo.send(path, {"rule": "alphabet"}, page=page)
    assert (answer.status_code, "Stored now by somebody else: By lot" in words(answer)) == (409, True)


def test_a_script_is_told_the_columns_it_touched(tokyo: Organiser) -> None:
    path = f"{BOARD}/rome?from=session-5"
    values = held(tokyo.get(path)) | {"target": "session-4"}
    answer = tokyo.client.post(path, data=values, headers={"Accept": "application/json"})
    assert set(answer.get_json()["columns"]) == {"session-4", "session-5"}


@pytest.mark.parametrize("code", AS_PRINTED)
def test_host_first_then_a_to_z_is_the_printed_order(desks: KeepingFlask, tokyo: Organiser, code: str) -> None:
    with desks.app_context():
        write(lambda: _turn_around(code))
    assert order(desks, code) == AS_PRINTED[code][::-1]
    arrange(tokyo, code, "host first")
    assert order(desks, code) == AS_PRINTED[code]
    assert stored(desks, "rehearsal", code).order_rule == Order.HOST


def _turn_around(code: str) -> None:
    ask = select(Appearance).join(Session).join(Event).where(Event.slug == "rehearsal", Session.code == code)
    seats = list(db.session.execute(ask.order_by(Appearance.position)).scalars())
    for place, seat in enumerate(reversed(seats), 1):
        db.session.execute(update(Appearance).where(Appearance.id == seat.id).values(position=1000 + place))
    for place, seat in enumerate(reversed(seats), 1):
        db.session.execute(update(Appearance).where(Appearance.id == seat.id).values(position=place))


def test_session_6_stays_as_a_hand_left_it(desks: KeepingFlask, tokyo: Organiser) -> None:
    printed = ["Rio de Janeiro", "Bangkok", "London", "Taipei", "Nairobi", "Nice", "Nouakchott"]
    assert order(desks, "session-6") == printed
    arrange(tokyo, "session-6", "by hand")
    assert order(desks, "session-6") == printed


def test_a_draw_can_be_drawn_again(desks: KeepingFlask, tokyo: Organiser) -> None:
    arrange(tokyo, "session-6", "draw", seed="20230228")
    drawn = order(desks, "session-6")
    arrange(tokyo, "session-6", "alphabet")
    arrange(tokyo, "session-6", "draw", seed="20230228")
    assert order(desks, "session-6") == drawn
    assert "Drawn with 20230228." in words(tokyo.get(turns("session-6")))


def test_a_hand_changes_the_order_and_the_rule_says_so(desks: KeepingFlask, tokyo: Organiser) -> None:
    arrange(tokyo, "session-1", "host first")
    tokyo.send(turns("session-1"), {"turns-0-order": "6"})
    assert order(desks, "session-1")[-1] == "Tokyo"
    assert stored(desks, "rehearsal", "session-1").order_rule == Order.HAND


def test_minutes_make_the_running_sheet(tokyo: Organiser) -> None:
    tokyo.send(turns("session-4"), {"each": "10", "turns-1-minutes": "15"})
    sheet = words(tokyo.get(turns("session-4")))
    assert [each in sheet for each in ("Miami15:30–15:4515", "Seoul15:45–15:5510")] == [True, True]


def test_too_many_minutes_are_said(tokyo: Organiser) -> None:
    tokyo.send(turns("session-4"), {"each": "20"})
    assert "The speakers have 30 minutes more than the session." in words(tokyo.get(turns("session-4")))


def test_who_speaks_is_of_the_city(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = tokyo.send(turns("session-4"), {"turns-1-speaker": "7K4M9Q"})
    assert (answer.status_code, "must be of its delegation" in words(answer)) == (422, True)


def test_a_video_that_has_not_come_is_warned_of_until_it_has(desks: KeepingFlask, tokyo: Organiser) -> None:
    said = "The video of Milan for “Session 2” has not come."
    assert said in words(tokyo.get(f"{REHEARSAL}/schedule/clashes"))
    assert said in words(tokyo.get(f"{REHEARSAL}/publish"))
    page = turns("session-2")
    place = AS_PRINTED["session-2"].index("Milan")
    assert tokyo.send(page, {f"turns-{place}-video_ready": "y"}).status_code == 303
    assert said not in words(tokyo.get(f"{REHEARSAL}/schedule/clashes"))
    tokyo.send(page, {"each": "4"})
    assert said not in words(tokyo.get(f"{REHEARSAL}/schedule/clashes"))


def test_that_a_video_came_is_an_act_that_the_board_takes_back(desks: KeepingFlask, tokyo: Organiser) -> None:
    place = AS_PRINTED["session-2"].index("Milan")
    tokyo.send(turns("session-2"), {f"turns-{place}-video_ready": "y"})
    token = held(tokyo.get(turns("session-2")))["csrf_token"]
    number = tokyo.get(f"{REHEARSAL}/schedule/since/0").get_json()["last"]
    tokyo.client.post(f"{REHEARSAL}/schedule/acts/{number}/undo", data={"csrf_token": token})
    assert "The video of Milan for “Session 2” has not come." in words(tokyo.get(f"{REHEARSAL}/schedule/clashes"))


def test_nobody_but_who_appears_by_video_is_asked_for_one(tokyo: Organiser) -> None:
    page = tokyo.get(turns("session-2"))
    assert page.text.count("The video has come") == 1
    place = AS_PRINTED["session-2"].index("Amman")
    tokyo.send(turns("session-2"), {f"turns-{place}-video_ready": "y"})
    assert tokyo.get(turns("session-2")).text.count("The video has come") == 1
