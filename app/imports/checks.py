"""What no schema can say: that names are known, ids are given once, and times exist and stand in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from itertools import chain

from app import ical
from app.agenda.models import Kind
from app.events.models import RESERVED, Mode
from app.imports import words
from app.imports.faults import Fault
from app.imports.raw import Cities, Thing, clock, day, inheriting, items, listed, modes, thing, things, word
from app.network.dates import in_order
from app.network.models import folded
from app.network.places import countries


@dataclass(frozen=True)
class Book:
    """What the file names, gathered once, for all checks to look things up in."""

    network: Thing
    event: Thing

    @cached_property
    def cities(self) -> Cities:
        return Cities(each for _, each in things(self.network, "members", ""))

    @cached_property
    def delegations(self) -> dict[str, tuple[Mode, ...]]:
        return modes(self.event, self.cities)

    @cached_property
    def themes(self) -> set[str]:
        return {word(each, "id") for _, each in things(self.event, "themes", "")}

    @cached_property
    def rooms(self) -> set[str]:
        return {word(each, "name") for _, each in things(self.event, "rooms", "")}

    @cached_property
    def people(self) -> set[str]:
        return {word(each, "id") for _, each in things(self.event, "people", "")}

    @property
    def zone(self) -> str:
        return word(self.event, "zone")


def crossed(document: Thing) -> list[Fault]:
    """Everything that is wrong across the parts of the document, whatever its shape."""
    book = Book(thing(document, "network"), thing(document, "event"))
    return [fault for check in CHECKS for fault in check(book)]


def _members(book: Book) -> Iterator[Fault]:
    members = list(things(book.network, "members", "/network"))
    yield from _once(((f"{place}/id", word(each, "id")) for place, each in members), "The id “{}” is given twice.")
    owners: dict[str, str] = {}
    for place, member in members:
        yield from _zone(f"{place}/zone", word(member, "zone"))
        if (code := word(member, "country")).isupper() and len(code) == 2 and code not in countries():
            yield Fault(f"{place}/country", f"“{code}” is the code of no country.")
        yield from _names(place, member, owners)
        for at, office in things(member, "offices", place):
            since, until = word(office, "since"), word(office, "until")
            if not _ordered(since, until):
                yield Fault(f"{at}/until", f"The office ends ({until}) before it begins ({since}).")
        offices = ((at, f"{word(each, 'name')} {word(each, 'since')}") for at, each in things(member, "offices", place))
        yield from _once(offices, "The office “{}” is given twice.")


def _ordered(since: str, until: str) -> bool:
    """Whether the two can follow each other; of what is no date the shape of the file says so."""
    try:
        return in_order(since, until)
    except ValueError:
        return True


def _names(place: str, member: Thing, owners: dict[str, str]) -> Iterator[Fault]:
    """A name must lead to one member alone; `owners` grows: folded name -> id."""
    aliases = ((at, each) for at, each in listed(member, "aliases", place) if isinstance(each, str))
    for at, name in chain([(f"{place}/name", word(member, "name"))], aliases):
        if not name:
            continue
        if not folded(name):
            yield Fault(at, f"“{name}” holds neither letter nor figure.")
        elif (other := owners.setdefault(folded(name), word(member, "id"))) != word(member, "id"):
            yield Fault(at, f"“{name}” is a name of “{other}” too, so nobody could tell which is meant.")


def _event(book: Book) -> Iterator[Fault]:
    event = book.event
    if (slug := word(event, "slug")) in RESERVED:
        yield Fault("/event/slug", f"“{slug}” is a word the product keeps for addresses of its own.")
    first, last = day(event, "starts_on"), day(event, "ends_on")
    if first and last and last < first:
        yield Fault("/event/ends_on", f"The event ends on {last}, before it starts on {first}.")
    yield from _zone("/event/zone", book.zone)
    yield from _city(book, "/event/host", word(event, "host"))
    for key, name in (("themes", "id"), ("rooms", "name"), ("people", "id"), ("visits", "id"), ("outcomes", "id")):
        ids = ((f"{at}/{name}", word(each, name)) for at, each in things(event, key, "/event"))
        yield from _once(ids, "“{}” is given twice.")
    for at, person in things(event, "people", "/event"):
        yield from _city(book, f"{at}/city", word(person, "city"))


def _delegations(book: Book) -> Iterator[Fault]:
    for mode in Mode:
        cities = [
            (at, each)
            for at, each in listed(book.event.get("delegations"), mode.value, "/event/delegations")
            if isinstance(each, str)
        ]
        for at, written in cities:
            yield from _city(book, at, written)
        known = ((at, book.cities.names[slug]) for at, each in cities if (slug := book.cities.find(each)) is not None)
        yield from _once(known, "“{}” stands twice in this list.")


def _agenda(book: Book) -> Iterator[Fault]:
    agenda = list(items(book.event))
    yield from _once(((f"{at}/id", word(each, "id")) for at, each, _ in agenda), "The id “{}” is given twice.")
    numbers = ((f"{at}/number", str(each.get("number", ""))) for at, each, _ in agenda)
    yield from _once(numbers, "The number {} is given twice.")
    for at, item, block in agenda:
        if "sessions" in item and (block is not None or word(item, "kind") != Kind.BLOCK):
            yield Fault(f"{at}/sessions", "Only a block holds sessions, and a session holds none.")
        yield from _theme(book, at, item)
        whole = inheriting(item, block)
        yield from (fault for fault in _slot(book, at, whole) if "day" in item or fault.place != f"{at}/day")
        yield from _appearances(book, at, item)


def _appearances(book: Book, at: str, item: Thing) -> Iterator[Fault]:
    seen: list[tuple[str, str]] = []
    for place, each in listed(item, "appearances", at):
        if isinstance(each, str):
            each, shown = {"city": each}, place
        elif isinstance(each, dict):
            shown = f"{place}/city"
        else:
            continue
        slug = book.cities.find(word(each, "city"))
        yield from _city(book, shown, word(each, "city"))
        if slug is not None:
            yield from _sent(book, place, shown, slug, each)
        if (person := word(each, "person")) and person not in book.people:
            yield Fault(f"{place}/person", f"There is no person with the id “{person}”.")
        if name := book.cities.names.get(slug or "", person):
            seen.append((place, f"{name}” as “{part}" if (part := word(each, "part")) else name))
    yield from _once(seen, "“{}” stands twice in this item.")


def _sent(book: Book, place: str, shown: str, slug: str, appearance: Thing) -> Iterator[Fault]:
    """A city that appears sends a delegation, and appears in one of its modes."""
    name, sent = book.cities.names[slug], book.delegations.get(slug, ())
    if not sent:
        yield Fault(shown, f"“{name}” appears here and has no delegation.")
    elif (mode := word(appearance, "mode")) in set(Mode) and mode not in sent:
        yield Fault(f"{place}/mode", f"The delegation of “{name}” does not take part in the mode “{mode}”.")


def _visits(book: Book) -> Iterator[Fault]:
    for at, visit in things(book.event, "visits", "/event"):
        yield from _slot(book, at, visit, "leaves", "returns")
        names: list[tuple[str, str]] = []
        for place, vehicle in things(visit, "vehicles", at):
            names.append((f"{place}/name", word(vehicle, "name")))
            free, seats = vehicle.get("step_free"), vehicle.get("seats")
            if isinstance(free, int) and isinstance(seats, int) and free > seats:
                yield Fault(f"{place}/step_free", "It has more step-free places than places.")
        yield from _once(names, "Two vehicles of this visit are called “{}”.")


def _outcomes(book: Book) -> Iterator[Fault]:
    for at, outcome in things(book.event, "outcomes", "/event"):
        for place, section in things(outcome, "sections", at):
            yield from _theme(book, place, section)


def _timetable(book: Book) -> Iterator[Fault]:
    known = {word(item, "id") for _, item, _ in items(book.event)}
    slots = list(things(thing(book.event, "timetable"), "items", "/event/timetable"))
    yield from _once(((f"{at}/id", word(slot, "id")) for at, slot in slots), "The item “{}” is given twice.")
    for at, slot in slots:
        if (code := word(slot, "id")) and code not in known:
            yield Fault(f"{at}/id", f"There is no agenda item with the id “{code}”.")
        yield from _slot(book, at, slot)


def _registration(book: Book) -> Iterator[Fault]:
    at, settings = "/event/registration", thing(book.event, "registration")
    for key in ("opens", "closes"):
        moment = word(settings, key)
        if "T" in moment:
            parts = {"day": moment.partition("T")[0], "clock": moment.partition("T")[2]}
            if day(parts, "day") is None:
                yield Fault(f"{at}/{key}", f"There is no day {parts['day']}.")
            else:
                yield from _exists(f"{at}/{key}", day(parts, "day"), clock(parts, "clock"), book.zone)
    opens, closes = word(settings, "opens"), word(settings, "closes")
    if "T" in opens and "T" in closes and closes <= opens:
        yield Fault(f"{at}/closes", f"Registration closes ({closes}) before it opens ({opens}).")
    if closes and not opens:
        yield Fault(at, "It says when registration closes, and not when it opens.")
    code = thing(settings, "shows_code")
    yield from _city(book, f"{at}/shows_code/city", word(code, "city"))
    if (slug := book.cities.find(word(code, "city"))) is not None and slug not in book.delegations:
        yield Fault(f"{at}/shows_code/city", f"“{book.cities.names[slug]}” has no delegation, and so no code.")


def _words(book: Book) -> Iterator[Fault]:
    return words.crossed(book.event, book.cities)


CHECKS: tuple[Callable[[Book], Iterator[Fault]], ...] = (
    _members,
    _event,
    _delegations,
    _agenda,
    _visits,
    _outcomes,
    _timetable,
    _registration,
    _words,
)


def _once(given: Iterable[tuple[str, str]], sentence: str) -> Iterator[Fault]:
    seen = set()
    for place, each in given:
        if each and each in seen:
            yield Fault(place, sentence.format(each))
        seen.add(each)


def _city(book: Book, place: str, written: str) -> Iterator[Fault]:
    if written and book.cities.find(written) is None:
        yield Fault(place, f"No member of the network goes by the name “{written}”.")


def _zone(place: str, zone: str) -> Iterator[Fault]:
    if zone and zone not in ical.zones():
        yield Fault(place, f"“{zone}” is no time zone; they are written as Area/City, as “Asia/Tokyo”.")


def _theme(book: Book, at: str, owner: Thing) -> Iterator[Fault]:
    if (theme := word(owner, "theme")) and theme not in book.themes:
        yield Fault(f"{at}/theme", f"There is no theme with the id “{theme}”.")


def _slot(book: Book, at: str, slot: Thing, starts: str = "starts", ends: str = "ends") -> Iterator[Fault]:
    """Day, times and room of an item, a visit or a line of the timetable."""
    on, begins, finishes = day(slot, "day"), clock(slot, starts), clock(slot, ends)
    first, last = day(book.event, "starts_on"), day(book.event, "ends_on")
    if on and first and last and first <= last and not first <= on <= last:
        yield Fault(f"{at}/day", f"{on} is not a day of the event ({first} to {last}).")
    if begins and finishes and finishes <= begins:
        yield Fault(f"{at}/{ends}", f"It ends at {finishes:%H:%M}, which is not after its start at {begins:%H:%M}.")
    if (begins or finishes) and not word(slot, "day"):
        yield Fault(at, "It has a time and no day.")
    yield from _exists(f"{at}/{starts}", on, begins, book.zone)
    yield from _exists(f"{at}/{ends}", on, finishes, book.zone)
    if (room := word(slot, "room")) and room not in book.rooms:
        yield Fault(f"{at}/room", f"There is no room called “{room}”.")


def _exists(place: str, on: date | None, at: time | None, zone: str) -> Iterator[Fault]:
    if on and at and zone in ical.zones():
        try:
            ical.wall(on, at, zone)
        except ical.Gap as gap:
            yield Fault(place, str(gap))
