"""Registering, changing, withdrawing: a delegate, the place, the letter and the journal stand or fall together."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from app import tokens
from app.db import db, directly
from app.delegations import deadlines, quotas
from app.delegations import service as delegations
from app.delegations.models import Delegation
from app.events.models import Due, Event, Mode, new_uid
from app.journal import note
from app.outbox import post
from app.refused import Refused
from app.registration import drafts, letters, line, notices, places, rows, states
from app.registration.models import ENDED, SEATED, Capacity, Delegate, Needs, State
from app.registration.opening import is_over
from app.web.wording import moment
from app.wholes import Whole

Told = dict[str, Any]
"""Name of a detail -> what the person told."""


@dataclass(frozen=True)
class Details:
    """What a person tells of themselves. Texts are clean; what belongs to another mode than `mode` is empty."""

    mode: Mode
    name: str
    position: str
    organisation: str
    email: str
    honorific: str = ""
    family_name: str = ""
    given_name: str = ""
    mobile: str = ""
    zone: str = ""
    platform_name: str = ""
    video_language: str = ""
    language: str = "en"
    """In which letters are written to the person."""
    listed: bool = False
    shared: bool = False
    dietary: str = ""
    access: str = ""
    agreed: bool = False
    """The person agrees that what they eat and need is stored."""


COLUMNS = (
    "honorific name family_name given_name position organisation email mobile zone platform_name video_language"
    " language listed shared"
).split()
"""The details that are columns of Delegate under the same name."""
NEEDS_KEPT = timedelta(days=30)
"""How long after the summit's last day needs are kept."""
FILLED_IN = frozenset({State.SUBMITTED, State.ENDORSED, State.WAITLISTED, State.OFFERED, State.APPROVED})
"""States of a registration whose form is complete and that stands: its details may be changed."""
IN_JOURNAL = {"mode", "name", "honorific", "position", "organisation", "listed", "shared"}
"""What the journal quotes; of the rest it says only that it changed, because it is private and the journal is kept."""


@dataclass(frozen=True)
class Application:
    """What somebody asks for who registers: not granted yet."""

    submit_key: str
    delegation_id: int
    details: Details


def register(event: Event, application: Application, now: datetime) -> Delegate:
    """The delegate whom this application makes, with place, letter and journal: approved at once, or submitted to the
    city's office where the summit asks for its approval.

    The same form sent again, or twice at once, gives the delegate it made first. Refused when registration is closed,
    when no place is left ("mode"), or when the form was used for somebody else ("submit_key").
    """
    event_id, mode, placed = event.id, application.details.mode, False
    key = tokens.digest(f"{event_id}/{application.submit_key}")
    try:
        delegation = delegations.of(application.delegation_id, event_id)
        event = delegation.event
        _may_register(event, now)
        if states.after_form(event.approval, endorsed=False) in SEATED:
            states.take_place(event_id, mode)
            placed = True
    except Refused:
        # The same form may have come before; then it holds a place already.
        if (first := _made_by(key, application)) is not None:
            return first
        raise
    again, limited = _known(key, delegation.id, mode)
    if again and (first := _made_by(key, application)) is not None:
        if placed:
            places.free(event_id, mode)
        return first
    delegate = _new(event, delegation, key, application, now)
    _note("registered", delegate, now, after=_quoted(_told(delegate), IN_JOURNAL))  # before: stored with the delegate
    try:
        states.enter(delegate, now=now, placed=placed, limited=limited or not placed)
    except IntegrityError as fault:
        raise Refused(_("This form was sent twice at once. Please press the button again."), "submit_key") from fault
    delegation.altered()
    notices.tell(delegate, None, now, who=delegate.signed)
    return delegate


def change(delegate_id: int, details: Details, version: int, now: datetime, *, who: str = "") -> Delegate:
    """Store what the person now tells of themselves; another mode gives the old place back and takes a new one.

    `version` is the one the person saw. Refused when the registration was changed since ("version"), when it is
    withdrawn, or when the new mode has no place left or may not be chosen any more ("mode"); the old place is then
    kept. Nothing new: nothing told. `who`: somebody who does it for the person.
    """
    delegate = rows.one(delegate_id)
    stands(delegate)
    seen(delegate, version)
    before = _told(delegate)
    if details.mode != delegate.mode:
        not_over(delegate.event, now)
        _in_time_for_mode(delegate, now)
        states.change_mode(delegate, details.mode, now=now)
        delegate.delegation.altered()
    for name in COLUMNS:
        setattr(delegate, name, getattr(details, name))
    keep_needs(delegate, details, now)
    if "email" in _tell(delegate, before, now, who=who) and before["email"]:
        post(letters.address_changed(delegate, before["email"]), now)
    return delegate


