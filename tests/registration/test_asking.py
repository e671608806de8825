"""Changes that are asked for instead of made: old values hold until somebody agrees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.db import db
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Answer, Delegation
from app.events.models import Approval, Deadline, Due, Mode
from app.journal import Note
from app.outbox import Message, renderers
from app.refused import Refused
from app.registration import asking, leading, service
from app.registration.asked import Asked, Decider, Kind, Outcome
from app.registration.models import Capacity, Delegate, Rank
from tests.registration.cast import NOW, Cast, details, read
from tests.registration.people import (
    OFFICE,
    approval,
    at_once,
    complete,
    delegation_id,
    do,
    later,
    letters,
    nominate,
    now_of,
    places,
    register,
    seats,
)


def due(cast: Cast, kind: Due, hard: bool = True, at: datetime = NOW) -> None:
    do(cast, lambda: db.session.add(Deadline(event_id=cast.event_id, kind=kind, at=at, hard=hard)))


def change(cast: Cast, person: Delegate, hours: float = 1, **changes: object) -> list[Asked]:
    """The person changes something on their own page."""
    version = now_of(cast, person).version
    mode = changes.pop("mode", person.mode)
    told = details(mode, **({"name": person.name, "email": person.email} | changes))  # type: ignore[arg-type]
    return do(cast, lambda: asking.change(person.id, told, version, later(hours)))[1]


def grant(cast: Cast, row: Asked, hours: float = 2) -> Asked:
    return do(cast, lambda: asking.grant(row.id, who="KOIKE Yuriko", now=later(hours)))


def refuse(cast: Cast, row: Asked, reason: str = "The hall is set up", hours: float = 2) -> Asked:
    return do(cast, lambda: asking.refuse(row.id, reason, who="KOIKE Yuriko", now=later(hours)))


def outcome(cast: Cast, row: Asked) -> Outcome:
    return read(cast.app, lambda: db.session.execute(select(Asked.outcome).where(Asked.id == row.id)).scalar_one())


def speaker(cast: Cast, city: str = "Rome") -> None:
    """Gaia Romani speaks for the city."""
    key = delegation_id(cast, city)
    contact = Contact("Gaia Romani", "gaia@rome.example.org")
    do(cast, lambda: focal.appoint(key, contact, who="Tokyo", now=NOW))


def newest(cast: Cast) -> str:
    def act() -> str:
        found = db.session.execute(select(Message).order_by(Message.id.desc()).limit(1)).scalar_one()
        return renderers[found.kind](found.facts, found.language).text

    return read(cast.app, act)


def test_before_the_deadline_a_mode_is_changed_at_once(cast: Cast) -> None:
    due(cast, Due.MODE, at=later(5))
    anna = register(cast, "Anna Bianchi")
    assert change(cast, anna, mode=Mode.ONLINE) == []
    assert now_of(cast, anna).mode == Mode.ONLINE


def test_after_a_hard_deadline_the_mode_is_asked_for_and_the_rest_is_stored(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    (row,) = change(cast, anna, mode=Mode.ONLINE, position="Mayor", zone="Europe/Rome")
    stood = now_of(cast, anna)
    assert (stood.mode, stood.position, stood.mobile) == (Mode.VENUE, "Mayor", anna.mobile)
    assert (row.kind, row.wanted, row.before, row.late, row.decider) == (
        Kind.MODE,
        "online",
        "venue",
        True,
        Decider.ORGANISERS,
    )


def test_a_granted_mode_takes_the_new_place_frees_the_old_and_keeps_what_was_told_with_it(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    (row,) = change(cast, anna, mode=Mode.ONLINE, zone="Europe/Rome", platform_name="Rome 7")
    grant(cast, row)
    now = now_of(cast, anna)
    assert (now.mode, now.zone, now.platform_name) == (Mode.ONLINE, "Europe/Rome", "Rome 7")
    assert (places(cast), places(cast, Mode.ONLINE)) == ((3, 0, 0), (None, 1, 0))
    stored = read(cast.app, lambda: db.session.get_one(Asked, row.id))
    assert (stored.outcome, stored.decided_by, stored.more) == (Outcome.GRANTED, "KOIKE Yuriko", {})
    assert letters(cast)[-1] == "changed"


def test_what_cannot_be_granted_for_want_of_a_place_goes_on_waiting(cast: Cast) -> None:
    due(cast, Due.MODE)
    seats(cast, 0)
    anna = register(cast, "Anna Bianchi", mode=Mode.ONLINE)
    (row,) = change(cast, anna, mode=Mode.VENUE)
    with pytest.raises(Refused, match=r"No place is left \(at the venue\)"):
        grant(cast, row)
    assert (outcome(cast, row), now_of(cast, anna).mode) == (Outcome.WAITING, Mode.ONLINE)
    seats(cast, 1)
    grant(cast, row)
    assert (outcome(cast, row), now_of(cast, anna).mode) == (Outcome.GRANTED, Mode.VENUE)


def test_granting_twice_at_once_is_granting_once(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    (row,) = change(cast, anna, mode=Mode.ONLINE)
    at_once(4, lambda _number: grant(cast, row))
    assert (places(cast, Mode.ONLINE), letters(cast).count("changed")) == ((None, 1, 0), 1)
    refuse(cast, row)
    assert outcome(cast, row) == Outcome.GRANTED


def test_a_refusal_needs_a_reason_which_the_person_reads(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    (row,) = change(cast, anna, mode=Mode.ONLINE)
    with pytest.raises(Refused, match="Say why") as no:
        refuse(cast, row, "  ")
    assert no.value.field == "reason"
    refuse(cast, row)
    text = newest(cast)
    assert "A change is not granted: Hon. Anna Bianchi" in text
    assert "Reason: The hall is set up" in text
    assert "online (before: at the venue)" in text
    assert now_of(cast, anna).mode == Mode.VENUE


def test_asking_the_same_twice_is_one_request_and_another_takes_its_place(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    first, again = (change(cast, anna, mode=Mode.ONLINE)[0].id for _each in range(2))
    (other,) = change(cast, anna, mode=Mode.VIDEO)
    assert first == again != other.id
    rows = read(cast.app, lambda: list(db.session.execute(select(Asked.outcome).order_by(Asked.id)).scalars()))
    assert rows == [Outcome.OVERTAKEN, Outcome.WAITING]


def test_the_table_itself_refuses_a_second_one_that_waits(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    (row,) = change(cast, anna, mode=Mode.ONLINE)
    values = {each.name: getattr(row, each.name) for each in Asked.__table__.columns if each.name != "id"}
    with pytest.raises(IntegrityError):
        do(cast, lambda: db.session.execute(insert(Asked).values(values)))


def test_who_asked_may_take_it_back(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    (row,) = change(cast, anna, mode=Mode.ONLINE)
    do(cast, lambda: asking.take_back(row.id, who=anna.signed, now=later(2)))
    grant(cast, row)
    assert (outcome(cast, row), now_of(cast, anna).mode) == (Outcome.TAKEN_BACK, Mode.VENUE)


def test_nothing_is_left_to_decide_of_somebody_who_has_withdrawn(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    (row,) = change(cast, anna, mode=Mode.ONLINE)
    do(cast, lambda: service.withdraw(anna.id, later(2)))
    assert outcome(cast, row) == Outcome.OVERTAKEN


def test_a_mode_that_organisers_change_themselves_leaves_nothing_to_ask(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    (row,) = change(cast, anna, mode=Mode.ONLINE)
    do(cast, lambda: service.set_mode(anna.id, Mode.VIDEO, who="KOIKE Yuriko", now=later(2)))
    assert outcome(cast, row) == Outcome.OVERTAKEN


def approved(cast: Cast, asked: Approval, name: str = "Luca Ferri", **more: Any) -> Delegate:
    """Somebody approved at an event that asks for this approval."""
    approval(cast, Approval.NONE)
    done = complete(cast, nominate(cast, name, **more))
    approval(cast, asked)
    return done


def test_where_nobody_approves_a_name_is_changed_at_once(cast: Cast) -> None:
    luca = approved(cast, Approval.NONE)
    assert change(cast, luca, name="Luca Maria Ferri") == []
    assert now_of(cast, luca).name == "Luca Maria Ferri"


def test_the_name_of_somebody_approved_waits_for_the_organisers_with_what_was_told_with_it(cast: Cast) -> None:
    luca = approved(cast, Approval.BOTH)
    (row,) = change(cast, luca, name="Luca Maria Ferri", family_name="Ferri", mobile="+39061234567")
    stood = now_of(cast, luca)
    assert (stood.name, stood.family_name, stood.mobile) == ("Luca Ferri", "", "+39061234567")
    assert (row.late, row.decider) == (False, Decider.ORGANISERS)
    grant(cast, row)
    assert (now_of(cast, luca).name, now_of(cast, luca).family_name) == ("Luca Maria Ferri", "Ferri")


def test_where_the_city_approves_it_is_asked_and_told_by_letter(cast: Cast) -> None:
    speaker(cast)
    luca = approved(cast, Approval.FOCAL_POINT)
    (row,) = change(cast, luca, name="Luca Maria Ferri")
    assert (row.decider, letters(cast)[-1]) == (Decider.CITY, "change asked")
    assert "Luca Maria Ferri (before: Luca Ferri)" in newest(cast)


def correct(cast: Cast, person: Delegate, name: str, mode: Mode) -> list[Asked]:
    stored = now_of(cast, person)
    act = asking.correct
    return do(cast, lambda: act(person.id, name, mode, stored.version, who=OFFICE, now=later(1)))[1]


def test_what_the_office_does_itself_holds_where_the_city_approves(cast: Cast) -> None:
    luca = approved(cast, Approval.FOCAL_POINT)
    assert correct(cast, luca, "Luca Maria Ferri", Mode.ONLINE) == []
    now = now_of(cast, luca)
    assert (now.name, now.mode) == ("Luca Maria Ferri", Mode.ONLINE)


def test_names_that_are_final_for_badges_are_asked_for_even_before_approval(cast: Cast) -> None:
    due(cast, Due.NAMES)
    approval(cast, Approval.BOTH)
    luca = complete(cast, nominate(cast))
    (row,) = correct(cast, luca, "Luca Maria Ferri", luca.mode)
    assert (row.kind, row.late, now_of(cast, luca).name) == (Kind.NAME, True, "Luca Ferri")


def test_after_a_soft_deadline_a_name_is_taken_and_marked_late(cast: Cast) -> None:
    due(cast, Due.NAMES, hard=False)
    anna = register(cast, "Anna Bianchi")
    assert change(cast, anna, name="Anna Maria Bianchi") == []
    assert (now_of(cast, anna).name, now_of(cast, anna).late) == ("Anna Maria Bianchi", True)


def test_a_form_that_was_overtaken_changes_and_asks_nothing(cast: Cast) -> None:
    luca = approved(cast, Approval.BOTH)
    with pytest.raises(Refused, match="changed elsewhere") as no:
        do(cast, lambda: asking.change(luca.id, details(name="Other"), luca.version + 7, later(1)))
    assert no.value.field == "version"
    assert read(cast.app, lambda: db.session.execute(select(Asked.id)).all()) == []


def head(cast: Cast, person: Delegate) -> Asked | None:
    return do(cast, lambda: asking.name_head(person.id, who=OFFICE, now=later(1)))[1]


def test_a_head_among_the_approved_waits_and_then_takes_over_without_a_letter(cast: Cast) -> None:
    mayor = approved(cast, Approval.BOTH, "Roberto Gualtieri", role=Capacity.HEAD, rank=Rank.LEADER)
    deputy = approved(cast, Approval.BOTH, "Silvia Scozzese", role=Capacity.DEPUTY)
    row = head(cast, deputy)
    assert row is not None
    assert (now_of(cast, mayor).role, row.before) == (Capacity.HEAD, "Roberto Gualtieri")
    grant(cast, row)
    assert (now_of(cast, deputy).role, now_of(cast, mayor).role) == (Capacity.HEAD, Capacity.DELEGATE)
    assert flags(cast) == (False, False)


def flags(cast: Cast, city: str = "Rome") -> tuple[bool, bool]:
    """(a letter is required, changes are pending)."""
    key = delegation_id(cast, city)
    row = read(cast.app, lambda: db.session.get_one(Delegation, key))
    return row.letter_required, row.changes_pending


def test_a_second_wish_for_a_head_takes_the_place_of_the_first(cast: Cast) -> None:
    people = [approved(cast, Approval.BOTH, name) for name in ("Silvia Scozzese", "Eugenio Patanè")]
    first, second = (head(cast, each) for each in people)
    assert first is not None
    assert second is not None
    assert (outcome(cast, first), outcome(cast, second)) == (Outcome.OVERTAKEN, Outcome.WAITING)


def test_a_successor_who_was_only_named_needs_a_letter(cast: Cast) -> None:
    nominate(cast, "Roberto Gualtieri", role=Capacity.HEAD)
    unknown = nominate(cast, "Mara Villa")
    do(cast, lambda: leading.name_head(unknown.id, who=OFFICE, now=later(1)))
    assert flags(cast)[0] is True


def test_a_role_of_somebody_approved_waits_and_the_deputies_are_numbered_when_granted(cast: Cast) -> None:
    luca = approved(cast, Approval.BOTH)
    _same, row = do(cast, lambda: asking.change_role(luca.id, Capacity.DEPUTY, who=OFFICE, now=later(1)))
    assert row is not None
    assert now_of(cast, luca).role == Capacity.DELEGATE
    grant(cast, row)
    assert (now_of(cast, luca).role, now_of(cast, luca).deputy_place) == (Capacity.DEPUTY, 1)


def test_what_an_approved_delegation_changes_at_once_is_marked_for_the_organisers(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    do(cast, lambda: db.session.execute(update(Delegation).values(answer=Answer.APPROVED)))
    nominate(cast, "Mara Villa")
    assert (flags(cast), flags(cast, "Milan")) == ((False, True), (False, False))


def test_the_journal_names_what_was_asked_and_decided(cast: Cast) -> None:
    luca = approved(cast, Approval.BOTH)
    (row,) = change(cast, luca, name="Luca Maria Ferri")
    refuse(cast, row)
    found = select(Note.what, Note.who).where(Note.what.contains("change"), Note.what != "changed").order_by(Note.id)
    notes = read(cast.app, lambda: [tuple(each) for each in db.session.execute(found)])
    assert notes == [("asked for a change", luca.signed), ("refused a change", "KOIKE Yuriko")]


def test_when_the_summit_is_over_nothing_is_asked_for(cast: Cast) -> None:
    luca = approved(cast, Approval.BOTH)
    version = now_of(cast, luca).version
    told, after = details(name="Luca Maria Ferri"), NOW + timedelta(days=90)
    with pytest.raises(Refused, match="The summit is over"):
        do(cast, lambda: asking.change(luca.id, told, version, after))
