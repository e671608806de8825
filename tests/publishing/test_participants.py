"""The participants' list: its order, its revisions, its differences, and that it follows consent."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.events.models import Mode
from app.journal import Note
from app.publishing.participants import service
from app.publishing.participants.comparing import by_city, counts, differences
from app.publishing.participants.listing import Row, in_order
from app.publishing.participants.models import Audience
from app.refused import Refused
from app.registration.models import Capacity, Delegate, Rank, State
from app.web.kept import KeepingFlask
from tests.publishing.lists import agreed, change, issue
from tests.queries import counted
from tests.registration.cast import NOW, Cast, assemble, read
from tests.registration.people import at_once, do, refusal, register

PUBLIC = "/summit/participants"


@pytest.fixture
def cast(app: KeepingFlask) -> Cast:
    return assemble(app)


@pytest.fixture
def client(cast: Cast) -> FlaskClient:
    return cast.app.test_client()


def row(name: str, city: str = "Rome", **more: object) -> Row:
    told = {"uid": name, "slug": city.lower(), "position": "Official", "role": "delegate", "rank": "", "mode": "venue"}
    return Row(city=city, name=name, **(told | more))  # type: ignore[arg-type]


def names(cast: Cast, audience: Audience = Audience.PUBLIC) -> list[str]:
    return read(cast.app, lambda: [each.name for each in service.present(cast.event_id, audience)])


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_cities_stand_from_a_to_z_without_their_accents_and_heads_come_first() -> None:
    people = [
        row("Zhou", "Suwon"),
        row("Ana", "São Paulo", rank="expert"),
        row("Bia", "São Paulo", rank="senior official"),
        row("Rui", "São Paulo", role="deputy head", deputy_place=2),
        row("Eva", "São Paulo", role="deputy head", deputy_place=1),
        row("Zoe", "São Paulo", role="head"),
        row("Åsa", "Malmö"),
        row("Ada", "Malmö"),
        row("Ben", "Miami"),
    ]
    found = [each.name for each in in_order(people)]
    assert found == ["Ada", "Åsa", "Ben", "Zoe", "Eva", "Rui", "Bia", "Ana", "Zhou"]


def test_differences_are_said_in_words_city_by_city() -> None:
    before = [
        row("Gaia Romani", role="head"),
        row("Marco Rossi"),
        row("Luca Ferri", mode="venue"),
        row("Kim Haneul", "Seoul", uid="kim"),
        row("Milan Novak", "Milan"),
    ]
    after = [
        replace(before[0], role="delegate"),
        replace(before[1], role="head", position="Deputy Mayor"),
        replace(before[2], mode="online"),
        row("KIM Haneul", "Seoul", uid="kim", role="adviser"),
        row("Zhang Wei", "Abu Dhabi", position=""),
    ]
    assert [(each.kind, each.city, each.sentence) for each in differences(before, after)] == [
        ("added", "Abu Dhabi", "Zhang Wei was added."),
        ("removed", "Milan", "Milan Novak is no longer in the list."),
        ("head", "Rome", "Marco Rossi is the head of delegation in place of Gaia Romani."),
        ("position", "Rome", "Marco Rossi is now Deputy Mayor; the list said Official."),
        ("mode", "Rome", "Luca Ferri takes part online; it was at the venue."),
        ("name", "Seoul", "Kim Haneul is now called KIM Haneul."),
        ("role", "Seoul", "KIM Haneul comes as adviser; it was delegate."),
    ]


def test_differences_are_counted_and_stand_under_their_cities() -> None:
    found = differences([row("A"), row("B")], [row("C"), row("D"), row("E", "Milan")])
    assert counts(found) == [(3, "added"), (2, "removed")]
    assert [(city, len(group)) for city, group in by_city(found)] == [("Milan", 1), ("Rome", 4)]


def test_a_head_who_comes_or_goes_is_told() -> None:
    head, other = row("Gaia Romani", role="head"), row("Marco Rossi")
    assert [each.sentence for each in differences([other], [head, other]) if each.kind == "head"] == [
        "Gaia Romani is the head of delegation."
    ]
    assert [each.sentence for each in differences([head, other], [other]) if each.kind == "head"] == [
        "No head of delegation stands in the list any more; it was Gaia Romani."
    ]
    assert [each.kind for each in differences([], [head])] == ["added"]


def test_each_list_holds_only_those_who_agreed_to_it_and_are_approved(cast: Cast) -> None:
    register(cast, "Silent Person", mode=Mode.ONLINE)
    change(cast, agreed(cast, "Public Person"), shared=False)
    change(cast, agreed(cast, "Shared Person"), listed=False)
    change(cast, agreed(cast, "Gone Person"), state=State.WITHDRAWN)
    assert names(cast) == ["Hon. Public Person"]
    assert names(cast, Audience.DELEGATES) == ["Hon. Shared Person"]


def test_revisions_are_numbered_each_kind_and_audience_for_itself(cast: Cast) -> None:
    agreed(cast, "Anna Bianchi")
    marks = [issue(cast, final=False).mark, issue(cast).mark, issue(cast, Audience.DELEGATES).mark]
    agreed(cast, "Luca Ferri")
    marks += [issue(cast, final=False).mark, issue(cast).mark]
    assert marks == ["P1", "1", "1", "P2", "2"]


def test_the_same_form_twice_at_once_issues_one_revision(cast: Cast) -> None:
    agreed(cast, "Anna Bianchi")
    found = at_once(4, lambda _number: issue(cast, key="one form").mark)
    assert found == ["1"] * 4
    query = select(Note).where(Note.what == "issued participants' list")
    (note,) = read(cast.app, lambda: list(db.session.execute(query).scalars()))
    assert note.after == {"audience": "public", "revision": "1", "people": 1, "note": ""}


def test_forms_of_two_organisers_at_once_issue_one_revision_of_the_same_rows(cast: Cast) -> None:
    agreed(cast, "Anna Bianchi")
    found = at_once(4, lambda number: refusal(lambda: issue(cast, key=f"form {number}")))
    assert sorted(str(each) for each in found) == ["None", *["Nothing has changed since revision 1."] * 3]


def test_an_empty_or_unchanged_list_is_not_issued(cast: Cast) -> None:
    assert refusal(lambda: issue(cast)) == "Nobody is in this list yet, so there is nothing to issue."
    agreed(cast, "Anna Bianchi")
    issue(cast)
    assert refusal(lambda: issue(cast, key="again")) == "Nothing has changed since revision 1."


def test_a_list_that_changed_since_it_was_looked_at_is_not_issued(cast: Cast) -> None:
    agreed(cast, "Anna Bianchi")
    told = {"provisional": False, "remark": "", "seen": "another", "key": "k", "who": "Tokyo", "now": NOW}
    with pytest.raises(Refused, match="has changed since you looked"):
        do(cast, lambda: service.issue(cast.event_id, Audience.PUBLIC, **told))  # type: ignore[arg-type]


def test_what_was_issued_stays_as_it_was(cast: Cast) -> None:
    anna = agreed(cast, "Anna Bianchi", role=Capacity.HEAD, rank=Rank.LEADER)
    issue(cast)
    change(cast, anna, name="Anna Verdi", position="Mayor", mode=Mode.VENUE)
    stored = read(cast.app, lambda: service.revision(cast.event_id, Audience.PUBLIC, "1"))
    assert [(each["name"], each["position"], each["mode"]) for each in stored.rows] == [
        ("Hon. Anna Bianchi", "Deputy Mayor", "online")
    ]


@pytest.mark.parametrize("mark", ["2", "P1", "", "P", "-1", "1x", "99999999999", "\u0661"])
def test_a_mark_that_names_no_revision_finds_none(cast: Cast, mark: str) -> None:
    agreed(cast, "Anna Bianchi")
    issue(cast)
    with pytest.raises(LookupError):
        read(cast.app, lambda: service.revision(cast.event_id, Audience.PUBLIC, mark))


def test_the_public_reads_the_newest_final_revision(cast: Cast, client: FlaskClient) -> None:
    assert "is not issued yet" in words(client, PUBLIC)
    agreed(cast, "Anna Bianchi")
    issue(cast, note="For the press.")
    agreed(cast, "Luca Ferri", "Milan")
    issue(cast, final=False)
    page = words(client, PUBLIC)
    assert "Revision 1, Tuesday 10 January 2090" in page
    assert ("For the press." in page, "Anna Bianchi" in page, "Luca Ferri" in page) == (True, True, False)


def test_who_takes_consent_back_is_gone_at_the_next_request(cast: Cast, client: FlaskClient) -> None:
    anna = agreed(cast, "Anna Bianchi")
    agreed(cast, "Luca Ferri", "Milan")
    issue(cast)
    answer = client.get(PUBLIC)
    assert ("Anna Bianchi" in answer.text, answer.headers["Cache-Control"]) == (True, "no-store")
    change(cast, anna, listed=False)
    page = words(client, PUBLIC)
    assert ("Anna Bianchi" in page, "Rome" in page, "Luca Ferri" in page) == (False, False, True)


def test_who_no_longer_takes_part_is_gone_from_it(cast: Cast, client: FlaskClient) -> None:
    anna = agreed(cast, "Anna Bianchi")
    issue(cast)
    change(cast, anna, state=State.CANCELLED)
    page = words(client, PUBLIC)
    assert ("Anna Bianchi" in page, "Nobody is shown in this list any more." in page) == (False, True)


def test_nothing_private_stands_in_either_list(cast: Cast, client: FlaskClient) -> None:
    anna = agreed(cast, "Anna Bianchi", mobile="+819012345678", comment="a private remark")
    for audience in Audience:
        issue(cast, audience)
    mine = read(cast.app, lambda: f"/d/{anna.link}/participants")
    for path in (PUBLIC, mine):
        page = client.get(path).text
        assert "Anna Bianchi" in page
        for secret in (anna.reference, anna.uid, "office@rome", "+8190", "private remark"):
            assert secret not in page, (path, secret)
    assert "By video message" not in words(client, PUBLIC)


def test_figures_are_defined_and_count_cities_once(cast: Cast, client: FlaskClient) -> None:
    agreed(cast, "Anna Bianchi")
    register(cast, "Silent Person", mode=Mode.ONLINE)
    issue(cast)
    page = words(client, PUBLIC)
    for said in ("cities take part 7", "people registered 2", "people approved 2", "people in this list 1"):
        assert said in page, said
    assert "each is counted once, however many ways it takes part in" in page


def test_an_approved_person_reads_the_list_for_participants(cast: Cast, client: FlaskClient) -> None:
    anna = agreed(cast, "Anna Bianchi")
    change(cast, agreed(cast, "Public Person", "Milan"), shared=False)
    issue(cast, Audience.DELEGATES)
    link = read(cast.app, lambda: f"/d/{anna.link}")
    assert f'href="{link}/participants"' in client.get(link).text
    page = words(client, f"{link}/participants")
    assert ("Anna Bianchi" in page, "Online" in page, "Public Person" in page) == (True, True, False)
    change(cast, anna, shared=False)
    assert "Anna Bianchi" not in words(client, f"{link}/participants")


@pytest.mark.parametrize("state", sorted(set(State) - {State.APPROVED}))
def test_nobody_else_reads_it(cast: Cast, client: FlaskClient, state: State) -> None:
    agreed(cast, "Luca Ferri", "Milan")
    issue(cast, Audience.DELEGATES)
    anna = change(cast, agreed(cast, "Anna Bianchi"), state=state)
    link = read(cast.app, lambda: f"/d/{anna.link}")
    answer = client.get(f"{link}/participants")
    assert (answer.status_code, answer.location) == (303, f"{link}/")
    assert "Luca Ferri" not in client.get(link).text


def test_another_summit_shows_none_of_it(cast: Cast, client: FlaskClient) -> None:
    agreed(cast, "Anna Bianchi")
    issue(cast)
    assert client.get("/congress/participants").status_code == 404
    assert client.get("/nowhere/participants").status_code == 404


def test_the_public_list_costs_the_same_for_one_and_for_many(cast: Cast, client: FlaskClient) -> None:
    costs = []
    for people in (("Anna Bianchi",), ("Luca Ferri", "Carla Neri")):
        for name in people:
            agreed(cast, name, "Milan")
        issue(cast)
        client.get(PUBLIC)
        with counted(cast.app) as statements:
            client.get(PUBLIC)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 8


def test_a_person_gives_and_takes_back_either_consent_by_themselves(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast, "Anna Bianchi", mode=Mode.ONLINE)
    assert (anna.listed, anna.shared) == (False, False)
    page = client.get(read(cast.app, lambda: f"/d/{anna.link}/change"))
    assert ('id="shared" name="shared"' in page.text, "checked" in page.text.split('id="shared"')[1][:40]) == (
        True,
        False,
    )


def test_the_list_follows_the_person_and_not_the_name(cast: Cast) -> None:
    agreed(cast, "Anna Bianchi")
    issue(cast)
    people = read(cast.app, lambda: list(db.session.execute(select(Delegate)).scalars()))
    change(cast, people[0], name="Anna Verdi")
    before = read(cast.app, lambda: service.revision(cast.event_id, Audience.PUBLIC, "1").rows)
    after = read(cast.app, lambda: service.present(cast.event_id, Audience.PUBLIC))
    assert [each.kind for each in differences([Row(**each) for each in before], after)] == ["name"]


@pytest.mark.parametrize("path", [PUBLIC, "/summit/people"])
def test_pages_that_follow_consent_are_kept_by_no_memory(cast: Cast, client: FlaskClient, path: str) -> None:
    anna = agreed(cast, "Anna Bianchi")
    issue(cast)
    shown = client.get(path)
    assert ("Anna Bianchi" in shown.text, shown.headers["Cache-Control"]) == (True, "no-store")
    change(cast, anna, listed=False)
    assert "Anna Bianchi" not in client.get(path).text
