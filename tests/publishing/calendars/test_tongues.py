"""Each calendar speaks one language: a person's that of their letters, any other that of its address."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select, update

from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Delegation
from app.events.models import Mode
from app.network.models import Member
from app.outbox import Message
from app.outbox.rendering import render
from app.outbox.tongues import TONGUES
from app.registration import service as registration
from app.registration.models import Delegate
from tests.ical import rules
from tests.publishing.calendars.kinds import delegate, furnish, moderator, office, private, public
from tests.queries import counted
from tests.registration.cast import NOW, Cast, details, read

OURS = (
    "Time to be announced.",
    "In speaking order",
    "Moderator",
    "at the venue",
    "online",
    "by video message",
    "mode to be confirmed",
    "Cancelled: ",
    "Join ",
    "delegation of",
    "what can be",
    "LOCATION:Online",
)
OTHERS = [each for each in TONGUES if each != "en"]
LATER = NOW + timedelta(hours=1)


def text(client: FlaskClient, path: str) -> str:
    """The file, its lines unfolded and our own addresses cut out."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert rules.faults(answer.data) == []
    lines = answer.text.replace("\r\n ", "").split("\r\n")
    return "\n".join(line for line in lines if not line.startswith(("SOURCE", "URL", "UID")))


def entry(client: FlaskClient, path: str, title: str = "Session 2") -> Any:
    (found,) = [
        each for each in Calendar.from_ical(client.get(path).data).walk("VEVENT") if title in str(each["SUMMARY"])
    ]
    return found


def speak(cast: Cast, language: str) -> None:
    read(cast.app, lambda: write(lambda: db.session.execute(update(Delegate).values(language=language))))


@pytest.mark.parametrize("language", OTHERS)
def test_no_word_of_ours_is_english_in_any_kind_of_calendar(cast: Cast, client: FlaskClient, language: str) -> None:
    furnish(cast)
    paths = public(cast) | private(cast)
    speak(cast, language)
    for name, path in paths.items():
        said = text(client, f"{path}?lang={language}")
        assert [each for each in OURS if each in said] == [], (name, said)
    speak(cast, "en")
    english = "".join(text(client, path) for path in paths.values())
    assert [each for each in OURS if each not in english] == []


SAID = {
    "en": (
        "Moderator: ISHII Naoko, Prof., Professor; Tokyo\n"
        "In speaking order: Lancaster (online); Milan (by video message); Rome (mode to be confirmed)"
    ),
    "ja": (
        "モデレーター：ISHII Naoko, Prof.、Professor; Tokyo\n"
        "発言順：Lancaster（オンライン）、Milan（ビデオメッセージ）、Rome（参加形式は未定）"
    ),
    "ko": (
        "사회자: ISHII Naoko, Prof., Professor; Tokyo\n"
        "발언 순서: Lancaster(온라인), Milan(영상 메시지), Rome(참가 방식 미정)"
    ),
    "fr": (
        "Modération\u00a0: ISHII Naoko, Prof., Professor; Tokyo\n"
        "Dans l’ordre de parole\u00a0: Lancaster (en ligne)\u202f; Milan (par message vidéo)\u202f; "
        "Rome (mode de participation à confirmer)"
    ),
    "es": (
        "Moderación: ISHII Naoko, Prof., Professor; Tokyo\n"
        "En orden de intervención: Lancaster (en línea); Milan (por mensaje de video); Rome (modo por confirmar)"
    ),
    "ar": (
        "مدير الجلسة: ISHII Naoko, Prof.، Professor; Tokyo\n"
        "حسب ترتيب إلقاء الكلمات: Lancaster (عبر الإنترنت)؛ Milan (برسالة مصورة)؛ Rome (طريقة المشاركة تُؤكد لاحقًا)"
    ),
}


@pytest.mark.parametrize("language", TONGUES)
def test_what_organisers_wrote_stays_and_the_rest_is_in_the_persons_language(
    cast: Cast, client: FlaskClient, language: str
) -> None:
    furnish(cast)
    path = agenda(cast)
    speak(cast, language)
    session = entry(client, path)
    assert session["SUMMARY"] == "Session 2: Water, and; waste"
    assert str(session["DESCRIPTION"]).split("\n")[1:3] == SAID[language].split("\n")


def agenda(cast: Cast, city: str = "Rome", mode: Mode = Mode.VENUE) -> str:
    made = delegate(cast, "a form", city, mode)
    return f"/c/{read(cast.app, lambda: made.feed)}/agenda.ics"


