"""The organisers' pages of announcements and reminders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select, update

from app import clock
from app.accounts import Role
from app.accounts.models import Staff
from app.announcing.models import Announcement, Rule, Run
from app.db import db, write
from app.delegations import deadlines
from app.delegations.deadlines import Limit
from app.delegations.models import Delegation
from app.events.models import Due, Event
from app.outbox import Message
from app.outbox.openings import Wording
from app.outbox.own import store
from app.registration.models import Delegate, State
from app.web.kept import KeepingFlask
from tests.announcing.cast import settle, work
from tests.desk.office import held, rows, runs, words
from tests.publishing.digests.people import delegation_of, event_of, join
from tests.registration import cast as register

Done = TypeVar("Done")
NEWS = "/organise/summit/announcements"
RULES = "/organise/summit/reminders"
ENGLISH = {"rows-0-subject": "Bring a coat", "rows-0-text": "It is cold, {name}."}
HEADS = {"only_role": "head"}


class Desk:
    """Tokyo at the desk of the cast's summit."""

    def __init__(self, app: KeepingFlask) -> None:
        made = register.assemble(app)
        self.app = app
        self.do(settle)
        self.tokyo = runs(app, made.event_id)

    def do(self, act: Callable[[], Done]) -> Done:
        with self.app.app_context():
            return act()

    def wrote(self, *changes: dict[str, str]) -> str:
        """Write an announcement; the address of its page."""
        answer = self.tokyo.send(f"{NEWS}/new", ENGLISH, *changes)
        assert answer.status_code == 303, words(answer)
        return str(answer.headers["Location"])

    def ruled(self, *changes: dict[str, str]) -> str:
        answer = self.tokyo.send(f"{RULES}/new", ENGLISH, *changes)
        assert answer.status_code == 303, words(answer)
        return str(answer.headers["Location"])

    def letters(self) -> list[str]:
        query = select(Message.to_name).where(Message.kind.in_(["announcement", "planned reminder"]))
        return self.do(lambda: sorted(db.session.execute(query).scalars()))


@pytest.fixture
def desk(app: KeepingFlask) -> Desk:
    return Desk(app)


def test_an_announcement_is_written_looked_at_and_sent(desk: Desk) -> None:
    address = desk.wrote(HEADS)
    page = desk.tokyo.get(address)
    assert "Send it to this one person" in words(page)
    assert list(rows(page)) == ["Anna Bianchianna@rome.example.org"]
    answer = desk.tokyo.send(address)
    assert answer.status_code == 303
    assert desk.letters() == ["Anna Bianchi"]
    assert "1 waiting" in words(desk.tokyo.get(NEWS))


def test_the_page_shows_who_fits_and_gets_none(desk: Desk) -> None:
    desk.do(lambda: write(lambda: db.session.execute(update(Delegate).values(email=""))))
    page = desk.tokyo.get(desk.wrote(HEADS))
    assert rows(page) == {"Anna Bianchi": "Rome | no address"}
    assert "Nobody would get this letter." in words(page)


def test_two_ticks_of_a_question_are_stored(desk: Desk) -> None:
    values = held(desk.tokyo.get(f"{NEWS}/new")) | ENGLISH
    desk.tokyo.client.post(f"{NEWS}/new", data=values | {"only_role": ["head", "focal point"], "only_mode": ["venue"]})
    stored = desk.do(lambda: db.session.execute(select(Announcement.asked)).scalar_one())
    assert stored == {"role": ["focal point", "head"], "mode": ["venue"]}
    page = desk.tokyo.get(f"{NEWS}/{desk.do(lambda: db.session.execute(select(Announcement.uid)).scalar_one())}/edit")
    assert page.text.count(" checked") == 3


def test_a_tick_that_is_no_more_stays_until_somebody_takes_it_away(desk: Desk) -> None:
    address = desk.wrote(HEADS)
    desk.do(lambda: write(lambda: db.session.execute(update(Announcement).values(asked={"session": ["gone"]}))))
    page = desk.tokyo.get(f"{address}/edit")
    assert "gone (no longer there)" in words(page)
    answer = desk.tokyo.send(f"{address}/edit", page=page)
    assert answer.status_code == 422
    assert "gone is no longer there to choose by" in words(answer)
    assert desk.do(lambda: db.session.execute(select(Announcement.asked)).scalar_one()) == {"session": ["gone"]}
    assert desk.tokyo.send(f"{address}/edit", {"only_session": "session-2"}, page=page).status_code == 303


