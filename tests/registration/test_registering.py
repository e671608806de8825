"""The register as a delegate meets it."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db, write
from app.delegations.models import Answer, Delegation
from app.events.models import Event
from app.journal import Note
from app.outbox import Message
from tests.registration.cast import Cast, delegates, hidden, needs, read, send, taken, typed


def test_a_delegate_registers_for_the_venue_and_lands_on_their_own_page(cast: Cast, client: FlaskClient) -> None:
    answer = send(client, "/summit/register", typed(cast))
    (anna,) = delegates(cast.app)
    with cast.app.app_context():
        assert (answer.status_code, answer.location) == (303, f"/d/{anna.link}/registered")
    assert (anna.name, anna.mobile, anna.state.value, anna.mode.value) == (
        "Anna Bianchi",
        "+819012345678",
        "approved",
        "venue",
    )
    assert (taken(cast.app), needs(cast.app)) == ({"venue": 1, "online": 0, "video": 0}, [("No shellfish", "")])


def test_delegate_letter_and_journal_are_stored_together(cast: Cast, client: FlaskClient) -> None:
    send(client, "/summit/register", typed(cast))
    (anna,) = delegates(cast.app)
    letters = read(cast.app, lambda: list(db.session.execute(select(Message.key, Message.to))))
    notes = select(Note.what, Note.who).where(Note.subject == f"delegate/{anna.uid}")
    assert letters == [(f"confirmation/summit/{anna.reference}/0", "office@rome.example.org")]
    assert read(cast.app, lambda: list(db.session.execute(notes))) == [
        ("registered", f"{anna.reference} (Anna Bianchi)")
    ]


def test_the_journal_quotes_nothing_private(cast: Cast, client: FlaskClient) -> None:
    send(client, "/summit/register", typed(cast))
    (after,) = read(
        cast.app, lambda: [each for each in db.session.execute(select(Note.after)).scalars() if each and "name" in each]
    )
    assert after == {
        "mode": "venue",
        "honorific": "Hon.",
        "name": "Anna Bianchi",
        "position": "Deputy Mayor",
        "organisation": "City of Rome",
        "listed": False,
        "shared": False,
    }


def test_fields_of_other_modes_are_neither_demanded_nor_stored(cast: Cast, client: FlaskClient) -> None:
    told = typed(
        cast, mode="online", mobile="no number at all", access="A ramp", zone="Asia/Tokyo", video_language="Latin"
    )
    answer = send(client, "/summit/register", told)
    (anna,) = delegates(cast.app)
    assert (answer.status_code, anna.mobile, anna.zone, anna.video_language) == (303, "", "Asia/Tokyo", "")
    assert needs(cast.app) == []


def test_the_focal_points_link_fixes_the_city_and_asks_no_code(cast: Cast, client: FlaskClient) -> None:
    path = f"/summit/register/{cast.links['Milan']}"
    page = client.get(path)
    assert ("Register for Milan" in page.text, 'name="code"' in page.text) == (True, False)
    send(client, path, typed(cast, code="", mode="video", video_language="Italian"))
    (anna,) = delegates(cast.app)
    milan = select(Delegation.id).where(Delegation.uid == "summit-milan")
    assert anna.delegation_id == read(cast.app, lambda: db.session.execute(milan).scalar_one())


def test_a_code_may_be_typed_in_small_letters_without_its_hyphen(cast: Cast, client: FlaskClient) -> None:
    code = cast.codes["Rome"].lower().replace("-", " ")
    assert send(client, "/summit/register", typed(cast, code=code)).status_code == 303


def test_a_wrong_code_and_the_code_of_another_summit_get_the_same_answer(cast: Cast, client: FlaskClient) -> None:
    said = "No city here has this code. Please compare it with the one your office gave you."
    for code in ("00000-00000", cast.other_code):
        answer = send(client, "/summit/register", typed(cast, code=code))
        assert (answer.status_code, said in answer.text, "CITYNET" in answer.text) == (422, True, False)
    assert delegates(cast.app) == []


def test_guessing_is_slowed_but_a_right_code_still_counts(cast: Cast, client: FlaskClient) -> None:
    for _guess in range(5):
        send(client, "/summit/register", typed(cast, code="00000-00000"))
    answer = send(client, "/summit/register", typed(cast, code="00000-00001"))
    assert "Too many wrong codes came from your network." in answer.text
    assert send(client, "/summit/register", typed(cast)).status_code == 303


def test_a_link_of_another_summit_opens_nothing(cast: Cast, client: FlaskClient) -> None:
    answer = client.get(f"/congress/register/{cast.links['Seoul']}")
    assert answer.status_code == 404


def test_a_city_that_declined_registers_nobody(cast: Cast, client: FlaskClient) -> None:
    declined = update(Delegation).where(Delegation.uid == "summit-rome").values(answer=Answer.DECLINED)
    read(cast.app, lambda: write(lambda: db.session.execute(declined)))
    answer = send(client, "/summit/register", typed(cast))
    assert "Your city does not take part in this summit at present." in answer.text
    assert delegates(cast.app) == []


def test_a_full_venue_refuses_in_words_and_offers_the_other_ways(cast: Cast, client: FlaskClient) -> None:
    for number in range(3):
        send(client, "/summit/register", typed(cast, name=f"Delegate {number}"))
    answer = send(client, "/summit/register", typed(cast, name="Delegate 3"))
    assert answer.status_code == 422
    assert "The venue is full. You can still take part online or send a video message" in answer.text
    again = client.post("/summit/register", data=hidden(answer) | typed(cast, name="Delegate 3", mode="online"))
    assert (again.status_code, taken(cast.app)) == (303, {"venue": 3, "online": 1, "video": 0})


def test_the_same_form_sent_again_is_one_registration_and_one_letter(cast: Cast, client: FlaskClient) -> None:
    filled = hidden(client.get("/summit/register")) | typed(cast)
    first, second = (client.post("/summit/register", data=filled) for _press in range(2))
    assert (first.status_code, first.location) == (303, second.location)
    letters = read(cast.app, lambda: len(db.session.execute(select(Message.id)).all()))
    assert (len(delegates(cast.app)), taken(cast.app)["venue"], letters) == (1, 1, 1)


def test_a_form_gone_back_to_does_not_swallow_a_second_person(cast: Cast, client: FlaskClient) -> None:
    filled = hidden(client.get("/summit/register")) | typed(cast)
    client.post("/summit/register", data=filled)
    answer = client.post("/summit/register", data=filled | {"name": "Bruno Conti"})
    (anna,) = delegates(cast.app)
    assert f"already registered Anna Bianchi (reference {anna.reference})" in answer.text
    client.post("/summit/register", data=typed(cast, name="Bruno Conti") | hidden(answer))
    assert [each.name for each in delegates(cast.app)] == ["Anna Bianchi", "Bruno Conti"]


def test_closed_registration_says_so_and_shows_a_way_on(cast: Cast, client: FlaskClient) -> None:
    shut = update(Event).values(registration_opens=None, registration_closes=None)
    page = client.get("/summit/register")
    read(cast.app, lambda: write(lambda: db.session.execute(shut)))
    closed = client.get("/summit/register")
    assert (closed.status_code, "Registration is closed" in closed.text, "/summit/agenda" in closed.text) == (
        200,
        True,
        True,
    )
    late = client.post("/summit/register", data=hidden(page) | typed(cast))
    assert (late.status_code, "Anna Bianchi" in late.text, delegates(cast.app)) == (422, True, [])


def test_a_rehearsal_shows_one_citys_code(cast: Cast, client: FlaskClient) -> None:
    shown = update(Event).values(code_shown="To try it out, take the code 12345-ABCDE of Seoul.")
    read(cast.app, lambda: write(lambda: db.session.execute(shown)))
    assert "To try it out, take the code 12345-ABCDE of Seoul." in client.get("/summit/register").text


def test_an_unknown_summit_has_no_register(cast: Cast, client: FlaskClient) -> None:
    assert client.get("/nowhere/register").status_code == 404
