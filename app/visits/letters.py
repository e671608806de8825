"""What people are told by mail of their visits: a place, a turn on the list, an offer and its end, a change, an end.

Facts are frozen when the act happens and hold no secret; addresses are made when the letter is rendered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.outbox import Letter, Opening, Rendered, begin, opens, post, renders
from app.registration import notices, passing_on
from app.registration.letters import OFFERS, TO_PERSON, Rows, said_of, snapshot
from app.registration.models import Delegate, page_secret
from app.registration.news import News, written
from app.sentences import spoken
from app.visits.models import SignUp, Visit
from app.visits.said import Sayer, sayer
from app.web import absolute
from app.web.wording import clock_time, day_full, moment, zone_name

Facts = Mapping[str, Any]
MORE = {"visit": _l("title of the visit"), "when": _l("day and hours of the visit, with the time zone")}


def _opens(name: str, when: Any, subject: Any, *paragraphs: Any) -> None:
    opens(Opening(name, TO_PERSON, when, subject, paragraphs, OFFERS | MORE))


_opens(
    "visit-allocated",
    _l("when somebody has a place on a visit"),
    _l("You have a place on the visit: {visit}"),
    _l("Your place is certain. The visit stands in your calendar, and follows if anything is moved."),
    _l("If you cannot come, give the place back, so that somebody else can have it."),
)
_opens(
    "visit-waitlisted",
    _l("when no place on a visit is left and somebody waits"),
    _l("You are on the waiting list of the visit: {visit}"),
    _l("No place is left at present. People who signed up together get places together, or wait together."),
    _l("Places that come free are offered strictly in the order of the list. We write when it is your turn."),
)
_opens(
    "visit-offered",
    _l("when a place on a visit is held for somebody who waits"),
    _l("A place on the visit is held for you: {visit}"),
    _l("It is your turn. Take the place or decline it; after the time below it goes to the next in line."),
)
_opens(
    "visit-offer-passed",
    _l("when the offer of a place on a visit stayed without an answer"),
    _l("Your offer of a place has passed: {visit}"),
    _l("We had no answer in time, so the place went to the next in line."),
    _l("You are still on the waiting list, at the end of it. A second offer without an answer ends your wait."),
)
_opens(
    "visit-expired",
    _l("when the second offer of a place on a visit stayed without an answer"),
    _l("You are no longer on the waiting list of the visit: {visit}"),
    _l("Two offers of a place stayed without an answer. While the list is open you can sign up again."),
)
_opens(
    "visit-given-back",
    _l("when a place on a visit, or a turn for one, was given back"),
    _l("You are no longer signed up for the visit: {visit}"),
    _l("It is taken out of your calendar. While the list is open you can sign up again."),
)
_opens(
    "visit-cancelled",
    _l("when the organisers have cancelled a visit, or the place of somebody on it"),
    _l("Cancelled by the organisers: {visit}"),
    _l("You cannot take part in this visit. It is taken out of your calendar, and the time is yours again."),
)
_opens(
    "visit-changed",
    _l("when the time, the place or the rules of a visit are new for somebody who has a place on it"),
    _l("The visit has changed: {visit}"),
    _l("Your place is certain still. Your calendar follows. This is how it is now:"),
)


DATED = frozenset({"visit allocated", "visit given back", "visit cancelled", "visit changed"})
"""Kinds that bring the calendar's entry, or call it off."""


def tell(kind: str, sign_up: SignUp, now: datetime, *, who: str, sayer: Sayer = sayer) -> None:
    """Post one of `BELOW` to the person; for somebody without an address, to those who answer for the city."""
    delegate = sign_up.delegate
    letter = made(kind, sign_up, who, sayer)
    if delegate.email:
        post(letter, now)
        return
    for focal in notices.focal_points(delegate.delegation_id):
        passed = passing_on.to_focal(letter.facts, letter, focal)
        if passed is not None:
            post(passed, now)


def made(kind: str, sign_up: SignUp, who: str, sayer: Sayer = sayer) -> Letter:
    """The letter itself. The sign-up is loaded with its visit, vehicle and person."""
    delegate, visit = sign_up.delegate, sign_up.visit
    event = delegate.event
    return Letter(
        kind=kind,
        key=f"{kind}/{event.slug}/{delegate.reference}/{visit.code}/{sign_up.version}",
        to=delegate.email,
        to_name=delegate.name,
        facts=facts_of(sign_up, delegate, visit, sayer) | {"by": who, "entry": sign_up.told if kind in DATED else None},
        language=delegate.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
        until=sign_up.offered_until if kind == "visit offered" else None,
    )


