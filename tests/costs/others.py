"""What other pages list of a crowd: visits with their buses and manifests, journeys, wishes, requests, acts, links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, func, select

from app import tokens
from app.accounts import Role
from app.accounts.models import Staff
from app.agenda.models import Act, Session
from app.db import db
from app.delegations.models import Delegation
from app.desk.together.models import BulkAct, BulkRow
from app.desk.together.models import Kind as Together
from app.events.models import Person, Room, Theme, Translation, new_uid
from app.online.models import CheckSlot, Joined, StageLink, TechCheck
from app.profiles.models import Profile
from app.publishing.calendars.models import CalendarLink
from app.publishing.models import Planned, Release, Stage
from app.registration.asked import Asked, Decider, Kind
from app.registration.models import Delegate, State
from app.travel.models import Logistics, VisaData
from app.videos.models import Screening
from app.visits.models import Allocation, SignUp, Standing, Vehicle, Visit, Wish, WishList
from tests.accounts.people import person
from tests.costs.crowds import FIRST, NOW, PARTICIPATION

Row = TypeVar("Row")
Link = TypeVar("Link", CalendarLink, StageLink)
WHO = {"who": "Tokyo", "at": NOW}
MADE = {"made_by": "Tokyo", "made_at": NOW}


@dataclass(frozen=True)
class Others:
    """What the addresses of these pages need."""

    room: int
    session: str
    vehicle: str
    boarding: str
    act: str
    control: str
    office_feed: str
    moderator: str
    stage: str
    colleague: int
    delegation: str


def others(event_id: int, slug: str, number: int) -> Others:
    """So many of each, for a crowd that is there, changed since it was published; what stands in the addresses."""
    delegations = _rows(select(Delegation).where(Delegation.event_id == event_id).order_by(Delegation.id))
    approved = select(Delegate).where(Delegate.event_id == event_id, Delegate.state == State.APPROVED)
    people = _rows(approved.order_by(Delegate.id))
    visits = _rows(select(Visit).where(Visit.event_id == event_id).order_by(Visit.position))
    sessions = _rows(select(Session).where(Session.event_id == event_id).order_by(Session.position))
    speakers = _rows(select(Person).where(Person.event_id == event_id).order_by(Person.position))
    rooms = _placed(event_id, sessions, number)
    colleagues = [person(f"{slug}-{each}") for each in range(number)]
    vehicles = list(_vehicles(visits, number))
    db.session.add_all([*vehicles, *colleagues])
    db.session.flush()
    db.session.add_all(Staff(user_id=each.id, event_id=event_id, role=Role.LOGISTICS) for each in colleagues)
    db.session.add_all(_signed_up(visits, people, vehicles[0]))
    db.session.add_all(_of_people(event_id, people, visits, sessions[0].uid))
    db.session.add_all(_done(event_id, slug, number))
    bulk = BulkAct(
        event_id=event_id, kind=Together.LETTER, asked={"required": True}, submit_key=f"{slug}-bulk", done_at=NOW,
        done_by="Tokyo",
    )  # fmt: skip
    db.session.add(bulk)
    db.session.flush()
    db.session.add_all(BulkRow(act_id=bulk.id, delegation_id=each.id, before=False, after=True) for each in delegations)
    _released(event_id)
    links = list(_links(event_id, delegations, speakers, sessions))
    db.session.add_all(links)
    control = db.session.get_one(Screening, event_id)
    control.open()
    control.opened_at = NOW
    db.session.flush()
    of = {kind: next(each for each in links if isinstance(each, kind)) for kind in (CalendarLink, StageLink)}
    speaks = next(each for each in links if isinstance(each, CalendarLink) and each.person_id)
    return Others(
        rooms[0].id, sessions[0].uid, vehicles[0].uid, vehicles[0].link, bulk.code, control.link,
        of[CalendarLink].secret, speaks.secret, of[StageLink].secret, colleagues[0].id, delegations[0].link,
    )  # fmt: skip


def _released(event_id: int) -> None:
    """The second release of a crowd and its last two hold a programme too; of the others only the number is read."""
    first, *others = _rows(select(Release).where(Release.event_id == event_id).order_by(Release.number))
    for each in (others[0], *others[-2:]):
        each.programme = first.programme


def _rows(query: Select[Row]) -> list[Row]:
    return list(db.session.execute(query).scalars())


def _placed(event_id: int, sessions: list[Session], number: int) -> list[Room]:
    """So many rooms, a session in each, on a theme of its own."""
    rooms = [Room(event_id=event_id, name=f"Room {each}", position=each, seats=99) for each in range(number)]
    db.session.add_all(rooms)
    db.session.flush()
    themes = _rows(select(Theme).where(Theme.event_id == event_id).order_by(Theme.position))
    for session, room, theme in zip(sessions, rooms, themes, strict=True):
        session.room_id, session.theme_id = room.id, theme.id
    return rooms


def _vehicles(visits: list[Visit], number: int) -> Iterator[Vehicle]:
    """So many buses for the first visit; each visit has a day of its own, and places for everybody."""
    for each, visit in enumerate(visits):
        visit.day, visit.leaves, visit.returns = FIRST + timedelta(days=each), time(9), time(11)
        visit.seats, visit.taken = 2 * number, 1 if each else number
    for each in range(number):
        uid = new_uid()
        link = {"link_generation": 1, "link_hash": tokens.digest(tokens.secret("vehicle", uid, 1))}
        yield Vehicle(uid=uid, visit_id=visits[0].id, name=f"Bus {each}", seats=number, position=each, taken=0, **link)


def _signed_up(visits: list[Visit], people: list[Delegate], bus: Vehicle) -> Iterator[SignUp]:
    """Everybody has a place in the first bus; the first has one on each visit."""
    told = {"state_at": NOW, "changed_at": NOW, "state": Standing.ALLOCATED}
    bus.taken = len(people)
    for each in people:
        yield SignUp(visit_id=visits[0].id, delegate_id=each.id, vehicle_id=bus.id, **told)
    for visit in visits[1:]:
        yield SignUp(visit_id=visit.id, delegate_id=people[0].id, **told)


def _of_people(event_id: int, people: list[Delegate], visits: list[Visit], session: str) -> Iterator[object]:
    """What each told of the journey and for a visa, wishes and asks for; all tried the line, and joined a session."""
    slot = CheckSlot(event_id=event_id, starts=NOW, ends=NOW + timedelta(minutes=10), seats=len(people))
    db.session.add(slot)
    db.session.flush()
    for each, visit in zip(people, visits, strict=True):
        yield Logistics(
            delegate_id=each.id, journey_at=NOW, arrives_at=datetime(2090, 2, 26, tzinfo=UTC), arrival_zone="Asia/Tokyo"
        )
        yield VisaData(delegate_id=each.id, asked_at=NOW, surname="Romani", birth_date=date(2000, 1, 1))
        yield Profile(delegate_id=each.id, changed_at=NOW, own_script="ローマ")
        wish = WishList(delegate_id=each.id, event_id=event_id, told_at=NOW)
        wish.wishes = [Wish(rank=1, visit_id=visit.id)]
        yield wish
        yield Asked(
            event_id=event_id, delegation_id=each.delegation_id, delegate_id=each.id, kind=Kind.NAME, wanted="Gaia",
            before=each.name, asked_by="Gaia", asked_at=NOW, decider=Decider.ORGANISERS,
        )  # fmt: skip
        yield TechCheck(delegate_id=each.id, event_id=event_id, slot_id=slot.id, booked_at=NOW, entry=PARTICIPATION)
        yield Joined(event_id=event_id, session_uid=session, delegate_id=each.id, at=NOW)


def _done(event_id: int, slug: str, number: int) -> Iterator[object]:
    """So many acts on the draft, acts over cities, runs, plans for a release, hours for checks, and translations."""
    last = db.session.execute(select(func.max(Act.number)).where(Act.event_id == event_id)).scalar_one() or 0
    for each in range(number):
        yield Act(event_id=event_id, number=last + each + 1, deed="moved", changes=[], **WHO)
        yield BulkAct(
            event_id=event_id, kind=Together.LETTER, asked={"required": True}, submit_key=f"{slug}-{each}", done_at=NOW,
            done_by="Tokyo",
        )  # fmt: skip
        report: dict[str, Any] = {"adopted": None, "figures": {}}
        yield Allocation(
            event_id=event_id, submit_key=f"{slug}-{each}", seed=1, report=report, run_by="Tokyo", run_at=NOW
        )
        yield Planned(
            event_id=event_id, at=NOW, planned_by="Tokyo", planned_at=NOW, stage=Stage.TAKEN_BACK, ended_at=NOW
        )
        starts = NOW + timedelta(hours=each + 1)
        yield CheckSlot(event_id=event_id, starts=starts, ends=starts + timedelta(minutes=10), seats=1)
        said = {"language": "ja", "text": "主題", "original": "Theme"}
        yield Translation(event_id=event_id, kind="theme", key=f"t-{each}", field="name", **said, **MADE)


def _links(
    event_id: int, delegations: list[Delegation], speakers: list[Person], sessions: list[Session]
) -> Iterator[CalendarLink | StageLink]:
    """The calendar of each city and of each speaker, and the desk of each session."""
    for city in delegations:
        yield _sealed(CalendarLink(uid=new_uid(), event_id=event_id, delegation_id=city.id, generation=0, **MADE))
    for speaker in speakers:
        yield _sealed(CalendarLink(uid=new_uid(), event_id=event_id, person_id=speaker.id, generation=0, **MADE))
    for each in sessions:
        made = StageLink(uid=new_uid(), event_id=event_id, session_uid=each.uid, who="desk", generation=0, **MADE)
        yield _sealed(made)


def _sealed(link: Link) -> Link:
    link.seal()
    return link