def test_a_list_that_changed_is_shown_anew_and_not_sent(desk: Desk) -> None:
    address = desk.wrote()
    page = desk.tokyo.get(address)
    desk.do(lambda: join("New York", "Dan Miller"))
    answer = desk.tokyo.send(address, page=page)
    assert (answer.status_code, desk.letters()) == (422, [])
    assert "The list has changed since you looked (new: Dan Miller)" in words(answer)
    assert desk.tokyo.send(address, page=answer).status_code == 303
    assert len(desk.letters()) == 5


def test_a_double_click_is_one_and_says_so(desk: Desk) -> None:
    address = desk.wrote(HEADS)
    page = desk.tokyo.get(address)
    for _time in range(2):
        assert desk.tokyo.send(address, page=page).status_code == 303
    assert "This was sent already, once." in words(desk.tokyo.get(address))
    assert desk.letters() == ["Anna Bianchi"]


def test_the_letter_is_shown_as_any_of_them(desk: Desk) -> None:
    address = desk.wrote()
    uid = desk.do(lambda: db.session.execute(select(Delegate.uid).where(Delegate.name == "Bob Smith")).scalar_one())
    page = desk.tokyo.get(f"{address}?as={uid}")
    assert "As Bob Smith gets it" in words(page)
    assert "It is cold, Bob Smith." in words(page)
    letter = desk.tokyo.get(f"{address}/letter?as={uid}")
    assert "<bdi>Bob Smith</bdi>" in letter.text
    assert "sandbox" in letter.headers["Content-Security-Policy"]


def test_what_is_wrong_stands_beside_its_language(desk: Desk) -> None:
    answer = desk.tokyo.send(f"{NEWS}/new", ENGLISH, {"rows-3-subject": "Bonjour", "rows-3-text": "Votre {password}"})
    assert answer.status_code == 422
    assert "Français: This letter knows no {password}." in words(answer)
    assert "Votre {password}" in answer.text


def test_a_draft_is_changed_and_thrown_away(desk: Desk) -> None:
    address = desk.wrote()
    assert desk.tokyo.send(f"{address}/edit", {"rows-0-subject": "Bring two coats"}).status_code == 303
    assert "Bring two coats" in words(desk.tokyo.get(NEWS))
    assert desk.tokyo.send(f"{address}/delete").status_code == 303
    assert desk.tokyo.get(address).status_code == 404
    assert "Nothing is announced yet." in words(desk.tokyo.get(NEWS))


def test_one_begins_with_the_organisers_own_words(desk: Desk) -> None:
    own = Wording("Word from Tokyo", "Dear friends")
    desk.do(
        lambda: write(
            lambda: store(
                event_of().id, "announcement", "en", own, 0, who="Tokyo", now=datetime(2090, 1, 1, tzinfo=UTC)
            )
        )
    )
    assert held(desk.tokyo.get(f"{NEWS}/new"))["rows-0-subject"] == "Word from Tokyo"
    assert held(desk.tokyo.get(f"{RULES}/new"))["rows-0-subject"] == "A reminder from {summit}"


def test_quiet_hours_are_set(desk: Desk) -> None:
    assert desk.tokyo.send(f"{NEWS}/quiet-hours", {"begins": "22:00", "ends": "07:30"}).status_code == 303
    assert "from 22:00 to 07:30" in words(desk.tokyo.get(NEWS))


def test_its_letters_are_found_in_the_outbox(desk: Desk) -> None:
    first, second = desk.wrote(HEADS), desk.wrote({"only_role": "focal point"})
    for address in (first, second):
        desk.tokyo.send(address)
    uid = first.rpartition("/")[2]
    page = desk.tokyo.get(f"/organise/summit/outbox?about=announcement/{uid}/&state=waiting")
    assert list(rows(page)) == ["Anna Bianchianna@rome.example.org"]
    everything = desk.tokyo.get(f"/organise/summit/outbox?about=announcement/{'%25' * 3}")
    assert rows(everything) == {}


