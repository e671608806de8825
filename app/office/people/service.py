"""What a focal point reads of the city's people: where each stands, who owes what by when, and what comes next.

Needs (food, access) are never read here: a city's office fills them in for somebody, and does not see them again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import db
from app.delegations import quotas
from app.delegations.deadlines import Limit, Limits
from app.delegations.models import Delegation, Quota
from app.events.models import Due, Mode
from app.events.words import mode_word
from app.refused import Refused
from app.registration import asking, naming, nominating, notices, places, rows, twins
from app.registration.asked import Asked
from app.registration.models import ENDED, Capacity, Delegate, Draft, State
from app.registration.service import COLUMNS, FILLED_IN, Details
from app.registration.twins import Double
from app.travel import service as travel
from app.travel.models import Kind
from app.web.wording import moment

TONES = {State.APPROVED: "good", State.ENDORSED: "good", State.WAITLISTED: "plain"}
FILL_IN, DECIDE = "people.fill_in", "people.decide"


@dataclass(frozen=True)
class Row:
    """One person of the delegation as the list shows them."""

    person: Delegate
    role: str
    state: str
    tone: str
    owed: str
    """Who owes what by when, as a sentence; empty for who no longer takes part."""
    endpoint: str = ""
    """The page of the next act; empty: nothing is to be done."""
    act: str = ""
    """That act in words."""


@dataclass(frozen=True)
class Group:
    """A city's people: those who stand in the order of roles, those who no longer do, and what is to be said of all."""

    present: list[Row]
    gone: list[Row]
    head: Delegate | None
    deputies: list[Delegate]
    doubles: list[Double]
    quotas: list[QuotaLine]

    @property
    def waiting(self) -> int:
        """How many stand on the waiting list."""
        return sum(each.person.state == State.WAITLISTED for each in self.present)


@dataclass(frozen=True)
class QuotaLine:
    """How much of one quota is used."""

    words: str
    taken: int
    limit: int

    @property
    def full(self) -> bool:
        """Used up; where the city has none of a kind, nothing was used."""
        return 0 < self.limit <= self.taken


def group(delegation: Delegation, people: Collection[Delegate], limits: Limits, now: datetime) -> Group:
    """All that the delegation's page says of its people. Three queries, for doubles and quotas."""
    standing = sorted((each for each in people if each.state not in ENDED), key=_place)
    gone = sorted((each for each in people if each.state in ENDED), key=lambda each: each.state_at, reverse=True)
    return Group(
        present=[row(each, delegation, limits, now) for each in standing],
        gone=[row(each, delegation, limits, now) for each in gone],
        head=next((each for each in standing if each.role == Capacity.HEAD), None),
        deputies=[each for each in standing if each.role == Capacity.DEPUTY],
        doubles=twins.doubles(delegation.event_id, delegation.id),
        quotas=quota_lines(delegation.id),
    )


def row(person: Delegate, delegation: Delegation, limits: Limits, now: datetime) -> Row:
    """One person: where they stand, what is owed, what the focal point may do next."""
    owed, endpoint, act = _next(person, delegation, limits.get(Due.CONFIRMATION), now)
    open_tone = "bad" if person.state in ENDED else "warn"
    tone = "warn" if endpoint else TONES.get(person.state, open_tone)
    return Row(person, role(person), _state(person), tone, owed, endpoint, act)


def role(person: Delegate) -> str:
    if person.role == Capacity.DEPUTY and person.deputy_place:
        return str(_("deputy head, number %(place)s", place=person.deputy_place))
    return notices.role_word(person.role)


def quota_lines(delegation_id: int) -> list[QuotaLine]:
    """What the city has of each kind of place, and how much is used. One query."""
    return [_quota_line(each) for each in quotas.of(delegation_id)]


def _quota_line(quota: Quota) -> QuotaLine:
    words = f"{quotas.category_word(quota.category)} {mode_word(quota.mode)}"
    return QuotaLine(words[:1].upper() + words[1:], quota.taken, quota.seats + quota.granted)


def modes(delegation: Delegation, present: Mode | None = None) -> dict[Mode, bool]:
    """The modes a person of this city may take part in, and whether a place is left; the present one is kept."""
    theirs = {each.mode for each in delegation.modes} | ({present} if present else set())
    found = places.left(delegation.event_id)
    return {mode: free for mode, free in found.items() if mode in theirs} or found


def find(delegation_id: int, reference: str) -> Delegate:
    """Somebody of this delegation, with event, city and who came after them. Raises LookupError for anybody else."""
    query = rows.whole().where(Delegate.delegation_id == delegation_id, Delegate.reference == reference)
    found = db.session.execute(query).scalar_one_or_none()
    if found is None:
        raise LookupError("this city has nobody of that reference")
    return found


def successor(person: Delegate) -> Delegate | None:
    """Who came in this person's place."""
    return db.session.get(Delegate, person.replaced_by_id) if person.replaced_by_id else None


def has_begun(person: Delegate) -> bool:
    """Whether the person has saved the form half-way; what stands in it is theirs until they send it."""
    return db.session.execute(select(Draft.delegate_id).where(Draft.delegate_id == person.id)).first() is not None


