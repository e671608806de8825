"""What may follow what, what each state holds, and what a step tells, stores and frees."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select, update

from app.db import db
from app.delegations.models import Answer, Delegation, FocalPoint
from app.delegations.models import Category as Kind
from app.events.models import Approval, Mode
from app.ical import Entry
from app.outbox import Message, renderers
from app.refused import Refused
from app.registration import deciding, leading, nominating, notices, rows, states, waiting
from app.registration.models import COUNTED, ENDED, SEATED, Capacity, Delegate, State
from app.registration.news import BELOW
from app.registration.states import Change, Held, after_form, holds, may_follow
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import (
    OFFICE,
    approval,
    complete,
    delegation_id,
    do,
    journal,
    later,
    letters,
    nominate,
    now_of,
    places,
    register,
    seats,
    state,
)


def test_what_has_ended_is_never_left() -> None:
    assert [(before, after) for before in ENDED for after in State if may_follow(before, after)] == []


def test_whatever_stands_can_be_withdrawn_cancelled_and_replaced() -> None:
    ends = (State.WITHDRAWN, State.CANCELLED, State.REPLACED)
    assert all(may_follow(state, end) for state in State if state not in ENDED for end in ends)


def test_only_who_is_on_the_list_is_offered_a_place() -> None:
    assert [state for state in State if may_follow(state, State.OFFERED)] == [State.WAITLISTED]


def test_who_is_approved_is_never_judged_again() -> None:
    assert states.NEXT[State.APPROVED] == {State.WITHDRAWN, State.CANCELLED, State.REPLACED}


def test_a_place_is_held_from_the_offer_on_and_a_quota_before() -> None:
    def held(state: State) -> Held:
        return holds(state, Capacity.INTERPRETER, Mode.VENUE)

    assert {state for state in State if held(state).place} == SEATED
    assert {state for state in State if held(state).quota} == COUNTED
    assert held(State.OFFERED) == Held(Mode.VENUE, (Kind.SUPPORT, Mode.VENUE))


@pytest.mark.parametrize(
    ("wanted", "endorsed", "goes"),
    [
        (Approval.NONE, False, State.APPROVED),
        (Approval.FOCAL_POINT, False, State.SUBMITTED),
        (Approval.FOCAL_POINT, True, State.APPROVED),
        (Approval.BOTH, False, State.SUBMITTED),
        (Approval.BOTH, True, State.ENDORSED),
    ],
)
def test_a_complete_form_goes_to_whoever_still_has_to_agree(wanted: Approval, endorsed: bool, goes: State) -> None:
    assert after_form(wanted, endorsed) == goes


def focal(cast: Cast, city: str = "Rome") -> None:
    """Somebody answers for the city."""
    key = delegation_id(cast, city)

    def act() -> None:
        person = FocalPoint(
            uid=f"focal-{city}", delegation_id=key, name=OFFICE, email="paola@rome.example.org", added_at=NOW
        )
        person.link_generation = 0
        person.seal()
        db.session.add(person)

    do(cast, act)


def told(cast: Cast) -> list[tuple[str, str]]:
    """(kind, to whom) of every letter."""
    found = select(Message.kind, Message.to_name).order_by(Message.id)
    return read(cast.app, lambda: [(kind, to) for kind, to in db.session.execute(found)])


def newest(cast: Cast) -> str:
    """The newest letter as plain text."""

    def act() -> str:
        message = db.session.execute(select(Message).order_by(Message.id.desc()).limit(1)).scalar_one()
        return renderers[message.kind](message.facts, message.language).text

    return read(cast.app, act)


def test_who_came_with_the_code_is_endorsed_then_approved_and_told_each_time(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    focal(cast)
    anna = register(cast, "Anna Bianchi")
    do(cast, lambda: nominating.endorse(anna.id, who=OFFICE, now=later(1)))
    do(cast, lambda: deciding.approve(anna.id, who="KOIKE Yuriko", now=later(2)))
    assert told(cast) == [
        ("submitted", "Anna Bianchi"),
        ("person moved", OFFICE),
        ("endorsed", "Anna Bianchi"),
        ("confirmation", "Anna Bianchi"),
        ("person moved", OFFICE),
    ]
    assert journal(cast, anna) == [
        ("registered", f"{anna.reference} (Anna Bianchi)"),
        ("endorsed", OFFICE),
        ("approved", "KOIKE Yuriko"),
    ]
    assert places(cast) == (3, 1, 0)


def test_where_the_city_alone_approves_its_word_is_enough(cast: Cast) -> None:
    approval(cast, Approval.FOCAL_POINT)
    anna = register(cast, "Anna Bianchi")
    do(cast, lambda: nominating.endorse(anna.id, who=OFFICE, now=later(1)))
    assert (state(cast, anna), letters(cast)) == (State.APPROVED, ["submitted", "confirmation"])


def test_to_endorse_twice_is_to_endorse_once(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    anna = register(cast, "Anna Bianchi")
    for hour in (1, 2):
        do(cast, lambda: nominating.endorse(anna.id, who=OFFICE, now=later(hour)))  # noqa: B023
    assert letters(cast) == ["submitted", "endorsed"]


def test_the_city_refuses_with_a_reason_that_the_person_reads(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    anna = register(cast, "Anna Bianchi")
    with pytest.raises(Refused) as no:
        do(cast, lambda: nominating.refuse(anna.id, " ", who=OFFICE, now=later(1)))
    assert no.value.field == "comment"
    do(cast, lambda: nominating.refuse(anna.id, "We do not know you.", who=OFFICE, now=later(1)))
    assert (state(cast, anna), "Reason: We do not know you." in newest(cast)) == (State.REFUSED, True)


def test_an_organiser_approves_nobody_whom_the_city_has_not_endorsed(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    anna = register(cast, "Anna Bianchi")
    with pytest.raises(Refused, match="with the city’s office"):
        do(cast, lambda: deciding.approve(anna.id, who="Tokyo", now=later(1)))


def test_nobody_is_approved_while_the_letter_of_authority_is_missing(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    do(cast, lambda: db.session.execute(update(Delegation).values(letter_required=True)))
    luca = complete(cast, nominate(cast))
    with pytest.raises(Refused, match="The letter of authority of Rome is missing"):
        do(cast, lambda: deciding.approve(luca.id, who="Tokyo", now=later(1)))


def test_what_is_returned_keeps_its_place_in_the_quota_and_comes_back_as_endorsed(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    luca = complete(cast, nominate(cast))
    do(cast, lambda: deciding.give_back(luca.id, "Which department?", who="Tokyo", now=later(1)))
    back = now_of(cast, luca)
    assert (back.state, back.comment, back.category) == (
        State.RETURNED,
        "Which department?",
        Kind.DELEGATES,
    )
    assert "Comment: Which department?" in newest(cast)
    complete(cast, luca, later(2), position="Head of Mobility, Department VII")
    assert state(cast, luca) == State.ENDORSED


def test_a_rejection_is_for_good(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    luca = complete(cast, nominate(cast))
    do(cast, lambda: deciding.reject(luca.id, "Not of the city", who="Tokyo", now=later(1)))
    with pytest.raises(Refused, match="the registration is now “rejected”"):
        do(cast, lambda: deciding.give_back(luca.id, "After all", who="Tokyo", now=later(2)))


def test_to_cancel_frees_the_place_calls_off_the_calendar_and_says_why(cast: Cast) -> None:
    anna = register(cast, "Anna Bianchi")
    do(cast, lambda: deciding.cancel(anna.id, "Registered twice", who="Tokyo", now=later(1)))
    gone = now_of(cast, anna)
    assert (places(cast), gone.state, gone.category) == ((3, 0, 0), State.CANCELLED, None)
    assert Entry.from_json(gone.participation).item.cancelled
    assert "Reason: Registered twice" in newest(cast)


def test_a_city_that_leaves_takes_all_its_people_along_and_frees_everything(cast: Cast) -> None:
    people = [register(cast, f"Delegate {number}") for number in range(3)]
    next_one = complete(cast, nominate(cast, "Luca Ferri", "Milan"))
    own = complete(cast, nominate(cast, "Carla Neri", "Rome"))

    def leave() -> None:
        rome = leading.hold(delegation_id_of_rome)
        rome.answer = Answer.WITHDRAWN
        waiting.city_left(rome, OFFICE, later(1))

    delegation_id_of_rome = delegation_id(cast, "Rome")
    do(cast, leave)
    assert {state(cast, each) for each in (*people, own)} == {State.WITHDRAWN}
    assert (state(cast, next_one), places(cast)) == (State.OFFERED, (3, 1, 0))


def test_every_change_is_passed_on_in_its_own_transaction(cast: Cast) -> None:
    seen: list[tuple[str, State | None, State, Mode, Mode]] = []

    def hear(change: Change, now: datetime) -> None:
        assert db.session().in_transaction()
        seen.append((change.delegate.name, change.before, change.after, change.mode_before, change.mode_after))

    states.consequences.append(hear)
    try:
        luca = complete(cast, nominate(cast), mode=Mode.ONLINE)
        do(cast, lambda: nominating.remove(luca.id, who=OFFICE, now=later(1)))
    finally:
        states.consequences.remove(hear)
    venue, online = Mode.VENUE, Mode.ONLINE
    assert seen == [
        ("Luca Ferri", None, State.NOMINATED, venue, venue),
        ("Luca Ferri", State.NOMINATED, State.NOMINATED, venue, online),
        ("Luca Ferri", State.NOMINATED, State.APPROVED, online, online),
        ("Luca Ferri", State.APPROVED, State.WITHDRAWN, online, online),
    ]


def test_every_letter_of_a_state_can_be_read_in_both_forms(cast: Cast) -> None:
    from_list = complete(cast, nominate(cast, "Luca Ferri"))

    def render(kind: str, delegate: Delegate) -> tuple[bool, bool]:
        facts = dict(notices.letter(kind, rows.one(delegate.id), OFFICE).facts) | {
            "until": NOW.isoformat(),
            "comment": "A reason",
        }
        done = renderers[kind](facts, "en")
        return "Luca Ferri" in done.text, "Luca Ferri" in done.html

    found = {kind: do(cast, lambda: render(kind, from_list)) for kind in BELOW}  # noqa: B023
    assert set(found.values()) == {(True, True)}


def test_the_letter_of_an_offer_names_its_end_on_both_clocks(cast: Cast) -> None:
    seats(cast, 0)
    complete(cast, nominate(cast, "Luca Ferri", email="luca@rome.example.org"))
    seats(cast, 1)
    assert "Take it by: 11 January 2090, 18:00 (Tokyo)\n    11 January 2090, 10:00 (Rome)" in newest(cast)


def test_the_letter_of_an_offer_is_of_use_as_long_as_the_place_is_held(cast: Cast) -> None:
    seats(cast, 0)
    luca = complete(cast, nominate(cast, "Luca Ferri", email="luca@rome.example.org"))
    seats(cast, 1)
    until = select(Message.until).where(Message.kind == "offered")
    assert read(cast.app, lambda: db.session.execute(until).scalar_one()) == now_of(cast, luca).offered_until
