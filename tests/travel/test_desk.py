"""Those who look after travel and visa see what they need; each look at a passport leaves a note."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.accounts.models import Role
from app.events.models import Mode
from app.registration import service as registration
from tests.desk.office import rows
from tests.queries import counted
from tests.registration.cast import NOW, Cast, hidden
from tests.registration.people import do
from tests.travel.guests import JOURNEY, guest, link, notes, staff, tell, tell_all, text

DESK = "/organise/summit"


def test_arrivals_and_departures_stand_by_day_and_time(cast: Cast, client: FlaskClient) -> None:
    anna, kim = guest(cast), guest(cast, "Kim Haneul", "Seoul")
    tell_all(cast, client, anna)
    tell(client, link(cast, kim, "/travel/journey"), JOURNEY | {"arrival_time": "09:10", "arrival_flight": "KE 719"})
    page = staff(cast, "tokyo", Role.LOGISTICS).get(f"{DESK}/travel")
    assert [(time, row.split(" | ")[:3]) for time, row in rows(page).items()][:2] == [
        ("09:10 Arrives", ["Hon. Kim Haneul", "Seoul", "KE 719"]),
        ("15:25 Arrives", ["Hon. Anna Bianchi Pick-up", "Rome", "AZ 792"]),
    ]
    assert "Sunday 26 February 2090 2" in text(page)


@pytest.mark.parametrize(
    ("query", "times"),
    [
        ("", ["09:10 Arrives", "15:25 Arrives", "11:00 Departs"]),
        ("way=departure", ["11:00 Departs"]),
        ("day=2090-02-26&pick_up=y", ["15:25 Arrives"]),
        ("hotel=own", ["15:25 Arrives", "11:00 Departs"]),
        ("hotel=official", []),
        ("day=yesterday&way=sideways", ["09:10 Arrives", "15:25 Arrives", "11:00 Departs"]),
    ],
)
def test_the_list_narrows(cast: Cast, client: FlaskClient, query: str, times: list[str]) -> None:
    tell_all(cast, client, guest(cast))
    alone = {"departure_day": "", "departure_time": "", "arrival_time": "09:10"}
    tell(client, link(cast, guest(cast, "Kim Haneul", "Seoul"), "/travel/journey"), JOURNEY | alone)
    page = staff(cast, "tokyo", Role.LOGISTICS).get(f"{DESK}/travel?{query}")
    assert list(rows(page)) == times


def test_who_has_told_nothing_is_named(cast: Cast) -> None:
    guest(cast, "Kim Haneul", "Seoul")
    page = text(staff(cast, "tokyo", Role.LOGISTICS).get(f"{DESK}/travel"))
    assert "Journeys not told 1 Hon. Kim Haneul , Seoul" in page


def test_a_sheet_holds_all_of_one_guest_food_too(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    page = text(staff(cast, "tokyo", Role.LOGISTICS).get(f"{DESK}/travel/{anna.reference}"))
    for said in ("AZ 792", "Park Hotel", "+390612345678", "Carla Neri, Dino Verdi", "A bronze wolf", "No shellfish"):
        assert said in page, said


def test_the_sheet_of_somebody_online_is_not_there(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    do(cast, lambda: registration.set_mode(anna.id, Mode.ONLINE, who="Tokyo", now=NOW))
    assert staff(cast, "tokyo", Role.LOGISTICS).get(f"{DESK}/travel/{anna.reference}").status_code == 404


def test_the_file_runs_no_formula_and_holds_no_emergency_contact(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    tell(client, link(cast, anna, "/travel/company"), {"companions": "=cmd|' /C calc'!A0"})
    desk = staff(cast, "tokyo", Role.LOGISTICS)
    told = desk.get(f"{DESK}/travel/export.csv").get_data(as_text=True)
    assert ("'=cmd|" in told, ",=cmd" in told, "Bruno" in told, "No shellfish" in told) == (True, False, False, True)
    sheet = load_workbook(BytesIO(desk.get(f"{DESK}/travel/export.xlsx").data)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}


def test_each_look_at_a_passport_is_noted_before_it_is_shown(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    desk = staff(cast, "tokyo", Role.VISA)
    assert "YA1234567" not in desk.get(f"{DESK}/visa").text
    assert "YA1234567" in desk.get(f"{DESK}/visa/{anna.reference}").text
    assert "YA1234567" in desk.get(f"{DESK}/visa/export.csv").get_data(as_text=True)
    seen = [(each.who, each.subject, each.after) for each in notes(cast, "looked at visa data")]
    subject = f"delegate/{anna.uid}"
    assert seen == [("tokyo@example.org", subject, {"as": "sheet"}), ("tokyo@example.org", subject, {"as": "file"})]


def test_the_list_of_letters_says_what_is_missing(cast: Cast, client: FlaskClient) -> None:
    anna, luca = guest(cast), guest(cast, "Luca Ferri")
    tell_all(cast, client, anna)
    tell(client, link(cast, luca, "/visa"), {"needed": "y"})
    found = rows(staff(cast, "tokyo", Role.VISA).get(f"{DESK}/visa"))
    assert {name: row.split(" | ")[2] for name, row in found.items()} == {
        "Hon. Anna BianchiDeputy Mayor": "Complete",
        "Hon. Luca FerriDeputy Mayor": "Passport Embassy and dates",
    }


@pytest.mark.parametrize(("path", "role"), [("travel", Role.LOGISTICS), ("visa", Role.VISA)])
def test_lists_cost_the_same_for_one_and_for_three(cast: Cast, client: FlaskClient, path: str, role: Role) -> None:
    desk, costs = staff(cast, "tokyo", role), []
    for names in (("Anna Bianchi",), ("Luca Ferri", "Gaia Romani")):
        for name in names:
            tell_all(cast, client, guest(cast, name))
        with counted(cast.app) as statements:
            desk.get(f"{DESK}/{path}")
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 4, costs


def test_telling_a_part_stays_within_the_budget_of_a_write(cast: Cast, client: FlaskClient) -> None:
    path = link(cast, guest(cast), "/travel/journey")
    tell(client, path, JOURNEY)
    page = client.get(path)
    with counted(cast.app) as statements:
        assert client.post(path, data=hidden(page) | JOURNEY).status_code == 303
    assert len(statements) < 12, statements
