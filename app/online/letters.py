"""What people online are told of their check of picture and sound. Facts are frozen and hold no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock, ical
from app.delegations.models import FocalPoint, focal_secret
from app.online.models import TechCheck
from app.outbox import Attachment, Letter, Opening, Rendered, begin, opens, renders
from app.outbox.tongues import locale_of
from app.registration import letters, notices
from app.registration.letters import Rows
from app.registration.models import Delegate, join_blank, join_secret, page_secret
from app.registration.news import News, written
from app.web import absolute
from app.web.wording import clock_time, day_full, listed, zone_name

Facts = Mapping[str, Any]

KIND = "tech check"
CHECK = "check"
"""What stands in the address of our page in the place of a session."""


def _opens(what: str, when: Any, subject: Any, *paragraphs: Any) -> None:
    opens(Opening(f"tech-check-{what}", letters.TO_PERSON, when, subject, paragraphs, letters.OFFERS))


_READY = _l("Please be there with the room, the light, the microphone and the line with which you will speak.")
_opens(
    "booked",
    _l("when a speaker online has booked a check of picture and sound"),
    _l("Your check of picture and sound for {summit}"),
    _l("Thank you. This time is yours:"),
    _READY,
)
_opens(
    "moved",
    _l("when a speaker online has chosen another time for the check"),
    _l("Another time for your check of picture and sound for {summit}"),
    _l("This is your time now; the one before is free for somebody else:"),
    _READY,
)
_opens(
    "cancelled",
    _l("when the time for a check was given back"),
    _l("Your check of picture and sound for {summit} is cancelled"),
    _l("The time below is free for somebody else. If you still speak online, please choose another on your page."),
)
_opens(
    "reminder",
    _l("a day before a check"),
    _l("Soon: your check of picture and sound for {summit}"),
    _l("We look forward to seeing and hearing you:"),
    _READY,
)
_opens(
    "failed",
    _l("when a check did not succeed"),
    _l("Your check of picture and sound for {summit} did not succeed"),
    _l("Something was not as it should be; what was found stands below. Please choose another time on your page."),
    _l(
        "Please also send the organisers a recording of what you will say, as a backup: it is played if the line fails."
    ),
)


def told(
    what: str,
    delegate: Delegate,
    check: TechCheck,
    when: tuple[datetime, datetime] | None,
    focal: FocalPoint | None = None,
) -> Letter:
    """One of the five: to the person, or to `focal` for somebody without an address."""
    event = delegate.event
    facts = notices.facts_of(delegate) | {
        "what": what,
        "shown": delegate.platform_name or delegate.name,
        "join_generation": delegate.join_generation or 0,
        "starts": when[0].isoformat() if when else "",
        "ends": when[1].isoformat() if when else "",
        "entry": check.entry if what in ("booked", "moved", "cancelled") else {},
        "found": check.note if what == "failed" else "",
        "good": list(check.tested) if what == "failed" else [],
        "focal": focal.uid if focal else "",
        "focal_generation": focal.link_generation if focal else 0,
        "to_name": focal.name if focal else delegate.called,
    }
    number = f"{check.changes}.{check.entered_at:%Y%m%dT%H%M%S}" if what == "failed" else str(check.changes)
    return Letter(
        kind=KIND,
        key="/".join(filter(None, (KIND, event.slug, delegate.reference, what, number, focal.uid if focal else ""))),
        to=focal.email if focal else delegate.email,
        to_name=focal.name if focal else delegate.name,
        facts=facts,
        language=focal.language if focal else delegate.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
        until=when[0] if when and what == "reminder" else None,
    )


@renders(KIND)
def _check(facts: Facts, language: str) -> Rendered:
    lead = begin(f"tech-check-{facts['what']}", facts, letters.said_of(facts))
    rows = [*_times(facts), *letters.rows_of(facts), (_("Name on the platform"), facts["shown"])]
    if facts["focal"]:
        secret = focal_secret(facts["focal"], facts["focal_generation"])
        ways = [(_("Open your delegation’s page"), absolute("office.page", token=secret))]
    else:
        secret = page_secret(facts["uid"], facts["link_generation"])
        ways = [(_("See or change your check"), absolute("online_person.check", token=secret))]
        if facts["what"] in ("booked", "moved", "reminder"):
            join = absolute("online.check", token=join_secret(facts["uid"], facts["join_generation"]))
            ways.insert(0, (_("Join the check when it is time"), join))
    letter = written(News(lead, [*rows, *_found(facts)], []), ways, facts, facts["to_name"], language)
    return replace(letter, attachments=_attached(facts, language))


def _times(facts: Facts) -> Rows:
    """When it is, by the reader's own clock first, since they are not at the venue."""
    if not facts["starts"]:
        return []
    starts, ends = (datetime.fromisoformat(facts[name]) for name in ("starts", "ends"))
    zones = dict.fromkeys((facts["own_zone"], facts["zone"]))
    names = [_("Your time (%(zone)s)"), _("Time (%(zone)s)")]
    found: Rows = []
    for zone, name in zip(zones, names if len(zones) > 1 else names[1:], strict=True):
        day = day_full(clock.local(starts, zone).date())
        span = f"{clock_time(starts, zone)}–{clock_time(ends, zone)}"
        found.append((name % {"zone": zone_name(zone)}, [day, span]))
    return found


def good_word(tested: str) -> str:
    """What was looked at, as people read it."""
    words: dict[str, str] = {
        "picture": _("picture"),
        "sound": _("sound"),
        "line": _("the line"),
        "name": _("the name shown"),
    }
    return words[tested]


def _found(facts: Facts) -> Rows:
    found: Rows = [(_("What was found"), facts["found"])] if facts["found"] else []
    if facts["good"]:
        found.append((_("What was in order"), listed([good_word(each) for each in facts["good"]])))
    return found


def _attached(facts: Facts, language: str) -> tuple[Attachment, ...]:
    """The check as the reader's own calendar holds it; nothing for who only passes it on."""
    if not facts["entry"] or facts["focal"]:
        return ()
    fill = ical.Fill(join_blank(), join_secret(facts["uid"], facts["join_generation"]))
    head = ical.Calendar(
        uid=f"{facts['uid']}-check-letter@plenary",
        name=facts["summit"],
        zone=facts["zone"],
        language=language,
        url=absolute("publishing.summit", event=facts["slug"]),
    )
    octets = ical.calendar(head, [entry_of(facts["entry"])], fill)
    return (Attachment(f"{facts['slug']}-check.ics", "text/calendar", octets),)


def words_of_entry(delegate: Delegate) -> tuple[str, str]:
    """Title and description of a check in calendars: it is one person's, so it is stored in their words."""
    with force_locale(locale_of(delegate.language)):
        title = _("Check of picture and sound: %(summit)s", summit=delegate.event.title)
        return title, _("Have ready the room, the light and the microphone with which you will speak.")


def entry_of(stored: Mapping[str, Any]) -> ical.Entry:
    """The check as it stands in calendars: joined at our own page, with a blank for the reader's secret."""
    entry = ical.Entry.from_json(stored)
    online = "" if entry.item.cancelled else absolute("online.check", token=join_blank())
    return replace(entry, item=replace(entry.item, online=online))
