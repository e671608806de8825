"""From the invitation to the answer, and back: the only place where a delegation's answer changes.

    (what a city sends for approval, and what becomes of it, stands in approving.py)
    draft -> invited -> accepted | declined | lapsed (by clock)
    declined, lapsed, withdrawn, cancelled -> invited again (by the organisers)
    whoever takes part -> withdrawn (by the city);  any but closed -> cancelled (by the organisers)

Every act locks the delegation, decides on what is stored now, and writes journal and letters with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.db import db
from app.delegations import letters
from app.delegations.deadlines import Limit, all_limits, deadline, extend, limits
from app.delegations.focal import active, held
from app.delegations.models import STANDING, Answer, Delegation, DelegationMode
from app.events.models import Deadline, Due, Event, Mode
from app.files import Kept, record
from app.journal import CLOCK, note
from app.outbox import Message, post
from app.refused import Refused
from app.sentences import Sentence

__all__ = ["consequences", "deadline"]

consequences: list[Callable[[Delegation, str, datetime], None]] = []
"""What else ends when a city withdraws or is cancelled: (delegation, who, now), in the same transaction. Rooms that
stand after this one hang theirs on it."""

mode_consequences: list[Callable[[Delegation, str, datetime], None]] = []
"""What follows when a city takes part in other modes than before: (delegation, who, now), in the same transaction."""

INVITED_AGAIN = Sentence(_l("Invited again")).stored()
REMINDERS = (2, 7, 14)
"""Days before the deadline, the last first."""
REOPENED = frozenset({Answer.DECLINED, Answer.LAPSED, Answer.WITHDRAWN, Answer.CANCELLED})
"""What an organiser can open again."""


def invite(event_id: int, delegation_ids: Collection[int], *, who: str, now: datetime) -> int:
    """Invite those of the delegations that were not invited yet; how many. A letter goes to each of their focal points.

    Refused when one of them has nobody who could get it, or when the deadline for answers is past.
    """
    _ahead(limits(event_id).get(Due.ANSWER), now)
    done = []
    for delegation in _each(event_id, delegation_ids):
        if delegation.answer != Answer.DRAFT:
            continue
        if not active(delegation):
            raise Refused(_("%(city)s has no focal point, so nobody can be invited.", city=delegation.member.name))
        delegation.invited_at = now
        become(delegation, Answer.INVITED, "invited", who, now)
        _invite(delegation, now)
        done.append(delegation)
    together("invited", event_id, done, who, now)
    return len(done)


def remind(event_id: int, delegation_ids: Collection[int], *, who: str, now: datetime) -> int:
    """Remind those of the delegations that have not answered, now; how many. Twice within a minute is once."""
    mark = f"{now:%Y%m%dT%H%M}Z"
    found = [each for each in _each(event_id, delegation_ids) if each.answer == Answer.INVITED]
    done = [each for each in found if _remind(each, mark, who, now)]
    together("reminded", event_id, done, who, now)
    return len(done)


def answer_accept(delegation_id: int, modes: Collection[Mode], *, who: str, now: datetime) -> bool:
    """The city takes part in these modes. True if it is this act that accepted, False if it stood already.

    Refused when no mode is named ("modes"), and when the invitation is not open.
    """
    if not modes:
        raise Refused(_("Choose at least one way of taking part."), "modes")
    delegation = held(delegation_id)
    if delegation.answer in STANDING:
        return False
    late = _open(delegation, now)
    delegation.reason, delegation.answered_at = "", now
    set_modes(delegation, modes, who, now)
    become(delegation, Answer.ACCEPTED, "accepted", who, now, modes=in_order(modes), late=late)
    _confirm(delegation, who, now)
    return True


def answer_decline(delegation_id: int, reason: str, *, who: str, now: datetime) -> bool:
    """The city does not take part. True if it is this act that declined. Refused when the invitation is not open."""
    delegation = held(delegation_id)
    if delegation.answer == Answer.DECLINED:
        return False
    if delegation.answer in STANDING:
        raise Refused(_("Your city has accepted already. If it cannot come after all, withdraw it."))
    late = _open(delegation, now)
    delegation.reason, delegation.answered_at = reason, now
    become(delegation, Answer.DECLINED, "declined", who, now, reason=reason, late=late)
    _confirm(delegation, who, now)
    return True


def change_modes(delegation_id: int, modes: Collection[Mode], *, who: str, now: datetime) -> bool:
    """The city takes part in these modes from now on: True. After the deadline it asks the organisers: False.

    Nothing new is nothing done. Refused when no mode is named ("modes"), and when the city does not take part.
    """
    if not modes:
        raise Refused(_("Choose at least one way of taking part."), "modes")
    delegation = held(delegation_id)
    _takes_part(delegation)
    limit = limits(delegation.event_id, delegation.id).get(Due.MODE)
    before, wanted = modes_of(delegation), in_order(modes)
    if wanted == before:
        delegation.modes_asked = ""
        return True
    if limit is not None and limit.over(now):
        if wanted != delegation.modes_asked.split():
            delegation.modes_asked, delegation.changes_pending = " ".join(wanted), True
            _note("asked for modes", delegation, who, now, {"modes": before}, {"modes": wanted})
        return False
    set_modes(delegation, modes, who, now)
    delegation.modes_asked = ""
    delegation.altered()
    _note("changed modes", delegation, who, now, {"modes": before}, {"modes": wanted})
    tell(delegation, "modes", who, now, modes=wanted)
    return True


def decide_modes(delegation_id: int, agreed: bool, reason: str, *, who: str, now: datetime) -> bool:
    """The organisers grant or refuse the modes that a city asked for after the deadline; whether any were asked for."""
    delegation = held(delegation_id)
    asked, before = delegation.modes_asked.split(), modes_of(delegation)
    if not asked:
        return False
    if agreed:
        set_modes(delegation, [Mode(each) for each in asked], who, now)
    delegation.modes_asked, delegation.changes_pending = "", False
    what = "granted modes" if agreed else "refused modes"
    _note(what, delegation, who, now, {"modes": before}, {"modes": asked, "reason": reason})
    if agreed:
        tell(delegation, "modes", who, now, modes=asked)
    else:
        tell(delegation, "modes refused", who, now, modes=before, asked=asked, reason=reason)
    return True


def reopen(delegation_id: int, *, who: str, now: datetime, until: datetime | None = None) -> bool:
    """Invite the city again, with a new letter; whether this act did so. `until` gives it longer than the others.

    Refused ("day") when the deadline is past and no new one is given, and when nobody is there to get the letter.
    """
    delegation = held(delegation_id)
    if delegation.answer not in REOPENED:
        return False
    if not active(delegation):
        raise Refused(_("%(city)s has no focal point, so nobody can be invited.", city=delegation.member.name))
    if until is not None:
        extend(delegation, Due.ANSWER, until, INVITED_AGAIN, who=who, now=now)
    _ahead(limits(delegation.event_id, delegation.id).get(Due.ANSWER), now)
    delegation.invited_at, delegation.answered_at, delegation.reason = now, None, ""
    become(delegation, Answer.INVITED, "reopened", who, now)
    _invite(delegation, now)
    return True


def give_longer(delegation_id: int, kind: Due, until: datetime, reason: str, *, who: str, now: datetime) -> bool:
    """Extend one deadline for one city, and tell it; whether that is new. A lapsed invitation is open again by it."""
    delegation = held(delegation_id)
    if not extend(delegation, kind, until, reason, who=who, now=now):
        return False
    if kind == Due.ANSWER and delegation.answer == Answer.LAPSED:
        become(delegation, Answer.INVITED, "reopened", who, now)
    if delegation.answer in STANDING | {Answer.INVITED}:
        tell(delegation, "extended", who, now, until=until.isoformat(), reason=reason)
    return True


def withdraw_city(delegation_id: int, reason: str, *, who: str, now: datetime) -> bool:
    """The city does not come after all, and all that it held is free; whether this act did so. Twice is once."""
    delegation = held(delegation_id)
    if delegation.answer == Answer.WITHDRAWN:
        return False
    _takes_part(delegation)
    _leave(delegation, Answer.WITHDRAWN, "withdrew", reason, who, now)
    return True


def cancel(delegation_id: int, reason: str, *, who: str, now: datetime) -> bool:
    """The organisers take the delegation off, whatever it answered; whether this act did so. Twice is once."""
    delegation = held(delegation_id)
    if delegation.answer in {Answer.CANCELLED, Answer.WITHDRAWN}:
        return False
    if delegation.answer == Answer.CLOSED:
        raise Refused(_("The summit is over, so nothing can be cancelled."))
    if delegation.member_id == delegation.event.host_id:
        raise Refused(_("This is the host. A summit cannot do without."))
    _leave(delegation, Answer.CANCELLED, "cancelled", reason, who, now)
    return True


def keep_letter(delegation_id: int, kept: Kept, *, who: str, now: datetime) -> None:
    """Store the letter of authority; an older one stays in the store, and the journal says where."""
    delegation = held(delegation_id)
    _takes_part(delegation)
    if delegation.letter is not None and delegation.letter.sha256 == kept.sha256:
        return
    before = delegation.letter
    delegation.letter = record(kept, who=who, now=now)
    _note(
        "letter of authority",
        delegation,
        who,
        now,
        {"file": before.key, "name": before.name} if before else None,
        {"file": kept.key, "name": kept.name},
    )
    db.session.flush()


def lapse_due(now: datetime) -> int:
    """Let the invitations lapse whose deadline is past; how many."""
    done = 0
    for delegation_id, limit in _waiting(now):
        if not limit.over(now):
            continue
        delegation = held(delegation_id)
        mine = limits(delegation.event_id, delegation_id).get(Due.ANSWER)
        if delegation.answer == Answer.INVITED and mine is not None and mine.over(now):
            become(delegation, Answer.LAPSED, "lapsed", CLOCK, now, due=mine.at.isoformat(), hard=mine.hard)
            for each in active(delegation):
                post(letters.lapsed(each, mine), now)
            done += 1
    return done


def remind_due(now: datetime) -> int:
    """Remind those who have not answered, 14, 7 and 2 days before their deadline, each once; how many.

    Who was invited after such a moment is not reminded for it; of several that were missed only the last is sent.
    """
    done = 0
    for delegation_id, limit in _waiting(now):
        days = next((each for each in REMINDERS if limit.at - timedelta(days=each) <= now), None)
        if days is None or limit.over(now):
            continue
        delegation = held(delegation_id)
        invited = delegation.invited_at
        if delegation.answer != Answer.INVITED or invited is None or invited > limit.at - timedelta(days=days):
            continue
        done += _remind(delegation, f"{limit.at:%Y%m%dT%H%M}Z-{days}", CLOCK, now)
    return done


def _waiting(now: datetime) -> list[tuple[int, Limit]]:
    """Those who have not answered, with their deadline, if a reminder may be due or the deadline is past."""
    soon = now + timedelta(days=max(REMINDERS))
    events = db.session.execute(
        select(Deadline.event_id).where(Deadline.kind == Due.ANSWER, Deadline.at <= soon).order_by(Deadline.event_id)
    ).scalars()
    found: list[tuple[int, Limit]] = []
    for event_id in list(events):
        common, longer = all_limits(event_id, Due.ANSWER)
        ids = select(Delegation.id).where(Delegation.event_id == event_id, Delegation.answer == Answer.INVITED)
        waiting = db.session.execute(ids.order_by(Delegation.id)).scalars()
        found += [(each, limit) for each in waiting if (limit := longer.get(each, common)) is not None]
    return found


def _each(event_id: int, ids: Collection[int]) -> Iterable[Delegation]:
    """These delegations of the event, locked one after the other, always in one order."""
    known = select(Delegation.id).where(Delegation.event_id == event_id, Delegation.id.in_(ids)).order_by(Delegation.id)
    return [held(each) for each in db.session.execute(known).scalars().all()]


def _open(delegation: Delegation, now: datetime) -> bool:
    """Whether an answer now is late. Refused when none can be given."""
    city = delegation.member.name
    limit = limits(delegation.event_id, delegation.id).get(Due.ANSWER)
    over = limit is not None and limit.over(now)
    if delegation.answer not in {Answer.INVITED, Answer.LAPSED}:
        raise Refused(_("The invitation of %(city)s is not open. Please write to the organisers.", city=city))
    if over and limit is not None and limit.hard:
        raise Refused(_("The deadline is past, so no answer can be given here. Please write to the organisers."))
    return over


def _ahead(limit: Limit | None, now: datetime) -> None:
    if limit is not None and limit.over(now):
        raise Refused(_("The deadline for answers is past. Set a later one first."), "day")


def _takes_part(delegation: Delegation) -> None:
    if delegation.answer not in STANDING:
        raise Refused(_("%(city)s does not take part at present.", city=delegation.member.name))


def set_modes(delegation: Delegation, modes: Collection[Mode], who: str, now: datetime) -> None:
    """The city, which is locked with its modes, takes part in these; whatever follows from that is done."""
    before = modes_of(delegation)
    for stale in [each for each in delegation.modes if each.mode not in modes]:
        delegation.modes.remove(stale)
    here = {each.mode for each in delegation.modes}
    delegation.modes.extend(DelegationMode(mode=each) for each in Mode if each in modes and each not in here)
    if modes_of(delegation) == before:
        return
    db.session.flush()
    for follow in mode_consequences:
        follow(delegation, who, now)


def modes_of(delegation: Delegation) -> list[str]:
    return in_order(each.mode for each in delegation.modes)


def in_order(modes: Iterable[Mode]) -> list[str]:
    named = set(modes)
    return [each.value for each in Mode if each in named]


def become(delegation: Delegation, answer: Answer, what: str, who: str, now: datetime, **more: Any) -> None:
    before, delegation.answer = delegation.answer, answer
    _note(what, delegation, who, now, {"answer": before.value}, {"answer": answer.value} | more)
    db.session.flush()  # raises the version, which the keys of letters hold


def _leave(delegation: Delegation, answer: Answer, what: str, reason: str, who: str, now: datetime) -> None:
    told = delegation.answer != Answer.DRAFT
    delegation.reason, delegation.modes_asked, delegation.changes_pending = reason, "", False
    become(delegation, answer, what, who, now, reason=reason)
    for follow in consequences:
        follow(delegation, who, now)
    if told:
        tell(delegation, answer.value, who, now, reason=reason)


def _invite(delegation: Delegation, now: datetime) -> None:
    limit = limits(delegation.event_id, delegation.id).get(Due.ANSWER)
    for each in active(delegation):
        post(letters.invitation(each, limit), now)


def _remind(delegation: Delegation, mark: str, who: str, now: datetime) -> bool:
    """Post this reminder to those who did not get it; whether anybody did not."""
    limit = limits(delegation.event_id, delegation.id).get(Due.ANSWER)
    wanted = {each.key: each for each in (letters.reminder(focal, limit, mark) for focal in active(delegation))}
    sent = set(db.session.execute(select(Message.key).where(Message.key.in_(wanted))).scalars())
    for key in wanted.keys() - sent:
        post(wanted[key], now)
    if wanted.keys() - sent:
        _note("reminded", delegation, who, now, after={"due": limit.at.isoformat() if limit else None})
    return bool(wanted.keys() - sent)


def _confirm(delegation: Delegation, who: str, now: datetime) -> None:
    for each in active(delegation):
        post(letters.answered(each, who), now)


def tell(delegation: Delegation, what: str, who: str, now: datetime, **more: Any) -> None:
    flag_modified(delegation, "reason")  # raises the version, even if only another table has changed
    db.session.flush()
    for each in active(delegation):
        post(letters.told(each, what, who, **more), now)


def together(what: str, event_id: int, done: Collection[Delegation], who: str, now: datetime) -> None:
    """One entry for the whole of a bulk act, beside that of each delegation."""
    if not done:
        return
    slug = db.session.execute(select(Event.slug).where(Event.id == event_id)).scalar_one()
    cities = sorted(each.member.name for each in done)
    note(f"{what} together", f"event/{slug}", who=who, now=now, event_id=event_id, after={"cities": cities})


def _note(
    what: str,
    delegation: Delegation,
    who: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    subject = f"delegation/{delegation.uid}"
    note(what, subject, who=who, now=now, event_id=delegation.event_id, before=before, after=after)
