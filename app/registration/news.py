"""What the letters about a registration's way say, state by state; notices.py posts and renders them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from app.events.words import mode_word
from app.outbox import Rendered, compose
from app.registration.models import Capacity, Rank
from app.web.wording import moment, span_of_days, zone_name

Facts = Mapping[str, Any]
Rows = list[tuple[str, str | list[str]]]


@dataclass(frozen=True)
class News:
    """What one letter says: its heading, sentences, facts and ways on (words, name of the page)."""

    heading: str
    sentences: list[str]
    rows: Rows
    ways: list[tuple[str, str]]


def role_word(role: Capacity | str) -> str:
    """A role in a delegation as people read it."""
    said: dict[str, str] = {
        Capacity.HEAD: _("head of delegation"),
        Capacity.DEPUTY: _("deputy head"),
        Capacity.DELEGATE: _("delegate"),
        Capacity.ADVISER: _("adviser"),
        Capacity.INTERPRETER: _("interpreter"),
        Capacity.PROTOCOL: _("protocol"),
        Capacity.SECURITY: _("security"),
        Capacity.MEDIA: _("media officer"),
        Capacity.COMPANION: _("accompanying person"),
    }
    return said[role]


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


def _nominated(facts: Facts) -> News:
    at = {"city": facts["city"], "summit": facts["summit"], "by": facts["by"]}
    held: Rows = [
        (_("Position"), facts["position"]),
        (_("Email"), facts["email"]),
        (_("Role"), role_word(facts["role"])),
    ]
    if facts["rank"]:
        held.append((_("Rank"), rank_word(facts["rank"])))
    if facts["relation"]:
        held.append((_("Tie to the city"), facts["relation"]))
    return News(
        _("You are nominated for %(summit)s", summit=facts["summit"]),
        [
            _("%(by)s has named you for the delegation of %(city)s to %(summit)s and gave us what stands below.", **at),
            _("Please complete your registration. You can save it half-way and go on with it on another device."),
            _("If you do not want to take part, or that we hold this, object: your registration then ends."),
        ],
        [*person(facts), *held],
        [(_("Complete your registration"), "mypage.complete"), (_("Object"), "mypage.withdraw")],
    )


def _submitted(facts: Facts) -> News:
    return News(
        _("We have your registration: %(summit)s", summit=facts["summit"]),
        [
            _("It is with the office of %(city)s now, which has to agree to it.", city=facts["city"]),
            _("This is no confirmation: please book nothing yet. A letter tells you what was decided."),
        ],
        person(facts),
        [(_("See where it stands"), "mypage.page")],
    )


def _endorsed(facts: Facts) -> News:
    return News(
        _("Your registration is with the organisers: %(summit)s", summit=facts["summit"]),
        [
            _("%(city)s stands for your registration. Now the organisers decide.", city=facts["city"]),
            _("This is no confirmation: please book nothing yet. A letter tells you what was decided."),
        ],
        person(facts),
        [(_("See where it stands"), "mypage.page")],
    )


def _returned(facts: Facts) -> News:
    return News(
        _("Please look at your registration again: %(summit)s", summit=facts["summit"]),
        [_("It was returned to you with a comment. Mend what it says and send it again; all you typed is kept.")],
        [*person(facts), (_("Comment"), facts["comment"])],
        [(_("Mend your registration"), "mypage.complete")],
    )


def _refused(facts: Facts) -> News:
    return News(
        _("Your city did not agree to your registration: %(summit)s", summit=facts["summit"]),
        [_("The office of %(city)s gives this reason. Questions are best put there.", city=facts["city"])],
        [*person(facts), (_("Reason"), facts["comment"])],
        [],
    )


def _rejected(facts: Facts) -> News:
    return News(
        _("Your registration was rejected: %(summit)s", summit=facts["summit"]),
        [_("The organisers could not accept it, for this reason:")],
        [*person(facts), (_("Reason"), facts["comment"])],
        [],
    )


def _waitlisted(facts: Facts) -> News:
    return News(
        _("You are on the waiting list: %(summit)s", summit=facts["summit"]),
        [
            _("Your registration is in order, but no place is left at present."),
            _("Places that come free are offered strictly in the order of the list. We write when it is your turn."),
        ],
        person(facts),
        [(_("See where it stands"), "mypage.page"), (_("Take part in another way"), "mypage.change")],
    )


def _offered(facts: Facts) -> News:
    return News(
        _("A place is held for you: %(summit)s", summit=facts["summit"]),
        [_("It is your turn on the waiting list. Take the place or decline it; after this time it goes to the next.")],
        [*person(facts), (_("Take it by"), _both_zones(facts))],
        [(_("Take or decline the place"), "mypage.offer")],
    )


def _offer_passed(facts: Facts) -> News:
    return News(
        _("Your offer has passed: %(summit)s", summit=facts["summit"]),
        [
            _("We had no answer in time, so the place went to the next in line."),
            _("You are still on the waiting list, at the end of it. A second offer without an answer ends your wait."),
        ],
        person(facts),
        [(_("See where it stands"), "mypage.page")],
    )


def _expired(facts: Facts) -> News:
    return News(
        _("You are no longer on the waiting list: %(summit)s", summit=facts["summit"]),
        [_("Two offers of a place stayed without an answer. Should you want to come after all, write to us.")],
        person(facts),
        [],
    )


def _removed(facts: Facts) -> News:
    return News(
        _("Your city has withdrawn your registration: %(summit)s", summit=facts["summit"]),
        [_("%(by)s did this for %(city)s. Questions are best put there.", by=facts["by"], city=facts["city"])],
        [*person(facts), *reason(facts)],
        [],
    )


def _cancelled(facts: Facts) -> News:
    return News(
        _("Your registration was cancelled: %(summit)s", summit=facts["summit"]),
        [_("The organisers had to cancel it. Any days in your calendar are called off.")],
        [*person(facts), *reason(facts)],
        [],
    )


def _replaced(facts: Facts) -> News:
    return News(
        _("Your registration no longer stands: %(summit)s", summit=facts["summit"]),
        [_("The office of %(city)s has given the place to somebody else.", city=facts["city"])],
        person(facts),
        [],
    )


def _new_role(facts: Facts) -> News:
    role = role_word(facts["role"])
    return News(
        _("Your role in the delegation of %(city)s is new", city=facts["city"]),
        [_("You are entered as: %(role)s. Everything else of your registration stays as it is.", role=role)],
        [*person(facts), (_("Changed by"), facts["by"])],
        [(_("See your registration"), "mypage.page")],
    )


WORDS: dict[str, Callable[[Facts], News]] = {
    "nominated": _nominated,
    "submitted": _submitted,
    "endorsed": _endorsed,
    "returned": _returned,
    "refused": _refused,
    "rejected": _rejected,
    "waitlisted": _waitlisted,
    "offered": _offered,
    "offer passed": _offer_passed,
    "expired": _expired,
    "removed": _removed,
    "cancelled": _cancelled,
    "replaced": _replaced,
    "new role": _new_role,
}


def person(facts: Facts) -> Rows:
    days = span_of_days(date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"]))
    return [
        (_("Name"), f"{facts['called']}, {facts['city']}"),
        (_("Reference"), facts["reference"]),
        (_("Way of taking part"), mode_word(facts["mode"])),
        (_("Days"), _("%(days)s, %(zone)s time", days=days, zone=zone_name(facts["zone"]))),
    ]


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
        heading=news.heading,
        sentences=news.sentences,
        rows=news.rows,
        ways=ways,
    )
    return Rendered(news.heading, text, html)


def _both_zones(facts: Facts) -> list[str]:
    """A moment on the clocks of the summit, and on the person's own where those differ."""
    at = datetime.fromisoformat(facts["until"])
    return list(dict.fromkeys(moment(at, zone) for zone in (facts["zone"], facts["own_zone"])))
