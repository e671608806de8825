"""Random walks over everything that can happen to registrations; after each step the books must balance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update

from app import tokens
from app.db import db, write
from app.delegations import approving as answers
from app.delegations.models import Answer, Category, Delegation, DelegationMode, Overflow, Quota
from app.desk.erasing import service as erasing
from app.events.models import Approval, Deadline, Due, Event, Mode
from app.journal import Note
from app.outbox import Message
from app.refused import Refused
from app.registration import approving, asking, deciding, leading, line, nominating, parties, service, waiting
from app.registration.asked import Asked, Kind, Outcome
from app.registration.models import COUNTED, ENDED, SEATED, Capacity, Delegate, Draft, Needs, Places, Rank, State
from app.registration.service import Application
from app.web.kept import KeepingFlask
from tests.registration.cast import NOW, Cast, application, details
from tests.registration.people import OFFICE, nomination

CITIES = ("Rome", "Milan")
WANTED = "Another name"
"""How names begin that somebody changes or asks for."""
cities = st.sampled_from(CITIES)
modes = st.sampled_from((Mode.VENUE, Mode.VENUE, Mode.ONLINE))
roles = st.sampled_from((Capacity.HEAD, Capacity.DEPUTY, Capacity.DELEGATE, Capacity.DELEGATE, Capacity.INTERPRETER))
SETTLED = st.sampled_from(("grant", "grant", "refuse", "take back", ""))
someone = st.integers(0, 30)
few = st.integers(0, 3)


@dataclass(frozen=True)
class Seen:
    """Where somebody stood after a step."""

    state: State
    mode: Mode
    city: int
    rank: tuple[int, datetime | None, int]
    party: str

    @classmethod
    def of(cls, each: Delegate) -> Seen:
        rank = each.list_class, each.joined_list_at, each.id
        return cls(each.state, each.mode, each.delegation_id, rank, each.party)

    def waits(self, mode: Mode) -> bool:
        return self.state == State.WAITLISTED and self.mode == mode


class Walk(RuleBasedStateMachine):
    """Everything that can happen, in any order; each walk begins with nobody."""

    cast: ClassVar[Cast]

    def __init__(self) -> None:
        super().__init__()
        self.context = self.cast.app.app_context()
        self.context.push()
        self.now: datetime = NOW
        self.count = 0
        self.cities: dict[str, int] = {}
        self.before: dict[int, Seen] = {}
        self.by_hand = False
        self.forms: list[tuple[Application, int]] = []
        """What was sent by the register, and whom it made: they were told that they are registered."""

    def teardown(self) -> None:
        db.session.remove()
        self.context.pop()

    @initialize(approval=st.sampled_from(Approval), seats=st.integers(1, 3), late=st.booleans())
    def begin(self, approval: Approval, seats: int, late: bool) -> None:
        self.before = {}

        def act() -> None:
            db.session.execute(delete(Draft))
            db.session.execute(delete(Needs))
            db.session.execute(update(Delegate).values(replaced_by_id=None))
            for table in (Asked, Delegate, Overflow, Quota, Message, Note, Deadline):
                db.session.execute(delete(table))
            fresh = {"answer": Answer.ACCEPTED, "letter_required": False, "changes_pending": False}
            db.session.execute(update(Delegation).values(fresh))
            if late:
                for kind in (Due.MODE, Due.HEAD):
                    db.session.add(Deadline(event_id=self.cast.event_id, kind=kind, at=NOW, hard=True))
            db.session.execute(update(Event).values(approval=approval))
            db.session.execute(update(Places).values(taken=0, granted=0, lowered=0, seats=None))
            mine = Places.event_id == self.cast.event_id, Places.mode == Mode.VENUE
            db.session.execute(update(Places).where(*mine).values(seats=seats))

        write(act)
        found = select(Delegation.uid, Delegation.id).where(Delegation.event_id == self.cast.event_id)
        by_uid = dict(db.session.execute(found).all())
        self.cities = {city: by_uid[f"summit-{city.lower()}"] for city in CITIES}

        for number in range(8):
            role = (Capacity.DEPUTY, Capacity.DELEGATE, Capacity.DELEGATE, Capacity.HEAD)[number // 2]
            self.arrive(CITIES[number % 2], Mode.VENUE, role)
        self.together(CITIES[0])

    def arrive(self, city: str, mode: Mode, role: Capacity) -> None:
        """Somebody is named, filled in and decided about: they get a place, or wait for one."""
        named, told = nomination(self.new_name(), role, mode=mode), details(mode, name=f"Complete {self.count}")
        found: list[int] = []

        def name() -> None:
            found.append(nominating.nominate(self.cities[city], named, who=OFFICE, now=self.now).id)

        self.try_to(name)
        if found:
            key = found[-1]
            self.try_to(lambda: nominating.complete(key, told, on_behalf=True, who=OFFICE, now=self.now))
            self.try_to(lambda: deciding.put_on_list(key, who="Tokyo", now=self.now))

    def try_to(self, act: Callable[[], object]) -> None:
        """Do it; no is an answer too, and changes nothing."""
        self.now += timedelta(hours=1)
        try:
            write(act)
        except Refused:
            db.session.rollback()

    def pick(self, number: int, *states: State) -> Delegate | None:
        """One of those who stand, or are in these states."""
        among = Delegate.state.in_(states) if states else Delegate.state.not_in(ENDED)
        found = list(db.session.execute(select(Delegate).where(among).order_by(Delegate.id)).scalars())
        db.session.rollback()
        return found[number % len(found)] if found else None

    def with_one(self, number: int, act: Callable[[int], object], *states: State) -> None:
        if (found := self.pick(number, *states)) is not None:
            key = found.id
            self.try_to(lambda: act(key))

    def new_name(self) -> str:
        self.count += 1
        return f"Delegate {self.count}"

    @rule(city=cities, mode=modes)
    def register(self, city: str, mode: Mode) -> None:
        name = self.new_name()
        found: list[tuple[Application, int]] = []

        def act() -> None:
            asked = application(self.cast, f"the form of {name}", city, mode=mode, name=name)
            made = service.register(db.session.get_one(Event, self.cast.event_id), asked, self.now)
            found.append((asked, made.id))

        self.try_to(act)
        self.forms += found[-1:]

    @rule(number=someone)
    def send_again(self, number: int) -> None:
        """The same form once more: it makes nobody, and shows the one it made, or says whose it was."""
        if self.forms:
            asked, key = self.forms[number % len(self.forms)]

            def act() -> None:
                again = service.register(db.session.get_one(Event, self.cast.event_id), asked, self.now)
                assert again.id == key

            self.try_to(act)

    @rule(number=someone)
    def erase(self, number: int) -> None:
        """At their request, wherever they stand; twice is once."""
        act = erasing.erase
        self.with_one(number, lambda key: act(key, who="Tokyo", now=self.now), *State)

    @rule(city=cities, mode=modes, role=roles)
    def nominate(self, city: str, mode: Mode, role: Capacity) -> None:
        named = nomination(self.new_name(), role, mode=mode)
        self.try_to(lambda: nominating.nominate(self.cities[city], named, who=OFFICE, now=self.now))

    @rule(number=someone, mode=modes)
    def complete(self, number: int, mode: Mode) -> None:
        told = details(mode, name=f"Complete {number}")
        self.with_one(
            number,
            lambda key: nominating.complete(key, told, on_behalf=True, who=OFFICE, now=self.now),
            State.NOMINATED,
            State.RETURNED,
        )

    @rule(number=someone, yes=st.booleans())
    def answer_for_the_city(self, number: int, yes: bool) -> None:
        def act(key: int) -> None:
            if yes:
                nominating.endorse(key, who=OFFICE, now=self.now)
            else:
                nominating.refuse(key, "Unknown", who=OFFICE, now=self.now)

        self.with_one(number, act, State.SUBMITTED)

    @rule(city=cities, mode=modes, role=roles)
    def come(self, city: str, mode: Mode, role: Capacity) -> None:
        self.arrive(city, mode, role)

    @rule(number=someone, act=st.sampled_from((deciding.approve, deciding.put_on_list)))
    def approve(self, number: int, act: Callable[..., Delegate]) -> None:
        self.with_one(number, lambda key: act(key, who="Tokyo", now=self.now), State.ENDORSED)

    @rule(number=someone, act=st.sampled_from((deciding.give_back, deciding.reject, deciding.cancel)))
    def decide(self, number: int, act: Callable[..., Delegate]) -> None:
        self.with_one(number, lambda key: act(key, "A reason", who="Tokyo", now=self.now))

    @rule(number=someone, themselves=st.booleans())
    def leave(self, number: int, themselves: bool) -> None:
        def act(key: int) -> None:
            if themselves:
                service.withdraw(key, self.now)
            else:
                nominating.remove(key, who=OFFICE, now=self.now)

        self.with_one(number, act)

    @rule(number=someone, role=roles)
    def substitute(self, number: int, role: Capacity) -> None:
        self.by_hand = True
        named = nomination(self.new_name(), role)
        self.with_one(number, lambda key: nominating.substitute(key, named, who=OFFICE, now=self.now))

    @rule(number=someone, mode=modes)
    def change_mode(self, number: int, mode: Mode) -> None:
        self.with_one(number, lambda key: service.set_mode(key, mode, who="Tokyo", now=self.now))

    @rule(seats=st.none() | few)
    def set_places(self, seats: int | None) -> None:
        act = waiting.set_places
        self.try_to(lambda: act(self.cast.event_id, Mode.VENUE, seats, "A reason", who="Tokyo", now=self.now))

    @rule(city=cities, kind=st.sampled_from((Category.DELEGATES, Category.HEADS)), seats=st.none() | few)
    def set_quota(self, city: str, kind: Category, seats: int | None) -> None:
        key = self.cities[city]
        self.try_to(lambda: waiting.set_quota(key, kind, Mode.VENUE, seats, who="Tokyo", now=self.now))

    @rule(number=someone)
    def grant(self, number: int) -> None:
        found = list(db.session.execute(select(Quota.id).order_by(Quota.id)).scalars())
        db.session.rollback()
        if found:
            key = found[number % len(found)]
            self.try_to(lambda: waiting.grant_quota(key, 1, "A reason", who="Tokyo", now=self.now))

    @rule(city=cities)
    def together(self, city: str) -> None:
        """The last two of this city who wait at the venue become a party."""
        key = self.cities[city]
        waits = Delegate.state == State.WAITLISTED, Delegate.mode == Mode.VENUE, Delegate.delegation_id == key
        rows = db.session.execute(select(Delegate.id, Delegate.party).where(*waits).order_by(Delegate.id)).all()[-2:]
        db.session.rollback()
        # who is taken out of one party into another leaves those behind who stood where the party did
        self.by_hand = any(row.party for row in rows)
        self.try_to(lambda: waiting.together([row.id for row in rows], who="Tokyo", now=self.now))

    @rule(number=someone)
    def apart(self, number: int) -> None:
        """Who stood behind the first of the party stands behind others from then on."""
        if found := self.pick(number, State.WAITLISTED):
            city, mark, self.by_hand = found.delegation_id, found.party, True
            self.try_to(lambda: parties.take_apart(city, mark, who="Tokyo", now=self.now))

    @rule(number=someone, to=st.integers(0, 2))
    def class_of(self, number: int, to: int) -> None:
        self.by_hand = True
        self.with_one(number, lambda key: waiting.set_class(key, to, who="Tokyo", now=self.now), State.WAITLISTED)

    @rule(number=st.integers(1, 2))
    def grant_places(self, number: int) -> None:
        act = waiting.grant_places
        self.try_to(lambda: act(self.cast.event_id, Mode.VENUE, number, "A reason", who="Tokyo", now=self.now))

    @rule(number=someone, act=st.sampled_from((waiting.accept, waiting.decline)))
    def answer(self, number: int, act: Callable[..., Delegate]) -> None:
        self.with_one(number, lambda key: act(key, self.now), State.OFFERED)

    @rule()
    def expire(self) -> None:
        self.now += timedelta(hours=25)
        self.try_to(lambda: waiting.expire_due(self.now))

    @rule(number=someone)
    def skip(self, number: int) -> None:
        act, self.by_hand = waiting.skip_to, True
        self.with_one(number, lambda key: act(key, "A reason", who="Tokyo", now=self.now), State.WAITLISTED)

    @rule(number=someone, former=st.sampled_from((Capacity.DELEGATE, Capacity.DEPUTY)))
    def name_head(self, number: int, former: Any) -> None:
        act = leading.name_head
        self.with_one(number, lambda key: act(key, who=OFFICE, now=self.now, former=former))

    @rule(number=someone, rename=st.booleans(), then=SETTLED)
    def ask(self, number: int, rename: bool, then: str) -> None:
        """The office changes mode or name, or asks for it."""
        found = self.pick(number, State.APPROVED) or self.pick(number, *service.FILLED_IN)
        if found is not None:
            name = f"{WANTED} {found.id}" if rename else found.name
            mode = Mode.ONLINE if found.mode == Mode.VENUE else Mode.VENUE
            act, key, version = asking.correct, found.id, found.version
            self.try_to(lambda: act(key, name, mode, version, who=OFFICE, now=self.now))
            self.settle(number, then)

    @rule(number=someone, role=roles, then=SETTLED)
    def ask_for_role(self, number: int, role: Capacity, then: str) -> None:
        found = self.pick(number, State.APPROVED) or self.pick(number)
        if found is not None:
            act, key = asking.change_role, found.id
            self.try_to(lambda: act(key, role, who=OFFICE, now=self.now))
            self.settle(number, then)

    @rule(number=someone, role=roles, stands=st.sampled_from((State.WAITLISTED, State.APPROVED)))
    def change_role(self, number: int, role: Capacity, stands: State) -> None:
        act = leading.change_role
        self.with_one(number, lambda key: act(key, role, who=OFFICE, now=self.now), stands)

    @rule(number=someone, then=SETTLED)
    def settle(self, number: int, then: str) -> None:
        """Something is done about one of the changes that wait, or nothing."""
        waits = select(Asked.id).where(Asked.outcome == Outcome.WAITING).order_by(Asked.id.desc())
        found = list(db.session.execute(waits).scalars())
        db.session.rollback()
        if not found:
            return
        key = found[number % len(found)]
        acts: dict[str, Callable[[], object]] = {
            "grant": lambda: asking.grant(key, who="Tokyo", now=self.now),
            "refuse": lambda: asking.refuse(key, "A reason", who="Tokyo", now=self.now),
            "take back": lambda: asking.take_back(key, who=OFFICE, now=self.now),
        }
        if then in acts:
            self.try_to(acts[then])

    @rule(city=cities, yes=st.booleans())
    def decide_on_city(self, city: str, yes: bool) -> None:
        """The city hands in all that is missing and sends its delegation; the organisers approve or return it."""
        key = self.cities[city]
        mine = Delegate.delegation_id == key
        owing = select(Delegate.id).where(mine, Delegate.state.in_((State.NOMINATED, State.RETURNED)))
        for each in list(db.session.execute(owing.order_by(Delegate.id)).scalars()):
            self.fill_in(each)
        leader = update(Delegate).where(mine).values(rank=Rank.LEADER)
        held = update(Delegation).where(Delegation.id == key).values(letter_required=False)
        self.try_to(lambda: (db.session.execute(leader), db.session.execute(held)))
        self.try_to(lambda: approving.send(key, who=OFFICE, now=self.now))
        if yes:
            self.try_to(lambda: approving.approve(key, who="Tokyo", now=self.now))
        else:
            self.try_to(lambda: answers.give_back(key, "A reason", who="Tokyo", now=self.now))

    def fill_in(self, key: int) -> None:
        told = details(Mode.VENUE, name=f"Complete {key}")
        self.try_to(lambda: nominating.complete(key, told, on_behalf=True, who=OFFICE, now=self.now))

    @invariant()
    def books_balance(self) -> None:
        people = list(db.session.execute(select(Delegate)).scalars())
        quotas_check(people)
        places_check(self.cast.event_id, people)
        heads_check(people)
        line_check(self.cast.event_id)
        asked_check(people)
        forms_check(people, self.forms)
        erased_check(people)
        after = {each.id: Seen.of(each) for each in people}
        if not self.by_hand:
            nobody_overtakes(self.before, after)
        self.before, self.by_hand = after, False
        db.session.rollback()


def quotas_check(people: list[Delegate]) -> None:
    """Who counts is counted, in the right quota; no quota is exceeded; who does not count holds nothing."""
    assert all(each.category == (line.category(each.role) if each.state in COUNTED else None) for each in people)
    for row in db.session.execute(select(Quota)).scalars():
        counted = [
            each
            for each in people
            if (each.delegation_id, each.category, each.mode) == (row.delegation_id, row.category, row.mode)
        ]
        assert row.taken == len(counted) <= row.seats + row.granted


def places_check(event_id: int, people: list[Delegate]) -> None:
    """Every place that is taken has somebody, and no more are taken than there are."""
    for row in db.session.execute(select(Places).where(Places.event_id == event_id)).scalars():
        assert row.taken == sum(each.state in SEATED and each.mode == row.mode for each in people)
        assert row.seats is None or row.taken <= row.seats + row.granted
    wrong = [each.name for each in people if (each.state == State.OFFERED) != (each.offered_until is not None)]
    assert wrong == []


def heads_check(people: list[Delegate]) -> None:
    """A delegation has at most one head, and deputies 1..n."""
    for city in {each.delegation_id for each in people}:
        mine = [each for each in people if each.delegation_id == city and each.state not in ENDED]
        assert sum(each.role == Capacity.HEAD for each in mine) <= 1
        numbers = sorted(each.deputy_place or 0 for each in mine if each.role == Capacity.DEPUTY)
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(each.deputy_place is None for each in mine if each.role != Capacity.DEPUTY)


def asked_check(people: list[Delegate]) -> None:
    """What waits is of somebody who stands, once of each kind and one head of each city; nothing is in force before it
    is granted."""
    rows = list(db.session.execute(select(Asked)).scalars())
    waiting_now = [each for each in rows if each.waits]
    standing = {each.id for each in people if each.state not in ENDED}
    assert {each.delegate_id for each in waiting_now} <= standing
    assert len({(each.delegate_id, each.kind) for each in waiting_now}) == len(waiting_now)
    heads = [each.delegation_id for each in waiting_now if each.kind == Kind.HEAD]
    assert len(set(heads)) == len(heads)
    assert all(each.more == {} for each in rows if not each.waits)
    asked = {each.delegate_id for each in rows if each.kind == Kind.NAME}
    granted = {each.delegate_id for each in rows if (each.kind, each.outcome) == (Kind.NAME, Outcome.GRANTED)}
    renamed = {each.id for each in people if each.name.startswith(WANTED)}
    assert renamed & asked <= granted
    cities_with_modes = set(db.session.execute(select(DelegationMode.delegation_id)).scalars())
    assert {each.delegation_id for each in people} <= cities_with_modes


def forms_check(people: list[Delegate], forms: list[tuple[Application, int]]) -> None:
    """Whoever was told that they are registered is stored, once, and as nobody else."""
    stored = {each.id: each.submit_key for each in people}
    assert len(set(stored.values())) == len(stored)
    for asked, key in forms:
        event_id = next(each.event_id for each in people if each.id == key)
        assert stored[key] == tokens.digest(f"{event_id}/{asked.submit_key}")


def erased_check(people: list[Delegate]) -> None:
    """Nothing is known of whoever was erased but that they were there; none of their links opens anything."""
    erased = {each.id for each in people if each.erased_at is not None}
    for each in (one for one in people if one.id in erased):
        assert each.state in ENDED
        assert (each.name, each.email, each.mobile, each.comment) == (each.reference, "", "", "")
        assert {each.position, each.organisation} <= {"", "–"}
        assert (each.link_hash, each.feed_hash) == (tokens.digest(each.link), tokens.digest(each.feed))
        assert each.link_generation > 0
    for table in (Draft, Needs):
        assert erased.isdisjoint(db.session.execute(select(table.delegate_id)).scalars())


def line_check(event_id: int) -> None:
    """Nobody waits who could be placed: whatever is free is held for the first in line who fits."""
    for row in db.session.execute(select(Places).where(Places.event_id == event_id)).scalars():
        people = line.waiting(event_id, row.mode)
        left = None if row.seats is None else row.seats + row.granted - row.taken
        assert line.next_up(line.in_order(people), left, line.room(people, row.mode)) == []


def nobody_overtakes(before: dict[int, Seen], after: dict[int, Seen]) -> None:
    """Who got a place stood in front of all who waited for it and still do, unless their city's quota keeps them."""
    limited = set(db.session.execute(select(Quota.delegation_id)).scalars())
    for key, now in after.items():
        was = before.get(key)
        if now.state not in SEATED or (was and was.state in SEATED and was.mode == now.mode):
            continue
        line_then = {each: seen for each, seen in before.items() if keeps_turn(after[each], now.mode)}
        mine = first_of(was, line_then) if was and was.waits(now.mode) else None
        for other, seen in before.items():
            still = after[other].waits(now.mode) and seen.waits(now.mode) and seen.city not in limited
            assert not still or (mine is not None and mine < first_of(seen, line_then)), (key, other)


def keeps_turn(now: Seen, mode: Mode) -> bool:
    """Whether somebody still waits for this mode or has just got a place: who left takes the turn of a party along."""
    return now.mode == mode and (now.state == State.WAITLISTED or now.state in SEATED)


def first_of(one: Seen, among: dict[int, Seen]) -> tuple[Any, ...]:
    """Where a party stands in the line: where its first member does."""
    party = [each.rank for each in among.values() if each.party == one.party and each.waits(one.mode)]
    return min(party) if one.party else one.rank


def test_no_walk_breaks_quota_places_head_or_line(cast: Cast, app: KeepingFlask) -> None:
    with app.app_context():
        slower = db.engine.dialect.name == "postgresql"
    chosen = settings(
        max_examples=8 if slower else 25,
        stateful_step_count=25 if slower else 30,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    here = type("WalkHere", (Walk,), {"cast": cast})
    run_state_machine_as_test(here, settings=chosen)
