"""What the programme and the calendar say to one delegate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, bindparam, func, null, select

from app import ical, tokens
from app.db import db, directly, glance
from app.delegations.models import Delegation
from app.events.models import Event, Mode
from app.mypage import ahead
from app.mypage.ahead import Ahead, Day
from app.network.models import Member
from app.online.letters import entry_of
from app.online.models import TechCheck
from app.online.own import service as afar
from app.outbox.tongues import tongue
from app.planning import hours
from app.profiles import service as profiles
from app.publishing import feeds, personal
from app.publishing.calendars.service import keep_by
from app.publishing.feeds import Feed
from app.publishing.programme import Programme, Session
from app.publishing.service import told
from app.publishing.shown import Published
from app.registration import changes
from app.registration.models import Capacity, Delegate, State, join_blank, join_secret
from app.registration.participation import by_letter
from app.visits import moving
from app.visits.models import GOING, OVER, SignUp, Visit
from app.web import absolute
from app.web.kept import KeepingFlask
from app.web.wording import language


@dataclass(frozen=True)
class Standing:
    """Where a registration stands, as its person reads it."""

    heading: str
    sentence: str
    tone: str


STANDINGS: dict[State, tuple[Any, Any, str]] = {
    State.APPROVED: (_l("Your registration"), "", "good"),
    State.NOMINATED: (
        _l("You are nominated"),
        _l(
            "%(city)s has named you for its delegation. Please complete your registration. If you do not want to"
            " take part, or that we hold what stands here, object."
        ),
        "warn",
    ),
    State.SUBMITTED: (
        _l("Your registration is with your city"),
        _l("The office of %(city)s has to agree to it. Please book nothing before a letter confirms it."),
        "info",
    ),
    State.ENDORSED: (
        _l("Your registration is with the organisers"),
        _l("%(city)s stands for it. Please book nothing before a letter confirms it."),
        "info",
    ),
    State.RETURNED: (
        _l("Please look at your registration again"),
        _l("It was returned: %(comment)s"),
        "warn",
    ),
    State.WAITLISTED: (
        _l("You are on the waiting list"),
        _l("No place is left at present. We write when it is your turn; the order of the list is kept strictly."),
        "info",
    ),
    State.OFFERED: (
        _l("A place is held for you"),
        _l("It is your turn. Take the place or decline it before the time is over."),
        "warn",
    ),
    State.WITHDRAWN: (
        _l("You have withdrawn"),
        _l("Your place is free for somebody else, and the days in your calendar are cancelled."),
        "warn",
    ),
    State.REFUSED: (_l("Your city did not agree to this registration"), "", "warn"),
    State.REJECTED: (_l("This registration was rejected"), "", "warn"),
    State.CANCELLED: (
        _l("This registration was cancelled"),
        _l("The organisers had to cancel it. Please write to them if you have questions."),
        "warn",
    ),
    State.REPLACED: (
        _l("This registration no longer stands"),
        _l("Questions are best put to the office of your city."),
        "warn",
    ),
    State.EXPIRED: (
        _l("You are no longer on the waiting list"),
        _l("Two offers of a place stayed without an answer. Please write to the organisers if you want to come."),
        "warn",
    ),
}
"""The heading, what it means for the person (an approved registration needs no sentence), and its tone."""
HAS_A_REASON = frozenset({State.REFUSED, State.REJECTED, State.CANCELLED})
"""Where the reason, if one was given, is what there is to say."""


def standing(delegate: Delegate) -> Standing:
    """The heading of the page and what it means for the person."""
    title, meaning, tone = STANDINGS[delegate.state]
    if delegate.state in HAS_A_REASON and delegate.comment:
        sentence = _("The reason given: %(reason)s", reason=delegate.comment)
    else:
        sentence = str(meaning) % {"city": delegate.delegation.member.name, "comment": delegate.comment}
    return Standing(str(title), sentence, tone)


def zone_of(delegate: Delegate) -> str:
    """Where the person is: the zone they named, or their city's."""
    return delegate.zone or delegate.delegation.member.zone


def shown_to(delegate: Delegate) -> Published:
    """The release that is current for the delegate's event; an empty one while nothing is published."""
    return told(delegate.event_id, delegate.event.release)


def own_sessions(delegate: Delegate, programme: Programme) -> tuple[Session, ...]:
    """The sessions in which the delegate's city appears and that its people may know of, in order."""
    return personal.own_sessions(programme, delegate.delegation.member.slug)


class SignedUp(NamedTuple):
    """A visit for which somebody is signed up."""

    visit: Visit
    title: str
    """In the reader's words."""
    word: str
    """Where the sign-up stands."""
    going: bool
    """The place is certain."""


