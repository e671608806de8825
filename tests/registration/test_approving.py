"""A city sends its delegation; the organisers approve it, with its people, or return it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app.db import db
from app.delegations import approving as moves
from app.delegations import focal
from app.delegations.models import Answer, Delegation, DelegationMode
from app.events.models import Approval, Mode
from app.journal import Note
from app.outbox import Message, renderers
from app.refused import Refused
from app.registration import approving
from app.registration.approving import Done, Lack
from app.registration.models import Capacity, Delegate, Rank, State
from tests.registration.cast import NOW, Cast, read
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
    register,
    seats,
    state,
)
from tests.registration.test_asking import speaker

KOIKE = "KOIKE Yuriko"


def answer(cast: Cast, city: str = "Rome") -> Answer:
    key = delegation_id(cast, city)
    return read(cast.app, lambda: db.session.get_one(Delegation, key).answer)


def send(cast: Cast, city: str = "Rome") -> bool:
    key = delegation_id(cast, city)
    return do(cast, lambda: approving.send(key, who=OFFICE, now=later(1)))


def approve(cast: Cast, city: str = "Rome", people_too: bool = True) -> Done:
    key = delegation_id(cast, city)
    return do(cast, lambda: approving.approve(key, who=KOIKE, now=later(2), people_too=people_too))


def give_back(cast: Cast, comment: str, city: str = "Rome") -> bool:
    key = delegation_id(cast, city)
    return do(cast, lambda: moves.give_back(key, comment, who=KOIKE, now=later(2)))


def by_video(cast: Cast, city: str) -> None:
    key = delegation_id(cast, city)

    def act() -> None:
        db.session.execute(delete(DelegationMode).where(DelegationMode.delegation_id == key))
        db.session.add(DelegationMode(delegation_id=key, mode=Mode.VIDEO))

    do(cast, act)


def lacks(cast: Cast, city: str = "Rome") -> list[Lack]:
    key = delegation_id(cast, city)

    def ask() -> list[Lack]:
        people = db.session.execute(select(Delegate).where(Delegate.delegation_id == key)).scalars().all()
        return [each.lack for each in approving.lacks(focal.held(key), people)]

    return do(cast, ask)


@pytest.fixture
def mayor(cast: Cast) -> Delegate:
    """Rome's leader, whose form is complete and who waits for the organisers."""
    speaker(cast)
    approval(cast, Approval.BOTH)
    return complete(cast, nominate(cast, "Roberto Gualtieri", role=Capacity.HEAD, rank=Rank.LEADER))


def test_nothing_is_sent_without_people_or_without_a_head(cast: Cast) -> None:
    with pytest.raises(Refused, match="Nobody is named yet"):
        send(cast)
    nominate(cast)
    with pytest.raises(Refused, match="The delegation has no head"):
        send(cast)
    assert answer(cast) == Answer.ACCEPTED


def test_a_city_that_sends_a_video_alone_needs_nobody(cast: Cast) -> None:
    by_video(cast, "Milan")
    assert (send(cast, "Milan"), answer(cast, "Milan")) == (True, Answer.SUBMITTED)
    approve(cast, "Milan")
    assert answer(cast, "Milan") == Answer.APPROVED


def test_what_is_sent_is_receipted_and_sent_once(cast: Cast, mayor: Delegate) -> None:
    assert (send(cast), send(cast), answer(cast)) == (True, False, Answer.SUBMITTED)
    assert letters(cast).count("delegation changed") == 1
    found = select(Message).where(Message.kind == "delegation changed")

    def text() -> str:
        message = db.session.execute(found).scalar_one()
        return renderers[message.kind](message.facts, message.language).text

    said = read(cast.app, text)
    assert "The delegation of Rome is with the organisers" in said
    assert "Roberto Gualtieri" in said


def test_what_was_not_sent_is_not_approved(cast: Cast, mayor: Delegate) -> None:
    with pytest.raises(Refused, match="Rome has not sent its delegation"):
        approve(cast)


