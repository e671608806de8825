"""P2: random walks over draft and releases. Calendars never go back, an entry keeps its UID, what did not change stays
as it was, and no room, person or moderator is twice at once without a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import combinations
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from app import ical
from app.agenda import acts, service
from app.agenda.acts import Changed, Stale
from app.agenda.facts import Facts, Seat
from app.agenda.models import Kind, Part
from app.agenda.moves import Target
from app.clock import now
from app.db import db, write
from app.events.models import Event, Mode, Person, Room
from app.ical import Entry, Item, Revision
from app.planning import conflicts
from app.planning.kinds import Conflict
from app.planning.kinds import Kind as Clash
from app.publishing import restoring
from app.publishing import service as publishing
from app.publishing.entries import told_of
from app.publishing.models import Release, Told
from app.publishing.service import Word
from app.refused import Refused
from app.schedule import arranging, clashes, plan
from app.web.kept import KeepingFlask
from tests.databases import States
from tests.trust.figures import Figures
from tests.trust.test_people_machines import in_parts, walk, walk_part

someone = st.integers(0, 40)
hours = st.sampled_from([(9, 0), (9, 30), (10, 0), (11, 30), (14, 0)])
TWICE = {Clash.PERSON_TWICE, Clash.MODERATOR_TWICE}


class Walk(RuleBasedStateMachine):
    """What organisers do to the rehearsal, in any order; each walk begins with its first release."""

    app: ClassVar[KeepingFlask]
    states: ClassVar[States]

    def __init__(self) -> None:
        super().__init__()
        self.states.restore("rehearsal")
        self.context = self.app.app_context()
        self.context.push()
        self.now: datetime = now()
        self.count = 0
        self.told: dict[str, Entry] = {}
        self.newest = 0
        self.drawn = -1

    def teardown(self) -> None:
        db.session.remove()
        self.context.pop()

    @property
    def event(self) -> Event:
        return db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()

    def try_to(self, act: Callable[[Event], object]) -> None:
        """Do it; no is an answer too, and changes nothing."""
        self.now += timedelta(minutes=10)
        try:
            write(lambda: act(self.event))
        except Refused:
            db.session.rollback()

    def pick(self, number: int) -> Facts:
        """One session of the draft."""
        found = acts.stored(self.event.id)
        db.session.rollback()
        return found[sorted(found)[number % len(found)]]

    def store(self, before: Facts | None, after: Facts | None, what: str = "sessions changed") -> None:
        def act(event: Event) -> None:
            acts.hold(event.id)
            acts.perform(event.id, what, [Changed(before, after)], who="Tokyo", now=self.now)

        self.try_to(act)

    @rule(number=someone, hour=hours, room=someone, late=st.sampled_from([0, 0, 0, 1]))
    def move(self, number: int, hour: tuple[int, int], room: int, late: int) -> None:
        """Drag a card; `late`: as somebody does who did not see the last change."""
        chosen, event = self.pick(number), self.event
        rooms = list(db.session.execute(select(Room.id).where(Room.event_id == event.id).order_by(Room.id)).scalars())
        version = acts.versions(event.id, [chosen.code])[chosen.code] - late
        target = Target(chosen.day or event.starts_on, time(*hour), rooms[room % len(rooms)])

        def act(event: Event) -> None:
            try:
                arranging.place(event, chosen.code, version, target, who="Tokyo", now=self.now)
            except Stale:
                assert late
                raise
            assert not late

        db.session.rollback()
        self.try_to(act)

    @rule(number=someone)
    def leave_open(self, number: int) -> None:
        chosen = self.pick(number)
        self.store(chosen, replace(chosen, day=None, starts=None, ends=None, fold=False, room_id=None))

    @rule(number=someone, word=st.sampled_from(["Rivers", "Streets", "Roofs"]))
    def rename(self, number: int, word: str) -> None:
        chosen = self.pick(number)
        self.store(chosen, replace(chosen, title=word))

    @rule(number=someone)
    def cancel_or_reinstate(self, number: int) -> None:
        chosen = self.pick(number)
        self.store(chosen, replace(chosen, cancelled=not chosen.cancelled))

    @rule(number=someone, who=someone, part=st.sampled_from([Part.MODERATOR, Part.SPEAKER]))
    def seat(self, number: int, who: int, part: Part) -> None:
        """A person appears in one session more."""
        chosen, mine = self.pick(number), select(Person.id).where(Person.event_id == self.event.id).order_by(Person.id)
        people = list(db.session.execute(mine).scalars())
        db.session.rollback()
        seat = Seat(part, person_id=people[who % min(3, len(people))])
        if seat.same not in {each.same for each in chosen.seats}:
            self.store(chosen, replace(chosen, seats=(*chosen.seats, seat)))

    @rule()
    def add(self) -> None:
        self.count += 1
        code, uid = f"made-{self.count}", f"{self.count:032x}"
        self.store(
            None, Facts(code, uid, Kind.SESSION, f"Made {self.count}", position=90 + self.count), "session added"
        )

    @rule(number=someone)
    def delete(self, number: int) -> None:
        code = self.pick(number).code
        told = code in self.told
        self.try_to(lambda event: service.delete(event, code, published=told, who="Tokyo", now=self.now))

    @rule(back=st.integers(0, 3), again=st.booleans())
    def undo_or_redo(self, back: int, again: bool) -> None:
        done = acts.history(self.event.id)
        db.session.rollback()
        if done:
            number, way = done[back % len(done)].number, acts.redo if again else acts.undo
            self.try_to(lambda event: way(event.id, number, who="Rome", now=self.now))

    @rule(minor=st.booleans())
    def publish(self, minor: bool) -> None:
        self.try_to(
            lambda event: publishing.publish(event.id, who="Tokyo", now=self.now, reason="As agreed", minor=minor)
        )

    @rule(number=st.integers(0, 9), with_draft=st.booleans())
    def restore(self, number: int, with_draft: bool) -> None:
        last, word = self.event.release, Word("Tokyo", reason="As agreed")
        db.session.rollback()
        self.try_to(
            lambda event: restoring.restore(event, number % last + 1, word, with_draft=with_draft, now=self.now)
        )

    @invariant()
    def calendars_never_go_back(self) -> None:
        event = self.event
        if event.release != self.newest:
            rows = db.session.execute(select(Told).where(Told.event_id == event.id)).scalars()
            after = {row.code: told_of(row.entry) for row in rows}
            assert self.told.keys() <= after.keys(), "an entry is gone that calendars hold"
            for code, was in self.told.items():
                follows(was, after[code])
            uids = [each.item.uid for each in after.values()]
            assert len(set(uids)) == len(uids)
            numbers = select(Release.number).where(Release.event_id == event.id).order_by(Release.number)
            assert list(db.session.execute(numbers).scalars()) == list(range(1, event.release + 1))
            self.told, self.newest = after, event.release
        db.session.rollback()

    @invariant()
    def nobody_is_twice_at_once_without_a_warning(self) -> None:
        event = self.event
        if (last := acts.last(event.id)) != self.drawn:
            self.drawn = last
            said = [each.conflict for each in clashes.of(event.id, plan.of(event))]
            facts = list(acts.stored(event.id).values())
            rooms = {frozenset(each.sessions) for each in said if each.kind == Clash.ROOM_TWICE}
            assert set(rooms_twice(facts)) <= rooms
            people = {frozenset(each.sessions) for each in said if each.kind in TWICE}
            assert set(people_twice(facts)) <= people
            assert all(known(each, facts) for each in said)
        db.session.rollback()


def follows(was: Entry, entry: Entry) -> None:
    """The rules of RFC 5546 2.1.4 and 5545 3.8.7.3 for an entry that was told once and is told again."""
    assert entry.item.uid == was.item.uid
    assert entry.sequence >= was.sequence
    assert entry.changed_at >= was.changed_at
    assert entry.created_at == was.created_at
    names = ("starts", "ends", "zone", "place", "online", "joinable", "cancelled")
    moved = any(getattr(was.item, name) != getattr(entry.item, name) for name in names)
    assert entry.sequence == was.sequence + (moved or moved_for_some(was.item, entry.item))
    assert entry == was or entry.item != was.item
    assert entry.item == was.item or entry.changed_at > was.changed_at


def moved_for_some(was: Item, item: Item) -> bool:
    """Whether the own calendar of somebody says another place, or gains or loses the link that its circle alone sees.

    What was called off has no place any more for who joins or leaves its circle, so that is a move as well.
    """
    before, after = dict(was.circle.members), dict(item.circle.members)
    others = before.keys() ^ after.keys()
    return bool(others and (item.joinable or item.cancelled)) or any(
        before[who] != after[who] for who in before.keys() - others
    )


def at_once(facts: list[Facts]) -> Iterator[tuple[Facts, Facts]]:
    """Pairs of sessions that take place at the same time, of which neither holds the other."""
    placed = [each for each in facts if each.day and each.starts and each.ends and not each.cancelled]
    for one, two in combinations(placed, 2):
        ones, twos = _span(one), _span(two)
        related = one.parent == two.code or two.parent == one.code
        if one.day == two.day and not related and ones[0] < twos[1] and twos[0] < ones[1]:
            yield one, two


def _span(facts: Facts) -> tuple[Any, Any]:
    return facts.starts, facts.ends


def rooms_twice(facts: list[Facts]) -> Iterator[frozenset[str]]:
    for one, two in at_once(facts):
        if one.room_id is not None and one.room_id == two.room_id:
            yield frozenset({one.code, two.code})


def people_twice(facts: list[Facts]) -> Iterator[frozenset[str]]:
    for one, two in at_once(facts):
        if _there(one) & _there(two):
            yield frozenset({one.code, two.code})


def _there(facts: Facts) -> set[int]:
    """Who has to be in a session: nobody whose film is shown."""
    return {each.person_id for each in facts.seats if each.person_id and each.mode is not Mode.VIDEO}


def known(conflict: Conflict, facts: list[Facts]) -> bool:
    """Nothing is said of a session that is not in the draft."""
    return set(conflict.sessions) <= {each.code for each in facts}


def walking(app: KeepingFlask, states: States) -> type[Walk]:
    return type("WalkHere", (Walk,), {"app": app, "states": states})


@in_parts
def test_calendars_and_warnings_hold_whatever_happens(
    rehearsal: KeepingFlask, database: States, figures: Figures, full: bool, part: int
) -> None:
    walk_part(walking(rehearsal, database), "draft and releases", figures, full=full)


@pytest.mark.trust
def test_control_an_entry_that_keeps_its_sequence_is_found(
    rehearsal: KeepingFlask, database: States, monkeypatch: pytest.MonkeyPatch
) -> None:
    revise = ical.revise

    def forgets(told: Mapping[str, Entry], *more: Any) -> Revision:
        made = revise(told, *more)
        kept = {key: replace(each, sequence=0) for key, each in made.entries.items()}
        return replace(made, entries=kept)

    monkeypatch.setattr(ical, "revise", forgets)
    with pytest.raises(AssertionError):
        walk(walking(rehearsal, database))


@pytest.mark.trust
def test_control_a_room_that_is_not_watched_is_found(
    rehearsal: KeepingFlask, database: States, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflicts, "_same_room", lambda *_facts: iter(()))
    with pytest.raises(AssertionError):
        walk(walking(rehearsal, database))
