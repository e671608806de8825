"""What focal points are told by mail: invited, reminded, answered, and whatever changes for their delegation.

The facts are frozen when the act happens and hold no secret; addresses are made when the letter is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock, ical
from app.delegations.deadlines import Limit
from app.delegations.models import FocalPoint, focal_secret
from app.events.models import Mode
from app.events.words import mode_word
from app.outbox import Letter, Rendered, compose, renders
from app.web import absolute
from app.web.wording import clock_time, day_full, listed, moment, span_of_days, zone_name

Facts = Mapping[str, Any]
Rows = list[tuple[str, str | list[str]]]

TO_MANY = -10
"""The priority of letters that leave by the dozen: they delay nobody's confirmation."""


def invitation(focal: FocalPoint, limit: Limit | None) -> Letter:
    """To a focal point: your city is invited, answer here. A new one for each time the invitation is opened."""
    version = focal.delegation.version
    return _letter("invitation", focal, f"{version}", priority=TO_MANY, **_due(limit))


def reminder(focal: FocalPoint, limit: Limit | None, mark: str) -> Letter:
    """To a focal point: your city has not answered. `mark` says which reminder it is; each is sent once.

    It is of use until the deadline, and without one until the summit begins.
    """
    return replace(
        _letter("reminder", focal, mark, priority=TO_MANY, **_due(limit)),
        until=limit.at if limit else _begins(focal),
    )


def lapsed(focal: FocalPoint, limit: Limit) -> Letter:
    """To a focal point: the time for the answer is over."""
    return _letter("lapsed", focal, limit.at.isoformat(), priority=TO_MANY, **_due(limit))


def answered(focal: FocalPoint, by: str) -> Letter:
    """To a focal point: this is what was answered, and who did it."""
    delegation = focal.delegation
    modes = [each.mode.value for each in delegation.modes]
    told: dict[str, Any] = {"answer": delegation.answer.value, "modes": modes, "reason": delegation.reason, "by": by}
    return _letter("answered", focal, f"{delegation.version}", **told)


def told(focal: FocalPoint, what: str, by: str, **more: Any) -> Letter:
    """To a focal point: one of `SAID` happened to the delegation."""
    return _letter("delegation changed", focal, f"{what}/{focal.delegation.version}", what=what, by=by, **more)


def owed(focal: FocalPoint, items: Sequence[Mapping[str, Any]], mark: str) -> Letter:
    """To a focal point: this is what your city still owes. `mark` tells one such letter from the next.

    An item is {"what": one of modes, people, head, letter, forms; "number": of forms; "due": ISO, or ""; "over"}.
    """
    letter = _letter("owed", focal, mark, priority=TO_MANY, items=[dict(each) for each in items])
    return replace(letter, until=_begins(focal))


def appointed(focal: FocalPoint, by: str, limit: Limit | None) -> Letter:
    """To a new focal point: who named you, and your link."""
    due = _due(limit) if focal.delegation.answer == "invited" else _due(None)
    return _letter("focal point", focal, f"{focal.link_generation}", by=by, **due)


def _begins(focal: FocalPoint) -> datetime:
    """When the summit begins, after which nobody needs to be reminded."""
    event = focal.delegation.event
    return clock.midnight(event.starts_on, event.zone)


def _due(limit: Limit | None) -> dict[str, Any]:
    return {"due": limit.at.isoformat() if limit else "", "hard": bool(limit and limit.hard)}


def _letter(kind: str, focal: FocalPoint, number: str, priority: int = 0, **more: Any) -> Letter:
    delegation = focal.delegation
    event, member = delegation.event, delegation.member
    return Letter(
        kind=kind,
        key=f"{kind}/{event.slug}/{member.slug}/{focal.uid[:12]}/{number}",
        to=focal.email,
        to_name=focal.name,
        facts=_facts(focal) | more,
        language=focal.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
        priority=priority,
    )


