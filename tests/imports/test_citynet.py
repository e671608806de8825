"""CITYNET and its congress of 2013."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.agenda.models import Part
from app.db import db
from app.delegations.models import Delegation
from app.events.models import Event, Outcome
from app.network.models import Member, Network, Office, Standing
from app.web.kept import KeepingFlask
from tests.imports.cast import document, loaded, rows, session

SLUG = "citynet-2013"


def network(event: Event) -> Network:
    return db.session.execute(
        select(Network)
        .where(Network.id == event.network_id)
        .options(selectinload(Network.members).selectinload(Member.offices))
    ).scalar_one()


def offices(event: Event, name: str) -> list[tuple[str, Office]]:
    return [(each.slug, held) for each in network(event).members for held in each.offices if held.name == name]


def test_eleven_of_its_85_full_members_are_named(app: KeepingFlask) -> None:
    loaded(app, document(SLUG))

    def ask(event: Event) -> tuple[int, set[Standing | None], int | None, int | None, int | None]:
        found = network(event)
        standings = {each.standing for each in found.members}
        return len(found.members), standings, found.full_members, found.associate_members, found.founded

    assert rows(app, ask, SLUG) == (11, {Standing.FULL}, 85, 46, 1987)


def test_the_chair_passes_from_yokohama_to_seoul_in_november_2013(app: KeepingFlask) -> None:
    loaded(app, document(SLUG))

    def ask(event: Event) -> list[tuple[str, str, str, bool]]:
        return sorted((slug, held.since, held.until, held.former) for slug, held in offices(event, "chair"))

    assert rows(app, ask, SLUG) == [("seoul", "2013-11", "", False), ("yokohama", "", "2013-11", True)]


def test_the_secretariat_is_in_seoul_since_march_2013(app: KeepingFlask) -> None:
    loaded(app, document(SLUG))
    found = rows(app, lambda event: [(slug, held.since) for slug, held in offices(event, "secretariat")], SLUG)
    assert found == [("seoul", "2013-03")]


def test_six_cities_are_executive(app: KeepingFlask) -> None:
    loaded(app, document(SLUG))
    found = rows(app, lambda event: sorted(slug for slug, _ in offices(event, "executive")), SLUG)
    assert found == ["bangkok", "colombo", "lyon", "seoul", "surabaya", "yokohama"]


def test_the_congress_lasts_from_3_to_6_november_and_states_its_counts(app: KeepingFlask) -> None:
    loaded(app, document(SLUG))

    def ask(event: Event) -> tuple[date, date, str, dict[str, int]]:
        return event.starts_on, event.ends_on, event.zone, event.stated

    expected = (date(2013, 11, 3), date(2013, 11, 6), "Asia/Seoul", {"people": 300, "cities": 50, "ngos": 20})
    assert rows(app, ask, SLUG) == expected


def test_park_won_soon_presides_over_the_mayors_forum_on_the_5th(app: KeepingFlask) -> None:
    loaded(app, document(SLUG))

    def ask(event: Event) -> tuple[date | None, list[tuple[str, Part]]]:
        forum = session(event, "mayors-forum")
        return forum.day, [(each.person.name, each.part) for each in forum.appearances if each.person]

    assert rows(app, ask, SLUG) == (date(2013, 11, 5), [("Park Won Soon", Part.PRESIDING)])


def test_the_special_session_has_no_day(app: KeepingFlask) -> None:
    report = loaded(app, document(SLUG))
    assert rows(app, lambda event: session(event, "special-session").day, SLUG) is None
    assert "2 items without a day: during the summit." in report.notes


def test_its_outcomes_are_a_declaration_a_memorandum_and_a_designation(app: KeepingFlask) -> None:
    loaded(app, document(SLUG))

    def ask(event: Event) -> list[tuple[str, list[str], list[str]]]:
        found = db.session.execute(select(Outcome).where(Outcome.event_id == event.id).order_by(Outcome.position))
        return [
            (each.kind, each.parties, [point for section in each.sections for point in section["points"]])
            for each in found.scalars()
        ]

    directions = [
        "Reduction of disasters",
        "Environment-friendly development",
        "Sustainable urban planning",
        "Poverty reduction",
    ]
    assert rows(app, ask, SLUG) == [
        ("declaration", [], directions),
        ("memorandum", ["Korea International Cooperation Agency (KOICA)", "CITYNET"], []),
        ("designation", [], []),
    ]


def test_seoul_in_two_networks_is_two_members_with_a_delegation_each(app: KeepingFlask) -> None:
    loaded(app, document())
    loaded(app, document(SLUG))

    def ask(event: Event) -> tuple[list[str], int]:
        mine = select(Member.slug).join(Delegation).where(Delegation.event_id == event.id)
        seouls = select(Member.id).where(Member.slug == "seoul")
        return list(db.session.execute(mine).scalars()), len(db.session.execute(seouls).all())

    assert rows(app, ask, SLUG) == (["seoul"], 2)
