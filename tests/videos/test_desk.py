"""The organisers' pages of video messages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event
from app.network.models import Member
from app.videos.models import Purpose, State, VideoMessage, VideoTerms
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, begins, give_desks, held, rows, words

PAGE = f"{REHEARSAL}/videos"


@pytest.fixture
def desks(rehearsal: KeepingFlask) -> KeepingFlask:
    give_desks(rehearsal)
    return rehearsal


@pytest.fixture
def tokyo(desks: KeepingFlask) -> Organiser:
    return Organiser(desks, "tokyo")


def of(app: KeepingFlask, city: str, purpose: Purpose | None = None) -> VideoMessage:
    found = select(VideoMessage).join(Delegation).join(Member).where(Member.name == city).order_by(VideoMessage.id)
    with app.app_context():
        rows = db.session.execute(found).scalars().all()
        return next(each for each in rows if purpose in (None, each.purpose))


def press(organiser: Organiser, page: str, act: str) -> int:
    token = held(organiser.get(f"{PAGE}/new"))["csrf_token"]
    return organiser.client.post(f"{page}{act}", data={"csrf_token": token}).status_code


def test_the_table_says_of_whom_what_for_and_by_when(desks: KeepingFlask, tokyo: Organiser) -> None:
    found = rows(tokyo.get(PAGE))
    assert {name.split(",")[0] for name in found} == {"Cairo", "Kuala Lumpur", "Michael Bloomberg", "Milan", "New York"}
    milan = next(line for name, line in found.items() if name.startswith("Milan"))
    due = begins(desks) - timedelta(days=14)
    told = f"{due.day} {due:%B %Y}, 23:59 (Tokyo)"
    assert milan.startswith(f"Contribution to a sessionSession 2 | Expected | {told} | – |")


def test_the_table_is_narrowed_by_where_videos_stand(desks: KeepingFlask, tokyo: Organiser) -> None:
    waived = of(desks, "Milan").uid
    tokyo.send(f"{PAGE}/{waived}/waive", {"reason": "It came on a stick"})
    assert [name.split(",")[0] for name in rows(tokyo.get(f"{PAGE}?stands=over"))] == ["Milan"]
    assert "Milan" not in {name.split(",")[0] for name in rows(tokyo.get(f"{PAGE}?stands=awaited"))}
    assert len(rows(tokyo.get(f"{PAGE}?stands=nonsense"))) == 5


def test_what_is_waived_is_missed_no_more_and_can_be_expected_again(desks: KeepingFlask, tokyo: Organiser) -> None:
    said, page = "The video of Milan for “Session 2” has not come.", f"{PAGE}/{of(desks, 'Milan').uid}"
    assert tokyo.send(f"{page}/waive", {"reason": ""}).status_code == 422
    assert tokyo.send(f"{page}/waive", {"reason": "It came on a stick"}).status_code == 303
    assert "Reason: It came on a stick" in words(tokyo.get(page))
    assert said not in words(tokyo.get(f"{REHEARSAL}/publish"))
    assert press(tokyo, page, "/again") == 303
    assert (of(desks, "Milan").state, said in words(tokyo.get(f"{REHEARSAL}/publish"))) == (State.EXPECTED, True)


def test_longer_for_one_leaves_the_others(desks: KeepingFlask, tokyo: Organiser) -> None:
    page, before = f"{PAGE}/{of(desks, 'Milan').uid}/extend", of(desks, "Cairo").due_at
    later, sooner = (begins(desks) - timedelta(days=days) for days in (7, 19))
    assert tokyo.send(page, {"day": "2020-01-01", "reason": "Late"}).status_code == 422
    assert tokyo.send(page, {"day": str(later), "reason": "The mayor was ill"}).status_code == 303
    assert (of(desks, "Milan").due_at.isoformat(), of(desks, "Cairo").due_at) == (
        f"{later}T14:59:59.999999+00:00",
        before,
    )
    tokyo.send(f"{PAGE}/terms", {"day": str(sooner)})
    assert [of(desks, city).due_at.date() for city in ("Milan", "Cairo")] == [later, sooner]


def test_what_is_asked_of_all_is_set_within_reason(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = f"{PAGE}/terms"
    assert tokyo.send(page, {"megabytes": "500", "quota_megabytes": "400"}).status_code == 422
    assert tokyo.send(page, {"seconds": "5"}).status_code == 422
    assert tokyo.send(page, {"megabytes": "500", "seconds": "300", "hard": "y"}).status_code == 303
    with desks.app_context():
        row = db.session.execute(select(VideoTerms)).scalar_one()
        assert (row.megabytes, row.seconds, row.hard, row.due_at, row.blocks_release) == (500, 300, True, None, False)


def test_a_video_is_asked_for_by_hand_and_given_up_again(desks: KeepingFlask, tokyo: Organiser) -> None:
    with desks.app_context():
        slug = select(Event.id).where(Event.slug == "rehearsal").scalar_subquery()
        rome = db.session.execute(
            select(Delegation.id).join(Member).where(Member.name == "Rome", Delegation.event_id == slug)
        ).scalar_one()
    asked = {"whose": f"city:{rome}", "purpose": "backup", "session": "session-5"}
    assert tokyo.send(f"{PAGE}/new", asked).status_code == 303
    again = tokyo.send(f"{PAGE}/new", asked)
    assert (again.status_code, "expected already" in words(again)) == (422, True)
    made = of(desks, "Rome", Purpose.BACKUP)
    assert (made.state, made.known, made.session_title) == (State.EXPECTED, True, "Session 5")
    assert press(tokyo, f"{PAGE}/{made.uid}", "/withdraw") == 303
    assert of(desks, "Rome", Purpose.BACKUP).state == State.WITHDRAWN


def test_what_follows_from_the_agenda_is_not_given_up_by_hand(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert press(tokyo, f"{PAGE}/{of(desks, 'Milan').uid}", "/withdraw") == 303
    assert of(desks, "Milan").state == State.EXPECTED


def test_who_speaks_online_is_asked_for_a_backup_once(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert "speak online for a backup" in words(tokyo.get(PAGE))
    assert press(tokyo, PAGE, "/backups") == 303
    assert of(desks, "Lancaster").purpose == Purpose.BACKUP
    assert "speak online for a backup" not in words(tokyo.get(PAGE))


def test_the_link_of_a_person_is_shown_and_that_of_a_city_is_not(desks: KeepingFlask, tokyo: Organiser) -> None:
    """Whoever has a city's link speaks for it; nobody but the organisers can hand a person theirs."""
    with desks.app_context():
        person = db.session.execute(select(VideoMessage).where(VideoMessage.person_id.is_not(None))).scalar_one()
    milan = of(desks, "Milan")
    with desks.app_context():
        theirs, his = milan.link, person.link
    assert his in tokyo.get(f"{PAGE}/{person.uid}").text
    assert theirs not in tokyo.get(f"{PAGE}/{milan.uid}").text


def test_a_link_that_is_replaced_opens_nothing_any_more(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = f"{PAGE}/{of(desks, 'Milan').uid}"
    with desks.app_context():
        old = of(desks, "Milan").link
    token = held(tokyo.get(f"{PAGE}/new"))["csrf_token"]
    for _twice in (1, 2):
        tokyo.client.post(f"{page}/link", data={"csrf_token": token, "generation": "0"})
    with desks.app_context():
        new, generation = of(desks, "Milan").link, of(desks, "Milan").link_generation
    anybody = desks.test_client()
    assert (generation, anybody.get(f"/v/{old}/").status_code, anybody.get(f"/v/{new}/").status_code) == (1, 404, 200)


def test_another_summit_s_organiser_finds_nothing(desks: KeepingFlask) -> None:
    rome, milan = Organiser(desks, "rome"), of(desks, "Milan").uid
    pages = ("", "/new", "/terms", f"/{milan}", f"/{milan}/extend", f"/{milan}/waive")
    assert {rome.get(f"{PAGE}{page}").status_code for page in pages} == {404}
    assert {rome.get(f"{ARCHIVE}/videos/{milan}{page}").status_code for page in ("", "/extend", "/waive")} == {404}
