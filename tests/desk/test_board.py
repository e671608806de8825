"""What is missing: the rules as a table, the page, its files, and the list of participants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app import clock, sheets
from app.agenda.models import Session
from app.db import db, write
from app.delegations.models import Answer, Category, Delegation, FocalPoint, Quota
from app.desk.board.needs import OURS, Choice, Need, Row, chosen, missing, next_step, totals
from app.events.models import Event, Mode, new_uid
from app.network.models import Member, folded
from app.registration.models import Capacity, Delegate, State
from app.videos.models import State as Video
from app.videos.models import VideoMessage
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, notes, rows, words
from tests.desk.test_lists import of_city, register
from tests.queries import counted

BOARD = f"{REHEARSAL}/board"
PARTICIPANTS = f"{REHEARSAL}/participants"

ROME = Row(
    "rome", "Rome", "Europe/Rome", Answer.ACCEPTED, names=("rome", "roma"), modes=(Mode.VENUE, Mode.ONLINE),
    head="Gaia Romani", registered=2, approved=1, sessions=("5",),
)  # fmt: skip
"""Rome when nothing is missing."""
MILAN = Row("milan", "Milan", "Europe/Rome", Answer.ACCEPTED, names=("milan",), modes=(Mode.VIDEO,), sessions=("2",))
"""Milan, which sends a video message and nobody."""
CAIRO = Row("cairo", "Cairo", "Africa/Cairo", Answer.INVITED, names=("cairo",), silent=21)
MALMO = Row("malmo", "Malmö", "Europe/Stockholm", Answer.DRAFT, names=("malmo",))
SAO_PAULO = Row(
    "sao-paulo", "São Paulo", "America/Sao_Paulo", Answer.DECLINED, names=("saopaulo", folded("サンパウロ"))
)
ALL = (ROME, MILAN, CAIRO, MALMO, SAO_PAULO)

CASES: tuple[tuple[str, Row, tuple[Need, ...]], ...] = (
    ("nothing", ROME, ()),
    ("a video alone needs no head and nobody", MILAN, ()),
    ("a video and somebody need a head", replace(MILAN, registered=1), (Need.HEAD,)),
    ("silent", CAIRO, (Need.ANSWER,)),
    ("silent, and its letters come back", replace(CAIRO, undelivered=1), (Need.ADDRESS, Need.ANSWER)),
    ("one of its people gets no letters", replace(ROME, undelivered=1, head=""), (Need.ADDRESS, Need.HEAD)),
    ("declined, and its letter came back", replace(SAO_PAULO, undelivered=1), ()),
    ("silent, and nobody to ask", replace(CAIRO, reachable=False), (Need.CONTACT, Need.ANSWER)),
    ("not invited", MALMO, (Need.INVITATION,)),
    ("not invited, and nobody to write to", replace(MALMO, reachable=False), (Need.CONTACT, Need.INVITATION)),
    ("declined", SAO_PAULO, ()),
    ("lapsed", replace(CAIRO, answer=Answer.LAPSED), (Need.LAPSED,)),
    ("withdrawn", replace(ROME, answer=Answer.WITHDRAWN, head="", sessions=()), ()),
    ("over", replace(ROME, answer=Answer.CLOSED, head="", registered=0, sessions=()), ()),
    ("ended", replace(ROME, over=True, head="", registered=0, sessions=()), ()),
    ("vacant", replace(ROME, head=""), (Need.HEAD,)),
    ("nobody yet", replace(ROME, head="", registered=0), (Need.PEOPLE, Need.HEAD)),
    ("letter due", replace(ROME, letter_required=True), (Need.LETTER,)),
    ("letter handed in", replace(ROME, letter_required=True, letter_held=True), ()),
    ("no item", replace(ROME, sessions=()), (Need.SESSION,)),
    ("a bad hour", replace(ROME, bad_hours=1), (Need.HOURS,)),
    ("bearable hours", replace(ROME, bad_hours=0), ()),
    ("modes not said", replace(ROME, modes=()), (Need.MODES,)),
    ("people to approve", replace(ROME, to_decide=2, head=""), (Need.DECISION, Need.HEAD)),
    ("other modes asked for", replace(ROME, modes_asked=True, changes=True), (Need.MODES_ASKED,)),
    ("changed after approval", replace(ROME, answer=Answer.APPROVED, changes=True), (Need.CHANGES,)),
)


@pytest.mark.one_database
@pytest.mark.parametrize(("row", "lacks"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_a_city_lacks(row: Row, lacks: tuple[Need, ...]) -> None:
    assert missing(row) == lacks


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("row", "step"),
    [(ROME, None), (CAIRO, Need.ANSWER), (replace(ROME, to_decide=2, head="", sessions=()), Need.DECISION)],
)
def test_the_next_step_is_the_most_pressing_need(row: Row, step: Need | None) -> None:
    assert next_step(row) == step


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (Choice(), ["Cairo", "Malmö", "Milan", "Rome", "São Paulo"]),
        (Choice(sort="-city"), ["São Paulo", "Rome", "Milan", "Malmö", "Cairo"]),
        (Choice(sort="next"), ["Malmö", "Cairo", "Milan", "Rome", "São Paulo"]),
        (Choice(q="malmo"), ["Malmö"]),
        (Choice(q="sao paulo"), ["São Paulo"]),
        (Choice(q="サンパウロ"), ["São Paulo"]),
        (Choice(q="roma"), ["Rome"]),
        (Choice(q="---"), []),
        (Choice(answer="accepted"), ["Milan", "Rome"]),
        (Choice(mode="online"), ["Rome"]),
        (Choice(missing="answer"), ["Cairo"]),
        (Choice(answer="accepted", missing="head"), []),
    ],
    ids=str,
)
def test_rows_are_chosen_and_put_in_order(choice: Choice, names: list[str]) -> None:
    assert [row.name for row in chosen(ALL, choice)] == names


@pytest.mark.one_database
def test_cities_are_counted_once_however_many_modes() -> None:
    found = totals(ALL)
    assert (found.invited, found.accepted, found.modes, found.in_several) == (4, 2, (1, 1, 1), 1)
    assert (found.registered, found.approved, found.ours, found.theirs) == (2, 1, 1, 1)


@pytest.mark.one_database
def test_every_need_is_of_the_organisers_or_of_the_city() -> None:
    assert set(Need) - OURS == {Need.ANSWER, Need.RETURNED, Need.MODES, Need.PEOPLE, Need.HEAD, Need.LETTER}


def put(app: KeepingFlask, act: Callable[[], Any]) -> None:
    with app.app_context():
        write(act)


def settle(app: KeepingFlask, city: str, **values: Any) -> None:
    """Give columns of a delegation other values, as its acts would."""
    put(app, lambda: db.session.execute(update(Delegation).where(Delegation.id == of_city(city).id).values(**values)))


def stand(app: KeepingFlask, reference: str, **values: Any) -> None:
    put(app, lambda: db.session.execute(update(Delegate).where(Delegate.reference == reference).values(**values)))


def appoint(app: KeepingFlask, city: str) -> None:
    """Somebody speaks for the city."""

    def act() -> None:
        person = FocalPoint(uid=new_uid(), delegation_id=of_city(city).id, name="Ann", email="ann@example.org")
        person.added_at, person.link_generation = clock.now(), 0
        person.seal()
        db.session.add(person)

    put(app, act)


def found(tokyo: Organiser, city: str, query: str = "") -> str:
    """The words of a city's row after its name."""
    (row,) = (text for name, text in rows(tokyo.get(BOARD + query)).items() if name.startswith(city))
    return row