def visits_of(delegate: Delegate, programme: Programme) -> list[SignedUp]:
    """The visits for which the person is signed up, in the words of the programme unless they are called otherwise
    since. One query."""
    spoken = zip(programme.visits, programme.spoken(language()).visits, strict=True)
    called = {(old.code, old.title): new.title for old, new in spoken}
    return [
        SignedUp(visit, called.get((visit.code, visit.title), visit.title), moving.word(state), state in GOING)
        for visit, state in db.session.execute(SIGNED_UP, {"person": delegate.id})
    ]


class Theirs(NamedTuple):
    """What of somebody's own there is, told by one query: for most people nothing, which then need not be asked for."""

    about: profiles.Overview
    signs_up: bool
    waits: bool
    afar: Row[Any]
    """What `afar.THEIRS` tells."""


def theirs(delegate: Delegate) -> Theirs:
    """One query."""
    found = directly(THEIRS, **afar.asked(delegate)).one()
    return Theirs(profiles.overview_of(found), bool(found.signs_up), bool(found.waits), found)


_MINE = SignUp.delegate_id == bindparam("person"), SignUp.state.not_in(OVER)
THEIRS = profiles.OVERVIEW.add_columns(
    select(SignUp.id).where(*_MINE).exists().label("signs_up"), changes.WAITS.label("waits"), *afar.THEIRS
)
SIGNED_UP = select(Visit, SignUp.state).join(SignUp, SignUp.visit_id == Visit.id).where(*_MINE).order_by(Visit.position)
"""Made once, as the others: making them anew takes longer than asking them."""


def next_day(
    delegate: Delegate, programme: Programme, signed: Sequence[SignedUp], check: TechCheck | None, now: datetime
) -> Day | None:
    """What is next for somebody who takes part: the sessions, the visits and the check of one day; None: nothing is."""
    if delegate.state != State.APPROVED:
        return None
    summit, head = programme.summit, delegate.role == Capacity.HEAD
    items = [*ahead.sessions(programme, delegate.delegation.member.slug, delegate.mode, head=head)]
    items += ahead.visits([(each.visit, each.title) for each in signed if each.going], summit.zone)
    if check and check.slot:
        said = _("Check of picture and sound")
        items.append(Ahead("check", said, check.slot.starts, check.slot.ends))
    return ahead.first(items, now, summit.zone if delegate.mode == Mode.VENUE else zone_of(delegate))


def hours_of(delegate: Delegate, programme: Programme) -> dict[str, hours.Hours]:
    """How the hours of the own sessions are, by code, where the delegate joins them from (rule 9.7); online alone."""
    if delegate.mode != Mode.ONLINE:
        return {}
    zone = zone_of(delegate)
    return {
        each.code: hours.verdict(each.starts, each.ends, zone)
        for each in own_sessions(delegate, programme)
        if each.starts and each.ends and not each.cancelled
    }


SECOND = timedelta(seconds=1)


class Polled(NamedTuple):
    """What a delegate's calendar depends on, read by one query because programs ask for it all day long."""

    uid: str
    generation: int
    join_generation: int
    reference: str
    state: State
    mode: Mode
    role: Capacity
    language: str
    language_changed_at: datetime | None
    email: str
    changes: int
    mode_changed_at: datetime
    state_at: datetime
    changed_at: datetime
    participation: dict[str, Any]
    check: dict[str, Any] | None
    """The entry of the check of picture and sound, once one was booked."""
    city: str
    event_id: int
    slug: str
    reply_to: str
    release: int
    id: int
    visits_at: datetime | None
    """When a visit in the person's calendar last changed; None: there is none in it."""

    @property
    def changed(self) -> tuple[datetime | None, ...]:
        """When what the person's row says of the calendar changed."""
        return self.mode_changed_at, self.language_changed_at, self.state_at, self.changed_at, self.visits_at


_TOLD = SignUp.told.is_not(null())
_POLLED = (
    select(
        Delegate.uid,
        Delegate.feed_generation,
        Delegate.join_generation,
        Delegate.reference,
        Delegate.state,
        Delegate.mode,
        Delegate.role,
        Delegate.language,
        Delegate.language_changed_at,
        Delegate.email,
        Delegate.mode_changes,
        Delegate.mode_changed_at,
        Delegate.state_at,
        Delegate.changed_at,
        Delegate.participation,
        TechCheck.entry,
        Member.slug,
        Event.id,
        Event.slug,
        Event.reply_to,
        Event.release,
        Delegate.id,
        select(func.max(SignUp.changed_at)).where(SignUp.delegate_id == Delegate.id, _TOLD).scalar_subquery(),
    )
    .join(Delegation, Delegate.delegation_id == Delegation.id)
    .join(Member, Delegation.member_id == Member.id)
    .join(Event, Delegate.event_id == Event.id)
    .outerjoin(TechCheck, TechCheck.delegate_id == Delegate.id)
)
BY_SECRET = _POLLED.where(Delegate.feed_hash == bindparam("hash"))
BY_REFERENCE = _POLLED.where(Delegate.event_id == bindparam("event"), Delegate.reference == bindparam("reference"))
"""Made once: making them anew takes longer than asking them."""