def _facts(focal: FocalPoint) -> dict[str, Any]:
    delegation = focal.delegation
    event, member = delegation.event, delegation.member
    return {
        "uid": focal.uid,
        "link_generation": focal.link_generation,
        "called": focal.name,
        "city": member.name,
        "own_zone": member.zone,
        "slug": event.slug,
        "summit": event.title,
        "motto": event.motto,
        "network": event.network.full_name or event.network.name,
        "host": event.host.name if event.host else event.network.name,
        "venue": ", ".join(each for each in (event.venue, event.host.name if event.host else "") if each),
        "format": event.format,
        "note": event.note,
        "first": event.starts_on.isoformat(),
        "last": event.ends_on.isoformat(),
        "zone": event.zone,
        "published": event.release > 0,
        "reply_to": event.reply_to,
    }


@renders("invitation")
def _invitation(facts: Facts, language: str) -> Rendered:
    subject = _("%(host)s invites %(city)s: %(summit)s", **_names(facts))
    return _render("invitation", subject, facts, language, rows=[*_when_and_where(facts), *_answer_by(facts)])


@renders("reminder")
def _reminder(facts: Facts, language: str) -> Rendered:
    subject = _("Your answer is awaited: %(summit)s", **_names(facts))
    return _render("reminder", subject, facts, language, rows=[*_answer_by(facts), *_when_and_where(facts)])


@renders("lapsed")
def _lapsed(facts: Facts, language: str) -> Rendered:
    subject = _("The invitation of %(city)s has lapsed: %(summit)s", **_names(facts))
    rows: Rows = [(_("The answer was due by"), both(facts["due"], facts["zone"], facts["own_zone"]))]
    return _render("lapsed", subject, facts, language, rows=rows, hard=facts["hard"])


@renders("owed")
def _owed(facts: Facts, language: str) -> Rendered:
    subject = _("What is still awaited from %(city)s: %(summit)s", **_names(facts))
    return _render("owed", subject, facts, language, rows=[_item(each, facts) for each in facts["items"]])


def _item(item: Mapping[str, Any], facts: Facts) -> tuple[str, str | list[str]]:
    """What is owed, and by when."""
    named = owed_word(item["what"], item["number"])
    if not item["due"]:
        return named, str(_("as soon as you can"))
    when = both(item["due"], facts["zone"], facts["own_zone"])
    first = _("was due by %(moment)s", moment=when[0]) if item["over"] else _("by %(moment)s", moment=when[0])
    return named, [first, *when[1:]]


def owed_word(what: str, number: int = 0) -> str:
    """What a city owes, as letters and the desk call it."""
    said: dict[str, str] = {
        "modes": _("How your city takes part"),
        "people": _("Who comes"),
        "head": _("The head of delegation"),
        "letter": _("The letter of authority"),
        "forms": ngettext("The form of one person", "The forms of %(num)s people", number),
    }
    return said[what]


@renders("answered")
def _answered(facts: Facts, language: str) -> Rendered:
    accepted = facts["answer"] != "declined"
    subject = _("%(city)s has accepted: %(summit)s", **_names(facts))
    if not accepted:
        subject = _("%(city)s has declined: %(summit)s", **_names(facts))
    rows: Rows = [(_("Answered by"), facts["by"])]
    if accepted:
        rows += [(_("Taking part"), in_words(facts["modes"])), *_when_and_where(facts)]
    elif facts["reason"]:
        rows.append((_("Reason"), facts["reason"]))
    return _render("answered", subject, facts, language, rows=rows, accepted=accepted)


@renders("focal point")
def _appointed(facts: Facts, language: str) -> Rendered:
    subject = _("You speak for %(city)s: %(summit)s", **_names(facts))
    rows: Rows = [(_("Named by"), facts["by"]), *_when_and_where(facts), *_answer_by(facts)]
    return _render("focal_point", subject, facts, language, rows=rows)


