"""Letters that a release sets off, and those that go to a filter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from app import clock, ical
from app.announcing import letters as news
from app.announcing.candidates import Candidate
from app.announcing.crowd import Recipient
from app.announcing.models import Anchor
from app.desk.letters.examples.reader import Maker, Reader, limit
from app.events.models import Due
from app.outbox import Letter
from app.publishing.differences import Moment
from app.publishing.digests import letters as releases
from app.publishing.digests.sights import Concern, Part, Sight
from app.publishing.personal import Presence
from app.publishing.programme import to_json
from app.registration.models import Capacity

NUMBER = 7
"""The release of the examples."""


def _release(at_once: bool, to_office: bool) -> Maker:
    def make(who: Reader) -> Letter:
        delegate = who.delegate
        told = releases.Told(who.event.title, [to_json(_concern(who))], [[entry(who), ""]], at_once)
        person = releases.Person(
            uid=delegate.uid,
            reference=delegate.reference,
            called=delegate.called,
            name=delegate.name,
            email=delegate.email,
            mobile="",
            head=delegate.role == Capacity.HEAD,
            language="en",
            zone=delegate.zone or delegate.delegation.member.zone,
            presence=Presence(delegate.mode),
            link_generation=delegate.link_generation,
            feed_generation=delegate.feed_generation,
            join_generation=0,
            since=who.now,
            city=delegate.delegation.member.slug,
            city_name=delegate.delegation.member.name,
        )
        if not to_office:
            return releases.to_person(who.event, NUMBER, person, told)
        speaker = releases.Office(
            uid=who.focal.uid,
            name=who.focal.name,
            email=who.focal.email,
            phone="",
            language="en",
            link_generation=who.focal.link_generation,
            zone=person.zone,
            city=person.city,
            city_name=person.city_name,
        )
        named = [releases.Affected(person, own_letter=True)]
        return releases.to_office(who.event, NUMBER, speaker, delegate.mode, told, named)

    return make


def _concern(who: Reader) -> Concern:
    """Something that begins an hour later than it did."""
    day, zone = who.event.starts_on, who.event.zone
    begins = clock.midnight(day, zone) + timedelta(hours=10)
    spans = [Moment(day, begins + timedelta(hours=each), begins + timedelta(hours=each + 1)) for each in (0, 1)]
    parts = (Part("", "speaker", who.delegate.mode.value),)
    before, after = (Sight(str(_("A session")), each, str(_("Hall A")), parts=parts) for each in spans)
    return Concern("example", ("retimed",), before, after, (True, True))


def entry(who: Reader) -> dict[str, Any]:
    """The same in the reader's calendar."""
    moment = _concern(who).now.moment
    item = ical.Item(
        uid="example@plenary",
        title=str(_("A session")),
        starts=moment.starts or who.now,
        ends=moment.ends or who.now,
        zone=who.event.zone,
        place=str(_("Hall A")),
    )
    return ical.revise({}, {"example": item}, who.now).entries["example"].to_json()


def _announced(who: Reader) -> Letter:
    made = news.announcement(who.event, "example", _recipient(who), {})
    return replace(made, due_at=None)


def _reminded(who: Reader) -> Letter:
    due = limit(who).at
    about = news.Subject(Anchor.DEADLINE, Due.MODE.value, due)
    made = news.reminder(who.event, "example", due - timedelta(days=3), _recipient(who), {}, about, due)
    return replace(made, due_at=None)


def _recipient(who: Reader) -> Recipient:
    """Somebody whom a filter finds."""
    delegate, delegation = who.delegate, who.delegate.delegation
    zone = delegate.zone or delegation.member.zone
    one = Candidate(
        uid=delegate.uid,
        name=delegate.name,
        called=delegate.called,
        email=delegate.email,
        language="en",
        zone=zone,
        city=delegation.member.slug,
        city_name=delegation.member.name,
        delegation_id=0,
        answer=delegation.answer,
        modes=frozenset({delegate.mode}),
        link_generation=delegate.link_generation,
        state=delegate.state,
        role=delegate.role,
        reference=delegate.reference,
    )
    return Recipient(one, (), "en", who.now, zone)


MADE: dict[str, Maker] = {
    "release": _release(at_once=False, to_office=False),
    "release-at-once": _release(at_once=True, to_office=False),
    "release-office": _release(at_once=False, to_office=True),
    "release-office-at-once": _release(at_once=True, to_office=True),
    "announcement": _announced,
    "reminder-set": _reminded,
}
