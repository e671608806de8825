"""The table of a draft taken out, kept while somebody looks through it, and stored as one act."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app import sent
from app.agenda import acts, draft
from app.agenda.models import Act
from app.db import db
from app.delegations.models import Delegation, DelegationMode
from app.events.models import Event, Mode, Person
from app.network.models import Alias, Member
from app.refused import Refused
from app.schedule.arranging import mark
from app.schedule.models import AgendaFile
from app.schedule.sheets import columns
from app.schedule.sheets.afterwards import Consequences, consequences
from app.schedule.sheets.columns import COLUMNS
from app.schedule.sheets.judging import Draft, Look, Outcome, judge
from app.schedule.sheets.naming import Book, Called, Named
from app.sheets import Sheet, measure

ROWS = 1000
"""Sessions that a file may hold."""
DEED = "file stored"


def draft_of(event: Event) -> Draft:
    """The draft as a table is held against it. Nine queries."""
    rows = acts.rows(event.id)
    return Draft(
        event=event,
        board={code: facts for code, (_session, facts) in rows.items()},
        versions={code: session.version for code, (session, _facts) in rows.items()},
        book=_book(event.id),
        only=_only(event.id),
    )


def _book(event_id: int) -> Book:
    """Five queries."""
    choices = draft.options(event_id)
    aliases: dict[int, list[str]] = defaultdict(list)
    asked = select(Delegation.id, Alias.name).join(Alias, Alias.member_id == Delegation.member_id)
    for key, name in db.session.execute(asked.where(Delegation.event_id == event_id).order_by(Alias.id)):
        aliases[key].append(name)
    return Book(
        rooms=Called(Named(key, name) for key, name in choices.rooms.items()),
        themes=Called(Named(each.id, each.name, each.slug) for each in choices.themes.values()),
        cities=Called(
            Named(each.id, each.member.name, slug, (*aliases[each.id], _placed(each.member)))
            for slug, each in choices.cities.items()
        ),
        people=Called(Named(each.id, each.name, code, _turned(each)) for code, each in choices.people.items()),
    )


def _placed(member: Member) -> str:
    """ "Lancaster, California"; the bare name where nobody said which place it is."""
    return f"{member.name} {member.disambiguator}"


def _turned(person: Person) -> tuple[str, ...]:
    """A name in both orders."""
    family, given = person.family_name, person.given_name
    return (f"{given} {family}", f"{family} {given}") if family and given else ()


def _only(event_id: int) -> dict[int, Mode]:
    """One query."""
    modes: dict[int, list[Mode]] = defaultdict(list)
    asked = select(DelegationMode.delegation_id, DelegationMode.mode).join(
        Delegation, Delegation.id == DelegationMode.delegation_id
    )
    for key, mode in db.session.execute(asked.where(Delegation.event_id == event_id)):
        modes[key].append(mode)
    return {key: each[0] for key, each in modes.items() if len(each) == 1}


def table(event: Event) -> tuple[list[str], list[list[str]]]:
    """The draft as head and rows, in the order of the agenda; the same table, brought in again, changes nothing."""
    rows = acts.rows(event.id)
    book = _book(event.id)
    outline = draft.outline(session for session, _facts in rows.values())
    places = [place.session for _day, places in outline for place in places]
    return list(COLUMNS.values()), [columns.row_of(rows[each.code][1], each.version, book) for each in places]


def check(sheet: Sheet) -> None:
    """Refused when this is no table of sessions, or larger than any."""
    measure(sheet, ROWS)
    columns.fields(sheet.header)


def keep(event: Event, sheet: Sheet, filename: str, *, user_id: int, now: datetime) -> AgendaFile:
    """Keep a table that was sent until it is stored. Refused when it is no table of sessions."""
    check(sheet)
    return sent.keep(AgendaFile(event_id=event.id), sheet, filename or "agenda", user_id=user_id, now=now)


def kept(event: Event, code: str, *, user_id: int, now: datetime) -> AgendaFile:
    """The table that this user sent to this event, as `sent.kept`."""
    return sent.kept(AgendaFile, AgendaFile.event_id == event.id, code, user_id=user_id, now=now)


def then(look: Look, draft: Draft) -> Consequences | None:
    """What would clash after the changes; None when there is none, or a row is wrong, so that none would be stored."""
    if not look.changes or look.of(Outcome.WRONG):
        return None
    return consequences(draft.event, draft.board, look.changes)


def store(event: Event, sheet: Sheet, secret: str, seen: str, *, who: str, now: datetime) -> Act:
    """Store what the table does, as one act; `seen`: the mark of the changes that were looked at.

    Refused, and nothing is stored, when a row is wrong, nothing would change, or the draft has changed since the look.
    """
    acts.hold(event.id)
    look = judge(sheet, draft_of(event), secret)
    if wrong := len(look.of(Outcome.WRONG)):
        said = ngettext(
            "Nothing is stored while a row is wrong. Mend it in the file and send the file again.",
            "Nothing is stored while %(num)s rows are wrong. Mend them in the file and send the file again.",
            wrong,
        )
        raise Refused(said)
    if mark(look.changes) != seen:
        raise Refused(_("The draft has changed since you looked. Here is what the file would change now."), "seen")
    act = acts.perform(event.id, DEED, look.changes, who=who, now=now)
    if act is None:
        raise Refused(_("This would change nothing."))
    return act
