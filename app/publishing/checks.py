"""What to look at before a programme is published. Rooms that know more hang their judges on `JUDGES`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.agenda.models import Appearance, Session
from app.db import db
from app.delegations.models import TAKES_PART, Delegation
from app.network.models import Member


@dataclass(frozen=True)
class Finding:
    """One thing to look at; `key` tells it from all others, and is another when it becomes worse."""

    key: str
    code: str
    """Of the session it is in; empty when it is in none."""
    title: str
    words: str = ""


@dataclass(frozen=True)
class Check:
    """One question put to a draft, and what was found. What is `grave` is published only with a reason."""

    name: str
    question: str
    findings: tuple[Finding, ...]
    grave: bool = False
    mend: str = "agenda.table"
    """The address, by its name, of the page where all of them can be mended."""

    @property
    def by_session(self) -> list[tuple[str, str, list[str]]]:
        """(code, title, words) of each session in which something was found; of what is in none by title, without a
        code."""
        found: dict[str, tuple[str, str, list[str]]] = {}
        for each in self.findings:
            *_whose, words = found.setdefault(each.code or each.title, (each.code, each.title, []))
            words += [each.words] if each.words else []
        return list(found.values())


Judge = Callable[[int], Iterable[Check]]
"""Asks its questions of the draft of an event (its id), in the transaction that publishes too: so it must be quick."""


def check(event_id: int) -> list[Check]:
    """All questions, with what was found to each, the grave ones first."""
    found = [each for judge in JUDGES for each in judge(event_id)]
    return sorted(found, key=lambda each: not each.grave)


def grave(event_id: int) -> list[Finding]:
    """What may be published only if a reason is given (rule 9.7 of the domain)."""
    return [finding for each in check(event_id) if each.grave for finding in each.findings]


def unconfirmed(event_id: int) -> Iterable[Check]:
    """Cities in sessions that take place, which have not said that they will speak. One query."""
    rows = db.session.execute(
        select(Session.code, Session.title, Member.name)
        .select_from(Appearance)
        .join(Session)
        .join(Delegation, Appearance.delegation_id == Delegation.id)
        .join(Member)
        .where(Session.event_id == event_id, Session.cancelled.is_(False), Delegation.answer.in_(TAKES_PART))
        .where(Appearance.confirmed.is_(False))
        .order_by(Session.position, Session.id, Appearance.position)
    )
    found = tuple(Finding(f"{code}/{city}", code, title, city) for code, title, city in rows)
    yield Check("unconfirmed", _("Cities that have not confirmed their part"), found, mend="cities.board")


JUDGES: list[Judge] = [unconfirmed]
