"""What people are told by mail of their registration: confirmed, changed, withdrawn.

The facts are frozen when the act happens and hold no secret; addresses are made when the letter is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock, ical
from app.events.models import Mode
from app.events.words import mode_word
from app.outbox import Attachment, Letter, Opening, Rendered, begin, compose, opens, reachable, renders
from app.outbox.tongues import TONGUES
from app.registration.models import Delegate, feed_secret, page_secret
from app.registration.participation import by_letter, place
from app.web import absolute
from app.web.wording import clock_time, day_full, moment, span_of_days, zone_name

Facts = Mapping[str, Any]
Rows = list[tuple[str, str | list[str]]]
"""Name and value of what a letter lists; a value may be several lines."""

TO_PERSON = _l("the person")
OFFERS = {
    "name": _l("name of the person, with their form of address"),
    "city": _l("their city"),
    "summit": _l("title of the summit"),
    "mode": _l("how they take part: “at the venue”"),
    "reference": _l("their reference"),
    "days": _l("the days of the summit, with the time zone"),
}
"""What every letter about one person can name in its opening words."""
for _opening in (
    Opening(
        "confirmation",
        TO_PERSON,
        _l("when a registration stands"),
        _l("You are registered: {summit}"),
        (_l("This is what stands. Please keep this letter: its link opens your own page."),),
        OFFERS,
        _l("You are registered for {summit}"),
    ),
    Opening(
        "changed",
        TO_PERSON,
        _l("when something of a registration was changed"),
        _l("Your registration was changed: {summit}"),
        (_l("This is new:"),),
        OFFERS,
        _l("Your registration for {summit} was changed"),
    ),
    Opening(
        "address-changed",
        _l("the address that gets no more letters"),
        _l("when another address for letters was entered"),
        _l("Your address for letters was changed: {summit}"),
        (
            _l(
                "Somebody with the personal link of this registration has entered another address. This one gets no"
                " more letters."
            ),
        ),
        OFFERS,
        _l("Letters about your registration for {summit} now go to another address"),
    ),
    Opening(
        "withdrawn",
        TO_PERSON,
        _l("when somebody has withdrawn"),
        _l("You have withdrawn: {summit}"),
        (
            _l(
                "Your place is free for somebody else, and what you told us of food and access needs is deleted. This"
                " had been registered:"
            ),
        ),
        OFFERS,
        _l("You have withdrawn from {summit}"),
    ),
):
    opens(_opening)


def confirmation(delegate: Delegate) -> Letter:
    """To the delegate: you are registered."""
    return _letter("confirmation", delegate, 0)


def changed(delegate: Delegate, changes: Mapping[str, tuple[Any, Any]]) -> Letter:
    """To the delegate: this is new. `changes`: name of the detail -> (before, after)."""
    told = [[name, *(("", "") if name == "needs" else values)] for name, values in changes.items()]
    return _letter("changed", delegate, delegate.version, changes=told)


def address_changed(delegate: Delegate, former: str) -> Letter:
    """To the address that gets no more letters, for the case that somebody else did it. It holds no link."""
    return replace(_letter("address changed", delegate, delegate.version), to=former)


def withdrawn(delegate: Delegate) -> Letter:
    """To the delegate: you have withdrawn."""
    return _letter("withdrawn", delegate, delegate.version)


def _letter(kind: str, delegate: Delegate, number: int, **more: Any) -> Letter:
    event = delegate.event
    return Letter(
        kind=kind,
        key=f"{kind}/{event.slug}/{delegate.reference}/{number}",
        to=delegate.email,
        to_name=delegate.name,
        facts=_facts(delegate) | thread(delegate) | more,
        language=delegate.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
    )


def thread(delegate: Delegate) -> dict[str, Any]:
    """What binds the letters about one registration: the first of them, the calendar entry, and whose it is."""
    first = f"confirmation/{delegate.event.slug}/{delegate.reference}/0"
    return {"thread": first, "entry": delegate.participation, "email": delegate.email}


def _facts(delegate: Delegate) -> dict[str, Any]:
    event, member = delegate.event, delegate.delegation.member
    return {
        "uid": delegate.uid,
        "link_generation": delegate.link_generation,
        "feed_generation": delegate.feed_generation,
        "called": delegate.called,
        "city": member.name,
        "mode": delegate.mode.value,
        "reference": delegate.reference,
        "shown": delegate.platform_name or delegate.name,
        "video_language": delegate.video_language,
        "own_zone": delegate.zone or member.zone,
        "slug": event.slug,
        "summit": event.title,
        "network": event.network.name,
        "note": event.note,
        "first": event.starts_on.isoformat(),
        "last": event.ends_on.isoformat(),
        "zone": event.zone,
        "place": place(event, delegate.mode, delegate.language),
        "reply_to": event.reply_to,
    }


@renders("confirmation")
def _confirmation(facts: Facts, language: str) -> Rendered:
    return _render("confirmation", facts, language)


@renders("changed")
def _changed(facts: Facts, language: str) -> Rendered:
    return _render("changed", facts, language, changes=[changed_row(*each) for each in facts["changes"]])


@renders("address changed")
def _address_changed(facts: Facts, language: str) -> Rendered:
    lead = begin("address-changed", facts, said_of(facts))
    text, html = compose(
        "address_changed",
        language,
        lead=lead,
        summit=facts["summit"],
        note=facts["note"],
        to_name=facts["called"],
        contact=facts["reply_to"],
        who=_who(facts),
    )
    return Rendered(lead.subject, text, html)


@renders("withdrawn")
def _withdrawn(facts: Facts, language: str) -> Rendered:
    return _render("withdrawn", facts, language)


def said_of(facts: Facts) -> dict[str, str]:
    """What `OFFERS` stand for."""
    return {
        "name": facts["called"],
        "city": facts["city"],
        "summit": facts["summit"],
        "mode": mode_word(facts["mode"]),
        "reference": facts["reference"],
        "days": days_of(facts),
    }


def days_of(facts: Facts) -> str:
    """The days of the summit, with the zone: "27 February - 1 March 2023, Tokyo time"."""
    days = span_of_days(date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"]))
    return str(_("%(days)s, %(zone)s time", days=days, zone=zone_name(facts["zone"])))


def _render(template: str, facts: Facts, language: str, **more: Any) -> Rendered:
    lead = begin(template, facts, said_of(facts))
    page = page_secret(facts["uid"], facts["link_generation"])
    feed = feed_secret(facts["uid"], facts["feed_generation"])
    text, html = compose(
        template,
        language,
        lead=lead,
        summit=facts["summit"],
        note=facts["note"],
        to_name=facts["called"],
        contact=facts["reply_to"],
        who=_who(facts),
        how=_how(facts),
        page=absolute("mypage.page", token=page),
        change=absolute("mypage.change", token=page),
        withdraw=absolute("mypage.withdraw", token=page),
        feed=absolute("mypage.feed", token=feed),
        agenda=absolute("publishing.agenda", event=facts["slug"]),
        register=absolute("registration.register", event=facts["slug"]),
        attached=bool(facts["entry"]),
        **more,
    )
    return Rendered(lead.subject, text, html, attached(facts, language))


def _who(facts: Facts) -> Rows:
    """Who is spoken of, and when the summit is: by their own clock first who take part from afar."""
    return [*rows_of(facts), (_("Days"), [*_own_time(facts), days_of(facts)])]


def rows_of(facts: Facts) -> Rows:
    """Who it is, and how they take part."""
    return [
        (_("Name"), _("%(name)s, %(city)s", name=facts["called"], city=facts["city"])),
        (_("Reference"), facts["reference"]),
        (_("Way of taking part"), mode_word(facts["mode"])),
    ]


def _how(facts: Facts) -> Rows:
    """Where or how one takes part, what to bring, and until when this can be changed."""
    if facts["mode"] == Mode.VENUE:
        rows: Rows = [
            (_("Place"), facts["place"] or _("to be announced")),
            (_("Bring along"), _("your reference, and a document with your photograph for the registration desk")),
        ]
    elif facts["mode"] == Mode.ONLINE:
        said = _("on the page of each session, from your own page; you appear there as %(name)s", name=facts["shown"])
        rows = [
            (_("How to join"), said),
            (_("Have ready"), _("a quiet room, a headset and a steady connection")),
        ]
    else:
        rows = [
            (_("Your message"), _("the organisers tell you how and by when to hand it in")),
            (_("Language of the message"), facts["video_language"]),
        ]
    last = date.fromisoformat(facts["last"])
    until = _("until the end of %(day)s, %(zone)s time", day=day_full(last), zone=zone_name(facts["zone"]))
    ends = clock.midnight(last + timedelta(days=1), facts["zone"])
    own = [_("until %(moment)s", moment=moment(ends, facts["own_zone"]))] if _is_afar(facts, ends) else []
    return [*rows, (_("You can change this"), [*own, until])]


def _own_time(facts: Facts) -> list[str]:
    """For somebody online whose clock differs from the summit's: when its first day begins there."""
    begins, own = clock.midnight(date.fromisoformat(facts["first"]), facts["zone"]), facts["own_zone"]
    if not _is_afar(facts, begins):
        return []
    at = {"time": clock_time(begins, own), "day": day_full(clock.local(begins, own).date()), "zone": zone_name(own)}
    return [_("Where you are, in %(zone)s, the first day begins at %(time)s on %(day)s.", **at)]


