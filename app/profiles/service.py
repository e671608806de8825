"""Storing what a person tells about themselves, page by page, and forgetting it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import joinedload

from app import files
from app.db import db, directly
from app.events.models import Event
from app.files import File, Kept
from app.journal import note
from app.profiles.models import Consent, Consented, NameOrder, Page, Profile
from app.refused import Refused
from app.registration import rows, states
from app.registration.models import ENDED, Delegate
from app.registration.states import Change

BADGE_LINE = 28
"""How many characters a line of the badge holds."""
KEPT = timedelta(days=90)
"""How long after the summit's last day photo, badge and profile are kept (rule 9.12)."""
FIELDS: dict[Page, tuple[str, ...]] = {
    Page.NAMES: ("name_order", "capitals", "own_script", "pronunciation", "second_position"),
    Page.LANGUAGES: ("languages", "interpret_from", "interpret_to"),
    Page.BIO: ("bio",),
    Page.BADGE: ("badge_first", "badge_second"),
}
"""The columns that each page stores; consents have a table of their own."""
BY_OFFICE = ("own_script", "pronunciation", "bio", "badge_first", "badge_second")
"""What a city's office may fill in for somebody, besides the photo; never a consent."""


@dataclass(frozen=True)
class Wording:
    """What somebody agrees to. A new wording gets the next version, and is asked for anew."""

    version: int
    sentence: Any


WORDINGS: dict[Consented, Wording] = {
    Consented.PHOTO_AND_FILM: Wording(
        1,
        _l("I may be photographed and filmed at the summit, and the pictures may be used to report on it"),
    ),
    Consented.RECORDING: Wording(
        1,
        _l("What I say in sessions may be recorded, and the recording may be published"),
    ),
    Consented.CONTACT: Wording(
        1,
        _l("The organisers may write to me about the next edition"),
    ),
}


@dataclass(frozen=True)
class Overview:
    """How far somebody has come with their pages."""

    done: frozenset[Page]
    agrees: bool
    """At least one consent stands."""


def overview(delegate_id: int) -> Overview:
    """Which pages were stored, and whether a consent stands. One query."""
    return overview_of(directly(OVERVIEW, person=delegate_id).one())


def overview_of(found: Any) -> Overview:
    """The same, of what `OVERVIEW` found."""
    return Overview(frozenset(Page(each) for each in (found.pages or "").split()), bool(found.agrees))


_AGREES = select(Consent.id).where(Consent.delegate_id == bindparam("person"), Consent.withdrawn_at.is_(None)).exists()
OVERVIEW = (
    select(Profile.pages, _AGREES.label("agrees"))
    .select_from(Delegate)
    .outerjoin(Profile, Profile.delegate_id == Delegate.id)
    .where(Delegate.id == bindparam("person"))
)
"""Made once, since everybody's page asks it: making it anew takes longer than asking it."""


def profile_of(delegate_id: int) -> Profile | None:
    """What somebody told, with the photo's row; None while they told nothing. One query."""
    query = select(Profile).where(Profile.delegate_id == delegate_id).options(joinedload(Profile.photo))
    return db.session.execute(query).scalar_one_or_none()


def at_event(event_id: int, reference: str) -> Profile | None:
    """The profile of somebody at this event; None when there is none, or nobody of this reference. One query."""
    query = select(Profile).join(Delegate, Delegate.id == Profile.delegate_id)
    query = query.where(Delegate.event_id == event_id, Delegate.reference == reference)
    return db.session.execute(query.options(joinedload(Profile.photo))).scalar_one_or_none()


def consents_of(delegate_id: int) -> list[Consent]:
    """Every consent ever given, latest first. One query."""
    query = select(Consent).where(Consent.delegate_id == delegate_id)
    return list(db.session.execute(query.order_by(Consent.given_at.desc(), Consent.id.desc())).scalars())


def agreed_to(consents: Iterable[Consent]) -> frozenset[Consented]:
    """To what of it somebody agrees now, in its present wording."""
    return frozenset(
        each.kind for each in consents if each.withdrawn_at is None and each.version == WORDINGS[each.kind].version
    )


def mark(profile: Profile | None, fields: Collection[str]) -> str:
    """What tells these fields, as stored, from any other state of them; it goes with a form to the person and back."""
    return _digest([_value(profile, name) for name in fields])


def mark_of_consents(consents: Iterable[Consent]) -> str:
    return _digest(sorted((each.kind, each.version) for each in consents if each.withdrawn_at is None))


def tell(
    delegate_id: int,
    told: Mapping[str, Any],
    *,
    seen: str,
    now: datetime,
    page: Page | None = None,
    photo: Kept | None = None,
    without_photo: bool = False,
    who: str = "",
) -> bool:
    """Store these fields of a profile, and the photo or that there is none; whether anything was new.

    `who` is given when the office does it, `page` when the person does. Refused when the registration has ended, or on
    "seen" when others changed these fields since they were shown.
    """
    delegate = rows.one(delegate_id)
    if delegate.state in ENDED:
        raise _ended()
    profile = _held(delegate_id)
    before = mark(profile, told)
    changed = [name for name, value in told.items() if _value(profile, name) != value]
    if changed and before != seen:
        raise _stale()
    profile = profile or _new(delegate_id, now)
    for name in changed:
        setattr(profile, name, told[name])
    if photo or (without_photo and profile.photo_id):
        _change_photo(profile, photo, who=who or delegate.signed, now=now)
        changed.append("photo")
    _store(profile, page, now)
    if changed:
        _note("changed profile", delegate, changed, who, now)
    return bool(changed)


