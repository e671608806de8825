"""By what announcements are addressed: a list of criteria, on which later rooms hang theirs (`CRITERIA`).

Of one criterion any of the values asked for is enough; of several criteria each must hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.announcing.candidates import Candidate
from app.delegations.models import TAKES_PART, Answer
from app.events.models import Event, Mode
from app.events.words import MODES
from app.network.models import folded
from app.publishing import service as publishing
from app.publishing.personal import CLOSED, HEADS, appears
from app.publishing.programme import Programme, Session
from app.refused import Refused
from app.registration.models import Capacity, State

Has = Callable[[Candidate], Collection[str] | None]
"""Which values of one criterion hold for somebody; None: it says nothing of those like them."""
FOCAL = "focal point"


@dataclass(frozen=True)
class Criterion:
    """One thing by which to choose."""

    name: str
    """In forms and tables, one small word: "mode"."""
    label: Any
    choices: Callable[[Event], Mapping[str, Any]]
    """Its values -> their words."""
    has: Callable[[Event, Sequence[Candidate], datetime], Has]
    """Works out for all what holds for each. A fixed number of queries."""
    settles: str = ""
    """What need not be assumed any more when this is asked for: "answer" or "state" (`assumed`)."""
    hint: Any = ""


STATES = {
    State.NOMINATED: _l("Nominated"),
    State.SUBMITTED: _l("Submitted"),
    State.ENDORSED: _l("Endorsed"),
    State.RETURNED: _l("Returned"),
    State.WAITLISTED: _l("On the waiting list"),
    State.OFFERED: _l("Offered a place"),
    State.APPROVED: _l("Approved"),
    State.REFUSED: _l("Refused by the city"),
    State.REJECTED: _l("Rejected"),
    State.WITHDRAWN: _l("Withdrawn"),
    State.CANCELLED: _l("Cancelled"),
    State.REPLACED: _l("Replaced"),
    State.EXPIRED: _l("Let the offer pass"),
}
ROLES = {
    FOCAL: _l("Focal points"),
    Capacity.HEAD: _l("Heads of delegation"),
    Capacity.DEPUTY: _l("Deputy heads"),
    Capacity.DELEGATE: _l("Delegates"),
    Capacity.ADVISER: _l("Advisers"),
    Capacity.INTERPRETER: _l("Interpreters"),
    Capacity.PROTOCOL: _l("Protocol"),
    Capacity.SECURITY: _l("Security"),
    Capacity.MEDIA: _l("Media officers"),
    Capacity.COMPANION: _l("Accompanying people"),
}
ANSWERS = {
    Answer.DRAFT: _l("Not invited yet"),
    Answer.INVITED: _l("Invited, not answered"),
    Answer.ACCEPTED: _l("Accepted"),
    Answer.DECLINED: _l("Declined"),
    Answer.LAPSED: _l("Lapsed"),
    Answer.SUBMITTED: _l("Delegation submitted"),
    Answer.RETURNED: _l("Delegation returned"),
    Answer.APPROVED: _l("Delegation approved"),
    Answer.WITHDRAWN: _l("Withdrawn"),
    Answer.CANCELLED: _l("Cancelled"),
    Answer.CLOSED: _l("Closed"),
}


def assumed(settled: Collection[str], one: Candidate) -> bool:
    """What holds where nothing is said: of cities that take part, and no registration that has ended."""
    return ("answer" in settled or one.answer in TAKES_PART) and ("state" in settled or not one.ended)


def comes(one: Candidate) -> bool:
    """Whether they and their city take part: others may know of public sessions alone."""
    return assumed((), one)


def chosen(
    asked: Mapping[str, Collection[str]],
    has: Callable[[Criterion], Has],
    words_of: Callable[[Criterion], Mapping[str, Any]],
) -> Chosen:
    """What finds out of somebody why they are meant. A criterion or a value that is no more finds nobody."""
    known = {each.name: each for each in CRITERIA}
    wanted = {name: frozenset(values) for name, values in asked.items() if values}
    if wanted.keys() - known.keys():
        return lambda _one: None
    tests = [(has(known[name]), values, _said(words_of(known[name]), values)) for name, values in wanted.items()]
    settled = {known[name].settles for name in wanted}
    by_office = FOCAL in wanted.get("role", ())

    def why(one: Candidate) -> tuple[str, ...] | None:
        if not assumed(settled, one):
            return None
        found: list[str] = []
        for test, values, words in tests:
            holds = test(one)
            if holds is None and by_office:
                continue
            both = values & frozenset(holds or ())
            if not both:
                return None
            found += [word for value, word in words.items() if value in both]
        return tuple(found)

    return why


def _said(words: Mapping[str, Any], values: Collection[str]) -> dict[str, str]:
    """The words of these values in the reader's language, looked up once for everybody."""
    return {value: str(word) for value, word in words.items() if value in values}