def test_an_address_speaks_one_language_and_english_where_it_names_none(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    for path in (public(cast)["day"], office(cast), moderator(cast)):
        plain, french, unknown = (client.get(f"{path}{query}") for query in ("", "?lang=fr", "?lang=xx"))
        assert (plain.data == unknown.data, plain.headers["ETag"] == unknown.headers["ETag"]) == (True, True)
        assert (plain.data == french.data, plain.headers["ETag"] == french.headers["ETag"]) == (False, False)
        assert f"{path}?lang=fr" in french.text.replace("\r\n ", "")  # where it says that it stands
        again = client.get(f"{path}?lang=fr", headers={"If-None-Match": french.headers["ETag"]})
        assert (again.status_code, again.headers["Last-Modified"]) == (304, french.headers["Last-Modified"])
        asked = client.get(path, headers={"If-None-Match": french.headers["ETag"]})
        assert (asked.status_code, asked.data) == (200, plain.data)


def test_the_page_offers_the_whole_agenda_in_the_languages_of_letters(cast: Cast, client: FlaskClient) -> None:
    page = client.get("/summit/calendars").text
    found = re.findall(r'href="webcal://localhost(/summit/agenda\.ics\?lang=(\w+))"', page)
    assert [language for _path, language in found] == OTHERS
    assert [client.get(path).status_code for path, _language in found] == [200] * len(OTHERS)


def test_the_name_of_a_calendar_is_in_its_language(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    names = [
        str(Calendar.from_ical(client.get(f"{path}?lang=ja").data)["X-WR-CALNAME"]).rpartition(": ")[2]
        for path in (public(cast)["day"], public(cast)["online"], public(cast)["room"], office(cast))
    ]
    assert names == ["2027年7月10日土曜日", "オンラインで参加できるもの", r"Hall\, große\; \\ 1", "Rome代表団"]


def change(cast: Cast, **values: Any) -> None:
    def act() -> None:
        made = db.session.execute(select(Delegate)).scalar_one()
        told = details(made.mode, **{"name": made.name, "email": made.email} | values)
        registration.change(made.id, told, made.version, LATER)

    read(cast.app, lambda: write(act))


def test_another_language_is_a_change_of_all_the_calendar_that_moves_nothing(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = agenda(cast, "Lancaster", Mode.ONLINE)
    before, first = entry(client, path), client.get(path)
    change(cast, language="ko")
    after = entry(client, path)
    assert [str(each["LOCATION"]) for each in (before, after)] == ["Online", "온라인"]
    assert (after["UID"], after["SEQUENCE"], after["DTSTAMP"].dt) == (before["UID"], before["SEQUENCE"], LATER)
    assert after["LAST-MODIFIED"].dt == LATER
    for headers in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        assert client.get(path, headers=headers).status_code == 200


def test_the_same_language_once_more_changes_nothing(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = agenda(cast)
    before = client.get(path).data
    change(cast, language="en", position="Mayor")
    assert client.get(path).data == before


def test_after_a_change_of_mode_and_of_language_both_count(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = agenda(cast)
    before = entry(client, path)["SEQUENCE"]
    change(cast, language="es")
    read(cast.app, lambda: write(_online))
    session = entry(client, path)
    assert (str(session["LOCATION"]), session["SEQUENCE"]) == ("En línea", before + 1)
    assert session["DTSTAMP"].dt == LATER + timedelta(hours=1)


def _online() -> None:
    key = db.session.execute(select(Delegate.id)).scalar_one()
    registration.set_mode(key, Mode.ONLINE, who="Tokyo", now=LATER + timedelta(hours=1))


def test_the_invitation_is_worded_anew_when_the_language_changes(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    agenda(cast, "Lancaster", Mode.ONLINE)
    before = invitation(cast)
    change(cast, language="ja")
    after = invitation(cast)
    assert [str(each["LOCATION"]) for each in (before, after)] == ["Online", "オンライン"]
    reference = read(cast.app, lambda: db.session.execute(select(Delegate.reference)).scalar_one())
    assert str(after["DESCRIPTION"]).startswith(f"Lancaster。登録番号：{reference}")
    assert (after["UID"], after["DTSTAMP"].dt) == (before["UID"], LATER)
    assert after["SEQUENCE"] > before["SEQUENCE"]


def invitation(cast: Cast) -> Any:
    """The newest that was posted to the only delegate."""

    def act() -> bytes:
        newest = select(Message).order_by(Message.id.desc()).limit(1)
        message = db.session.execute(newest).scalar_one()
        return render(message.kind, message.facts, message.language).attachments[0].content

    (found,) = Calendar.from_ical(read(cast.app, act)).walk("VEVENT")
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_304_and_a_file_come_from_memory_in_any_language(cast: Cast, client: FlaskClient, language: str) -> None:
    furnish(cast)
    path = f"{public(cast)['all']}?lang={language}"
    etag = client.get(path).headers["ETag"]
    for headers in ({}, {"If-None-Match": etag}):
        with counted(cast.app) as statements:
            client.get(path, headers=headers)
        assert statements == []


def test_the_office_is_given_the_address_in_the_language_of_its_letters(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = office(cast)

    def link() -> str:
        key = db.session.execute(select(Delegation.id).join(Member).where(Member.name == "Rome")).scalar_one()
        contact = Contact("Gaia Romani", "gaia@rome.example.org", language="fr")
        return focal.appoint(key, contact, who="Tokyo", now=NOW).link

    page = client.get(f"/f/{read(cast.app, lambda: write(link))}/calendar").text
    assert f'value="http://localhost{path}?lang=fr"' in page
    assert f'href="{path}?lang=fr&amp;download=1"' in page or f'href="{path}?download=1&amp;lang=fr"' in page
