"""Whom a release concerns: the letters it sends, those whom none reaches, and those who are to be called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import select

from app.db import db
from app.delegations.models import TAKES_PART, Delegation, FocalPoint
from app.events.models import Event, Mode
from app.network.models import Member, folded
from app.outbox import Letter, post_all, reachable
from app.outbox.tongues import tongue
from app.publishing.digests import letters
from app.publishing.digests.letters import Affected, Office, Person, Told
from app.publishing.digests.sights import Concern, Reader, Step, concerns, named, starts, urgent
from app.publishing.personal import Presence, last_change
from app.publishing.programme import Person as AgendaPerson
from app.refused import Refused
from app.registration.models import Capacity, Delegate, State

PRESENT = (Mode.VENUE, Mode.ONLINE, Mode.VIDEO)
"""From those who are most where things happen to those who are least: whoever is there sees every change."""


@dataclass(frozen=True)
class Going:
    """One letter that goes, or would go."""

    whom: str
    """Tells it from the others: the reference of a person, the name of an office in addresses."""
    name: str
    city: str
    people: tuple[str, ...]
    """Of a letter to an office: the names in it. Empty for a letter to somebody who takes part."""
    office: bool
    letter: Letter


@dataclass(frozen=True)
class Silent:
    """Somebody whom a release concerns and no letter reaches: on the agenda alone, or of a city without an office."""

    name: str
    city: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """Somebody to be called, because what changed for them begins within a day."""

    starts: datetime
    name: str
    city: str
    mode: Mode | None
    """None: named on the agenda, and not among those who are registered."""
    zone: str
    phone: str
    """Empty: none is held."""
    offices: tuple[Office, ...]
    """Those who answer for the city, with their telephones."""
    concerns: tuple[Concern, ...]


@dataclass(frozen=True)
class Plan:
    """What follows from one step, for everybody."""

    letters: tuple[Going, ...] = ()
    silent: tuple[Silent, ...] = ()
    calls: tuple[Call, ...] = ()


def plan(event: Event, step: Step | None) -> Plan:
    """Whom a release concerns; nobody when it is the first, since nothing was different before. At most two queries."""
    if step is None or not step.codes:
        return Plan()
    people, offices = _people(event.id), _offices(event.id)
    return _Planner(event, step, people, offices).plan()


def send(event: Event, step: Step | None) -> Plan:
    """Post the letters of a release, in the transaction that makes it. Three statements, however many they are."""
    found = plan(event, step)
    if step is not None:
        post_all((each.letter for each in found.letters), step.now)
    return found


def calls(event: Event, step: Step) -> tuple[Call, ...]:
    """Who is to be called about a release, by start, of those who take part now and did when it was made."""
    people = [each for each in _people(event.id) if each.since <= step.now]
    return _Planner(event, step, people, _offices(event.id)).calls()


@dataclass(frozen=True)
class _Planner:
    event: Event
    step: Step
    people: Sequence[Person]
    offices: Sequence[Office]

    def plan(self) -> Plan:
        going = [self._to_person(*each) for each in self.affected if each[0].email and each[0].uid not in self.doubled]
        going += [self._to_office(each) for each in self.answering]
        going.sort(key=lambda each: (folded(each.city), not each.office, folded(each.name)))
        return Plan(tuple(going), tuple(self._silent()), self.calls())

    def calls(self) -> tuple[Call, ...]:
        return tuple(sorted((*self._calls_of_people(), *self._calls_of_named()), key=_in_order))

    @cached_property
    def of(self) -> Callable[[Reader], tuple[Concern, ...]]:
        """What concerns a reader: asked for many, found out once for all who see the same."""
        return cache(lambda reader: concerns(self.step, reader))

    @cached_property
    def told(self) -> Callable[[Reader, str], Told]:
        return cache(lambda reader, language: letters.told(self.step, self.of(reader), reader, language))

    def called(self, city: str, name: str, language: str) -> str:
        """What a city is called in this language; `name` where the programme does not know it."""
        known = self.step.after.spoken(language).city.get(city)
        return known.name if known else name

    @cached_property
    def twins(self) -> Mapping[str, str]:
        """Who of those who take part is named on the agenda too: uid -> code. One name in one city is one person."""
        codes = {
            (each.city, folded(each.name)): each.code
            for programme in (self.step.before, self.step.after)
            for each in programme.people
            if each.city
        }
        found = ((each.uid, codes.get((each.city, folded(each.name)))) for each in self.people if codes)
        return {uid: code for uid, code in found if code}

    def reader(self, person: Person) -> Reader:
        return Reader(person.city, person.presence.mode, head=person.head, person=self.twins.get(person.uid, ""))

    @cached_property
    def affected(self) -> list[tuple[Person, tuple[Concern, ...]]]:
        """Those who take part and for whom something is new, with what that is."""
        both = ((each, self.of(self.reader(each))) for each in self.people)
        return [(each, found) for each, found in both if found]

    @cached_property
    def of_city(self) -> Mapping[str, list[Person]]:
        """The same people by city."""
        found: dict[str, list[Person]] = {}
        for person, _concerns in self.affected:
            found.setdefault(person.city, []).append(person)
        return found

    def office(self, city: str) -> Reader:
        """Who answers for a city sees what those of it see who are most where things happen."""
        known = self.step.after.city.get(city)
        modes = {Mode(each) for each in known.modes} if known else set()
        modes |= {each.presence.mode for each in self.of_city.get(city, ())}
        return Reader(city, next((each for each in PRESENT if each in modes), Mode.VENUE), office=True, head=True)

    def of_office(self, city: str) -> tuple[Concern, ...]:
        """What a city's office is told: something, if anything concerns the city itself or one of its people."""
        found = self.of(self.office(city))
        return found if city in self.of_city or any(each.own for each in found) else ()

    @cached_property
    def answering(self) -> list[Office]:
        """Those who answer for a city and get a letter; who takes part too gets this one alone."""
        told = (each for each in self.offices if each.email and self.of_office(each.city))
        return [
            replace(each, person=next((one for one in self.of_city.get(each.city, ()) if _same(one, each)), None))
            for each in told
        ]

    @cached_property
    def doubled(self) -> frozenset[str]:
        """The uids of those to whom the letter to their office goes."""
        return frozenset(each.person.uid for each in self.answering if each.person)

    def _to_person(self, person: Person, _found: tuple[Concern, ...]) -> Going:
        language = tongue(person.language)
        told = self.told(self.reader(person), language)
        addressed = replace(person, city_name=self.called(person.city, person.city_name, language))
        letter = letters.to_person(self.event, self.step.after.release, addressed, told)
        return Going(person.reference, person.called, person.city_name, (), False, letter)

    def _to_office(self, office: Office) -> Going:
        reader = self.office(office.city)
        people = [
            Affected(each, bool(each.email))
            for each in self.of_city.get(office.city, ())
            if not (office.person and each.uid == office.person.uid)
        ]
        language = tongue(office.language)
        told = self.told(reader, language)
        addressed = replace(office, city_name=self.called(office.city, office.city_name, language))
        letter = letters.to_office(self.event, self.step.after.release, addressed, reader.mode, told, people)
        names = tuple(each.person.called for each in people)
        return Going(office.uid, office.name, office.city_name, names, True, letter)

    @cached_property
    def on_agenda(self) -> list[tuple[AgendaPerson, Person | None, tuple[Concern, ...]]]:
        """Those whom the agenda names and something is new for: who of the people they are, and what nobody told them
        as such."""
        by_code = {code: uid for uid, code in self.twins.items()}
        people = {each.uid: each for each in self.people}
        found = []
        for code, new in named(self.step).items():
            both = (self.step.after, self.step.before)
            person = next(each.person[code] for each in both if code in each.person)
            twin = people.get(by_code.get(code, ""))
            known = {one.code for one in self.of(self.reader(twin))} if twin else set()
            if rest := tuple(each for each in new if each.code not in known):
                found.append((person, twin, rest))
        return found

    def _silent(self) -> Iterator[Silent]:
        """Those without an address of whom no office is told."""
        told = {each.city: {one.code for one in self.of_office(each.city)} for each in self.answering}
        for each, found in self.affected:
            if not each.email and each.city not in told:
                yield Silent(each.called, each.city_name, tuple(one.title for one in found))
        for person, _twin, found in self.on_agenda:
            if untold := tuple(one.title for one in found if one.code not in told.get(person.city, ())):
                yield Silent(person.called, self._city_name(person.city), untold)

    def _calls_of_people(self) -> Iterator[Call]:
        for each, found in self.affected:
            if soon := urgent(found, self.step):
                yield Call(
                    starts=starts(soon[0], self.step),
                    name=each.called,
                    city=each.city_name,
                    mode=each.presence.mode,
                    zone=each.zone,
                    phone=each.mobile,
                    offices=self._offices_of(each.city),
                    concerns=soon,
                )

    def _calls_of_named(self) -> Iterator[Call]:
        for person, twin, found in self.on_agenda:
            if soon := urgent(found, self.step):
                yield Call(
                    starts=starts(soon[0], self.step),
                    name=person.called,
                    city=self._city_name(person.city),
                    mode=twin.presence.mode if twin else None,
                    zone=twin.zone if twin else self.event.zone,
                    phone=twin.mobile if twin else "",
                    offices=self._offices_of(person.city),
                    concerns=soon,
                )

    def _offices_of(self, city: str) -> tuple[Office, ...]:
        return tuple(each for each in self.offices if each.city == city)

    def _city_name(self, slug: str) -> str:
        both = (self.step.after, self.step.before)
        return next((each.city[slug].name for each in both if slug in each.city), "")