def test_the_overview_leads_to_the_board(tokyo: Organiser) -> None:
    assert f'href="{BOARD}' in tokyo.get(f"{REHEARSAL}/").text
    page = tokyo.get(BOARD)
    assert len(rows(page)) == 34
    assert f'<a href="{BOARD}" aria-current="page">Delegations</a>' in page.text


def test_queensland_has_no_item_and_nobody_yet(tokyo: Organiser) -> None:
    said = "Accepted | Vacant | – | Nobody yet | At the venue | – | No item | – | – | Ask who comes: Queensland"
    assert found(tokyo, "Queensland") == said


def test_lancaster_would_sleep_while_its_session_meets(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert found(tokyo, "Lancaster").endswith("| bearable | – | Ask who comes: Lancaster")
    two = select(Session.id).where(Session.number == 2, Session.event_id == Event.id, Event.slug == "rehearsal")
    early = update(Session).where(Session.id.in_(two)).values(starts=time(16, 40), ends=time(17, 30))
    put(desks, lambda: db.session.execute(early))
    assert found(tokyo, "Lancaster").endswith("| 1 bad | – | Ask who comes: Lancaster")
    assert "Lancaster" in words(tokyo.get(f"{BOARD}?missing=hours"))


def test_milan_sends_a_video_and_needs_no_head(tokyo: Organiser) -> None:
    assert found(tokyo, "Milan").startswith("Accepted | None needed | – | – | By video message | Milan: Owed | 2")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (Video.OVERDUE, "Overdue"),
        (Video.FAILED, "To be mended"),
        (Video.CHECKING, "Has come"),
        (Video.SCHEDULED, "Accepted"),
        (Video.WITHDRAWN, "Owed"),
    ],
)
def test_how_a_video_stands_is_told_by_the_message(
    desks: KeepingFlask, tokyo: Organiser, state: Video, said: str
) -> None:
    """What Milan owes by its way of taking part is owed whether or not a message is expected."""
    of_milan = select(Delegation.id).join(Member).where(Member.name == "Milan")
    theirs = update(VideoMessage).where(VideoMessage.delegation_id.in_(of_milan))
    put(desks, lambda: db.session.execute(theirs.values(state=state)))
    assert f"| By video message | Milan: {said} |" in found(tokyo, "Milan")


