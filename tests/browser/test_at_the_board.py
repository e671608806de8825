"""Two organisers at one board, and the planner: what each sees of the other, both places side by side, taking back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from app import clock
from app.agenda import acts
from app.agenda.acts import Changed
from app.agenda.facts import Facts
from app.agenda.models import Pin
from tests.browser.conftest import Eye, People, signed_in
from tests.browser.summits import ORGANISER, Setting, Summit
from tests.browser.test_assigning import board, card, carry, said

pytestmark = pytest.mark.one_database

SLUG = "two-at-the-board"
SUZUKI, KOIKE = "suzuki@tokyo.example", "koike@tokyo.example"
MARKUP = "<img src=x onerror=alert(1)>"
AFAR = ["session-2", "session-5", "session-6"]
"""The sessions in which cities speak online."""


@pytest.fixture(scope="module")
def suzuki(browser: Browser, setting: Setting, summit: Summit) -> StorageState:
    """The cookies of a second organiser, who comes when the summit is there."""
    return signed_in(browser, setting, SUZUKI)


def change(summit: Summit, codes: list[str] | None, **values: object) -> None:
    """Change facts of these sessions, of all without `codes`, as one act, as somebody else's page would."""

    def act() -> None:
        acts.hold(summit.id)
        found = acts.stored(summit.id, codes).values()
        wanted = [Changed(each, replace(each, **values)) for each in found]  # type: ignore[arg-type]
        acts.perform(summit.id, "sessions changed", wanted, who=ORGANISER, now=clock.now())

    summit.do(act)


def seconds_later(page: Page) -> None:
    """The page asks for what others did."""
    page.clock.fast_forward(4000)


def in_room(page: Page, number: int, room: str) -> None:
    """The card stands in this room, as this page shows it."""
    expect(page.locator(f"[data-name='{room}'] [data-card=session-{number}]")).to_have_count(1)


def test_two_people_at_once(summit: Summit, people: People, suzuki: StorageState) -> None:
    change(summit, ["session-4"], title=f"Session 4 {MARKUP}")
    ours, theirs = people.desk(), people.desk(storage_state=suzuki)
    for page in (ours, theirs):
        page.clock.install()
        board(page, summit)
    carry(theirs, 5, "ArrowRight")
    theirs.keyboard.press("Enter")
    in_room(theirs, 5, "Rehearsal Studio")
    seconds_later(ours)
    in_room(ours, 5, "Rehearsal Studio")
    expect(said(ours)).to_have_text(f"Session moved ({SUZUKI}).")
    one_moves_while_the_other_holds_a_card(ours, theirs)
    both_move_one(ours, theirs)
    taken_back_by_the_other(ours, theirs)


def one_moves_while_the_other_holds_a_card(ours: Page, theirs: Page) -> None:
    """What was moved in between is shown all the same; and a title is words, whatever it looks like."""
    carry(ours, 1, "ArrowDown")
    carry(theirs, 4, "ArrowRight")
    theirs.keyboard.press("Enter")
    in_room(theirs, 4, "Rehearsal Studio")
    ours.keyboard.press("Enter")
    expect(said(ours)).to_contain_text("Session 1")
    seconds_later(ours)
    in_room(ours, 4, "Rehearsal Studio")
    expect(card(ours, 4)).to_contain_text(MARKUP)
    expect(card(ours, 4).locator("img")).to_have_count(0)


def both_move_one(ours: Page, theirs: Page) -> None:
    """The second sees both places and chooses: first theirs, then the own."""
    for theirs_at, choice, stands in (("17:35", "Leave theirs", "17:35"), ("17:40", "Put mine in its place", "17:30")):
        carry(ours, 6, "ArrowUp")
        carry(theirs, 6, "ArrowDown")
        theirs.keyboard.press("Enter")
        expect(card(theirs, 6)).to_contain_text(f"{theirs_at}–")
        ours.keyboard.press("Enter")
        quicker = ours.get_by_role("dialog", name="Somebody was quicker")
        expect(quicker).to_contain_text(theirs_at)
        expect(quicker).to_contain_text("17:25–18:45" if stands == "17:35" else "17:30–18:50")
        if stands == "17:35":
            Eye(ours, "two").see("quicker")
        quicker.get_by_role("button", name=choice).click()
        expect(card(ours, 6)).to_contain_text(f"{stands}–")
    seconds_later(theirs)
    expect(card(theirs, 6)).to_contain_text("17:30–")


def taken_back_by_the_other(ours: Page, theirs: Page) -> None:
    theirs.reload()
    theirs.get_by_text("Last changes").click()
    done = theirs.get_by_role("listitem").filter(has_text=KOIKE).filter(has_text="Session 6").first
    done.get_by_role("button", name="Undo this").click()
    expect(theirs.get_by_text("(taken back)").first).to_be_attached()
    expect(card(theirs, 6)).to_contain_text("17:40–")
    seconds_later(ours)
    expect(card(ours, 6)).to_contain_text("17:40–")
    expect(said(ours)).to_have_text(f"Something undone ({SUZUKI}).")


def test_the_planner_places_adopts_and_takes_back(summit: Summit, people: People) -> None:
    change(summit, None, pin=Pin.PLACE)
    change(summit, AFAR, day=None, starts=None, ends=None, room_id=None, length=60, pin=Pin.NONE)
    page = people.desk()
    page.goto(f"{summit.desk}/schedule/proposals")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("All placed after")).to_be_visible()
    Eye(page, "planner").see("beside")
    page.get_by_role("button", name="Adopt it").click()
    expect(page.get_by_text("Adopted.", exact=True)).to_be_visible()
    assert all(each.starts for each in stored(summit))
    nobody_speaks_at_night(page, summit)
    board(page, summit)
    page.get_by_text("Last changes").click()
    adopted = page.get_by_role("listitem").filter(has_text="Proposal adopted").first
    adopted.get_by_role("button", name="Undo this").click()
    expect(page.get_by_role("region", name="Without a time").get_by_role("article")).to_have_count(len(AFAR))
    assert not any(each.starts for each in stored(summit))


def stored(summit: Summit) -> list[Facts]:
    return list(summit.of(lambda: acts.stored(summit.id, AFAR)).values())


def nobody_speaks_at_night(page: Page, summit: Summit) -> None:
    """By the product's own page of hours: every city online is in a session, none before 07:00 or after 22:00 there."""
    page.goto(f"{summit.desk}/schedule/hours")
    expect(page.get_by_text("nobody should have to be there before 07:00 or after 22:00")).to_be_visible()
    burdens = page.get_by_role("region", name="Who bears the early and late hours").first.get_by_role("row")
    online = ["Delhi", "Lancaster", "London", "Nouakchott", "Rome", "Tirana"]
    rows = [burdens.filter(has=page.get_by_role("rowheader", name=city)).get_by_role("cell") for city in online]
    assert [each.nth(0).inner_text() for each in rows] == ["60"] * len(online)
    assert [each.nth(2).inner_text() for each in rows] == ["0"] * len(online)