Chosen = Callable[[Candidate], tuple[str, ...] | None]
"""Why somebody is meant, a word for each criterion that was asked for; None: they are not."""


def sound(event: Event, asked: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """What was ticked as it is stored: criteria and their values in their order. Refused on "only_session" and the like
    for a value that is no more: to leave it out would make the filter wider, and no filter at all is everybody."""
    found = {}
    for each in CRITERIA:
        ticked, choices = asked.get(each.name, ()), each.choices(event)
        if gone := next((value for value in ticked if value not in choices), ""):
            said = _("%(value)s is no longer there to choose by. Take its tick away, or choose another.", value=gone)
            raise Refused(said, f"only_{each.name}")
        if kept := [value for value in choices if value in ticked]:
            found[each.name] = kept
    return found


def in_words(event: Event, asked: Mapping[str, Collection[str]]) -> list[tuple[str, list[str]]]:
    """The filter as people read it: (criterion, its values)."""
    return [
        (str(each.label), [str(words.get(value, value)) for value in values])
        for each in CRITERIA
        if (values := asked.get(each.name)) and (words := each.choices(event)) is not None
    ]


def concerns(programme: Programme, session: Session, one: Candidate) -> bool:
    """Whether somebody appears in a session or is invited to it: those of the cities that stand in it, those whom it
    names, and heads where it is theirs. Nobody but the organisers may know of a closed one."""
    who = one.city, folded(one.name)
    return _concerns_city(programme, session, one.city, leads(one)) or who in _named(programme, session)


def _concerns_city(programme: Programme, session: Session, city: str, head: bool) -> bool:
    """Whether it concerns the people of a city as such; `head`: those who lead them."""
    seen_by = programme.visibility_of(session)
    return head if seen_by == HEADS else seen_by != CLOSED and appears(session, city)


def _named(programme: Programme, session: Session) -> set[tuple[str, str]]:
    """(city, name) of those whom a session names, as search sees names."""
    if programme.visibility_of(session) == CLOSED:
        return set()
    people = (programme.person[each.person] for each in session.appearances if each.person in programme.person)
    return {(each.city, folded(each.name)) for each in people if each.city}


def leads(one: Candidate) -> bool:
    """Whether sessions for heads are theirs: heads, and the offices that look after them."""
    return one.focal or one.role == Capacity.HEAD


def _sessions(event: Event) -> dict[str, Any]:
    programme = publishing.programme_of(event)
    if programme is None:
        return {}
    return {each.code: each.title for each in programme.sessions if programme.visibility_of(each) != CLOSED}


def _has_sessions(event: Event, _rows: Sequence[Candidate], _now: datetime) -> Has:
    programme = publishing.programme_of(event)
    if programme is None:
        return lambda _one: ()

    @cache
    def of_city(city: str, head: bool) -> frozenset[str]:
        return frozenset(each.code for each in programme.sessions if _concerns_city(programme, each, city, head))

    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in programme.sessions:
        for who in _named(programme, each):
            named[who].add(each.code)
    return lambda one: of_city(one.city, leads(one)) | named.get((one.city, folded(one.name)), set())


def _plain(words: Mapping[Any, Any]) -> Callable[[Event], Mapping[str, Any]]:
    return lambda _event: {str(value): word for value, word in words.items()}


def _each(has: Has) -> Callable[[Event, Sequence[Candidate], datetime], Has]:
    return lambda _event, _rows, _now: has


CRITERIA: list[Criterion] = [
    Criterion(
        "role",
        _l("Role"),
        _plain(ROLES),
        _each(lambda one: {FOCAL if one.role is None else one.role.value}),
    ),
    Criterion(
        "state",
        _l("State of the registration"),
        _plain(STATES),
        _each(lambda one: None if one.state is None else {one.state.value}),
        "state",
        _l(
            "Without a tick, those that have not ended. Focal points have none, and are meant only when ticked as such."
        ),
    ),
    Criterion(
        "answer",
        _l("Answer of the city"),
        _plain(ANSWERS),
        _each(lambda one: {one.answer.value}),
        "answer",
        _l("Without a tick, those that take part."),
    ),
    Criterion(
        "mode",
        _l("Way of taking part"),
        _plain({mode: MODES[mode] for mode in Mode}),
        _each(lambda one: {each.value for each in one.modes}),
        hint=_l("Of focal points, how their city takes part."),
    ),
    Criterion(
        "session",
        _l("Session"),
        _sessions,
        _has_sessions,
        hint=_l("Those who appear there or are invited, as the released programme says."),
    ),
]
"""In the order of the form. Later rooms add theirs."""