def test_a_city_without_an_answer_is_to_be_reminded(desks: KeepingFlask, tokyo: Organiser) -> None:
    settle(desks, "Rome", answer=Answer.INVITED, invited_at=clock.now() - timedelta(days=21, hours=1))
    appoint(desks, "Rome")
    assert found(tokyo, "Rome").startswith("Silent 21 days | – | – | – |")
    page = tokyo.get(BOARD)
    assert f'href="{REHEARSAL}/invitations/send/reminder?city=rome">Remind<' in page.text
    assert "Remind the one silent city" in words(page)


def test_people_who_wait_are_approved_next(desks: KeepingFlask, tokyo: Organiser) -> None:
    stand(desks, register(desks, "Rome"), state=State.ENDORSED, role=Capacity.HEAD)
    assert found(tokyo, "Rome").startswith("Accepted | Gaia Romaninot approved yet | – | 1 |")
    assert found(tokyo, "Rome").endswith("| 5 | bearable | 1 | Approve 1: Rome")
    assert f'href="{REHEARSAL}/registrations?city=rome&amp;state=endorsed"' in tokyo.get(BOARD).text


def test_people_stand_against_the_quota(desks: KeepingFlask, tokyo: Organiser) -> None:
    def act() -> None:
        quota = Quota(delegation_id=of_city("Seoul").id, category=Category.DELEGATES, mode=Mode.ONLINE, seats=4)
        quota.taken = 1
        db.session.add(quota)

    register(desks, "Seoul")
    put(desks, act)
    assert "| 1 of 41 approved |" in found(tokyo, "Seoul")


def test_a_letter_is_due_until_it_is_there(desks: KeepingFlask, tokyo: Organiser) -> None:
    settle(desks, "Milan", letter_required=True)
    assert found(tokyo, "Milan").startswith("Accepted | None needed | Due |")
    assert found(tokyo, "Milan").endswith("| Ask for letter: Milan")


