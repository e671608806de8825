"""Random walks over everything that can happen to sign-ups of two visits; after each step the books must balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update

from app.db import db, write
from app.desk.erasing import service as erasing
from app.events.models import Mode
from app.journal import Note
from app.outbox import Message
from app.refused import Refused
from app.registration import service
from app.registration.models import Capacity, Delegate, Places, State
from app.visits import editing, rows, signing, vehicles, waiting
from app.visits.editing import Facts
from app.visits.models import HOLDING, OVER, SignUp, Standing, Tick, Vehicle, Visit
from app.visits.signing import Request
from app.web.kept import KeepingFlask
from tests.registration.cast import NOW, Cast, assemble
from tests.visits.cast import HARBOUR, ORGANISER, guests, roomy

PEOPLE = 9
someone = st.integers(0, PEOPLE - 1)
few = st.integers(1, 4)


class Walk(RuleBasedStateMachine):
    """Rome's and Milan's people, one visit with two vehicles or on foot; each walk begins with nobody signed up."""

    cast: ClassVar[Cast]
    people: ClassVar[list[Delegate]]

    def __init__(self) -> None:
        super().__init__()
        self.context = self.cast.app.app_context()
        self.context.push()
        self.now: datetime = NOW
        self.visit_id = 0
        self.by_hand = False
        self.order: dict[int, tuple[int, datetime, int]] = {}
        self.placed: dict[int, str] = {}

    def teardown(self) -> None:
        db.session.remove()
        self.context.pop()

    @initialize(
        seats=st.integers(1, 4),
        cars=st.booleans(),
        most=st.sampled_from((None, None, 2)),
        heads=st.booleans(),
        early=st.integers(0, PEOPLE - 2),
    )
    def begin(self, seats: int, cars: bool, most: int | None, heads: bool, early: int) -> None:
        """A visit, and so many who signed up for it at once, so that most walks begin with a line of people."""

        def act() -> int:
            for table in (Tick, SignUp, Vehicle, Visit, Message, Note):
                db.session.execute(delete(table))
            again = {"state": State.APPROVED, "mode": Mode.VENUE, "erased_at": None, "email": "office@rome.example.org"}
            db.session.execute(update(Delegate).values(name="Guest " + Delegate.uid, **again))
            for mode, count in ((Mode.VENUE, PEOPLE), (Mode.ONLINE, 0)):
                mine = Places.event_id == self.cast.event_id, Places.mode == mode
                db.session.execute(update(Places).where(*mine).values(taken=count))
            first = ["head"] if heads else []
            told = Facts(**(vars(HARBOUR) | {"seats": seats, "per_delegation": most, "first_roles": first}))
            made = editing.make(self.cast.event_id, told, "harbour", who=ORGANISER, now=NOW)
            for name, places, step_free in (("Bus", 2, 0), ("Van", 2, 1)) if cars else ():
                vehicles.add(made.id, vehicles.Facts(name, places, step_free), who=ORGANISER, now=NOW)
            return made.id

        self.visit_id = write(act)
        for number in range(early):
            self.sign_up(number, 1, step_free=False)

    def try_to(self, act: Callable[[], object]) -> None:
        """Do it; no is an answer too, and changes nothing."""
        self.now += timedelta(hours=1)
        try:
            write(act)
        except Refused:
            db.session.rollback()

    def pick(self, number: int, *states: Standing) -> int:
        found = select(SignUp.id).where(SignUp.state.in_(states)).order_by(SignUp.id)
        keys = list(db.session.execute(found).scalars())
        db.session.rollback()
        return keys[number % len(keys)] if keys else 0

    @rule(first=someone, size=st.integers(1, 3), step_free=st.booleans())
    def sign_up(self, first: int, size: int, step_free: bool) -> None:
        party = [self.people[(first + 3 * each) % PEOPLE] for each in range(size)]
        needs = frozenset({party[0].id} if step_free else ())
        asked = Request(tuple(each.id for each in party), needs, "", True)
        self.try_to(lambda: signing.sign_up(self.visit_id, asked, who="them", now=self.now))

    @rule(number=someone, whole=st.booleans())
    def give_back(self, number: int, whole: bool) -> None:
        if key := self.pick(number, *HOLDING, Standing.WAITLISTED):
            self.try_to(lambda: signing.give_back(key, whole=whole, who="them", now=self.now))

    @rule(number=someone, yes=st.booleans())
    def answer(self, number: int, yes: bool) -> None:
        if key := self.pick(number, Standing.OFFERED):
            done = waiting.accept if yes else waiting.decline
            self.try_to(lambda: done(key, who="them", now=self.now))

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.try_to(lambda: waiting.expire_due(self.now))

    @rule(number=someone)
    def skip(self, number: int) -> None:
        if key := self.pick(number, Standing.WAITLISTED):
            self.by_hand = True
            self.try_to(lambda: waiting.skip_to(key, "called", who=ORGANISER, now=self.now))

    @rule(number=someone, to=st.integers(0, 2))
    def class_of(self, number: int, to: int) -> None:
        if key := self.pick(number, Standing.WAITLISTED):
            self.try_to(lambda: waiting.set_class(key, to, who=ORGANISER, now=self.now))

    @rule(seats=st.integers(0, 5))
    def seats(self, seats: int) -> None:
        def act() -> None:
            there = db.session.get_one(Visit, self.visit_id)
            told = Facts(**(vars(Facts.of(there)) | {"seats": seats}))
            editing.change(self.visit_id, told, there.version, who=ORGANISER, now=self.now)

        self.try_to(act)

    @rule(number=st.integers(0, 1), seats=few, step_free=st.integers(0, 2))
    def vehicle(self, number: int, seats: int, step_free: int) -> None:
        told = vehicles.Facts(("Bus", "Van")[number], seats, step_free)
        query = select(Vehicle.id).where(Vehicle.name == told.name)
        key = db.session.execute(query).scalar_one_or_none()
        db.session.rollback()
        if key:
            self.try_to(lambda: vehicles.change(key, told, who=ORGANISER, now=self.now))
        else:
            self.try_to(lambda: vehicles.add(self.visit_id, told, who=ORGANISER, now=self.now))

    @rule(number=st.integers(0, 1))
    def without_vehicle(self, number: int) -> None:
        found = select(Vehicle.id).where(Vehicle.name == ("Bus", "Van")[number])
        key = db.session.execute(found).scalar_one_or_none()
        db.session.rollback()
        if key:
            self.try_to(lambda: vehicles.remove(key, who=ORGANISER, now=self.now))

    @rule(number=someone, wanted=st.booleans())
    def need(self, number: int, wanted: bool) -> None:
        if key := self.pick(number, *HOLDING, Standing.WAITLISTED):
            self.try_to(lambda: signing.share_need(key, wanted, who="them", now=self.now))

    @rule(number=someone)
    def take_off(self, number: int) -> None:
        if key := self.pick(number, *HOLDING, Standing.WAITLISTED):
            self.try_to(lambda: signing.take_off([key], "A reason", who=ORGANISER, now=self.now))

    @rule(number=someone)
    def leave_the_venue(self, number: int) -> None:
        self.try_to(lambda: service.set_mode(self.people[number].id, Mode.ONLINE, who="them", now=self.now))

    @rule(number=someone)
    def withdraw(self, number: int) -> None:
        self.try_to(lambda: service.withdraw(self.people[number].id, self.now))

    @rule(number=someone)
    def erase(self, number: int) -> None:
        self.try_to(lambda: erasing.erase(self.people[number].id, who=ORGANISER, now=self.now))

    @invariant()
    def whoever_was_erased_holds_nothing(self) -> None:
        mine = select(SignUp).join(Delegate).where(Delegate.erased_at.is_not(None))
        for each in db.session.execute(mine).scalars():
            assert (each.state in OVER, each.vehicle_id, each.step_free, each.mobile) == (True, None, False, "")
            assert each.comment == ""
        db.session.rollback()

    @invariant()
    def nothing_is_oversold_and_every_place_is_counted(self) -> None:
        if not self.visit_id:
            return
        visit, people = self.read()
        held = [each for each in people if each.state in HOLDING]
        assert visit.taken == len(held)
        assert visit.seats is None or visit.taken <= visit.seats
        for car in visit.vehicles:
            mine = [each for each in held if each.vehicle_id == car.id]
            assert (car.taken, car.step_free_taken) == (len(mine), sum(each.step_free for each in mine))
            assert car.taken <= car.seats
            assert car.step_free_taken <= car.step_free
        db.session.rollback()

    @invariant()
    def parties_stand_together(self) -> None:
        """Whole: all on offer, all waiting, or all placed, and in one vehicle."""
        if not self.visit_id:
            return
        _visit, people = self.read()
        for mark in {each.party for each in people if each.party}:
            party = [each for each in people if each.party == mark]
            assert len({each.state for each in party}) == 1
            assert len({each.vehicle_id for each in party}) == 1
        db.session.rollback()

    @invariant()
    def whoever_could_have_a_place_has_one_on_offer(self) -> None:
        """Every path that frees has promoted: whoever is first and fits does not wait."""
        if not self.visit_id:
            return
        visit, _people = self.read()
        parties, step_free = waiting.queue(self.visit_id)
        lost = any(each.state in HOLDING and each.vehicle_id is None for each in _people) and bool(visit.vehicles)
        if waiting.offer_holds(visit, self.now) is not None and not lost:
            assert waiting.turns(visit, parties, step_free) == []
        db.session.rollback()

    @invariant()
    def nobody_who_waits_was_passed(self) -> None:
        """Whoever got a place in a step stood before all who still wait and whose city had room."""
        if not self.visit_id:
            return
        visit, people = self.read()
        held = Counter(each.delegate.delegation_id for each in people if each.state in HOLDING)
        fresh = [each for each in people if each.id in self.order and each.state in HOLDING]
        for each in (mine for mine in people if mine.state == Standing.WAITLISTED and not self.by_hand):
            party = [other for other in people if other.party == each.party] if each.party else [each]
            full = visit.per_delegation is not None and (
                held[each.delegate.delegation_id] + len(party) > visit.per_delegation
            )
            passed = [new for new in fresh if each.id in self.order and self.order[new.id] > self.order[each.id]]
            assert full or not passed
        self.by_hand = False
        waits = {each.party or each.id for each in people if each.state == Standing.WAITLISTED}
        first: dict[object, tuple[int, datetime, int]] = {}
        for each in people:
            if (each.party or each.id) in waits and each.joined_at is not None:
                mine = each.list_class, each.joined_at, each.id
                first[each.party or each.id] = min(first.get(each.party or each.id, mine), mine)
        self.order = {each.id: first[each.party or each.id] for each in people if each.state == Standing.WAITLISTED}
        db.session.rollback()

    def read(self) -> tuple[Visit, list[SignUp]]:
        people = rows.whole().where(SignUp.visit_id == self.visit_id)
        return write(lambda: (rows.lock([self.visit_id])[self.visit_id], rows.held(people)))


def prepared(app: KeepingFlask) -> type[Walk]:
    """Three people each of Rome, Milan and Tokyo, one of them a head."""
    cast = roomy(assemble(app))
    cities = [guests(cast, 3, city) for city in ("Rome", "Milan", "Tokyo")]
    people = [each for group in zip(*cities, strict=True) for each in group]
    head = update(Delegate).where(Delegate.id == people[3].id).values(role=Capacity.HEAD)
    with app.app_context():
        write(lambda: db.session.execute(head))
    return type("WalkHere", (Walk,), {"cast": cast, "people": people})


def test_the_books_balance_whatever_happens(app: KeepingFlask) -> None:
    run_state_machine_as_test(
        prepared(app),
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        ),
    )