@renders("delegation changed")
def _told(facts: Facts, language: str) -> Rendered:
    heading = _heading(facts)
    subject = _("%(heading)s: %(summit)s", heading=heading, summit=facts["summit"])
    rows: Rows = [(_("Done by"), facts["by"])]
    if facts.get("modes"):
        rows.append((_("Taking part"), in_words(facts["modes"])))
    if facts.get("asked"):
        rows.append((_("Asked for"), in_words(facts["asked"])))
    if facts.get("until"):
        named = _("Deadline") if facts["what"] == "shortened" else _("New deadline")
        rows.append((named, both(facts["until"], facts["zone"], facts["own_zone"])))
    if facts.get("reason"):
        rows.append((_("Reason"), facts["reason"]))
    if facts.get("people"):
        rows.append((_("People"), facts["people"]))
    over = facts["what"] in {"withdrawn", "cancelled"}
    return _render("delegation_changed", subject, facts, language, heading=heading, rows=rows, over=over)


def _heading(facts: Facts) -> str:
    said: dict[str, str] = {
        "withdrawn": _("%(city)s has withdrawn", city=facts["city"]),
        "cancelled": _("The organisers have cancelled the delegation of %(city)s", city=facts["city"]),
        "extended": _("%(city)s has more time", city=facts["city"]),
        "shortened": _("%(city)s has its earlier deadline again", city=facts["city"]),
        "modes": _("%(city)s takes part in another way", city=facts["city"]),
        "modes refused": _("%(city)s takes part as before", city=facts["city"]),
        "submitted": _("The delegation of %(city)s is with the organisers", city=facts["city"]),
        "approved": _("The delegation of %(city)s is approved", city=facts["city"]),
        "returned": _("The delegation of %(city)s needs another look", city=facts["city"]),
    }
    return said[facts["what"]]


def _render(template: str, subject: str, facts: Facts, language: str, **more: Any) -> Rendered:
    secret = focal_secret(facts["uid"], facts["link_generation"])
    text, html = compose(
        template,
        language,
        summit=facts["summit"],
        note=facts["note"],
        to_name=facts["called"],
        contact=facts["reply_to"],
        city=facts["city"],
        host=facts["host"],
        network=facts["network"],
        motto=facts["motto"],
        page=absolute("office.page", token=secret),
        agenda=absolute("publishing.agenda", event=facts["slug"]) if facts["published"] else "",
        **more,
    )
    return Rendered(subject, text, html)


def _names(facts: Facts) -> dict[str, str]:
    return {name: facts[name] for name in ("host", "city", "summit")}


def _when_and_where(facts: Facts) -> Rows:
    days = span_of_days(date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"]))
    when = [_("%(days)s, %(zone)s time", days=days, zone=zone_name(facts["zone"])), *_begins_there(facts)]
    return [
        (_("What"), [facts["summit"], facts["network"]]),
        (_("When"), when),
        (_("Where"), facts["venue"] or _("to be announced")),
        (_("Ways of taking part"), _("at the venue, online, or by video message; several are possible")),
    ]


def _begins_there(facts: Facts) -> list[str]:
    """For a city whose clock differs from the summit's: what it shows when the first day begins."""
    begins = datetime.combine(date.fromisoformat(facts["first"]), time(), ical.zone_of(facts["zone"]))
    own = facts["own_zone"]
    here, there = (clock.local(begins, zone) for zone in (facts["zone"], own))
    if here.utcoffset() == there.utcoffset():
        return []
    at = {"time": clock_time(begins, own), "day": day_full(there.date()), "zone": zone_name(own)}
    return [_("Midnight before the first day there is %(time)s on %(day)s, %(zone)s time.", **at)]


def _answer_by(facts: Facts) -> Rows:
    return [(_("Answer by"), both(facts["due"], facts["zone"], facts["own_zone"]))] if facts.get("due") else []


def both(instant: str, zone: str, own: str) -> list[str]:
    """A moment as the summit's clocks show it, and as the city's own do where they differ."""
    at = datetime.fromisoformat(instant)
    if clock.local(at, zone).utcoffset() == clock.local(at, own).utcoffset():
        return [moment(at, zone)]
    return [moment(at, zone), _("%(moment)s, your time", moment=moment(at, own))]


def in_words(modes: Sequence[str]) -> str:
    """ "at the venue and online"."""
    return listed([mode_word(each) for each in Mode if each in modes]) or str(_("not said"))