def set_mode(delegate_id: int, mode: Mode, *, who: str, now: datetime) -> Delegate:
    """An organiser changes the way of taking part, after the deadline too. Refused on "mode" when none is left."""
    return amend(delegate_id, {"mode": mode.value}, who=who, now=now)


def amend(delegate_id: int, wanted: Told, *, who: str, now: datetime) -> Delegate:
    """Somebody else changes these details (columns, or "mode") of a registration; no deadline stands in the way.

    The person is told by letter what is new. Refused on "mode" or "role" when another mode has no place or quota left.
    """
    delegate = rows.one(delegate_id)
    stands(delegate)
    before = _told(delegate)
    states.change_mode(delegate, Mode(wanted.get("mode", delegate.mode)), now=now)
    for name in COLUMNS:
        if name in wanted:
            setattr(delegate, name, wanted[name])
    _tell(delegate, before, now, who=who)
    return delegate


def _tell(delegate: Delegate, before: Told, now: datetime, *, who: str) -> Collection[str]:
    """Note what is another than `before`, and tell the person and their calendar; the names of what changed."""
    after = _told(delegate)
    changes = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    if "language" in changes:
        states.change_language(delegate, now)
    if changes:
        _touch(delegate, now)
        _note("changed", delegate, now, _quoted(before, changes), _quoted(after, changes), who=who)
        notices.to_person(delegate, letters.changed(delegate, changes), now)
    return changes


def withdraw(delegate_id: int, now: datetime) -> Delegate:
    """The delegate does not come: the place is free, the calendar says so, needs are forgotten. Twice is once."""
    delegate = rows.one(delegate_id)
    if delegate.state == State.WITHDRAWN:
        return delegate
    if delegate.state in ENDED:
        stands(delegate)
    not_over(delegate.event, now)
    delegate.delegation.altered()
    states.move(delegate, State.WITHDRAWN, who=delegate.signed, now=now)
    return delegate


def renew(delegate_id: int, which: Literal["page", "calendar", "join"], now: datetime) -> Delegate:
    """A new secret for the person's page, for the calendar or to join; the old one opens nothing from now on.

    The calendar holds the addresses at which one joins, so another one comes with other addresses.
    """
    delegate = rows.one(delegate_id)
    if which == "page":
        delegate.link_generation += 1
    else:
        delegate.join_generation += 1
    if which == "calendar":
        delegate.feed_generation += 1
    delegate.seal()
    _touch(delegate, now)
    _note("renewed link", delegate, now, after={"link": which})
    notices.to_person(delegate, letters.changed(delegate, {f"{which}_link": ("", "")}), now)
    return delegate


def by_link(token: str) -> Delegate:
    """The delegate whose page this secret opens, with event, city and needs, to look at. Raises LookupError."""
    found = _by_link().glimpse(link_hash=tokens.digest(token))
    if found is None:
        raise LookupError("no delegate has this secret")
    return found


@lru_cache(maxsize=1)
def _by_link() -> Whole[Delegate]:
    return Whole(Delegate, *rows.PATHS, by=["link_hash"])


def forget_needs(today: date) -> int:
    """Delete the needs and half-filled forms of everybody whose summit ended more than `NEEDS_KEPT` ago.

    Returns how many people's needs it was.
    """
    over = select(Event.id).where(Event.ends_on < today - NEEDS_KEPT)
    return forget_needs_of(select(Delegate.id).where(Delegate.event_id.in_(over)))


def forget_needs_of(theirs: Collection[int] | Select[int]) -> int:
    """Delete the needs and half-filled forms of these people; how many people's needs it was."""
    drafts.forget(theirs)
    gone = delete(Needs).where(Needs.delegate_id.in_(theirs)).returning(Needs.delegate_id)
    return len(db.session.execute(gone.execution_options(synchronize_session=False)).all())


def _known(key: str, delegation_id: int, mode: Mode) -> tuple[bool, bool]:
    """Whether this form made a delegate before, and whether the city has a quota for what it asks.

    While a place of this mode is held by this transaction, no other one can change either answer.
    """
    asked = {"key": key, "delegation": delegation_id, "category": line.category(Capacity.DELEGATE), "mode": mode}
    found = directly(KNOWN, **asked).one()
    return bool(found.made), bool(found.limited)


KNOWN = select(
    select(Delegate.id).where(Delegate.submit_key == bindparam("key")).exists().label("made"),
    quotas.limited().label("limited"),
)