def test_approving_gives_places_to_its_people_or_a_place_in_line(cast: Cast, mayor: Delegate) -> None:
    seats(cast, 1)
    luca = complete(cast, nominate(cast))
    send(cast)
    done = approve(cast)
    assert (done.placed, done.waitlisted) == (["Roberto Gualtieri"], ["Luca Ferri"])
    assert (answer(cast), state(cast, mayor), state(cast, luca)) == (
        Answer.APPROVED,
        State.APPROVED,
        State.WAITLISTED,
    )
    assert approve(cast).first is False


def test_people_may_be_left_for_later(cast: Cast, mayor: Delegate) -> None:
    send(cast)
    approve(cast, people_too=False)
    assert (answer(cast), state(cast, mayor)) == (Answer.APPROVED, State.ENDORSED)


def test_all_that_is_missing_is_said_at_once(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    nominate(cast, "Silvia Scozzese", role=Capacity.HEAD, rank=Rank.DEPUTY_LEADER)
    send(cast)
    assert lacks(cast) == [Lack.LETTER, Lack.FORMS]
    with pytest.raises(Refused, match=r"letter of authority is missing.*Silvia Scozzese"):
        approve(cast)
    assert answer(cast) == Answer.SUBMITTED


def test_a_leader_who_heads_the_delegation_needs_no_letter_unless_it_is_asked_for(cast: Cast, mayor: Delegate) -> None:
    assert lacks(cast) == []
    do(cast, lambda: db.session.execute(update(Delegation).values(letter_required=True)))
    assert lacks(cast) == [Lack.LETTER]


def test_what_is_returned_says_why_and_comes_back(cast: Cast, mayor: Delegate) -> None:
    send(cast)
    with pytest.raises(Refused, match="Say what is to be mended") as no:
        give_back(cast, " ")
    assert no.value.field == "comment"
    assert (give_back(cast, "Who speaks?"), give_back(cast, "Who speaks?")) == (True, False)
    assert (answer(cast), send(cast), answer(cast)) == (Answer.RETURNED, True, Answer.SUBMITTED)


def test_four_who_approve_at_once_approve_once(cast: Cast, mayor: Delegate) -> None:
    send(cast)
    firsts = at_once(4, lambda _number: approve(cast).first)
    assert sorted(firsts) == [False, False, False, True]


def test_many_are_approved_at_once_and_each_refusal_is_told(cast: Cast, mayor: Delegate) -> None:
    send(cast)
    ids = [delegation_id(cast, city) for city in ("Rome", "Milan", "Lancaster")]
    act = approving.approve_many
    done = do(cast, lambda: act(cast.event_id, ids, who=KOIKE, now=later(2)))
    assert (done.approved, sorted(done.refused)) == (["Rome"], ["Lancaster", "Milan"])
    found = select(Note.after).where(Note.what == "approved together")
    assert read(cast.app, lambda: list(db.session.execute(found).scalars())) == [{"cities": ["Rome"]}]


def test_the_clock_closes_what_was_approved_when_the_summit_is_over(cast: Cast, mayor: Delegate) -> None:
    send(cast)
    approve(cast)
    on_the_last_day = NOW + timedelta(days=50)
    assert (do(cast, lambda: moves.close_due(on_the_last_day)), answer(cast)) == (0, Answer.APPROVED)
    after = NOW + timedelta(days=51)
    assert [do(cast, lambda: moves.close_due(after)) for _each in range(2)] == [1, 0]
    assert (answer(cast), answer(cast, "Milan")) == (Answer.CLOSED, Answer.ACCEPTED)


def test_approving_the_delegation_settles_what_had_changed(cast: Cast, mayor: Delegate) -> None:
    do(cast, lambda: db.session.execute(update(Delegation).values(changes_pending=True)))
    send(cast)
    approve(cast)
    key = delegation_id(cast, "Rome")
    assert read(cast.app, lambda: db.session.get_one(Delegation, key).changes_pending) is False


def test_a_city_that_does_not_take_part_sends_nothing(cast: Cast) -> None:
    register(cast, "Anna Bianchi")
    do(cast, lambda: db.session.execute(update(Delegation).values(answer=Answer.WITHDRAWN)))
    with pytest.raises(Refused, match="Rome does not take part at present"):
        send(cast)
