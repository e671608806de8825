"""What focal points are told by mail: invited, reminded, answered, and whatever changes for their delegation.

The facts are frozen when the act happens and hold no secret; addresses are made when the letter is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from app import clock, ical
from app.delegations.deadlines import Limit
from app.delegations.models import FocalPoint, focal_secret
from app.events.models import Mode
from app.events.words import mode_word
from app.outbox import Letter, Opening, Rendered, begin, compose, opens, renders
from app.sentences import spoken
from app.web import absolute
from app.web.wording import clock_time, day_full, listed, moment, span_of_days, zone_name

Facts = Mapping[str, Any]
Rows = list[tuple[str, str | list[str]]]

TO_MANY = -10
"""The priority of letters that leave by the dozen: they delay nobody's confirmation."""
TO_FOCAL = _l("the city’s focal points")
OFFERS = {
    "name": _l("name of the focal point"),
    "city": _l("their city"),
    "summit": _l("title of the summit"),
    "host": _l("the city that hosts it"),
    "network": _l("the network, by its full name"),
    "motto": _l("motto of the summit; may be empty"),
    "days": _l("the days of the summit, with the time zone"),
    "venue": _l("where it takes place; may be empty"),
}
"""What every letter to a focal point can name in its opening words."""


def _subject(heading: Any) -> LazyString:
    """A heading, and of which summit it speaks."""
    return LazyString(lambda: _("%(heading)s: %(summit)s", heading=str(heading), summit="{summit}"))


def _opens(name: str, when: Any, title: Any, *paragraphs: Any, subject: Any = None, to: Any = TO_FOCAL) -> None:
    opens(Opening(name, to, when, subject or _subject(title), paragraphs, OFFERS, title))


_opens(
    "invitation",
    _l("when a city is invited"),
    _l("{host} invites {city} to {summit}"),
    _l("In the name of {network}, {host} has the honour to invite {city} and its leaders."),
    _l("The motto of the summit is “{motto}”."),
    subject=_l("{host} invites {city}: {summit}"),
)
_opens(
    "reminder",
    _l("when a city is reminded to answer"),
    _l("{city} has not answered yet"),
    _l("{host} has invited {city} to {summit} and would be glad of an answer, whichever it is."),
    subject=_l("Your answer is awaited: {summit}"),
)
_opens(
    "lapsed",
    _l("when the time for the answer is over"),
    _l("The invitation of {city} has lapsed"),
    _l("No answer from {city} has reached {host}."),
)
_opens(
    "owed",
    _l("when organisers ask for what a city still owes"),
    _l("What is still awaited from {city}"),
    _l("{city} takes part in {summit}, and {host} is glad of it. This is still missing:"),
)
_opens(
    "answered-accepted",
    _l("when a city has accepted"),
    _l("{city} takes part in {summit}"),
    _l("Thank you. {host} looks forward to welcoming your delegation. This is what was answered:"),
    subject=_l("{city} has accepted: {summit}"),
)
_opens(
    "answered-declined",
    _l("when a city has declined"),
    _l("{city} does not take part in {summit}"),
    _l("Thank you for letting {host} know. This is what was answered:"),
    subject=_l("{city} has declined: {summit}"),
)
_opens(
    "focal-point",
    _l("when somebody is named as a focal point"),
    _l("You speak for {city}"),
    _l(
        "You were named as a focal point of {city} for {summit}: the person who answers for the delegation and says who"
        " comes."
    ),
    to=_l("the new focal point"),
)
CHANGES = {
    "withdrawn": (_l("when a city has withdrawn"), _l("{city} has withdrawn")),
    "cancelled": (
        _l("when the organisers have cancelled a delegation"),
        _l("The organisers have cancelled the delegation of {city}"),
    ),
    "extended": (_l("when a city was given longer"), _l("{city} has more time")),
    "shortened": (_l("when a later deadline was taken back"), _l("{city} has its earlier deadline again")),
    "modes": (_l("when a city takes part in another way"), _l("{city} takes part in another way")),
    "modes refused": (_l("when another way was asked for and refused"), _l("{city} takes part as before")),
    "submitted": (_l("when a delegation was sent in"), _l("The delegation of {city} is with the organisers")),
    "approved": (_l("when a delegation is approved"), _l("The delegation of {city} is approved")),
    "returned": (_l("when a delegation was returned"), _l("The delegation of {city} needs another look")),
}
"""What may happen to a delegation -> when that letter goes, and its heading."""
for _what, (_when, _title) in CHANGES.items():
    _opens(
        f"delegation-{_what}".replace(" ", "-"),
        _when,
        _title,
        _l("This concerns the delegation of {city} to {summit}."),
    )


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
    """To a focal point: one of `CHANGES` happened to the delegation."""
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
    return _render("invitation", "invitation", facts, language, rows=[*_when_and_where(facts), *_answer_by(facts)])


