"""What is said in other languages, read from a file, held against it, and stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.agenda.models import Session
from app.db import db
from app.events.models import Event, Outcome, Room, Theme, Translation
from app.events.tongues import BESIDES, FIELDS
from app.imports import values
from app.imports.faults import Fault
from app.imports.raw import Cities, Thing, items, thing, things, word
from app.imports.tally import Tally
from app.visits.models import Visit

KINDS = {
    "themes": "theme",
    "rooms": "room",
    "cities": "city",
    "agenda": "session",
    "visits": "visit",
    "outcomes": "outcome",
}
"""Under which word of the format the words for things of each kind stand."""
CALLED = frozenset({"themes", "rooms", "cities"})
"""Those that have a name alone."""


def read(event: Thing, cities: Cities) -> tuple[values.Word, ...]:
    """All words of a file that is free of faults."""
    return tuple(
        values.Word(language, kind, (cities.find(key) or "") if kind == "city" else key, field, text.strip())
        for language, _at, kind, key, field, text in _given(event)
        if text.strip()
    )


def _given(event: Thing) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Language, place in the file, kind, key, field and text of each."""
    for language, said in thing(event, "words").items():
        if not isinstance(said, dict):
            continue
        at = f"/event/words/{language}"
        yield from ((language, f"{at}/{each}", "summit", "", each, word(said, each)) for each in FIELDS["summit"])
        for name, kind in KINDS.items():
            for key, own in thing(said, name).items():
                given = {"name": own} if name in CALLED else own if isinstance(own, dict) else {}
                place = f"{at}/{name}/{key}"
                yield from ((language, place, kind, key, field, word(given, field)) for field in given)


def crossed(event: Thing, cities: Cities) -> Iterator[Fault]:
    """What no schema can say of languages and words: that things are known, and languages are spoken."""
    main, spoken = word(event, "language") or "en", thing(event, "languages")
    for code, after in spoken.items():
        asked = [each for each in after if isinstance(each, str)] if isinstance(after, list) else []
        if code == main:
            yield Fault(f"/event/languages/{code}", f"“{code}” is the main language already.")
        elif wrong := [each for each in asked if each not in spoken or each == code or asked.count(each) > 1]:
            yield Fault(f"/event/languages/{code}", f"“{wrong[0]}” cannot be asked after “{code}”.")
    known = {
        "theme": {word(each, "id") for _, each in things(event, "themes", "")},
        "room": {word(each, "name") for _, each in things(event, "rooms", "")},
        "session": {word(each, "id") for _, each, _ in items(event)},
        "visit": {word(each, "id") for _, each in things(event, "visits", "")},
        "outcome": {word(each, "id") for _, each in things(event, "outcomes", "")},
    }
    for code in thing(event, "words"):
        if code not in spoken:
            yield Fault(f"/event/words/{code}", f"“{code}” is not among the other languages of the event.")
    for _code, at, kind, key, field, text in _given(event):
        if kind == "city" and cities.find(key) is None:
            yield Fault(at, f"No member of the network goes by the name “{key}”.")
        elif kind in known and key not in known[kind]:
            yield Fault(at, f"The event has no such thing as “{key}”.")
        elif text and field not in (*FIELDS[kind], *BESIDES.get(kind, ())):
            yield Fault(at, f"“{field}” is nothing that is said of it.")


def store(event: Event, source: values.EventFile, tally: Tally, *, who: str, now: datetime) -> None:
    """Languages and words as the file has them; those that it does not name stay. Nothing is said of an empty text."""
    given = source.event
    if given.language or given.languages is not None:
        others = {code: list(after) for code, after in (given.languages or {}).items()}
        tally.put(event, language=given.language or "en", languages=others)
    if not source.words:
        return
    db.session.flush()
    originals = _originals(event, source)
    mine = select(Translation).where(Translation.event_id == event.id).execution_options(populate_existing=True)
    known = {(each.language, each.kind, each.key, each.field): each for each in db.session.execute(mine).scalars()}
    for each in source.words:
        key, made_from = originals[each.kind, each.key]
        if not (original := getattr(made_from, each.field)):
            continue
        row = known.get((each.language, each.kind, key, each.field))
        if row is None or (row.text, row.original) != (each.text, original):
            named = {"language": each.language, "kind": each.kind, "key": key, "field": each.field}
            row = row or Translation(event_id=event.id, **named)
            tally.put(row, text=each.text, original=original, made_at=now, made_by=who)
    db.session.flush()


def _originals(event: Event, source: values.EventFile) -> Mapping[tuple[str, str], tuple[str, Any]]:
    """Each thing by kind and by what the file calls it: the key by which a programme does, and who has the texts."""
    found: dict[tuple[str, str], tuple[str, Any]] = {("summit", ""): ("", event)}
    found |= {("city", each.slug): (each.slug, each) for each in source.network.members}
    for kind, model in (("theme", Theme), ("room", Room), ("session", Session), ("visit", Visit), ("outcome", Outcome)):
        rows: Any = db.session.execute(select(model).where(model.event_id == event.id)).scalars()
        for row in rows:
            match kind:
                case "theme":
                    found[kind, row.slug] = row.slug, row
                case "room":
                    found[kind, row.name] = str(row.id), row
                case "session":
                    found[kind, row.code] = row.uid, row
                case _:
                    found[kind, row.code] = row.code, row
    return found
