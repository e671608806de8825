"""Who works for an event: invited by letter, given and taken tasks, and never nobody left to organise it."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts import letters as account_letters
from app.accounts import service as accounts
from app.accounts import staffing
from app.accounts.models import Role, Staff, User
from app.db import db, write
from app.events.models import Event
from app.journal import Note
from app.outbox import Message, State, empty
from app.outbox.rendering import render
from app.web.kept import KeepingFlask
from tests.accounts.people import OTHER, set_password, sign_in
from tests.desk.office import REHEARSAL, Organiser, rows, words
from tests.queries import counted
from tests.registration.cast import NOW, read
from tests.registration.people import refusal

STAFF = f"{REHEARSAL}/staff"
SEOUL = "seoul@example.org"


def roles(app: KeepingFlask, email: str) -> set[Role]:
    held = select(Staff.role).join(User, User.id == Staff.user_id).where(User.email == email)
    return read(app, lambda: set(db.session.execute(held).scalars()))


def user_id(app: KeepingFlask, email: str) -> int:
    return read(app, lambda: db.session.execute(select(User.id).where(User.email == email)).scalar_one())


def event_id(app: KeepingFlask) -> int:
    return read(app, lambda: db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one())


def letters(app: KeepingFlask) -> list[str]:
    found = select(Message.to).where(Message.kind == "staff").order_by(Message.id)
    return read(app, lambda: list(db.session.execute(found).scalars()))


def invite(organiser: Organiser, email: str, role: Role) -> int:
    return organiser.send(STAFF, {"email": email, "roles": role.value}).status_code


def test_somebody_invited_sets_a_password_by_the_letter_and_opens_their_page_alone(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    client = desks.test_client()
    assert invite(tokyo, "Seoul@example.org", Role.LOGISTICS) == 303
    with desks.app_context():
        empty()
        row = db.session.execute(select(Message).where(Message.kind == "staff")).scalar_one()
        assert (row.to, row.state) == (SEOUL, State.SENT)
        user = db.session.execute(select(User).where(User.email == SEOUL)).scalar_one()
    with desks.test_request_context():
        link = account_letters.link(user)
    set_password(client, link)
    sign_in(client, "seoul", OTHER)
    home = client.get("/organise/")
    assert ("1st G-NETS" in home.text or "rehearsal" in home.text.lower(), "publish" in home.text) == (True, False)
    assert client.get(f"{REHEARSAL}/").location == f"{REHEARSAL}/travel"
    got = [client.get(f"{REHEARSAL}/{page}").status_code for page in ("travel", "visa", "staff", "board", "publish")]
    assert got == [200, 404, 404, 404, 404]


def test_inviting_twice_gives_one_role_and_one_letter(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert [invite(tokyo, SEOUL, Role.VISA) for _each in range(2)] == [303, 303]
    assert (roles(desks, SEOUL), letters(desks)) == ({Role.VISA}, [SEOUL])


def test_letters_about_an_account_are_in_the_language_of_the_invitation(desks: KeepingFlask, tokyo: Organiser) -> None:
    """Until it is in use; nobody changes it for somebody else afterwards."""

    def invited(language: str, role: Role) -> str:
        tokyo.send(STAFF, {"email": SEOUL, "roles": role.value, "language": language})
        return read(desks, lambda: db.session.execute(select(User.language).where(User.email == SEOUL)).scalar_one())

    assert [invited("ja", Role.VISA), invited("ko", Role.LOGISTICS)] == ["ja", "ko"]
    with desks.test_request_context():
        user = db.session.execute(select(User).where(User.email == SEOUL)).scalar_one()
        link = account_letters.link(user)
    set_password(desks.test_client(), link)
    assert invited("fr", Role.ORGANISER) == "ko"

    def posted() -> list[tuple[str, str]]:
        write(lambda: accounts.ask_for_link(SEOUL, "192.0.2.1", NOW))
        rows = db.session.execute(select(Message).where(Message.to == SEOUL).order_by(Message.id)).scalars()
        return [(each.language, render(each.kind, each.facts, each.language).subject) for each in rows]

    title = "1st G-NETS Leaders Summit"
    assert [(language, words.partition(title)[2] or words) for language, words in read(desks, posted)] == [
        ("ja", "の担当になられました"),
        ("ko", " 업무를 맡으셨습니다"),
        ("ko", "비밀번호가 설정되었습니다"),
        ("ko", " 업무를 맡으셨습니다"),
        ("ko", "비밀번호 설정 링크"),
    ]


def test_the_list_says_who_looks_after_what(tokyo: Organiser) -> None:
    invite(tokyo, SEOUL, Role.VISA)
    found = rows(tokyo.get(STAFF))
    assert found[SEOUL] == f"Visa letters | No password yet | Change {SEOUL}"
    assert found["KOIKE Yurikotokyo@example.org"].startswith("Organiser | in use")


def test_nobody_gives_themselves_what_is_told_in_confidence(desks: KeepingFlask, tokyo: Organiser) -> None:
    me = user_id(desks, "tokyo@example.org")
    for role in ("visa", "logistics"):
        by_page = tokyo.send(f"{STAFF}/{me}", {"roles": ["organiser", role]})
        by_letter = tokyo.send(STAFF, {"email": "Tokyo@example.org", "roles": role})
        for answer in (by_page, by_letter):
            assert (answer.status_code, "Nobody gives themselves" in words(answer)) == (422, True)
    assert (roles(desks, "tokyo@example.org"), letters(desks)) == ({Role.ORGANISER}, [])


def test_another_organiser_gives_it_and_stands_in_the_journal_for_that(desks: KeepingFlask, tokyo: Organiser) -> None:
    invite(tokyo, "milan@example.org", Role.ORGANISER)
    milan = Organiser(desks, "milan")
    me = user_id(desks, "tokyo@example.org")
    assert tokyo.get(f"{REHEARSAL}/visa").status_code == 404
    assert milan.send(f"{STAFF}/{me}", {"roles": ["organiser", "visa"]}).status_code == 303
    assert tokyo.get(f"{REHEARSAL}/visa").status_code == 200
    lines = select(Note).where(Note.what == "staff changed", Note.subject == f"user/{me}")
    note = read(desks, lambda: db.session.execute(lines).scalar_one())
    assert (note.who, note.before, note.after) == (
        "milan@example.org",
        {"roles": "organiser", "email": "tokyo@example.org"},
        {"roles": "organiser, visa", "email": "tokyo@example.org"},
    )


def test_who_has_it_already_may_store_the_page_and_give_it_back(desks: KeepingFlask, tokyo: Organiser) -> None:
    me = user_id(desks, "tokyo@example.org")
    with desks.app_context():
        key = event_id(desks)
        write(lambda: db.session.add(Staff(user_id=me, event_id=key, role=Role.VISA)))
    assert tokyo.send(f"{STAFF}/{me}", {"roles": ["organiser", "visa"]}).status_code == 303
    assert roles(desks, "tokyo@example.org") == {Role.ORGANISER, Role.VISA}
    assert tokyo.send(f"{STAFF}/{me}", {"roles": "organiser"}).status_code == 303
    assert roles(desks, "tokyo@example.org") == {Role.ORGANISER}


def test_the_last_organiser_cannot_leave(desks: KeepingFlask, tokyo: Organiser) -> None:
    me = user_id(desks, "tokyo@example.org")
    invite(tokyo, SEOUL, Role.ORGANISER)  # who has no password yet and can run nothing
    answer = tokyo.send(f"{STAFF}/{me}", {"roles": "visa"})
    assert (answer.status_code, "This is the last organiser." in words(answer)) == (422, True)
    assert roles(desks, "tokyo@example.org") == {Role.ORGANISER}


def test_an_organiser_leaves_when_another_stays(desks: KeepingFlask, tokyo: Organiser) -> None:
    me = user_id(desks, "tokyo@example.org")
    invite(tokyo, "milan@example.org", Role.ORGANISER)
    assert tokyo.send(f"{STAFF}/{me}", {"roles": None}).status_code == 303
    assert (roles(desks, "tokyo@example.org"), tokyo.get(STAFF).status_code) == (set(), 404)


def test_two_organisers_who_remove_each_other_do_not_leave_nobody(desks: KeepingFlask, tokyo: Organiser) -> None:
    invite(tokyo, "milan@example.org", Role.ORGANISER)
    key = event_id(desks)
    ids = [user_id(desks, f"{city}@example.org") for city in ("tokyo", "milan")]
    said = []
    for each in ids:
        with desks.app_context():
            said.append(
                refusal(lambda each=each: write(lambda: staffing.set_roles(key, each, [], who="a test", now=NOW)))  # type: ignore[misc]
            )
    assert [sentence is None for sentence in said] == [True, False]


def test_a_word_that_is_no_role_and_an_address_that_is_none_are_refused(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert tokyo.send(STAFF, {"email": SEOUL, "roles": "emperor"}).status_code == 422
    assert tokyo.send(STAFF, {"email": "seoul", "roles": "visa"}).status_code == 422
    assert letters(desks) == []


def test_staff_of_another_event_are_not_found_here(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert tokyo.get(f"{STAFF}/{user_id(desks, 'rome@example.org')}").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_many(desks: KeepingFlask, tokyo: Organiser) -> None:
    costs = []
    for cities in (("seoul",), ("rome", "milan", "lancaster")):
        for city in cities:
            invite(tokyo, f"{city}@example.org", Role.LOGISTICS)
        with counted(desks) as statements:
            tokyo.get(STAFF)
        costs.append(len(statements))
    assert costs[0] == costs[1]
