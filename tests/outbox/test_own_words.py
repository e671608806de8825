"""The organisers' words for a letter: stored with a note, never over somebody else's, and put back."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.db import db, write
from app.events.models import Event
from app.journal import Note
from app.outbox import Message, deliver, post
from app.outbox.openings import Wording
from app.outbox.own import NONE, own_words, rows_of, store
from app.refused import Refused
from app.registration import letters
from app.registration.models import Delegate
from app.registration.service import register
from app.web.kept import KeepingFlask
from tests.registration.cast import NOW, Cast, application, assemble

HELLO, CIAO = Wording("Hello {name}", "Come to **{city}**."), Wording("Ciao {name}", "A presto.")


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


def put(cast: Cast, wording: Wording, seen: int, language: str = "en", who: str = "Yuriko") -> None:
    with cast.app.app_context():
        write(lambda: store(cast.event_id, "confirmation", language, wording, seen, who=who, now=NOW))


def stored(cast: Cast, language: str = "en") -> dict[str, Wording]:
    with cast.app.app_context():
        return own_words(cast.event_id, language)


def test_words_hold_for_one_summit_letter_and_language(cast: Cast) -> None:
    put(cast, HELLO, 0)
    put(cast, CIAO, 0, "fr")
    with cast.app.app_context():
        others = own_words(cast.event_id + 1, "en"), own_words(None, "en")
    assert (stored(cast), stored(cast, "fr-CA"), stored(cast, "ja"), others) == (
        {"confirmation": HELLO},
        {"confirmation": CIAO},
        {},
        ({}, {}),
    )


def test_each_change_is_noted_with_both_texts(cast: Cast) -> None:
    put(cast, HELLO, 0)
    put(cast, HELLO, 0)  # the same once more is no change
    put(cast, CIAO, 1)
    put(cast, NONE, 2)
    with cast.app.app_context():
        notes = db.session.execute(
            select(Note.who, Note.before, Note.after).where(Note.subject == "letter/confirmation/en").order_by(Note.id)
        ).all()
    texts = [({"subject": each.subject, "text": each.text}) for each in (NONE, HELLO, CIAO, NONE)]
    assert [tuple(each) for each in notes] == [("Yuriko", *pair) for pair in pairwise(texts)]
    assert stored(cast) == {}


def test_who_saw_an_older_version_is_refused_and_nothing_is_lost(cast: Cast) -> None:
    put(cast, HELLO, 0)
    with pytest.raises(Refused, match="meanwhile"):
        put(cast, CIAO, 0, who="Gaia")
    assert stored(cast) == {"confirmation": HELLO}
    with cast.app.app_context():
        row = rows_of(cast.event_id)["confirmation", "en"]
    assert (row.version, row.changed_by) == (1, "Yuriko")


def test_the_worker_sends_the_organisers_words_with_the_facts_and_ways_below(cast: Cast) -> None:
    put(cast, HELLO, 0)

    def act() -> Delegate:
        return register(db.session.get_one(Event, cast.event_id), application(cast), NOW)

    with cast.app.app_context():
        anna = write(act)
        reference, link = anna.reference, anna.link
        deliver(NOW + timedelta(minutes=1))
        row = db.session.execute(select(Message)).scalar_one()
        octets = (row.octets or b"").decode().replace("=\r\n", "")
    assert "Subject: Hello Hon. Anna Bianchi\r\n" in octets
    assert "Come to Rome." in octets
    assert (f"Reference: {reference}" in octets, f"/d/{link}/withdraw" in octets) == (True, True)
    assert "This is what stands" not in octets


def test_a_letter_rendered_before_keeps_its_octets(cast: Cast) -> None:
    def act() -> Delegate:
        anna = register(db.session.get_one(Event, cast.event_id), application(cast), NOW)
        post(letters.confirmation(anna), NOW)
        return anna

    with cast.app.app_context():
        write(act)
        deliver(NOW + timedelta(minutes=1))
        before = db.session.execute(select(Message.octets)).scalar_one()
    put(cast, HELLO, 0)
    with cast.app.app_context():
        deliver(NOW + timedelta(minutes=2))
        assert db.session.execute(select(Message.octets)).scalar_one() == before
