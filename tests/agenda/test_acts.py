"""Acts on the draft, taken back and done again, beside others who do the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import select

from app.agenda import acts
from app.agenda.acts import Changed, Stale
from app.agenda.facts import Facts
from app.agenda.models import Act, Appearance, Kind, Session
from app.db import db, write
from app.events.models import Event
from app.journal import Note
from app.refused import Refused
from app.web.kept import KeepingFlask

NOW = datetime(2089, 12, 1, tzinfo=UTC)
STARTS, ENDS = time(12, 10), time(13, 30)


@pytest.fixture
def draft(rehearsal: KeepingFlask) -> KeepingFlask:
    return rehearsal


def event_id(app: KeepingFlask) -> int:
    with app.app_context():
        return db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()


def facts(app: KeepingFlask, code: str = "session-2") -> Facts:
    key = event_id(app)
    with app.app_context():
        return acts.stored(key, {code})[code]


def do(app: KeepingFlask, *changes: Changed, who: str = "Tokyo", deed: str = "session moved") -> int:
    """Perform an act; its number, 0 for nothing."""
    key = event_id(app)

    def act() -> int:
        acts.hold(key)
        made = acts.perform(key, deed, changes, who=who, now=NOW)
        return made.number if made else 0

    with app.app_context():
        return write(act)


def move(app: KeepingFlask, code: str = "session-2", who: str = "Tokyo") -> int:
    before = facts(app, code)
    return do(app, Changed(before, replace(before, starts=STARTS, ends=ENDS)), who=who)


def take_back(app: KeepingFlask, number: int, who: str = "Tokyo") -> Act:
    key = event_id(app)
    with app.app_context():
        return write(lambda: acts.undo(key, number, who=who, now=NOW))


def do_again(app: KeepingFlask, number: int) -> Act:
    key = event_id(app)
    with app.app_context():
        return write(lambda: acts.redo(key, number, who="Tokyo", now=NOW))


def test_an_act_taken_back_leaves_what_stood_before(draft: KeepingFlask) -> None:
    before = facts(draft)
    number = move(draft)
    assert facts(draft).starts == time(12, 10)
    take_back(draft, number)
    assert facts(draft) == before


def test_done_again_it_stands_as_after_the_act(draft: KeepingFlask) -> None:
    number = move(draft)
    after = facts(draft)
    take_back(draft, number)
    do_again(draft, number)
    assert facts(draft) == after


def test_taken_back_twice_is_once(draft: KeepingFlask) -> None:
    number = move(draft)
    take_back(draft, number)
    take_back(draft, number, who="Rome")
    with draft.app_context():
        assert acts.last(event_id(draft)) == 2


def test_what_changes_nothing_is_no_act(draft: KeepingFlask) -> None:
    before = facts(draft)
    assert do(draft, Changed(before, before)) == 0


def test_an_act_is_not_taken_back_over_a_later_change(draft: KeepingFlask) -> None:
    number = move(draft)
    now = facts(draft)
    do(draft, Changed(now, replace(now, title="Renamed")), who="Rome")
    with pytest.raises(Stale) as no:
        take_back(draft, number)
    assert no.value.stored["session-2"] == replace(now, title="Renamed")
    assert facts(draft).title == "Renamed"


def test_a_number_that_another_got_meanwhile_is_not_taken_back(draft: KeepingFlask) -> None:
    one, two = facts(draft, "session-1"), facts(draft)
    number = do(draft, Changed(one, replace(one, number=None)))
    do(draft, Changed(two, replace(two, number=1)), who="Rome")
    with pytest.raises(Refused, match="“Session 2” has the number 1 by now, so “Session 1” cannot have it"):
        take_back(draft, number)
    assert (facts(draft, "session-1").number, facts(draft).number) == (None, 1)


def blocks(app: KeepingFlask) -> tuple[Facts, Facts]:
    """Two empty blocks more."""
    made = tuple(Facts(f"block-{each}", each * 32, Kind.BLOCK, f"Block {each}", position=99) for each in "ab")
    do(app, *(Changed(None, each) for each in made), deed="session added")
    return made[0], made[1]


def test_two_blocks_never_stand_within_each_other(draft: KeepingFlask) -> None:
    one, other = blocks(draft)
    within = replace(other, parent=one.code)
    do(draft, Changed(other, within))
    number = do(draft, Changed(within, other))
    do(draft, Changed(one, replace(one, parent=other.code)), who="Rome")
    with pytest.raises(Refused, match="which stands within another itself"):
        take_back(draft, number)
    assert facts(draft, other.code).parent == ""


def test_nothing_comes_back_into_a_block_that_stands_within_another_now(draft: KeepingFlask) -> None:
    one, other = blocks(draft)
    six = facts(draft, "session-6")
    moved = replace(six, parent=other.code)
    do(draft, Changed(six, moved))
    number = do(draft, Changed(moved, six))
    do(draft, Changed(other, replace(other, parent=one.code)), who="Rome")
    with pytest.raises(Refused, match="“Session 6” cannot stand within “Block b”"):
        take_back(draft, number)


def test_others_may_change_other_sessions_meanwhile(draft: KeepingFlask) -> None:
    number = move(draft)
    move(draft, "session-6", who="Rome")
    take_back(draft, number)
    assert facts(draft, "session-6").starts == time(12, 10)


def test_a_change_to_what_others_changed_stores_nothing_of_the_act(draft: KeepingFlask) -> None:
    two, six = facts(draft), facts(draft, "session-6")
    stale = replace(six, title="As it was an hour ago")
    with pytest.raises(Stale):
        do(draft, Changed(two, replace(two, starts=STARTS, ends=ENDS)), Changed(stale, six))
    assert facts(draft) == two


def test_a_session_added_is_gone_when_taken_back_and_itself_when_done_again(draft: KeepingFlask) -> None:
    made = Facts("evening", "e" * 32, Kind.SOCIAL, "Evening", position=99)
    number = do(draft, Changed(None, made), deed="session added")
    take_back(draft, number)
    with draft.app_context():
        assert acts.stored(event_id(draft), {"evening"}) == {}
    do_again(draft, number)
    assert facts(draft, "evening") == made


def test_who_stays_in_a_session_keeps_the_row(draft: KeepingFlask) -> None:
    def rows() -> dict[int | None, int]:
        with draft.app_context():
            ask = select(Appearance).join(Session).where(Session.code == "session-2", Session.event_id == key)
            return {each.delegation_id: each.id for each in db.session.execute(ask).scalars()}

    key = event_id(draft)
    before, kept = facts(draft), rows()
    do(draft, Changed(before, replace(before, seats=before.seats[::-1][1:])))
    assert rows() == {city: row for city, row in kept.items() if city != before.seats[-1].delegation_id}
    assert facts(draft).seats == before.seats[::-1][1:]


def test_numbers_can_be_exchanged(draft: KeepingFlask) -> None:
    one, two = facts(draft, "session-1"), facts(draft)
    do(draft, Changed(one, replace(one, number=2)), Changed(two, replace(two, number=1)))
    assert (facts(draft, "session-1").number, facts(draft).number) == (2, 1)


def test_a_block_goes_only_with_what_stands_within_it(draft: KeepingFlask) -> None:
    block = facts(draft, "block-safe")
    with pytest.raises(Refused, match="Other sessions stand within this one"):
        do(draft, Changed(block, None))


def test_a_new_block_with_what_came_into_it_is_taken_back_whole(draft: KeepingFlask) -> None:
    block = Facts("evening", "e" * 32, Kind.BLOCK, "Evening", position=98)
    talk = Facts("talk", "t" * 32, Kind.SESSION, "Talk", number=99, parent="evening", position=99)
    two = facts(draft)
    number = do(draft, Changed(None, block), Changed(None, talk), Changed(two, replace(two, parent="evening")))
    assert facts(draft) == replace(two, parent="evening")
    take_back(draft, number)
    with draft.app_context():
        assert acts.stored(event_id(draft), {"evening", "talk", "session-2"}) == {"session-2": two}
    do_again(draft, number)
    assert (facts(draft, "talk"), facts(draft).parent) == (talk, "evening")


def test_each_session_of_an_act_has_a_line_in_the_journal(draft: KeepingFlask) -> None:
    take_back(draft, move(draft), who="Rome")
    with draft.app_context():
        ask = select(Note).where(Note.subject == "session/session-2").order_by(Note.id)
        found = [(each.who, each.what, each.after) for each in db.session.execute(ask).scalars()]
    assert found == [
        ("Tokyo", "session moved", {"start": "12:10", "end": "13:30"}),
        ("Rome", "session moved", {"start": "11:50", "end": "13:10"}),
    ]


def test_twenty_acts_can_be_taken_back_and_no_more(draft: KeepingFlask) -> None:
    first = move(draft)
    for title in range(20):
        now = facts(draft)
        do(draft, Changed(now, replace(now, title=f"Title {title}")))
    with draft.app_context():
        assert [each.number for each in acts.history(event_id(draft))] == list(range(21, 1, -1))
    with pytest.raises(Refused, match="too long ago"):
        take_back(draft, first)


def test_who_looks_on_sees_the_acts_since_theirs(draft: KeepingFlask) -> None:
    number = move(draft)
    take_back(draft, number)
    with draft.app_context():
        found = acts.since(event_id(draft), number)
        assert [(each.number, each.deed, each.undoes) for each in found] == [(2, "undone", 1)]
