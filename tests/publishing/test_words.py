"""Pages and letters in the words of their reader's language; words alone are news in no letter."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from app.agenda.models import Session, Visibility
from app.db import db, write
from app.outbox import renderers
from app.publishing import service
from app.publishing.models import Release
from app.publishing.originals import State, draft_of
from app.web.kept import KeepingFlask
from tests.publishing.digests.people import THEN, edit, event_of, join, letters, office, publish
from tests.publishing.said import say, speak
from tests.queries import counted
from tests.registration.cast import Cast, assemble


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    """A summit that speaks French and Korean; Session 2 is said in French, Rome in both by itself."""
    made = assemble(app)

    def act() -> None:
        speak(made.event_id, {"fr": [], "ko": ["fr"]})
        say(made.event_id, "fr", "session", "session-2", "title", "Les <rivières>")
        say(made.event_id, "fr", "session", "closed-talk", "title", "Le secret")
        say(made.event_id, "fr", "summit", "", "title", "Sommet du G-NETS")

    with app.app_context():
        write(act)
        publish()
    return made


def within(cast: Cast, act: Callable[[], Any]) -> Any:
    with cast.app.app_context():
        return act()


@pytest.fixture
def client(cast: Cast) -> FlaskClient:
    return cast.app.test_client()


def test_a_page_is_in_the_words_of_its_language_and_says_which_are_not(client: FlaskClient) -> None:
    french, korean = (client.get(f"/summit/agenda?lang={each}").text for each in ("fr", "ko"))
    assert "Les &lt;rivières&gt;</a>" in french
    assert '<bdi lang="fr">Les &lt;rivières&gt;</bdi></a>' in korean
    assert "로마" in korean
    page = client.get("/summit/sessions/session-2?lang=es").text
    assert '<h1><bdi lang="en">Session 2</bdi></h1>' in page


def test_an_english_page_marks_nothing(client: FlaskClient) -> None:
    page = client.get("/summit/agenda").text
    assert ("<bdi lang" in page, "rivières" in page, ">Session 2</a>" in page) == (False, False, True)


def test_data_speak_the_language_of_their_address_and_tell_nothing_secret(client: FlaskClient) -> None:
    told, french = (json.loads(client.get(f"/summit/agenda.json{each}").text) for each in ("", "?lang=fr"))
    assert [each["summit"]["title"] for each in (told, french)] == ["G-NETS Leaders Summit", "Sommet du G-NETS"]
    assert (told["language"], told["languages"], "tongues" in told) == ("en", ["en", "fr", "ko"], False)
    for path in ("agenda.json", "agenda.json?lang=fr", "agenda?lang=fr", "changes?lang=fr", "changes.atom"):
        assert "Le secret" not in client.get(f"/summit/{path}").text


def test_the_change_log_says_whose_words_changed(cast: Cast, client: FlaskClient) -> None:
    within(cast, lambda: write(lambda: say(cast.event_id, "fr", "session", "session-2", "title", "Les fleuves")))
    within(cast, publish)
    page = client.get("/summit/changes").text
    assert "Words in other languages changed" in page
    assert "Title in French" in page
    assert ("Les fleuves" in page, "Renamed" in page) == (True, False)


def test_words_alone_bring_no_letter(cast: Cast) -> None:
    within(cast, lambda: join("Rome", "Anna Bianchi", language="fr"))
    within(cast, lambda: office("Rome"))
    within(cast, lambda: write(lambda: say(cast.event_id, "fr", "session", "session-2", "title", "Les fleuves")))
    made = within(cast, publish)
    assert (made.letters, made.sessions, within(cast, letters)) == (0, 0, [])


def test_a_letter_calls_things_as_its_reader_does(cast: Cast) -> None:
    def act() -> dict[str, Any]:
        for name, language in (("Anna Bianchi", "fr"), ("Bob Bianchi", "en"), ("Carla Bianchi", "ko")):
            join("Rome", name, language=language)
        edit("session-2", cancelled=True)
        publish()
        return {each.to.partition("@")[0]: renderers[each.kind](each.facts, each.language) for each in letters()}

    found = within(cast, act)
    said = {"anna": "Les <rivières>", "bob": "Session 2", "carla": "Les <rivières>"}
    assert {who: said[who] in letter.text for who, letter in found.items()} == dict.fromkeys(said, True)
    assert "Sommet du G-NETS" in found["anna"].subject
    assert {who: title(letter) for who, letter in found.items()} == {
        "anna": "Annulé\u00a0: Les <rivières>",
        "bob": "Cancelled: Session 2",
        "carla": "취소: Les <rivières>",
    }
    assert "Rome" in found["bob"].text
    assert "로마" in found["carla"].text


def title(letter: Any) -> str:
    (file,) = letter.attachments
    (event,) = Calendar.from_ical(file.content).walk("VEVENT")
    return str(event["SUMMARY"])


def test_a_letter_s_facts_hold_no_language_but_its_own(cast: Cast) -> None:
    within(cast, lambda: join("Rome", "Bob Bianchi"))
    within(cast, lambda: edit("session-2", cancelled=True))
    within(cast, publish)
    (letter,) = within(cast, letters)
    assert "rivières" not in json.dumps(letter.facts, ensure_ascii=False)


def test_words_cost_one_query_however_many_they_are(cast: Cast) -> None:
    def costs() -> int:
        with counted(cast.app) as asked, cast.app.app_context():
            service.preview(cast.event_id, THEN)
        return len(asked)

    costs()  # what is published now is read once
    before = costs()
    within(cast, lambda: write(lambda: say(cast.event_id, "ko", "session", "session-2", "title", "강")))
    within(cast, lambda: write(lambda: say(cast.event_id, "ko", "session", "reception", "title", "환영회")))
    assert costs() == before


def test_what_is_made_from_an_older_text_is_out_of_date(cast: Cast) -> None:
    def states() -> dict[str, State]:
        draft = draft_of(event_of())
        lines = {each.code: each for each in draft.lines if each.kind == "session" and each.field == "title"}
        return {code: draft.state(lines[code], "fr") for code in ("session-2", "reception")}

    within(cast, lambda: write(lambda: say(cast.event_id, "fr", "session", "session-2", "title", "L’eau", "Session 2")))
    assert within(cast, states) == {"session-2": State.SAID, "reception": State.MISSING}
    within(cast, lambda: edit("session-2", title="On rivers"))
    assert within(cast, states)["session-2"] == State.OUT_OF_DATE
    within(cast, publish)
    stored = within(
        cast, lambda: db.session.execute(select(Release.programme).order_by(Release.number)).scalars().all()
    )
    assert ["session", _uid(cast), "title", "L’eau"] in stored[-1]["tongues"][0]["words"]


def test_a_thing_that_is_gone_leaves_no_words_in_the_release(cast: Cast) -> None:
    within(cast, lambda: write(lambda: say(cast.event_id, "fr", "visit", "nowhere", "title", "Rien")))
    within(cast, lambda: write(lambda: say(cast.event_id, "fr", "session", "session-2", "description", "De rien")))
    within(cast, lambda: edit("session-2", visibility=Visibility.PUBLIC, title="Other"))
    made = within(cast, publish)
    assert [word for each in made.programme["tongues"] for word in each["words"] if "ien" in word[3]] == []


def _uid(cast: Cast) -> str:
    asked = select(Session.uid).where(Session.code == "session-2", Session.event_id == cast.event_id)
    return str(within(cast, lambda: db.session.execute(asked).scalar_one()))