@renders("reminder")
def _reminder(facts: Facts, language: str) -> Rendered:
    return _render("reminder", "reminder", facts, language, rows=[*_answer_by(facts), *_when_and_where(facts)])


@renders("lapsed")
def _lapsed(facts: Facts, language: str) -> Rendered:
    rows: Rows = [(_("The answer was due by"), both(facts["due"], facts["zone"], facts["own_zone"]))]
    return _render("lapsed", "lapsed", facts, language, rows=rows, hard=facts["hard"])


@renders("owed")
def _owed(facts: Facts, language: str) -> Rendered:
    return _render("owed", "owed", facts, language, rows=[_item(each, facts) for each in facts["items"]])


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
    rows: Rows = [(_("Answered by"), spoken(facts["by"]))]
    if accepted:
        rows += [(_("Taking part"), in_words(facts["modes"])), *_when_and_where(facts)]
    elif facts["reason"]:
        rows.append((_("Reason"), spoken(facts["reason"])))
    name = "answered-accepted" if accepted else "answered-declined"
    return _render(name, "answered", facts, language, rows=rows, accepted=accepted)


@renders("focal point")
def _appointed(facts: Facts, language: str) -> Rendered:
    rows: Rows = [(_("Named by"), spoken(facts["by"])), *_when_and_where(facts), *_answer_by(facts)]
    return _render("focal-point", "focal_point", facts, language, rows=rows)


@renders("delegation changed")
def _told(facts: Facts, language: str) -> Rendered:
    rows: Rows = [(_("Done by"), spoken(facts["by"]))]
    if facts.get("modes"):
        rows.append((_("Taking part"), in_words(facts["modes"])))
    if facts.get("asked"):
        rows.append((_("Asked for"), in_words(facts["asked"])))
    if facts.get("until"):
        named = _("Deadline") if facts["what"] == "shortened" else _("New deadline")
        rows.append((named, both(facts["until"], facts["zone"], facts["own_zone"])))
    if facts.get("reason"):
        rows.append((_("Reason"), spoken(facts["reason"])))
    if facts.get("people"):
        rows.append((_("People"), facts["people"]))
    over = facts["what"] in {"withdrawn", "cancelled"}
    name = f"delegation-{facts['what']}".replace(" ", "-")
    return _render(name, "delegation_changed", facts, language, rows=rows, over=over)


def _render(name: str, template: str, facts: Facts, language: str, **more: Any) -> Rendered:
    """`name`: that of the opening."""
    values = {each: facts[each] for each in ("city", "summit", "host", "network", "motto", "venue")}
    lead = begin(name, facts, values | {"name": facts["called"], "days": _days(facts)})
    secret = focal_secret(facts["uid"], facts["link_generation"])
    text, html = compose(
        template,
        language,
        lead=lead,
        summit=facts["summit"],
        note=facts["note"],
        to_name=facts["called"],
        contact=facts["reply_to"],
        city=facts["city"],
        page=absolute("office.page", token=secret),
        agenda=absolute("publishing.agenda", event=facts["slug"]) if facts["published"] else "",
        **more,
    )
    return Rendered(lead.subject, text, html)


def _days(facts: Facts) -> str:
    days = span_of_days(date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"]))
    return str(_("%(days)s, %(zone)s time", days=days, zone=zone_name(facts["zone"])))


def _when_and_where(facts: Facts) -> Rows:
    when = [_days(facts), *_begins_there(facts)]
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
    """A moment as the city's own clocks show it, and then as the summit's do where they differ."""
    at = datetime.fromisoformat(instant)
    if clock.local(at, zone).utcoffset() == clock.local(at, own).utcoffset():
        return [moment(at, zone)]
    return [_("%(moment)s, your time", moment=moment(at, own)), moment(at, zone)]


def in_words(modes: Sequence[str]) -> str:
    """ "at the venue and online"."""
    return listed([mode_word(each) for each in Mode if each in modes]) or str(_("not said"))
