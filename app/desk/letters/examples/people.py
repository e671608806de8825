"""Letters about one person: their registration, its changes, what waits for somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from app.desk.letters.examples.reader import Maker, Reader, copy, reason
from app.desk.outbox import letters as elsewhere
from app.events.models import Mode
from app.outbox import Letter, Message
from app.registration import letters, notices, participation, passing_on, replies
from app.registration.asked import Asked, Decider, Kind
from app.registration.models import Capacity, Delegate, State
from app.travel import letters as codes
from app.travel.models import Code
from app.travel.models import Kind as Told


def _gone(who: Reader, state: State) -> Delegate:
    """The person, who takes part no more, so that the letter calls the days off in their calendar."""
    gone = copy(who.delegate)
    gone.event, gone.delegation, gone.state = who.event, who.delegate.delegation, state
    gone.participation = participation.tell(gone, who.event, gone.delegation.member.name, who.now, cancelled=True)
    return gone


GONE = {"removed": State.WITHDRAWN, "cancelled": State.CANCELLED, "replaced": State.REPLACED}


def _news(kind: str, **more: Any) -> Maker:
    def make(who: Reader) -> Letter:
        whose = _gone(who, GONE[kind]) if kind in GONE else who.delegate
        made = notices.letter(kind, whose, who.by)
        until = (who.now + timedelta(days=3)).isoformat()
        comment = reason()
        return replace(made, facts={**made.facts, "until": until, "comment": comment, **more})

    return make


def _moved(state: State) -> Maker:
    def make(who: Reader) -> Letter:
        made = notices.to_focal(who.delegate, who.focal, who.by)
        comment = reason() if state in notices.REASONED else ""
        return replace(made, facts={**made.facts, "state": state.value, "comment": comment})

    return make


def _reply(kind: str) -> Maker:
    def make(who: Reader) -> Letter:
        other = Mode.ONLINE if who.delegate.mode == Mode.VENUE else Mode.VENUE
        row = Asked(
            id=1,
            kind=Kind.MODE,
            before=who.delegate.mode.value,
            wanted=other.value,
            asked_by=who.delegate.name,
            decided_by=who.by,
            decider=Decider.CITY,
            reason=reason(),
        )
        return replies.letter(kind, row, who.delegate, who.focal)

    return make


def _passed_on(who: Reader) -> Letter:
    made = passing_on.to_focal(notices.facts_of(who.delegate), letters.confirmation(who.delegate), who.focal)
    if made is None:
        raise LookupError("nothing of a confirmation is private")
    return made


def _changed(who: Reader) -> Letter:
    return letters.changed(who.delegate, {"position": (str(_("Councillor")), who.delegate.position)})


def _redirected(who: Reader) -> Letter:
    went = Message(id=0, to=who.delegate.email, to_name=who.delegate.name, language=who.delegate.language)
    return elsewhere.redirected(went, who.event, who.by)


def _code(who: Reader) -> Letter:
    row = Code(kind=Told.TRAVEL, salt="example", until=who.now + timedelta(minutes=10))
    return codes.code(who.delegate, row, who.delegate.email)


MADE: dict[str, Maker] = {
    "confirmation": lambda who: letters.confirmation(who.delegate),
    "changed": _changed,
    "address-changed": lambda who: letters.address_changed(who.delegate, who.delegate.email),
    "withdrawn": lambda who: letters.withdrawn(_gone(who, State.WITHDRAWN)),
    **{each: _news(each) for each in ("nominated", "submitted", "endorsed", "returned", "refused", "rejected")},
    **{each: _news(each) for each in ("waitlisted", "offered", "expired", "removed", "cancelled", "replaced")},
    "offer-passed": _news("offer passed"),
    "new-role": _news("new role", role=Capacity.HEAD.value),
    **{opening.name: _moved(state) for state, opening in notices.MOVED.items()},
    "change-asked": _reply("change asked"),
    "change-granted": _reply("change granted"),
    "change-refused": _reply("change refused"),
    "passed-on": _passed_on,
    "private-code": _code,
    "redirected": _redirected,
}
