"""An example of every letter whose beginning can be worded, made up for somebody of a summit: nothing of it is stored.

The rows are copies outside of any session. Where there is nobody yet, somebody invented stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import inspect

from app import clock, ical
from app.announcing import letters as news
from app.announcing.candidates import Candidate
from app.announcing.crowd import Recipient
from app.announcing.models import Anchor, unsubscribe_secret
from app.delegations import letters as office
from app.delegations.deadlines import Limit
from app.delegations.models import Answer, Delegation, DelegationMode, FocalPoint
from app.desk.outbox import letters as elsewhere
from app.events.models import Due, Event, Mode
from app.network.models import Member
from app.online import letters as checks
from app.online.models import TechCheck
from app.outbox import Letter, Message
from app.planning.allocate.model import Why
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
from app.videos import answers
from app.videos import letters as videos
from app.videos.models import Purpose, VideoMessage, VideoVersion
from app.videos.models import State as Awaited
from app.videos.terms import Terms
from app.visits import entries as visit_entries
from app.visits import letters as visit_letters
from app.visits import outcomes
from app.visits.models import SignUp, Standing, Vehicle, Visit

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
    mine = who.delegate
    return [mine.link, mine.feed, mine.join, who.focal.link, unsubscribe_secret(mine.uid)]


def _gone(who: Reader, state: State) -> Delegate:
    """The person, who takes part no more, so that the letter calls the days off in their calendar."""
    gone = _copy(who.delegate)
    gone.event, gone.delegation, gone.state = who.event, who.delegate.delegation, state
    gone.participation = participation.tell(gone, who.event, gone.delegation.member.name, who.now, cancelled=True)
    return gone


GONE = {"removed": State.WITHDRAWN, "cancelled": State.CANCELLED, "replaced": State.REPLACED}


def _news(kind: str, **more: Any) -> Callable[[Reader], Letter]:
    def make(who: Reader) -> Letter:
        whose = _gone(who, GONE[kind]) if kind in GONE else who.delegate
        made = notices.letter(kind, whose, who.by)
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


def _announced(who: Reader) -> Letter:
    made = news.announcement(who.event, "example", _recipient(who), {})
    return replace(made, due_at=None)


def _reminded(who: Reader) -> Letter:
    due = _limit(who).at
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


def _place(who: Reader) -> SignUp:
    """A place on a visit on the first day of the summit."""
    event = who.event
    visit = Visit(
        code="example",
        title=str(_("A visit")),
        day=event.starts_on,
        leaves=time(9),
        returns=time(11, 30),
        before=15,
        meeting_point=str(_("Main entrance")),
        map_link="",
        shoes=str(_("Sturdy shoes")),
        no_photos=True,
        identity_papers=True,
        rules="",
    )
    visit.event = event
    mine = SignUp(uid="example", state=Standing.ALLOCATED, version=1, comment="", step_free=False)
    mine.visit, mine.delegate = visit, who.delegate
    mine.vehicle = Vehicle(name=str(_("Bus 1")), leader=str(_("Robin Example")), phone="+810312345678")
    mine.told = visit_entries.tell(mine, who.now)
    return mine


def _visit(kind: str) -> Callable[[Reader], Letter]:
    """About that place."""

    def make(who: Reader) -> Letter:
        mine = _place(who)
        if kind in {"visit given back", "visit cancelled"}:
            mine.state, mine.vehicle = Standing.CANCELLED, None
            mine.told = visit_entries.tell(mine, who.now)
            mine.comment = str(_("Here stands the reason that was given."))
        mine.offered_until = who.now + timedelta(days=1) if kind == "visit offered" else None
        return visit_letters.made(kind, mine, who.by)

    return make


def _missed(who: Reader) -> Letter:
    """No place on two visits that were wished for."""
    wishes = [(str(_("A visit")), Why.FULL), (str(_("Another visit")), Why.APART)]
    return outcomes.missed(who.delegate, "1", wishes, wishes[0][0], who.by)


PORTRAIT = {"rule": "portrait", "weight": "refused", "figures": {"width": 720, "height": 1280}}
NO_CAPTIONS = {"rule": "no captions", "weight": "needs captions", "figures": {}}
QUIET = {"rule": "quiet", "weight": "warned", "figures": {"loudness": -41.5}}


def _video_answer(kind: str, *findings: Mapping[str, Any]) -> Callable[[Reader], Letter]:
    def letter(who: Reader) -> Letter:
        comments = str(_("Here stands the reason that was given."))
        version = VideoVersion(number=2, name="video.mp4", link="", findings=list(findings), comments=comments)

        def make(message: VideoMessage) -> list[Letter]:
            to = who.focal.name, who.focal.email, who.focal.language
            return [answers.letter(kind, message, version, to, who.focal, who.by)]

        return _video(make)(who)

    return letter


def _video(make: Callable[[VideoMessage], list[Letter]]) -> Callable[[Reader], Letter]:
    def letter(who: Reader) -> Letter:
        message = VideoMessage(
            uid="example",
            purpose=Purpose.CITY,
            state=Awaited.EXPECTED,
            session_title="",
            due_at=_limit(who).at,
            contact_name="",
            contact_email="",
            link_generation=0,
        )
        message.version = 1
        message.event, message.delegation = who.event, who.focal.delegation
        message.delegation.focal_points = [who.focal]
        who.focal.active = True
        return make(message)[0]

    return letter


def _terms(message: VideoMessage) -> Terms:
    return Terms(message.due_at)


MADE: dict[str, Callable[[Reader], Letter]] = {
    "confirmation": lambda who: letters.confirmation(who.delegate),
    "changed": _changed,
    "address-changed": lambda who: letters.address_changed(who.delegate, who.delegate.email),
    "withdrawn": lambda who: letters.withdrawn(_gone(who, State.WITHDRAWN)),
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
    **{each.replace(" ", "-"): _visit(each) for each in visit_letters.BELOW},
    "visit-wish-granted": lambda who: outcomes.granted(_place(who), 2, who.by),
    "visit-wish-missed": _missed,
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
    "video-due": _video(lambda message: videos.due(message, _terms(message), "example")),
    "video-overdue": _video(lambda message: videos.overdue(message, _terms(message))),
    "video-failed": _video_answer("video failed", PORTRAIT, NO_CAPTIONS, QUIET),
    "video-captions": _video_answer("video captions", NO_CAPTIONS, QUIET),
    "video-changes": _video_answer("video changes"),
    "video-accepted": _video_answer("video accepted"),
    "release": _release(at_once=False, to_office=False),
    "release-at-once": _release(at_once=True, to_office=False),
    "release-office": _release(at_once=False, to_office=True),
    "release-office-at-once": _release(at_once=True, to_office=True),
    "announcement": _announced,
    "reminder-set": _reminded,
}
"""What makes the example of each letter, by the name of its opening."""
