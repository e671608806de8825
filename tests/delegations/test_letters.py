"""What focal points are told, in words, and that no row holds a secret."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from app.db import db
from app.delegations import answering
from app.events.models import Deadline, Due, Mode
from app.outbox import Message, Rendered, renderers
from tests.delegations.cities import ANSWER_BY, NOW, Cities

pytestmark = pytest.mark.one_database  # words do not depend on where the rows live


def newest(cities: Cities) -> Message:
    query = select(Message).order_by(Message.id.desc()).limit(1)
    return cities.read(lambda: db.session.execute(query).scalar_one())


def rendered(cities: Cities) -> Rendered:
    message = newest(cities)
    return cities.read(lambda: renderers[message.kind](message.facts, message.language))


def test_the_invitation_says_who_what_when_where_and_by_when(cities: Cities) -> None:
    cities.invite("Rome")
    letter = rendered(cities)
    assert letter.subject == "Tokyo invites Rome: G-NETS Leaders Summit"
    for said in (
        "Tokyo invites Rome to G-NETS Leaders Summit",
        "Dear Gaia Romani,",
        "In the name of Global City Network for Sustainability",
        "27 February – 1 March 2090, Tokyo time",
        "Midnight before the first day there is 16:00 on Sunday 26 February 2090, Rome time.",
        "Where: Hilton Tokyo Shinjuku, Tokyo",
        "15 December 2089, 23:59 (Tokyo)",
        "15 December 2089, 15:59 (Rome), your time",
        "http://localhost" + cities.link("Rome").rstrip("/"),
        "secretariat@example.org",
    ):
        assert said in letter.text, said
    assert "http://localhost" + cities.link("Rome").rstrip("/") in letter.html


def test_a_city_on_the_summits_own_clock_reads_one_hour(cities: Cities) -> None:
    cities.invite("Seoul")
    text = rendered(cities).text
    assert "15 December 2089, 23:59 (Tokyo)" in text
    assert "your time" not in text


def test_no_row_of_the_outbox_holds_a_secret(cities: Cities) -> None:
    cities.invite("Rome", "Milan")
    cities.accept("Rome")
    facts = cities.read(lambda: json.dumps([each.facts for each in db.session.execute(select(Message)).scalars()]))
    assert [city for city in ("Rome", "Milan") if cities.read(lambda: cities.speaker(city).link) in facts] == []  # noqa: B023


def test_the_confirmation_names_modes_and_who_answered(cities: Cities) -> None:
    cities.invite("Rome")
    cities.accept("Rome", Mode.VENUE, Mode.ONLINE)
    letter = rendered(cities)
    assert letter.subject == "Rome has accepted: G-NETS Leaders Summit"
    assert "Taking part: at the venue and online" in letter.text
    assert "Answered by: Gaia Romani" in letter.text


def test_who_declined_is_told_the_way_back(cities: Cities) -> None:
    cities.invite("Milan")
    key = cities.id("Milan")
    cities.do(lambda: answering.answer_decline(key, "Elections <that> week", who="Luca Milani", now=NOW))
    letter = rendered(cities)
    assert "Reason: Elections <that> week" in letter.text
    assert "Elections &lt;that&gt; week" in letter.html
    assert "they can open the invitation again" in letter.text


@pytest.mark.parametrize(("hard", "said"), [(True, "no longer be answered"), (False, "can still be answered")])
def test_who_let_it_lapse_is_told_what_can_be_done(cities: Cities, hard: bool, said: str) -> None:
    cities.due(Due.ANSWER, ANSWER_BY, hard=hard)
    cities.invite("Rome")
    cities.do(lambda: answering.lapse_due(ANSWER_BY + timedelta(hours=1)))
    assert said in rendered(cities).text


def test_more_time_is_told_in_both_zones(cities: Cities) -> None:
    cities.invite("Rome")
    key = cities.id("Rome")
    until = ANSWER_BY + timedelta(days=2)
    cities.do(lambda: answering.give_longer(key, Due.ANSWER, until, "A holiday", who="KOIKE Yuriko", now=NOW))
    text = rendered(cities).text
    assert "17 December 2089, 23:59 (Tokyo)" in text
    assert "17 December 2089, 15:59 (Rome), your time" in text


def test_text_and_html_say_the_same(cities: Cities) -> None:
    """Every kind of letter, line by line."""
    cities.invite("Rome")
    key = cities.id("Rome")
    cities.do(lambda: answering.remind(cities.event_id, [key], who="KOIKE Yuriko", now=NOW))
    cities.accept("Rome")
    cities.do(lambda: answering.withdraw_city(key, "A strike", who="Gaia Romani", now=NOW))
    messages = cities.read(lambda: list(db.session.execute(select(Message).order_by(Message.id)).scalars()))
    assert [each.kind for each in messages] == ["invitation", "reminder", "answered", "delegation changed"]
    for message in messages:
        letter = cities.read(lambda: renderers[message.kind](message.facts, message.language))  # noqa: B023
        body = re.sub(r"<head>.*?</head>", "", letter.html, flags=re.DOTALL)
        body = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>', r" \1 ", body)
        words = set(re.findall(r"\w{4,}", re.sub(r"<[^>]+>", " ", body)))
        assert set(re.findall(r"\w{4,}", letter.text)) - words == set(), message.kind


def test_reminders_are_of_use_until_the_deadline_and_what_is_owed_until_the_summit_begins(cities: Cities) -> None:
    cities.invite("Rome")
    assert newest(cities).until is None
    cities.do(lambda: answering.remind(cities.event_id, [cities.id("Rome")], who="Tokyo", now=NOW))
    assert (newest(cities).kind, newest(cities).until) == ("reminder", ANSWER_BY)
    cities.do(lambda: db.session.execute(delete(Deadline)))
    cities.do(lambda: answering.remind(cities.event_id, [cities.id("Rome")], who="Tokyo", now=NOW + timedelta(days=2)))
    assert newest(cities).until == datetime(2090, 2, 26, 15, tzinfo=UTC)