def test_another_event_has_none_of_it(desk: Desk) -> None:
    news, rule = desk.wrote().rpartition("/")[2], desk.ruled({"anchor": "event", "amount": "1"}).rpartition("/")[2]
    desk.do(lambda: write(give_congress))
    for path in (f"announcements/{news}", f"announcements/{news}/edit", f"announcements/{news}/letter"):
        assert desk.tokyo.get(f"/organise/congress/{path}").status_code == 404
    for path in (f"reminders/{rule}", f"reminders/{rule}/edit", f"reminders/{rule}/letter"):
        assert desk.tokyo.get(f"/organise/congress/{path}").status_code == 404
    assert "Bring a coat" not in words(desk.tokyo.get("/organise/congress/announcements"))
    assert "Bring a coat" not in words(desk.tokyo.get("/organise/congress/reminders"))


def give_congress() -> None:
    from_summit = select(Event.id).where(Event.slug == "congress")
    congress = db.session.execute(from_summit).scalar_one()
    user = db.session.execute(select(Staff.user_id)).scalar_one()
    db.session.add(Staff(user_id=user, event_id=congress, role=Role.ORGANISER))


def test_a_reminder_is_set_shown_stopped_and_resumed(desk: Desk) -> None:
    address = desk.ruled(HEADS, {"anchor": "session/session-2", "amount": "2", "unit": "hours"})
    assert "2 hours before: Session 2 · 28 February 2090, 07:00 (Tokyo)" in words(desk.tokyo.get(address))
    (line,) = rows(desk.tokyo.get(RULES)).values()
    assert line.startswith("28 February 2090, 07:00 (Tokyo) | – | 1 | no letters")
    page = desk.tokyo.get(RULES)
    for act, said in (("stop", "Stopped"), ("resume", "It goes on.")):
        token = register.hidden(page)["csrf_token"]
        assert desk.tokyo.client.post(f"{address}/{act}", data={"csrf_token": token}).status_code == 303
        assert said in words(desk.tokyo.get(RULES))


def test_a_reminder_that_comes_too_late_says_so(desk: Desk) -> None:
    address = desk.ruled({"anchor": "moment", "day": "2020-01-01", "time": "09:00"})
    assert "It was set too late: its moment was over already." in words(desk.tokyo.get(address))
    assert desk.do(lambda: db.session.execute(select(Run.outcome)).scalar_one()) == "late"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"anchor": "deadline/mode", "amount": "2"}, "This deadline is not set."),
        ({"anchor": "session/nothing", "amount": "2"}, "This is no longer there to count from."),
        ({"anchor": "moment", "day": "2090-02-01"}, "A set moment needs its day and its time."),
        ({"anchor": "event", "amount": "2", "unit": "hours", "time": "09:00"}, "Hours are counted from the moment"),
        ({"anchor": "event", "amount": "2", "day": "2090-02-01"}, "A day can be chosen for a set moment alone."),
        ({"anchor": "moment", "day": "9999-12-31", "time": "23:00"}, "There is no such day."),
        ({"anchor": "event", "amount": "1001"}, "A number from 0 to 1000."),
        ({"anchor": "event", "amount": "-1"}, "A number from 0 to 1000."),
    ],
)
def test_a_moment_that_cannot_be_is_refused_in_words(desk: Desk, typed: dict[str, str], said: str) -> None:
    answer = desk.tokyo.send(f"{RULES}/new", ENGLISH, typed)
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert desk.do(lambda: db.session.execute(select(Rule)).first()) is None


