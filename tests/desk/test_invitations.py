"""Organisers invite the members of the network, see the letter before, and answer for nobody."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select, update

from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Answer, Delegation, FocalPoint
from app.events.models import Deadline, Due, Event
from app.journal import Note
from app.network.models import Member
from app.outbox import Message, renderers
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, held, rows, words
from tests.queries import counted

INVITATIONS = f"{REHEARSAL}/invitations"
DEADLINES = f"{REHEARSAL}/deadlines"
ROME = f"{INVITATIONS}/city/rome"


@pytest.fixture
def desks(desks: KeepingFlask) -> KeepingFlask:
    """The rehearsal before anybody but the host was invited."""

    def act() -> None:
        rest = select(Event.id).where(Event.slug == "rehearsal").scalar_subquery()
        db.session.execute(
            update(Delegation)
            .where(Delegation.event_id == rest, Delegation.answer != Answer.APPROVED)
            .values(answer=Answer.DRAFT)
        )

    with desks.app_context():
        write(act)
    return desks


def line(tokyo: Organiser, city: str, **values: str) -> dict[str, str]:
    """What is typed and ticked in the row of one city."""
    page = held(tokyo.get(INVITATIONS))
    (prefix,) = (name[: -len("slug")] for name, value in page.items() if name.endswith("-slug") and value == city)
    return {prefix + name: value for name, value in values.items()}


def enter(tokyo: Organiser, city: str = "rome", name: str = "Gaia Romani") -> None:
    values = line(tokyo, city, name=name, email="office@rome.example.org")
    assert tokyo.send(INVITATIONS, values, {"act": "save"}).status_code == 303


def test_a_focal_point_of_the_table_is_written_to_as_their_city_was_before(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    """At this summit or at another; a city that nobody spoke for yet is written to in English."""
    with desks.app_context():
        former = select(Delegation).join(Member).join(Event, Event.id == Delegation.event_id)
        milan, rome = (
            db.session.execute(former.where(Event.slug == slug, Member.slug == city)).scalar_one().id
            for slug, city in (("rehearsal", "milan"), ("gnets-2023", "rome"))
        )
        for key, language, day in ((milan, "es", 1), (milan, "fr", 2), (rome, "ko", 1)):
            contact = Contact(f"Somebody {day}", f"{language}@example.org", language=language)
            write(lambda: focal.appoint(key, contact, who="x", now=datetime(2023, 1, day, tzinfo=UTC)))  # noqa: B023
    for city in ("rome", "milan", "lancaster"):
        enter(tokyo, city)
    with desks.app_context():
        entered = select(Member.slug, FocalPoint.language).join(Delegation, Delegation.member_id == Member.id)
        rows = db.session.execute(entered.join(FocalPoint).where(FocalPoint.name == "Gaia Romani"))
        assert {row.slug: row.language for row in rows} == {"rome": "ko", "milan": "fr", "lancaster": "en"}


def invite(tokyo: Organiser, city: str = "rome") -> None:
    enter(tokyo, city)
    assert tokyo.send(f"{INVITATIONS}/send/invitation?city={city}").status_code == 303


def answer_of(app: KeepingFlask, city: str) -> Answer:
    query = select(Delegation.answer).join(Member).join(Event, Event.id == Delegation.event_id)
    with app.app_context():
        return db.session.execute(query.where(Event.slug == "rehearsal", Member.slug == city)).scalar_one()


def posted(app: KeepingFlask) -> list[Message]:
    with app.app_context():
        return list(db.session.execute(select(Message).order_by(Message.id)).scalars())


def secret(app: KeepingFlask) -> str:
    with app.app_context():
        return db.session.execute(select(FocalPoint).order_by(FocalPoint.id.desc())).scalars().first().link  # type: ignore[union-attr]


def decline(app: KeepingFlask, tokyo: Organiser) -> None:
    path = f"/f/{secret(app)}/decline"
    assert tokyo.send(path, {"reason": "Elections that week"}).status_code == 303


def set_answer_by(tokyo: Organiser, day: date, at: time | None = None, hard: bool = False) -> int:
    values = {"rows-0-day": day.isoformat(), "rows-0-time": at.isoformat() if at else ""}
    return tokyo.send(DEADLINES, values, {"rows-0-hard": "y"} if hard else {}).status_code


def test_every_member_stands_in_the_table_with_its_state(tokyo: Organiser) -> None:
    found = rows(tokyo.get(INVITATIONS))
    assert len(found) == 34
    assert found["TokyoTokyo time"].split(" | ")[1] == "Approved"
    assert found["RomeRome time"].split(" | ")[1] == "Not invited yet"


def test_a_focal_point_is_stored_and_nobody_is_told_yet(desks: KeepingFlask, tokyo: Organiser) -> None:
    enter(tokyo)
    assert "Gaia Romani, office@rome.example.org" in rows(tokyo.get(INVITATIONS))["RomeRome time"]
    assert (answer_of(desks, "rome"), posted(desks)) == (Answer.DRAFT, [])


def test_half_a_focal_point_is_refused_and_what_was_typed_stays(tokyo: Organiser) -> None:
    answer = tokyo.send(INVITATIONS, line(tokyo, "rome", name="Gaia Romani"), {"act": "save"})
    assert answer.status_code == 422
    assert "Both are needed, name and email." in words(answer)
    assert 'value="Gaia Romani"' in answer.text


def test_the_preview_is_the_letter_without_its_secret(desks: KeepingFlask, tokyo: Organiser) -> None:
    enter(tokyo)
    seen = re.search(r"<pre[^>]*>(.*?)</pre>", tokyo.get(f"{INVITATIONS}/send/invitation?city=rome").text, re.DOTALL)
    assert seen is not None
    assert tokyo.send(f"{INVITATIONS}/send/invitation?city=rome").status_code == 303
    (message,) = posted(desks)
    with desks.app_context():
        letter = renderers["invitation"](message.facts, "en").text
    assert secret(desks) in letter
    shown = seen[1].replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    assert shown == letter.replace(secret(desks), "…")


def test_the_letter_is_shown_as_html_where_nothing_runs(desks: KeepingFlask, tokyo: Organiser) -> None:
    enter(tokyo)
    shown = tokyo.get(f"{INVITATIONS}/send/invitation/rome")
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert "/f/…/" in shown.text
    assert secret(desks) not in shown.text
    paths = (f"{INVITATIONS}/send/reminder/rome", f"{INVITATIONS}/send/invitation/milan", f"{INVITATIONS}/send/no/rome")
    assert [tokyo.get(path).status_code for path in paths] == [404, 404, 404]


def test_those_ticked_are_led_to_the_letter_and_it_is_sent_once(desks: KeepingFlask, tokyo: Organiser) -> None:
    both = line(tokyo, "rome", name="Gaia Romani", email="a@rome.example.org", ticked="y")
    both |= line(tokyo, "milan", name="Luca Milani", email="b@milan.example.org", ticked="y")
    answer = tokyo.send(INVITATIONS, both, line(tokyo, "seoul", ticked="y"), {"act": "invitation"})
    assert answer.location.endswith("/invitations/send/invitation?city=milan&city=rome&city=seoul")
    page = tokyo.get(answer.location)
    assert "Seoul: nobody speaks for it yet" in words(page)
    assert "Send it to 2 cities" in words(page)
    sent = [tokyo.send(answer.location, page=page).status_code for _again in range(2)]
    assert sent == [303, 422]
    assert sorted(each.to_name for each in posted(desks)) == ["Gaia Romani", "Luca Milani"]
    assert (answer_of(desks, "rome"), answer_of(desks, "seoul")) == (Answer.INVITED, Answer.DRAFT)
    with desks.app_context():
        after = db.session.execute(select(Note.after).where(Note.what == "invited together")).scalar_one()
    assert after == {"cities": ["Milan", "Rome"]}


def test_nobody_ticked_is_nobody_written_to(tokyo: Organiser) -> None:
    answer = tokyo.send(INVITATIONS, {"act": "invitation"})
    assert answer.location == INVITATIONS
    assert "Tick the cities that shall get the letter." in words(tokyo.get(INVITATIONS))


def test_a_reminder_goes_to_who_has_not_answered(desks: KeepingFlask, tokyo: Organiser) -> None:
    invite(tokyo)
    answer = tokyo.send(f"{INVITATIONS}/send/reminder?city=rome")
    assert answer.status_code == 303
    assert [each.kind for each in posted(desks)] == ["invitation", "reminder"]


def test_a_citys_page_tells_its_letters_and_what_happened(desks: KeepingFlask, tokyo: Organiser) -> None:
    invite(tokyo)
    decline(desks, tokyo)
    page = words(tokyo.get(ROME))
    for said in ("Declined", "Elections that week", "Invitation", "Gaia Romani (focal point of Rome)", "Invite again"):
        assert said in page, said


def test_a_city_that_declined_is_invited_again(desks: KeepingFlask, tokyo: Organiser) -> None:
    invite(tokyo)
    decline(desks, tokyo)
    assert tokyo.send(f"{ROME}/reopen").status_code == 303
    assert answer_of(desks, "rome") == Answer.INVITED
    assert [each.kind for each in posted(desks)] == ["invitation", "answered", "invitation"]


def test_a_delegation_is_cancelled_with_a_reason(desks: KeepingFlask, tokyo: Organiser) -> None:
    invite(tokyo)
    assert tokyo.send(f"{ROME}/cancel").status_code == 422
    assert tokyo.send(f"{ROME}/cancel", {"reason": "Asked twice"}).status_code == 303
    assert answer_of(desks, "rome") == Answer.CANCELLED


def test_the_last_who_speaks_for_an_invited_city_stays(desks: KeepingFlask, tokyo: Organiser) -> None:
    invite(tokyo)
    page = tokyo.get(ROME).text
    action = re.search(r'action="([^"]*/dismiss)"', page)
    assert action is not None
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    assert tokyo.client.post(action[1], data={"csrf_token": token[1]}).status_code == 303
    assert "is the only focal point" in words(tokyo.get(ROME))


def test_a_letter_is_asked_for(desks: KeepingFlask, tokyo: Organiser) -> None:
    enter(tokyo)
    assert tokyo.send(f"{ROME}/settings", {"required": "y", "note": "Call the embassy"}).status_code == 303
    page = words(tokyo.get(ROME))
    assert ("due" in page, "Call the embassy" in page) == (True, True)


def test_deadlines_are_typed_by_the_summits_clocks(desks: KeepingFlask, tokyo: Organiser) -> None:
    assert set_answer_by(tokyo, date(2089, 12, 15), hard=True) == 303
    with desks.app_context():
        row = db.session.execute(select(Deadline).where(Deadline.kind == Due.ANSWER)).scalar_one()
    assert (row.at, row.hard) == (datetime(2089, 12, 15, 14, 59, 59, 999999, tzinfo=UTC), True)
    assert held(tokyo.get(DEADLINES))["rows-0-time"] == "23:59"
    assert tokyo.send(DEADLINES, {"rows-0-day": "", "rows-0-time": ""}).status_code == 303
    with desks.app_context():
        assert db.session.execute(select(Deadline)).all() == []


def test_a_time_without_a_day_is_no_deadline(tokyo: Organiser) -> None:
    answer = tokyo.send(DEADLINES, {"rows-1-time": "12:00"})
    assert answer.status_code == 422
    assert "On which day?" in words(answer)


def test_one_city_is_given_longer_and_both_hours_are_read(desks: KeepingFlask, tokyo: Organiser) -> None:
    set_answer_by(tokyo, date(2089, 12, 15))
    invite(tokyo)
    values = {"city": "rome", "kind": "answer", "day": "2089-12-17", "time": "", "reason": "A holiday"}
    assert tokyo.send(f"{DEADLINES}/extend", values).status_code == 303
    found = rows(tokyo.get(DEADLINES))["Rome"]
    assert "17 December 2089, 23:59 (Tokyo) = 15:59 there (Rome)" in found
    assert found.endswith("A holiday | KOIKE Yuriko")


def test_no_stranger_sees_or_sends(desks: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    enter(tokyo)
    paths = (INVITATIONS, ROME, f"{ROME}/cancel", f"{INVITATIONS}/send/invitation?city=rome", DEADLINES)
    assert [rome.get(path).status_code for path in paths] == [404] * 5
    assert rome.get(f"{ARCHIVE}/invitations").status_code == 200
    assert rome.get(f"{ARCHIVE}/invitations/city/nowhere").status_code == 404


def test_the_table_costs_the_same_for_one_and_for_many(desks: KeepingFlask, tokyo: Organiser) -> None:
    costs = []
    for city in ("rome", "milan", "seoul"):
        enter(tokyo, city, f"Somebody of {city}")
        with counted(desks) as statements:
            tokyo.get(INVITATIONS)
        costs.append(len(statements))
    assert costs == [costs[0]] * 3


def test_a_member_that_came_while_the_table_stood_open_is_shown_without_a_tick(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    page = tokyo.get(INVITATIONS)
    typed = line(tokyo, "rome", name="Gaia Romani", email="no address")
    with desks.app_context():
        network = select(Member.network_id).where(Member.slug == "rome").limit(1).scalar_subquery()
        kind = db.session.execute(select(Member.kind).limit(1)).scalar_one()
        write(
            lambda: db.session.add(
                Member(network_id=network, slug="naples", name="Naples", kind=kind, country="IT", zone="Europe/Rome")
            )
        )
    answer = tokyo.send(INVITATIONS, typed, {"act": "save"}, page=page)
    assert (answer.status_code, "Naples" in answer.text, "Choose Naples" in answer.text) == (422, True, False)
    assert "Gaia Romani" in answer.text
