"""Letters to those who owe a video: asked, 14 and 3 days before, overdue; in whose language and by whose link."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from app.db import db
from app.outbox import Message
from app.outbox.rendering import render
from app.videos import service, telling
from app.videos.expecting import Owner, Wanted
from app.videos.models import Purpose, State, VideoMessage
from tests.videos.cast import SETTLED, Senders

DUE = datetime.fromisoformat("2090-02-13T14:59:59.999999+00:00")
"""23:59 in Tokyo, 15:59 in Milan, 14 days before the summit."""


def letters(senders: Senders) -> list[tuple[str, str]]:
    """(kind, to whom) of the letters about videos."""
    return [each for each in senders.cities.letters() if each[0].startswith("video")]


def remind(senders: Senders, now: datetime) -> int:
    return senders.cities.do(lambda: telling.remind_due(now))


def fall_due(senders: Senders, now: datetime) -> int:
    return senders.cities.do(lambda: telling.fall_due(now))


def test_it_is_due_at_the_end_of_the_day_14_days_before_the_summit(senders: Senders) -> None:
    assert senders.message("Milan").due_at == DUE


def test_reminders_go_14_and_3_days_before_and_each_once(senders: Senders) -> None:
    moments = [
        DUE - timedelta(days=15),
        DUE - timedelta(days=14),
        DUE - timedelta(days=9),
        DUE - timedelta(days=3),
        DUE,
    ]
    told = [remind(senders, moment) for moment in moments for _again in (1, 2)]
    assert told == [0, 0, 2, 0, 0, 0, 2, 0, 0, 0]
    assert letters(senders) == [("video due", "Luca Milani"), ("video due", "Gaia Romani")] * 2


def test_who_was_asked_after_such_a_moment_is_not_reminded_for_it(senders: Senders) -> None:
    senders.change("Milan", asked_at=DUE - timedelta(days=10))
    assert (remind(senders, DUE - timedelta(days=9)), letters(senders)) == (1, [("video due", "Gaia Romani")])


def test_a_city_that_comes_to_speak_by_video_after_all_is_asked_and_has_two_days(senders: Senders) -> None:
    """Milan turns to video three days after all others were due: asked, not scolded (J09 of the domain)."""
    late, first = DUE + timedelta(days=3), senders.message("Milan").id
    senders.change("Rome", state=State.ACCEPTED)
    senders.cities.do(lambda: db.session.delete(db.session.get_one(VideoMessage, first)))
    senders.settle(late)
    assert senders.message("Milan").due_at == late + timedelta(days=2)
    told = [(fall_due(senders, moment), remind(senders, moment)) for moment in (late, late + timedelta(days=1))]
    assert (told, letters(senders)) == ([(0, 1), (0, 0)], [("video due", "Luca Milani")])


@pytest.mark.parametrize("state", [State.UPLOADED, State.ACCEPTED, State.WAIVED, State.WITHDRAWN])
def test_nobody_is_reminded_of_what_has_come_or_is_not_needed(senders: Senders, state: State) -> None:
    senders.change("Milan", state=state, reason="-")
    remind(senders, DUE - timedelta(days=3))
    assert letters(senders) == [("video due", "Gaia Romani")]


def test_nobody_is_told_of_what_only_organisers_know(senders: Senders) -> None:
    for city in ("Milan", "Rome"):
        senders.change(city, known=False, session_code="two")
    remind(senders, DUE - timedelta(days=3))
    fall_due(senders, DUE + timedelta(days=1))
    assert letters(senders) == []


def test_what_has_not_come_in_time_is_overdue_and_that_is_told_once(senders: Senders) -> None:
    assert [fall_due(senders, DUE + timedelta(seconds=late)) for late in (0, 1, 86400)] == [0, 2, 0]
    assert (senders.state("Milan"), letters(senders)) == (
        State.OVERDUE,
        [("video overdue", "Luca Milani"), ("video overdue", "Gaia Romani")],
    )


def test_longer_is_told_and_what_was_overdue_is_expected_again(senders: Senders) -> None:
    fall_due(senders, DUE + timedelta(days=1))
    key, until = senders.message("Milan").id, DUE + timedelta(days=5)
    again = [
        senders.cities.do(
            lambda: service.extend(key, until, "The mayor was ill", who="KOIKE", now=DUE + timedelta(days=2))
        )
        for _twice in (1, 2)
    ]
    assert (again, senders.state("Milan")) == ([True, False], State.EXPECTED)
    assert letters(senders)[2:] == [("video due", "Luca Milani")]


def test_the_contact_is_told_too_in_their_language_by_a_link_to_this_video_alone(senders: Senders) -> None:
    senders.change("Milan", contact_name="Anne Martin", contact_email="anne@press.example", contact_language="fr")
    remind(senders, DUE - timedelta(days=3))
    anne, luca = rendered(senders, "Anne Martin"), rendered(senders, "Luca Milani")
    message, office = senders.link("Milan"), senders.cities.link("Milan")
    assert "Une vidéo est attendue de Milan" in anne
    assert (message in anne, office in anne) == (True, False)
    assert (message in luca, f"{office}videos/{senders.message('Milan').uid}" in luca) == (False, True)
    assert "13 February 2090, 23:59 (Tokyo)" in luca
    assert "13 February 2090, 15:59 (Rome), your time" in luca


def rendered(senders: Senders, name: str) -> str:
    def ask() -> str:
        found = select(Message).where(Message.to_name == name, Message.kind == "video due")
        row = db.session.execute(found).scalar_one()
        return render(row.kind, {**row.facts, "to": row.to}, row.language).text

    return senders.cities.read(ask)


def test_a_focal_point_who_is_the_contact_gets_one_letter(senders: Senders) -> None:
    senders.change("Milan", contact_name="Luca Milani", contact_email="LUCA@milan.example.org")
    remind(senders, DUE - timedelta(days=3))
    assert letters(senders) == [("video due", "Luca Milani"), ("video due", "Gaia Romani")]


def test_organisers_ask_of_their_own_accord_once(senders: Senders) -> None:
    owner = Owner(delegation_id=senders.cities.id("Lancaster"))
    event = senders.event()
    want = Wanted(owner, "", Purpose.BACKUP)
    made = senders.cities.do(lambda: service.ask(event, want, None, who="KOIKE", now=SETTLED))
    assert (made.state, letters(senders)) == (State.EXPECTED, [("video due", "Robin Doe")])


def test_who_answers_for_a_video_is_forgotten_30_days_after_the_summit(senders: Senders) -> None:
    milan, rome = (
        {"contact_name": name, "contact_email": email} for name, email in (("Anna", "anna@x.example"), ("", ""))
    )
    senders.change("Milan", speaker_name="Giuseppe SALA", contact_language="it", **milan)
    senders.change("Rome", **rome)
    over = senders.event().ends_on
    days = (over + timedelta(days=each) for each in (30, 31, 31))
    gone = [senders.cities.do(partial(telling.forget_over, each)) for each in days]
    left = senders.message("Milan")
    assert gone == [0, 1, 0]
    assert (left.contact_name, left.contact_email, left.contact_language, left.speaker_name) == (
        *("", "", "en"),
        "Giuseppe SALA",
    )
