"""What those who owe a video are told by letter before it has come: that it is awaited, and that it is overdue.

Focal points come by their office's own link, so that it ends with them; the contact by that of the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock, tokens
from app.delegations.letters import both
from app.delegations.models import FocalPoint, focal_secret
from app.outbox import Letter, Opening, Rendered, begin, opens, renders
from app.registration.news import News, written
from app.videos.models import Purpose, VideoMessage
from app.videos.said import sayer
from app.videos.terms import Terms
from app.web import absolute

Facts = Mapping[str, Any]
Rows = list[tuple[str, str | list[str]]]
TO = _l("the city’s focal points, and who answers for the video")
OFFERS = {
    "name": _l("name of the reader"),
    "city": _l("the city or the person of whom the video is"),
    "summit": _l("title of the summit"),
}
opens(
    Opening(
        "video-due",
        TO,
        _l("when a video is asked for or given longer, and 14 and 3 days before it is due"),
        _l("A video of {city} is awaited: {summit}"),
        (
            _l("{city} is to speak by video at {summit}. Please send the file by the moment that stands below."),
            _l("It is sent in pieces: if your line breaks, it goes on from where it stopped."),
        ),
        OFFERS,
    )
)
opens(
    Opening(
        "video-overdue",
        TO,
        _l("when the time for a video is over and it has not come"),
        _l("The video of {city} has not come: {summit}"),
        (_l("{city} is to speak by video at {summit}, but no file has reached us in time."),),
        OFFERS,
    )
)


def due(message: VideoMessage, terms: Terms, mark: str) -> list[Letter]:
    """To all who owe this video: send it by then. `mark` tells one such letter from the next; each goes once.

    Event with network, delegation with member and focal points, and person with member are loaded.
    """
    return _letters("video due", message, terms, mark, message.due_at)


def overdue(message: VideoMessage, terms: Terms) -> list[Letter]:
    """To the same: the time is over and nothing has come."""
    event = message.event
    until = clock.midnight(event.ends_on + timedelta(days=1), event.zone)
    return _letters("video overdue", message, terms, message.due_at.isoformat(), until)


def _letters(kind: str, message: VideoMessage, terms: Terms, mark: str, until: datetime) -> list[Letter]:
    event = message.event
    made = [_letter(kind, message, terms, mark, to, focal) for to, focal in readers(message)]
    return [Letter(**{**vars(each), "until": until, "reply_to": event.reply_to}) for each in made]


def readers(message: VideoMessage) -> list[tuple[tuple[str, str, str], FocalPoint | None]]:
    """((name, address, language), the focal point or None) of all who answer for this video, each address once."""
    found: dict[str, tuple[tuple[str, str, str], FocalPoint | None]] = {}
    if message.contact_email:
        to = (message.contact_name, message.contact_email, message.contact_language)
        found[message.contact_email.casefold()] = to, None
    for each in message.delegation.focal_points if message.delegation else ():
        if each.active:
            found[each.email.casefold()] = (each.name, each.email, each.language), each
    return list(found.values())


def _letter(
    kind: str, message: VideoMessage, terms: Terms, mark: str, to: tuple[str, str, str], focal: FocalPoint | None
) -> Letter:
    """One letter; the link it holds is made when it is rendered."""
    event, (name, email, language) = message.event, to
    member = message.delegation.member if message.delegation else message.person.member if message.person else None
    facts = {
        "uid": message.uid,
        "generation": message.link_generation,
        "focal": [focal.uid, focal.link_generation] if focal else None,
        "called": name,
        "city": member.name if message.delegation and member else message.person.name if message.person else "",
        "summit": event.title,
        "note": event.note,
        "reply_to": event.reply_to,
        "zone": event.zone,
        "own_zone": member.zone if member else event.zone,
        "purpose": message.purpose.value,
        "session": sayer(event, language)(message),
        "due": message.due_at.isoformat(),
        "hard": terms.hard,
        "seconds": terms.seconds,
        "megabytes": terms.megabytes,
    }
    return Letter(
        kind=kind,
        key=f"{kind}/{event.slug}/{message.uid[:12]}/{mark}/{tokens.digest(email)[:12]}",
        to=email,
        to_name=name,
        facts=facts,
        language=language,
        event_id=event.id,
        sender_name=event.title,
        priority=-10,
    )


def purpose_word(purpose: Purpose | str) -> str:
    """What a video is for, as people read it."""
    said: dict[str, str] = {
        Purpose.CITY: _("message from the city"),
        Purpose.SESSION: _("contribution to a session"),
        Purpose.KEYNOTE: _("keynote"),
        Purpose.BACKUP: _("backup, in case the line breaks"),
    }
    return said[purpose]


@renders("video due")
def _due(facts: Facts, language: str) -> Rendered:
    rows = _what(facts)
    if facts["hard"]:
        rows.append((_("Afterwards"), _("Nothing is taken any more.")))
    return _render("video-due", [*rows, (_("What it has to be"), _asked(facts))], facts, language)


@renders("video overdue")
def _overdue(facts: Facts, language: str) -> Rendered:
    on = (
        _("Nothing is taken any more. Please ask the organisers: they can give you more time.")
        if facts["hard"]
        else _("Please send it as soon as you can: it is still taken.")
    )
    return _render("video-overdue", [*_what(facts), (_("What now"), on)], facts, language)


def _what(facts: Facts) -> Rows:
    session = [facts["session"]] if facts["session"] else []
    return [
        (_("Video"), [purpose_word(facts["purpose"]), *session]),
        (_("Due by"), both(facts["due"], facts["zone"], facts["own_zone"])),
    ]


def _asked(facts: Facts) -> list[str]:
    length = f"{facts['seconds'] // 60}:{facts['seconds'] % 60:02}"
    return [
        _("MP4 or MOV, 1920 × 1080 (1280 × 720 at least), 16:9, 24 to 60 pictures a second"),
        _("at most %(length)s long and %(size)s MB large, or a link", length=length, size=facts["megabytes"]),
        _("captions as WebVTT or SubRip, unless they are in the picture, and a transcript"),
    ]


def _render(name: str, rows: Rows, facts: Facts, language: str) -> Rendered:
    lead = begin(name, facts, {"name": facts["called"], "city": facts["city"], "summit": facts["summit"]})
    ways = [(_("Open the page of the video"), page_of(facts))]
    return written(News(lead, rows, []), ways, facts, facts["called"], language)


def page_of(facts: Facts) -> str:
    """The address of a message's page by the reader's own link."""
    if facts["focal"]:
        return absolute("office_videos.page", token=focal_secret(*facts["focal"]), uid=facts["uid"])
    return absolute("video.page", token=tokens.secret("video message", facts["uid"], facts["generation"]))
