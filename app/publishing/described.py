"""What a summit, a session and a person are in the words of schema.org: for machines, as JSON-LD within pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Set
from typing import Any

from markupsafe import Markup

from app import clock
from app.publishing.programme import Appearance, City, Person, Programme, Session, Summit
from app.web import absolute

Described = dict[str, Any]
SCHEMA = "https://schema.org"
ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What could end a script element, or a line within one, by how JSON writes it otherwise."""


def script(described: Described) -> Markup:
    """The whole element. No text in it can end it, whatever organisers wrote."""
    text = json.dumps({"@context": SCHEMA, **described}, ensure_ascii=False, separators=(",", ":"))
    for sign, escape in ESCAPES.items():
        text = text.replace(sign, escape)
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 (escaped above)


def summit(programme: Programme, language: str) -> Described:
    """The event with its timed and dated sessions as events within it."""
    facts = programme.summit
    found = _event(
        facts.title,
        absolute("publishing.summit", event=facts.slug),
        (facts.starts_on.isoformat(), facts.ends_on.isoformat()),
    )
    leaves = [each for each in programme.sessions if each.day and not programme.children[each.code]]
    modes = {mode for city in programme.cities for mode in city.modes}
    return (
        found
        | {"inLanguage": language, "organizer": _organizer(facts)}
        | _taking_part(modes, _place(facts), found["url"])
        | _only(description=facts.motto, subEvent=[_within(each, programme) for each in leaves])
    )


def session(programme: Programme, found: Session, language: str) -> Described | None:
    """The session as an event within the summit; None while it is on no day."""
    if found.day is None:
        return None
    facts = programme.summit
    above = _event(
        facts.title,
        absolute("publishing.summit", event=facts.slug),
        (facts.starts_on.isoformat(), facts.ends_on.isoformat()),
    )
    above |= _taking_part({mode for city in programme.cities for mode in city.modes}, _place(facts), above["url"])
    people = [programme.person[each.person] for each in found.appearances if each.person]
    return (
        _within(found, programme)
        | {"inLanguage": language, "organizer": _organizer(facts), "superEvent": above}
        | _only(
            description=found.description or found.note,
            performer=[*map(_named, people), *_cities(found.appearances, programme)],
        )
    )


def person(programme: Programme, found: Person) -> Described:
    """A speaker, moderator or leader."""
    facts = programme.summit
    address = absolute("publishing.person", event=facts.slug, code=found.code)
    return (
        _named(found)
        | {"url": address, "@id": address}
        | _only(
            honorificPrefix=found.honorific,
            jobTitle=" / ".join(found.positions),
            affiliation=_city(programme.city[found.city]) if found.city in programme.city else None,
        )
    )


def _within(found: Session, programme: Programme) -> Described:
    facts = programme.summit
    address = absolute("publishing.session", event=facts.slug, code=found.code)
    if found.starts and found.ends:
        span = tuple(clock.local(each, facts.zone).isoformat() for each in (found.starts, found.ends))
    else:
        span = (found.day.isoformat(),) * 2 if found.day else ("", "")
    modes = {each.mode for each in found.appearances if each.mode}
    return _event(found.title, address, (span[0], span[1]), cancelled=found.cancelled) | _taking_part(
        modes, _place(facts, found), address
    )


def _event(name: str, address: str, span: tuple[str, str], *, cancelled: bool = False) -> Described:
    status = "EventCancelled" if cancelled else "EventScheduled"
    return {
        "@type": "Event",
        "@id": address,
        "name": name,
        "url": address,
        "startDate": span[0],
        "endDate": span[1],
        "eventStatus": f"{SCHEMA}/{status}",
    }


def _taking_part(modes: Set[str], place: Described, address: str) -> Described:
    """Who sends a video message is not there; whoever joins online does so by the address of the page."""
    online, here = "online" in modes, "venue" in modes or "online" not in modes
    word = "Mixed" if online and here else "Online" if online else "Offline"
    places = [place] * here + [{"@type": "VirtualLocation", "url": address}] * online
    return {
        "eventAttendanceMode": f"{SCHEMA}/{word}EventAttendanceMode",
        "location": places if len(places) > 1 else places[0],
    }


def _place(summit: Summit, session: Session | None = None) -> Described:
    """The venue; of a session its room in it, and of a visit no more than the city."""
    away = session is not None and session.kind == "visit"
    venue = "" if away else summit.venue
    name = ", ".join(filter(None, (session.room if session else "", venue))) or summit.place or summit.title
    geo = None
    if summit.geo and not away:
        geo = {"@type": "GeoCoordinates", "latitude": summit.geo[0], "longitude": summit.geo[1]}
    address = {"@type": "PostalAddress", "addressLocality": summit.place} if summit.place else None
    return {"@type": "Place", "name": name} | _only(address=address, geo=geo)


def _organizer(summit: Summit) -> Described:
    name = summit.network_name or summit.network
    address = absolute("publishing.summit", event=summit.slug)
    return {"@type": "Organization", "name": name, "url": address} | _only(
        alternateName=summit.network if summit.network != name else ""
    )


def _named(found: Person) -> Described:
    return {"@type": "Person", "name": found.name}


def _cities(appearances: Iterable[Appearance], programme: Programme) -> list[Described]:
    return [_city(programme.city[each.city]) for each in appearances if each.city in programme.city]


def _city(found: City) -> Described:
    return {"@type": "Organization", "name": found.name}


def _only(**values: Any) -> Described:
    """Those that say something."""
    return {name: value for name, value in values.items() if value}
