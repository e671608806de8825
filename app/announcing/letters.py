"""Announcements and reminders in words: what organisers wrote, and beneath it whom it concerns and how to take leave.

The facts hold no secret; addresses are made when the letter is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.announcing.crowd import Recipient, has_left, rests
from app.announcing.models import Anchor, unsubscribe_secret
from app.delegations.letters import TO_MANY
from app.delegations.models import focal_secret
from app.events.models import Due, Event
from app.events.words import mode_word
from app.outbox import Letter, Opening, Rendered, begin, compose, opens, renders, shown
from app.outbox.openings import Wording, openings
from app.publishing.digests.letters import pages_of
from app.registration.models import page_secret
from app.web import absolute
from app.web.wording import moment, span_of_days, zone_name

Facts = Mapping[str, Any]
Rows = list[tuple[str, str | list[str]]]

ANNOUNCEMENT, REMINDER = "announcement", "planned reminder"
"""The kinds of letters."""
OPENINGS = {ANNOUNCEMENT: "announcement", REMINDER: "reminder-set"}
"""By which name the words of each kind go."""
PRIORITY = 2 * TO_MANY
"""Behind all letters about people's own matters."""
OFFERS = {
    "name": _l("name of the reader"),
    "city": _l("their city"),
    "summit": _l("title of the summit"),
    "days": _l("the days of the summit, with the time zone"),
    "venue": _l("where it takes place; may be empty"),
}
opens(
    Opening(
        OPENINGS[ANNOUNCEMENT],
        _l("those whom the organisers choose"),
        _l("when organisers announce something; these words stand there when they begin to write"),
        _l("News of {summit}"),
        (_l("There is news of {summit} for you and {city}."),),
        OFFERS,
    )
)
opens(
    Opening(
        OPENINGS[REMINDER],
        _l("those whom the organisers choose"),
        _l("at the moment of a reminder; these words stand there when organisers begin to write one"),
        _l("A reminder from {summit}"),
        (
            _l("Please think of this in time: {what}, {when}."),
            _l("Thank you for all that {city} does for this summit."),
        ),
        OFFERS
        | {
            "what": _l("what is reminded of; empty where the reminder has a moment of its own"),
            "when": _l("when that is, with the time zone; empty likewise"),
        },
    )
)
DUES = {
    Due.ANSWER: _l("The answer to the invitation"),
    Due.NOMINATION: _l("Saying who comes"),
    Due.CONFIRMATION: _l("Everybody’s form"),
    Due.MODE: _l("Changing the way of taking part"),
    Due.HEAD: _l("Changing the head of delegation"),
    Due.NAMES: _l("Changing names, as they stand on badges"),
}


@dataclass(frozen=True)
class Subject:
    """What is reminded of. `name` is a kind of deadline, or the title of a session."""

    anchor: Anchor = Anchor.MOMENT
    name: str = ""
    at: datetime | None = None


def announcement(event: Event, uid: str, to: Recipient, words: Mapping[str, str]) -> Letter:
    """News for one of those whom it is for, as `words` say it in the language of `to`."""
    return _letter(event, ANNOUNCEMENT, f"announcement/{uid}/{to.one.uid}", to, words, {})


def reminder(
    event: Event, uid: str, at: datetime, to: Recipient, words: Mapping[str, str], about: Subject, until: datetime
) -> Letter:
    """A reminder for one of those whom it is for; `at` is the moment that it belongs to."""
    facts = {"anchor": about.anchor.value, "what": about.name, "at": about.at.isoformat() if about.at else ""}
    key = f"reminding/{uid}/{at:%Y%m%dT%H%M%S}/{to.one.uid}"
    return _letter(event, REMINDER, key, to, words, facts, until)


def _letter(
    event: Event,
    kind: str,
    key: str,
    to: Recipient,
    words: Mapping[str, str],
    more: dict[str, Any],
    until: datetime | None = None,
) -> Letter:
    return Letter(
        kind=kind,
        key=key,
        to=to.one.email,
        to_name=to.one.name,
        facts=_of_event(event) | _of_reader(to) | {"said": dict(words)} | more,
        language=to.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
        priority=PRIORITY,
        until=until,
        due_at=to.due,
    )


def _of_event(event: Event) -> dict[str, Any]:
    return {
        "event": event.id,
        "slug": event.slug,
        "summit": event.title,
        "note": event.note,
        "zone": event.zone,
        "starts_on": event.starts_on.isoformat(),
        "ends_on": event.ends_on.isoformat(),
        "venue": event.venue,
        "reply_to": event.reply_to,
        "agenda": event.release > 0,
    }


