"""Appearances follow the city: Milan in Session 2, place 5 of 7, by video."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.agenda.models import Appearance, Session
from app.db import db, write
from app.delegations import answering
from app.delegations.models import Delegation, DelegationMode
from app.events.models import Deadline, Due, Event, Mode
from app.journal import Note
from app.network.models import Member
from app.publishing import service as publishing
from app.refused import Refused
from app.registration import asking, modes, nominating, service
from app.registration.models import Capacity, Delegate, Rank
from app.registration.nominating import Nomination
from app.registration.service import Details
from app.web.kept import KeepingFlask

NOW = datetime(2024, 1, 1, tzinfo=UTC)
VENUE, ONLINE, VIDEO = Mode.VENUE, Mode.ONLINE, Mode.VIDEO


def _city(city: str) -> Delegation:
    query = select(Delegation).join(Delegation.member).join(Event, Event.id == Delegation.event_id)
    return db.session.execute(query.where(Event.slug == "rehearsal", Member.name == city)).scalar_one()


def key(app: KeepingFlask, city: str) -> int:
    with app.app_context():
        return _city(city).id


def order(app: KeepingFlask, code: str) -> list[tuple[str, str]]:
    """(city, mode) of a session in the speaking order."""
    query = (
        select(Member.name, Appearance.mode)
        .select_from(Appearance)
        .join(Session)
        .join(Event)
        .join(Delegation, Delegation.id == Appearance.delegation_id)
        .join(Member)
        .where(Event.slug == "rehearsal", Session.number == int(code))
    )
    with app.app_context():
        rows = db.session.execute(query.order_by(Appearance.position)).all()
        return [(name, mode.value if mode else "unknown") for name, mode in rows]


def taking_part(app: KeepingFlask, city: str) -> set[Mode]:
    with app.app_context():
        query = select(DelegationMode.mode).where(DelegationMode.delegation_id == _city(city).id)
        return set(db.session.execute(query).scalars())


def become(app: KeepingFlask, city: str, *wanted: Mode) -> None:
    delegation_id = key(app, city)
    with app.app_context():
        write(lambda: modes.change(delegation_id, wanted, who="Gaia Romani", now=NOW))


def late(app: KeepingFlask) -> None:
    """The deadline for modes is past, and hard."""

    def act() -> None:
        event_id = _city("Milan").event_id
        db.session.add(Deadline(event_id=event_id, kind=Due.MODE, at=datetime(2023, 12, 1, tzinfo=UTC), hard=True))

    with app.app_context():
        write(act)


def decide(app: KeepingFlask, city: str, along: bool = False) -> None:
    delegation_id = key(app, city)
    with app.app_context():
        write(lambda: modes.decide(delegation_id, True, "", along=along, who="KOIKE Yuriko", now=NOW))


def comes(app: KeepingFlask, city: str, mode: Mode, name: str = "Anna Bianchi") -> Delegate:
    """Somebody of the city who is registered in this mode."""
    named = Nomination(name, Capacity.DELEGATE, Rank.OFFICIAL, "Official", "anna@example.org", mode, knows=True)
    delegation_id = key(app, city)
    told = Details(mode, name, "Official", f"City of {city}", "anna@example.org", mobile="+390612345678")

    def act() -> Delegate:
        made = nominating.nominate(delegation_id, named, who="Gaia Romani", now=NOW)
        return nominating.complete(made.id, told, on_behalf=True, who="Gaia Romani", now=NOW)

    with app.app_context():
        return write(act)


def moves(app: KeepingFlask, person: Delegate, mode: Mode) -> None:
    with app.app_context():
        write(lambda: service.set_mode(person.id, mode, who="KOIKE Yuriko", now=NOW))


def test_milan_online_asks_for_video_after_the_deadline_and_keeps_its_place(rehearsal: KeepingFlask) -> None:
    """J09."""
    become(rehearsal, "Milan", ONLINE)
    assert order(rehearsal, "2")[4] == ("Milan", "online")
    late(rehearsal)
    become(rehearsal, "Milan", VIDEO)
    assert order(rehearsal, "2")[4] == ("Milan", "online")
    decide(rehearsal, "Milan")
    assert (len(order(rehearsal, "2")), order(rehearsal, "2")[4]) == (7, ("Milan", "video"))


def test_the_public_sees_it_when_it_is_published_as_one_change(rehearsal: KeepingFlask) -> None:
    with rehearsal.app_context():
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        event_id, release = event.id, event.release
        before = publishing.published(event_id, release).programme
    become(rehearsal, "Milan", ONLINE)
    with rehearsal.app_context():
        assert publishing.published(event_id, release).programme == before
        write(lambda: publishing.publish(event_id, who="KOIKE Yuriko", now=NOW, reason="Milan wants it so."))
        shown = publishing.published(event_id, release + 1).programme
        (second,) = (each for each in shown.sessions if each.number == 2)
        assert [each.mode for each in second.appearances if each.city == "milan"] == ["online"]


def test_of_several_modes_an_appearance_keeps_its_own_or_is_to_be_confirmed(rehearsal: KeepingFlask) -> None:
    become(rehearsal, "Milan", VENUE, VIDEO)
    assert order(rehearsal, "2")[4] == ("Milan", "video")
    become(rehearsal, "Milan", VENUE, ONLINE)
    assert order(rehearsal, "2")[4] == ("Milan", "unknown")


def test_a_city_whose_only_person_goes_online_is_online_in_its_sessions(rehearsal: KeepingFlask) -> None:
    """J08."""
    become(rehearsal, "Helsinki", VENUE)
    person = comes(rehearsal, "Helsinki", VENUE)
    moves(rehearsal, person, ONLINE)
    assert taking_part(rehearsal, "Helsinki") == {ONLINE}
    assert dict(order(rehearsal, "5"))["Helsinki"] == "online"


def test_while_others_of_it_are_at_the_venue_a_city_is_there_too(rehearsal: KeepingFlask) -> None:
    become(rehearsal, "Helsinki", VENUE)
    first, _second = (comes(rehearsal, "Helsinki", VENUE, name) for name in ("Anna Bianchi", "Jan Vapaavuori"))
    moves(rehearsal, first, ONLINE)
    assert taking_part(rehearsal, "Helsinki") == {VENUE, ONLINE}
    assert dict(order(rehearsal, "5"))["Helsinki"] == "venue"


def test_the_journal_says_which_city_changed_in_which_session(rehearsal: KeepingFlask) -> None:
    become(rehearsal, "Milan", ONLINE)
    with rehearsal.app_context():
        query = select(Note).where(Note.what == "session changed").order_by(Note.id.desc()).limit(1)
        note = db.session.execute(query).scalar_one()
    assert (note.who, note.before, note.after) == (
        "Gaia Romani",
        {"mode of milan": "video"},
        {"mode of milan": "online"},
    )


def test_nobody_is_left_behind_in_a_mode_that_a_city_gives_up(rehearsal: KeepingFlask) -> None:
    become(rehearsal, "Helsinki", ONLINE)
    person = comes(rehearsal, "Helsinki", ONLINE, "Jan Vapaavuori")
    with pytest.raises(Refused, match="1 person of yours is registered online"):
        become(rehearsal, "Helsinki", VIDEO)
    late(rehearsal)
    become(rehearsal, "Helsinki", VIDEO)
    with pytest.raises(Refused, match="Jan Vapaavuori would be left behind") as no:
        decide(rehearsal, "Helsinki")
    assert no.value.field == "along"
    decide(rehearsal, "Helsinki", along=True)
    with rehearsal.app_context():
        assert db.session.get_one(Delegate, person.id).mode == VIDEO
    assert taking_part(rehearsal, "Helsinki") == {VIDEO}


def test_a_granted_change_of_a_person_reaches_the_sessions_too(rehearsal: KeepingFlask) -> None:
    become(rehearsal, "Helsinki", VENUE)
    person = comes(rehearsal, "Helsinki", VENUE)
    late(rehearsal)
    with rehearsal.app_context():
        version = db.session.get_one(Delegate, person.id).version
        db.session.rollback()
        act = asking.correct
        (row,) = write(lambda: act(person.id, person.name, ONLINE, version, who="Gaia Romani", now=NOW))[1]
    assert dict(order(rehearsal, "5"))["Helsinki"] == "venue"
    with rehearsal.app_context():
        write(lambda: asking.grant(row.id, who="KOIKE Yuriko", now=NOW))
    assert dict(order(rehearsal, "5"))["Helsinki"] == "online"


def test_a_city_that_accepts_again_in_another_way_is_followed(rehearsal: KeepingFlask) -> None:
    delegation_id = key(rehearsal, "Milan")
    with rehearsal.app_context():
        write(lambda: db.session.execute(update(Delegation).values(answer="invited")))
        write(lambda: answering.answer_accept(delegation_id, [ONLINE], who="Luca Milani", now=NOW))
    assert order(rehearsal, "2")[4] == ("Milan", "online")
