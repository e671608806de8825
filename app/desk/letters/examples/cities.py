"""Letters to those who answer for a city, about its invitation and what it owes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.delegations import letters as office
from app.delegations.models import Answer
from app.desk.letters.examples.reader import Maker, Reader, limit, reason
from app.events.models import Mode
from app.outbox import Letter


def _answered(answer: Answer) -> Maker:
    def make(who: Reader) -> Letter:
        made = office.answered(who.focal, who.by)
        why = reason() if answer == Answer.DECLINED else ""
        return replace(made, facts={**made.facts, "answer": answer.value, "reason": why})

    return make


def _delegation(what: str, **more: Any) -> Maker:
    def make(who: Reader) -> Letter:
        facts = dict(more)
        if "until" in facts:
            facts["until"] = limit(who).at.isoformat()
        return office.told(who.focal, what, who.by, **facts)

    return make


def _owed(who: Reader) -> Letter:
    due = limit(who).at.isoformat()
    items = [
        {"what": "people", "number": 0, "due": due, "over": False},
        {"what": "forms", "number": 2, "due": "", "over": False},
    ]
    return office.owed(who.focal, items, "example")


MADE: dict[str, Maker] = {
    "invitation": lambda who: office.invitation(who.focal, limit(who)),
    "reminder": lambda who: office.reminder(who.focal, limit(who), "example"),
    "lapsed": lambda who: office.lapsed(who.focal, limit(who)),
    "owed": _owed,
    "answered-accepted": _answered(Answer.ACCEPTED),
    "answered-declined": _answered(Answer.DECLINED),
    "focal-point": lambda who: office.appointed(who.focal, who.by, limit(who)),
    "delegation-withdrawn": _delegation("withdrawn"),
    "delegation-cancelled": _delegation("cancelled"),
    "delegation-extended": _delegation("extended", until=""),
    "delegation-shortened": _delegation("shortened", until=""),
    "delegation-modes": _delegation("modes", modes=[Mode.VENUE.value, Mode.ONLINE.value]),
    "delegation-modes-refused": _delegation("modes refused", asked=[Mode.ONLINE.value], modes=[Mode.VENUE.value]),
    "delegation-submitted": _delegation("submitted"),
    "delegation-approved": _delegation("approved"),
    "delegation-returned": _delegation("returned"),
}
