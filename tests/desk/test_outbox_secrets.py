"""No page of the outbox opens anybody's door: every secret that letters hold is looked for on every page."""

from __future__ import annotations

import hashlib
import re
from email import message_from_bytes, policy

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts import Role, letters, staffing
from app.accounts.models import User
from app.db import db, now
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Delegation, FocalPoint
from app.outbox import Message, post, renderers
from app.outbox.rendering import sealed
from app.registration.models import Delegate
from app.travel import codes
from app.travel.models import Kind
from tests.desk.office import Organiser, words
from tests.desk.test_approvals import cast, tokyo
from tests.desk.test_outbox import PAGE, all_letters, anna, newest, send, to
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import delegation_id, do, nominate
from tests.travel.guests import JOURNEY, drawn, guest, link, staff, tell

__all__ = ["anna", "cast", "tokyo"]


def test_the_file_is_what_was_sent_but_for_its_secrets(cast: Cast, tokyo: Organiser, anna: Delegate) -> None:
    send(cast)
    letter = newest(cast)
    octets = read(cast.app, lambda: db.session.scalars(select(Message.octets).where(Message.id == letter.id)).one())
    answer = tokyo.get(to(letter, "letter.eml"))
    sent, shown = (message_from_bytes(each or b"", policy=policy.default) for each in (octets, answer.data))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="letter-{letter.id}-without-secrets.eml"'
    assert dict(shown.items()) | {"Content-Type": ""} == dict(sent.items()) | {"Content-Type": ""}
    plain, masked = (each.get_body(("plain",)).get_content() for each in (sent, shown))  # type: ignore[union-attr]
    assert re.sub(r"/(d|c)/[\w-]{24}", r"/\1/…", plain) == masked != plain
    assert hashlib.sha256(octets or b"").hexdigest() in words(tokyo.get(to(letter)))


def test_a_letter_without_any_secret_is_handed_out_octet_for_octet(
    cast: Cast, tokyo: Organiser, anna: Delegate
) -> None:
    tokyo.send(to(newest(cast), "correct"), {"email": "other@tokyo.example.org"})
    send(cast)
    letter = newest(cast, "redirected")
    octets = read(cast.app, lambda: db.session.scalars(select(Message.octets).where(Message.id == letter.id)).one())
    answer = tokyo.get(to(letter, "letter.eml"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="letter-{letter.id}.eml"'
    assert answer.data == octets
    assert "the file is what was sent, octet for octet" in words(tokyo.get(to(letter)))
    assert "octet for octet" not in words(tokyo.get(to(newest(cast))))


@pytest.fixture
def everything(cast: Cast, client: FlaskClient) -> list[str]:
    """Letters of every kind that holds a secret, sent; those secrets."""
    staff(cast, "milan", Role.LOGISTICS)
    person = guest(cast)
    base = link(cast, person)
    assert tell(client, f"{base}/travel/journey", JOURNEY).status_code == 303
    nominate(cast, "Luca Ferri", email="luca@rome.example.org")
    key = delegation_id(cast, "Rome")
    do(cast, lambda: focal.appoint(key, Contact("Gaia Romani", "gaia@rome.example.org"), who="Tokyo", now=NOW))

    def act() -> None:
        codes.send(person.id, Kind.TRAVEL, now())
        staffing.invite(cast.event_id, "new@tokyo.example.org", [Role.VISA], who="Tokyo", now=now())
        user = db.session.execute(select(User).where(User.email == "new@tokyo.example.org")).scalar_one()
        post(letters.sign_in_link(user, now()), now())

    do(cast, act)
    do(cast, lambda: db.session.execute(update(Message).values(until=None)))
    send(cast)
    return [drawn(cast, person, Kind.TRAVEL), *secrets_of(cast)]


def secrets_of(cast: Cast) -> list[str]:
    """What opens a page, and the links to set a password as they were sent."""

    def found() -> list[str]:
        people = db.session.scalars(select(Delegate)).all()
        offices = db.session.scalars(select(FocalPoint)).all()
        cities = db.session.scalars(select(Delegation)).all()
        pages = [key for each in people for key in (each.link, each.feed)]
        pages += [each.link for each in offices] + [each.link for each in cities]
        letters = [each or b"" for each in db.session.scalars(select(Message.octets))]
        bodies = [
            str(part.get_content())
            for each in letters
            for part in message_from_bytes(each, policy=policy.default).walk()
            if part.get_content_maintype() == "text"
        ]
        return pages + [key for body in bodies for key in re.findall(r"/sign-in/set/([^\s\"<]+)", body)]

    return read(cast.app, found)


def test_no_page_of_the_outbox_holds_what_opens_a_door(cast: Cast, tokyo: Organiser, everything: list[str]) -> None:
    found = all_letters(cast)
    kinds = {each.kind for each in found}
    assert {"confirmation", "nominated", "focal point", "private code", "staff", "sign-in link"} <= kinds
    assert len(everything) > 12
    shown = [tokyo.get(PAGE).text]
    for letter in found:
        for path in ("", "letter", "letter.eml", "correct", "resend", "abort"):
            answer = tokyo.get(to(letter, path))
            shown.append(answer.text)
            message = message_from_bytes(answer.data, policy=policy.default) if path == "letter.eml" else None
            parts = message.walk() if message and answer.status_code == 200 else ()
            shown += [str(part.get_content()) for part in parts if part.get_content_maintype() == "text"]
    assert [key for key in everything if any(key in text for text in shown)] == []


@pytest.mark.parametrize("kind", ["private code", "staff"])
def test_letters_that_open_an_account_or_what_was_told_in_confidence_show_no_word(
    cast: Cast, tokyo: Organiser, everything: list[str], kind: str
) -> None:
    letter = newest(cast, kind)
    page = words(tokyo.get(to(letter)))
    assert "nobody but its reader sees what it says" in page
    assert [name for name in ("Subject", "Send it again", "another address", "Hold it") if name in page] == []
    assert [tokyo.get(to(letter, path)).status_code for path in ("letter", "letter.eml")] == [404, 404]


def test_links_to_sign_in_stand_in_no_summits_outbox(cast: Cast, tokyo: Organiser, everything: list[str]) -> None:
    letter = newest(cast, "sign-in link")
    assert (letter.event_id, tokyo.get(to(letter)).status_code) == (None, 404)


def test_every_kind_that_is_not_sealed_is_cut_and_every_sealed_one_is_known() -> None:
    assert sealed <= set(renderers)
    assert sealed == {"sign-in link", "password set", "staff", "private code", "second step", "new sign-in"}
