"""An example of every letter whose beginning can be worded, made up for somebody of a summit: nothing of it is stored.

The rows are copies outside of any session. Where there is nobody yet, somebody invented stands in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import inspect

from app import clock, ical
from app.delegations import letters as office
from app.delegations.deadlines import Limit
from app.delegations.models import Answer, Delegation, DelegationMode, FocalPoint
from app.desk.outbox import letters as elsewhere
from app.events.models import Event, Mode
from app.network.models import Member
from app.online import letters as checks
from app.online.models import TechCheck
from app.outbox import Letter, Message
from app.publishing.differences import Moment
from app.publishing.digests import letters as releases
from app.publishing.digests.sights import Concern, Part, Sight
from app.publishing.personal import Presence
from app.publishing.programme import to_json
from app.registration import letters, notices, participation, passing_on, replies
from app.registration.asked import Asked, Decider, Kind
from app.registration.models import Capacity, Delegate, State
from app.travel import letters as codes
from app.travel.models import Code
from app.travel.models import Kind as Told

Row = TypeVar("Row")
NUMBER = 7
"""The release of the examples."""


@dataclass(frozen=True)
class Reader:
    """To whom an example goes: a person, and one who answers for their city, whichever the letter is for."""

    delegate: Delegate
    focal: FocalPoint
    by: str
    """Who did what is told."""
    now: datetime

    @property
    def event(self) -> Event:
        return self.delegate.event


def reader(
    event: Event, member: Member, delegate: Delegate | None, focal: FocalPoint | None, by: str, now: datetime
) -> Reader:
    """Somebody of this city; whom it lacks is invented. The event's network and host must be loaded."""
    summit = _copy(event)
    summit.network, summit.host = _copy(event.network), _copy(event.host) if event.host else None
    delegation = Delegation(
        uid="example", answer=Answer.ACCEPTED, position=1, link_generation=0, version=1, reason="", modes_asked=""
    )
    delegation.event, delegation.member = summit, _copy(member)
    delegation.modes = [DelegationMode(mode=mode) for mode in (Mode.VENUE, Mode.ONLINE)]
    speaker = _copy(focal) if focal else _focal(member)
    speaker.delegation = delegation
    person = _copy(delegate) if delegate else _delegate(now)
    person.event, person.delegation = summit, delegation
    if not person.participation:
        person.participation = participation.tell(person, summit, member.name, now)
    return Reader(person, speaker, by, now)


def _copy(row: Row) -> Row:
    """The same facts in a row that no session knows of."""
    kind = type(row)
    return kind(**{each.key: getattr(row, each.key) for each in inspect(kind).column_attrs})


def _focal(member: Member) -> FocalPoint:
    name = str(_("Office of %(city)s", city=member.name))
    return FocalPoint(uid="example", name=name, email="office@example.org", language="en", link_generation=0)


def _delegate(now: datetime) -> Delegate:
    return Delegate(
        uid="example",
        reference="7K4M9Q",
        state=State.APPROVED,
        mode=Mode.VENUE,
        role=Capacity.DELEGATE,
        name=str(_("Robin Example")),
        position=str(_("Deputy Mayor")),
        organisation=str(_("City government")),
        email="robin@example.org",
        language="en",
        honorific="",
        platform_name="",
        video_language="",
        zone="",
        relation="",
        comment="",
        link_generation=0,
        feed_generation=0,
        mode_changes=0,
        mode_changed_at=now,
        version=1,
        participation={},
    )


def letter(name: str, who: Reader, language: str) -> Letter:
    """An example of the letter that begins by this name, in this language. Raises KeyError when there is none."""
    made = MADE[name](who)
    return replace(made, language=language, event_id=made.event_id or who.event.id)


def secrets(who: Reader) -> list[str]:
    """What opens something in their letters."""
    return [who.delegate.link, who.delegate.feed, who.delegate.join, who.focal.link]


def _news(kind: str, **more: Any) -> Callable[[Reader], Letter]:
    def make(who: Reader) -> Letter:
        made = notices.letter(kind, who.delegate, who.by)
        until = (who.now + timedelta(days=3)).isoformat()
        comment = str(_("Here stands the reason that was given."))
        return replace(made, facts={**made.facts, "until": until, "comment": comment, **more})

    return make


def _moved(state: State) -> Callable[[Reader], Letter]:
    def make(who: Reader) -> Letter:
        made = notices.to_focal(who.delegate, who.focal, who.by)
        comment = str(_("Here stands the reason that was given.")) if state in notices.REASONED else ""
        return replace(made, facts={**made.facts, "state": state.value, "comment": comment})

    return make


def _reply(kind: str) -> Callable[[Reader], Letter]:
    def make(who: Reader) -> Letter:
        other = Mode.ONLINE if who.delegate.mode == Mode.VENUE else Mode.VENUE
        row = Asked(
            id=1,
            kind=Kind.MODE,
            before=who.delegate.mode.value,
            wanted=other.value,
            asked_by=who.delegate.name,
            decided_by=who.by,
            decider=Decider.CITY,
            reason=str(_("Here stands the reason that was given.")),
        )
        return replies.letter(kind, row, who.delegate, who.focal)

    return make


