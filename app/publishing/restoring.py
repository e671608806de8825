"""An older release made the newest: a new number with its programme, and the draft set back if that is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.agenda import acts, draft
from app.agenda.acts import Changed
from app.agenda.facts import Facts, Seat
from app.agenda.models import Kind, Part, Visibility
from app.db import db
from app.delegations.models import TAKES_PART
from app.events.models import Event, Mode, Room
from app.publishing import service
from app.publishing.models import Release
from app.publishing.programme import Appearance, Programme, Session
from app.publishing.service import Preview, Word
from app.refused import Refused


@dataclass(frozen=True)
class Back:
    """What going back to a release would do."""

    shown: Preview
    gone: tuple[str, ...]
    """Names of cities that it names though they take no part any more."""
    options: draft.Options
    """What a session of the draft may be given."""


@dataclass(frozen=True)
class SetBack:
    """What setting the draft back to a release would do to it."""

    changes: tuple[Changed, ...]
    left: tuple[str, ...]
    """Titles of sessions that the draft has and the release has not; they stay as they are."""
    missing: tuple[str, ...]
    """Rooms, themes, cities and people that the release names and the event has no more; they are left out."""


def preview(event: Event, number: int, now: datetime) -> Back:
    """What would change for readers and calendars. Where it can be joined from afar is as it is now.
    Raises LookupError when there is no such release."""
    old = service.stored_programme(event.id, number)
    linked = select(Room.name).where(Room.event_id == event.id, Room.link != "")
    rooms = set(db.session.execute(linked).scalars())
    sessions = tuple(replace(each, joinable=each.room in rooms) for each in old.sessions)
    programme = replace(old, release=event.release + 1, published_at=now, sessions=sessions)
    options = draft.options(event.id)
    here = options.cities
    gone = [each.name for each in old.cities if each.slug not in here or here[each.slug].answer not in TAKES_PART]
    return Back(service.preview_of(event, programme, now), tuple(gone), options)


def restore(
    event: Event, number: int, word: Word, *, with_draft: bool, now: datetime, seen: str | None = None
) -> Release:
    """Make the programme of this release the newest, as a release of its own; with `with_draft` the draft's too.

    What was published once needs no reason again. Refused when readers would see nothing new, when something was
    published since the preview (`seen`), and on "draft" when the draft cannot be set back. Raises LookupError for no
    such release.
    """
    service.hold(event.id)
    event = db.session.execute(
        select(Event).where(Event.id == event.id).execution_options(populate_existing=True)
    ).scalar_one()
    found = preview(event, number, now)
    shown = found.shown
    if seen is not None and seen != shown.seen:
        raise Refused(_("Somebody published since you looked. Read what would change now, then decide."))
    if not shown.differences:
        raise Refused(_("What is published now says what release %(number)s said.", number=number))
    made = service.release(event.id, shown, word, now, restores=number)
    if with_draft:
        back = set_back(event, shown.programme, found.options)
        deed = f"set back to release {number}"
        acts.perform(event.id, deed, back.changes, who=word.who, now=now)
    return made


def set_back(event: Event, programme: Programme, options: draft.Options) -> SetBack:
    """The changes that bring the draft to what a programme says. Refused on "draft" when they cannot be made."""
    stored = acts.stored(event.id)
    known = {facts.uid: facts for facts in stored.values()}
    place = max((each.position for each in stored.values()), default=0)
    names = _Names(
        rooms={name: key for key, name in options.rooms.items()},
        themes={slug: theme.id for slug, theme in options.themes.items()},
        cities={slug: each.id for slug, each in options.cities.items()},
        people={code: each.id for code, each in options.people.items()},
        resting=frozenset(each.id for each in options.cities.values() if each.answer not in TAKES_PART),
    )
    changes = []
    for count, session in enumerate(programme.sessions, 1):
        facts = known.get(session.uid) or stored.get(session.code)
        blank = Facts(session.code, session.uid, Kind(session.kind), session.title, position=place + count)
        changes.append(Changed(facts, _wanted(facts or blank, session, programme, event.zone, names)))
    touched = {each.before.code for each in changes if each.before}
    left = [each for code, each in stored.items() if code not in touched]
    _numbers_free(changes, left)
    wanted = tuple(each for each in changes if each.before != each.after)
    return SetBack(wanted, tuple(each.title for each in left), _missing(programme, names))


@dataclass(frozen=True)
class _Names:
    """By which names a programme calls what the draft refers to by id."""

    rooms: Mapping[str, int]
    themes: Mapping[str, int]
    cities: Mapping[str, int]
    people: Mapping[str, int]
    resting: frozenset[int]
    """Delegations that take no part at present; the draft keeps what was planned with them."""


def _wanted(facts: Facts, session: Session, programme: Programme, zone: str, names: _Names) -> Facts:
    block = programme.session.get(session.parent)
    by_block = block is not None and block.cancelled
    placed = _placed(facts, session, zone)
    return replace(
        placed,
        kind=Kind(session.kind),
        title=session.title,
        number=session.number,
        parent=session.parent if block else "",
        theme_id=names.themes.get(session.theme),
        room_id=names.rooms.get(session.room),
        visibility=Visibility(session.visibility),
        note=session.note,
        description=session.description,
        cancelled=facts.cancelled if by_block else session.cancelled,
        seats=_seats(facts.seats, session.appearances, names),
    )


def _placed(facts: Facts, session: Session, zone: str) -> Facts:
    """Day and wall times, by the clocks of the event as they are now."""
    if session.starts is None or session.ends is None:
        return replace(facts, day=session.day, starts=None, ends=None, fold=False)
    starts, ends = (clock.local(each, zone) for each in (session.starts, session.ends))
    if starts.date() != ends.date():
        said = _("“%(title)s” would run past midnight by the clocks of the event as they are now.", title=session.title)
        raise Refused(said, "draft")
    fold = bool(starts.fold or ends.fold)
    first, last = (each.time().replace(fold=0) for each in (starts, ends))
    return replace(facts, day=starts.date(), starts=first, ends=last, fold=fold)


def _seats(present: Sequence[Seat], told: Iterable[Appearance], names: _Names) -> tuple[Seat, ...]:
    """Those whom the release names, in its order, each with whatever else was arranged; then those who rest."""
    known = {each.same: each for each in present}
    seats: dict[object, Seat] = {}
    for each in told:
        city, person = names.cities.get(each.city), names.people.get(each.person)
        if city is None and person is None:
            continue
        seat = Seat(Part(each.part), city, person)
        kept = known.get(seat.same, seat)
        mode = Mode(each.mode) if each.mode else None
        seats[seat.same] = replace(kept, mode=mode, shown_position=each.position, topic=each.topic)
    for seat in present:
        if seat.delegation_id in names.resting:
            seats.setdefault(seat.same, seat)
    return tuple(seats.values())


def _numbers_free(changes: Sequence[Changed], left: Iterable[Facts]) -> None:
    """Refused when a session that stays holds a number that the release gave to another."""
    wanted = {each.after.number: each.after.title for each in changes if each.after and each.after.number is not None}
    for each in left:
        if each.number in wanted:
            said = _(
                "“%(title)s” has the number %(number)s now, which the release gave to “%(other)s”. Take the number"
                " off it first, or leave the draft as it is.",
                title=each.title,
                number=each.number,
                other=wanted[each.number],
            )
            raise Refused(said, "draft")


def _missing(programme: Programme, names: _Names) -> tuple[str, ...]:
    """What the sessions name and the event has no more, by name."""
    missing: dict[str, None] = {}
    for session in programme.sessions:
        if session.room and session.room not in names.rooms:
            missing[session.room] = None
        if session.theme and session.theme not in names.themes:
            missing[programme.theme[session.theme].name] = None
        for each in session.appearances:
            if each.city not in names.cities and each.person not in names.people:
                named = programme.city.get(each.city) or programme.person.get(each.person)
                missing[named.name if named else each.city or each.person] = None
    return tuple(missing)
