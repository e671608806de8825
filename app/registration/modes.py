"""The modes of a city and those of its people belong together: what one changes, the other follows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from app.db import db
from app.delegations import answering
from app.delegations.focal import held
from app.delegations.models import DelegationMode
from app.events.models import Mode
from app.events.words import mode_word
from app.journal import note
from app.refused import Refused
from app.registration import rows, service, states
from app.registration.models import COUNTED, ENDED, Delegate
from app.web.wording import listed


def change(delegation_id: int, modes: Collection[Mode], *, who: str, now: datetime) -> bool:
    """As `answering.change_modes`. Refused on "modes" when that would leave people of the city behind at once."""
    before = {each.mode for each in held(delegation_id).modes}
    in_force = answering.change_modes(delegation_id, modes, who=who, now=now)
    if in_force:
        _must_stay(delegation_id, before - set(modes))
    return in_force


def decide(delegation_id: int, agreed: bool, reason: str, *, along: bool, who: str, now: datetime) -> bool:
    """The organisers grant or refuse the modes that a city asked for; whether any were asked for.

    Who takes part in a mode that the city gives up is taken `along`, if only one is left to go to. Refused when not
    ("along"), and when no place is left there.
    """
    delegation = held(delegation_id)
    asked = [Mode(each) for each in delegation.modes_asked.split()]
    behind = stranded(delegation_id, asked) if agreed and asked else []
    if behind and len(asked) > 1:
        said = _("These people take part in a way that the city gives up: %(names)s. Change theirs first, one by one.")
        raise Refused(said % {"names": listed([each.name for each in behind])})
    if behind and not along:
        said = _("%(names)s would be left behind. Tick that they are taken along, or refuse.")
        raise Refused(said % {"names": listed([each.name for each in behind])}, "along")
    for each in behind:
        _take_along(each, asked[0], who, now)
    return answering.decide_modes(delegation_id, agreed, reason, who=who, now=now)


def stranded(delegation_id: int, modes: Collection[Mode]) -> list[Delegate]:
    """Those of the city who take part in one of its modes that is not among these, in the order of entry. One query."""
    theirs = select(DelegationMode.mode).where(DelegationMode.delegation_id == delegation_id)
    people = select(Delegate).where(
        Delegate.delegation_id == delegation_id,
        Delegate.state.not_in(ENDED),
        Delegate.mode.in_(theirs),
        Delegate.mode.not_in(set(modes)),
    )
    return list(db.session.execute(people.order_by(Delegate.id)).scalars())


def _take_along(person: Delegate, mode: Mode, who: str, now: datetime) -> None:
    try:
        if person.state in service.FILLED_IN:
            service.set_mode(person.id, mode, who=who, now=now)
        else:
            states.change_mode(rows.one(person.id), mode, now=now)
    except Refused as no:
        said = _("%(name)s cannot be taken along: no place is left there.", name=person.name)
        raise Refused(said) from no


def _must_stay(delegation_id: int, leaving: Collection[Mode]) -> None:
    counted = db.session.execute(
        select(Delegate.mode, func.count())
        .where(Delegate.delegation_id == delegation_id, Delegate.mode.in_(leaving), Delegate.state.not_in(ENDED))
        .group_by(Delegate.mode)
        .order_by(Delegate.mode)
    )
    for mode, number in counted:
        raise Refused(
            ngettext(
                "%(num)s person of yours is registered %(where)s. They must change that or withdraw first.",
                "%(num)s people of yours are registered %(where)s. They must change that or withdraw first.",
                number,
                where=mode_word(mode),
            ),
            "modes",
        )


def city_follows(change: states.Change, now: datetime) -> None:
    """A city takes part as its people do: a mode that one of them goes to is the city's too, and one that the last of
    them leaves is no longer. A video message stays, which needs nobody; a city that has not said how it comes is not
    asked here.
    """
    before, after, delegate = change.mode_before, change.mode_after, change.delegate
    if before == after or change.after not in COUNTED:
        return
    ours = select(DelegationMode.mode).where(DelegationMode.delegation_id == delegate.delegation_id)
    known = set(db.session.execute(ours).scalars())
    wanted = (known | {after}) - ({before} if _left(delegate, before) else set())
    if not known or wanted == known:
        return
    delegation = held(delegate.delegation_id)
    stood = answering.modes_of(delegation)
    answering.set_modes(delegation, wanted, delegate.signed, now)
    told: Sequence[dict[str, object]] = [{"modes": each} for each in (stood, answering.modes_of(delegation))]
    subject = f"delegation/{delegation.uid}"
    note(
        "modes follow people",
        subject,
        who=delegate.signed,
        now=now,
        event_id=delegation.event_id,
        before=told[0],
        after=told[1],
    )


def _left(delegate: Delegate, mode: Mode) -> bool:
    """Whether nobody of the city takes part in this mode any more."""
    if mode == Mode.VIDEO:
        return False
    still = select(Delegate.id).where(
        Delegate.delegation_id == delegate.delegation_id,
        Delegate.id != delegate.id,
        Delegate.mode == mode,
        Delegate.state.not_in(ENDED),
    )
    return db.session.execute(still.limit(1)).first() is None


states.consequences.append(city_follows)