def test_a_reminder_is_changed_as_it_was_set(desk: Desk) -> None:
    at = datetime(2090, 2, 10, 14, 59, 59, 999999, tzinfo=UTC)
    desk.do(
        lambda: write(lambda: deadlines.set_deadlines(event_of(), {Due.MODE: Limit(at)}, who="Tokyo", now=clock.now()))
    )
    address = desk.ruled(HEADS, {"anchor": "deadline/mode", "amount": "3", "time": "18:00", "side": "before"})
    page = desk.tokyo.get(f"{address}/edit")
    shown = held(page)
    assert [shown[name] for name in ("anchor", "amount", "unit", "side", "time", "only_role")] == [
        "deadline/mode", "3", "days", "before", "18:00", "head",
    ]  # fmt: skip
    assert desk.tokyo.send(f"{address}/edit", {"amount": "5"}, page=page).status_code == 303
    assert "5 days before: Change the way of taking part" in words(desk.tokyo.get(address))
    assert desk.tokyo.send(f"{address}/edit", {"amount": "6"}, page=page).status_code == 422


def test_cities_that_were_given_longer_are_named_by_their_moment(desk: Desk) -> None:
    at = datetime(2090, 2, 10, 14, 59, 59, 999999, tzinfo=UTC)

    def act() -> None:
        deadlines.set_deadlines(event_of(), {Due.MODE: Limit(at)}, who="Tokyo", now=clock.now())
        rome = db.session.get_one(Delegation, delegation_of("Rome"))
        deadlines.extend(rome, Due.MODE, at + timedelta(days=5), "The council meets late", who="Tokyo", now=clock.now())

    desk.do(lambda: write(act))
    page = desk.tokyo.get(desk.ruled({"anchor": "deadline/mode", "amount": "3", "time": "18:00"}))
    assert "7 February 2090, 18:00 (Tokyo)" in words(page)
    assert "Cities that were given longer get it later: 12 February 2090, 18:00 (Tokyo)." in words(page)


def test_the_pages_of_a_reminder_show_whom_it_would_reach(desk: Desk) -> None:
    address = desk.ruled({"anchor": "event", "amount": "1"})
    desk.do(lambda: write(withdraw_bob))
    page = desk.tokyo.get(address)
    assert [each.partition("@")[0] for each in rows(page)] == [
        "Carlo Verdicarlo",
        "Anna Bianchianna",
        "Gaia Romanioffice",
    ]
    assert "27 February – 1 March 2090, Tokyo time" in desk.tokyo.get(f"{address}/letter").text


def test_the_page_of_a_reminder_says_what_became_of_it(desk: Desk) -> None:
    address = desk.ruled({"anchor": "event", "amount": "1"})
    assert "Last time" not in words(desk.tokyo.get(address))
    desk.do(lambda: work(datetime(2090, 2, 25, 15, tzinfo=UTC)))
    page = desk.tokyo.get(address)
    assert "Last time: 26 February 2090, 00:00 (Tokyo) – 4 waiting" in words(page)
    assert f"state=waiting&amp;about=reminding/{address.rpartition('/')[2]}/" in page.text
    assert "Planned reminder" in words(desk.tokyo.get("/organise/summit/outbox"))


def test_a_reminder_that_reminded_nobody_is_thrown_away(desk: Desk) -> None:
    address = desk.ruled({"anchor": "moment", "amount": "", "day": "2020-01-01", "time": "09:00"})
    page = desk.tokyo.get(f"{address}/delete")
    assert "Throw the reminder “" in words(page)
    assert desk.tokyo.send(f"{address}/delete", page=page).headers["Location"] == RULES
    assert desk.tokyo.get(address).status_code == 404
    assert desk.do(lambda: db.session.execute(select(Run.id)).all()) == []


def test_a_reminder_that_reminded_somebody_stays(desk: Desk) -> None:
    address = desk.ruled({"anchor": "event", "amount": "1"})
    page = desk.tokyo.get(f"{address}/delete")
    desk.do(lambda: work(datetime(2090, 2, 25, 15, tzinfo=UTC)))
    answer = desk.tokyo.send(f"{address}/delete", page=page)
    assert (answer.status_code, desk.tokyo.get(address).status_code) == (422, 200)
    assert "It has reminded people already, so it stays." in words(answer)
    assert "Throw it away" not in words(desk.tokyo.get(address))


def withdraw_bob() -> None:
    db.session.execute(update(Delegate).where(Delegate.name == "Bob Smith").values(state=State.WITHDRAWN))
