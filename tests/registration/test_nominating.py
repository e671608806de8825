"""Who is named, who fills in what, who heads the delegation, who comes in whose place, who may be one person twice."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.db import db
from app.delegations.models import Answer, Category, Delegation
from app.events.models import Approval, Deadline, Due, Mode
from app.ical import Entry
from app.outbox import Message, renderers
from app.refused import Refused
from app.registration import deciding, leading, nominating, service
from app.registration.models import Capacity, Delegate, Draft, Rank, State
from app.registration.twins import Known, are_twins
from tests.registration.cast import NOW, Cast, by_feed, delegates, details, read
from tests.registration.people import (
    OFFICE,
    approval,
    at_once,
    complete,
    delegation_id,
    do,
    journal,
    later,
    letters,
    nominate,
    nomination,
    now_of,
    places,
    quota,
    refusal,
    register,
    state,
    used,
)


def newest(cast: Cast, kind: str) -> str:
    """The newest letter of this kind as plain text."""

    def act() -> str:
        found = select(Message).where(Message.kind == kind).order_by(Message.id.desc()).limit(1)
        message = db.session.execute(found).scalar_one()
        return renderers[message.kind](message.facts, message.language).text

    return read(cast.app, act)


def heads(cast: Cast) -> list[str]:
    found = select(Delegate.name).where(Delegate.role == Capacity.HEAD, Delegate.state.not_in([State.REPLACED]))
    return read(cast.app, lambda: list(db.session.execute(found.order_by(Delegate.id)).scalars()))


def deputies(cast: Cast, city: str = "Rome") -> list[tuple[str, int | None]]:
    key = delegation_id(cast, city)
    return do(cast, lambda: [(each.name, each.deputy_place) for each in leading.deputies(key)])


def test_somebody_named_reads_who_gave_their_data_what_is_held_and_how_to_object(cast: Cast) -> None:
    luca = nominate(cast, relation="Professor at La Sapienza")
    text = newest(cast, "nominated")
    with cast.app.app_context():
        page = luca.link
    for said in (
        "Paola Conti has named you for the delegation of Rome",
        "Position: Head of Mobility",
        "Email: office@rome.example.org",
        "Role: delegate",
        "Rank: official",
        "Tie to the city: Professor at La Sapienza",
        f"http://localhost/d/{page}/complete",
        f"http://localhost/d/{page}/withdraw",
    ):
        assert said in text, said
    assert (luca.state, luca.endorsed, luca.category) == (State.NOMINATED, True, Category.DELEGATES)


def test_nobody_is_named_who_does_not_know(cast: Cast) -> None:
    with pytest.raises(Refused) as no:
        nominate(cast, knows=False)
    assert no.value.field == "knows"


def test_a_form_sent_by_eight_at_once_names_one_person(cast: Cast) -> None:
    names = at_once(8, lambda _number: nominate(cast, submit_key="one form of the office").reference)
    assert (len(set(names)), letters(cast)) == (1, ["nominated"])


def test_two_may_share_one_address_or_have_none(cast: Cast) -> None:
    for name in ("Luca Ferri", "Carla Neri"):
        nominate(cast, name)
    nominate(cast, "Roberto Gualtieri", email="", role=Capacity.HEAD)
    assert (len(delegates(cast.app)), letters(cast)) == (3, ["nominated", "nominated"])


@pytest.mark.parametrize("answer", [Answer.INVITED, Answer.DECLINED, Answer.WITHDRAWN])
def test_a_city_that_does_not_take_part_names_nobody(cast: Cast, answer: Answer) -> None:
    do(cast, lambda: db.session.execute(update(Delegation).values(answer=answer)))
    with pytest.raises(Refused, match="does not take part"):
        nominate(cast)


def deadline(cast: Cast, kind: Due, at: datetime, hard: bool) -> None:
    do(cast, lambda: db.session.add(Deadline(event_id=cast.event_id, kind=kind, at=at, hard=hard)))


def test_after_a_soft_deadline_somebody_named_is_marked_late(cast: Cast) -> None:
    deadline(cast, Due.NOMINATION, later(1), hard=False)
    assert [nominate(cast, "Luca Ferri").late, nominate(cast, "Carla Neri", now=later(2)).late] == [False, True]


def test_after_a_hard_deadline_nobody_is_named_and_a_draft_is_kept(cast: Cast) -> None:
    luca = nominate(cast)
    for kind in (Due.NOMINATION, Due.CONFIRMATION):
        deadline(cast, kind, later(1), hard=True)
    do(cast, lambda: nominating.save_draft(luca.id, {"name": "Luca Ferri"}, NOW))
    with pytest.raises(Refused, match=r"10 January 2090, 19:00 \(Tokyo\). Please ask the organisers"):
        nominate(cast, "Carla Neri", now=later(2))
    with pytest.raises(Refused, match="they can give your city more time"):
        complete(cast, luca, later(2))
    assert read(cast.app, lambda: db.session.execute(select(Draft.values)).scalar_one()) == {"name": "Luca Ferri"}


def test_what_was_returned_is_mended_after_a_hard_deadline_too(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    luca = complete(cast, nominate(cast))
    do(cast, lambda: deciding.give_back(luca.id, "Which department?", who="Tokyo", now=later(1)))
    deadline(cast, Due.CONFIRMATION, later(2), hard=True)
    assert complete(cast, luca, later(3)).state == State.ENDORSED


@pytest.mark.parametrize(("rank", "due"), [(Rank.LEADER, False), (Rank.DEPUTY_LEADER, True), (None, True)])
def test_a_head_who_is_not_the_leader_owes_a_letter_of_authority(cast: Cast, rank: Rank | None, due: bool) -> None:
    nominate(cast, "Silvia Scozzese", role=Capacity.HEAD, rank=rank)
    found = select(Delegation.letter_required).where(Delegation.uid == "summit-rome")
    assert read(cast.app, lambda: db.session.execute(found).scalar_one()) is due


def test_the_mode_is_changed_late_after_a_soft_deadline_and_by_organisers_alone_after_a_hard_one(cast: Cast) -> None:
    anna = register(cast, "Anna Bianchi")
    deadline(cast, Due.MODE, later(1), hard=False)
    changed = do(cast, lambda: service.change(anna.id, details(Mode.ONLINE), anna.version, later(2)))
    assert changed.late
    do(cast, lambda: db.session.execute(update(Deadline).values(hard=True)))
    with pytest.raises(Refused, match="Please ask the organisers") as no:
        do(cast, lambda: service.change(anna.id, details(), changed.version, later(3)))
    assert no.value.field == "mode"
    done = do(cast, lambda: service.set_mode(anna.id, Mode.VENUE, who="Tokyo", now=later(3)))
    assert (done.mode, places(cast)) == (Mode.VENUE, (3, 1, 0))


def test_the_form_filled_in_on_behalf_approves_where_nobody_else_must_agree(cast: Cast) -> None:
    luca = nominate(cast, email="")
    done = complete(cast, luca, email="")
    assert (done.state, done.email, done.organisation, places(cast)) == (
        State.APPROVED,
        "",
        "City of Rome",
        (3, 1, 0),
    )
    assert (letters(cast), [what for what, _who in journal(cast, luca)]) == (
        [],
        ["nominated", "filled in", "approved"],
    )


def test_who_fills_in_their_own_form_gives_an_address(cast: Cast) -> None:
    luca = nominate(cast, email="")
    act = nominating.complete
    with pytest.raises(Refused) as no:
        do(cast, lambda: act(luca.id, details(email=""), on_behalf=False, who="Luca Ferri", now=NOW))
    assert no.value.field == "email"


def test_where_both_approve_somebody_named_is_endorsed_by_being_named(cast: Cast) -> None:
    approval(cast, Approval.BOTH)
    assert (complete(cast, nominate(cast)).state, places(cast)) == (State.ENDORSED, (3, 0, 0))


def test_who_is_complete_when_no_place_is_left_waits(cast: Cast) -> None:
    for number in range(3):
        register(cast, f"Delegate {number}")
    assert (complete(cast, nominate(cast)).state, letters(cast)[-1]) == (State.WAITLISTED, "waitlisted")


def test_what_is_complete_cannot_be_filled_in_again(cast: Cast) -> None:
    luca = complete(cast, nominate(cast))
    with pytest.raises(Refused, match="nothing to fill in"):
        complete(cast, luca)


def test_a_draft_is_replaced_by_a_later_one_and_forgotten_when_sent(cast: Cast) -> None:
    luca = nominate(cast)
    for hour, name in ((1, "Luca"), (2, "Luca Ferri")):
        do(cast, lambda: nominating.save_draft(luca.id, {"name": name}, later(hour)))  # noqa: B023
    found = read(cast.app, lambda: [row.values for row in db.session.execute(select(Draft)).scalars()])
    complete(cast, luca)
    left = read(cast.app, lambda: db.session.execute(select(Draft)).all())
    assert (found, left) == ([{"name": "Luca Ferri"}], [])


def test_who_objects_frees_the_quota_and_the_draft(cast: Cast) -> None:
    one, luca = quota(cast, "Rome", 1), nominate(cast)
    do(cast, lambda: nominating.save_draft(luca.id, {"dietary": "Halal"}, later(1)))
    do(cast, lambda: service.withdraw(luca.id, later(2)))
    assert (used(cast, one), state(cast, luca)) == ((1, 0, 0), State.WITHDRAWN)
    assert read(cast.app, lambda: db.session.execute(select(Draft)).all()) == []


def test_eight_heads_named_at_once_are_one_head(cast: Cast) -> None:
    outcomes = at_once(8, lambda number: refusal(lambda: nominate(cast, f"Mayor {number}", role=Capacity.HEAD)))
    assert Counter(each is None for each in outcomes) == {True: 1, False: 7}
    assert len(heads(cast)) == 1


def test_a_second_head_is_refused_with_the_way_on(cast: Cast) -> None:
    nominate(cast, "Roberto Gualtieri", role=Capacity.HEAD)
    with pytest.raises(Refused, match="Roberto Gualtieri is the head of this delegation already") as no:
        nominate(cast, "Luca Ferri", role=Capacity.HEAD)
    assert no.value.field == "role"


def test_a_new_head_from_the_list_takes_over_at_once_without_a_new_letter(cast: Cast) -> None:
    mayor = nominate(cast, "Roberto Gualtieri", role=Capacity.HEAD, rank=Rank.LEADER)
    deputy = nominate(cast, "Silvia Scozzese", role=Capacity.DEPUTY)
    do(cast, lambda: leading.name_head(deputy.id, who=OFFICE, now=later(1)))
    found = select(Delegation.letter_required).where(Delegation.uid == "summit-rome")
    assert (heads(cast), now_of(cast, mayor).role) == (["Silvia Scozzese"], Capacity.DELEGATE)
    assert not read(cast.app, lambda: db.session.execute(found).scalar_one())
    assert letters(cast)[-2:] == ["new role", "new role"]


def test_a_former_head_who_becomes_deputy_is_the_first_one(cast: Cast) -> None:
    nominate(cast, "Roberto Gualtieri", role=Capacity.HEAD)
    first, second = (nominate(cast, name, role=Capacity.DEPUTY) for name in ("Silvia Scozzese", "Eugenio Patanè"))
    act = leading.name_head
    do(cast, lambda: act(first.id, who=OFFICE, now=later(1), former=Capacity.DEPUTY))
    assert deputies(cast) == [("Roberto Gualtieri", 1), (second.name, 2)]


def test_four_who_are_made_head_at_once_leave_one_head(cast: Cast) -> None:
    people = [nominate(cast, f"Delegate {number}") for number in range(4)]
    at_once(4, lambda number: do(cast, lambda: leading.name_head(people[number].id, who=OFFICE, now=later(1))))
    assert len(heads(cast)) == 1


def test_a_delegation_may_be_without_a_head_until_the_deputy_steps_in(cast: Cast) -> None:
    mayor = nominate(cast, "Roberto Gualtieri", role=Capacity.HEAD)
    nominate(cast, "Silvia Scozzese", role=Capacity.DEPUTY)
    do(cast, lambda: nominating.remove(mayor.id, who=OFFICE, now=later(1)))
    key = delegation_id(cast, "Rome")
    second = do(cast, lambda: leading.deputies(key))[0]
    do(cast, lambda: leading.name_head(second.id, who=OFFICE, now=later(2)))
    found = select(Delegate.name).where(Delegate.role == Capacity.HEAD, Delegate.state == State.NOMINATED)
    assert read(cast.app, lambda: list(db.session.execute(found).scalars())) == ["Silvia Scozzese"]


def test_a_successor_who_was_not_on_the_list_needs_a_new_letter(cast: Cast) -> None:
    mayor = nominate(cast, "Roberto Gualtieri", role=Capacity.HEAD)
    do(cast, lambda: nominating.remove(mayor.id, who=OFFICE, now=later(1)))
    nominate(cast, "Silvia Scozzese", role=Capacity.HEAD, now=later(2))
    found = select(Delegation.letter_required).where(Delegation.uid == "summit-rome")
    assert read(cast.app, lambda: db.session.execute(found).scalar_one())


def test_deputies_stand_in_order_without_gaps(cast: Cast) -> None:
    names = ("Silvia Scozzese", "Eugenio Patanè", "Sabrina Alfonsi")
    people = [nominate(cast, name, role=Capacity.DEPUTY) for name in names]
    key, turned = delegation_id(cast, "Rome"), [people[2].id, people[0].id, people[1].id]
    do(cast, lambda: leading.order_deputies(key, turned, who=OFFICE, now=later(1)))
    do(cast, lambda: service.withdraw(people[0].id, later(2)))
    assert deputies(cast) == [("Sabrina Alfonsi", 1), ("Eugenio Patanè", 2)]


def test_an_order_that_forgets_a_deputy_is_refused(cast: Cast) -> None:
    people = [nominate(cast, name, role=Capacity.DEPUTY) for name in ("Silvia Scozzese", "Eugenio Patanè")]
    key = delegation_id(cast, "Rome")
    with pytest.raises(Refused, match="changed meanwhile"):
        do(cast, lambda: leading.order_deputies(key, [people[0].id], who=OFFICE, now=later(1)))


def test_a_successor_keeps_seat_and_quota_and_the_old_link_opens_nothing(cast: Cast) -> None:
    one, luca = quota(cast, "Rome", 1), complete(cast, nominate(cast))
    with cast.app.app_context():
        old_link, old_feed = luca.link, luca.feed
    new = do(cast, lambda: nominating.substitute(luca.id, nomination("Mara Villa"), who=OFFICE, now=later(1)))
    gone = now_of(cast, luca)
    assert (new.state, gone.state, gone.replaced_by_id) == (State.APPROVED, State.REPLACED, new.id)
    assert (used(cast, one), places(cast)) == ((1, 1, 0), (3, 1, 0))
    assert Entry.from_json(gone.participation).item.cancelled
    with cast.app.app_context():
        assert by_feed(old_feed) == luca.id
        with pytest.raises(LookupError):
            service.by_link(old_link)
    assert letters(cast)[-2:] == ["replaced", "nominated"]
    assert "Mara Villa" not in newest(cast, "replaced")


def test_a_successor_fills_in_their_own_form_and_is_then_confirmed(cast: Cast) -> None:
    luca = complete(cast, nominate(cast))
    new = do(cast, lambda: nominating.substitute(luca.id, nomination("Mara Villa"), who=OFFICE, now=later(1)))
    assert new.owes_form
    done = complete(cast, new, later(2))
    assert (done.state, done.owes_form, letters(cast)[-1]) == (State.APPROVED, False, "confirmation")


def test_the_heads_successor_is_head(cast: Cast) -> None:
    mayor = nominate(cast, "Roberto Gualtieri", role=Capacity.HEAD)
    named = nomination("Silvia Scozzese", Capacity.HEAD)
    do(cast, lambda: nominating.substitute(mayor.id, named, who=OFFICE, now=later(1)))
    assert heads(cast) == ["Silvia Scozzese"]


def test_a_deputys_successor_stands_where_the_deputy_stood(cast: Cast) -> None:
    first, second = (nominate(cast, name, role=Capacity.DEPUTY) for name in ("Silvia Scozzese", "Eugenio Patanè"))
    named = nomination("Sabrina Alfonsi", Capacity.DEPUTY)
    do(cast, lambda: nominating.substitute(first.id, named, who=OFFICE, now=later(1)))
    assert deputies(cast) == [("Sabrina Alfonsi", 1), (second.name, 2)]


def test_two_who_replace_one_person_at_once_are_one_successor(cast: Cast) -> None:
    luca = complete(cast, nominate(cast))

    def act(number: int) -> str | None:
        named = nomination(f"Successor {number}")
        return refusal(lambda: do(cast, lambda: nominating.substitute(luca.id, named, who=OFFICE, now=later(1))))

    assert Counter(each is None for each in at_once(4, act)) == {True: 1, False: 3}
    assert places(cast) == (3, 1, 0)


@pytest.mark.parametrize(
    ("name", "email", "city", "alike"),
    [
        ("luca ferri", "OFFICE@rome.example.org", 1, True),
        ("Luca Ferri", "luca@milan.example.org", 2, True),
        ("Carla Neri", "office@rome.example.org", 1, False),
        ("Luca Ferri", "luca@rome.example.org", 1, False),
        ("Luca Ferri", "", 1, False),
    ],
)
def test_one_name_with_one_address_or_two_cities_may_be_one_person(
    name: str, email: str, city: int, alike: bool
) -> None:
    luca = Known(1, "Luca Ferri", "office@rome.example.org", 1)
    assert (are_twins(luca, Known(2, name, email, city)), are_twins(Known(2, name, email, city), luca)) == (
        alike,
        alike,
    )


def test_possible_doubles_are_named_and_nothing_is_merged(cast: Cast) -> None:
    rome, milan = nominate(cast, "São Luís Ferri"), nominate(cast, "Sao Luis FERRI", "Milan")
    gone = nominate(cast, "São Luís Ferri", "Seoul")
    do(cast, lambda: nominating.remove(gone.id, who=OFFICE, now=NOW + timedelta(hours=1)))
    assert read(cast.app, lambda: nominating.twins(cast.event_id)) == [(rome.id, milan.id)]