def _is_afar(facts: Facts, at: datetime) -> bool:
    """Whether they take part online and their clock differs from the summit's at this moment."""
    here, there = (clock.local(at, zone).utcoffset() for zone in (facts["zone"], facts["own_zone"]))
    return facts["mode"] == Mode.ONLINE and here != there


def attached(facts: Facts, language: str) -> tuple[Attachment, ...]:
    """The participation for the reader's calendar: an invitation to the person, a request or its cancellation.

    Its UID is the registration's and never a session's, so it doubles nothing that the feed holds of the agenda, and
    the feed of whoever is invited leaves it out (`participation.by_letter`). For anybody else than the person
    themselves, and where nobody reads answers, it is a file to look at, without METHOD.
    """
    if not facts["entry"]:
        return ()
    if by_letter(facts["reply_to"], facts["email"]) and facts.get("to", facts["email"]) == facts["email"]:
        entry = _entry(facts)
        organiser = ical.Party(facts["summit"], reachable(facts["reply_to"]))
        attendee = ical.Party(facts["called"], reachable(facts["email"]))
        octets = ical.invitation(entry, organiser, attendee, language)
        return (Attachment(f"{facts['slug']}.ics", "text/calendar", octets, ical.method_of(entry)),)
    return snapshot(facts, facts["uid"], language)


