"""What people and their offices are told by mail of a release: what it changes for them, and nothing else.

The facts are frozen when the release is made and hold no secret; addresses are made when the letter is rendered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import func, select

from app import ical
from app.db import db
from app.delegations.letters import TO_MANY
from app.delegations.models import focal_secret
from app.events.models import Event, Mode
from app.events.words import mode_word
from app.outbox import Attachment, Letter, Message, Opening, Rendered, State, begin, compose, opens, renders, shown
from app.outbox.models import WAITING
from app.publishing import personal
from app.publishing.digests.sights import Concern, Reader, Step, spoken, urgent
from app.publishing.digests.words import Rows, Viewer, rows
from app.publishing.entries import told_of
from app.publishing.personal import Presence
from app.publishing.programme import from_json, to_json
from app.publishing.saying import spoken as worded
from app.registration.models import feed_secret, join_blank, join_secret, page_secret
from app.web import absolute

Facts = Mapping[str, Any]

KIND = "release"
AT_ONCE = 10
"""The priority of letters about what begins within a day: they wait behind no other."""
OFFERS = {
    "name": _l("name of the reader"),
    "city": _l("their city"),
    "summit": _l("title of the summit"),
    "number": _l("number of the release"),
}


def _at_short_notice(heading: Any) -> LazyString:
    return LazyString(lambda: _("At short notice: %(heading)s", heading=str(heading)))


def _opens(name: str, to: Any, usual: Any, at_once: Any, title: Any, first: Any) -> None:
    """How the letters about a release begin: as a rule, and when something begins within a day."""
    soon = _l("Please look at it at once: something of it begins within 24 hours, or has begun.")
    opens(Opening(name, to, usual, title, (first,), OFFERS))
    opens(Opening(f"{name}-at-once", to, at_once, _at_short_notice(title), (first, soon), OFFERS, title))


_opens(
    "release",
    _l("the person"),
    _l("when a release changes something for somebody"),
    _l("when a release changes for somebody what begins within 24 hours"),
    _l("Your programme for {summit} has changed"),
    _l("The organisers have published release {number} of the programme. This is what it changes for you."),
)
_opens(
    "release-office",
    _l("the city’s focal points"),
    _l("when a release changes something for a city"),
    _l("when a release changes for a city what begins within 24 hours"),
    _l("The programme of {city} for {summit} has changed"),
    _l(
        "The organisers have published release {number} of the programme. This is what it changes for your city and its"
        " people."
    ),
)


@dataclass(frozen=True)
class Person:
    """A delegate, as far as letters and calls need it."""

    uid: str
    reference: str
    called: str
    name: str
    email: str
    """Empty: no letter can reach them."""
    mobile: str
    language: str
    zone: str
    presence: Presence
    link_generation: int
    feed_generation: int
    join_generation: int
    since: datetime
    """When they came to be approved."""
    city: str
    city_name: str
    head: bool


@dataclass(frozen=True)
class Office:
    """One who answers for a city. `person` is the same human being as one of its delegates, where that is so."""

    uid: str
    name: str
    email: str
    phone: str
    language: str
    link_generation: int
    zone: str
    city: str
    city_name: str
    person: Person | None = None


@dataclass(frozen=True)
class Affected:
    """Whom a letter to an office names: a person of the city, and whether they get a letter of their own."""

    person: Person
    own_letter: bool


@dataclass(frozen=True)
class Told:
    """What a letter tells, as plain JSON: the same for all who see the same in one language."""

    summit: str
    """Its title."""
    items: list[dict[str, Any]]
    entries: list[list[Any]]
    """Of each item whose entry is not as it was for the reader: the entry, and the code of its page if it has one."""
    urgent: bool


def told(step: Step, found: Sequence[Concern], reader: Reader, language: str) -> Told:
    """What these concerns of the reader come to in a letter in this language, one of `TONGUES`."""
    calendars = (
        _of_city(reader.city, reader.mode) if reader.office else _own(reader.city, reader.mode, head=reader.head)
    )
    both = ((each.code, _entry(step, each.code, calendars, language)) for each in found)
    entries = ((code, entry) for code, entry in both if entry is not None)
    return Told(
        step.after.spoken(language).summit.title,
        [to_json(each) for each in spoken(found, step, reader, language)],
        [[entry.to_json(), _page(step, code)] for code, entry in entries],
        bool(urgent(found, step)),
    )


def to_person(event: Event, number: int, person: Person, what: Told) -> Letter:
    """To somebody who takes part: this is new for you."""
    facts = {
        "called": person.called,
        "city": person.city_name,
        "member": person.city,
        "own_zone": person.zone,
        "focal": "",
    }
    key = f"{KIND}/{event.slug}/{number}/{person.reference}"
    address = (person.email, person.name, person.language)
    return _letter(event, key, address, _of_release(event, number, what) | _of_person(person) | facts)


def to_office(event: Event, number: int, office: Office, mode: Mode, what: Told, people: Iterable[Affected]) -> Letter:
    """To one who answers for a city: this is new for it, and these are the people whom it concerns.

    `mode` is that in which most can be where things happen: the attached file speaks of it.
    """
    own = _of_person(office.person) if office.person else _of_nobody(mode)
    facts = {
        "focal": office.uid,
        "focal_generation": office.link_generation,
        "called": office.name,
        "city": office.city_name,
        "member": office.city,
        "own_zone": office.person.zone if office.person else office.zone,
        "people": [[each.person.called, each.person.presence.mode.value, each.own_letter] for each in people],
    }
    key = f"{KIND}/{event.slug}/{office.city}/{office.uid[:12]}/{number}"
    address = (office.email, office.name, office.language)
    return _letter(event, key, address, _of_release(event, number, what) | own | facts)


def on_their_way(event: Event, number: int) -> int:
    """How many letters of this release still wait for a worker or are with one. One query."""
    key = Message.key.startswith(f"{KIND}/{event.slug}/{number}/") | Message.key.endswith(f"/{number}")
    ours = (Message.event_id == event.id, Message.kind == KIND, Message.state.in_((*WAITING, State.INFLIGHT)), key)
    return db.session.execute(select(func.count()).select_from(Message).where(*ours)).scalar_one()


def _letter(event: Event, key: str, address: tuple[str, str, str], facts: dict[str, Any]) -> Letter:
    to, to_name, language = address
    return Letter(
        kind=KIND,
        key=key,
        to=to,
        to_name=to_name,
        facts=facts,
        language=language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
        priority=AT_ONCE if facts["urgent"] else TO_MANY,
    )


def _of_release(event: Event, number: int, what: Told) -> dict[str, Any]:
    return {
        "number": number,
        "slug": event.slug,
        "summit": what.summit,
        "note": event.note,
        "zone": event.zone,
        "reply_to": event.reply_to,
        "urgent": what.urgent,
        "items": what.items,
        "entries": what.entries,
    }


def _of_person(person: Person) -> dict[str, Any]:
    changed_at = person.presence.changed_at
    return {
        "uid": person.uid,
        "link_generation": person.link_generation,
        "feed_generation": person.feed_generation,
        "join_generation": person.join_generation,
        "reference": person.reference,
        "head": person.head,
        "mode": person.presence.mode.value,
        "mode_changes": person.presence.changes,
        "own_change_at": changed_at.isoformat() if changed_at else "",
    }


def _of_nobody(mode: Mode) -> dict[str, Any]:
    return {"uid": "", "reference": "", "mode": mode.value, "mode_changes": 0, "own_change_at": ""}


Calendars = tuple[personal.Reader, ...]


def _own(city: str, mode: Mode, *, head: bool = False) -> Calendars:
    """The calendar of somebody who takes part."""
    return (personal.Reader(f"city/{city}", mode, head=head),)


def _of_city(city: str, mode: Mode) -> Calendars:
    """The calendar of who answers for a city, and for what is not in it those of its people."""
    return (personal.of_office(city), *_own(city, mode))


def _holding(calendars: Calendars, entry: ical.Entry) -> personal.Reader | None:
    """The first of the calendars in which the entry stands."""
    return next((each for each in calendars if personal.has(each, entry, entry.item.circle.seen_by)), None)


def _entry(step: Step, code: str, calendars: Calendars, language: str) -> ical.Entry | None:
    """As it is told now, in this language alone; of what stands in none of the calendars any more, as they had it, and
    cancelled."""
    both = (each.get(code) for each in (step.told, step.entries))
    before, after = (each.spoken(language) if each is not None else None for each in both)
    had = before is not None and _holding(calendars, before) is not None
    if after is not None and _holding(calendars, after) is not None:
        return None if had and after == before else after
    if before is None or not had:
        return None
    gone = replace(before.item, cancelled=True)
    return ical.Entry(gone, before.sequence + 1, before.created_at, max(step.now, before.changed_at))


def _page(step: Step, code: str) -> str:
    programme = step.after if code in step.after.session else step.before
    return code if programme.visibility_of(programme.session[code]) == "public" else ""


def preview(letter: Letter) -> Rendered:
    """The letter as it would be sent, with three dots in place of its secrets: whoever has one may change things."""
    facts = letter.facts
    secrets = [page_secret(facts["uid"], facts["link_generation"]), _feed(facts)] if facts["uid"] else []
    secrets += [focal_secret(facts["focal"], facts["focal_generation"])] if facts["focal"] else []
    return shown(letter, secrets)


@renders(KIND)
def _release(facts: Facts, language: str) -> Rendered:
    name = f"{'release-office' if facts['focal'] else 'release'}{'-at-once' if facts['urgent'] else ''}"
    values = {"name": facts["called"], **{each: facts[each] for each in ("city", "summit", "number")}}
    lead = begin(name, facts, values)
    found = [from_json(Concern, each) for each in facts["items"]]
    viewer = Viewer(facts["city"], Mode(facts["mode"]), facts["zone"], facts["own_zone"])
    text, html = compose(
        "release",
        language,
        summit=facts["summit"],
        note=facts["note"],
        to_name=facts["called"],
        contact=facts["reply_to"],
        lead=lead,
        who=_who(facts),
        items=[(each.title, rows(each, viewer)) for each in found],
        attached=bool(facts["entries"]),
        ways=[*pages_of(facts), (_("The agenda"), absolute("publishing.agenda", event=facts["slug"]))],
        feed=absolute("mypage.feed", token=_feed(facts)) if facts["uid"] else "",
    )
    return Rendered(lead.subject, text, html, _attached(facts, language))


def _feed(facts: Facts) -> str:
    return feed_secret(facts["uid"], facts["feed_generation"])


def _who(facts: Facts) -> Rows:
    """Who is spoken of."""
    found: Rows = []
    if facts["uid"]:
        found += [
            (_("Name"), _("%(name)s, %(city)s", name=facts["called"], city=facts["city"])),
            (_("Reference"), facts["reference"]),
            (_("Way of taking part"), mode_word(facts["mode"])),
        ]
    if facts["focal"]:
        people = facts["people"]
        told, untold = (
            [f"{name} ({mode_word(mode)})" for name, mode, by_letter in people if by_letter is wanted]
            for wanted in (True, False)
        )
        found += [] if facts["uid"] else [(_("Delegation"), facts["city"])]
        found += [(_("Told by a letter of their own"), told)] if told else []
        found += [(_("Without an address with us: please tell them"), untold)] if untold else []
    return found


def pages_of(facts: Facts) -> list[tuple[str, str]]:
    """The pages of the person and of the office to whom a letter with these facts goes."""
    ways = []
    if facts["uid"]:
        own = page_secret(facts["uid"], facts["link_generation"])
        ways.append((_("See your registration and your sessions"), absolute("mypage.page", token=own)))
    if facts["focal"]:
        office = focal_secret(facts["focal"], facts["focal_generation"])
        ways.append((_("Open your delegation’s page"), absolute("office.page", token=office)))
    return ways


def _attached(facts: Facts, language: str) -> tuple[Attachment, ...]:
    """The entries that changed, as the reader's own calendar holds them: a snapshot without METHOD."""
    if not facts["entries"]:
        return ()
    told = worded((_addressed(entry, facts["slug"], code) for entry, code in facts["entries"]), language)
    presence = Presence(Mode(facts["mode"]), facts["mode_changes"], _own_change(facts), language)
    entries = [_seen(each, presence, facts) for each in told]
    head = ical.Calendar(
        uid=f"{facts['focal'] or facts['uid']}-release-{facts['number']}@plenary",
        name=facts["summit"],
        zone=facts["zone"],
        language=language,
        url=absolute("publishing.summit", event=facts["slug"]),
    )
    name = f"{facts['slug']}-release-{facts['number']}.ics"
    if joins := facts["uid"] and "join_generation" in facts:
        fill = ical.Fill(join_blank(), join_secret(facts["uid"], facts["join_generation"]))
    else:
        entries = [personal.unjoined(each) for each in entries]
    return (Attachment(name, "text/calendar", ical.calendar(head, entries, fill if joins else None)),)


def _own_change(facts: Facts) -> datetime | None:
    """When the reader last changed their mode or language. A letter of before the latter was counted knows the former
    alone, and when they registered if they never changed it."""
    former = facts.get("mode_changed_at") if facts["mode_changes"] else ""
    at = facts.get("own_change_at", former)
    return datetime.fromisoformat(at) if at else None


def _seen(entry: ical.Entry, presence: Presence, facts: Facts) -> ical.Entry:
    """As the reader's own calendar holds it; who takes part and answers for a city too has two."""
    member = facts.get("member", "")  # neither it nor "head" is known to a letter of before calendars followed them
    own = _own(member, presence.mode, head=facts.get("head", False)) if facts["uid"] else ()
    office = _of_city(member, presence.mode) if facts["focal"] else ()
    holding = _holding((*own, *office), entry) or (*own, *office)[0]
    seen = personal.seen(entry, holding, presence.language)
    return personal.counted(seen, presence) if holding in own else seen


def _addressed(stored: Mapping[str, Any], slug: str, code: str) -> ical.Entry:
    entry = told_of(stored)
    page = absolute("publishing.session", event=slug, code=code) if code else ""
    return replace(entry, item=replace(entry.item, url=page))
