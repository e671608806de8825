"""What the letters about a registration's way say, state by state; notices.py posts and renders them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.outbox import Beginning, Opening, Rendered, begin, compose, opens
from app.registration import letters
from app.registration.letters import Rows
from app.registration.models import Capacity, Rank
from app.sentences import spoken
from app.web.wording import moment

Facts = Mapping[str, Any]
Ways = list[tuple[str, str]]


@dataclass(frozen=True)
class News:
    """What one letter says: how it begins, its facts and its ways on (words, name of the page)."""

    lead: Beginning
    rows: Rows
    ways: Ways


ROLES = {
    Capacity.HEAD: _l("head of delegation"),
    Capacity.DEPUTY: _l("deputy head"),
    Capacity.DELEGATE: _l("delegate"),
    Capacity.ADVISER: _l("adviser"),
    Capacity.INTERPRETER: _l("interpreter"),
    Capacity.PROTOCOL: _l("protocol"),
    Capacity.SECURITY: _l("security"),
    Capacity.MEDIA: _l("media officer"),
    Capacity.COMPANION: _l("accompanying person"),
}


def role_word(role: Capacity | str) -> str:
    """A role in a delegation as people read it."""
    return str(ROLES[Capacity(role)])


def rank_word(rank: Rank | str) -> str:
    """The rank of a person at home as people read it."""
    said: dict[str, str] = {
        Rank.LEADER: _("leader"),
        Rank.DEPUTY_LEADER: _("deputy leader"),
        Rank.MINISTER: _("minister-level"),
        Rank.SENIOR: _("senior official"),
        Rank.OFFICIAL: _("official"),
        Rank.EXPERT: _("expert"),
        Rank.OTHER: _("other"),
    }
    return said[rank]


BY = {"by": _l("who did it")}
ROLE = {"role": _l("their role in the delegation")}


def _opens(name: str, when: Any, subject: Any, *paragraphs: Any, more: Mapping[str, Any] | None = None) -> None:
    opens(Opening(name, letters.TO_PERSON, when, subject, paragraphs, {**letters.OFFERS, **(more or {})}))


_opens(
    "nominated",
    _l("when a city has named somebody"),
    _l("You are nominated for {summit}"),
    _l("{by} has named you for the delegation of {city} to {summit} and gave us what stands below."),
    _l("Please complete your registration. You can save it half-way and go on with it on another device."),
    _l("If you do not want to take part, or that we hold this, object: your registration then ends."),
    more=BY | ROLE,
)
_opens(
    "submitted",
    _l("when a registration waits for the city’s office"),
    _l("We have your registration: {summit}"),
    _l("It is with the office of {city} now, which has to agree to it."),
    _l("This is no confirmation: please book nothing yet. A letter tells you what was decided."),
)
_opens(
    "endorsed",
    _l("when a registration waits for the organisers"),
    _l("Your registration is with the organisers: {summit}"),
    _l("{city} stands for your registration. Now the organisers decide."),
    _l("This is no confirmation: please book nothing yet. A letter tells you what was decided."),
)
_opens(
    "returned",
    _l("when a registration was returned with a comment"),
    _l("Please look at your registration again: {summit}"),
    _l("It was returned to you with a comment. Mend what it says and send it again; all you typed is kept."),
)
_opens(
    "refused",
    _l("when the city’s office did not agree"),
    _l("Your city did not agree to your registration: {summit}"),
    _l("The office of {city} gives this reason. Questions are best put there."),
)
_opens(
    "rejected",
    _l("when the organisers did not accept a registration"),
    _l("Your registration was rejected: {summit}"),
    _l("The organisers could not accept it, for this reason:"),
)
_opens(
    "waitlisted",
    _l("when no place is left and somebody waits"),
    _l("You are on the waiting list: {summit}"),
    _l("Your registration is in order, but no place is left at present."),
    _l("Places that come free are offered strictly in the order of the list. We write when it is your turn."),
)
_opens(
    "offered",
    _l("when a place is held for somebody who waits"),
    _l("A place is held for you: {summit}"),
    _l("It is your turn on the waiting list. Take the place or decline it; after this time it goes to the next."),
)
_opens(
    "offer-passed",
    _l("when an offer stayed without an answer"),
    _l("Your offer has passed: {summit}"),
    _l("We had no answer in time, so the place went to the next in line."),
    _l("You are still on the waiting list, at the end of it. A second offer without an answer ends your wait."),
)
_opens(
    "expired",
    _l("when the second offer stayed without an answer"),
    _l("You are no longer on the waiting list: {summit}"),
    _l("Two offers of a place went unanswered. Should you want to come after all, write to us."),
)
_opens(
    "removed",
    _l("when the city’s office has withdrawn somebody"),
    _l("Your city has withdrawn your registration: {summit}"),
    _l("{by} did this for {city}. Questions are best put there."),
    more=BY,
)
_opens(
    "cancelled",
    _l("when the organisers have cancelled a registration"),
    _l("Your registration was cancelled: {summit}"),
    _l("The organisers had to cancel it. Any days in your calendar are called off."),
)
_opens(
    "replaced",
    _l("when the place went to another person of the city"),
    _l("Your registration no longer stands: {summit}"),
    _l("The office of {city} has given the place to somebody else."),
)
_opens(
    "new-role",
    _l("when somebody’s role in the delegation is new"),
    _l("You have a new role in the delegation of {city}"),
    _l("You are entered as: {role}. Everything else of your registration stays as it is."),
    more=BY | ROLE,
)


def _nominated(facts: Facts) -> tuple[Rows, Ways]:
    held: Rows = [
        (_("Position"), facts["position"]),
        (_("Email"), facts["email"]),
        (_("Role"), role_word(facts["role"])),
    ]
    if facts["rank"]:
        held.append((_("Rank"), rank_word(facts["rank"])))
    if facts["relation"]:
        held.append((_("Tie to the city"), facts["relation"]))
    ways = [(_("Complete your registration"), "mypage.complete"), (_("Object"), "mypage.withdraw")]
    return [*person(facts), *held], ways


def _underway(facts: Facts) -> tuple[Rows, Ways]:
    return person(facts), [(_("See where it stands"), "mypage.page")]


def _returned(facts: Facts) -> tuple[Rows, Ways]:
    rows = [*person(facts), (_("Comment"), facts["comment"])]
    return rows, [(_("Mend your registration"), "mypage.complete")]


def _over(facts: Facts) -> tuple[Rows, Ways]:
    return [*person(facts), *reason(facts)], []


def _waitlisted(facts: Facts) -> tuple[Rows, Ways]:
    ways = [(_("See where it stands"), "mypage.page"), (_("Take part in another way"), "mypage.change")]
    return person(facts), ways


def _offered(facts: Facts) -> tuple[Rows, Ways]:
    rows = [*person(facts), (_("Take it by"), _both_zones(facts))]
    return rows, [(_("Take or decline the place"), "mypage.offer")]


def _new_role(facts: Facts) -> tuple[Rows, Ways]:
    rows = [*person(facts), (_("Changed by"), spoken(facts["by"]))]
    return rows, [(_("See your registration"), "mypage.page")]


BELOW: dict[str, Callable[[Facts], tuple[Rows, Ways]]] = {
    "nominated": _nominated,
    "submitted": _underway,
    "endorsed": _underway,
    "returned": _returned,
    "refused": _over,
    "rejected": _over,
    "waitlisted": _waitlisted,
    "offered": _offered,
    "offer passed": _underway,
    "expired": lambda facts: (person(facts), []),
    "removed": _over,
    "cancelled": _over,
    "replaced": lambda facts: (person(facts), []),
    "new role": _new_role,
}
"""What stands below the opening words, by kind of letter; the opening has its name, with a dash for a blank."""


def news_of(kind: str, facts: Facts) -> News:
    """What the letter of this kind says to the person."""
    values = {**letters.said_of(facts), "by": facts.get("by", ""), "role": role_word(facts["role"])}
    return News(begin(kind.replace(" ", "-"), facts, values), *BELOW[kind](facts))


def person(facts: Facts) -> Rows:
    """Who it is, how they take part, and when the summit is."""
    return [*letters.rows_of(facts), (_("Days"), letters.days_of(facts))]


def reason(facts: Facts) -> Rows:
    return [(_("Reason"), facts["comment"])] if facts["comment"] else []


def written(news: News, ways: list[tuple[str, str]], facts: Facts, to_name: str, language: str) -> Rendered:
    """The letter itself. `ways`: (words, address)."""
    text, html = compose(
        "news",
        language,
        summit=facts["summit"],
        note=facts["note"],
        to_name=to_name,
        contact=facts["reply_to"],
        lead=news.lead,
        rows=news.rows,
        ways=ways,
    )
    return Rendered(news.lead.subject, text, html)


def _both_zones(facts: Facts) -> list[str]:
    """A moment on the clocks of the summit, and on the person's own where those differ; own clocks lead away from the
    venue."""
    at = datetime.fromisoformat(facts["until"])
    zones = facts["zone"], facts["own_zone"]
    return list(dict.fromkeys(moment(at, zone) for zone in (zones if facts["mode"] == "venue" else zones[::-1])))
