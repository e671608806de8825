"""Who is concerned by the draft, as planning knows them: cities, people, when they cannot be had, who appears where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Integer, Select, cast, func, or_, select
from sqlalchemy.orm import aliased

from app.agenda.models import Absence, Appearance, Session
from app.db import db
from app.delegations.models import TAKES_PART, Delegation, DelegationMode, ThemeWishes
from app.events.models import Event, Mode, Person
from app.network.models import Member
from app.planning import model
from app.planning.model import Span, Why
from app.registration.models import ENDED, Capacity, Delegate, State
from app.travel.models import Logistics
from app.travel.rules import there_from, there_until
from app.videos import ready
from app.visits.models import GOING, SignUp, Visit
from app.web.wording import clock_time

MODES: dict[Mode | None, model.Mode | None] = {None: None, **{each: model.Mode(each.value) for each in Mode}}


def appearances(event_id: int) -> dict[int, list[model.Appearance]]:
    """Who appears in each session, by its id, a city through its head unless another is named.

    Of a city that does not come only the draft keeps what was planned.
    """
    head, video = aliased(Delegate), ready.told(event_id)
    found = db.session.execute(
        select(
            *(Appearance.session_id, Appearance.part, Appearance.mode, Appearance.position, Appearance.minutes),
            func.coalesce(video.c.come, cast(Appearance.video_ready, Integer)).label("come"),
            *(Member.slug, Person.code, Delegation.answer, func.coalesce(Delegate.uid, head.uid).label("uid")),
        )
        .join(Session, Appearance.session_id == Session.id)
        .outerjoin(Delegation, Appearance.delegation_id == Delegation.id)
        .outerjoin(Member, Delegation.member_id == Member.id)
        .outerjoin(Person, Appearance.person_id == Person.id)
        .outerjoin(Delegate, Appearance.speaker_id == Delegate.id)
        .outerjoin(
            head, (head.delegation_id == Delegation.id) & (head.role == Capacity.HEAD) & head.state.not_in(ENDED)
        )
        .outerjoin(
            video,
            (video.c.session_code == Session.code)
            & ((video.c.delegation_id == Appearance.delegation_id) | (video.c.person_id == Appearance.person_id)),
        )
        .where(Session.event_id == event_id)
        .order_by(Appearance.session_id, Appearance.position, Appearance.id)
    )
    seats: dict[int, list[model.Appearance]] = defaultdict(list)
    for session_id, part, mode, position, minutes, video_come, slug, code, answer, uid in found:
        if answer is None or answer in TAKES_PART:
            who, speaker = f"city:{slug}" if slug else f"person:{code}", f"delegate:{uid}" if uid else ""
            come = bool(video_come) if mode == Mode.VIDEO else None
            seats[session_id].append(
                model.Appearance(who, str(part), MODES[mode], position, minutes, speaker, video_ready=come)
            )
    return seats


def absences(event: Event) -> dict[str, list[model.Absence]]:
    """ "room:4", "city:rome", "person:ishii", "delegate:1f..." -> when they cannot be had; what was noted beside it
    stays where it is. Two queries."""
    found = db.session.execute(
        select(Absence.room_id, Absence.starts, Absence.ends, Absence.only, Member.slug, Person.code, Delegate.uid)
        .outerjoin(Delegation, Absence.delegation_id == Delegation.id)
        .outerjoin(Member, Delegation.member_id == Member.id)
        .outerjoin(Person, Absence.person_id == Person.id)
        .outerjoin(Delegate, Absence.delegate_id == Delegate.id)
        .where(Absence.event_id == event.id)
        .order_by(Absence.id)
    )
    away: dict[str, list[model.Absence]] = defaultdict(list)
    for row in found:
        kinds = {"room": row.room_id, "city": row.slug, "person": row.code, "delegate": row.uid}
        key = next(f"{kind}:{name}" for kind, name in kinds.items() if name is not None)
        why = Why.ONLINE if row.only == Mode.ONLINE else Why.AWAY
        away[key].append(model.Absence(Span(row.starts, row.ends), why))
    for key, absence in _on_visits(event):
        away[key].append(absence)
    return away


def _on_visits(event: Event) -> Iterable[tuple[str, model.Absence]]:
    """Who has a certain place on a visit is away from the minutes before it leaves until those after its return."""
    query = select(Visit, Delegate.uid).join(SignUp, SignUp.visit_id == Visit.id).join(Delegate)
    going = query.where(Visit.event_id == event.id, SignUp.state.in_(GOING)).order_by(SignUp.id)
    for visit, uid in db.session.execute(going):
        if (busy := visit.busy(event.zone)) is not None:
            back = clock_time(busy[1], event.zone)
            label = str(_("%(visit)s, back at %(time)s", visit=visit.title, time=back))
            yield f"delegate:{uid}", model.Absence(Span(*busy), Why.VISIT, label)


def cities(event: Event, away: Mapping[str, list[model.Absence]], themes: Mapping[int, str]) -> Iterable[model.City]:
    """Every city that takes part, by name, with the themes it asks for; `themes`: id -> slug. One query."""
    found = db.session.execute(
        select(Delegation.id, Member.id.label("member"), Member.slug, Member.name, Member.zone)
        .add_columns(ThemeWishes.first_id, ThemeWishes.second_id, ThemeWishes.third_id, DelegationMode.mode)
        .join(Member, Delegation.member_id == Member.id)
        .outerjoin(ThemeWishes, ThemeWishes.delegation_id == Delegation.id)
        .outerjoin(DelegationMode, DelegationMode.delegation_id == Delegation.id)
        .where(Delegation.event_id == event.id, Delegation.answer.in_(TAKES_PART))
        .order_by(Member.folded, Delegation.id)
    )
    for _id, rows in groupby(found, key=lambda row: row.id):
        row, *others = rows
        key = f"city:{row.slug}"
        yield model.City(
            id=key,
            name=row.name,
            zone=row.zone,
            modes=frozenset(model.Mode(each.mode.value) for each in (row, *others) if each.mode),
            absences=tuple(away.get(key, ())),
            host=row.member == event.host_id,
            wishes=tuple(themes[each] for each in (row.first_id, row.second_id, row.third_id) if each in themes),
        )


def people(event: Event, away: Mapping[str, list[model.Absence]]) -> Iterable[model.Person]:
    """Whom the organisers name, and the people who speak for cities, always in one order: a draft that says the same is
    the same question."""
    found = db.session.execute(
        select(Person.code, Person.name, Member.slug, Member.zone)
        .outerjoin(Member, Person.member_id == Member.id)
        .where(Person.event_id == event.id)
        .order_by(Person.id)
    )
    for row in found:
        key = f"person:{row.code}"
        yield model.Person(
            id=key,
            name=row.name,
            zone=row.zone or event.zone,
            absences=tuple(away.get(key, ())),
            city=f"city:{row.slug}" if row.slug else "",
        )
    for each in db.session.execute(_speaking().where(Delegate.event_id == event.id).order_by(Delegate.id)):
        key = f"delegate:{each.uid}"
        yield model.Person(
            id=key,
            name=f"{each.name} ({each.whose})",
            zone=each.zone or each.home,
            absences=tuple(away.get(key, ())),
            city=f"city:{each.slug}",
            arrives=there_from(each.arrives_at) if each.arrives_at else None,
            departs=there_until(each.departs_at) if each.departs_at else None,
        )


def _speaking() -> Select[Any]:
    """The heads of delegations, and who else is named as a speaker, with their journeys to the venue.

    Journeys are told in confidence: what is made of them here is stored nowhere and shows no hour.
    """
    named = select(Appearance.speaker_id).where(Appearance.speaker_id.is_not(None))
    return (
        select(Delegate.uid, Delegate.name, Delegate.zone, Logistics.arrives_at, Logistics.departs_at)
        .add_columns(Member.slug, Member.name.label("whose"), Member.zone.label("home"))
        .join(Delegation, Delegate.delegation_id == Delegation.id)
        .join(Member, Delegation.member_id == Member.id)
        .outerjoin(Logistics, Logistics.delegate_id == Delegate.id)
        .where(Delegate.state.not_in(ENDED), or_(Delegate.role == Capacity.HEAD, Delegate.id.in_(named)))
    )


def at_venue(event_id: int) -> dict[str, int]:
    """ "city:rome" -> how many of its people are approved for the venue; cities with none are left out."""
    ask = (
        select(Member.slug, func.count())
        .select_from(Delegate)
        .join(Delegate.delegation)
        .join(Delegation.member)
        .where(Delegate.event_id == event_id, Delegate.mode == Mode.VENUE, Delegate.state == State.APPROVED)
        .group_by(Member.slug)
    )
    return {f"city:{slug}": count for slug, count in db.session.execute(ask)}
