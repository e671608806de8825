"""The organisers' pages of a register, as Tokyo's organiser uses them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app import sheets
from app.db import db
from app.journal import Note
from app.network.models import MemberFile
from app.web.kept import KeepingFlask
from tests.desk.office import Organiser, held, rows, words
from tests.network.registers import CITYNET, GNETS, acting, add, change, details, lancaster, member, named
from tests.queries import counted

NETWORKS = "/organise/networks/"


def test_the_desk_leads_to_the_networks(keeper: Organiser) -> None:
    assert f'href="{NETWORKS}"' in keeper.get("/organise/").text
    page = words(keeper.get(NETWORKS))
    assert "85 full members stated, 11 named here; 46 associate members stated, 0 named here" in page


@pytest.mark.parametrize(
    "path", [NETWORKS, CITYNET, f"{CITYNET}/new", f"{CITYNET}/seoul", f"{CITYNET}/import", f"{CITYNET}/export.csv"]
)
def test_who_runs_no_event_finds_no_register(both: KeepingFlask, path: str) -> None:
    assert Organiser(both, "milan").get(path).status_code == 404
    assert both.test_client().get(path).location == f"/sign-in?next={path}"


@pytest.mark.parametrize(
    "path", [CITYNET, f"{CITYNET}/new", f"{CITYNET}/seoul", f"{CITYNET}/import", f"{CITYNET}/export.csv"]
)
def test_the_register_of_a_network_is_not_there_for_organisers_of_another(both: KeepingFlask, path: str) -> None:
    rome = Organiser(both, "rome")
    assert (rome.get(path).status_code, rome.get(path.replace("citynet", "g-nets")).status_code) == (404, 200)
    assert ("CITYNET" in words(rome.get(NETWORKS)), "G-NETS" in words(rome.get(NETWORKS))) == (False, True)


def test_what_another_network_holds_of_a_city_is_told_to_who_keeps_both(both: KeepingFlask, keeper: Organiser) -> None:
    page = f"{GNETS}/seoul"
    assert [CITYNET in each.get(page).text for each in (keeper, Organiser(both, "rome"))] == [True, False]


@pytest.mark.parametrize(
    "path",
    [
        "/organise/networks/none/members",
        f"{CITYNET}/atlantis",
        f"{GNETS}/colombo",
        f"{CITYNET}/export.pdf",
        f"{CITYNET}/import/none",
        f"{CITYNET}/%00",
    ],
)
def test_what_is_not_there_is_not_found(keeper: Organiser, path: str) -> None:
    assert keeper.get(path).status_code == 404


def test_the_register_lists_members_with_offices_on_a_day(keeper: Organiser) -> None:
    found = rows(keeper.get(f"{CITYNET}?on=2013-10-01"))
    assert found["Yokohama横浜"].startswith("Japan | City | Full member | Chair, executive | Tokyo")
    assert rows(keeper.get(f"{CITYNET}?on=2014-01-01"))["Yokohama横浜"].startswith(
        "Japan | City | Full member | Executive | Tokyo"
    )


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=malmo", ["Malmö"]),
        ("q=サンパウロ", ["São Paulo"]),
        ("kind=state", ["Queensland"]),
        ("kind=village&on=never&q=seoul", ["Seoul"]),
        ("q=atlantis", []),
        ("standing=observer", []),
    ],
)
def test_the_register_narrows(keeper: Organiser, query: str, names: list[str]) -> None:
    page = keeper.get(f"{GNETS}?{query}")
    assert len(rows(page)) == len(names)
    assert all(any(row.startswith(name) for row in rows(page)) for name in names)


def test_pages_cost_the_same_for_few_and_for_three_hundred(both: KeepingFlask, keeper: Organiser) -> None:
    pages = (CITYNET, f"{CITYNET}?q=a", f"{CITYNET}/export.csv", f"{CITYNET}/seoul", NETWORKS)

    def costs() -> list[int]:
        found = []
        for page in pages:
            with counted(both) as statements:
                assert keeper.get(page).status_code == 200
            found.append(len(statements))
        return found

    def many() -> None:
        network = member("seoul").network_id
        db.session.add_all(named_member(network, f"Ward of {number}", f"ward-{number}") for number in range(289))

    before = costs()
    acting(both, many)
    assert len(rows(keeper.get(CITYNET))) == 300
    assert costs() == before


def named_member(network_id: int, name: str, slug: str) -> Any:
    row = type(member("seoul"))
    return row(network_id=network_id, name=name, slug=slug, kind="city", country="KR", zone="Asia/Seoul")


def test_a_member_is_added_and_found(keeper: Organiser) -> None:
    values = {"name": "Penang Island", "kind": "city", "country": "MY", "zone": "Asia/Kuala_Lumpur", "standing": "full"}
    sent = keeper.send(f"{CITYNET}/new", values, {"aliases": "Pulau Pinang\n檳城"})
    assert (sent.status_code, sent.location) == (303, CITYNET)
    assert list(rows(keeper.get(f"{CITYNET}?q=檳城"))) == ["Penang IslandPulau Pinang, 檳城"]


def test_what_is_missing_is_said_and_what_was_typed_stays(keeper: Organiser) -> None:
    page = keeper.send(f"{CITYNET}/new", {"name": "Lancaster", "since": "soon"})
    assert page.status_code == 422
    assert held(page)["name"] == "Lancaster"
    said = words(page)
    assert [each in said for each in ("Choose a kind.", "Choose a country.", "Write as much as is known")] == [True] * 3


def test_a_second_lancaster_is_asked_which(both: KeepingFlask, keeper: Organiser) -> None:
    acting(both, lambda: add(lancaster(disambiguator="California")))
    values = {"name": "Lancaster", "kind": "city", "country": "GB", "zone": "Europe/London"}
    page = keeper.send(f"{CITYNET}/new", values)
    assert (page.status_code, "Say which place this is" in words(page)) == (422, True)
    assert keeper.send(f"{CITYNET}/new", {"disambiguator": "England"}, page=page).status_code == 303


def test_one_form_sent_twice_makes_one_member(both: KeepingFlask, keeper: Organiser) -> None:
    open_page = keeper.get(f"{CITYNET}/new")
    values = {"name": "Rome", "kind": "city", "country": "IT", "zone": "Europe/Rome"}
    answers = [keeper.send(f"{CITYNET}/new", values, page=open_page).status_code for _ in range(2)]
    assert (answers, list(rows(keeper.get(f"{CITYNET}?q=rome")))) == ([303, 303], ["Rome"])


def test_saving_what_stands_changes_nothing(keeper: Organiser) -> None:
    for slug in ("seoul", "yokohama", "lyon"):
        keeper.send(f"{CITYNET}/{slug}")
        assert "Nothing was different" in words(keeper.get(f"{CITYNET}/{slug}"))


def test_seoul_tells_of_both_its_networks(keeper: Organiser) -> None:
    page = keeper.get(f"{CITYNET}/seoul")
    assert f'href="{GNETS}/seoul"' in page.text
    assert "Full member" in words(page)


def test_a_change_of_chair_keeps_the_history(both: KeepingFlask, keeper: Organiser) -> None:
    page = keeper.get(f"{CITYNET}/lyon")
    line = next(name[: -len("name")] for name, value in held(page).items() if name.endswith("-name") and value == "")
    changes = {f"{line}name": "Chair", f"{line}since": "June 2017", "takes_over": "y"}
    assert keeper.send(f"{CITYNET}/lyon", changes, page=page).status_code == 303
    with both.app_context():
        terms = [(each.name, each.since, each.until) for each in member("seoul").offices]
    assert ("chair", "2013-11", "2017-06") in terms
    assert "chair since 2013-11 until 2017-06" in words(keeper.get(f"{CITYNET}/seoul"))


def test_an_office_is_removed_by_its_tick(both: KeepingFlask, keeper: Organiser) -> None:
    page = keeper.get(f"{CITYNET}/lyon")
    keeper.send(f"{CITYNET}/lyon", {"offices-0-remove": "y"}, page=page)
    with both.app_context():
        assert member("lyon").offices == []


def test_an_office_that_ends_before_it_begins_is_said_beside_the_offices(keeper: Organiser) -> None:
    page = keeper.send(f"{CITYNET}/lyon", {"offices-0-since": "2014", "offices-0-until": "2013"})
    assert (page.status_code, "would end before it begins" in words(page)) == (422, True)


def test_what_somebody_else_changed_is_not_overwritten(both: KeepingFlask, keeper: Organiser) -> None:
    page = keeper.get(f"{CITYNET}/lyon")
    acting(both, lambda: change("lyon", region="West"))
    answer = keeper.send(f"{CITYNET}/lyon", {"region": "East"}, page=page)
    assert (answer.status_code, "Somebody else changed this member" in words(answer)) == (422, True)


def test_a_member_of_an_event_is_kept(both: KeepingFlask, keeper: Organiser) -> None:
    assert "has had part in an event" in words(keeper.get(f"{CITYNET}/seoul/remove"))
    acting(both, lambda: add(details("Rome", "IT", "Europe/Rome")))
    assert keeper.send(f"{CITYNET}/rome/remove").location == CITYNET
    with both.app_context():
        assert named("rome") is None


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_opens_with_its_accents(keeper: Organiser, form: str) -> None:
    answer = keeper.get(f"{GNETS}/export.{form}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="g-nets-members.{form}"'
    sheet = sheets.read(answer.data, "x")
    names = [row[1] for row in sheet.rows]
    assert (len(names), "São Paulo" in names, "Malmö" in names) == (34, True, True)


def upload(keeper: Organiser, octets: bytes, filename: str = "members.csv") -> Any:
    """Send a file; the body is made in memory, for the client would leave its own file open."""
    values = held(keeper.get(f"{CITYNET}/import")) | {"file": FileStorage(io.BytesIO(octets), filename)}
    boundary, body = encode_multipart(values)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return keeper.client.post(f"{CITYNET}/import", data=body, content_type=kind)


def test_a_file_is_loaded_in_three_steps_without_a_script(both: KeepingFlask, keeper: Organiser) -> None:
    octets = b"Member city;Nation;Fax;Membership\nRome;Italy;1;Full\nPusan;Korea;2;Full\nParis;Atlantis;3;\n"
    columns = upload(keeper, octets).location
    page = keeper.get(columns)
    assert [value for name, value in held(page).items() if name.startswith("columns-")] == [
        "name",
        "country",
        "",
        "standing",
    ]
    check = keeper.send(columns, page=page).location
    page = keeper.get(check)
    said = words(page)
    assert [each in said for each in ("Near to Busan (city, South Korea)", "“Atlantis” is no country", "new1")] == [
        True
    ] * 3
    assert keeper.send(check, {"choices-0-what": "busan"}, page=page).location == CITYNET
    page = keeper.get(CITYNET)
    assert "1 new, 0 changed, 1 the same. 1 row was left out." in words(page)
    assert keeper.get(check).status_code == 404
    with both.app_context():
        assert db.session.execute(select(MemberFile)).scalars().all() == []


def test_choices_can_be_looked_at_before_loading(both: KeepingFlask, keeper: Organiser) -> None:
    columns = upload(keeper, b"Name,Country,Standing\nPusan,KR,Observer\n").location
    check = keeper.send(columns).location
    page = keeper.send(check, {"choices-0-what": "busan", "again": "1"})
    assert (page.status_code, "becomes observer" in words(page).lower()) == (200, True)
    assert held(page)["choices-0-what"] == "busan"
    with both.app_context():
        assert db.session.execute(select(Note).where(Note.subject == "member/citynet/busan")).scalars().all() == []


def test_a_file_without_names_says_so(keeper: Organiser) -> None:
    columns = upload(keeper, b"Place,Land\nRome,Italy\n").location
    page = keeper.send(columns)
    assert (page.status_code, "Say which column holds the members" in words(page)) == (422, True)
    assert keeper.send(columns, {"columns-0": "name", "columns-1": "country"}, page=page).status_code == 303


@pytest.mark.parametrize(
    ("octets", "filename", "said"),
    [
        (b"", "members.csv", "The file is empty."),
        (b"PK\x03\x04nothing", "members.xlsx", "This workbook is damaged"),
        (b"Name\n", "members.csv", "no row beneath it"),
        (b"%PDF-1.7", "../../<script>.pdf", "is no table"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    keeper: Organiser, octets: bytes, filename: str, said: str
) -> None:
    page = upload(keeper, octets, filename)
    assert (page.status_code, said in words(page)) == (422, True)


def test_a_file_of_some_megabytes_may_be_sent_and_one_of_twenty_not(keeper: Organiser) -> None:
    some = b"\n".join([b"Name", *[b"x" * 6000] * 300])
    assert upload(keeper, some).status_code == 303
    assert upload(keeper, b"Name\n" + b"Rome\n" * 4_300_000).status_code == 413
