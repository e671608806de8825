"""Files of members: every row gets a verdict, doubt is the organiser's, and the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from app import sheets
from app.accounts.models import User
from app.db import db
from app.imports import bundled, load, read_file
from app.journal import Note
from app.network import importing, register
from app.network.columns import guess
from app.network.importing import NEW, Outcome, Plan
from app.network.models import Alias, Kind, Member, Office, Standing
from app.network.service import Term, details_of
from app.refused import Refused
from app.sent import WAITS
from app.sheets import Sheet
from app.web.kept import KeepingFlask
from tests.network.registers import NOW, acting, add, change, details, lancaster, member, network
from tests.queries import counted

HEAD = ("Name", "Country", "Kind", "Standing", "Also called", "Which place", "Offices")
PLACES = "Ahmedabad Bhopal Chennai Dhaka Erode Faridabad Gwalior Hanoi Imphal Jaipur Kandy Lahore Mysuru".split()
COUNTRIES = {"Dhaka": "Bangladesh", "Hanoi": "Viet Nam", "Kandy": "Sri Lanka", "Lahore": "Pakistan"}
MARKS = "Amber Basalt Cedar Dune Falcon Fern Granite Harbour Island Jasmine".split()


def sheet(*rows: Sequence[str], head: Sequence[str] = HEAD) -> Sheet:
    whole = tuple((*row, *[""] * (len(head) - len(row))) for row in rows)
    return Sheet(tuple(head), whole, tuple(range(2, len(rows) + 2)))


def citynet() -> Sheet:
    """Institutions made up in the shape of CITYNET: 85 full members and 46 associates, 11 of them there already."""
    abroad = {"Yokohama": "Japan", "Colombo": "Sri Lanka", "Lyon": "France", "Surabaya": "Indonesia", "Bangkok": "TH"}
    korean = dict.fromkeys("Seoul Busan Incheon Suwon Changwon Yongin".split(), "South Korea")
    full = [(name, home, "City", "Full") for name, home in (abroad | korean).items()]
    made = [(f"{mark} {place}", place) for mark in MARKS for place in PLACES]
    full += [(name, COUNTRIES.get(place, "India"), "City", "Full") for name, place in made[:74]]
    kinds = ("NGO", "Institute", "Association", "Company")
    associates = [
        (f"{name} Forum for Water and Homes", COUNTRIES.get(place, "India"), kinds[at % 4], "Associate member")
        for at, (name, place) in enumerate(made[74:120])
    ]
    return sheet(*full, *associates)


def user() -> int:
    return db.session.execute(select(User.id).where(User.email == "tokyo@example.org")).scalar_one()


def sent(app: KeepingFlask, table: Sheet, of: str = "citynet") -> str:
    def act() -> str:
        return importing.keep(network(of), table, "members.csv", user_id=user(), now=NOW).code

    return acting(app, act)


def planned(app: KeepingFlask, table: Sheet, choices: Mapping[int, str] | None = None, of: str = "citynet") -> Plan:
    code = sent(app, table, of)
    with app.app_context():
        return importing.plan(importing.kept(network(of), code, user_id=user(), now=NOW), choices or {})


def loaded(
    app: KeepingFlask, table: Sheet, choices: Mapping[int, str] | None = None, of: str = "citynet"
) -> dict[str, int]:
    """Load a table; how many rows of each outcome there were, without the noughts."""
    code = sent(app, table, of)

    def act() -> Mapping[Outcome, int]:
        file = importing.kept(network(of), code, user_id=user(), now=NOW)
        seen = importing.plan(file, {}).mark
        return importing.load(network(of), file, choices or {}, seen, who="Tokyo", now=NOW)

    return {outcome.value: number for outcome, number in acting(app, act).items() if number}


def said(plan: Plan) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(each.outcome.value, [(fault.column, fault.sentence) for fault in each.faults]) for each in plan.verdicts]


def everything(app: KeepingFlask) -> list[object]:
    """All that the registers hold."""
    with app.app_context():
        return [
            [tuple(row) for row in db.session.execute(select(table.__table__).order_by(table.id))]
            for table in (Member, Alias, Office)
        ]


@pytest.mark.parametrize("write", [sheets.write_csv, sheets.write_xlsx])
def test_citynets_shape_loads_and_loads_again_to_nothing(both: KeepingFlask, write: Callable[..., bytes]) -> None:
    table = citynet()
    octets = write(table.header, table.rows)
    assert loaded(both, sheets.read(octets, "citynet")) == {"new": 120, "same": 11}
    with both.app_context():
        counts = register.counts(network())
    assert (counts.named[Standing.FULL], counts.named[Standing.ASSOCIATE]) == (85, 46)
    stood = everything(both)
    assert loaded(both, sheets.read(octets, "citynet")) == {"same": 131}
    assert everything(both) == stood


@pytest.mark.parametrize("write", [sheets.write_csv, sheets.write_xlsx])
@pytest.mark.parametrize("of", ["citynet", "g-nets"])
def test_what_is_exported_imports_to_no_change(both: KeepingFlask, write: Callable[..., bytes], of: str) -> None:
    hostile: dict[str, Any] = {
        "note": "=HYPERLINK(1)",
        "region": "+81 3 1234",
        "aliases": ("'@x", "-1", "Seoul, or so"),
    }
    acting(both, lambda: change("seoul", of=of, **hostile))
    with both.app_context():
        octets = write(*importing.table(network(of)))
    stood = everything(both)
    assert set(loaded(both, sheets.read(octets, "x"), of=of)) == {"same"}
    assert everything(both) == stood


def test_an_exported_register_fills_another_network(both: KeepingFlask) -> None:
    with both.app_context():
        octets = sheets.write_xlsx(*importing.table(network("g-nets")))
    assert loaded(both, sheets.read(octets, "x")) == {"new": 32, "same": 2}
    with both.app_context():
        taipei = member("taipei")
        assert (taipei.name, taipei.country, taipei.country_printed) == ("Taipei", "TW", False)


@pytest.mark.parametrize(
    ("head", "fields"),
    [
        (("City name", "Nation", "Membership type"), ["name", "country", "standing"]),
        (("MEMBER", "Country/Territory", "Category"), ["name", "country", "kind"]),
        (("Organisation", "Type", "Status", "Remarks"), ["name", "kind", "standing", "note"]),
        (("Name", "Member", "Local name", "Fax"), ["name", "", "aliases", ""]),
    ],
)
def test_columns_are_guessed_by_what_they_are_called(head: tuple[str, ...], fields: list[str]) -> None:
    assert guess(head) == fields


def test_a_new_row_takes_its_zone_from_its_country(both: KeepingFlask) -> None:
    loaded(both, sheet(("Hanoi", "Viet Nam", "municipality", "full")))
    with both.app_context():
        hanoi = member("hanoi")
        assert (hanoi.country, hanoi.zone, hanoi.kind, hanoi.standing) == (
            "VN",
            "Asia/Ho_Chi_Minh",
            Kind.CITY,
            Standing.FULL,
        )


def test_a_country_of_several_zones_asks_which(both: KeepingFlask) -> None:
    plan = planned(both, sheet(("Miami", "USA")))
    assert said(plan) == [
        (
            "wrong",
            [
                (
                    "Time zone",
                    "This country has several time zones. Say which is meant, as Area/City: “America/New_York”.",
                )
            ],
        )
    ]


def test_a_changed_row_says_what_changes(both: KeepingFlask) -> None:
    plan = planned(both, sheet(("seoul", "KR", "City", "Observer", "漢城")))
    (verdict,) = plan.verdicts
    assert (verdict.outcome, verdict.changes) == (
        Outcome.CHANGED,
        (
            ("Standing", "full", "observer"),
            ("Also called", "ソウル; 서울; 서울특별시", "ソウル; 漢城; 서울; 서울특별시"),
        ),
    )


def test_offices_of_a_file_are_added_to_those_there(both: KeepingFlask) -> None:
    offices = "chair since 2017-09; host since 2013-11-03 until 2013-11-06"
    assert loaded(both, sheet(("Surabaya", "Indonesia", "", "", "", "", offices))) == {"changed": 1}
    with both.app_context():
        assert set(details_of(member("surabaya")).offices) == {
            Term("executive"),
            Term("chair", "2017-09"),
            Term("host", "2013-11-03", "2013-11-06"),
        }


def test_an_empty_cell_changes_nothing(both: KeepingFlask) -> None:
    assert loaded(both, sheet(("Seoul", "KR", "", "", "", "", ""))) == {"same": 1}


def test_another_spelling_of_a_name_does_not_rename(both: KeepingFlask) -> None:
    assert loaded(both, sheet(("Sao Paulo", "Brazil"), ("NewYork", "US"), ("MALMÖ", "SE")), of="g-nets") == {"same": 3}


def test_the_id_column_renames(both: KeepingFlask) -> None:
    assert loaded(both, sheet(("seoul", "Seoul Special City"), head=("ID", "Name"))) == {"changed": 1}
    with both.app_context():
        assert member("seoul").name == "Seoul Special City"


@pytest.mark.parametrize(
    ("row", "like"),
    [
        (("Pusan", "South Korea"), ["busan"]),
        (("Seoul Metropolitan Government", "South Korea"), ["seoul"]),
        (("Incheo", "South Korea"), ["incheon"]),
        (("Seoul", "South Korea", "Metropolis"), ["seoul"]),
        (("Lyons", "France"), ["lyon"]),
    ],
)
def test_what_is_nearly_a_member_is_doubtful_and_left_out(
    both: KeepingFlask, row: tuple[str, ...], like: list[str]
) -> None:
    (verdict,) = planned(both, sheet(row)).verdicts
    assert (verdict.outcome, [each.slug for each in verdict.like]) == (Outcome.DOUBTFUL, like)
    stood = everything(both)
    assert loaded(both, sheet(row)) == {"doubtful": 1}
    assert everything(both) == stood


def test_a_near_name_in_another_country_is_no_doubt(both: KeepingFlask) -> None:
    assert loaded(both, sheet(("Lions", "Sri Lanka"))) == {"new": 1}


def test_a_doubtful_row_is_new_when_somebody_says_so(both: KeepingFlask) -> None:
    assert loaded(both, sheet(("Yongjin", "South Korea")), {2: NEW}) == {"new": 1}
    with both.app_context():
        assert [member("yongin").name, member("yongjin").name] == ["Yongin", "Yongjin"]


def test_a_doubtful_row_is_that_member_when_somebody_says_so(both: KeepingFlask) -> None:
    row = sheet(("Pusan City", "South Korea", "", "Observer"))
    assert loaded(both, row, {2: "busan"}) == {"changed": 1}
    with both.app_context():
        busan = details_of(member("busan"))
    assert (busan.name, busan.standing, set(busan.aliases)) == (
        "Busan",
        Standing.OBSERVER,
        {"부산", "Pusan", "Pusan City"},
    )
    assert loaded(both, row, {2: "busan"}) == {"same": 1}


def test_a_choice_that_was_not_offered_leaves_the_row_out(both: KeepingFlask) -> None:
    assert loaded(both, sheet(("Pusan", "South Korea")), {2: "seoul"}) == {"doubtful": 1}


def test_two_rows_of_a_file_about_one_member_are_told(both: KeepingFlask) -> None:
    plan = planned(
        both, sheet(("Hanoi", "Vietnam"), ("HANOI", "VN"), ("Ha Nois", "VN"), ("Seoul", "KR"), ("seoul", "KR"))
    )
    assert [(each.outcome.value, each.twin) for each in plan.verdicts] == [
        ("new", None),
        ("wrong", None),
        ("doubtful", 2),
        ("same", None),
        ("wrong", None),
    ]
    assert said(plan)[1] == ("wrong", [("", "Row 2 is about the same member.")])


def test_lancaster_must_say_which(both: KeepingFlask) -> None:
    acting(both, lambda: add(lancaster(disambiguator="California")))
    england = ("Lancaster", "United Kingdom", "City", "", "")
    assert [column for column, _ in said(planned(both, sheet(england)))[0][1]] == ["Which place"]
    assert loaded(both, sheet((*england, "England"))) == {"new": 1}
    assert loaded(both, sheet((*england, "England"), ("Lancaster", "US", "", "", "", "California"))) == {"same": 2}


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (("", "Japan"), "", "It has no name."),
        (("???", "Japan"), "Name", "A name needs letters or figures."),
        (("Rome", "Atlantis"), "Country", "“Atlantis” is no country. Write its name in English, or its code: “JP”."),
        (("Rome",), "Country", "A new member needs a country."),
        (
            ("Rome", "Italy", "City", "Honorary"),
            "Standing",
            "“Honorary” is none of: full, associate, observer.",
        ),
        (
            ("Rome", "Italy", "", "", "", "", "chair since soon"),
            "Offices",
            "“soon” is no date. Write as much as is known: “2013”, “2013-11” or “2013-11-05”.",
        ),
        (
            ("Rome", "Italy", "", "", "", "", "chair since 2014 until 2013"),
            "Offices",
            "“chair since 2014 until 2013” would end before it begins.",
        ),
    ],
)
def test_a_wrong_row_says_why_and_in_which_column(
    both: KeepingFlask, row: tuple[str, ...], column: str, sentence: str
) -> None:
    assert said(planned(both, sheet(row, ("Milan", "Italy")))) == [("wrong", [(column, sentence)]), ("new", [])]


def test_a_register_changed_since_the_page_was_opened_is_not_loaded_into(both: KeepingFlask) -> None:
    code = sent(both, sheet(("Seoul", "KR", "", "Observer")))
    with both.app_context():
        seen = importing.plan(importing.kept(network(), code, user_id=user(), now=NOW), {}).mark
    acting(both, lambda: change("seoul", standing=Standing.OBSERVER))

    def act() -> object:
        file = importing.kept(network(), code, user_id=user(), now=NOW)
        return importing.load(network(), file, {}, seen, who="Tokyo", now=NOW)

    with pytest.raises(Refused) as no:
        acting(both, act)
    assert no.value.field == "seen"


def test_a_file_waits_a_day_for_the_one_who_sent_it(both: KeepingFlask) -> None:
    code = sent(both, sheet(("Rome", "Italy")))
    with both.app_context():
        assert importing.kept(network(), code, user_id=user(), now=NOW).filename == "members.csv"
        for of, who, when in (
            ("citynet", user() + 1, NOW),
            ("g-nets", user(), NOW),
            ("citynet", user(), NOW + WAITS),
        ):
            with pytest.raises(LookupError):
                importing.kept(network(of), code, user_id=who, now=when)


def test_one_line_of_the_journal_tells_of_the_whole_file(both: KeepingFlask) -> None:
    loaded(both, sheet(("Rome", "Italy"), ("Milan", "Italy"), ("Seoul", "KR", "", "Observer")))
    with both.app_context():
        (note,) = db.session.execute(select(Note).where(Note.what == "members imported")).scalars()
    assert (note.subject, note.after) == ("network/citynet", {"file": "members.csv", "new": 2, "changed": 1})


def test_hostile_cells_are_kept_as_words(both: KeepingFlask) -> None:
    name = "<script>alert(1)</script> {{ 7*7 }}"
    assert loaded(both, sheet((name, "Italy", "", "", "'; DROP TABLE members; --"))) == {"new": 1}
    with both.app_context():
        row = db.session.execute(
            select(Member).where(Member.country == "IT", Member.network_id == network().id)
        ).scalar_one()
        assert row.name == name
        assert db.session.execute(select(func.count()).select_from(Member)).scalar_one() == 46


def test_too_many_rows_are_refused(both: KeepingFlask) -> None:
    rows = [(f"Ward of {n}", "Italy") for n in range(importing.ROWS + 1)]
    with pytest.raises(Refused) as no:
        sent(both, sheet(*rows))
    assert no.value.field == "file"


def test_a_file_that_says_one_long_cell_many_times_is_refused(both: KeepingFlask) -> None:
    with pytest.raises(Refused) as no:
        sent(both, sheet(*[(f"Ward of {n}", "Italy", "x" * 30_000) for n in range(70)]))
    assert (no.value.message.split(".")[0], no.value.field) == (
        "The file holds more words than any such table",
        "file",
    )


def test_a_plan_costs_the_same_for_one_and_for_many(both: KeepingFlask) -> None:
    loaded(both, citynet())
    costs = []
    for table in (sheet(("Seoul", "KR")), citynet()):
        code = sent(both, table)
        with both.app_context():
            file = importing.kept(network(), code, user_id=user(), now=NOW)
            with counted(both) as statements:
                importing.plan(file, {})
        costs.append(len(statements))
    assert costs[0] == costs[1] == 4


def test_an_event_file_that_calls_a_member_by_another_id_is_refused(both: KeepingFlask) -> None:
    acting(both, lambda: add(details("Rome", "IT", "Europe/Rome")))
    file = read_file(bundled("citynet-2013"))
    rome = replace(file.network.members[3], slug="roma", name="ROME", country="IT", zone="Europe/Rome")
    members = (*file.network.members, rome)
    with pytest.raises(Refused) as no:
        acting(both, lambda: load(replace(file, network=replace(file.network, members=members)), NOW))
    assert no.value.message == "“ROME” is a member already, under the id “rome”; the file calls it “roma”."
