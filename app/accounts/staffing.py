"""Who works for one event, and as what: its organisers give roles and take them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select

from app.accounts import letters
from app.accounts.models import Role, Staff, User
from app.accounts.service import EVENTS, account
from app.db import db
from app.journal import note
from app.outbox import post
from app.refused import Refused

CONFIDENTIAL = frozenset({Role.LOGISTICS, Role.VISA})
"""The roles that see what people told in confidence."""


@dataclass(frozen=True)
class Colleague:
    """Somebody who holds a role at an event."""

    user_id: int
    email: str
    name: str
    roles: frozenset[Role]
    """Held at this event; its organisers give and take them."""
    everywhere: frozenset[Role]
    """Held at every event; given on the command line."""
    ready: bool
    """The account is open and has a password."""

    @property
    def called(self) -> str:
        return self.name or self.email


def of_event(event_id: int) -> list[Colleague]:
    """Everybody who holds a role at the event, by name. One query."""
    rows = db.session.execute(
        select(User, Staff.role, Staff.event_id)
        .join(Staff, Staff.user_id == User.id)
        .where(or_(Staff.event_id == event_id, Staff.event_id.is_(None)))
        .order_by(User.id)
    )
    found: dict[int, tuple[User, set[Role], set[Role]]] = {}
    for user, role, at in rows:
        _user, here, everywhere = found.setdefault(user.id, (user, set(), set()))
        (everywhere if at is None else here).add(role)
    people = [_colleague(user, here, everywhere) for user, here, everywhere in found.values()]
    return sorted(people, key=lambda each: (each.called.casefold(), each.user_id))


def one(event_id: int, user_id: int) -> Colleague:
    """One of them. Raises LookupError when this person holds no role at the event."""
    for each in of_event(event_id):
        if each.user_id == user_id:
            return each
    raise LookupError(f"user {user_id} holds no role at event {event_id}")


def invite(
    event_id: int,
    email: str,
    roles: Collection[Role],
    *,
    by: int | None = None,
    who: str,
    now: datetime,
    language: str = "en",
) -> Colleague:
    """Give somebody roles at the event, beside those they hold; a letter tells them, with a link to set a password.

    It is in this language, as are all about their account; who has set a password keeps the one they have. Twice is
    once. Refused on "email" when no letter can reach the address or its account is closed, on "roles" when whoever does
    it (`by`, their id) would give themselves what is told in confidence.
    """
    title = _lock(event_id)
    user = account(email)
    if not user.active:
        raise Refused(_("The account of this address is closed."), "email")
    if user.password is None:
        user.language = language
    before = _held(event_id, user.id)
    _not_to_oneself(by, user, set(roles) - before)
    _give(event_id, user, set(roles) - before, title, who=who, now=now)
    _note(event_id, user, before, before | set(roles), who=who, now=now)
    return one(event_id, user.id)


def entrust(event_id: int, email: str, roles: Collection[Role], *, who: str, now: datetime) -> None:
    """As `invite`, without a letter: for whoever sits at the machine and reads it there."""
    _lock(event_id)
    user = account(email)
    before = _held(event_id, user.id)
    db.session.add_all(Staff(user_id=user.id, event_id=event_id, role=role) for role in sorted(set(roles) - before))
    db.session.flush()
    _note(event_id, user, before, before | set(roles), who=who, now=now)


def set_roles(
    event_id: int, user_id: int, roles: Collection[Role], *, by: int | None = None, who: str, now: datetime
) -> None:
    """From now on this person holds these roles at the event, and no others; none: they work for it no more.

    Refused on "roles" when nobody who can sign in would be left to organise the event, and when whoever does it (`by`,
    their id) would give themselves what is told in confidence.
    """
    title = _lock(event_id)
    user = db.session.get_one(User, user_id, populate_existing=True)
    before, after = _held(event_id, user_id), set(roles)
    if Role.ORGANISER in before - after and not _organised_without(event_id, user_id):
        raise Refused(_("This is the last organiser. Make somebody else an organiser first."), "roles")
    _not_to_oneself(by, user, after - before)
    _give(event_id, user, after - before, title, who=who, now=now)
    gone = delete(Staff).where(
        Staff.event_id == event_id, Staff.user_id == user_id, Staff.role.in_(list(before - after))
    )
    db.session.execute(gone.execution_options(synchronize_session=False))
    _note(event_id, user, before, after, who=who, now=now)


def _not_to_oneself(by: int | None, user: User, given: set[Role]) -> None:
    """Two pairs of eyes: passports and journeys are opened to somebody by somebody else."""
    if by == user.id and given & CONFIDENTIAL:
        raise Refused(
            _("Nobody gives themselves what is told in confidence. Ask another organiser to give it to you."), "roles"
        )


def _lock(event_id: int) -> str:
    """Whoever changes the staff of an event does so one after the other; its title."""
    locked = select(EVENTS.c.title).where(EVENTS.c.id == event_id).with_for_update()
    return str(db.session.execute(locked).scalar_one())


def _held(event_id: int, user_id: int) -> set[Role]:
    held = select(Staff.role).where(Staff.event_id == event_id, Staff.user_id == user_id)
    return set(db.session.execute(held).scalars())


def _give(event_id: int, user: User, roles: Iterable[Role], title: str, *, who: str, now: datetime) -> None:
    given = sorted(roles)
    if given:
        db.session.add_all(Staff(user_id=user.id, event_id=event_id, role=role) for role in given)
        db.session.flush()
        post(letters.role_given(user, event_id, title, given, by=who, now=now), now)


def _organised_without(event_id: int, user_id: int) -> bool:
    """Whether, without this person's role at the event, somebody who can sign in organises it."""
    return any(
        each.ready and Role.ORGANISER in (each.everywhere if each.user_id == user_id else each.roles | each.everywhere)
        for each in of_event(event_id)
    )


def _colleague(user: User, here: Iterable[Role], everywhere: Iterable[Role]) -> Colleague:
    ready = user.active and user.password is not None
    return Colleague(user.id, user.email, user.name, frozenset(here), frozenset(everywhere), ready)


def _note(event_id: int, user: User, before: set[Role], after: set[Role], *, who: str, now: datetime) -> None:
    if before == after:
        return
    was, now_is = ({"roles": ", ".join(sorted(each)), "email": user.email} for each in (before, after))
    said: dict[str, Any] = {"before": was, "after": now_is}
    note("staff changed", f"user/{user.id}", who=who, now=now, event_id=event_id, **said)
