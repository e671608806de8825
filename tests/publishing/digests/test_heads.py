"""What is for heads of delegation, and how to join it: whose letters and files may say so."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app.agenda.models import Kind as SessionKind
from app.agenda.models import Session, Visibility
from app.db import db, write
from app.events.models import Event, Mode, Room
from app.outbox import Message, Rendered
from app.outbox.rendering import render
from app.publishing.calendars import links
from app.publishing.calendars.links import Owner
from app.registration.models import Capacity, Delegate
from app.web.kept import KeepingFlask
from tests.publishing.digests.people import THEN, add, delegation_of, edit, join, letters, office, publish
from tests.publishing.digests.test_letters import LATER, events, vevents
from tests.registration.cast import Cast, assemble

LINK = "https://meet.example/hall"
DINNER, TALK = "A dinner of heads", "Closed talk"


def head(city: str, name: str, mode: Mode = Mode.VENUE) -> Delegate:
    made = join(city, name, mode)
    write(lambda: db.session.execute(update(Delegate).where(Delegate.id == made.id).values(role=Capacity.HEAD)))
    return made


def prepare() -> None:
    """A hall that can be joined, in which all is; a dinner that all heads come to, and a talk of Rome for heads alone.
    Then all of it moves."""
    hall = Room(event_id=db.session.execute(select(Event.id).where(Event.slug == "summit")).scalar_one(), name="Hall")
    hall.link = LINK
    write(lambda: db.session.add(hall))
    heads: dict[str, Any] = {"visibility": Visibility.HEADS, "room_id": hall.id}
    add("dinner", SessionKind.MEAL, title=DINNER, starts=time(19), ends=time(21), **heads)
    edit("closed-talk", **heads)
    edit(room_id=hall.id)
    publish()
    write(lambda: db.session.execute(delete(Message)))
    write(lambda: db.session.execute(update(Session).where(Session.code == "dinner").values(starts=time(20))))
    edit("closed-talk", starts=time(14), ends=time(15))
    edit(**LATER)
    publish(now=THEN + timedelta(hours=1))


def told() -> dict[str, Rendered]:
    """The letters that wait, in words, by address."""
    return {each.to.partition(".")[0]: render(each.kind, each.facts, each.language) for each in letters()}


def holding(words: str) -> tuple[list[str], list[str]]:
    """Whose letters say this, and whose files."""
    found = told()
    files = {to: b"".join(each.content for each in letter.attachments) for to, letter in found.items()}
    unfolded = {to: octets.replace(b"\r\n ", b"").decode() for to, octets in files.items()}
    said = [to for to, letter in found.items() if words in letter.text + letter.html]
    return sorted(said), sorted(to for to, file in unfolded.items() if words in file)


@pytest.fixture
def people(cast: Cast) -> Cast:
    """Of Rome, and online of Milan and Lancaster: a head, one who is none, and who answers for the city."""
    for city, mode in (("Rome", Mode.VENUE), ("Milan", Mode.ONLINE), ("Lancaster", Mode.ONLINE)):
        head(city, "Hugo Bianchi", mode)
        join(city, "Dora Bianchi", mode)
        office(city)
    prepare()
    return cast


def test_what_every_head_comes_to_is_told_to_heads_and_offices_alone(people: Cast) -> None:
    whose = [f"{who}@{city}" for who in ("hugo", "office") for city in ("lancaster", "milan", "rome")]
    assert holding(DINNER) == (whose, whose)
    assert holding("Session 2")[0] == sorted([*whose, "dora@lancaster", "dora@milan", "dora@rome"])


def test_a_talk_of_one_city_s_head_is_told_to_no_other_city(people: Cast) -> None:
    whose = ["hugo@rome", "office@rome"]
    assert holding(TALK) == (whose, whose)


def test_files_lead_to_our_page_who_joins_and_letters_say_the_link_nowhere(people: Cast) -> None:
    """Rome is there; who answers for a city joins nothing themselves."""
    assert holding(LINK) == ([], [])
    joined = {
        to: "; ".join(sorted(title for title, each in vevents(letter).items() if "/j/" in each.get("CONFERENCE", "")))
        for to, letter in told().items()
    }
    assert joined == {
        **dict.fromkeys(("hugo@lancaster", "hugo@milan"), f"{DINNER}; Session 2"),
        **dict.fromkeys(("dora@lancaster", "dora@milan"), "Session 2"),
        **dict.fromkeys(("hugo@rome", "dora@rome", "office@lancaster", "office@milan", "office@rome"), ""),
    }


def test_nobody_s_facts_hold_what_they_may_not_know(people: Cast) -> None:
    found = {each.to.partition(".")[0]: str(each.facts) for each in letters()}
    assert sorted(to for to, facts in found.items() if TALK in facts) == ["hugo@rome", "office@rome"]
    assert [to for to, facts in found.items() if to.startswith("dora") and DINNER in facts] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_office_s_file_is_what_its_own_calendar_holds(app: KeepingFlask, client: FlaskClient, language: str) -> None:
    assemble(app)

    def act() -> str:
        office("Rome", language=language)
        owner = Owner(
            db.session.execute(select(Event.id).where(Event.slug == "summit")).scalar_one(), delegation_of("Rome")
        )
        secret = write(lambda: links.make(owner, who="test", now=THEN)).secret
        prepare()
        return secret

    with app.app_context():
        secret, letter = act(), told()["office@rome"]
    held = events(client.get(f"/c/{secret}/city.ics?lang={language}").data)
    (file,) = letter.attachments
    assert events(file.content) == held
    assert len(held) == 3
