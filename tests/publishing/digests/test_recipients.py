"""Who gets a letter about a release, who does not, and who is called (J12)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from app.agenda.models import Appearance, Visibility
from app.agenda.models import Kind as SessionKind
from app.clock import now
from app.db import db, write
from app.delegations.models import Answer, Delegation
from app.events.models import Event, Mode, Person
from app.network.models import Member
from app.outbox import Message
from app.publishing import planned, restoring, service
from app.publishing.digests import recipients
from app.publishing.digests.recipients import Silent
from app.publishing.digests.sights import Step
from app.publishing.models import Release
from app.publishing.planned import Wish
from app.publishing.service import Word
from app.refused import Refused
from app.registration import service as registration
from app.registration.models import Delegate, State
from app.web.kept import KeepingFlask
from tests.publishing.digests.people import (
    THEN,
    add,
    addressed,
    appear,
    crowd,
    delegation_of,
    edit,
    event_of,
    join,
    letters,
    office,
    publish,
    session,
)
from tests.queries import counted
from tests.registration.cast import Cast

LATER: dict[str, Any] = {"starts": time(9, 20), "ends": time(10, 20)}
OF_SESSION_2 = "Amman,Brisbane,Delhi,Lancaster,Milan,San Salvador,Ulaanbaatar".split(",")


def preview() -> recipients.Plan:
    """What publishing now would send."""
    event = event_of()
    return recipients.plan(event, service.preview(event.id, THEN).step)


def test_publish_and_change(rehearsal: KeepingFlask) -> None:
    """J12: Session 2 is moved by twenty minutes. The seven cities of it are told, one letter each, and nobody else."""
    with rehearsal.app_context():
        today = now()
        write(lambda: db.session.execute(update(Event).values(registration_opens=today - timedelta(days=1))))
        for city in (*OF_SESSION_2, "Seoul", "Queensland", "Rome"):
            join(city, "Anna Bianchi", slug="rehearsal", now=today, email=f"anna@{city.split()[0].lower()}.example")
            office(city, slug="rehearsal", email=f"office@{city.split()[0].lower()}.example")
        gone = join("Delhi", "Luca Ferri", slug="rehearsal", now=today)
        write(lambda: registration.withdraw(gone.id, today))
        elsewhere = delegation_of("Milan", "gnets-2023")
        join("Milan", "Paola Conti", slug="rehearsal", now=today)
        moved = update(Delegate).where(Delegate.name == "Paola Conti")
        archive = event_of("gnets-2023").id
        write(lambda: db.session.execute(moved.values(event_id=archive, delegation_id=elsewhere)))
        write(lambda: db.session.execute(delete(Message)))
        edit(slug="rehearsal", starts=time(12, 10), ends=time(13, 30))
        made = publish("rehearsal", today)
        towns = [city.split()[0].lower() for city in OF_SESSION_2]
        assert addressed() == sorted(f"{who}@{town}.example" for who in ("anna", "office") for town in towns)
        assert (made.letters, made.minor, made.calls) == (14, False, 0)
        assert {each.kind for each in letters()} == {"release"}
        assert {each.facts["items"][0]["code"] for each in letters()} == {"session-2"}


def test_a_first_release_tells_nobody(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")

    def unpublish() -> None:
        db.session.execute(update(Event).values(release=0))
        db.session.execute(delete(Release))

    write(unpublish)
    assert (publish().letters, addressed()) == (0, [])


def test_a_release_that_concerns_nobody_sends_nothing(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")
    office("Rome")
    edit(description="On rivers", note="Bring water")
    assert (publish().letters, addressed()) == (0, [])


def test_a_minor_change_sends_nothing_and_is_kept_as_such(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")
    edit(**LATER)
    made = publish(minor=True)
    assert (made.minor, made.letters, made.calls, addressed()) == (True, 0, 0, [])


def test_the_key_names_release_and_person(cast: Cast) -> None:
    anna, gaia = join("Rome", "Anna Bianchi"), office("Rome")
    edit(**LATER)
    publish()
    assert [each.key for each in letters()] == [
        f"release/summit/2/{anna.reference}",
        f"release/summit/rome/{gaia.uid[:12]}/2",
    ]


def test_of_two_who_publish_at_once_one_does_and_one_set_of_letters_goes(cast: Cast) -> None:
    for name in ("Anna Bianchi", "Luca Ferri"):
        join("Rome", name)
    edit(**LATER)
    seen = service.preview(cast.event_id, THEN).seen
    ready, said = threading.Barrier(2), []

    def work() -> None:
        with cast.app.app_context():
            ready.wait()
            try:
                write(lambda: service.publish(cast.event_id, who="Tokyo", now=THEN, seen=seen))
            except Refused as no:
                said.append(no.message)

    workers = [threading.Thread(target=work) for _each in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert (addressed(), len(said)) == (["anna@rome.example.org", "luca@rome.example.org"], 1)


def test_a_planned_release_keeps_the_choice(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")
    for minor, expected in ((True, []), (False, ["anna@rome.example.org"])):
        edit(title=f"Rivers {minor}")
        wish = Wish(THEN + timedelta(hours=1), f"a form {minor}", minor=minor)
        row = write(lambda wish=wish: planned.plan(event_of(), wish, who="Tokyo", now=THEN))  # type: ignore[misc]
        write(lambda key=row.id: planned.carry_out(key, THEN + timedelta(hours=1)))  # type: ignore[misc]
        assert addressed() == expected


def test_a_release_that_is_brought_back_tells_of_it(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")
    edit(**LATER)
    publish(minor=True)
    word = Word("Tokyo")
    write(lambda: restoring.restore(event_of(), 1, word, with_draft=False, now=THEN + timedelta(days=1)))
    (letter,) = letters()
    (item,) = letter.facts["items"]
    assert (letter.key.split("/")[2], item["kinds"]) == ("3", ["retimed"])
    assert item["before"]["moment"]["starts"] > item["after"]["moment"]["starts"]


def test_who_withdrew_or_waits_or_is_of_a_city_that_withdrew_gets_nothing(cast: Cast) -> None:
    anna = join("Rome", "Anna Bianchi")
    luca = join("Rome", "Luca Ferri")
    join("Milan", "Paola Conti")
    office("Milan")
    write(lambda: registration.withdraw(anna.id, THEN))
    waits = update(Delegate).where(Delegate.id == luca.id).values(state=State.OFFERED)
    out = update(Delegation).where(Delegation.id == delegation_of("Milan")).values(answer=Answer.WITHDRAWN)
    write(lambda: [db.session.execute(each) for each in (waits, out, delete(Message))])
    edit(**LATER)
    assert (publish().letters, addressed()) == (0, [])


def test_people_of_a_closed_session_alone_hear_of_it(cast: Cast) -> None:
    for city in ("Rome", "Milan", "Seoul"):
        join(city, "Anna Bianchi")
    edit("closed-talk", starts=time(14), ends=time(15))
    publish()
    assert addressed() == ["anna@rome.example.org"]


@pytest.mark.parametrize(
    ("visibility", "told"), [(Visibility.HEADS, ["office@rome.example.org"]), (Visibility.CLOSED, [])]
)
def test_what_heads_alone_may_know_is_told_to_no_other_delegate(
    cast: Cast, visibility: Visibility, told: list[str]
) -> None:
    """Their office reads it for them, as in its calendar; what is closed is in no letter at all."""
    join("Rome", "Anna Bianchi")
    office("Rome")
    edit("closed-talk", visibility=visibility)
    publish()
    write(lambda: db.session.execute(delete(Message)))
    edit("closed-talk", starts=time(14), ends=time(15))
    assert (publish(now=THEN + timedelta(hours=1)).letters, addressed()) == (len(told), told)


def test_what_everybody_comes_to_is_told_to_everybody_and_offices_name_their_people(cast: Cast) -> None:
    for city in ("Rome", "Seoul", "Queensland"):
        join(city, "Anna Bianchi", Mode.ONLINE)
    for city in ("Rome", "Milan"):
        office(city)
    add("plenary", SessionKind.PLENARY, starts=time(15), ends=time(16))
    publish()
    expected = [f"anna@{city}.example.org" for city in ("queensland", "rome", "seoul")]
    assert addressed() == [*expected, "office@rome.example.org"]
    assert letters()[-1].facts["people"] == [["Anna Bianchi", "online", True]]


def test_an_office_hears_of_its_city_s_own_session_though_nobody_comes(cast: Cast) -> None:
    office("Milan")
    office("Seoul")
    edit(**LATER)
    publish()
    assert addressed() == ["office@milan.example.org"]


def test_a_city_put_into_a_session_and_one_taken_off_are_told(cast: Cast) -> None:
    for city in ("Seoul", "Milan", "Lancaster"):
        join(city, "Anna Bianchi", Mode.ONLINE)
    milan = delete(Appearance).where(Appearance.delegation_id == delegation_of("Milan"))
    write(lambda: db.session.execute(milan))
    appear("session-2", "Seoul", 9)
    publish()
    assert {each.to.split("@")[1].split(".")[0]: each.facts["items"][0]["kinds"] for each in letters()} == {
        "milan": ["left"],
        "seoul": ["joined"],
    }


def nameless(name: str, city: str = "Rome", email: str = "") -> None:
    """Somebody entered by their office, whose address is this."""
    key = join(city, name).id
    write(lambda: db.session.execute(update(Delegate).where(Delegate.id == key).values(email=email)))


@pytest.mark.parametrize("email", ["", "小池@tokyo.example"])
def test_who_has_no_address_that_letters_reach_is_told_through_the_office(cast: Cast, email: str) -> None:
    join("Rome", "Anna Bianchi")
    nameless("Luca Ferri", email=email)
    office("Rome")
    edit(**LATER)
    publish()
    assert addressed() == ["anna@rome.example.org", "office@rome.example.org"]
    assert letters()[1].facts["people"] == [["Anna Bianchi", "venue", True], ["Luca Ferri", "venue", False]]


def test_whom_nobody_tells_is_named_to_the_organisers(cast: Cast) -> None:
    nameless("Luca Ferri")
    event_id = cast.event_id
    ishii = Person(event_id=event_id, code="ishii", name="ISHII Naoko", honorific="Ms.", positions=[])
    write(lambda: db.session.add(ishii))
    key, person = session().id, ishii.id
    write(lambda: db.session.add(Appearance(session_id=key, person_id=person, position=9, part="moderator")))
    publish(minor=True)
    edit(**LATER)
    assert preview().silent == (
        Silent("Luca Ferri", "Rome", ("Session 2",)),
        Silent("Ms. ISHII Naoko", "", ("Session 2",)),
    )


def presiding(name: str = "KOIKE Yuriko", city: str = "Tokyo") -> None:
    """A person of a city presides over Session 2, in which the city itself does not stand."""
    member = db.session.execute(select(Member.id).where(Member.name == city).order_by(Member.id).limit(1)).scalar_one()
    koike = Person(event_id=event_of().id, code="koike", name=name, positions=[], member_id=member)
    write(lambda: db.session.add(koike))
    key, person = session().id, koike.id
    write(lambda: db.session.add(Appearance(session_id=key, person_id=person, position=9, part="presiding")))
    publish(minor=True)


def test_who_presides_is_told_by_their_city_s_office(cast: Cast) -> None:
    presiding()
    office("Tokyo")
    join("Tokyo", "Anna Bianchi")
    edit(**LATER)
    publish()
    (letter,) = letters()
    assert (letter.to, letter.facts["people"]) == ("office@tokyo.example.org", [])
    assert letter.facts["items"][0]["after"]["parts"][0]["who"] == "KOIKE Yuriko"


def test_who_presides_and_is_registered_is_told_by_a_letter_of_their_own(cast: Cast) -> None:
    presiding()
    join("Tokyo", "Koike Yuriko", email="governor@tokyo.example.org")
    join("Tokyo", "Anna Bianchi")
    edit(**LATER)
    assert preview().silent == ()
    publish()
    assert addressed() == ["governor@tokyo.example.org"]


def test_who_answers_for_a_city_and_takes_part_gets_one_letter(cast: Cast) -> None:
    anna = join("Rome", "Anna Bianchi", Mode.ONLINE)
    join("Rome", "Luca Ferri", email="anna@rome.example.org")
    office("Rome", "anna bianchi", email="Anna@rome.example.org")
    edit(**LATER)
    publish()
    both, luca = sorted(letters(), key=lambda each: each.facts["called"])[::-1]
    assert [each.to_name for each in (both, luca)] == ["anna bianchi", "Luca Ferri"]
    assert (both.facts["uid"], both.facts["mode"], both.facts["people"]) == (
        anna.uid,
        "online",
        [["Luca Ferri", "venue", True]],
    )


def test_a_letter_at_short_notice_goes_before_all_others_and_any_other_behind_them(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")
    begins = datetime(2090, 2, 28, 0, tzinfo=UTC)
    for hours, expected in ((25, -10), (23, 10)):
        edit(title=f"Rivers {hours}")
        made = publish(now=begins - timedelta(hours=hours))
        newest = max(letters(), key=lambda each: each.id)
        assert (newest.priority, newest.facts["urgent"], made.calls) == (expected, expected > 0, int(expected > 0))


def test_those_to_be_called_stand_in_order_of_start_with_telephone_and_office(cast: Cast) -> None:
    join("Rome", "Anna Bianchi", mobile="+81 90 1111 2222")
    join("Lancaster", "Bob Hill", Mode.ONLINE)
    join("Seoul", "Kim Trial")
    office("Rome", phone="+39 06 1234")
    edit("closed-talk", room_id=None, starts=time(8), ends=time(8, 30))
    edit(**LATER)
    at = datetime(2090, 2, 27, 12, tzinfo=UTC)
    publish(now=at)
    step = service.preview(cast.event_id, at).step
    assert step is not None
    before, after = (service.stored_programme(cast.event_id, each) for each in (1, 2))
    found = recipients.calls(event_of(), Step(before, after))
    assert [(each.name, each.phone, [one.phone for one in each.offices]) for each in found] == [
        ("Anna Bianchi", "+81 90 1111 2222", ["+39 06 1234"]),
        ("Bob Hill", "", []),
    ]
    assert [f"{each.starts:%H:%M}" for each in found] == ["23:00", "00:00"]


def test_who_came_after_a_release_is_not_called_about_it(cast: Cast) -> None:
    join("Rome", "Anna Bianchi")
    edit(**LATER)
    at = datetime(2090, 2, 27, 12, tzinfo=UTC)
    publish(now=at)
    key = join("Rome", "Luca Ferri").id
    late = update(Delegate).where(Delegate.id == key).values(state_at=at + timedelta(minutes=1))
    write(lambda: db.session.execute(late))
    before, after = (service.stored_programme(cast.event_id, each) for each in (1, 2))
    assert [each.name for each in recipients.calls(event_of(), Step(before, after))] == ["Anna Bianchi"]


def test_publishing_costs_the_same_for_one_and_for_three_hundred(cast: Cast) -> None:
    costs = []
    for number in (1, 300):
        crowd(number)
        edit(title=f"Rivers {number}")
        db.session.expunge_all()  # what is still in memory need not be asked for
        with counted(cast.app) as statements:
            assert publish().letters == number
        costs.append(len(statements))
    assert costs[0] == costs[1]
