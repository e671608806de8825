"""The draft as it would stand after changes that are not stored, as a plan that can be asked what clashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace

from sqlalchemy import select

from app.agenda.acts import Changed
from app.agenda.facts import COLUMNS, Facts, Owner, Seat, videos_of
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.events.models import Event, Mode, Person
from app.network.models import Member
from app.planning import model
from app.registration.models import ENDED, Capacity, Delegate
from app.schedule import clashes, plan
from app.schedule.plan import Plan

MOST = 100


@dataclass(frozen=True)
class Consequences:
    """What would clash that does not now, and the other way round, in sentences; at most `MOST` of each."""

    appeared: tuple[str, ...]
    vanished: tuple[str, ...]
    more: int = 0
    """How many more would clash than the sentences tell."""


def consequences(event: Event, board: Mapping[str, Facts], changes: Iterable[Changed]) -> Consequences:
    """What these changes of the whole draft (`board`, by code) would bring and take away. 22 queries."""
    before = plan.of(event)
    after = of(event, {**board, **{each.code: each.after for each in changes if each.after}})
    appeared, vanished = (clashes.shown(after, each) for each in clashes.differing(before, after))
    first, gone = (tuple(map(clashes.words, each[:MOST])) for each in (appeared, vanished))
    return Consequences(first, gone, max(0, len(appeared) - MOST))


def of(event: Event, board: Mapping[str, Facts]) -> Plan:
    """The plan of a draft of these sessions. Twelve queries."""
    ordered = sorted(board.values(), key=lambda each: each.position)
    ids = {each.code: number for number, each in enumerate(ordered, 1)}
    rows = [
        SimpleNamespace(
            id=ids[each.code],
            code=each.code,
            parent_id=ids.get(each.parent),
            version=0,
            **{name: getattr(each, name) for name in COLUMNS},
        )
        for each in ordered
    ]
    guests = _guests(event.id)
    return plan.built(event, rows, {ids[each.code]: guests.of(each.code, each.seats) for each in ordered})


@dataclass(frozen=True)
class _Guests:
    """Who may appear, as planning calls them."""

    cities: Mapping[int, tuple[str, str]]
    """Delegation -> the city and who leads it, of those that take part."""
    people: Mapping[int, str]
    delegates: Mapping[int, str]
    videos: Mapping[Owner, bool]

    def of(self, code: str, seats: Sequence[Seat]) -> list[model.Appearance]:
        """Those of the seats who take part, a city through its head unless another is named."""
        found = []
        for place, seat in enumerate(seats, 1):
            who, head = self.cities.get(seat.delegation_id or 0, ("", ""))
            if seat.person_id is not None:
                who, head = self.people[seat.person_id], ""
            if who:
                found.append(
                    model.Appearance(
                        who=who,
                        part=seat.part.value,
                        mode=model.Mode(seat.mode.value) if seat.mode else None,
                        order=place,
                        minutes=seat.minutes,
                        speaker=self.delegates.get(seat.speaker_id or 0, head),
                        video_ready=self._come(code, seat) if seat.mode == Mode.VIDEO else None,
                    )
                )
        return found

    def _come(self, code: str, seat: Seat) -> bool:
        return self.videos.get((code, seat.delegation_id, seat.person_id), seat.video_ready)


def _guests(event_id: int) -> _Guests:
    """Four queries."""
    cities = select(Delegation.id, Member.slug).join(Delegation.member)
    there = cities.where(Delegation.event_id == event_id, Delegation.answer.in_(TAKES_PART))
    people = select(Person.id, Person.code).where(Person.event_id == event_id)
    delegates = db.session.execute(
        select(Delegate.id, Delegate.uid, Delegate.delegation_id, Delegate.role, Delegate.state).where(
            Delegate.event_id == event_id
        )
    ).all()
    heads = {
        each.delegation_id: f"delegate:{each.uid}"
        for each in delegates
        if each.role == Capacity.HEAD and each.state not in ENDED
    }
    return _Guests(
        cities={key: (f"city:{slug}", heads.get(key, "")) for key, slug in db.session.execute(there)},
        people={key: f"person:{code}" for key, code in db.session.execute(people)},
        delegates={each.id: f"delegate:{each.uid}" for each in delegates},
        videos=videos_of(event_id),
    )