def _made_by(key: str, application: Application) -> Delegate | None:
    """The delegate whom the same form made before. Refused when that form now speaks of somebody else."""
    first = db.session.execute(rows.whole().where(Delegate.submit_key == key)).scalar_one_or_none()
    if first is None:
        return None
    asked = application.details.name, application.details.email, application.delegation_id
    if asked != (first.name, first.email, first.delegation_id):
        raise Refused(
            _(
                "This form has already registered %(name)s (reference %(reference)s). To register another person with"
                " what stands here now, press the button again; to correct what was sent, use the personal link.",
                name=first.name,
                reference=first.reference,
            ),
            "submit_key",
        )
    return first


def _may_register(event: Event, now: datetime) -> None:
    if not event.open_for_registration(now):
        raise Refused(_("Registration for this summit is closed. Please write to the organisers."))


def _new(event: Event, delegation: Delegation, key: str, application: Application, now: datetime) -> Delegate:
    details = application.details
    delegate = Delegate(
        uid=new_uid(),
        event_id=event.id,
        delegation_id=delegation.id,
        reference=new_reference(),
        submit_key=key,
        state=states.after_form(event.approval, endorsed=False),
        role=Capacity.DELEGATE,
        mode=details.mode,
        registered_at=now,
        changed_at=now,
        mode_changed_at=now,
        link_generation=0,
        feed_generation=0,
        mode_changes=0,
        participation={},
        **{name: getattr(details, name) for name in COLUMNS},
    )
    delegate.event, delegate.delegation = event, delegation
    keep_needs(delegate, details, now)
    delegate.seal()
    return delegate


def new_reference() -> str:
    """Six characters that nobody at the event has yet: one of 2^30, and the table refuses to have one twice."""
    return "".join(secrets.choice(tokens.ALPHABET) for _place in range(6))


def _in_time_for_mode(delegate: Delegate, now: datetime) -> None:
    """Mark a change of mode as late after a soft deadline. Refused on "mode" after a hard one, with the way on."""
    limit = deadlines.limits(delegate.event_id, delegate.delegation_id).get(Due.MODE)
    if limit is None or not limit.over(now):
        return
    if limit.hard:
        at = moment(limit.at, delegate.event.zone)
        said = _("The way of taking part could be changed until %(at)s. Please ask the organisers to change it.", at=at)
        raise Refused(said, "mode")
    delegate.late = True


def keep_needs(delegate: Delegate, details: Details, now: datetime) -> None:
    """Store what somebody needs to eat and to get about and since when they agree to that, or forget both."""
    if not (details.dietary or details.access):
        delegate.needs = None
        return
    if delegate.needs is None:
        delegate.needs = Needs()
    needs = delegate.needs
    needs.dietary, needs.access = details.dietary, details.access
    if details.agreed and needs.agreed_at is None:
        needs.agreed_at = now


def stands(delegate: Delegate) -> None:
    """Refused unless the registration is complete and stands."""
    if delegate.state not in FILLED_IN:
        raise Refused(_("This registration no longer stands, so there is nothing to change. You can register again."))


def not_over(event: Event, now: datetime) -> None:
    """Refused when the summit is over."""
    if is_over(event, now):
        raise Refused(_("The summit is over, so the way of taking part can no longer be changed."))


def seen(delegate: Delegate, version: int) -> None:
    """Refused on "version" when this is not the one that was seen."""
    if delegate.version != version:
        raise Refused(
            _(
                "This registration was changed elsewhere while this page was open. What you typed still stands below:"
                " compare it with what is stored now, and press the button again to replace that."
            ),
            "version",
        )


def _touch(delegate: Delegate, now: datetime) -> None:
    """Raise the version, even if only the needs changed or all happens within one tick of the clock."""
    delegate.changed_at = now
    flag_modified(delegate, "changed_at")
    db.session.flush()


def _told(delegate: Delegate) -> Told:
    """What the person told, to compare before with after."""
    needs = delegate.needs
    told = {name: getattr(delegate, name) for name in COLUMNS}
    return told | {"mode": delegate.mode.value, "needs": (needs.dietary, needs.access) if needs else ("", "")}


def _quoted(told: Told, names: Collection[str]) -> Told:
    return {name: told[name] if name in IN_JOURNAL else "(private)" for name in told if name in names}


def _note(
    what: str,
    delegate: Delegate,
    now: datetime,
    before: Told | None = None,
    after: Told | None = None,
    who: str = "",
) -> None:
    subject = f"delegate/{delegate.uid}"
    told_by = who or delegate.signed
    note(what, subject, who=told_by, now=now, event_id=delegate.event_id, before=before, after=after)
