"""What a focal point's page says: where the delegation stands, who its people are, what is owed and by when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from app.db import db
from app.delegations import wishing
from app.delegations.deadlines import Limit, Limits
from app.delegations.models import STANDING, Answer, Delegation
from app.delegations.wishing import Told
from app.events.models import Due, Event, Mode
from app.publishing import personal
from app.publishing.service import programme_of
from app.registration import approving
from app.registration.approving import Lack, Lacking
from app.registration.models import ENDED, Capacity, Delegate, State
from app.web.wording import language


@dataclass(frozen=True)
class Task:
    """Something the city owes, or may still do until a moment."""

    words: str
    done: bool
    limit: Limit | None
    endpoint: str = ""
    """The page of the office where it is done; empty: there is none."""
    label: str = ""
    """The words of the link to that page."""


def people(delegation_id: int) -> list[Delegate]:
    """Everybody of the delegation, those who no longer come last. One query."""
    found = select(Delegate).where(Delegate.delegation_id == delegation_id).order_by(Delegate.id)
    return sorted(db.session.execute(found).scalars(), key=lambda each: (each.state in ENDED, each.id))


def tasks(delegation: Delegation, limits: Limits, rows: Collection[Delegate]) -> list[Task]:
    """What is owed and by when, in the order of the deadlines' kinds; nothing for a city that does not take part."""
    if delegation.answer not in STANDING:
        return []
    present = [each for each in rows if each.state not in ENDED]
    head = any(each.role == Capacity.HEAD for each in present)
    only_video = {each.mode for each in delegation.modes} == {Mode.VIDEO}
    waiting = sum(each.state in {State.NOMINATED, State.RETURNED} for each in present)
    said = ngettext("%(num)s person has not filled in the form", "%(num)s people have not filled in the form", waiting)
    found = [
        Task(_("Say who comes"), bool(present) or only_video, limits.get(Due.NOMINATION)),
        Task(_("Name the head of your delegation"), head or only_video, limits.get(Due.HEAD)),
    ]
    if present:
        word = said if waiting else _("Everybody’s form is filled in")
        found.append(Task(word, not waiting, limits.get(Due.CONFIRMATION)))
    if delegation.letter_required:
        word = _("Hand in the letter of authority")
        found.append(Task(word, delegation.letter_id is not None, None, "office.letter", _("Hand it in")))
    return found


@dataclass(frozen=True)
class Step:
    """Something to do before the delegation is sent or approved: a sentence, and where it is done."""

    words: str
    endpoint: str
    label: str
    keeps_back: bool
    """Without it the delegation cannot even be sent."""


@dataclass(frozen=True)
class Sending:
    """What the page says of sending the delegation to the organisers."""

    open: bool
    """The city has not sent it, or got it back."""
    steps: list[Step]

    @property
    def possible(self) -> bool:
        return self.open and not any(each.keeps_back for each in self.steps)


def sending(delegation: Delegation, rows: Collection[Delegate]) -> Sending:
    """Whether the delegation can be sent, and what is still missing before it can be sent or approved."""
    if delegation.answer not in STANDING - {Answer.APPROVED}:
        return Sending(False, [])
    found = approving.lacks(delegation, rows)
    back = approving.keeps_back(found)
    return Sending(approving.may_send(delegation), [_step(each, each in back) for each in found])


def _step(each: Lacking, keeps_back: bool) -> Step:
    endpoint, label = {
        Lack.PEOPLE: ("people.name", _("Name a person")),
        Lack.HEAD: ("office.page", _("Choose the head among your people")),
        Lack.LETTER: ("office.letter", _("Hand in the letter")),
        Lack.FORMS: ("office.page", _("See who has not filled in the form")),
    }[each.lack]
    return Step(approving.sentence(each), endpoint, label, keeps_back)


def present(delegation_id: int) -> int:
    """How many people would lose their place if the city withdrew."""
    ask = select(func.count()).where(Delegate.delegation_id == delegation_id, Delegate.state.not_in(ENDED))
    return db.session.execute(ask).scalar_one()


def sessions(delegation: Delegation) -> list[str]:
    """The titles of the sessions in which the city appears, as its people are told of them: by the current release."""
    programme = programme_of(delegation.event)
    if programme is None:
        return []
    told = programme.spoken(language())
    return [each.title for each in personal.own_sessions(told, delegation.member.slug) if not each.cancelled]


def themes(event: Event) -> dict[str, str]:
    """Slug -> name of the themes that cities may know of: those that were published.

    While nothing is published, as the organisers have them, since cities are asked before an agenda stands.
    """
    programme = programme_of(event)
    if programme is None:
        return wishing.themes_of(event.id)
    return {each.slug: each.name for each in programme.spoken(language()).themes}


def wishes(delegation: Delegation, known: Mapping[str, str]) -> list[Told]:
    """What the city asks of the agenda, in the names of themes that it knows; nothing of one that takes no part."""
    told = wishing.listed(delegation.event_id, delegation.id)
    return [replace(each, themes={slug: known[slug] for slug in each.themes if slug in known}) for each in told]


def may_answer(delegation: Delegation, limits: Limits, now: datetime) -> bool:
    """Whether the invitation can be answered: it is open, or has lapsed by a soft deadline."""
    limit = limits.get(Due.ANSWER)
    over = limit is not None and limit.over(now)
    if delegation.answer == Answer.INVITED:
        return not (over and limit is not None and limit.hard)
    return delegation.answer == Answer.LAPSED and limit is not None and not (over and limit.hard)
