"""The stage asks the videos themselves what can be played, and what is marked there as played counts for them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.agenda.models import Appearance
from app.db import db, write
from app.delegations.models import Delegation
from app.events.models import Event
from app.network.models import Member
from app.online.stage import links
from app.videos import expecting
from app.videos.expecting import Owner, Wanted
from app.videos.models import Origin, Purpose, State, VideoMessage
from tests.online.afar import furnish
from tests.online.test_stage import LANCASTER, MILAN, made, mark, stage
from tests.registration.cast import NOW, Cast, read


def message(cast: Cast, city: str, purpose: Purpose, state: State, code: str = "session-2") -> int:
    """A message of this city, in this state; its id."""

    def act() -> int:
        mine = select(Delegation.id).join(Member).where(Delegation.event_id == cast.event_id, Member.name == city)
        want = Wanted(Owner(db.session.execute(mine).scalar_one()), code, purpose)
        found = expecting.expect(db.session.get_one(Event, cast.event_id), want, Origin.HAND, who="Tokyo", now=NOW)
        found.state = state
        return found.id

    return read(cast.app, lambda: write(act))


def state(cast: Cast, key: int) -> State:
    return read(cast.app, lambda: db.session.execute(select(VideoMessage.state).filter_by(id=key)).scalar_one())


def ready(cast: Cast) -> list[str]:
    return [each.key for each in stage(cast).turns if each.video_ready]


@pytest.mark.parametrize("come", [State.ACCEPTED, State.SCHEDULED, State.PLAYED])
def test_an_accepted_video_is_ready_without_a_tick(cast: Cast, come: State) -> None:
    furnish(cast)
    message(cast, "Milan", Purpose.SESSION, come)
    assert ready(cast) == [MILAN]


def test_a_message_that_waits_for_a_word_outdoes_the_tick(cast: Cast) -> None:
    furnish(cast)
    read(cast.app, lambda: write(lambda: db.session.execute(update(Appearance).values(video_ready=True))))
    message(cast, "Milan", Purpose.SESSION, State.IN_REVIEW)
    assert MILAN not in ready(cast)
    assert LANCASTER in ready(cast)


@pytest.mark.parametrize(
    ("come", "code", "found"),
    [
        (State.SCHEDULED, "session-2", [LANCASTER]),
        (State.ACCEPTED, "", [LANCASTER]),
        (State.IN_REVIEW, "session-2", []),
        (State.WITHDRAWN, "session-2", []),
        (State.SCHEDULED, "session-9", []),
    ],
)
def test_a_backup_is_ready_for_its_session_or_for_any(cast: Cast, come: State, code: str, found: list[str]) -> None:
    furnish(cast)
    message(cast, "Lancaster", Purpose.BACKUP, come, code)
    assert ready(cast) == found


def test_a_backup_is_no_video_of_who_speaks_by_one(cast: Cast) -> None:
    furnish(cast)
    message(cast, "Milan", Purpose.BACKUP, State.SCHEDULED)
    assert ready(cast) == []


def test_a_video_marked_on_the_stage_is_played_and_taken_back_it_is_not(cast: Cast) -> None:
    furnish(cast)
    key, ishii = message(cast, "Milan", Purpose.SESSION, State.SCHEDULED), made(cast)
    found = []
    for before, after in (("", "speaking"), ("speaking", "video"), ("video", ""), ("", "absent")):
        mark(cast, ishii, MILAN, after, seen=before)
        found.append(state(cast, key))
    assert found == [State.SCHEDULED, State.PLAYED, State.SCHEDULED, State.NOT_PLAYED]


def test_a_backup_played_counts_and_who_was_absent_leaves_it(cast: Cast) -> None:
    furnish(cast)
    key, ishii = message(cast, "Lancaster", Purpose.BACKUP, State.SCHEDULED), made(cast)
    mark(cast, ishii, LANCASTER, "absent")
    before = state(cast, key)
    mark(cast, ishii, LANCASTER, "video", seen="absent")
    assert (before, state(cast, key)) == (State.SCHEDULED, State.PLAYED)


def test_what_the_organisers_marked_outlives_the_clock_of_a_turn(cast: Cast) -> None:
    furnish(cast)
    key, desk = message(cast, "Milan", Purpose.SESSION, State.PLAYED), made(cast, links.DESK)
    mark(cast, desk, MILAN, "speaking")
    assert state(cast, key) == State.PLAYED


def test_a_video_without_an_accepted_file_is_marked_on_the_stage_alone(cast: Cast) -> None:
    furnish(cast)
    key, ishii = message(cast, "Milan", Purpose.SESSION, State.IN_REVIEW), made(cast)
    mark(cast, ishii, MILAN, "video")
    assert (state(cast, key), stage(cast).turns[1].state) == (State.IN_REVIEW, "video")
