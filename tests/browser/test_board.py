"""What is missing, city by city, on the page and in a spreadsheet; one person entered by two cities (J33, J34)."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from app.registration.models import Capacity
from tests.browser.conftest import Eye, People
from tests.browser.summits import Summit

pytestmark = pytest.mark.one_database

SLUG = "j33"
FORMULA = "=HYPERLINK(A1) Silva"


def test_what_is_missing_and_the_file_of_it(summit: Summit, people: People) -> None:
    desk = people.desk()
    summit.registered("São Paulo", FORMULA, Capacity.HEAD, "silva")
    summit.named("São Paulo", "João Souza", Capacity.DELEGATE, "joao")
    desk.goto(f"{summit.desk}/board")
    expect(desk.get_by_role("row")).to_have_count(35)
    row = desk.get_by_role("row").filter(has=desk.get_by_role("link", name="São Paulo", exact=True))
    expect(row).to_contain_text(FORMULA)
    expect(row.locator("td[data-label='People']")).to_contain_text("1 approved")
    Eye(desk, SLUG).see("board")
    narrow(desk)
    read_the_files(desk)


def narrow(desk: Page) -> None:
    """Of the 34, those without a head are shown: not São Paulo, nor those who send a message alone."""
    desk.get_by_label("Missing", exact=True).select_option(label="The head")
    desk.get_by_role("button", name="Show these").click()
    expect(desk.get_by_role("row").filter(has_text="Amsterdam")).to_have_count(1)
    expect(desk.get_by_role("link", name="São Paulo", exact=True)).to_have_count(0)
    expect(desk.get_by_role("row").filter(has_text="Cairo")).to_have_count(0)
    desk.get_by_role("link", name="Show all").click()
    desk.get_by_label("City, in any spelling").fill("sao")
    desk.get_by_role("button", name="Show these").click()
    expect(desk.get_by_role("row")).to_have_count(2)


def read_the_files(desk: Page) -> None:
    """São Paulo stands in both as it is written, and nothing in them is run."""
    with desk.expect_download() as text:
        desk.get_by_role("link", name="CSV").click()
    told = text.value.path().read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(StringIO(told))
    assert row["City"] == "São Paulo"
    assert row["Head"][0] != "="
    assert row["Head"].endswith(FORMULA)
    with desk.expect_download() as sheet:
        desk.get_by_role("link", name="Excel").click()
    cells = load_workbook(BytesIO(sheet.value.path().read_bytes())).worksheets[0]
    assert [(cell.value, cell.data_type) for cell in (cells["A2"], cells["E2"])] == [("São Paulo", "s"), (FORMULA, "s")]


def test_one_act_for_two_cities_and_the_way_back(summit: Summit, people: People) -> None:
    """Ticked on the board, looked at before, one line in the list of what was done, and undone."""
    desk = people.desk()
    desk.goto(f"{summit.desk}/board")
    for city in ("Helsinki", "Tirana"):
        desk.get_by_label(f"Choose {city}").check()
    desk.get_by_role("button", name="Do something for several cities").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Do something for 2 cities")
    Eye(desk, f"{SLUG}-together").see("what-to-do")
    desk.get_by_role("link", name="Letter of authority").click()
    desk.get_by_label("Yes, before its people are approved").check()
    desk.get_by_role("button", name="See what would change").click()
    expect(desk.get_by_role("region", name="What would change").get_by_role("row")).to_have_count(3)
    Eye(desk, f"{SLUG}-preview").see("preview")
    desk.get_by_role("button", name="Change it for 2 cities").click()
    letter = desk.get_by_role("row").filter(has_text="Helsinki").locator("td[data-label='Letter of authority']")
    act = desk.url
    desk.goto(f"{summit.desk}/board")
    expect(letter).to_have_text("Due")
    desk.goto(act)
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("2 cities are as before.")).to_be_visible()
    desk.goto(f"{summit.desk}/board")
    expect(letter).to_have_text("–")


def test_one_person_in_two_delegations(summit: Summit, people: People) -> None:
    """Organisers are told; two aides with one address between them are nobody's business."""
    desk = people.desk()
    for city in ("Miami", "Los Angeles"):
        summit.registered(city, "José Ramírez", Capacity.DELEGATE, "jose")
    for aide in ("Ana Cruz", "Eva Cruz"):
        summit.registered("Miami", aide, Capacity.ADVISER, "office")
    desk.goto(f"{summit.desk}/approvals")
    doubles = desk.get_by_role("region", name="Possible duplicates")
    expect(doubles.get_by_role("listitem")).to_have_count(1)
    expect(doubles.get_by_role("link")).to_have_count(3)  # the two, and the way to decide
    expect(doubles).to_contain_text("José Ramírez, Miami")
    expect(doubles).to_contain_text("José Ramírez, Los Angeles")
    Eye(desk, "j34").see("approvals")
    doubles.get_by_role("link", name="Los Angeles").click()
    desk.get_by_role("link", name="Cancel", exact=True).click()
    desk.get_by_label("Reason").fill("Entered by Miami already")
    desk.get_by_role("button", name="Cancel the registration").click()
    desk.goto(f"{summit.desk}/approvals")
    expect(doubles).to_have_count(0)
    assert "Entered by Miami already" in summit.letter("cancelled", "jose").text
