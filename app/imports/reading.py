"""From a file to frozen values, or to everything that is wrong with it."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from app.agenda.models import Kind, Part, Visibility
from app.events.models import Approval, Mode
from app.imports import raw, values
from app.imports import words as said
from app.imports.checks import crossed
from app.imports.faults import Fault, Faulty, pointer
from app.imports.raw import Cities, Thing, clock, day, thing, things, word, words
from app.imports.shape import misshapen
from app.network.models import Kind as MemberKind
from app.network.models import Standing

LARGEST = 5_000_000
"""Octets. The summit of 34 cities takes 20 thousand."""
Value = TypeVar("Value")


def read_file(path: Path) -> values.EventFile:
    """The event file at this path, with the file it is based on, if any. Raises Faulty with all faults at once."""
    document = _document(path)
    base = document.get("based_on")
    if isinstance(base, str) and not any(fault.place == "/based_on" for fault in misshapen(document)):
        under = _document(path.with_name(base))
        if "based_on" in under:
            raise Faulty((Fault("/based_on", f"“{base}” is itself based on another file; one step is allowed."),))
        document = {name: each for name, each in merged(under, document).items() if name != "based_on"}
    return read(document)


def read(document: object) -> values.EventFile:
    """The values of a document, as `json.loads` gives it. Raises Faulty with all faults at once, in order of place."""
    faults = misshapen(document)
    if isinstance(document, dict):
        faults += crossed(document)
    if faults or not isinstance(document, dict):
        raise Faulty(tuple(faults))
    return _built(document)


def merged(under: Any, over: Any) -> Any:
    """One document laid over another.

    Objects are merged word by word, and lists of things that have an id by these ids, new ones last. All else is
    replaced.
    """
    if isinstance(under, dict) and isinstance(over, dict):
        return under | {name: merged(under[name], each) if name in under else each for name, each in over.items()}
    if _by_id(under) and _by_id(over):
        laid = {each["id"]: each for each in under}
        for each in over:
            laid[each["id"]] = merged(laid.get(each["id"], {}), each)
        return list(laid.values())
    return over


def _by_id(found: object) -> bool:
    """Whether this is a list of things that each have an id of their own."""
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        return False
    ids = [word(each, "id") for each in found]
    return "" not in ids and len(set(ids)) == len(ids)


class _Doubled(dict[str, Any]):
    """An object of the file in which these words stood twice, so that one of the two would be lost."""

    twice: tuple[str, ...] = ()


def _document(path: Path) -> Thing:
    try:
        if path.stat().st_size > LARGEST:
            raise Faulty((Fault("", f"“{path.name}” is larger than {LARGEST // 1_000_000} MB."),))
        document = json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_pairs, parse_constant=_no_number)
    except OSError as error:
        raise Faulty((Fault("", f"“{path.name}” cannot be read: {error.strerror}."),)) from error
    except UnicodeDecodeError as error:
        raise Faulty((Fault("", f"“{path.name}” is not text in UTF-8 (octet {error.start})."),)) from error
    except RecursionError as error:
        raise Faulty((Fault("", f"“{path.name}” is nested too deeply."),)) from error
    except ValueError as error:
        raise Faulty((Fault("", f"“{path.name}” is not JSON: {error}."),)) from error
    if not isinstance(document, dict):
        raise Faulty((Fault("", f"“{path.name}” does not hold a JSON object."),))
    if faults := tuple(_doubled(document, ())):
        raise Faulty(faults)
    return document


def _pairs(pairs: list[tuple[str, Any]]) -> Thing:
    found = _Doubled(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found.twice = tuple(name for name in found if names.count(name) > 1)
    return found


def _no_number(written: str) -> NoReturn:
    raise ValueError(f"{written} is not a number")


def _doubled(found: object, at: tuple[str | int, ...]) -> list[Fault]:
    if isinstance(found, _Doubled):
        here = [Fault(pointer(*at, name), f"“{name}” is given twice here.") for name in found.twice]
        return here + [fault for name, each in found.items() for fault in _doubled(each, (*at, name))]
    if isinstance(found, list):
        return [fault for index, each in enumerate(found) for fault in _doubled(each, (*at, index))]
    return []


def _plain(kind: type[Value], given: Thing, /, **more: Any) -> Value:
    """A value whose fields are called as in the file; lists become tuples, and null takes the default."""
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    taken = {name: tuple(each) if isinstance(each, list) else each for name, each in given.items() if each is not None}
    return kind(**{name: each for name, each in taken.items() if name in known} | more)


def _built(document: Thing) -> values.EventFile:
    event, network = document["event"], document["network"]
    cities = Cities(each for _, each in things(network, "members", ""))
    delegations = raw.modes(event, cities)
    return values.EventFile(
        network=_plain(values.Network, network, members=tuple(_member(each) for each in network["members"])),
        event=_event(event, cities),
        themes=tuple(_plain(values.Theme, each, slug=each["id"]) for _, each in things(event, "themes", "")),
        rooms=tuple(_plain(values.Room, each) for _, each in things(event, "rooms", "")),
        people=tuple(
            _plain(values.Person, each, code=each["id"], city=cities.find(word(each, "city")) or "")
            for _, each in things(event, "people", "")
        ),
        delegations=delegations,
        sessions=tuple(_session(each, block, cities, delegations) for _, each, block in raw.items(event)),
        visits=tuple(_visit(each) for _, each in things(event, "visits", "")),
        outcomes=tuple(_outcome(each) for _, each in things(event, "outcomes", "")),
        timetable=_timetable(event),
        registration=_registration(event, cities),
        words=said.read(event, cities),
        normalised=_normalised(event, cities),
        weeks_ahead=thing(document, "rehearsal").get("weeks_ahead"),
    )


def _member(given: Thing) -> values.Member:
    return _plain(
        values.Member,
        given,
        slug=given["id"],
        kind=MemberKind(given["kind"]),
        standing=Standing(given["standing"]) if given.get("standing") else None,
        aliases=tuple(dict.fromkeys(words(given, "aliases"))),
        offices=tuple(_plain(values.Office, each) for _, each in things(given, "offices", "")),
    )


def _event(given: Thing, cities: Cities) -> values.Event:
    venue = thing(given, "venue")
    return _plain(
        values.Event,
        given,
        starts_on=date.fromisoformat(given["starts_on"]),
        ends_on=date.fromisoformat(given["ends_on"]),
        host=cities.find(word(given, "host")) or "",
        venue=word(venue, "name"),
        latitude=venue.get("latitude"),
        longitude=venue.get("longitude"),
        languages=_languages(given),
    )


def _languages(given: Thing) -> dict[str, tuple[str, ...]] | None:
    return {code: tuple(after) for code, after in given["languages"].items()} if "languages" in given else None


def _session(
    given: Thing, block: Thing | None, cities: Cities, delegations: dict[str, tuple[Mode, ...]]
) -> values.Session:
    kind, whole = Kind(given["kind"]), raw.inheriting(given, block)
    return _plain(
        values.Session,
        whole,
        code=given["id"],
        kind=kind,
        slot=_slot(whole),
        parent=block["id"] if block else "",
        visibility=Visibility(given.get("visibility", Visibility.PUBLIC)),
        appearances=tuple(_appearance(each, kind, cities, delegations) for each in given.get("appearances", ())),
    )


def _appearance(
    given: Thing | str, kind: Kind, cities: Cities, delegations: dict[str, tuple[Mode, ...]]
) -> values.Appearance:
    """A city speaks unless the file says otherwise, and so does a person."""
    each: Thing = {"city": given} if isinstance(given, str) else given
    city = cities.find(word(each, "city")) or ""
    if "mode" in each:
        mode = Mode(each["mode"]) if each["mode"] else None
    else:
        mode = values.mode_in(kind, delegations[city]) if city else None
    return _plain(values.Appearance, each, city=city, mode=mode, part=Part(each.get("part", Part.SPEAKER)))


def _slot(given: Thing) -> values.Slot:
    return _plain(values.Slot, given, day=day(given, "day"), starts=clock(given, "starts"), ends=clock(given, "ends"))


def _visit(given: Thing) -> values.Visit:
    times = {"day": day(given, "day"), "leaves": clock(given, "leaves"), "returns": clock(given, "returns")}
    vehicles = tuple(_plain(values.Vehicle, each) for _, each in things(given, "vehicles", ""))
    return _plain(values.Visit, given, code=given["id"], vehicles=vehicles, **times)


def _outcome(given: Thing) -> values.Outcome:
    sections = tuple(_plain(values.Section, each) for _, each in things(given, "sections", ""))
    return _plain(values.Outcome, given, code=given["id"], day=day(given, "day"), sections=sections)


def _timetable(event: Thing) -> values.Timetable | None:
    given = thing(event, "timetable")
    slots = {each["id"]: _slot(each) for _, each in things(given, "items", "")}
    return values.Timetable(given["label"], slots) if given else None


def _registration(event: Thing, cities: Cities) -> values.Registration | None:
    if "registration" not in event:
        return None
    given, code = event["registration"], thing(event["registration"], "shows_code")
    opens, closes = word(given, "opens"), word(given, "closes")
    return values.Registration(
        approval=Approval(given.get("approval", Approval.NONE)),
        opens=datetime.fromisoformat(opens) if "T" in opens else None,
        opens_when_loaded=opens == "when loaded",
        closes=datetime.fromisoformat(closes) if "T" in closes else None,
        closes_the_day_before=closes == "the day before",
        seats={Mode(mode): seats for mode, seats in thing(given, "seats").items()},
        code_of=cities.find(word(code, "city")) or "",
        code_sentence=word(code, "sentence"),
    )


def _normalised(event: Thing, cities: Cities) -> tuple[str, ...]:
    """Every name of a city that the file spells otherwise than the register does, once, in order."""
    written = [word(event, "host"), *(word(each, "city") for _, each in things(event, "people", ""))]
    for mode in Mode:
        written += words(thing(event, "delegations"), mode.value)
    for _, item, _ in raw.items(event):
        written += [each if isinstance(each, str) else word(each, "city") for each in item.get("appearances", ())]
    names = {each: cities.names[slug] for each in written if (slug := cities.find(each)) is not None}
    return tuple(f"{each} → {name}" for each, name in names.items() if each != name)
