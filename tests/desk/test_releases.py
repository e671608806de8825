"""The organisers' pages of releases: the list, any two compared, one brought back, one planned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.db import db, write
from app.events.models import Event
from app.outbox import Message, State
from app.publishing.models import Planned, Release
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, line, rows, words
from tests.queries import counted

TABLE, PUBLISH = f"{REHEARSAL}/agenda", f"{REHEARSAL}/publish"
RELEASES = f"{REHEARSAL}/releases"
COMPARE, LATER = f"{RELEASES}/compare", f"{PUBLISH}/later"
BACK = f"{RELEASES}/1/restore"


def change(organiser: Organiser, **values: str) -> None:
    assert organiser.send(TABLE, line(organiser.get(TABLE), "session-2", **values)).status_code == 303


def publish(organiser: Organiser, **values: str) -> None:
    assert organiser.send(PUBLISH, values).status_code == 303


def move(organiser: Organiser) -> None:
    change(organiser, starts="12:10", ends="13:30")
    publish(organiser)


def in_days(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"


def test_the_list_says_who_published_and_how_much_changed(tokyo: Organiser) -> None:
    move(tokyo)
    found = rows(tokyo.get(RELEASES))
    assert list(found) == ["Release 2 Current", "Release 1"]
    assert "by KOIKE Yuriko | 1 | 0 | – | What it changed" in found["Release 2 Current"]


def test_the_list_costs_the_same_for_one_and_for_three(desks: KeepingFlask, tokyo: Organiser) -> None:
    def cost() -> int:
        with counted(desks) as statements:
            assert tokyo.get(RELEASES).status_code == 200
        return len(statements)

    tokyo.get(RELEASES)
    one = cost()
    for title in ("Rivers", "Lakes"):
        change(tokyo, title=title)
        publish(tokyo)
    assert cost() == one


def test_how_many_letters_of_the_newest_have_gone(desks: KeepingFlask, tokyo: Organiser) -> None:
    move(tokyo)
    keys = ("rehearsal/2/AAAAA", "rehearsal/2/BBBBB", "rehearsal/rome/0123456789ab/2", "rehearsal/1/AAAAA")
    states = (State.SENT, State.RETRY, State.QUEUED, State.QUEUED)

    def act() -> None:
        event = db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()
        db.session.execute(update(Release).where(Release.event_id == event, Release.number == 2).values(letters=3))
        for key, state in zip(keys, states, strict=True):
            db.session.add(
                Message(
                    kind="release", key=f"release/{key}", event_id=event, to="a@example.org", to_name="A",
                    reply_to="", sender_name="", facts={}, language="en", state=state, created_at=clock.now(),
                    due_at=clock.now(), sent_at=clock.now() if state == State.SENT else None,
                )
            )  # fmt: skip

    with desks.app_context():
        write(act)
    page = tokyo.get(RELEASES)
    assert "1 of 3 letters of release 2 have gone." in words(page)
    assert '<progress value="1" max="3"' in page.text
    assert "2 letters of release 2 are on their way." in words(tokyo.get(PUBLISH))


def test_two_releases_are_compared_in_the_order_asked_for(tokyo: Organiser) -> None:
    move(tokyo)
    assert "Time (Tokyo)11:50–13:10 → becomes 12:10–13:30" in words(tokyo.get(f"{COMPARE}?first=1&second=2"))
    assert "Time (Tokyo)12:10–13:30 → becomes 11:50–13:10" in words(tokyo.get(f"{COMPARE}?first=2&second=1"))


def test_the_last_two_are_compared_when_nothing_is_asked(tokyo: Organiser) -> None:
    move(tokyo)
    change(tokyo, title="Rivers")
    publish(tokyo)
    said = words(tokyo.get(f"{COMPARE}?first=99&second=x"))
    assert "From release 2 to 3" in said
    assert "Renamed" in said


def test_a_release_with_itself_says_the_same(tokyo: Organiser) -> None:
    assert "Both say the same." in words(tokyo.get(f"{COMPARE}?first=1&second=1"))


def test_bringing_back_is_previewed_and_then_done(desks: KeepingFlask, tokyo: Organiser) -> None:
    move(tokyo)
    said = words(tokyo.get(BACK))
    assert "1 retimed; 1 calendar entry follows." in said
    assert "Release 3 would say what release 1 said." in said
    answer = tokyo.send(BACK, {"note": "The hall is free after all"})
    assert (answer.status_code, answer.location) == (303, RELEASES)
    assert "11:50–13:10" in desks.test_client().get("/rehearsal/agenda").text
    assert "Brings back release 1" in rows(tokyo.get(RELEASES))["Release 3 Current"]


def test_the_draft_is_set_back_when_ticked(tokyo: Organiser) -> None:
    move(tokyo)
    tokyo.send(BACK, {"draft": "y"})
    assert "Nothing is waiting: the draft says what release 3 says." in words(tokyo.get(PUBLISH))


def test_without_the_tick_the_draft_waits_to_be_published_again(tokyo: Organiser) -> None:
    move(tokyo)
    tokyo.send(BACK)
    assert "12:10–13:30" in words(tokyo.get(PUBLISH))


def test_the_second_of_two_tabs_is_refused(tokyo: Organiser) -> None:
    move(tokyo)
    page = tokyo.get(BACK)
    assert tokyo.send(BACK, page=page).status_code == 303
    assert tokyo.send(BACK, page=page).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        f"{RELEASES}/7/restore",
        f"{RELEASES}/{'9' * 30}/restore",
        f"{PUBLISH}/later/{'0' * 32}/take-back",
        f"{PUBLISH}/later/%00/take-back",
    ],
)
def test_what_never_was_is_not_found(tokyo: Organiser, path: str) -> None:
    assert tokyo.get(path).status_code == 404


@pytest.mark.parametrize("path", [RELEASES, COMPARE, BACK, LATER])
def test_a_stranger_finds_nothing(rome: Organiser, path: str) -> None:
    assert rome.get(path).status_code == 404


def test_a_release_is_planned_shown_and_taken_back(desks: KeepingFlask, tokyo: Organiser) -> None:
    change(tokyo, title="Rivers")
    answer = tokyo.send(LATER, {"day": in_days(2), "time": "09:00"})
    assert (answer.status_code, answer.location) == (303, PUBLISH)
    assert "A release is planned for" in words(tokyo.get(PUBLISH))
    with desks.app_context():
        uid = db.session.execute(select(Planned.uid)).scalar_one()
    assert tokyo.send(f"{LATER}/{uid}/take-back").status_code == 303
    assert "A release is planned for" not in words(tokyo.get(PUBLISH))


def test_a_moment_that_is_over_is_refused_with_what_was_typed(tokyo: Organiser) -> None:
    answer = tokyo.send(LATER, {"day": "2023-02-28", "time": "09:00", "note": "Too late"})
    assert answer.status_code == 422
    assert "This moment is over." in words(answer)
    assert 'value="Too late"' in answer.text


@pytest.mark.parametrize(("day", "time"), [("0001-01-01", "00:00"), ("9999-12-31", "23:59"), ("2023-02-30", "9 am")])
def test_a_day_out_of_all_bounds_is_refused_in_words(tokyo: Organiser, day: str, time: str) -> None:
    answer = tokyo.send(LATER, {"day": day, "time": time})
    assert answer.status_code == 422
    assert "Please look at this again" in words(answer)


def zone(app: KeepingFlask, name: str) -> None:
    with app.app_context():
        write(lambda: db.session.execute(update(Event).where(Event.slug == "rehearsal").values(zone=name)))


def test_an_hour_that_comes_twice_is_asked_about(desks: KeepingFlask, tokyo: Organiser) -> None:
    zone(desks, "Europe/Brussels")
    night = last_sunday_of_october()
    answer = tokyo.send(LATER, {"day": night, "time": "02:30"})
    assert answer.status_code == 422
    assert "this time comes twice" in words(answer)
    said = {"hour": "second", "reason": "By the clocks of Brussels the hours are others"}
    assert tokyo.send(LATER, {"day": night, "time": "02:30", **said}).status_code == 303
    with desks.app_context():
        at = db.session.execute(select(Planned.at)).scalar_one()
    assert at.isoformat() == f"{night}T01:30:00+00:00"


def last_sunday_of_october() -> str:
    """The next one that is to come: the night in which Brussels sets its clocks back."""
    now = datetime.now(UTC)
    nights = (_last_sunday(year) for year in (now.year, now.year + 1))
    return f"{next(night for night in nights if night > now):%Y-%m-%d}"


def _last_sunday(year: int) -> datetime:
    end = datetime(year, 10, 31, tzinfo=UTC)
    return end - timedelta(days=(end.weekday() + 1) % 7)


def test_a_refused_one_says_why_on_the_page_of_publishing(desks: KeepingFlask, tokyo: Organiser) -> None:
    tokyo.send(LATER, {"day": in_days(2), "time": "09:00"})

    def act() -> None:
        db.session.execute(update(Planned).values(stage="refused", refusal="Nothing has changed since release 1."))

    with desks.app_context():
        write(act)
    assert "was not published. Nothing has changed since release 1." in words(tokyo.get(PUBLISH))


def test_the_checks_are_counted_and_lead_to_where_they_are_mended(tokyo: Organiser) -> None:
    change(tokyo, starts="", ends="")
    page = tokyo.get(PUBLISH)
    assert "1A session without a time" in words(page).replace("1 A", "1A")
    assert f'<a href="{TABLE}/session-2">Session 2</a>' in page.text


def test_a_bad_hour_asks_for_a_reason(desks: KeepingFlask, tokyo: Organiser) -> None:
    change(tokyo, starts="19:00", ends="20:00")
    assert 'name="reason"' in tokyo.get(PUBLISH).text
    answer = tokyo.send(PUBLISH)
    assert answer.status_code == 422
    assert "Session 2: Lancaster" in words(answer)
    publish(tokyo, reason="Lancaster agreed to it")
    assert "Reason given: Lancaster agreed to it" in words(tokyo.get(RELEASES))
    with desks.app_context():
        kept = db.session.execute(select(Release.reason).where(Release.number == 2)).scalar_one()
    assert kept == "Lancaster agreed to it"
    assert "agreed to it" not in desks.test_client().get("/rehearsal/changes").text


def test_without_one_no_reason_is_asked_for(tokyo: Organiser) -> None:
    change(tokyo, title="Rivers")
    assert 'name="reason"' not in tokyo.get(PUBLISH).text