def test_changes_are_looked_at_and_then_done_with(desks: KeepingFlask, tokyo: Organiser) -> None:
    stand(desks, register(desks, "Rome"), role=Capacity.HEAD)
    settle(desks, "Rome", answer=Answer.APPROVED, changes_pending=True)
    assert found(tokyo, "Rome").endswith("| Review changes: Rome")
    page = tokyo.get(f"{BOARD}/rome/changes")
    assert "registered" in words(page)
    assert tokyo.send(f"{BOARD}/rome/changes", page=page).headers["Location"] == BOARD
    assert found(tokyo, "Rome").endswith("| 5 | bearable | – | –")
    with desks.app_context():
        subject = f"delegation/{of_city('Rome').uid}"
    assert [(each.what, each.who) for each in notes(desks, subject)] == [("reviewed changes", "KOIKE Yuriko")]


def test_changes_that_came_after_the_page_was_opened_are_shown_first(desks: KeepingFlask, tokyo: Organiser) -> None:
    settle(desks, "Rome", answer=Answer.APPROVED, changes_pending=True)
    page = tokyo.get(f"{BOARD}/rome/changes")
    register(desks, "Rome")
    answer = tokyo.send(f"{BOARD}/rome/changes", page=page)
    assert answer.status_code == 422
    assert "More has changed since you looked." in words(answer)
    assert tokyo.send(f"{BOARD}/rome/changes", page=answer).status_code == 303


def test_changes_of_no_city_are_not_found(tokyo: Organiser) -> None:
    assert tokyo.get(f"{BOARD}/atlantis/changes").status_code == 404


def test_the_figures_say_what_they_count(tokyo: Organiser) -> None:
    page = tokyo.get(BOARD)
    said = "Cities that take part: they accepted and have not withdrawn."
    assert (page.text.count(said), f'title="{said}"' in page.text) == (2, True)


@pytest.mark.parametrize(
    ("query", "cities"),
    [("?q=queens", ["Queensland"]), ("?missing=session&mode=venue", ["Queensland"]), ("?answer=declined", [])],
)
def test_the_board_is_narrowed_by_its_address(tokyo: Organiser, query: str, cities: list[str]) -> None:
    page = tokyo.get(BOARD + query)
    assert [name.split("Brisbane")[0] for name in rows(page)] == cities


def test_a_word_that_is_no_choice_asks_for_nothing(tokyo: Organiser) -> None:
    assert len(rows(tokyo.get(f"{BOARD}?answer=perhaps&mode=boat&missing=luck&sort=colour"))) == 34


def rename(app: KeepingFlask, city: str, name: str) -> None:
    put(app, lambda: setattr(db.session.get_one(Member, of_city(city).member_id), "name", name))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_holds_the_chosen_rows_with_their_letters_intact(tokyo: Organiser, kind: str) -> None:
    answer = tokyo.get(f"{BOARD}/export.{kind}?q=sao")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="rehearsal-board.{kind}"'
    sheet = sheets.read(answer.data, f"board.{kind}")
    (row,) = sheet.rows
    named = dict(zip(sheet.header, row, strict=True))
    assert (named["City"], named["Time zone"], named["Head"]) == ("São Paulo", "America/Sao_Paulo", "vacant")
    assert named["Missing"] == "People, The head"


def test_no_name_in_the_file_acts_as_a_formula(desks: KeepingFlask, tokyo: Organiser) -> None:
    rename(desks, "Rome", "=HYPERLINK(1)")
    assert b"\r\n'=HYPERLINK(1)," in tokyo.get(f"{BOARD}/export.csv?q=hyperlink").data