def facts_of(sign_up: SignUp, delegate: Delegate, visit: Visit, sayer: Sayer = sayer) -> dict[str, Any]:
    """What letters about this sign-up speak of, frozen now. Of access needs they say nothing."""
    span, until = visit.span(visit.event.zone), sign_up.offered_until
    vehicle, say = sign_up.vehicle, sayer(visit.event, delegate.language)
    return notices.facts_of(delegate) | {
        "calendar": sign_up.uid,
        "visit": say(visit, "title"),
        "day": visit.day.isoformat() if visit.day else "",
        "leaves": span[0].isoformat() if span else "",
        "returns": span[1].isoformat() if span else "",
        "before": visit.before,
        "meeting_point": say(visit, "meeting_point"),
        "map_link": visit.map_link,
        "shoes": visit.shoes,
        "no_photos": visit.no_photos,
        "identity_papers": visit.identity_papers,
        "rules": say(visit, "rules"),
        "vehicle": vehicle.name if vehicle else "",
        "leader": ", ".join(each for each in (vehicle.leader, vehicle.phone) if each) if vehicle else "",
        "until": until.isoformat() if until else "",
        "comment": sign_up.comment,
    }


def when(facts: Facts) -> str:
    """ "Monday 27 February 2023, 09:00-11:30 (Tokyo)", as far as it is known."""
    zone = facts["zone"]
    if not facts["day"]:
        return str(_("to be announced"))
    day = day_full(date.fromisoformat(facts["day"]))
    if not facts["leaves"]:
        return str(_("%(day)s, time to be announced", day=day))
    hours = (clock_time(datetime.fromisoformat(facts[each]), zone) for each in ("leaves", "returns"))
    said = {"day": day, "hours": "–".join(hours), "zone": zone_name(zone)}
    return str(_("%(day)s, %(hours)s (%(zone)s)", **said))


def _about(facts: Facts) -> Rows:
    return [
        (_("Name"), _("%(name)s, %(city)s", name=facts["called"], city=facts["city"])),
        (_("Visit"), facts["visit"]),
        (_("When"), when(facts)),
    ]


def _gathering(facts: Facts) -> Rows:
    """Where to be and when, and what to bring."""
    rows: Rows = []
    if facts["meeting_point"]:
        rows.append((_("Meeting point"), [each for each in (facts["meeting_point"], facts["map_link"]) if each]))
    if facts["leaves"]:
        at = datetime.fromisoformat(facts["leaves"]) - timedelta(minutes=facts["before"])
        rows.append((_("Be there at"), moment(at, facts["zone"])))
    if facts["vehicle"]:
        rows.append((_("Vehicle"), [each for each in (facts["vehicle"], facts["leader"]) if each]))
    if asked := rules(facts):
        rows.append((_("Please mind"), asked))
    return rows


def rules(facts: Facts) -> list[str]:
    """What the host asks for, a line each."""
    said = [facts["shoes"]]
    if facts["identity_papers"]:
        said.append(_("Bring an identity document."))
    if facts["no_photos"]:
        said.append(_("No photographs may be taken."))
    return [each for each in (*said, facts["rules"]) if each]


def _placed(facts: Facts) -> Rows:
    return [*_about(facts), *_gathering(facts)]


def _offered(facts: Facts) -> Rows:
    at = datetime.fromisoformat(facts["until"])
    times = list(dict.fromkeys(moment(at, zone) for zone in (facts["zone"], facts["own_zone"])))
    return [*_about(facts), (_("Take it by"), times)]


def _cancelled(facts: Facts) -> Rows:
    return [*_about(facts), *([(_("Reason"), spoken(facts["comment"]))] if facts["comment"] else [])]


BELOW: dict[str, Callable[[Facts], Rows]] = {
    "visit allocated": _placed,
    "visit waitlisted": _about,
    "visit offered": _offered,
    "visit offer passed": _about,
    "visit expired": _about,
    "visit given back": _about,
    "visit cancelled": _cancelled,
    "visit changed": _placed,
}
"""What stands below the opening words, by kind of letter; the opening has its name, with dashes for blanks."""


def _news(kind: str, facts: Facts) -> News:
    values = {**said_of(facts), "visit": facts["visit"], "when": when(facts)}
    return News(begin(kind.replace(" ", "-"), facts, values), BELOW[kind](facts), [])


def _renderer(kind: str) -> Callable[[Facts, str], Rendered]:
    def render(facts: Facts, language: str) -> Rendered:
        secret = page_secret(facts["uid"], facts["link_generation"])
        words = _("Take or decline the place") if kind == "visit offered" else _("Your visits")
        ways = [(words, absolute("my_visits.page", token=secret))]
        letter = written(_news(kind, facts), ways, facts, facts["called"], language)
        return replace(letter, attachments=snapshot(facts, facts["calendar"], language))

    return render


def _passed(kind: str) -> Callable[[Facts], News]:
    return lambda facts: _news(kind, facts)


for _kind in BELOW:
    renders(_kind)(_renderer(_kind))
    passing_on.ABOUT[_kind] = _passed(_kind)
