"""Letters about an account keep the rules of letters too, in every language: no organiser words them or sees them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.accounts import Role, letters, staffing
from app.accounts.models import User
from app.db import db, write
from app.events.models import Event
from app.outbox.openings import openings
from app.outbox.rendering import render, sealed
from app.outbox.tongues import TONGUES
from app.web.kept import KeepingFlask
from tests.desk.test_letter_matrix import (
    ACCOUNT,
    NOW,
    check_colours,
    check_html,
    check_message,
    flat,
    on_the_wire,
    tokens,
)  # fmt: skip

CHANGES = ("app set", "app removed", "passkey added", "passkey removed", "spares made", "spare used", "reset")


@pytest.mark.parametrize("language", TONGUES)
def test_letters_about_an_account_keep_the_rules_too(gnets: KeepingFlask, language: str) -> None:
    def act() -> User:
        event = db.session.execute(select(Event.id)).scalar_one()
        staffing.invite(event, "new@tokyo.example.org", [Role.VISA], who="Tokyo", now=NOW)
        return db.session.execute(select(User).where(User.email == "new@tokyo.example.org")).scalar_one()

    with gnets.app_context():
        user = write(act)
        made = [
            letters.sign_in_link(user, NOW),
            letters.password_set(user, NOW),
            letters.role_given(user, 1, "G-NETS Leaders Summit", [Role.VISA], by="KOIKE Yuriko", now=NOW),
            letters.new_sign_in(user, "Firefox on Linux", NOW),
            *(letters.step_changed(user, what, NOW, name="Phone", by="KOIKE Yuriko") for what in CHANGES),
        ]
        assert {each.kind for each in made} == ACCOUNT == sealed - {"private code"}
        for letter in made:
            words = render(letter.kind, letter.facts, language)
            spoken = replace(letter, language=language)
            check_message(spoken, *on_the_wire(spoken, words, language))
            seen = check_html(language, words.html)
            check_colours(words.html)
            told, shown = tokens(words.text), tokens(flat("".join(seen.text)))
            assert len(told & (shown | tokens(" ".join(address for address, _said in seen.links)))) >= 0.85 * len(told)
            assert [address for address, said in seen.links if address not in words.text or not said.strip()] == []


def test_no_organiser_words_a_letter_about_an_account() -> None:
    assert ACCOUNT & set(openings) == set()
