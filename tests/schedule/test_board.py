"""The board of days and rooms: moves by script and by form, two people at once, what clashes, taking back."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from app.agenda.models import Appearance, Kind, Part, Session
from app.db import db, write
from app.events.models import Event
from app.web.kept import KeepingFlask
from app.web.wording import day_short
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, held, notes, rows, stored, words
from tests.queries import counted

BOARD = f"{REHEARSAL}/schedule"
SIX = f"{BOARD}/sessions/session-6"


def move(organiser: Organiser, path: str = SIX, **changes: str) -> TestResponse:
    """As the script of the board does it: the values of the form, and JSON in return."""
    values = held(organiser.get(path)) | changes
    return organiser.client.post(path, data=values, headers={"Accept": "application/json"})


def told(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def when(app: KeepingFlask, code: str = "session-6") -> tuple[time | None, time | None]:
    row = stored(app, "rehearsal", code)
    return row.starts, row.ends


def test_every_session_stands_on_the_board_once(tokyo: Organiser) -> None:
    page = tokyo.get(BOARD).text
    assert [page.count(f'data-card="session-{number}"') for number in range(1, 7)] == [1] * 6


def test_a_moved_session_keeps_its_length(desks: KeepingFlask, tokyo: Organiser) -> None:
    told(move(tokyo, starts="10:40", ends=""))
    assert when(desks) == (time(10, 40), time(12, 0))


def test_a_move_answers_with_the_cards_it_touches_alone(tokyo: Organiser) -> None:
    assert set(told(move(tokyo, starts="18:00", ends="19:20"))["cards"]) == {"session-6"}


def test_at_10_40_it_is_night_in_london_and_nouakchott(tokyo: Organiser) -> None:
    card = told(move(tokyo, starts="10:40", ends=""))["cards"]["session-6"]
    assert "London would take part in “Session 6” from 01:40 to 03:00 of its own clocks." in card
    assert "Nouakchott would take part in “Session 6” from 01:40 to 03:00 of its own clocks." in card


def test_at_17_30_it_is_morning_there(tokyo: Organiser) -> None:
    card = told(move(tokyo, starts="17:30", ends="18:55"))["cards"]["session-6"]
    assert "of its own clocks" not in card
    assert '<span class="hour good num" title="good hour">08:30' in card


def test_two_sessions_of_tokyo_at_once_clash_on_both_cards(tokyo: Organiser) -> None:
    cards = told(move(tokyo, f"{BOARD}/sessions/session-3", starts="10:40", ends="11:40"))["cards"]
    said = "Tokyo is in “Session 1” and “Session 3” at the same time."
    assert [said in cards[code] for code in ("session-1", "session-3")] == [True, True]


def test_a_form_without_scripts_moves_and_comes_back_to_the_board(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = tokyo.send(SIX, {"starts": "18:00", "ends": "19:00"})
    assert (answer.status_code, answer.location) == (303, f"{BOARD}#days")
    assert when(desks) == (time(18), time(19))


def test_into_the_tray_and_out_again(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(SIX, {"day": "", "starts": "", "ends": "", "room": ""})
    row = stored(desks, "rehearsal", "session-6")
    assert (row.day, row.starts, row.room_id, row.length) == (None, None, None, 80)
    day = stored(desks, "rehearsal", "session-5").day
    tokyo.send(SIX, {"day": day.isoformat() if day else "", "starts": "17:30"})
    assert when(desks) == (time(17, 30), time(18, 50))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"starts": "23:30", "ends": ""}, "would run past midnight"),
        ({"starts": "18:00", "ends": "17:00"}, "The end must come after the start, on the same day."),
        ({"starts": "half past"}, "Write the time in 24 hours: 09:15."),
        ({"starts": "", "ends": ""}, "Give the time at which it starts"),
        ({"day": "1999-01-01"}, "Choose one of these days."),
        ({"room": "999"}, "This room is no longer there. Choose another."),
    ],
)
def test_nonsense_is_refused_in_words(desks: KeepingFlask, tokyo: Organiser, typed: dict[str, str], said: str) -> None:
    before = when(desks)
    answer = move(tokyo, **typed)
    assert answer.status_code == 422
    assert said in answer.get_json()["said"]
    assert when(desks) == before


def test_the_second_of_two_sees_both_places(desks: KeepingFlask, tokyo: Organiser) -> None:
    mine = held(tokyo.get(SIX))
    move(tokyo, starts="18:00", ends="19:00")
    answer = tokyo.client.post(SIX, data=mine | {"starts": "16:00"}, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert answer.get_json()["theirs"].endswith("18:00, Rehearsal Hall")
    assert when(desks) == (time(18), time(19))


def test_the_second_can_put_theirs_in_its_place_by_form(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(SIX)
    move(tokyo, starts="18:00", ends="19:00")
    again = tokyo.send(SIX, {"starts": "16:00", "ends": "17:00"}, page=page)
    assert again.status_code == 409
    day = day_short(stored(desks, "rehearsal", "session-6").day or date.min)
    assert rows(again) == {"When": f"{day} 18:00–19:00 | {day} 16:00–17:00 | "}
    assert tokyo.send(SIX, page=again).status_code == 303
    assert when(desks) == (time(16), time(17))


def test_the_second_can_take_their_room_and_keep_the_time(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(SIX)
    studio = page.text.split(">Rehearsal Studio<")[0].rpartition('value="')[2].split('"')[0]
    move(tokyo, starts="18:00", ends="19:00", room=studio)
    again = tokyo.send(SIX, {"starts": "16:00", "ends": "17:00"}, page=page)
    assert tokyo.send(SIX, {"take-room": "1"}, page=again).status_code == 303
    assert (when(desks), stored(desks, "rehearsal", "session-6").room_id) == ((time(16), time(17)), int(studio))


def test_a_session_for_all_stands_across_all_rooms(tokyo: Organiser) -> None:
    page = tokyo.get(BOARD).text
    bands = [each.split('<div class="column" data-room')[0] for each in page.split("data-bands>")[1:]]
    found = [re.findall(r'data-card="([^"]+)"', each) for each in bands]
    assert found == [[], ["opening", "keynote"], ["plenary", "communique"]]


def test_a_pause_stands_across_all_rooms_and_needs_none(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(f"{REHEARSAL}/agenda/session-5", {"kind": "break", "room": ""})
    card = told(move(tokyo, f"{BOARD}/sessions/session-5", starts="16:25", ends=""))["cards"]["session-5"]
    assert (" data-band" in card, "has no room" in card) == (True, False)


def test_what_runs_beside_a_plenary_says_so(desks: KeepingFlask, tokyo: Organiser) -> None:
    day = stored(desks, "rehearsal", "plenary").day
    cards = told(move(tokyo, day=day.isoformat() if day else "", starts="09:10", ends=""))["cards"]
    assert "nothing else should run beside “Plenary Session”" in cards["session-6"]


def test_a_session_names_its_block_which_the_day_lists(tokyo: Organiser) -> None:
    page = tokyo.get(BOARD).text
    assert re.findall(r'data-block="([^"]+)"', page) == list(dict.fromkeys(re.findall(r'data-within="([^"]+)"', page)))


def test_a_card_is_heard_in_full_however_small_it_is(tokyo: Organiser) -> None:
    assert 'aria-label="Opening ceremony, 09:15–09:25, Rehearsal Hall"' in tokyo.get(BOARD).text


def test_the_hour_of_another_day_says_so(tokyo: Organiser) -> None:
    card = tokyo.get(BOARD).text.split('data-card="session-2"')[1].split("</article>")[0]
    assert '18:50<span aria-hidden="true"> −1</span>' in card


def test_each_day_says_what_stands_on_it_and_what_stops_publishing(tokyo: Organiser) -> None:
    move(tokyo, starts="10:40", ends="")
    days = [each.split("</a>")[0] for each in tokyo.get(BOARD).text.split("data-jump=")[1:]]
    found = [re.findall(r"(?:data-count|</svg><span)>(\d+)", each) for each in days]
    assert found == [["1", "0"], ["9", "3"], ["2", "0"]]


def test_a_move_is_taken_back_and_done_again(desks: KeepingFlask, tokyo: Organiser) -> None:
    before = when(desks)
    number = told(move(tokyo, starts="18:00", ends="19:00"))["act"]
    page = tokyo.get(BOARD)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert tokyo.client.post(f"{BOARD}/acts/{number}/undo", data={"csrf_token": token}).status_code == 303
    assert when(desks) == before
    tokyo.client.post(f"{BOARD}/acts/{number}/redo", data={"csrf_token": token})
    assert when(desks) == (time(18), time(19))


def test_others_see_a_move_since_theirs(tokyo: Organiser) -> None:
    before = tokyo.get(f"{BOARD}/since/0").get_json()["last"]
    move(tokyo, starts="18:00", ends="19:00")
    news = tokyo.get(f"{BOARD}/since/{before}").get_json()
    assert (news["last"], set(news["cards"]), news["said"]) == (
        before + 1,
        {"session-6"},
        "Session moved (KOIKE Yuriko).",
    )
    assert tokyo.get(f"{BOARD}/since/{news['last']}").get_json()["cards"] == {}


def test_others_see_on_every_card_what_a_move_brought_and_ended(tokyo: Organiser) -> None:
    said = "Tokyo is in “Session 1” and “Session 3” at the same time."
    path, there = f"{BOARD}/sessions/session-3", {"starts": "10:40", "ends": "11:40"}
    before = tokyo.get(f"{BOARD}/since/0").get_json()["last"]
    number = told(move(tokyo, path, **there))["act"]
    news = tokyo.get(f"{BOARD}/since/{before}").get_json()
    assert [said in news["cards"][code] for code in ("session-1", "session-3")] == [True, True]
    move(tokyo, path, starts="14:10", ends="15:10")
    news = tokyo.get(f"{BOARD}/since/{number}").get_json()
    assert [said in news["cards"][code] for code in ("session-1", "session-3")] == [False, False]


def test_a_moved_block_takes_its_sessions_along(desks: KeepingFlask, tokyo: Organiser) -> None:
    before = [when(desks, f"session-{number}") for number in (3, 4)]
    assert before == [(time(14, 10), time(15, 10)), (time(15, 20), time(16, 10))]
    tokyo.send(f"{BOARD}/sessions/block-inclusive", {"day": _day(desks), "starts": "14:30", "ends": ""})
    assert [when(desks, f"session-{number}")[0] for number in (3, 4)] == [time(14, 30), time(15, 40)]


def _day(app: KeepingFlask) -> str:
    day = stored(app, "rehearsal", "session-3").day
    return day.isoformat() if day else ""


def test_another_summits_organiser_finds_nothing(rome: Organiser) -> None:
    assert [rome.get(path).status_code for path in (BOARD, SIX, f"{BOARD}/since/0", f"{BOARD}/hours")] == [404] * 4


def test_a_session_of_another_summit_is_not_on_the_board(tokyo: Organiser) -> None:
    assert tokyo.get(f"{BOARD}/sessions/no-such").status_code == 404


def test_filters_show_what_was_asked_for(tokyo: Organiser) -> None:
    page = tokyo.get(f"{BOARD}?city=malmo").text
    assert ('data-card="session-1"' in page, 'data-card="session-2"' in page) == (True, False)


def test_a_move_of_many_shows_first_what_would_change(desks: KeepingFlask, tokyo: Organiser) -> None:
    path = f"{BOARD}/move/later"
    page = tokyo.send(path, {"day": _day(desks), "after": "16:20", "minutes": "20"})
    assert "2 sessions would change" in words(page)
    assert when(desks, "session-5") == (time(16, 20), time(17, 20))
    assert tokyo.send(path, page=page).status_code == 303
    assert [when(desks, f"session-{number}")[0] for number in (4, 5, 6)] == [time(15, 20), time(16, 40), time(17, 50)]


def test_a_move_of_many_is_one_act(desks: KeepingFlask, tokyo: Organiser) -> None:
    path = f"{BOARD}/move/swap"
    tokyo.send(path, page=tokyo.send(path, {"one": "session-1", "other": "session-2"}))
    assert (when(desks, "session-1")[0], when(desks, "session-2")[0]) == (time(11, 50), time(10, 40))
    assert "Two sessions swapped: Session 1, Session 2" in words(tokyo.get(BOARD))


def test_what_was_seen_is_what_is_done(desks: KeepingFlask, tokyo: Organiser) -> None:
    path = f"{BOARD}/move/later"
    page = tokyo.send(path, {"day": _day(desks), "after": "16:20", "minutes": "20"})
    move(tokyo, starts="18:30", ends="19:00")
    again = tokyo.send(path, page=page)
    assert "The draft has changed since you looked." in words(again)
    assert when(desks, "session-5") == (time(16, 20), time(17, 20))
    assert tokyo.send(path, page=again).status_code == 303


def test_the_same_copy_pressed_twice_is_one(desks: KeepingFlask, tokyo: Organiser) -> None:
    path = f"{BOARD}/move/copy"
    seen = held(tokyo.send(path, {"one": "session-1", "title": "Session 1 again"}))
    assert [tokyo.client.post(path, data=seen).status_code for _twice in range(2)] == [303, 303]
    with desks.app_context():
        found = db.session.execute(select(Session.id).where(Session.title == "Session 1 again")).all()
    assert len(found) == 1


def test_a_clash_is_accepted_with_a_reason_and_looked_at_again(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(f"{BOARD}/clashes")
    path = f"{BOARD}/clashes/accept?clash=city+never%7Ccity:queensland"
    assert path.split("?")[1].replace("+", "%20") in page.text.replace("+", "%20")
    assert "Say why" in words(tokyo.send(path, {"reason": " "}))
    tokyo.send(path, {"reason": "It only listens."})
    after = words(tokyo.get(f"{BOARD}/clashes"))
    assert "“It only listens.” KOIKE Yuriko" in after
    assert "Queensland is in no session." in after
    token = tokyo.get(f"{BOARD}/clashes").text.split('name="csrf_token" value="')[1].split('"')[0]
    again = {"csrf_token": token, "clash": "city never|city:queensland"}
    tokyo.client.post(f"{BOARD}/clashes/look-again", data=again)
    assert "It only listens." not in words(tokyo.get(f"{BOARD}/clashes"))
    kept = [each.what for each in notes(desks, "clash/city never|city:queensland")]
    assert kept == ["clash accepted", "clash no longer accepted"]


def test_rules_decide_what_is_passed_over(tokyo: Organiser) -> None:
    tokyo.send(f"{BOARD}/rules", {"on_city_never": "ignore"})
    assert "Queensland is in no session." not in words(tokyo.get(f"{BOARD}/clashes"))


def test_rules_refuse_a_day_that_ends_before_it_begins(tokyo: Organiser) -> None:
    answer = tokyo.send(f"{BOARD}/rules", {"opens": "20:00", "closes": "09:00"})
    assert (answer.status_code, "The end must come after the start." in words(answer)) == (422, True)


def test_a_day_may_open_in_the_hour_that_the_clocks_skip(desks: KeepingFlask, tokyo: Organiser) -> None:
    spring = date(2027, 3, 28)
    here = {"zone": "Europe/Rome", "starts_on": spring, "ends_on": spring}
    with desks.app_context():
        write(lambda: db.session.execute(update(Event).where(Event.slug == "rehearsal").values(here)))
    assert tokyo.send(f"{BOARD}/rules", {"opens": "02:30"}).status_code == 303
    assert [tokyo.get(path).status_code for path in (BOARD, f"{BOARD}/hours", f"{REHEARSAL}/publish")] == [200] * 3


def test_the_hours_page_names_the_worst_off(tokyo: Organiser) -> None:
    page = words(tokyo.get(f"{BOARD}/hours"))
    assert "Worst off: Lancaster." in page
    assert "May start at a good hour for all: 17:00–18:40" in page


def test_without_an_hour_for_all_it_says_who_could_send_a_video(desks: KeepingFlask, tokyo: Organiser) -> None:
    with desks.app_context():
        write(lambda: _add_lancaster(desks))
    page = words(tokyo.get(f"{BOARD}/hours"))
    assert "No hour of this day suits all. Without Lancaster:" in page


def test_such_a_city_is_offered_a_video_message_as_one_act(desks: KeepingFlask, tokyo: Organiser) -> None:
    with desks.app_context():
        write(lambda: _add_lancaster(desks))
    page = tokyo.get(f"{BOARD}/hours").text
    form = page.split("Lancaster by video message")[0].rpartition("<form")[2]
    held_by = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answer = tokyo.client.post(f"{BOARD}/sessions/session-6/video", data=held_by)
    assert (answer.status_code, answer.location) == (303, f"{BOARD}/hours#fit-session-6")
    after = words(tokyo.get(f"{BOARD}/hours"))
    assert ("It appears by video message in “Session 6” now." in after, "No hour of this day" in after) == (True, False)
    assert "A city appears by video message: Session 6" in words(tokyo.get(BOARD))


def test_a_video_message_is_not_offered_on_an_old_look(desks: KeepingFlask, tokyo: Organiser) -> None:
    token = tokyo.get(BOARD).text.split('name="csrf_token" value="')[1].split('"')[0]
    wanted = {"csrf_token": token, "city": "london", "version": "0"}
    tokyo.client.post(f"{BOARD}/sessions/session-6/video", data=wanted)
    assert "Somebody else changed this meanwhile: Session 6." in words(tokyo.get(f"{BOARD}/hours"))


def _add_lancaster(app: KeepingFlask) -> None:
    """Lancaster joins Session 6, when London and Nouakchott are awake."""
    sessions = select(Session).join(Event).where(Event.slug == "rehearsal")
    two = db.session.execute(sessions.where(Session.code == "session-2")).scalar_one()
    six = db.session.execute(sessions.where(Session.code == "session-6")).scalar_one()
    rows = db.session.execute(select(Appearance).where(Appearance.session_id == two.id)).scalars()
    online = [each for each in rows if each.mode == "online"]
    lancaster = online[1]
    db.session.execute(update(Appearance).where(Appearance.id == lancaster.id).values(session_id=six.id, position=99))


def test_the_board_asks_the_same_number_of_questions_for_three_hundred_sessions(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    tokyo.get(BOARD)
    with counted(desks) as few:
        tokyo.get(BOARD)
    with desks.app_context():
        write(lambda: _fill(300))
    with counted(desks) as many:
        tokyo.get(BOARD)
    assert len(many) == len(few)


def _fill(number: int) -> None:
    event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
    six = db.session.execute(
        select(Session).where(Session.event_id == event.id, Session.code == "session-6")
    ).scalar_one()
    cities = db.session.execute(select(Appearance.delegation_id).where(Appearance.session_id == six.id)).scalars().all()
    for each in range(number):
        row = Session(
            event_id=event.id,
            code=f"more-{each}",
            kind=Kind.SESSION,
            title=f"More {each}",
            day=event.starts_on,
            starts=time(8 + each % 10, each % 60),
            ends=time(9 + each % 10, each % 60),
            position=100 + each,
            room_id=six.room_id,
        )
        db.session.add(row)
        db.session.flush()
        seat = {"session_id": row.id, "position": 1, "part": Part.SPEAKER, "shown_position": "", "topic": ""}
        db.session.execute(insert(Appearance).values(delegation_id=cities[each % len(cities)], confirmed=False, **seat))


def test_the_archive_has_no_times_and_everything_waits(rome: Organiser) -> None:
    page = rome.get(f"{ARCHIVE}/schedule")
    assert page.status_code == 200
    assert 'data-from="' not in page.text
    assert date(2023, 2, 28).isoformat() in page.text