def agree(delegate_id: int, wanted: Collection[Consented], *, seen: str, now: datetime) -> bool:
    """Give the consents that are wanted and take back all others; whether anything was new.

    Who no longer takes part can only take back. Refused on "seen" when they were changed since they were shown.
    """
    delegate = rows.one(delegate_id)
    consents = [each for each in consents_of(delegate_id) if each.withdrawn_at is None]
    present, ended = agreed_to(consents), delegate.state in ENDED
    gives = [kind for kind in Consented if kind in wanted and kind not in present]
    takes = [each for each in consents if each.kind not in wanted]
    if (gives or takes) and mark_of_consents(consents) != seen:
        raise _stale()
    if gives and ended:
        raise _ended()
    for kind in gives:
        db.session.add(Consent(delegate_id=delegate_id, kind=kind, version=WORDINGS[kind].version, given_at=now))
    for each in takes:
        each.withdrawn_at = max(now, each.given_at)
    if not ended:
        _store(_held(delegate_id) or _new(delegate_id, now), Page.CONSENTS, now)
    if gives or takes:
        _note("changed consents", delegate, [*gives, *dict.fromkeys(each.kind for each in takes)], "", now)
    return bool(gives or takes)


def badge(delegate: Delegate, city: str, profile: Profile | None) -> tuple[str, str]:
    """The two lines of the badge: as told, or as much of the displayed name and the city as fits."""
    if profile is not None and profile.badge_first:
        return profile.badge_first, profile.badge_second
    return fitting(delegate.name), fitting(city)


def fitting(text: str) -> str:
    """The words from the front that fit on a line of the badge; of a first word that is too long, its beginning."""
    line = text[:BADGE_LINE]
    if len(text) > BADGE_LINE and not text[BADGE_LINE].isspace() and " " in line:
        line = line.rsplit(" ", 1)[0]
    return line.strip()


def in_lists(delegate: Delegate, profile: Profile) -> str:
    """The name as ordered lists have it, by the person's own wish: "KOIKE Yuriko"; else the displayed name."""
    family, given = delegate.family_name, delegate.given_name
    if not (profile.name_order and family and given):
        return delegate.name
    family = family.upper() if profile.capitals else family
    return f"{family} {given}" if profile.name_order == NameOrder.FAMILY_FIRST else f"{given} {family}"


def forget_ended(change: Change, now: datetime) -> None:
    """Who no longer takes part: profile and photo go in the same transaction, what was agreed to stays on record."""
    if change.after in ENDED:
        _forget(Profile.delegate_id == change.delegate.id)


def forget_profiles(today: date) -> int:
    """Delete the profiles and photos of everybody whose summit ended more than `KEPT` ago; how many profiles."""
    over = select(Event.id).where(Event.ends_on < today - KEPT)
    return _forget(Profile.delegate_id.in_(select(Delegate.id).where(Delegate.event_id.in_(over))))


def forget_of(delegate_id: int) -> None:
    """Delete the profile of one person and the row of their photo."""
    _forget(Profile.delegate_id == delegate_id)


def _forget(whose: Any) -> int:
    """Delete these profiles and the rows of their photos, whose octets the sweep of the store then takes."""
    gone = delete(Profile).where(whose).returning(Profile.photo_id).execution_options(synchronize_session=False)
    photos = list(db.session.execute(gone).scalars())
    _delete_files([each for each in photos if each is not None])
    return len(photos)


def _change_photo(profile: Profile, photo: Kept | None, *, who: str, now: datetime) -> None:
    old = profile.photo_id
    profile.photo_id = files.record(photo, who=who, now=now).id if photo else None
    db.session.flush()
    _delete_files([old] if old else [])


def _delete_files(ids: list[int]) -> None:
    if ids:
        db.session.execute(delete(File).where(File.id.in_(ids)).execution_options(synchronize_session=False))


def _held(delegate_id: int) -> Profile | None:
    """The profile as stored now; its delegate is locked, so nobody else makes or changes one meanwhile."""
    return db.session.get(Profile, delegate_id, populate_existing=True)


def _new(delegate_id: int, now: datetime) -> Profile:
    profile = Profile(delegate_id=delegate_id, changed_at=now, pages="", capitals=False)
    db.session.add(profile)
    return profile


def _store(profile: Profile, page: Page | None, now: datetime) -> None:
    if page and not profile.has(page):
        profile.pages = f"{profile.pages} {page.value}".strip()
    profile.changed_at = now
    db.session.flush()


def _value(profile: Profile | None, name: str) -> Any:
    """What is stored; of a profile that is not there, what stands in an empty one."""
    if profile is None:
        return {"name_order": None, "capitals": False}.get(name, "")
    return getattr(profile, name)


def _digest(values: Any) -> str:
    return hashlib.blake2b(json.dumps(values).encode(), digest_size=12).hexdigest()


def _stale() -> Refused:
    return Refused(
        _(
            "This was changed elsewhere while the page was open. What you entered still stands below: press the button"
            " again to replace what is stored now."
        ),
        "seen",
    )


def _ended() -> Refused:
    return Refused(_("This registration no longer stands, so nothing can be added to it."))


def _note(what: str, delegate: Delegate, fields: Iterable[str], who: str, now: datetime) -> None:
    """The journal is kept, so it names the fields and not what stands in them."""
    named = ", ".join(each.replace("_", " ") for each in fields)
    subject = f"delegate/{delegate.uid}"
    told_by = who or delegate.signed
    note(what, subject, who=told_by, now=now, event_id=delegate.event_id, after={"fields": named})


states.consequences.append(forget_ended)