def _of_reader(to: Recipient) -> dict[str, Any]:
    one, office = to.one, to.one if to.one.focal else to.office
    takes_part = not one.focal and not one.ended
    return {
        "reader": one.uid,
        "name": one.name,
        "called": one.called,
        "city": one.city_name,
        "own_zone": one.zone,
        "uid": "" if one.focal else one.uid,
        "link_generation": one.link_generation,
        "reference": one.reference if takes_part else "",
        "mode": next(iter(one.modes)).value if takes_part else "",
        "focal": office.uid if office else "",
        "focal_generation": office.link_generation if office else 0,
    }


def preview(letter: Letter) -> Rendered:
    """The letter as it would be sent, with three dots in place of its secrets: whoever has one may change things."""
    return shown(letter, secrets(letter.facts))


def secrets(facts: Facts) -> list[str]:
    """What opens something in such a letter."""
    found = [unsubscribe_secret(facts["reader"])]
    found += [page_secret(facts["uid"], facts["link_generation"])] if facts["uid"] else []
    return found + ([focal_secret(facts["focal"], facts["focal_generation"])] if facts["focal"] else [])


@renders(ANNOUNCEMENT, unless=has_left, rests=rests)
def _announcement(facts: Facts, language: str) -> Rendered:
    return _rendered(ANNOUNCEMENT, facts, language, {}, [])


@renders(REMINDER, unless=has_left, rests=rests)
def _reminder(facts: Facts, language: str) -> Rendered:
    what, when = _what(facts), _when(facts)
    told: Rows = [(what, when)] if what else []
    return _rendered(REMINDER, facts, language, {"what": what, "when": when[0] if when else ""}, told)


def _what(facts: Facts) -> str:
    said = {
        Anchor.MOMENT: "",
        Anchor.EVENT: _("The summit begins"),
        Anchor.DEADLINE: str(DUES[Due(facts["what"])]) if facts["anchor"] == Anchor.DEADLINE else "",
        Anchor.SESSION: facts["what"],
    }
    return str(said[Anchor(facts["anchor"])])


def _when(facts: Facts) -> list[str]:
    """The moment by the clocks of the summit, and by the reader's where they show another time."""
    if not facts["at"]:
        return []
    at = datetime.fromisoformat(facts["at"])
    if facts["anchor"] == Anchor.EVENT:
        return [_days(facts)]
    zones = [facts["zone"]]
    if clock.local(at, facts["own_zone"]).utcoffset() != clock.local(at, facts["zone"]).utcoffset():
        zones.append(facts["own_zone"])
    return [moment(at, each) for each in zones]


def _days(facts: Facts) -> str:
    days = span_of_days(date.fromisoformat(facts["starts_on"]), date.fromisoformat(facts["ends_on"]))
    return str(_("%(days)s, %(zone)s time", days=days, zone=zone_name(facts["zone"])))


def _rendered(kind: str, facts: Facts, language: str, more: dict[str, str], told: Rows) -> Rendered:
    name = OPENINGS[kind]
    own = {**facts["words"], name: Wording(**facts["said"])} if facts["said"] else facts["words"]
    values = {"name": facts["called"], **{each: facts[each] for each in ("city", "summit", "venue")}}
    lead = begin(name, {**facts, "words": own}, values | {"days": _days(facts)} | more)
    agenda = [(_("The agenda"), absolute("publishing.agenda", event=facts["slug"]))] if facts["agenda"] else []
    leave = absolute("announcing.leave", uid=facts["reader"], secret=unsubscribe_secret(facts["reader"]))
    text, html = compose(
        "announcement",
        language,
        summit=facts["summit"],
        note=facts["note"],
        to_name=facts["called"],
        contact=facts["reply_to"],
        lead=lead,
        rows=[*told, *_rows(facts)],
        ways=[*pages_of(facts), *agenda],
        leave=leave,
    )
    return Rendered(lead.subject, text, html, unsubscribe=leave)


def _rows(facts: Facts) -> Rows:
    """Of what and whom it speaks."""
    found: Rows = [(_("Summit"), facts["summit"]), (_("Days"), _days(facts))]
    if facts["venue"]:
        found.append((_("Place"), facts["venue"]))
    if facts["uid"]:
        found.append((_("Name"), _("%(name)s, %(city)s", name=facts["called"], city=facts["city"])))
    else:
        found.append((_("Delegation"), facts["city"]))
    if facts["reference"]:
        found += [(_("Reference"), facts["reference"]), (_("Way of taking part"), mode_word(facts["mode"]))]
    return found


def shipped(kind: str) -> Wording:
    """The words with which a letter of this kind begins to be written, in the language spoken now."""
    return openings[OPENINGS[kind]].shipped
