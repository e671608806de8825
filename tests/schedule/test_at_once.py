"""Several organisers press in one moment: each thing happens once, nobody gets a fault of ours, nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest
from sqlalchemy import func, select

from app.agenda import absences, acts
from app.agenda.absences import Told
from app.agenda.models import Absence, Act, Session, Waiver
from app.agenda.moves import Target
from app.db import db, write
from app.events.models import Event, Room
from app.journal import Note
from app.planning.proposals import Outcome, Request
from app.publishing import service as publishing
from app.publishing.models import Release
from app.refused import Refused
from app.schedule import arranging, clashes, plan
from app.schedule.models import Proposal
from app.schedule.proposing import beside, service
from app.web.kept import KeepingFlask
from tests.registration.people import at_once
from tests.schedule.test_proposing import answered, at

NOW = datetime(2089, 12, 1, tzinfo=UTC)
MANY = 8
NIGHT = "city never|city:queensland"


@pytest.fixture
def draft(rehearsal: KeepingFlask) -> KeepingFlask:
    return rehearsal


def summit() -> Event:
    return db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()


def do(app: KeepingFlask, act: Callable[[Event], Any]) -> Any:
    """What came of an act, or the kind of its refusal."""
    with app.app_context():
        try:
            return write(lambda: act(summit()))
        except Refused as no:
            return type(no).__name__


def press(app: KeepingFlask, *deeds: Callable[[Event], Any]) -> list[Any]:
    return at_once(len(deeds), lambda number: do(app, deeds[number]))


def count(app: KeepingFlask, query: Any) -> int:
    return int(do(app, lambda _event: db.session.execute(query).scalar_one()))


def notes(app: KeepingFlask, what: str) -> int:
    return count(app, select(func.count()).select_from(Note).where(Note.what == what))


def place(hour: int, version: int, who: str = "Tokyo") -> Callable[[Event], Any]:
    """Session 6 at a full hour, as somebody does who saw this version."""

    def act(event: Event) -> str:
        session = db.session.execute(
            select(Session).where(Session.event_id == event.id, Session.code == "session-6")
        ).scalar_one()
        target = Target(session.day, time(hour), session.room_id)
        made = arranging.place(event, "session-6", version, target, who=who, now=NOW)
        return "moved" if made else "nothing"

    return act


def six(app: KeepingFlask) -> tuple[int, time | None]:
    row = select(Session.version, Session.starts).join(Event).where(Event.slug == "rehearsal")
    found = do(app, lambda _event: db.session.execute(row.where(Session.code == "session-6")).one())
    return found.version, found.starts


def test_of_eight_moves_of_one_session_one_is_stored(draft: KeepingFlask) -> None:
    version, _starts = six(draft)
    done = press(draft, *(place(9 + number, version) for number in range(MANY)))
    assert Counter(done) == {"moved": 1, "Stale": MANY - 1}
    assert six(draft) == (version + 1, time(9 + done.index("moved")))


def undo(event: Event) -> str:
    acts.undo(event.id, 1, who="Rome", now=NOW)
    return "undone"


def test_of_taking_back_and_moving_on_one_is_stored(draft: KeepingFlask) -> None:
    before = six(draft)[1]
    do(draft, place(9, six(draft)[0]))
    done = press(draft, *[undo, place(10, six(draft)[0])] * 4)
    assert Counter(done) in ({"undone": 4, "Stale": 4}, {"moved": 1, "Stale": 7})
    assert six(draft)[1] == (before if "undone" in done else time(10))


def test_taken_back_by_eight_is_taken_back_once(draft: KeepingFlask) -> None:
    do(draft, place(9, six(draft)[0]))
    assert press(draft, *[undo] * MANY) == ["undone"] * MANY
    assert count(draft, select(func.count()).select_from(Act).where(Act.undoes == 1)) == 1


def proposal(event: Event, uid: str) -> tuple[Request, Outcome]:
    row = service.find(event.id, uid)
    assert row is not None
    asked, found = service.read(row)
    assert found is not None
    return asked, found


def adopt(app: KeepingFlask, uid: str) -> Callable[[Event], Any]:
    """Adopt a proposal, as somebody does who has looked at it now."""
    looked = do(app, lambda event: beside.ready(event, *proposal(event, uid)))

    def act(event: Event) -> str:
        service.adopt(event.id, uid, looked, who="Rome", now=NOW)
        return "adopted"

    return act


def test_of_adopting_and_moving_on_the_second_is_refused(draft: KeepingFlask) -> None:
    uid = answered(draft, at(draft, "session-6", 18))
    done = press(draft, *[adopt(draft, uid), place(10, six(draft)[0])] * 4)
    assert Counter(done) in ({"adopted": 4, "Stale": 4}, {"moved": 1, "Stale": 3, "Refused": 4})
    assert six(draft)[1] == (time(18) if "adopted" in done else time(10))
    assert count(draft, select(func.count()).select_from(Proposal).where(Proposal.act.is_not(None))) == (
        "adopted" in done
    )


def test_a_move_while_the_draft_is_read_for_adopting_is_noticed(draft: KeepingFlask) -> None:
    uid = answered(draft, at(draft, "session-6", 18))
    last, read = do(draft, lambda event: (acts.last(event.id), plan.of(event)))
    do(draft, place(10, six(draft)[0]))
    looked = do(draft, lambda event: beside.beside(event, read, *proposal(event, uid)).ready(last))
    assert do(draft, lambda event: service.adopt(event.id, uid, looked, who="Rome", now=NOW)) == "Refused"
    assert six(draft)[1] == time(10)


def test_what_is_published_is_what_was_seen_however_others_move(draft: KeepingFlask) -> None:
    do(draft, place(9, six(draft)[0]))
    seen = do(draft, lambda event: publishing.preview(event.id, NOW).seen)

    def publish(event: Event) -> str:
        publishing.publish(event.id, who="Rome", now=NOW, seen=seen, reason="As agreed")
        return "published"

    done = Counter(press(draft, *[publish, place(18, six(draft)[0])] * 4))
    assert (done["published"] <= 1, done["moved"]) == (True, 1)
    assert done == Counter(published=done["published"], moved=1, Stale=3, Refused=4 - done["published"])
    newest = select(Release.programme).order_by(Release.event_id.desc(), Release.number.desc()).limit(1)
    told = do(draft, lambda _event: db.session.execute(newest).scalar_one())
    starts = next(each["starts"] for each in told["sessions"] if each["code"] == "session-6")
    assert starts.endswith("T00:00:00+00:00" if done["published"] else "T08:30:00+00:00")


def waive(number: int) -> Callable[[Event], Any]:
    return lambda event: clashes.waive(event.id, NIGHT, f"It listens, says {number}", who="Tokyo", now=NOW)


def test_one_clash_accepted_by_eight_is_accepted_once(draft: KeepingFlask) -> None:
    assert press(draft, *(waive(number) for number in range(MANY))) == [None] * MANY
    assert count(draft, select(func.count()).select_from(Waiver)) == 1


def test_looked_at_again_by_eight_it_is_told_once(draft: KeepingFlask) -> None:
    do(draft, waive(0))
    press(draft, *[lambda event: clashes.insist(event.id, NIGHT, who="Rome", now=NOW)] * MANY)
    assert count(draft, select(func.count()).select_from(Waiver)) == 0
    assert notes(draft, "clash no longer accepted") == 1


def shut(event: Event) -> str:
    room = db.session.execute(select(Room.id).where(Room.event_id == event.id)).scalars().first()
    told = Told(event.starts_on, time(9), event.starts_on, time(12), event.zone)
    return absences.add(event, f"room:{room}", told, "a form", who="Tokyo", now=NOW).uid


def test_the_same_absence_sent_by_eight_is_told_once(draft: KeepingFlask) -> None:
    assert len(set(press(draft, *[shut] * MANY))) == 1
    assert count(draft, select(func.count()).select_from(Absence)) == 1


def test_an_absence_taken_back_by_eight_is_told_once(draft: KeepingFlask) -> None:
    uid = do(draft, shut)
    press(draft, *[lambda event: absences.remove(event.id, uid, who="Rome", now=NOW)] * MANY)
    assert count(draft, select(func.count()).select_from(Absence)) == 0
    assert notes(draft, "absence taken back") == 1