def _in_order(call: Call) -> tuple[object, ...]:
    """By start; those first whose own city or name stands in what changed."""
    return call.starts, not any(each.own for each in call.concerns), folded(call.city), folded(call.name)


def _same(person: Person, office: Office) -> bool:
    """Whether who answers for a city is also one of its people."""
    return folded(person.name) == folded(office.name) and person.email.casefold() == office.email.casefold()


def _people(event_id: int) -> list[Person]:
    """Everybody who is approved, of the cities that take part. One query."""
    rows = db.session.execute(
        select(
            *(Delegate.uid, Delegate.reference, Delegate.honorific, Delegate.name, Delegate.email, Delegate.mobile),
            *(Delegate.language, Delegate.zone, Delegate.mode, Delegate.mode_changes),
            *(Delegate.mode_changed_at, Delegate.language_changed_at, Delegate.state_at, Delegate.role),
            *(Delegate.link_generation, Delegate.feed_generation, Delegate.join_generation),
            *(Member.slug, Member.name.label("city"), Member.zone.label("home")),
        )
        .select_from(Delegate)
        .join(Delegate.delegation)
        .join(Delegation.member)
        .where(Delegate.event_id == event_id, Delegate.state == State.APPROVED, Delegation.answer.in_(TAKES_PART))
        .order_by(Delegate.id)
    )
    return [
        Person(
            uid=row.uid,
            reference=row.reference,
            called=f"{row.honorific} {row.name}".strip(),
            name=row.name,
            email=row.email if _reachable(row.email) else "",
            mobile=row.mobile,
            language=row.language,
            zone=row.zone or row.home,
            presence=_presence(row),
            link_generation=row.link_generation,
            feed_generation=row.feed_generation,
            join_generation=row.join_generation,
            since=row.state_at,
            city=row.slug,
            city_name=row.city,
            head=row.role == Capacity.HEAD,
        )
        for row in rows
    ]


