"""From the invitation to the answer: every state, and nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db import db
from app.delegations import answering, focal
from app.delegations import service as delegations
from app.delegations.models import Answer, Delegation
from app.events.models import Due, Event, Mode
from app.refused import Refused
from tests.delegations.cities import ANSWER_BY, MODE_BY, NOW, SPEAKERS, Cities

AFTER = ANSWER_BY + timedelta(microseconds=1)
DAY = timedelta(days=1)


def act(cities: Cities, name: str, city: str, *values: Any, now: datetime = NOW, **more: Any) -> Any:
    key = cities.id(city)
    return cities.do(lambda: getattr(answering, name)(key, *values, who=SPEAKERS[city], now=now, **more))


def refusal(cities: Cities, name: str, city: str, *values: Any, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as no:
        act(cities, name, city, *values, now=now)
    return no.value.message


def test_an_invitation_goes_to_everybody_who_speaks_for_the_city(cities: Cities) -> None:
    key = cities.id("Rome")
    anna = focal.Contact("Anna Bianchi", "anna@rome.example.org")
    cities.do(lambda: focal.appoint(key, anna, who="KOIKE Yuriko", now=NOW))
    assert cities.invite("Rome", "Milan") == 2
    assert cities.letters() == [
        ("invitation", "Gaia Romani"),
        ("invitation", "Anna Bianchi"),
        ("invitation", "Luca Milani"),
    ]
    assert (cities.answer("Rome"), cities.answer("Seoul")) == (Answer.INVITED, Answer.DRAFT)


def test_inviting_twice_is_inviting_once(cities: Cities) -> None:
    assert (cities.invite("Rome"), cities.invite("Rome", "Milan"), cities.invite("Rome")) == (1, 1, 0)
    assert [name for _kind, name in cities.letters()] == ["Gaia Romani", "Luca Milani"]


def test_a_bulk_act_is_one_entry_and_one_for_each_city(cities: Cities) -> None:
    cities.invite("Rome", "Milan", "Seoul")
    together = cities.notes("invited together")
    assert [(each.subject, each.after) for each in together] == [
        ("event/summit", {"cities": ["Milan", "Rome", "Seoul"]})
    ]
    assert sorted(each.subject for each in cities.notes("invited")) == [
        "delegation/summit-milan",
        "delegation/summit-rome",
        "delegation/summit-seoul",
    ]


def test_a_city_for_which_nobody_speaks_cannot_be_invited_and_holds_back_all(cities: Cities) -> None:
    with pytest.raises(Refused, match="New York has no focal point"):
        cities.invite("Rome", "New York")
    assert (cities.answer("Rome"), cities.letters()) == (Answer.DRAFT, [])


def test_nobody_is_invited_after_the_deadline(cities: Cities) -> None:
    with pytest.raises(Refused, match="deadline for answers is past"):
        cities.invite("Rome", now=AFTER)


def test_another_events_delegation_is_not_invited(cities: Cities) -> None:
    key = cities.id("Rome")
    assert cities.do(lambda: answering.invite(cities.event_id + 1, [key], who="x", now=NOW)) == 0
    assert cities.answer("Rome") == Answer.DRAFT


def test_a_city_accepts_in_several_modes(cities: Cities) -> None:
    cities.invite("Rome")
    assert cities.accept("Rome", Mode.ONLINE, Mode.VENUE) is True
    assert (cities.answer("Rome"), cities.modes("Rome")) == (Answer.ACCEPTED, [Mode.VENUE, Mode.ONLINE])
    assert cities.letters()[-1] == ("answered", "Gaia Romani")


def test_accepting_twice_changes_nothing(cities: Cities) -> None:
    cities.invite("Rome")
    cities.accept("Rome", Mode.ONLINE)
    before = cities.letters()
    assert cities.accept("Rome", Mode.VIDEO) is False
    assert (cities.modes("Rome"), cities.letters()) == ([Mode.ONLINE], before)


def test_accepting_names_a_mode(cities: Cities) -> None:
    cities.invite("Rome")
    assert refusal(cities, "answer_accept", "Rome", ()) == "Choose at least one way of taking part."


def test_who_was_not_invited_cannot_accept(cities: Cities) -> None:
    assert "is not open" in refusal(cities, "answer_accept", "Rome", [Mode.VENUE])


def test_the_reason_of_a_city_that_declined_is_kept(cities: Cities) -> None:
    cities.invite("Milan")
    assert act(cities, "answer_decline", "Milan", "Elections that week") is True
    assert act(cities, "answer_decline", "Milan", "Another reason") is False
    (note,) = cities.notes("declined")
    assert (note.who, note.before) == ("Luca Milani", {"answer": "invited"})
    assert note.after == {"answer": "declined", "reason": "Elections that week", "late": False}
    assert cities.letters()[-1] == ("answered", "Luca Milani")


def test_who_declined_cannot_accept_by_itself_but_is_opened_again(cities: Cities) -> None:
    cities.invite("Milan")
    act(cities, "answer_decline", "Milan", "Elections")
    assert "is not open" in refusal(cities, "answer_accept", "Milan", [Mode.VENUE])
    assert act(cities, "reopen", "Milan") is True
    assert [kind for kind, _name in cities.letters()] == ["invitation", "answered", "invitation"]
    assert cities.accept("Milan") is True


def test_who_has_accepted_cannot_decline(cities: Cities) -> None:
    cities.invite("Rome")
    cities.accept("Rome")
    assert "accepted already" in refusal(cities, "answer_decline", "Rome", "Sorry")


def test_an_invitation_stands_through_the_last_instant_and_lapses_after_it(cities: Cities) -> None:
    cities.invite("Rome", "Milan")
    cities.accept("Milan")
    assert cities.do(lambda: answering.lapse_due(ANSWER_BY)) == 0
    assert cities.do(lambda: answering.lapse_due(AFTER)) == 1
    assert (cities.answer("Rome"), cities.answer("Milan"), cities.answer("Seoul")) == (
        Answer.LAPSED,
        Answer.ACCEPTED,
        Answer.DRAFT,
    )
    assert cities.letters()[-1] == ("lapsed", "Gaia Romani")
    assert cities.do(lambda: answering.lapse_due(AFTER)) == 0


def test_after_a_soft_deadline_an_answer_is_taken_and_marked_late(cities: Cities) -> None:
    cities.invite("Rome")
    cities.do(lambda: answering.lapse_due(AFTER))
    assert cities.accept("Rome", now=AFTER) is True
    (note,) = cities.notes("accepted")
    assert note.after == {"answer": "accepted", "modes": ["venue"], "late": True}


def test_after_a_hard_deadline_no_answer_is_taken_even_before_the_clock_has_come_round(cities: Cities) -> None:
    cities.due(Due.ANSWER, ANSWER_BY, hard=True)
    cities.invite("Rome")
    assert "The deadline is past" in refusal(cities, "answer_accept", "Rome", [Mode.VENUE], now=AFTER)
    assert cities.answer("Rome") == Answer.INVITED


def test_a_lapsed_city_is_opened_again_with_a_deadline_of_its_own(cities: Cities) -> None:
    cities.due(Due.ANSWER, ANSWER_BY, hard=True)
    cities.invite("Rome", "Milan")
    cities.do(lambda: answering.lapse_due(AFTER))
    assert "Set a later one first" in refusal(cities, "reopen", "Rome", now=AFTER)
    act(cities, "reopen", "Rome", now=AFTER, until=AFTER + 2 * DAY)
    assert cities.do(lambda: answering.lapse_due(AFTER + DAY)) == 0
    assert "The deadline is past" in refusal(cities, "answer_accept", "Milan", [Mode.VENUE], now=AFTER + DAY)
    assert cities.accept("Rome", now=AFTER + DAY) is True


def test_more_time_opens_a_lapsed_invitation_and_is_told(cities: Cities) -> None:
    cities.invite("Rome")
    cities.do(lambda: answering.lapse_due(AFTER))
    assert act(cities, "give_longer", "Rome", Due.ANSWER, AFTER + 2 * DAY, "A holiday", now=AFTER) is True
    assert act(cities, "give_longer", "Rome", Due.ANSWER, AFTER + 2 * DAY, "A holiday", now=AFTER) is False
    assert act(cities, "give_longer", "Rome", Due.ANSWER, AFTER + 3 * DAY, "Another", now=AFTER) is True
    assert cities.answer("Rome") == Answer.INVITED
    assert [kind for kind, _name in cities.letters()][-2:] == ["delegation changed"] * 2


def test_reminders_leave_fourteen_seven_and_two_days_before_each_once(cities: Cities) -> None:
    cities.invite("Rome", now=NOW)
    sent = []
    for days in (15, 14, 13, 7, 6, 2, 1):
        now = ANSWER_BY - days * DAY
        sent.append([cities.do(lambda now=now: answering.remind_due(now)) for _again in range(2)])  # type: ignore[misc]
    assert sent == [[0, 0], [1, 0], [0, 0], [1, 0], [0, 0], [1, 0], [0, 0]]
    assert cities.letters().count(("reminder", "Gaia Romani")) == 3


def test_reminders_stop_at_the_answer(cities: Cities) -> None:
    cities.invite("Rome", "Milan")
    cities.accept("Rome")
    act(cities, "answer_decline", "Milan", "Elections")
    assert cities.do(lambda: answering.remind_due(ANSWER_BY - DAY)) == 0


def test_who_is_invited_late_is_reminded_only_of_what_still_comes(cities: Cities) -> None:
    cities.invite("Rome", now=ANSWER_BY - 10 * DAY)
    assert cities.do(lambda: answering.remind_due(ANSWER_BY - 10 * DAY)) == 0
    assert cities.do(lambda: answering.remind_due(ANSWER_BY - 7 * DAY)) == 1


def test_of_reminders_that_were_missed_only_the_last_is_sent(cities: Cities) -> None:
    cities.invite("Rome")
    assert cities.do(lambda: answering.remind_due(ANSWER_BY - DAY)) == 1
    assert cities.do(lambda: answering.remind_due(ANSWER_BY - DAY / 2)) == 0


def test_more_time_moves_the_reminders(cities: Cities) -> None:
    cities.invite("Rome")
    cities.do(lambda: answering.remind_due(ANSWER_BY - 2 * DAY))
    act(cities, "give_longer", "Rome", Due.ANSWER, ANSWER_BY + 5 * DAY, "A holiday")
    assert cities.do(lambda: answering.remind_due(ANSWER_BY - DAY)) == 1  # seven days before the new one are past
    assert cities.do(lambda: answering.remind_due(ANSWER_BY + 2 * DAY)) == 0
    assert cities.do(lambda: answering.remind_due(ANSWER_BY + 3 * DAY)) == 1


def test_reminding_by_hand_twice_in_a_minute_is_once(cities: Cities) -> None:
    cities.invite("Rome", "Milan")
    cities.accept("Milan")
    ids = [cities.id("Rome"), cities.id("Milan")]
    done = [
        cities.do(lambda now=now: answering.remind(cities.event_id, ids, who="KOIKE Yuriko", now=now))  # type: ignore[misc]
        for now in (NOW, NOW + timedelta(seconds=20), NOW + timedelta(minutes=1))
    ]
    assert done == [1, 0, 1]
    assert [each.after for each in cities.notes("reminded together")] == [{"cities": ["Rome"]}] * 2


def test_modes_change_freely_until_the_deadline(cities: Cities) -> None:
    cities.invite("Rome")
    cities.accept("Rome", Mode.VENUE)
    assert act(cities, "change_modes", "Rome", [Mode.VIDEO, Mode.ONLINE], now=MODE_BY) is True
    assert cities.modes("Rome") == [Mode.ONLINE, Mode.VIDEO]
    assert cities.letters()[-1] == ("delegation changed", "Gaia Romani")


def test_after_the_deadline_modes_are_asked_for_and_decided(cities: Cities) -> None:
    cities.invite("Milan")
    cities.accept("Milan", Mode.ONLINE)
    late = MODE_BY + DAY
    assert act(cities, "change_modes", "Milan", [Mode.VIDEO], now=late) is False
    assert cities.modes("Milan") == [Mode.ONLINE]
    assert cities.read(lambda: db.session.get_one(Delegation, cities.id("Milan")).changes_pending) is True
    assert act(cities, "decide_modes", "Milan", True, "", now=late) is True
    assert act(cities, "decide_modes", "Milan", True, "", now=late) is False
    assert cities.modes("Milan") == [Mode.VIDEO]
    assert cities.read(lambda: db.session.get_one(Delegation, cities.id("Milan")).changes_pending) is False


def test_modes_that_are_refused_stay_as_they_were(cities: Cities) -> None:
    cities.invite("Milan")
    cities.accept("Milan", Mode.ONLINE)
    act(cities, "change_modes", "Milan", [Mode.VENUE], now=MODE_BY + DAY)
    act(cities, "decide_modes", "Milan", False, "The hall is full", now=MODE_BY + DAY)
    assert cities.modes("Milan") == [Mode.ONLINE]
    assert cities.letters()[-1] == ("delegation changed", "Luca Milani")


def test_a_withdrawal_frees_in_the_same_transaction(cities: Cities, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(answering, "consequences", [lambda row, who, now: seen.append((row.member.name, who, now))])
    cities.invite("Rome")
    cities.accept("Rome")
    assert act(cities, "withdraw_city", "Rome", "A strike") is True
    assert act(cities, "withdraw_city", "Rome", "A strike") is False
    assert seen == [("Rome", "Gaia Romani", NOW)]
    assert (cities.answer("Rome"), cities.letters()[-1]) == (Answer.WITHDRAWN, ("delegation changed", "Gaia Romani"))


def test_a_withdrawal_whose_consequence_fails_has_not_happened(cities: Cities, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_row: Delegation, _who: str, _now: datetime) -> None:
        raise Refused("A seat is stuck.")

    monkeypatch.setattr(answering, "consequences", [fails])
    cities.invite("Rome")
    cities.accept("Rome")
    assert refusal(cities, "withdraw_city", "Rome", "A strike") == "A seat is stuck."
    assert cities.answer("Rome") == Answer.ACCEPTED


def test_only_who_takes_part_can_withdraw(cities: Cities) -> None:
    cities.invite("Rome")
    assert refusal(cities, "withdraw_city", "Rome", "A strike") == "Rome does not take part at present."


def test_organisers_cancel_whatever_was_answered_but_never_the_host(cities: Cities) -> None:
    cities.invite("Rome")
    assert act(cities, "cancel", "Rome", "Asked twice") is True
    assert act(cities, "cancel", "Rome", "Asked twice") is False
    key = cities.id("Tokyo")
    with pytest.raises(Refused, match="This is the host"):
        cities.do(lambda: answering.cancel(key, "no", who="x", now=NOW))


def test_a_city_that_was_never_invited_is_told_nothing_of_its_end(cities: Cities) -> None:
    act(cities, "cancel", "Rome", "Entered by mistake")
    assert cities.letters() == []


def test_people_register_only_for_cities_that_take_part(cities: Cities) -> None:
    def register() -> str:
        event = db.session.get_one(Event, cities.event_id)
        delegation = db.session.get_one(Delegation, key)
        try:
            return "Rome" if delegations.by_code(event, delegation.code, lambda: True) == key else "another city"
        except Refused as no:
            return no.message

    key = cities.id("Rome")
    said = [cities.read(register)]
    cities.invite("Rome")
    cities.accept("Rome")
    said.append(cities.read(register))
    act(cities, "withdraw_city", "Rome", "A strike")
    said.append(cities.read(register))
    assert [each.split(".")[0] for each in said] == [
        "Your city has not accepted its invitation yet, so nobody can register",
        "Rome",
        "Your city does not take part in this summit at present",
    ]


def test_instants_are_aware(cities: Cities) -> None:
    at, hard = cities.read(lambda: answering.deadline(cities.event_id, Due.ANSWER))
    assert (at, hard) == (ANSWER_BY, False)
    assert at is not None
    assert at.tzinfo == UTC