def snapshot(facts: Facts, uid: str, language: str) -> tuple[Attachment, ...]:
    """The entry of these facts as a file to look at, for what stands in the reader's own calendar; `uid` is the file's.
    Nothing where there is no entry."""
    if not facts["entry"]:
        return ()
    page = absolute("publishing.summit", event=facts["slug"])
    head = ical.Calendar(
        uid=f"{uid}-letter@plenary", name=facts["summit"], zone=facts["zone"], language=language, url=page
    )
    return (Attachment(f"{facts['slug']}.ics", "text/calendar", ical.calendar(head, [_entry(facts)])),)


def _entry(facts: Facts) -> ical.Entry:
    """With the address of the summit's page, which depends on where the product stands."""
    entry = ical.Entry.from_json(facts["entry"])
    return replace(entry, item=replace(entry.item, url=absolute("publishing.summit", event=facts["slug"])))


def changed_row(name: str, before: Any, after: Any) -> tuple[str, str]:
    """What one change is called and what it comes to; the words stay out where they are nobody's but the person's."""
    called = {
        "mode": _("Way of taking part"),
        "honorific": _("Form of address"),
        "name": _("Name"),
        "family_name": _("Family name"),
        "given_name": _("Given name"),
        "position": _("Position"),
        "organisation": _("Organisation"),
        "email": _("Email"),
        "mobile": _("Mobile telephone"),
        "zone": _("Time zone you will be in"),
        "platform_name": _("Name on the platform"),
        "video_language": _("Language of the message"),
        "language": _("Language of letters"),
        "listed": _("In the public list"),
        "shared": _("In the list for participants"),
        "needs": _("What you eat and need"),
        "page_link": _("Link to your page"),
        "calendar_link": _("Link to your calendar"),
        "join_link": _("Links by which you join"),
    }[name]
    if name == "needs":
        return called, _("changed")
    if name.endswith("_link"):
        return called, _("new; the old one opens nothing any more")
    if not before:
        return called, _worded(name, after)
    return called, _("%(after)s (it was: %(before)s)", after=_worded(name, after), before=_worded(name, before))


def _worded(name: str, value: Any) -> str:
    if name in {"listed", "shared"}:
        said: str = _("yes") if value else _("no")
    elif name == "mode":
        said = mode_word(value)
    elif name == "language":
        said = TONGUES.get(value, str(value))
    else:
        said = str(value) or _("nothing")
    return said