def _presence(row: Any) -> Presence:
    changed_at = last_change(row.mode_changes, row.mode_changed_at, row.language_changed_at)
    return Presence(row.mode, row.mode_changes, changed_at)


def _offices(event_id: int) -> list[Office]:
    """Everybody who answers for a city that takes part. One query."""
    rows = db.session.execute(
        select(
            *(FocalPoint.uid, FocalPoint.name, FocalPoint.email, FocalPoint.phone, FocalPoint.language),
            *(FocalPoint.link_generation, Member.slug, Member.name.label("city"), Member.zone),
        )
        .select_from(FocalPoint)
        .join(FocalPoint.delegation)
        .join(Delegation.member)
        .where(Delegation.event_id == event_id, Delegation.answer.in_(TAKES_PART), FocalPoint.active)
        .order_by(FocalPoint.id)
    )
    return [
        Office(
            uid=row.uid,
            name=row.name,
            email=row.email if _reachable(row.email) else "",
            phone=row.phone,
            language=row.language,
            link_generation=row.link_generation,
            zone=row.zone,
            city=row.slug,
            city_name=row.city,
        )
        for row in rows
    ]


def _reachable(address: str) -> bool:
    """Whether letters can go there: publishing does not fail for one that was entered before that was asked."""
    if not address:
        return False
    try:
        reachable(address)
    except Refused:
        return False
    return True