def test_participants_stand_by_city_heads_first(desks: KeepingFlask, tokyo: Organiser) -> None:
    stand(desks, register(desks, "Rome", listed=True), role=Capacity.HEAD)
    register(desks, "Seoul")
    stand(desks, register(desks, "Milan"), state=State.SUBMITTED)
    said = words(tokyo.get(PARTICIPANTS))
    assert "2 people are approved, 1 of them agreed to stand in the public list" in said
    assert "Rome1 Gaia Romani, head of delegation Listed in public" in said
    assert "Seoul1 Kim Haneul, delegate Not listed in public" in said
    assert "Luca Milani" not in said


def test_deputies_stand_in_their_order_after_the_head(desks: KeepingFlask, tokyo: Organiser) -> None:
    for city, role, place in (("Rome", "deputy head", 2), ("Seoul", "head", None), ("Milan", "deputy head", 1)):
        row = register(desks, city)
        stand(desks, row, role=Capacity(role), deputy_place=place)
        with desks.app_context():
            rome = of_city("Rome").id
        stand(desks, row, delegation_id=rome)
    sheet = sheets.read(tokyo.get(f"{PARTICIPANTS}/export.csv").data, "people.csv")
    assert [row[:3] for row in sheet.rows] == [
        ("Rome", "Kim Haneul", "head of delegation"),
        ("Rome", "Luca Milani", "deputy head"),
        ("Rome", "Gaia Romani", "deputy head"),
    ]


def crowd(app: KeepingFlask, cities: int, people: int) -> None:
    """So many more cities in the rehearsal, each with so many approved people, modes, a focal point and a quota."""

    def act() -> None:
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        like = db.session.execute(select(Member).where(Member.slug == "rome")).scalars().first()
        assert like is not None
        for number in range(cities):
            member = Member(network_id=like.network_id, slug=f"city-{number}", name=f"City {number}", kind=like.kind)
            member.country, member.zone = like.country, like.zone
            db.session.add(member)
            db.session.flush()
            _delegation(event.id, member.id, number, people)

    put(app, act)


def _delegation(event_id: int, member_id: int, number: int, people: int) -> None:
    made = Delegation(uid=new_uid(), event_id=event_id, member_id=member_id, answer=Answer.ACCEPTED)
    made.code_generation = made.link_generation = 0
    made.seal()
    db.session.add(made)
    db.session.flush()
    db.session.add(Quota(delegation_id=made.id, category=Category.DELEGATES, mode=Mode.VENUE, seats=10, taken=people))
    for each in range(people):
        person = Delegate(
            uid=new_uid(), event_id=event_id, delegation_id=made.id, reference=f"C{number}P{each}",
            submit_key=new_uid(), state=State.APPROVED, mode=Mode.VENUE, role=Capacity.DELEGATE, name=f"Person {each}",
            position="Adviser", organisation="City hall", email="hall@example.org", participation={},
            link_generation=0, feed_generation=0, registered_at=clock.now(), changed_at=clock.now(),
            state_at=clock.now(), mode_changed_at=clock.now(),
        )  # fmt: skip
        person.seal()
        db.session.add(person)


def test_the_board_costs_the_same_for_one_city_and_for_three_hundred(desks: KeepingFlask, tokyo: Organiser) -> None:
    costs = []
    for cities, paths in ((0, (BOARD, PARTICIPANTS)), (300, (BOARD, PARTICIPANTS))):
        crowd(desks, cities, 1)
        for path in paths:
            with counted(desks) as statements:
                assert tokyo.get(path).status_code == 200
            costs.append(len(statements))
    assert costs[:2] == costs[2:]
    assert len(rows(tokyo.get(BOARD))) == 334


@pytest.mark.parametrize(
    "path", ["board", "board/rome/changes", "board/export.csv", "participants", "participants/export.xlsx"]
)
def test_a_stranger_sees_no_board(desks: KeepingFlask, rome: Organiser, path: str) -> None:
    assert rome.get(f"{REHEARSAL}/{path}").status_code == 404


def test_when_the_summit_is_over_nothing_is_missing(rome: Organiser) -> None:
    assert {row.split(" | ")[-1] for row in rows(rome.get(f"{ARCHIVE}/board")).values()} == {"–"}
