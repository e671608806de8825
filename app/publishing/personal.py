"""What programme and calendar say to one who takes part: which sessions they may know of, and where these are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app import ical
from app.events.models import Mode
from app.publishing.programme import Programme, Session
from app.publishing.shown import PUBLIC, Published
from app.registration.models import Capacity, join_blank
from app.web import absolute

EVERYBODYS = frozenset({PUBLIC, "delegates"})
"""The visibilities of sessions that every delegate may know of."""
OWN = frozenset({*EVERYBODYS, "invited"})
"""Those of sessions that a delegate may know of when their own city appears there."""
HEADS = "heads"
"""The visibility of sessions that heads of delegation may know of besides."""
CLOSED = "closed"
"""That of sessions of which organisers alone may know."""


@dataclass(frozen=True)
class Presence:
    """How one takes part and in which language they read, since when, and how often the former was changed: what the
    calendar says follows both."""

    mode: Mode
    changes: int = 0
    changed_at: datetime | None = None
    """When either was changed last; None: neither ever was."""
    language: str = "en"


@dataclass(frozen=True)
class Reader:
    """Whose calendar it is, as far as that decides what stands in it. Equal readers read the same.

    `who` is "city/<slug>" or "person/<code>", as in the circle of an entry. `mode` is how they take part themselves;
    None: as the programme says of each session, which is so for a city's office and for people of the programme.
    """

    who: str
    mode: Mode | None = None
    everybodys: bool = True
    """Whether sessions are in it in which they do not appear."""
    head: bool = False


def of_delegate(city: str, mode: Mode, role: Capacity) -> Reader:
    """Somebody of this city (its slug), who takes part in this mode and has this role in its delegation."""
    return Reader(f"city/{city}", mode, head=role == Capacity.HEAD)


def of_office(city: str) -> Reader:
    """Who looks after the delegation of this city: what concerns the city, and what its head is invited to."""
    return Reader(f"city/{city}", everybodys=False, head=True)


def of_person(code: str) -> Reader:
    """A person of the programme, such as a moderator."""
    return Reader(f"person/{code}", everybodys=False)


def appears(session: Session, city: str) -> bool:
    """Whether the city (by its slug) stands in the session."""
    return any(each.city == city for each in session.appearances)


def may_know(programme: Programme, session: Session, city: str, *, head: bool = False) -> bool:
    """Whether people of the city may know of the session; `head`: those who lead its delegation."""
    seen_by = programme.visibility_of(session)
    if seen_by == HEADS:
        return head
    return seen_by in EVERYBODYS or (seen_by in OWN and appears(session, city))


def own_sessions(programme: Programme, city: str) -> tuple[Session, ...]:
    """The sessions in which the city appears and that its people may know of, in order."""
    return tuple(each for each in programme.sessions if appears(each, city) and may_know(programme, each, city))


def entries(shown: Published, reader: Reader, language: str = "en") -> list[ical.Entry]:
    """The sessions in the calendar of this reader, as they are for them: place and link by how they take part.

    Their own changes of mode are not counted in yet (`counted`). Cancelled ones are in it for ever (`ical.live`).
    """
    found = []
    for entry, seen_by in shown.spoken(language).values():
        if has(reader, entry, seen_by):
            found.append(seen(entry, reader, language))
    return found


def has(reader: Reader, entry: ical.Entry, seen_by: str) -> bool:
    """Whether the entry stands in this reader's calendar."""
    how = entry.item.circle.how(reader.who)
    if entry.item.circle.on_site and reader.mode not in (None, Mode.VENUE):
        return False
    if seen_by == CLOSED:
        return False
    if seen_by == HEADS:
        return reader.head or (how is not None and reader.who.startswith("person/"))
    return how is not None or (reader.everybodys and seen_by in EVERYBODYS)


def seen(entry: ical.Entry, reader: Reader, language: str = "en") -> ical.Entry:
    """The entry as it stands in this reader's calendar, their own changes of mode not counted in (`counted`)."""
    modes = [Mode(each) for each in (entry.item.circle.how(reader.who) or "").split()]
    if reader.mode is not None:
        return here(entry, Presence(reader.mode, language=language), joins=Mode.ONLINE in modes)
    mode = next((each for each in Mode if each in modes), Mode.VENUE)
    if reader.who.startswith("person/"):  # who leads a session joins it wherever they are
        return here(entry, Presence(mode, language=language), joins=True)
    return unjoined(here(entry, Presence(mode, language=language)))


def last_change(mode_changes: int, mode_changed_at: datetime, language_changed_at: datetime | None) -> datetime | None:
    """When all of somebody's calendar changed at once because they did; None: never."""
    return max(filter(None, (mode_changed_at if mode_changes else None, language_changed_at)), default=None)


def here(entry: ical.Entry, presence: Presence, *, joins: bool = False) -> ical.Entry:
    """The entry as it is for somebody who takes part like this; a change of mode counts as one of it (RFC 5546 2.1.4).

    Who is online has the address of our page to join at, with a blank for their own secret; who is not, only if they
    join it somewhere (`joins`). Who sends a video message goes nowhere and gives no time of their own.
    """
    item = entry.item
    if presence.mode != Mode.VENUE:
        video = presence.mode == Mode.VIDEO
        place = "" if video else ical.online_place(presence.language)
        item = replace(item, place=place, geo=None, free=video)
    if item.joinable and (joins or presence.mode == Mode.ONLINE):
        item = replace(item, online=join_address(join_blank(), item.uid))
    return counted(replace(entry, item=item), presence)


def unjoined(entry: ical.Entry) -> ical.Entry:
    """As it is for an office, which joins nothing: each of its people has an address of their own."""
    return replace(entry, item=replace(entry.item, online=""))


def join_address(secret: str, uid: str) -> str:
    """Our page at which whoever has this secret joins the item with this UID."""
    return absolute("online.join", token=secret, session=uid.removesuffix("@plenary"))


def counted(entry: ical.Entry, presence: Presence) -> ical.Entry:
    """The entry with the person's own changes counted in: those of the mode in SEQUENCE, those of the language not."""
    if presence.changed_at is None:
        return entry
    newest = max(entry.changed_at, presence.changed_at)
    return replace(entry, sequence=entry.sequence + presence.changes, changed_at=newest)
