"""What people and their focal points are told by mail of changes that were asked for: asked, granted, refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.delegations.models import FocalPoint, focal_secret
from app.events.models import Mode
from app.events.words import mode_word
from app.outbox import Letter, Opening, Rendered, begin, opens, post, renders
from app.registration import letters
from app.registration.asked import Asked, Decider, Kind
from app.registration.letters import Rows
from app.registration.models import Delegate, page_secret
from app.registration.news import Facts, News, person, role_word, written
from app.registration.notices import TO_FOCAL, facts_of, focal_points
from app.sentences import spoken
from app.web import absolute


def asked(row: Asked, delegate: Delegate, now: datetime) -> None:
    """Tell the city's focal points that they are asked to decide."""
    for focal in focal_points(delegate.delegation_id):
        post(letter("change asked", row, delegate, focal), now)


def granted(row: Asked, delegate: Delegate, now: datetime) -> None:
    """Tell the focal points; the person is told by the letter about the change itself."""
    for focal in focal_points(delegate.delegation_id):
        post(letter("change granted", row, delegate, focal), now)


def refused(row: Asked, delegate: Delegate, now: datetime) -> None:
    """Tell the person and the focal points, with the reason."""
    if delegate.email:
        post(letter("change refused", row, delegate), now)
    for focal in focal_points(delegate.delegation_id):
        post(letter("change refused", row, delegate, focal), now)


@dataclass(frozen=True)
class Line:
    """A change that waits, as pages show it."""

    row: Asked
    what: str
    before: str
    wanted: str
    decider: str
    """Who decides, in words."""

    @property
    def own(self) -> bool:
        """Whether it is the person's own to ask for; roles are asked for by the city."""
        return self.row.kind in {Kind.MODE, Kind.NAME}


def line(row: Asked) -> Line:
    """A change, whose person and city are loaded, in words."""
    city = row.delegate.delegation.member.name
    decider = _("the office of %(city)s", city=city) if row.decider == Decider.CITY else _("the organisers")
    wanted = row.delegate.name if row.kind == Kind.HEAD else value_word(row.kind, row.wanted)
    return Line(row, what_word(row.kind), value_word(row.kind, row.before), wanted, decider)


def what_word(kind: Kind | str) -> str:
    """What is to change, as people read it."""
    said: dict[str, str] = {
        Kind.MODE: _("way of taking part"),
        Kind.NAME: _("name"),
        Kind.ROLE: _("role in the delegation"),
        Kind.HEAD: _("head of delegation"),
    }
    return said[kind]


def value_word(kind: Kind | str, value: str) -> str:
    """A value of that as people read it."""
    if kind == Kind.MODE:
        return mode_word(Mode(value))
    if kind == Kind.ROLE:
        return role_word(value)
    return value or str(_("nobody"))


def letter(kind: str, row: Asked, delegate: Delegate, focal: FocalPoint | None = None) -> Letter:
    """What came of a change, to the person, or to one who answers for the city."""
    event = delegate.event
    told = {
        "what": row.kind.value,
        "wanted": delegate.name if row.kind == Kind.HEAD else row.wanted,
        "before": row.before,
        "asked_by": row.asked_by,
        "decided_by": row.decided_by,
        "reason": row.reason,
        "focal": focal.uid if focal else "",
        "focal_generation": focal.link_generation if focal else 0,
        "focal_name": focal.name if focal else "",
    }
    return Letter(
        kind=kind,
        key=f"{kind}/{event.slug}/{delegate.reference}/{row.id}/{focal.uid if focal else 'person'}",
        to=focal.email if focal else delegate.email,
        to_name=focal.name if focal else delegate.name,
        facts=facts_of(delegate) | told,
        language=focal.language if focal else delegate.language,
        event_id=event.id,
        reply_to=event.reply_to,
        sender_name=event.title,
    )


OPENINGS = (
    Opening(
        "change-asked",
        TO_FOCAL,
        _l("when a person asks for a change that the city’s office decides"),
        _l("{name} asks for a change"),
        (_l("What stood before stays until your office agrees. Please grant it, or refuse it with a reason."),),
        letters.OFFERS,
    ),
    Opening(
        "change-granted",
        TO_FOCAL,
        _l("when a change that was asked for is granted"),
        _l("A change is granted: {name}"),
        (_l("It is in force now."),),
        letters.OFFERS,
    ),
    Opening(
        "change-refused",
        _l("the person and the city’s focal points"),
        _l("when a change that was asked for is refused"),
        _l("A change is not granted: {name}"),
        (_l("Everything stays as it was. This reason was given:"),),
        letters.OFFERS,
    ),
)
for _opening in OPENINGS:
    opens(_opening)


def _asked(facts: Facts) -> Rows:
    return [*_change(facts), (_("Asked by"), spoken(facts["asked_by"]))]


def _granted(facts: Facts) -> Rows:
    return [*_change(facts), (_("Decided by"), spoken(facts["decided_by"]))]


def _refused(facts: Facts) -> Rows:
    return [(_("Reason"), facts["reason"]), *_change(facts), (_("Decided by"), spoken(facts["decided_by"]))]


def _change(facts: Facts) -> Rows:
    kind = facts["what"]
    was, wanted = (value_word(kind, facts[name]) for name in ("before", "wanted"))
    said: Any = _("%(wanted)s (before: %(was)s)", wanted=wanted, was=was)
    return [(what_word(kind)[:1].upper() + what_word(kind)[1:], said)]


def _renderer(name: str, rows: Callable[[Facts], Rows]) -> Callable[[Facts, str], Rendered]:
    def render(facts: Facts, language: str) -> Rendered:
        if facts["focal"]:
            page = absolute("office.page", token=focal_secret(facts["focal"], facts["focal_generation"]))
            ways, to_name = [(_("Open your delegation’s page"), page)], facts["focal_name"]
        else:
            page = absolute("mypage.page", token=page_secret(facts["uid"], facts["link_generation"]))
            ways, to_name = [(_("See your registration"), page)], facts["called"]
        lead = begin(name, facts, letters.said_of(facts))
        return written(News(lead, [*person(facts), *rows(facts)], []), ways, facts, to_name, language)

    return render


for _kind, _rows in {"change asked": _asked, "change granted": _granted, "change refused": _refused}.items():
    renders(_kind)(_renderer(_kind.replace(" ", "-"), _rows))
