"""What organisers wrote in several languages stands in the calendars of each, and changes those alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select, update

from app.agenda.models import Session
from app.db import db, write
from app.outbox.tongues import TONGUES
from app.publishing import service as publishing
from app.registration.models import Delegate
from tests.ical import parsers, rules
from tests.publishing.calendars.kinds import HOSTILE, delegate, furnish, moderator, office, private, public
from tests.publishing.said import say, speak
from tests.registration.cast import NOW, Cast, read

OTHERS = [each for each in TONGUES if each != "en"]
LATER = NOW + timedelta(hours=2)


def publish(cast: Cast) -> None:
    reason = "All of it is in one hall at once."
    read(cast.app, lambda: write(lambda: publishing.publish(cast.event_id, who="test", now=LATER, reason=reason)))


def reads(cast: Cast, language: str) -> None:
    """Everybody's language from now on."""
    read(cast.app, lambda: write(lambda: db.session.execute(update(Delegate).values(language=language))))


def said(cast: Cast, language: str, text: str) -> None:
    """The title of Session 2 in this language, published."""
    read(cast.app, lambda: write(lambda: say(cast.event_id, language, "session", "session-2", "title", text)))
    publish(cast)


@pytest.fixture
def spoken(cast: Cast) -> Cast:
    """Every kind of calendar; the summit speaks all languages, with words in each that break files."""
    furnish(cast)

    def act() -> None:
        speak(cast.event_id, {code: [] for code in OTHERS})
        codes = db.session.execute(select(Session.code).where(Session.event_id == cast.event_id)).scalars().all()
        for language in OTHERS:
            for number, code in enumerate(codes):
                words = HOSTILE[number % len(HOSTILE)]
                say(cast.event_id, language, "session", code, "title", f"{language} {words[:200]}")
                say(cast.event_id, language, "session", code, "description", words * 2)
            say(cast.event_id, language, "summit", "", "venue", "Hôtel; \\, \r\n東京")
            say(cast.event_id, language, "city", "rome", "name", f"{language}-Rome, « ville »")

    read(cast.app, lambda: write(act))
    publish(cast)
    return cast


@pytest.mark.parametrize("language", OTHERS)
def test_hostile_words_of_any_language_leave_every_file_whole(spoken: Cast, client: FlaskClient, language: str) -> None:
    paths = public(spoken) | private(spoken)
    reads(spoken, language)
    files = {name: client.get(f"{path}?lang={language}") for name, path in paths.items()}
    assert {name: (each.status_code, rules.faults(each.data)) for name, each in files.items()} == {
        name: (200, []) for name in files
    }
    parsers.instants_of([each.data for each in files.values()])
    titles = [str(each["SUMMARY"]) for each in Calendar.from_ical(files["all"].data).walk("VEVENT")]
    final = "Cancelled one"  # which was called off before there were words
    assert [each for each in titles if f"{language} " not in each and final not in each] == []
    assert f"{language}-Rome" in files["all"].text.replace("\r\n ", "")


def test_a_word_in_french_changes_the_french_files_alone(spoken: Cast, client: FlaskClient) -> None:
    paths = [public(spoken)["all"], office(spoken), moderator(spoken)]
    before = {(path, each): client.get(f"{path}?lang={each}") for path in paths for each in TONGUES}
    said(spoken, "fr", "Les rivières")
    after = {(path, each): client.get(f"{path}?lang={each}") for path in paths for each in TONGUES}
    changed = {each for each in before if before[each].data != after[each].data}
    assert changed == {(path, "fr") for path in paths}
    assert {each for each in before if before[each].headers["ETag"] != after[each].headers["ETag"]} == changed


def test_its_stamp_moves_and_its_sequence_stays(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    read(cast.app, lambda: write(lambda: speak(cast.event_id, {"fr": []})))
    said(cast, "fr", "Les fleuves")
    path = f"{public(cast)['all']}?lang=fr"
    before = entry(client, path, "Les fleuves")
    reason = "Another word."
    read(
        cast.app,
        lambda: write(lambda: say(cast.event_id, "fr", "session", "session-2", "title", "Les rivières")),
    )
    later = LATER + timedelta(hours=1)
    read(
        cast.app,
        lambda: write(lambda: publishing.publish(cast.event_id, who="test", now=later, reason=reason)),
    )
    after = entry(client, path, "Les rivières")
    assert (before["DTSTAMP"].dt, after["DTSTAMP"].dt) == (LATER, later)
    assert after["LAST-MODIFIED"].dt == later
    assert (after["SEQUENCE"], after["UID"]) == (before["SEQUENCE"], before["UID"])


def test_a_persons_calendar_has_the_words_of_their_language(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    read(cast.app, lambda: write(lambda: speak(cast.event_id, {"ja": [], "ko": ["ja"]})))
    said(cast, "ja", "第2部")
    made = delegate(cast, "a form", "Rome")
    path = f"/c/{read(cast.app, lambda: made.feed)}/agenda.ics"
    titles = {}
    for language in ("en", "ja", "ko", "es"):
        reads(cast, language)
        titles[language] = str(entry(client, path, "Water")["SUMMARY"])
    assert titles == {
        "en": "Session 2: Water, and; waste",
        "ja": "第2部: Water, and; waste",
        "ko": "第2部: Water, and; waste",
        "es": "Session 2: Water, and; waste",
    }


def entry(client: FlaskClient, path: str, title: str) -> Any:
    """The one that takes place and is called like this."""
    events = Calendar.from_ical(client.get(path).data).walk("VEVENT")
    (found,) = [each for each in events if title in str(each["SUMMARY"]) and each["STATUS"] == "CONFIRMED"]
    return found
