"""Checks of picture and sound: a place for each, never two; what is told, and what came of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from threading import Barrier, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.agenda.models import Appearance, Part, Session
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.network.models import Member
from app.online import techchecks
from app.online.models import CheckSlot, Result, TechCheck
from app.online.techchecks import Found, Opening, failed
from app.outbox import Message, empty
from app.refused import Refused
from app.registration import service as registration
from app.registration.models import Delegate
from app.videos.models import Purpose, VideoMessage
from app.videos.terms import terms_of
from tests.mypage.test_calendar import events
from tests.online.afar import begin, delegate, edit, furnish, press, row, token
from tests.registration.cast import NOW, Cast, details, read

DAY = date(2090, 2, 20)
LINK = "https://check.example/room?pwd=9"


def opened(cast: Cast, **values: Any) -> list[CheckSlot]:
    """From 17:00 to 18:00 in Tokyo, a quarter of an hour each; as they stand now."""
    told: dict[str, Any] = {"days": [DAY], "begins": time(17), "ends": time(18), "minutes": 15, "seats": 1}
    opening = Opening(**(told | {"staff": "Sato", "link": LINK} | values))

    def act() -> None:
        techchecks.open_slots(db.session.get_one(Event, cast.event_id), opening, who="Tokyo", now=NOW)

    read(cast.app, lambda: write(act))
    return slots(cast)


def slots(cast: Cast) -> list[CheckSlot]:
    return read(cast.app, lambda: techchecks.slots(cast.event_id))


def taken(cast: Cast) -> list[int]:
    return [each.taken for each in slots(cast)]


def speaker(cast: Cast, key: str = "a form", city: str = "Lancaster") -> Delegate:
    """The head of Lancaster, who speaks online in Session 2, from London; heads of others where it is said."""
    return delegate(cast, key, city, head=True, zone="Europe/London")


def book(cast: Cast, who: Delegate, slot: CheckSlot, now: datetime = NOW) -> None:
    read(cast.app, lambda: write(lambda: techchecks.book(who.id, slot.uid, now)))


def of(cast: Cast, who: Delegate) -> TechCheck | None:
    return read(cast.app, lambda: techchecks.of(who.id))


def kinds(cast: Cast) -> list[str]:
    """What letters about checks tell, in order."""
    asked = select(Message.facts).where(Message.kind == "tech check").order_by(Message.id)
    return read(cast.app, lambda: [each["what"] for each in db.session.scalars(asked)])


def test_slots_fill_the_span_and_are_opened_once(cast: Cast) -> None:
    furnish(cast)
    found = opened(cast)
    assert [each.starts for each in found] == [
        datetime(2090, 2, 20, 8, minute, tzinfo=UTC) for minute in (0, 15, 30, 45)
    ]
    assert len(opened(cast)) == 4
    assert len(opened(cast, staff="Ito")) == 8


@pytest.mark.parametrize("values", [{"ends": time(17, 10)}, {"days": [DAY] * 101}])
def test_a_span_without_room_for_one_and_too_many_are_refused(cast: Cast, values: dict[str, object]) -> None:
    with pytest.raises(Refused):
        opened(cast, **values)
    assert slots(cast) == []


def test_a_slot_is_booked_moved_and_cancelled_and_its_place_comes_back(cast: Cast) -> None:
    furnish(cast)
    first, second, *_more = opened(cast)
    kim = speaker(cast)
    book(cast, kim, first)
    book(cast, kim, first)
    assert (taken(cast), kinds(cast)) == ([1, 0, 0, 0], ["booked"])
    book(cast, kim, second)
    assert (taken(cast), kinds(cast)) == ([0, 1, 0, 0], ["booked", "moved"])
    for _twice in range(2):
        read(cast.app, lambda: write(lambda: techchecks.cancel(kim.id, who="Kim", now=NOW)))
    assert (taken(cast), kinds(cast)) == ([0, 0, 0, 0], ["booked", "moved", "cancelled"])


def test_who_does_not_speak_online_books_nothing(cast: Cast) -> None:
    furnish(cast)
    slot = opened(cast)[0]
    tokyo, member = delegate(cast, city="Tokyo", head=True), delegate(cast, "another form", "Lancaster")
    for who in (tokyo, member):
        with pytest.raises(Refused):
            book(cast, who, slot)
    assert taken(cast) == [0, 0, 0, 0]


def test_a_full_or_past_slot_is_refused_and_the_one_held_is_kept(cast: Cast) -> None:
    furnish(cast)
    first, second, *_more = opened(cast)
    kim, anna = speaker(cast), speaker(cast, "another form", "Rome")
    book(cast, kim, first)
    book(cast, anna, second)
    with pytest.raises(Refused):
        book(cast, anna, first)
    with pytest.raises(Refused):
        book(cast, anna, first, first.starts)
    assert taken(cast) == [1, 1, 0, 0]


def test_a_check_that_is_past_keeps_its_place_and_another_one_is_booked_anew(cast: Cast) -> None:
    furnish(cast)
    first, second, *_more = opened(cast)
    kim = speaker(cast)
    book(cast, kim, first)
    read(cast.app, lambda: write(lambda: techchecks.cancel(kim.id, who="Kim", now=first.starts)))
    book(cast, kim, second, first.ends - timedelta(minutes=1))
    assert (taken(cast), kinds(cast)) == ([1, 1, 0, 0], ["booked", "booked"])


def test_the_last_place_is_given_once_to_those_who_press_together(cast: Cast) -> None:
    furnish(cast)
    slot = opened(cast)[0]
    people = [speaker(cast), speaker(cast, "another form", "Rome")]
    start, got = Barrier(2), list[int]()

    def take(who: Delegate) -> None:
        start.wait()
        try:
            book(cast, who, slot)
            got.append(who.id)
        except Refused:
            pass

    threads = [Thread(target=take, args=(each,)) for each in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(got), taken(cast)) == (1, [1, 0, 0, 0])


def test_nobody_who_presses_twice_at_once_holds_two(cast: Cast) -> None:
    furnish(cast)
    first, second, *_more = opened(cast)
    kim = speaker(cast)
    start = Barrier(2)

    def take(slot: CheckSlot) -> None:
        start.wait()
        book(cast, kim, slot)

    threads = [Thread(target=take, args=(each,)) for each in (first, second)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(taken(cast)) == 1


def test_who_goes_to_the_venue_or_withdraws_gives_the_place_back(cast: Cast) -> None:
    furnish(cast)
    first, second, *_more = opened(cast)
    kim, anna = speaker(cast), speaker(cast, "another form", "Rome")
    book(cast, kim, first)
    book(cast, anna, second)
    read(cast.app, lambda: write(lambda: registration.withdraw(anna.id, NOW)))
    read(cast.app, lambda: write(lambda: registration.change(kim.id, details(Mode.VENUE), kim.version, NOW)))
    assert taken(cast) == [0, 0, 0, 0]


def test_the_slot_stands_in_the_persons_calendar_and_is_called_off_there(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    first, second, *_more = opened(cast)
    kim = speaker(cast)
    feed, join = read(cast.app, lambda: (f"/c/{kim.feed}/agenda.ics", kim.join))
    book(cast, kim, first)
    title = "Check of picture and sound: G-NETS Leaders Summit"
    found = events(client, feed)[title]
    assert (found["DTSTART"].dt.isoformat(), found["SEQUENCE"]) == ("2090-02-20T17:00:00+09:00", 0)
    assert str(found["CONFERENCE"]) == f"http://localhost/j/{join}/check"
    book(cast, kim, second, NOW + timedelta(minutes=1))
    assert events(client, feed)[title]["SEQUENCE"] == 1
    read(cast.app, lambda: write(lambda: techchecks.cancel(kim.id, who="Kim", now=NOW + timedelta(minutes=2))))
    assert str(events(client, feed)[f"Cancelled: {title}"]["STATUS"]) == "CANCELLED"


def test_the_letter_names_both_times_the_own_one_first_and_not_the_link(cast: Cast) -> None:
    furnish(cast)
    kim = speaker(cast)
    book(cast, kim, opened(cast)[0], clock.now())
    read(cast.app, empty)
    asked = select(Message.octets).where(Message.kind == "tech check")
    (octets,) = read(cast.app, lambda: list(db.session.scalars(asked)))
    message = message_from_bytes(octets or b"", policy=policy.default)
    text = str(message.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert text.index("08:00–08:15") < text.index("17:00–17:15")
    assert (
        f"http://localhost/j/{read(cast.app, lambda: kim.join)}/check" in text,
        "check.example" in str(message),
    ) == (
        True,
        False,
    )


@pytest.mark.parametrize(("hours", "told"), [(25, []), (24, ["reminder"]), (1, ["reminder"]), (0, [])])
def test_a_reminder_goes_once_a_day_before(cast: Cast, hours: int, told: list[str]) -> None:
    furnish(cast)
    slot = opened(cast)[0]
    book(cast, speaker(cast), slot)
    for _twice in range(2):
        read(cast.app, lambda: write(lambda: techchecks.remind(slot.starts - timedelta(hours=hours))))
    assert kinds(cast) == ["booked", *told]


def test_who_books_within_the_last_day_is_not_reminded(cast: Cast) -> None:
    furnish(cast)
    slot = opened(cast)[0]
    soon = slot.starts - timedelta(hours=5)
    book(cast, speaker(cast), slot, soon)
    read(cast.app, lambda: write(lambda: techchecks.remind(soon + timedelta(minutes=5))))
    assert kinds(cast) == ["booked"]


def enter(cast: Cast, who: Delegate, result: Result, note: str = "", now: datetime = NOW) -> None:
    def act() -> None:
        found = Found(result, ["picture"], note)
        techchecks.enter(techchecks.held(cast.event_id, who.reference), found, who="Sato", now=now)

    read(cast.app, lambda: write(act))


def test_a_failure_asks_for_a_backup_once_and_sets_off_what_hangs_on_it(cast: Cast) -> None:
    furnish(cast)
    kim = speaker(cast)
    heard: list[tuple[str, str]] = []

    def listen(check: TechCheck, _now: datetime) -> None:
        heard.append((check.delegate.name, check.note))

    failed.append(listen)
    try:
        enter(cast, kim, Result.FAILED, "No sound")
        enter(cast, kim, Result.FAILED, "No sound, and dark")
        enter(cast, kim, Result.PASSED)
    finally:
        failed.remove(listen)
    assert (heard, kinds(cast)) == ([("Anna Bianchi", "No sound")], ["failed"])
    check = of(cast, kim)
    assert check is not None
    assert (check.result, check.tested, check.note, check.entered_by) == (Result.PASSED, ["picture"], "", "Sato")


def backups(cast: Cast) -> list[tuple[str, str, datetime]]:
    """(session, what they know it as, due) of the videos that are expected in case a line breaks."""
    asked = select(VideoMessage).where(VideoMessage.purpose == Purpose.BACKUP, VideoMessage.known)
    found = read(cast.app, lambda: list(db.session.execute(asked.order_by(VideoMessage.id)).scalars()))
    return [(each.session_code, each.session_title, each.due_at) for each in found]


def test_a_failure_has_one_backup_expected_for_the_published_session_in_which_they_speak(cast: Cast) -> None:
    furnish(cast)
    kim = speaker(cast)
    for result in (Result.PASSED, Result.FAILED, Result.PASSED, Result.FAILED):
        enter(cast, kim, result)
    title = read(cast.app, lambda: row(cast, "session-2").title)
    due = read(cast.app, lambda: terms_of(db.session.get_one(Event, cast.event_id)).due_at)
    assert backups(cast) == [("session-2", title, due)]


def test_a_failure_in_the_last_days_leaves_two_days_for_the_backup(cast: Cast) -> None:
    furnish(cast)
    kim, late = speaker(cast), datetime(2090, 2, 20, 9, 0, tzinfo=UTC)
    enter(cast, kim, Result.FAILED, now=late)
    assert [due for _code, _title, due in backups(cast)] == [late + timedelta(days=2)]


def test_a_failure_asks_for_no_backup_of_what_is_over(cast: Cast) -> None:
    furnish(cast)
    enter(cast, speaker(cast), Result.FAILED, now=datetime(2091, 1, 1, tzinfo=UTC))
    assert (kinds(cast), backups(cast)) == (["failed"], [])


def test_a_failure_asks_for_no_backup_of_what_only_the_draft_holds(cast: Cast) -> None:
    furnish(cast)

    def add() -> None:
        kim_s = db.session.execute(select(Delegation.id).join(Member).where(Member.name == "Lancaster")).scalar_one()
        new = Session(
            event_id=cast.event_id, code="secret", title="Secret", position=99, kind=row(cast, "session-2").kind
        )
        new.appearances.append(Appearance(delegation_id=kim_s, position=1, part=Part.SPEAKER, mode=Mode.ONLINE))
        db.session.add(new)

    read(cast.app, lambda: write(add))
    enter(cast, speaker(cast), Result.FAILED)
    assert [code for code, _title, _due in backups(cast)] == ["session-2"]


def test_the_link_of_a_check_is_behind_the_button_alone(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    begin(cast, 600)
    kim = speaker(cast)
    where = f"/j/{read(cast.app, lambda: kim.join)}/check"
    assert "You hold no time for a check." in client.get(where).text
    slot = opened(cast)[0]
    book(cast, kim, slot)
    page = client.get(where)
    assert ("ten minutes before it begins" in page.text, "check.example" in page.text) == (True, False)
    shut = client.post(where, data={"csrf_token": token(client.get("/summit/register").text)})
    assert shut.headers["Location"] == where

    def now_it_is() -> None:
        row = db.session.execute(select(CheckSlot).where(CheckSlot.uid == slot.uid)).scalar_one()
        row.starts, row.ends = datetime.now(UTC), datetime.now(UTC) + timedelta(minutes=15)

    read(cast.app, lambda: write(now_it_is))
    assert press(client, where) == (303, LINK)


def test_a_speaker_books_on_their_own_page_by_their_own_clock(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    first = opened(cast)[0]
    kim = speaker(cast)
    where = f"/d/{read(cast.app, lambda: kim.link)}/check"
    page = client.get(where).text
    assert "08:00–08:15 = 17:00 Tokyo" in page
    assert press(client, where, slot=first.uid) == (303, where)
    assert "This time is yours." in client.get(where).text
    answer = client.post(f"{where}/cancel", data={"csrf_token": token(client.get(where).text)})
    assert (answer.status_code, taken(cast)) == (303, [0, 0, 0, 0])


def test_without_an_address_those_who_answer_for_the_city_are_told(cast: Cast) -> None:
    furnish(cast)
    kim = speaker(cast)

    def forget() -> None:
        db.session.get_one(Delegate, kim.id).email = ""

    read(cast.app, lambda: write(forget))
    book(cast, kim, opened(cast)[0])
    assert (kinds(cast), taken(cast)) == ([], [1, 0, 0, 0])


def test_another_summits_slot_is_out_of_reach(cast: Cast) -> None:
    furnish(cast)
    slot = opened(cast)[0]

    def elsewhere() -> None:
        other = db.session.execute(select(Event.id).where(Event.slug == "congress")).scalar_one()
        db.session.execute(select(CheckSlot).where(CheckSlot.uid == slot.uid)).scalar_one().event_id = other

    kim = speaker(cast)
    read(cast.app, lambda: write(elsewhere))
    with pytest.raises(Refused):
        book(cast, kim, slot)
    edit(cast, publish=False)


def test_the_calendar_names_the_check_in_the_language_chosen_since(cast: Cast) -> None:
    furnish(cast)
    kim, slot = speaker(cast), opened(cast)[0]
    book(cast, kim, slot)
    told = [of(cast, kim)]
    later = NOW + timedelta(hours=1)
    read(cast.app, lambda: write(lambda: registration.amend(kim.id, {"language": "es"}, who="Kim", now=later)))
    told.append(of(cast, kim))
    assert [(each.entry["item"]["title"].partition(":")[0], each.entry["sequence"]) for each in told if each] == [
        ("Check of picture and sound", 0),
        ("Prueba de imagen y sonido", 0),
    ]
    assert kinds(cast) == ["booked"]
