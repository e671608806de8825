"""Of whom a video is expected, as drafts and answers change; who knows of it, and whom the agenda misses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from app import clock
from app.agenda import acts
from app.agenda.acts import Changed
from app.agenda.facts import Seat
from app.db import db, write
from app.delegations import answering
from app.delegations.models import Delegation
from app.events.models import Event, Mode, Person
from app.journal import Note
from app.network.models import Member
from app.publishing import service as publishing
from app.schedule import clashes, plan
from app.videos import expecting, letters, service, telling
from app.videos.models import Purpose, State, VideoMessage, VideoVersion
from app.videos.said import sayer
from app.videos.terms import terms_of
from app.web.kept import KeepingFlask
from tests.publishing.said import say, speak
from tests.videos.cast import Senders

BY_VIDEO = [
    ("Bloomberg", "keynote", "keynote", True, "expected"),
    ("Cairo", "city-videos", "message from city", True, "expected"),
    ("Kuala Lumpur", "city-videos", "message from city", True, "expected"),
    ("New York", "city-videos", "message from city", True, "expected"),
    ("Milan", "session-2", "contribution to a session", True, "expected"),
]
"""Who appears by video at the summit in Tokyo; New York comes besides, and Milan stands in no block of videos."""


def event_id() -> int:
    return db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()


def expected() -> list[tuple[str, str, str, bool, str]]:
    """Whose, for which session, what for, whether they know of it, and where it stands."""
    found = (
        select(Member.name, Person.name, VideoMessage)
        .outerjoin(Delegation, VideoMessage.delegation_id == Delegation.id)
        .outerjoin(Member, Delegation.member_id == Member.id)
        .outerjoin(Person, VideoMessage.person_id == Person.id)
        .where(VideoMessage.event_id == event_id())
        .order_by(VideoMessage.id)
    )
    return [
        (city or person.split()[-1], row.session_code, row.purpose.value, row.known, row.state.value)
        for city, person, row in db.session.execute(found)
    ]


def message(city: str) -> VideoMessage:
    found = select(VideoMessage).join(Delegation).join(Member)
    return db.session.execute(found.where(Member.name == city, VideoMessage.event_id == event_id())).scalar_one()


def change(code: str, seats: Callable[[tuple[Seat, ...]], tuple[Seat, ...]]) -> int:
    """Store other seats of one session as an act; its number."""

    def act() -> int:
        acts.hold(event_id())
        facts = acts.stored(event_id(), {code})[code]
        made = acts.perform(
            event_id(),
            "session changed",
            [Changed(facts, replace(facts, seats=seats(facts.seats)))],
            who="KOIKE Yuriko",
            now=clock.now(),
        )
        assert made is not None
        return made.number

    return write(act)


def city_id(name: str) -> int:
    found = select(Delegation.id).join(Member).where(Member.name == name, Delegation.event_id == event_id())
    return db.session.execute(found).scalar_one()


@pytest.fixture
def tokyo(rehearsal: KeepingFlask) -> KeepingFlask:
    return rehearsal


def test_a_release_expects_a_video_of_all_who_appear_by_one(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        assert sorted(expected()) == sorted(BY_VIDEO)


def test_nothing_is_expected_of_a_summit_that_is_over(gnets: KeepingFlask) -> None:
    with gnets.app_context():
        assert db.session.execute(select(VideoMessage)).first() is None


def test_settling_again_changes_nothing(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        before = [(each.id, each.version) for each in db.session.execute(select(VideoMessage)).scalars()]
        assert write(lambda: expecting.settle(event_id(), "the clock", clock.now())) == 0
        assert [(each.id, each.version) for each in db.session.execute(select(VideoMessage)).scalars()] == before


def test_what_the_draft_wants_is_the_organisers_secret_until_it_is_released(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        rome = city_id("Rome")
        change("session-1", lambda seats: (*seats, Seat(seats[0].part, delegation_id=rome, mode=Mode.VIDEO)))
        assert ("Rome", "session-1", "contribution to a session", False, "expected") in expected()
        assert service.of_city(rome) == []
        key = event_id()
        write(lambda: publishing.publish(key, who="KOIKE Yuriko", now=clock.now()))
        (told,) = service.of_city(rome)
        assert (told.known, told.session_title) == (True, "Session 1")


def test_who_is_taken_out_owes_nothing_and_undoing_brings_it_back(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        key, bloomberg = event_id(), db.session.execute(select(VideoMessage.uid).order_by(VideoMessage.id)).first()
        number = change("keynote", lambda seats: ())
        assert [each for each in expected() if each[4] == "withdrawn"] == [
            ("Bloomberg", "keynote", "keynote", True, "withdrawn")
        ]
        write(lambda: acts.undo(key, number, who="KOIKE Yuriko", now=clock.now()))
        assert sorted(expected()) == sorted(BY_VIDEO)
        assert db.session.execute(select(VideoMessage.uid).order_by(VideoMessage.id)).first() == bloomberg


def test_a_city_that_moves_to_another_session_takes_its_video_along(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        uid, milan = message("Milan").uid, city_id("Milan")
        change("session-2", lambda seats: tuple(each for each in seats if each.delegation_id != milan))
        assert (message("Milan").session_code, message("Milan").uid) == ("", uid)
        change("session-3", lambda seats: (*seats, Seat(seats[0].part, delegation_id=milan, mode=Mode.VIDEO)))
        moved = message("Milan")
        assert (moved.session_code, moved.uid, moved.known) == ("session-3", uid, True)


def test_who_comes_after_all_owes_no_video(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        milan = city_id("Milan")
        write(lambda: answering.change_modes(milan, [Mode.ONLINE], who="Luca Milani", now=clock.now()))
        assert message("Milan").state == State.WITHDRAWN


def test_a_video_that_has_come_is_kept_in_case_the_line_breaks(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        milan = city_id("Milan")
        stand(message("Milan").id, State.ACCEPTED)
        write(lambda: answering.change_modes(milan, [Mode.ONLINE], who="Luca Milani", now=clock.now()))
        kept = message("Milan")
        assert (kept.purpose, kept.state) == (Purpose.BACKUP, State.ACCEPTED)


def test_a_city_that_withdraws_owes_nothing(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        milan = city_id("Milan")
        write(lambda: answering.withdraw_city(milan, "No time", who="Luca Milani", now=clock.now()))
        assert message("Milan").state == State.WITHDRAWN
        assert [each[4] for each in expected() if each[0] != "Milan"] == ["expected"] * 4


def test_a_city_that_takes_part_by_video_owes_one_though_it_stands_nowhere(senders: Senders) -> None:
    milan = senders.message("Milan")
    assert (milan.purpose, milan.session_code, milan.known) == (Purpose.CITY, "", True)
    found = select(VideoMessage.delegation_id)
    owing = senders.cities.read(lambda: set(db.session.execute(found).scalars()))
    assert owing == {senders.cities.id("Milan"), senders.cities.id("Rome")}


def stand(message_id: int, state: State) -> None:
    def act() -> None:
        db.session.get_one(VideoMessage, message_id).state = state

    write(act)


@pytest.mark.parametrize(
    ("state", "misses"),
    [
        (State.EXPECTED, True),
        (State.OVERDUE, True),
        (State.UPLOADED, True),
        (State.CHECKING, True),
        (State.FAILED, True),
        (State.IN_REVIEW, True),
        (State.CHANGES_REQUESTED, True),
        (State.ACCEPTED, False),
        (State.SCHEDULED, False),
        (State.WAIVED, False),
    ],
)
def test_the_agenda_misses_a_video_until_it_is_accepted(tokyo: KeepingFlask, state: State, misses: bool) -> None:
    with tokyo.app_context():
        key = message("Milan").id
        write(lambda: set_reason(key))
        stand(key, state)
        assert warned("Milan") == misses


def set_reason(message_id: int) -> None:
    db.session.get_one(VideoMessage, message_id).reason = "It came on a stick"


def warned(city: str) -> bool:
    event = db.session.get_one(Event, event_id())
    said = [clashes.words(each.conflict) for each in clashes.of(event.id, plan.of(event))]
    return any(f"The video of {city} " in each for each in said)


def test_an_accepted_version_counts_while_a_newer_one_is_looked_at(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        key = message("Milan").id

        def act() -> None:
            told = {"uploaded_at": clock.now(), "uploaded_by": "Luca", "findings": []}
            db.session.add(VideoVersion(message_id=key, number=1, accepted_at=clock.now(), **told))
            db.session.add(VideoVersion(message_id=key, number=2, **told))

        write(act)
        stand(key, State.CHECKING)
        assert not warned("Milan")


def test_the_journal_tells_what_was_expected_and_why(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        found = select(Note).where(Note.what == "video expected", Note.subject == f"video/{message('Milan').uid}")
        (note,) = db.session.execute(found).scalars()
        assert note.after is not None
        assert (note.after["purpose"], note.after["session"]) == ("contribution to a session", "session-2")


def test_its_session_is_told_in_the_words_of_each_readers_language(tokyo: KeepingFlask) -> None:
    with tokyo.app_context():
        key = event_id()

        def translate() -> None:
            speak(key, {"fr": []})
            say(key, "fr", "session", "session-2", "title", "Séance 2")
            db.session.execute(update(VideoMessage).values(contact_email="anne@press.example", contact_language="fr"))

        write(translate)
        milan = telling.found(message("Milan").id)
        assert [sayer(milan.event, each)(milan) for each in ("fr", "ja")] == ["Séance 2", "Session 2"]
        told = letters.due(milan, terms_of(milan.event), "a test")
        assert {each.facts["session"] for each in told if each.language == "fr"} == {"Séance 2"}
