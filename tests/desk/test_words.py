"""The desk's pages of letters: the words with which they begin, seen as anybody, stored, refused, put back."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from app.db import db
from app.events.models import Mode
from app.journal import Note
from app.outbox import Message
from app.outbox.models import OwnWords
from app.outbox.openings import openings
from app.outbox.tongues import TONGUES
from app.registration.models import Delegate
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, held, rows, runs, words
from tests.publishing.digests.people import crowd, join, office
from tests.queries import counted
from tests.registration.cast import Cast, assemble

LETTERS = "/organise/summit/letters"
CONFIRMATION = f"{LETTERS}/confirmation/en"
OWN = {
    "subject": "Welcome, {name}",
    "text": "We look forward to **{city}**.\n\nSee [our page](https://tokyo.example/).",
}


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    made = assemble(app)
    with app.app_context():
        join("Rome", "Anna Bianchi")
        join("Lancaster", "Bob Hill", Mode.ONLINE)
        office("Rome", "Gaia Romani")
    return made


@pytest.fixture
def tokyo(app: KeepingFlask, cast: Cast) -> Organiser:
    return runs(app, cast.event_id)


def stored(cast: Cast) -> list[tuple[str, str, str, int]]:
    with cast.app.app_context():
        found = select(OwnWords.name, OwnWords.language, OwnWords.subject, OwnWords.version).order_by(OwnWords.id)
        return [tuple(row) for row in db.session.execute(found)]  # type: ignore[misc]


def test_the_list_names_every_letter_and_whose_words_it_begins_with(cast: Cast, tokyo: Organiser) -> None:
    assert tokyo.send(f"{LETTERS}/confirmation/ja", OWN).status_code == 303
    found = rows(tokyo.get(LETTERS))
    assert len(found) == len(openings)
    assert found["When a city is invited"].startswith("the city’s focal points | shipped | ")
    assert found["When a registration stands"].startswith("the person | 日本語: your own, changed on ")
    assert " by KOIKE Yuriko | " in found["When a registration stands"]


def test_the_form_holds_the_shipped_words_and_lists_what_they_may_name(cast: Cast, tokyo: Organiser) -> None:
    page = tokyo.get(CONFIRMATION)
    assert held(page)["subject"] == "You are registered: {summit}"
    assert held(page)["text"].startswith("This is what stands.")
    assert "{reference}their reference" in words(page)
    assert "It begins with the shipped words." in words(page)


def test_words_are_stored_and_hold_from_then_on(cast: Cast, tokyo: Organiser) -> None:
    assert tokyo.send(CONFIRMATION, OWN).status_code == 303
    page = tokyo.get(CONFIRMATION)
    assert (held(page)["subject"], held(page)["text"]) == (OWN["subject"], OWN["text"])
    assert "Your own" not in words(page)
    assert "It begins with your own words, changed on" in words(page)
    assert stored(cast) == [("confirmation", "en", OWN["subject"], 1)]
    frame = tokyo.client.get(f"{CONFIRMATION}/look?as=Bianchi")
    assert "<h1" in frame.text
    assert "Welcome, Anna Bianchi</h1>" in frame.text
    assert re.search(r"We look forward to <strong><bdi>Rome</bdi></strong>", frame.text)


def test_the_shipped_words_stored_are_no_words_of_ones_own(cast: Cast, tokyo: Organiser) -> None:
    assert tokyo.send(CONFIRMATION).status_code == 303
    assert stored(cast) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "To {village} and {city.name}."}, "This letter knows no {village}, {city.name}. It knows: {name},"),
        ({"subject": "{{7*7}}"}, "This letter knows no {"),
        ({"subject": " "}, "Write something here, or put the shipped text back."),
        ({"text": "a" * 5001}, "At most 5000 characters fit here; these are 5001."),
        ({"text": "{name} " * 100}, "At most 50 placeholders fit here."),
        ({"text": "[x](https://localhost@evil.example)"}, "A link may lead to https:// only: https://localhost@evil"),
        ({"text": "[x](http://evil.example)"}, "A link may lead to https:// only: http://evil.example"),
    ],
)
def test_what_cannot_stand_in_a_letter_is_refused_beside_its_field(
    cast: Cast, tokyo: Organiser, changes: dict[str, str], said: str
) -> None:
    page = tokyo.send(CONFIRMATION, OWN | changes)
    (field,) = changes
    assert (page.status_code, said in words(page)) == (422, True)
    assert f'id="{field}-error"' in page.text
    assert held(page)[field].strip() == changes[field].strip()
    assert stored(cast) == []


def test_two_editors_at_once_both_read_both(cast: Cast, tokyo: Organiser) -> None:
    open_for_long = tokyo.get(CONFIRMATION)
    assert tokyo.send(CONFIRMATION, OWN | {"subject": "Rome was quicker"}).status_code == 303
    page = tokyo.send(CONFIRMATION, OWN, page=open_for_long)
    assert page.status_code == 409
    assert "Somebody has changed these words meanwhile." in words(page)
    assert ("Rome was quicker" in words(page), held(page)["subject"]) == (True, OWN["subject"])
    assert stored(cast) == [("confirmation", "en", "Rome was quicker", 1)]
    assert tokyo.send(CONFIRMATION, page=page).status_code == 303
    assert stored(cast) == [("confirmation", "en", OWN["subject"], 2)]


def test_the_shipped_text_comes_back_and_the_other_is_kept(cast: Cast, tokyo: Organiser) -> None:
    tokyo.send(CONFIRMATION, OWN)
    page = tokyo.get(CONFIRMATION)
    assert tokyo.client.post(f"{CONFIRMATION}/shipped", data=held(page)).status_code == 303
    after = tokyo.get(CONFIRMATION)
    assert held(after)["subject"] == "You are registered: {summit}"
    assert ("the shipped text was put back" in words(after), OWN["subject"] in words(after)) == (True, True)
    assert tokyo.client.post(f"{CONFIRMATION}/shipped", data=held(page)).status_code == 303  # twice is once
    with cast.app.app_context():
        told = select(func.count()).select_from(Note).where(Note.subject == "letter/confirmation/en")
        assert db.session.execute(told).scalar_one() == 2


def test_an_old_page_puts_nothing_back_over_newer_words(cast: Cast, tokyo: Organiser) -> None:
    tokyo.send(CONFIRMATION, OWN)
    page = tokyo.get(CONFIRMATION)
    tokyo.send(CONFIRMATION, OWN | {"subject": "Newer"})
    assert tokyo.client.post(f"{CONFIRMATION}/shipped", data=held(page)).status_code == 409
    assert stored(cast) == [("confirmation", "en", "Newer", 2)]


def test_what_is_typed_is_seen_as_anybody_and_not_stored(cast: Cast, tokyo: Organiser) -> None:
    page = held(tokyo.get(CONFIRMATION)) | OWN | {"who": "lancaster"}
    frame = tokyo.client.post(f"{CONFIRMATION}/look", data=page)
    assert "Welcome, Bob Hill</h1>" in frame.text
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    plain = tokyo.client.post(f"{CONFIRMATION}/look", data=page | {"plain": "1"})
    assert plain.content_type == "text/plain; charset=utf-8"
    assert "See our page (https://tokyo.example/)." in plain.text
    assert "Way of taking part: online" in plain.text
    assert stored(cast) == []
    with cast.app.app_context():
        assert db.session.execute(select(func.count()).select_from(Message)).scalar_one() == 0


def test_what_cannot_be_stored_cannot_be_seen_but_is_told(cast: Cast, tokyo: Organiser) -> None:
    page = held(tokyo.get(CONFIRMATION)) | {"text": "{village}"}
    frame = tokyo.client.post(f"{CONFIRMATION}/look", data=page)
    assert (frame.status_code, frame.text.startswith("This letter knows no {village}.")) == (422, True)


def test_a_page_from_elsewhere_shows_nothing(cast: Cast, tokyo: Organiser) -> None:
    frame = tokyo.client.post(f"{CONFIRMATION}/look", data=OWN)
    assert (frame.status_code, "Welcome" in frame.text) == (422, False)


def test_no_secret_is_shown(cast: Cast, tokyo: Organiser) -> None:
    with cast.app.app_context():
        anna = db.session.execute(select(Delegate).where(Delegate.name == "Anna Bianchi")).scalar_one()
        secrets = [anna.link, anna.feed]
    for name in ("confirmation", "offered", "release", "passed-on", "invitation"):
        frame = tokyo.client.get(f"{LETTERS}/{name}/en/look?as={anna.reference}")
        assert frame.status_code == 200
        assert [each for each in secrets if each in frame.text] == []


def test_every_letter_has_its_page_and_its_example(cast: Cast, tokyo: Organiser) -> None:
    for name in openings:
        page, frame = tokyo.get(f"{LETTERS}/{name}/ar"), tokyo.client.get(f"{LETTERS}/{name}/ar/look")
        assert (page.status_code, 'dir="rtl"' in page.text) == (200, True), name
        assert (frame.status_code, 'dir="rtl"' in frame.text) == (200, True), name


def test_where_nobody_is_registered_somebody_invented_stands_in(app: KeepingFlask) -> None:
    tokyo = runs(app, assemble(app).event_id)
    for name, to in (("confirmation", "Robin Example <robin@example.org>"), ("invitation", "Office of Rome <office@")):
        assert tokyo.client.get(f"{LETTERS}/{name}/en/look?plain=1").text.startswith(f"To: {to}")


def test_who_is_not_found_is_said(cast: Cast, tokyo: Organiser) -> None:
    said = words(tokyo.get(f"{CONFIRMATION}?as={quote('Nobody Here')}"))
    assert "Nobody of that name is at this summit" in said
    assert "Dear Anna Bianchi," in tokyo.client.get(f"{CONFIRMATION}/look?as={quote('Nobody Here')}").text


@pytest.mark.parametrize("path", [f"{LETTERS}/nothing/en", f"{LETTERS}/confirmation/tlh", f"{LETTERS}/confirmation/pt"])
def test_what_is_no_letter_is_not_found(cast: Cast, tokyo: Organiser, path: str) -> None:
    assert (tokyo.get(path).status_code, tokyo.get(f"{path}/look").status_code) == (404, 404)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("a" * 100_000, 422), ("{name}" * 10_000, 422), ("[x](javascript:alert(1))", 422), ("{{name}}", 422),
        ("<script>alert(1)</script> ![x](https://e.example/a.png)\u202e", 200), ("- {name}\n- a" * 45, 200),
    ],
    ids=["characters", "placeholders", "script", "nested", "markup", "lists"],
)  # fmt: skip
def test_hostile_words_are_seen_as_words_or_not_at_all(cast: Cast, tokyo: Organiser, text: str, status: int) -> None:
    frame = tokyo.client.post(f"{CONFIRMATION}/look", data=held(tokyo.get(CONFIRMATION)) | {"text": text})
    assert frame.status_code == status
    if status == 200:  # what is refused is told as plain text
        assert [each for each in ("<script", "<img", "javascript:", "\u202e") if each in frame.text] == []


def test_a_stranger_finds_nothing(desks: KeepingFlask, rome: Organiser) -> None:
    for path in (LETTERS, CONFIRMATION, f"{CONFIRMATION}/look"):
        assert rome.get(path.replace("summit", "rehearsal")).status_code == 404


def test_the_pages_cost_the_same_for_one_and_for_three_hundred(cast: Cast, tokyo: Organiser) -> None:
    costs = []
    for number in (4, 300):
        with cast.app.app_context():
            crowd(number)
        found = []
        for path in (LETTERS, CONFIRMATION, f"{CONFIRMATION}/look?as=Gaia"):
            with counted(cast.app) as statements:
                assert tokyo.get(path).status_code == 200
            found.append(len(statements))
        costs.append(found)
    assert costs[0] == costs[1]


def test_the_six_languages_lead_to_each_other(cast: Cast, tokyo: Organiser) -> None:
    page = tokyo.get(CONFIRMATION)
    for code in set(TONGUES) - {"en"}:
        assert f'href="{LETTERS}/confirmation/{code}"' in page.text
