"""Several people press at once: each thing happens once, and nobody gets a fault of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.accounts import staffing
from app.accounts.models import Role, Staff
from app.agenda.models import Session
from app.db import db
from app.delegations.models import Delegation
from app.desk.together import approving
from app.desk.together import service as together
from app.desk.together.edits import NoteEdit, QuotaEdit
from app.desk.together.models import BulkAct
from app.events.models import Approval, Due, Event, Mode
from app.outbox import Message
from app.publishing import planned
from app.publishing.models import Planned, Release, Stage
from app.publishing.planned import Wish
from app.refused import Refused
from app.registration import asking
from app.registration.asked import Asked, Outcome
from app.registration.models import Delegate, State
from app.travel import codes
from app.travel import service as travel
from app.travel.letters import figures
from app.travel.models import Code, Kind, Logistics
from app.web.kept import KeepingFlask
from tests.accounts.people import person
from tests.registration.cast import NOW, Cast, assemble, read
from tests.registration.people import approval, at_once, complete, do, later, nominate, register
from tests.registration.test_asking import change, due

MANY = 8


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


def press(cast: Cast, *acts: Callable[[], Any]) -> list[Any]:
    """All of these at once; what came of each, or the sentence with which it was refused."""

    def one(number: int) -> Any:
        try:
            return do(cast, acts[number])
        except Refused as no:
            return no.message

    return at_once(len(acts), one)


def count(cast: Cast, query: Any) -> int:
    return int(read(cast.app, lambda: db.session.execute(query).scalar_one()))


def look(cast: Cast, edit: Any, slugs: list[str]) -> str:
    def seen() -> str:
        found = together.cities(cast.event_id, slugs)
        return together.mark(edit, together.plan(cast.event_id, edit, found, NOW))

    return read(cast.app, seen)


def test_one_edit_of_several_cities_by_eight_organisers_is_one_act(cast: Cast) -> None:
    slugs, edit = ["rome", "milan"], QuotaEdit("delegates", "venue", 4, "as agreed")
    seen = look(cast, edit, slugs)
    press(
        cast,
        *(
            lambda number=number: (
                together.apply(
                    cast.event_id,
                    QuotaEdit("delegates", "venue", 4, "as agreed"),
                    slugs,
                    seen,
                    f"form {number}",
                    who="Tokyo",
                    now=NOW,
                ).code
            )
            for number in range(MANY)
        ),
    )
    assert count(cast, select(func.count()).select_from(BulkAct)) == 1


def test_undone_while_another_edit_is_made_nothing_is_lost(cast: Cast) -> None:
    slugs, first = ["rome", "milan"], NoteEdit("First")
    code = do(
        cast,
        lambda: together.apply(cast.event_id, first, slugs, look_in(cast, first, slugs), "a", who="T", now=NOW).code,
    )
    second = NoteEdit("Second")
    seen = look(cast, second, slugs)
    press(
        cast,
        *([lambda: together.undo(cast.event_id, code, who="Tokyo", now=NOW)] * 4),
        *([lambda: together.apply(cast.event_id, NoteEdit("Second"), slugs, seen, "b", who="Rome", now=NOW).code] * 4),
    )
    notes = read(
        cast.app,
        lambda: set(
            db.session.execute(
                select(Delegation.internal_note).where(Delegation.uid.in_(["summit-rome", "summit-milan"]))
            ).scalars()
        ),
    )
    assert notes in ({""}, {"First\nSecond"})


def look_in(cast: Cast, edit: Any, slugs: list[str]) -> str:
    found = together.cities(cast.event_id, slugs)
    return together.mark(edit, together.plan(cast.event_id, edit, found, NOW))


def test_two_organisers_who_take_each_other_off_leave_one(cast: Cast) -> None:
    def act() -> list[int]:
        users = [person(city) for city in ("tokyo", "rome")]
        db.session.add_all(users)
        db.session.flush()
        db.session.add_all(Staff(user_id=each.id, event_id=cast.event_id, role=Role.ORGANISER) for each in users)
        return [each.id for each in users]

    keys = do(cast, act)
    press(cast, *(lambda key=key: staffing.set_roles(cast.event_id, key, [], who="x", now=NOW) for key in keys * 4))
    assert count(cast, select(func.count()).select_from(Staff)) == 1


def test_one_invited_to_two_summits_at_once_has_one_account(cast: Cast) -> None:
    events = read(cast.app, lambda: list(db.session.execute(select(Event.id).order_by(Event.id)).scalars()))
    done = press(
        cast,
        *(
            lambda key=key: staffing.invite(key, "Seoul@example.org", [Role.VISA], who="x", now=NOW).email
            for key in events * 4
        ),
    )
    assert Counter(done) == {"seoul@example.org": MANY}
    assert count(cast, select(func.count()).select_from(Staff)) == 2


def test_of_granting_refusing_and_taking_back_one_happens(cast: Cast) -> None:
    due(cast, Due.MODE)
    anna = register(cast, "Anna Bianchi")
    row = change(cast, anna, mode=Mode.ONLINE, zone="Europe/Rome")[0]
    acts = [
        lambda: asking.grant(row.id, who="T", now=later(2)).outcome,
        lambda: asking.refuse(row.id, "no", who="R", now=later(2)).outcome,
        lambda: asking.take_back(row.id, who="A", now=later(2)).outcome,
    ]
    done = press(cast, *acts, *acts, *acts[:2])
    kept = read(cast.app, lambda: db.session.execute(select(Asked.outcome).where(Asked.id == row.id)).scalar_one())
    assert set(done) == {kept}
    mode = read(cast.app, lambda: db.session.execute(select(Delegate.mode).where(Delegate.id == anna.id)).scalar_one())
    assert (mode == Mode.ONLINE) == (kept == Outcome.GRANTED)


def test_two_approvals_of_the_same_people_approve_each_once(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    people = [complete(cast, nominate(cast, f"Anna {number}")) for number in range(5)]
    references = [each.reference for each in people]

    def act(number: int) -> str:
        event = db.session.get_one(Event, cast.event_id)
        return approving.approve(event, references, f"form {number}", who="T", now=later(3)).code

    press(cast, *(lambda number=number: act(number) for number in range(MANY)))
    states = read(cast.app, lambda: Counter(db.session.execute(select(Delegate.state)).scalars()))
    assert states == {State.APPROVED: 3, State.ENDORSED: 2}
    assert (
        count(cast, select(func.count()).select_from(Message).where(Message.kind.in_(["confirmation", "approved"])))
        == 3
    )


def test_of_plans_made_at_once_one_waits(cast: Cast) -> None:
    def act(number: int) -> str:
        event = db.session.get_one(Event, cast.event_id)
        return planned.plan(event, Wish(later(24), f"form {number}"), who="T", now=NOW).uid

    done = press(cast, *(lambda number=number: act(number) for number in range(MANY)))
    assert count(cast, select(func.count()).select_from(Planned)) == 1
    assert len([each for each in done if len(str(each)) == 32]) == 1


def test_taken_back_in_the_moment_it_is_due_it_is_one_of_the_two(cast: Cast) -> None:
    retitle = update(Session).where(Session.code == "session-2").values(title="A round on rivers")
    do(cast, lambda: db.session.execute(retitle))
    row = do(
        cast, lambda: planned.plan(db.session.get_one(Event, cast.event_id), Wish(later(24), "f"), who="T", now=NOW)
    )
    key, uid, at = row.id, row.uid, later(25)
    press(
        cast,
        *([lambda: planned.carry_out(key, at), lambda: planned.take_back(cast.event_id, uid, who="T", now=at)] * 4),
    )
    stage = read(cast.app, lambda: db.session.execute(select(Planned.stage)).scalar_one())
    made = count(cast, select(func.count()).select_from(Release)) - 1
    assert (stage, made) in {(Stage.DONE, 1), (Stage.TAKEN_BACK, 0)}


def test_a_first_journey_told_by_eight_at_once_is_one_row_and_its_code_opens_once(cast: Cast) -> None:
    anna = register(cast, "Anna Bianchi")
    press(cast, *([lambda: travel.store(anna.id, "company", {"companions": []}, who="A", now=NOW)] * MANY))
    assert count(cast, select(func.count()).select_from(Logistics)) == 1
    press(cast, *([lambda: codes.send(anna.id, Kind.TRAVEL, NOW)] * MANY))
    assert count(cast, select(func.count()).select_from(Message).where(Message.kind == "private code")) == 5
    salt = read(cast.app, lambda: db.session.execute(select(Code.salt)).scalar_one())
    typed = read(cast.app, lambda: figures(anna.uid, Kind.TRAVEL, salt))
    opened = press(
        cast, *([lambda: codes.guess(anna.id, anna.uid, Kind.TRAVEL, typed, NOW + timedelta(minutes=1))] * MANY)
    )
    assert Counter(opened) == {True: 1, False: MANY - 1}
    assert len(typed) == 6