def init_app(app: KeepingFlask) -> None:
    """Tell by which mark what validates a person's calendar is kept: all that their row says of it."""
    keep_by(app, "agenda.ics", BY_SECRET)


def calendar(secret: str, source: str, now: datetime) -> Feed:
    """The calendar that this secret opens; `source` is its address. Raises LookupError. One query, and one more where
    visits have changed."""
    return _calendar(_one(BY_SECRET, hash=tokens.digest(secret)), source, now)


def calendar_of(event_id: int, reference: str, now: datetime) -> Feed:
    """The calendar of the delegate with this reference, for organisers. Raises LookupError. Queries as above."""
    return _calendar(_one(BY_REFERENCE, event=event_id, reference=reference), "", now)


def _one(query: Select[*tuple[Any, ...]], **asked: object) -> Polled:
    row = glance(query, **asked)
    if row is None:
        raise LookupError("there is no such calendar")
    return Polled._make(row)


def _calendar(polled: Polled, source: str, now: datetime) -> Feed:
    """Everybody's sessions and those of the own city, as they are for this person and in their language.

    Who is not invited to the summit as a whole by letter has that in it too (`participation.by_letter`). Who does not
    take part, or no more, has it alone, cancelled. Sessions take place where the person does, so each change of mode
    raises their SEQUENCE; that and another language move their last change.
    """
    shown, language = told(polled.event_id, polled.release), tongue(polled.language)
    chosen, shift = ical.Sheaf(()), None
    if polled.state == State.APPROVED:
        reader = personal.of_delegate(polled.city, polled.mode, polled.role)
        chosen = feeds.sheaf(shown, reader, language, now)
        changed = personal.last_change(polled.changes, polled.mode_changed_at, polled.language_changed_at)
        shift = ical.Shift(polled.changes, changed) if changed else None
    head = feeds.head(shown.programme.spoken(language).summit, f"{polled.uid}-agenda@plenary", "", language, source)
    own = _own(polled, shown)
    stands = [each for each in own.leaves if ical.live([each.entry], now)]
    gone = [ical.shown_until(each.entry) + SECOND for each in own.leaves if each not in stands]
    going = [ical.shown_until(each.entry) + SECOND for each in stands if each.entry.item.cancelled]
    secret = join_secret(polled.uid, polled.join_generation) if source else "." * 24  # an organiser only looks on
    fill = ical.Fill(join_blank(), secret)
    file = ical.File(head, chosen, ical.Sheaf(stands) if gone else own, shift, fill)
    return Feed(
        feed_key(polled.uid, polled.generation),
        polled.event_id,
        polled.release,
        file,
        feeds.modified(shown, file, now, *polled.changed, *gone),
        f"{polled.slug}-{polled.reference}.ics",
        private=True,
        changes_at=min(filter(None, [*going, shown.removed_next(now)]), default=None),
    )


def feed_key(uid: str, generation: int) -> str:
    """Under which name the fetches of a delegate's calendar are noted: those of a replaced address are another's."""
    return f"person/{uid}/{generation}"


def _own(polled: Polled, shown: Published) -> ical.Sheaf:
    """This person's alone: their visits, the check of picture and sound, and the participation as a whole unless
    letters bring it. One query where there are visits that are not kept."""
    told, check = None if by_letter(polled.reply_to, polled.email) else polled.participation, polled.check
    if not told and not check and polled.visits_at is None:
        return ical.Sheaf(())

    def make() -> ical.Sheaf:
        page = absolute("publishing.summit", event=polled.slug)
        visits = absolute("publishing.visits", event=polled.slug)
        found = [_linked(told, page)] if told else []
        found += [_linked(each, visits) for each in _visits(polled)]
        return ical.Sheaf.of([*found, *([entry_of(check)] if check else [])])

    marks = [(each["sequence"], each["changed_at"]) if each else None for each in (told, check)]
    return shown.sheaves.get(("own", polled.uid, *marks, polled.visits_at), make)


def _linked(told: dict[str, Any], page: str) -> ical.Entry:
    """The entry with the address of its page, which depends on where the product stands."""
    entry = ical.Entry.from_json(told)
    return replace(entry, item=replace(entry.item, url=page))


def _visits(polled: Polled) -> list[dict[str, Any]]:
    """The entries of the person's visits, as last told, those given back too."""
    if polled.visits_at is None:
        return []
    query = select(SignUp.told).where(SignUp.delegate_id == polled.id, _TOLD).order_by(SignUp.id)
    return [each for each in db.session.execute(query).scalars() if each]
