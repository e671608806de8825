"""A marker in what belongs to each tenant, so that wherever one comes up it says whose it is and what (A2).

Only what is nobody else's is marked: the draft, what organisers note for themselves, what a person or an office told.
"""

from __future__ import annotations

import gzip
import io
import quopri
import re
import zipfile
from collections.abc import Iterable

from sqlalchemy import ColumnElement, select, update
from werkzeug.test import TestResponse

from app.agenda.models import Session
from app.db import Model, db
from app.delegations.models import Delegation, FocalPoint
from app.events.models import Event
from app.files import File
from app.network.models import Member, Network
from app.registration.models import Delegate, Needs
from app.travel.models import Logistics, VisaData
from app.videos.models import VideoMessage
from app.visits.models import SignUp
from tests.pages import unpacked

FILLED = ("summit", "rehearsal", "crowd")
"""The events of the first organiser: what one does not hold, another does."""
CONFIDENTIAL = {"anna.food", "anna.ramp", "anna.hotel", "anna.flight", "anna.passport"}
TRAVEL = {"anna.hotel", "anna.flight", "anna.food", "anna.ramp"}
ROME = {"anna.mobile", "anna.seat", "rome.contact", "rome.letter", "rome.video", "head.mobile"}
YORK = {"berta.mobile", "york.contact"}
DESK = {"desk.internal", "desk.draft", "desk.member"}
CONGRESS = {"congress.internal", "congress.member"}
MAY_SEE: dict[str, set[str]] = {
    "anybody": set(),
    "delegate A": {"anna.mobile", "anna.seat", "anna.food", "anna.ramp"},
    "delegate B": {"berta.mobile"},
    "head A": {"head.mobile"},
    "focal A": ROME,
    "focal B": YORK,
    "moderator": set(),
    "volunteer": set(),
    "video sender": set(),
    "several roles": ROME | YORK | DESK | CONFIDENTIAL | CONGRESS,
    "organiser 1": ROME | YORK | DESK,
    "organiser 2": CONGRESS,
    "organiser 2, at home": CONGRESS,
    "logistics": TRAVEL | {"anna.mobile", "anna.seat"},
    "visa": {"anna.passport"},
}
"""Who may come upon which marker, wherever they knock."""
MUST_SEE: dict[str, set[str]] = {
    "delegate A": {"anna.mobile"},
    "delegate B": {"berta.mobile"},
    "head A": {"head.mobile"},
    "focal A": {"rome.contact"},
    "focal B": {"york.contact"},
    "several roles": {"anna.passport", "anna.hotel", "desk.draft"},
    "organiser 1": DESK,
    "organiser 2, at home": {"congress.member"},
    "logistics": {"anna.hotel"},
    "visa": {"anna.passport"},
}
"""What they do come upon; else nothing would be proven by what they do not."""


MARKS = {each for known in MAY_SEE.values() for each in known}
MARK = re.compile(f"zq({'|'.join(map(re.escape, MARKS))})qz", re.IGNORECASE)
"""A key drawn at random may hold zq and qz too, so the names are looked for whole."""


def mark(name: str) -> str:
    assert name in MARKS, f"nobody may see {name}, so nobody would find it"
    return f"zq{name}qz"


def put(anna: int, head: int, berta: int, rome: int, york: int) -> None:
    """Mark what these people and cities of the summit hold, the summit's draft, and the congress of another network."""
    _put("anna.mobile", Delegate, "mobile", Delegate.id == anna)
    _put("head.mobile", Delegate, "mobile", Delegate.id == head)
    _put("berta.mobile", Delegate, "mobile", Delegate.id == berta)
    _put("anna.food", Needs, "dietary", Needs.delegate_id == anna)
    _put("anna.ramp", Needs, "access", Needs.delegate_id == anna)
    _put("anna.hotel", Logistics, "hotel_name", Logistics.delegate_id == anna)
    _put("anna.flight", Logistics, "arrival_flight", Logistics.delegate_id == anna)
    _put("anna.passport", VisaData, "number", VisaData.delegate_id == anna)
    _put("anna.seat", SignUp, "comment", SignUp.delegate_id == anna)
    _put("rome.contact", FocalPoint, "name", FocalPoint.delegation_id == rome)
    _put("york.contact", FocalPoint, "name", FocalPoint.delegation_id == york)
    letter = select(Delegation.letter_id).where(Delegation.id == rome).scalar_subquery()
    _put("rome.letter", File, "name", File.id == letter)
    _put("rome.video", VideoMessage, "contact_name", VideoMessage.delegation_id == rome)
    events = dict(db.session.execute(select(Event.slug, Event.id)).all())
    here = [number for slug, number in events.items() if slug in FILLED]
    _put("desk.draft", Session, "note", Session.event_id.in_(here))
    _put("desk.internal", Delegation, "internal_note", Delegation.event_id.in_(here))
    _put("congress.internal", Delegation, "internal_note", Delegation.event_id == events["congress"])
    citynet = select(Network.id).where(Network.slug == "citynet").scalar_subquery()
    _put("desk.member", Member, "note", Member.network_id != citynet)
    _put("congress.member", Member, "name", Member.network_id == citynet)


def _put(name: str, table: type[Model], column: str, where: ColumnElement[bool]) -> None:
    done = update(table).where(where).values({column: mark(name)}).returning(getattr(table, column))
    found = db.session.execute(done.execution_options(synchronize_session=False)).all()
    assert found, f"there is nothing that {name} could mark"


def found(answer: TestResponse) -> set[str]:
    """The markers in an answer, whatever kind of file it is."""
    return {each.lower() for text in _texts(unpacked(answer), answer.headers) for each in MARK.findall(text)}


def _texts(octets: bytes, headers: Iterable[tuple[str, str]] = ()) -> Iterable[str]:
    told = "\n".join(f"{name}: {value}" for name, value in headers)
    if octets[:2] == b"\x1f\x8b":
        octets = gzip.decompress(octets)
    if octets[:2] == b"PK":  # .xlsx is one too
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            return [told, *(archive.read(each).decode("utf-8", "replace") for each in archive.namelist())]
    text = octets.decode("utf-8", "replace")
    return [told, text, text.replace("\r\n ", ""), quopri.decodestring(octets).decode("utf-8", "replace")]