def _passed_on(who: Reader) -> Letter:
    made = passing_on.to_focal(notices.facts_of(who.delegate), letters.confirmation(who.delegate), who.focal)
    if made is None:
        raise LookupError("nothing of a confirmation is private")
    return made


def _changed(who: Reader) -> Letter:
    return letters.changed(who.delegate, {"position": (str(_("Councillor")), who.delegate.position)})


def _answered(answer: Answer) -> Callable[[Reader], Letter]:
    def make(who: Reader) -> Letter:
        made = office.answered(who.focal, who.by)
        reason = str(_("Here stands the reason that was given.")) if answer == Answer.DECLINED else ""
        return replace(made, facts={**made.facts, "answer": answer.value, "reason": reason})

    return make


def _delegation(what: str, **more: Any) -> Callable[[Reader], Letter]:
    def make(who: Reader) -> Letter:
        facts = dict(more)
        if "until" in facts:
            facts["until"] = _limit(who).at.isoformat()
        return office.told(who.focal, what, who.by, **facts)

    return make


def _limit(who: Reader) -> Limit:
    return Limit(clock.midnight(who.event.starts_on - timedelta(days=30), who.event.zone) - timedelta(minutes=1))


def _owed(who: Reader) -> Letter:
    due = _limit(who).at.isoformat()
    items = [
        {"what": "people", "number": 0, "due": due, "over": False},
        {"what": "forms", "number": 2, "due": "", "over": False},
    ]
    return office.owed(who.focal, items, "example")


def _release(at_once: bool, to_office: bool) -> Callable[[Reader], Letter]:
    def make(who: Reader) -> Letter:
        delegate, told = who.delegate, releases.Told([to_json(_concern(who))], [[_entry(who), ""]], at_once)
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


def _entry(who: Reader) -> dict[str, Any]:
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


def _redirected(who: Reader) -> Letter:
    went = Message(id=0, to=who.delegate.email, to_name=who.delegate.name, language=who.delegate.language)
    return elsewhere.redirected(went, who.event, who.by)


def _code(who: Reader) -> Letter:
    row = Code(kind=Told.TRAVEL, salt="example", until=who.now + timedelta(minutes=10))
    return codes.code(who.delegate, row, who.delegate.email)


def _check(what: str) -> Callable[[Reader], Letter]:
    def make(who: Reader) -> Letter:
        begins = clock.midnight(who.event.starts_on, who.event.zone) - timedelta(days=7) + timedelta(hours=10)
        when = begins, begins + timedelta(minutes=15)
        check = TechCheck(changes=1, entered_at=who.now, tested=["picture", "line"], entry=_entry(who))
        check.note = str(_("Hardly any sound; the microphone of the room is far away."))
        return checks.told(what, who.delegate, check, when)

    return make


MADE: dict[str, Callable[[Reader], Letter]] = {
    "confirmation": lambda who: letters.confirmation(who.delegate),
    "changed": _changed,
    "address-changed": lambda who: letters.address_changed(who.delegate, who.delegate.email),
    "withdrawn": lambda who: letters.withdrawn(who.delegate),
    **{each: _news(each) for each in ("nominated", "submitted", "endorsed", "returned", "refused", "rejected")},
    **{each: _news(each) for each in ("waitlisted", "offered", "expired", "removed", "cancelled", "replaced")},
    "offer-passed": _news("offer passed"),
    "new-role": _news("new role", role=Capacity.HEAD.value),
    **{opening.name: _moved(state) for state, opening in notices.MOVED.items()},
    "change-asked": _reply("change asked"),
    "change-granted": _reply("change granted"),
    "change-refused": _reply("change refused"),
    "passed-on": _passed_on,
    **{f"tech-check-{each}": _check(each) for each in ("booked", "moved", "cancelled", "reminder", "failed")},
    "private-code": _code,
    "redirected": _redirected,
    "invitation": lambda who: office.invitation(who.focal, _limit(who)),
    "reminder": lambda who: office.reminder(who.focal, _limit(who), "example"),
    "lapsed": lambda who: office.lapsed(who.focal, _limit(who)),
    "owed": _owed,
    "answered-accepted": _answered(Answer.ACCEPTED),
    "answered-declined": _answered(Answer.DECLINED),
    "focal-point": lambda who: office.appointed(who.focal, who.by, _limit(who)),
    "delegation-withdrawn": _delegation("withdrawn"),
    "delegation-cancelled": _delegation("cancelled"),
    "delegation-extended": _delegation("extended", until=""),
    "delegation-shortened": _delegation("shortened", until=""),
    "delegation-modes": _delegation("modes", modes=[Mode.VENUE.value, Mode.ONLINE.value]),
    "delegation-modes-refused": _delegation("modes refused", asked=[Mode.ONLINE.value], modes=[Mode.VENUE.value]),
    "delegation-submitted": _delegation("submitted"),
    "delegation-approved": _delegation("approved"),
    "delegation-returned": _delegation("returned"),
    "release": _release(at_once=False, to_office=False),
    "release-at-once": _release(at_once=True, to_office=False),
    "release-office": _release(at_once=False, to_office=True),
    "release-office-at-once": _release(at_once=True, to_office=True),
}
"""What makes the example of each letter, by the name of its opening."""
