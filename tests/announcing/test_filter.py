"""Whom a filter finds: by each criterion, by several, and never anybody of another event."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.agenda.models import Appearance, Kind, Part, Visibility
from app.announcing.criteria import CRITERIA, Criterion
from app.db import db, write
from app.delegations.models import Answer, DelegationMode
from app.events.models import Mode, Person
from app.network.models import Member
from app.refused import Refused
from app.registration.models import Capacity, State
from tests.announcing.cast import NOW, alter, alter_office, answers, draft, found, leads, left, letters, names
from tests.publishing.digests.people import add, delegation_of, edit, event_of, join, office, publish, session
from tests.registration.cast import Cast

EVERYBODY = ["Bob Smith", "Carlo Verdi", "Anna Bianchi", "Gaia Romani"]
"""By city and name, people before their office."""


def test_without_a_filter_it_is_everybody_who_takes_part(cast: Cast) -> None:
    assert names(found()) == EVERYBODY


def test_cities_that_do_not_take_part_are_left_out_unless_they_are_asked_for(cast: Cast) -> None:
    answers("Rome", Answer.INVITED)
    answers("Milan", Answer.WITHDRAWN)
    assert names(found()) == ["Bob Smith"]
    assert names(found(answer=["invited"])) == ["Anna Bianchi", "Gaia Romani"]
    assert names(found(answer=["withdrawn", "accepted"])) == ["Bob Smith", "Carlo Verdi"]


def test_registrations_that_have_ended_are_left_out_unless_they_are_asked_for(cast: Cast) -> None:
    alter("Bob Smith", state=State.WITHDRAWN)
    assert "Bob Smith" not in names(found())
    assert names(found(state=["withdrawn"])) == ["Bob Smith"]


def test_by_the_state_of_the_registration(cast: Cast) -> None:
    alter("Bob Smith", state=State.WAITLISTED)
    assert names(found(state=["waitlisted"])) == ["Bob Smith"]
    assert names(found(state=["approved"])) == ["Carlo Verdi", "Anna Bianchi"]


def test_focal_points_have_no_registration_and_come_along_when_they_are_ticked(cast: Cast) -> None:
    alter("Anna Bianchi", state=State.WAITLISTED)
    assert names(found(state=["approved"], role=["head", "focal point"])) == ["Gaia Romani"]
    assert names(found(state=["waitlisted"], role=["head", "focal point"])) == ["Anna Bianchi", "Gaia Romani"]


def test_by_the_role(cast: Cast) -> None:
    assert names(found(role=["head"])) == ["Anna Bianchi"]
    assert names(found(role=["focal point"])) == ["Gaia Romani"]
    assert names(found(role=["delegate", "focal point"])) == ["Bob Smith", "Carlo Verdi", "Gaia Romani"]


def test_by_the_way_of_taking_part_of_a_person_and_of_an_offices_city(cast: Cast) -> None:
    key = delegation_of("Rome")
    write(lambda: db.session.add(DelegationMode(delegation_id=key, mode=Mode.ONLINE)))
    assert names(found(mode=["online"])) == ["Bob Smith", "Gaia Romani"]
    assert names(found(mode=["venue"])) == ["Anna Bianchi", "Gaia Romani"]
    assert names(found(mode=["video"])) == ["Carlo Verdi"]


def test_by_a_session_it_is_the_cities_that_appear_there(cast: Cast) -> None:
    assert names(found(session=["session-2"])) == EVERYBODY
    assert names(found(session=["closed-talk"])) == ["Anna Bianchi", "Gaia Romani"]
    assert names(found(session=["reception"])) == []


def test_by_a_session_it_is_what_was_released_that_counts(cast: Cast) -> None:
    join("New York", "Dan Miller", Mode.ONLINE)
    add("dinner", Kind.MEAL, visibility=Visibility.HEADS)
    assert names(found(session=["dinner"])) == []
    publish()
    assert names(found(session=["dinner"])) == ["Anna Bianchi", "Gaia Romani"]


def test_by_a_session_it_is_those_too_whom_it_names(cast: Cast) -> None:
    join("New York", "Dan Miller", Mode.ONLINE)
    join("New York", "Eve Stone", Mode.ONLINE)
    member = db.session.execute(select(Member.id).where(Member.name == "New York")).scalar_one()
    event_id = event_of().id

    def act() -> None:
        person = Person(event_id=event_id, code="dan", name="Dan MILLER", member_id=member)
        db.session.add(person)
        db.session.flush()
        talk = session("closed-talk").id
        db.session.add(Appearance(session_id=talk, position=9, part=Part.MODERATOR, person_id=person.id))

    write(act)
    publish()
    assert names(found(session=["closed-talk"])) == ["Dan Miller", "Anna Bianchi", "Gaia Romani"]


def test_of_a_closed_session_nobody_is_told(cast: Cast) -> None:
    edit("closed-talk", visibility=Visibility.CLOSED)
    publish()
    assert names(found(session=["closed-talk"])) == []
    (sessions,) = (each for each in CRITERIA if each.name == "session")
    assert set(sessions.choices(event_of())) == {"session-2", "reception"}


def test_by_what_is_missing_on_the_board(cast: Cast) -> None:
    assert names(found(missing=["head"])) == ["Bob Smith", "Carlo Verdi"]
    assert names(found(missing=["session"])) == []
    answers("Rome", Answer.INVITED)
    assert names(found(missing=["answer"])) == ["Anna Bianchi", "Gaia Romani"]


def test_by_the_form_that_is_not_filled_in_it_is_the_person_and_the_office(cast: Cast) -> None:
    alter("Anna Bianchi", organisation="", state=State.NOMINATED)
    assert names(found(missing=["form"])) == ["Anna Bianchi", "Gaia Romani"]


def test_of_several_criteria_each_must_hold(cast: Cast) -> None:
    leads("New York", "Dan Miller")
    assert names(found(role=["head"], session=["session-2"])) == ["Anna Bianchi"]
    assert names(found(role=["head"], session=["session-2"], mode=["online"])) == []
    assert names(found(role=["head", "delegate"], session=["session-2"], mode=["online", "video"])) == [
        "Bob Smith",
        "Carlo Verdi",
    ]


def test_why_somebody_is_meant_names_what_fits(cast: Cast) -> None:
    reasons = {each.one.name: each.why for each in found(role=["head", "focal point"], session=["session-2"]).going}
    assert reasons == {
        "Anna Bianchi": ("Heads of delegation", "Session 2"),
        "Gaia Romani": ("Focal points", "Session 2"),
    }


def test_a_criterion_or_a_value_that_is_no_more_finds_nobody(cast: Cast) -> None:
    assert names(found(role=["admiral"])) == []
    assert names(found(horoscope=["libra"])) == []


def test_what_is_no_more_is_refused_and_never_makes_a_filter_wider(cast: Cast) -> None:
    with pytest.raises(Refused) as no:
        draft(session=["a session that was taken out"])
    assert (no.value.field, letters()) == ("only_session", [])


def test_later_rooms_hang_a_criterion_on_the_list(cast: Cast) -> None:
    def has(event: object, rows: object, now: object) -> object:
        return lambda one: {"b"} if one.name.startswith("B") else set()

    letter = Criterion("letter", "First letter", lambda _event: {"b": "B"}, has)  # type: ignore[arg-type]
    CRITERIA.append(letter)
    try:
        by_letter = found(letter=["b"])
        assert [(each.one.name, each.why) for each in by_letter.going] == [("Bob Smith", ("B",))]
    finally:
        CRITERIA.remove(letter)


def test_a_human_being_in_two_rows_gets_one_letter(cast: Cast) -> None:
    alter_office("Gaia Romani", name="anna  bianchi", email="Anna@rome.example.org")
    (going,) = [each for each in found().going if each.one.city == "rome"]
    assert (going.one.name, going.office is not None) == ("Anna Bianchi", True)
    (by_office,) = found(role=["focal point"]).going
    assert by_office.one.name == "anna  bianchi"


def test_two_people_at_one_address_are_two(cast: Cast) -> None:
    alter("Anna Bianchi", email="office@rome.example.org")
    assert [each.one.email for each in found(session=["closed-talk"]).going] == ["office@rome.example.org"] * 2


def test_a_new_registration_stands_before_the_one_that_has_ended(cast: Cast) -> None:
    alter("Bob Smith", state=State.WITHDRAWN)
    again = join("Lancaster", "Bob Smith", Mode.ONLINE)
    both = found(state=["withdrawn", "approved"], mode=["online"])
    assert [each.one.uid for each in both.going] == [again.uid]


def test_nobody_of_another_event_is_found_by_anything(cast: Cast) -> None:
    office("Seoul", "Office of Seoul")
    for criterion in CRITERIA:
        every = list(criterion.choices(event_of()))
        everybody = found(NOW, **{criterion.name: every})
        both = {*names(everybody), *left(everybody)}
        assert "Kim Min" not in both
        assert "Office of the congress" not in both


def test_focal_points_who_handed_over_are_not_meant(cast: Cast) -> None:
    alter_office("Gaia Romani", active=False)
    assert "Gaia Romani" not in names(found())


def test_a_deputy_is_found_as_one(cast: Cast) -> None:
    alter("Carlo Verdi", role=Capacity.DEPUTY)
    assert names(found(now=NOW, role=["deputy head"])) == ["Carlo Verdi"]