def fill_in(delegate_id: int, details: Details, *, who: str, now: datetime) -> Delegate:
    """Fill in the form for somebody. What the office cannot see stays as the person told it: needs that are not given
    anew, and the lists they are in, which only they can agree to."""
    query = select(Delegate).where(Delegate.id == delegate_id).options(joinedload(Delegate.needs))
    known = db.session.execute(query.execution_options(populate_existing=True)).scalar_one()
    details = replace(details, listed=known.listed, shared=known.shared)
    if known.needs is not None and details.mode == Mode.VENUE:
        dietary, access = known.needs.dietary, known.needs.access
        details = replace(details, dietary=details.dietary or dietary, access=details.access or access)
    return nominating.complete(delegate_id, details, on_behalf=True, who=who, now=now)


def journey(person: Delegate) -> str:
    """Whether arrival and departure are "told" or "owed"; empty where they are not asked. Never what they say."""
    if not travel.is_asked(person):
        return ""
    return "told" if "journey" in travel.told(person.id).stored(Kind.TRAVEL) else "owed"


def may_correct(person: Delegate) -> bool:
    """Whether the form is filled in and stands, so that its details can be corrected."""
    return person.state in FILLED_IN and not nominating.awaits_form(person)


def correct(
    delegate_id: int, told: Mapping[str, str], version: int, *, who: str, now: datetime
) -> tuple[Delegate, list[Asked]]:
    """Correct what the office may of a person's details; all else stays as the person told it. What somebody has to
    agree to, as another name once approved, is asked for.

    Refused as `registration.service.change`; on "email" when somebody with an address would lose it, on "mobile" when
    somebody at the venue would be left without a number, and when there is nothing filled in yet.
    """
    known = rows.one(delegate_id)
    if nominating.awaits_form(known):
        raise Refused(_("The form is not filled in yet, so there is nothing to correct."))
    if known.email and not told["email"]:
        raise Refused(_("Enter an address: a person who has one keeps getting their letters."), "email")
    if known.mode == Mode.VENUE and known.mobile and not told["mobile"]:
        raise Refused(_("Enter a number at which the person can be reached on the day."), "mobile")
    stored = {name: getattr(known, name) for name in COLUMNS}
    needs = {name: getattr(known.needs, name) if known.needs else "" for name in ("dietary", "access")}
    details = Details(mode=known.mode, **(stored | needs | dict(told)))
    return asking.change(delegate_id, details, version, now, who=who, by_office=True)


def orders(line: Sequence[Delegate]) -> list[tuple[Delegate, str, str]]:
    """Each deputy with the order that moving up, and moving down, would make; empty where there is no further."""
    keys = [each.reference for each in line]
    return [(each, _swapped(keys, at - 1), _swapped(keys, at)) for at, each in enumerate(line)]


def _swapped(keys: Sequence[str], at: int) -> str:
    """The keys with those at `at` and behind it swapped."""
    if not 0 <= at < len(keys) - 1:
        return ""
    return ",".join([*keys[:at], keys[at + 1], keys[at], *keys[at + 2 :]])


def _place(person: Delegate) -> tuple[int, int, int]:
    return list(Capacity).index(person.role), person.deputy_place or 0, person.id


def _state(person: Delegate) -> str:
    if person.state == State.SUBMITTED and not person.endorsed:
        return str(_("waits for you"))
    return naming.word(person.state)


def _next(person: Delegate, delegation: Delegation, limit: Limit | None, now: datetime) -> tuple[str, str, str]:
    """The sentence of what is owed; page and words of the next act."""
    zone = delegation.member.zone
    state, name = person.state, person.name
    if state in ENDED:
        return "", "", ""
    if nominating.awaits_form(person):
        return _form_owed(person, limit, zone, now), FILL_IN, _("Fill in the form for this person")
    if state == State.SUBMITTED and not person.endorsed:
        said = _("%(name)s registered with your city’s code. You still have to approve or refuse.", name=name)
        return said, DECIDE, _("Approve or refuse")
    if state == State.OFFERED and person.offered_until:
        until = moment(person.offered_until, zone)
        return _("%(name)s still has to take the place on offer, by %(until)s.", name=name, until=until), "", ""
    if state == State.WAITLISTED:
        return _("No place is left at present. The organisers’ list offers one as soon as it can."), "", ""
    if state == State.APPROVED:
        return _("Nothing is owed."), "", ""
    return _("The organisers still have to decide."), "", ""


def _form_owed(person: Delegate, limit: Limit | None, zone: str, now: datetime) -> str:
    """ "KIM Minji still has to fill in the form by 12 March 2090, 23:59 (Rome)." """
    name = person.name if person.email else _("Your office")
    if limit is None:
        said = _("%(name)s still has to fill in the form.", name=name)
    elif not limit.over(now):
        said = _("%(name)s still has to fill in the form by %(at)s.", name=name, at=moment(limit.at, zone))
    elif limit.hard:
        said = _(
            "%(name)s had to fill in the form by %(at)s. Ask the organisers for more time.",
            name=name,
            at=moment(limit.at, zone),
        )
    else:
        said = _(
            "%(name)s was to fill in the form by %(at)s. It is still taken, and marked as late.",
            name=name,
            at=moment(limit.at, zone),
        )
    if person.state == State.RETURNED and person.comment:
        return f"{_('It was returned: “%(comment)s”.', comment=person.comment)} {said}"
    return str(said)
