"""What cities ask of the agenda: on the organisers' pages, on the board of cities, for the planner and its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.agenda.models import Order
from app.db import db, write
from app.delegations import wishing
from app.delegations.models import Delegation
from app.events.models import Event
from app.network.models import Member
from app.planning.proposals import Task
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, notes, rows, stored, words
from tests.queries import counted
from tests.schedule.test_cities import arrange, move, order, turns
from tests.schedule.test_proposing import TABLE, ask, frozen, seated

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
WISHES = f"{REHEARSAL}/schedule/wishes"
BOARD = f"{REHEARSAL}/schedule/cities"


def delegation(app: KeepingFlask, city: str) -> Delegation:
    with app.app_context():
        known = select(Delegation).join(Delegation.event).join(Delegation.member)
        return db.session.execute(known.where(Event.slug == "rehearsal", Member.slug == city)).scalar_one()


def wish(app: KeepingFlask, city: str, *themes: str, asks: bool = False, days: int = 0) -> None:
    """As the city's office tells it."""
    key, now = delegation(app, city).id, NOW + timedelta(days=days)
    with app.app_context():
        write(lambda: wishing.tell(key, themes, asks, by_city=True, who=f"Office of {city}", now=now))


def themes(app: KeepingFlask) -> dict[int, str]:
    """Number of a session -> the slug of its theme."""
    asked = frozen(app, Task.SEAT).summit
    assert asked is not None
    return {int(each.id.removeprefix("session-")): each.theme for each in asked.meetings}


def card(page: str, city: str, session: str) -> str:
    """What stands on the card of a city in a session."""
    column = page.split(f'data-session="{session}"')[1].split("</section>")[0]
    return column.split(f'data-city="{city}"')[1].split("</li>")[0]


def test_organisers_see_what_every_city_asks(desks: KeepingFlask, tokyo: Organiser) -> None:
    names = themes(desks)
    wish(desks, "seoul", names[5], names[1], asks=True)
    found = rows(tokyo.get(WISHES))
    assert found["Seoul"].startswith(
        "1. Safe and Secure Cities2. Environment | 20 November 2026, 18:00 (Tokyo) | Office of"
    )
    assert found["Queensland"] == "– | – | – | Tell it for the city: Queensland"


def test_organisers_tell_it_for_a_city(desks: KeepingFlask, tokyo: Organiser) -> None:
    names = themes(desks)
    path = f"{WISHES}/queensland"
    assert tokyo.send(path, {"first": names[5], "asks": "y"}).status_code == 303
    assert "Safe and Secure Cities" in rows(tokyo.get(WISHES))["Queensland"]
    note = notes(desks, f"delegation/{delegation(desks, 'queensland').uid}")[-1]
    assert (note.what, note.who) == ("theme wishes", "KOIKE Yuriko")
    assert tokyo.get(f"{WISHES}/atlantis").status_code == 404


def test_the_board_shows_which_wish_a_session_meets(desks: KeepingFlask, tokyo: Organiser) -> None:
    names = themes(desks)
    wish(desks, "seoul", names[4])
    wish(desks, "miami", names[5], names[4])
    wish(desks, "tel-aviv", names[5])
    page = tokyo.get(BOARD).text
    said = {city: card(page, city, "session-4") for city in ("seoul", "miami", "tel-aviv", "los-angeles")}
    assert [word in said[city] for city, word in (("seoul", "1st wish"), ("miami", "2nd wish"))] == [True] * 2
    assert ("not its wish" in said["tel-aviv"], "wish" in said["los-angeles"]) == (True, False)


def test_the_host_speaks_on_every_theme_so_no_wish_is_shown(desks: KeepingFlask, tokyo: Organiser) -> None:
    wish(desks, "tokyo", themes(desks)[5])
    page = tokyo.get(BOARD).text
    assert "wish" not in card(page, "tokyo", "session-1") + card(page, "tokyo", "session-5")


def test_a_city_in_no_session_shows_what_it_asks_for(desks: KeepingFlask, tokyo: Organiser) -> None:
    names = themes(desks)
    wish(desks, "queensland", names[5], names[1])
    assert "asks for Safe and Secure Cities and Environment" in words(tokyo.get(BOARD))
    move(tokyo, "queensland", "", target="session-3")
    assert "not its wish" in card(tokyo.get(BOARD).text, "queensland", "session-3")


def test_the_planner_hears_the_wishes(desks: KeepingFlask) -> None:
    names = themes(desks)
    wish(desks, "seoul", names[5], names[1])
    asked = frozen(desks, Task.SEAT).summit
    assert asked is not None
    found = {each.id: each.wishes for each in asked.cities}
    assert (found["city:seoul"], found["city:miami"]) == ((names[5], names[1]), ())


def test_a_proposal_tells_which_wish_it_leaves_unmet(desks: KeepingFlask, tokyo: Organiser) -> None:
    names = themes(desks)
    wish(desks, "seoul", names[4])
    uid = seated(desks, ("city:seoul", "session-5"))
    page = tokyo.get(f"{TABLE}/{uid}")
    assert rows(page)["Cities speak on the themes they asked for"].startswith("0 | 1 | ")
    assert "Seoul speaks in “Session 5”, not on the theme it asked for first." in words(page)


def test_a_proposal_asked_for_before_a_wish_says_that_the_draft_is_another(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    uid = seated(desks, ("city:seoul", "session-3"))
    wish(desks, "miami", themes(desks)[5])
    assert "The draft has changed since this was asked for." in words(tokyo.get(f"{TABLE}/{uid}"))


def test_who_asked_first_speaks_first_and_who_never_asked_last(desks: KeepingFlask, tokyo: Organiser) -> None:
    wish(desks, "tel-aviv", asks=True, days=1)
    wish(desks, "miami", asks=True, days=2)
    assert arrange(tokyo, "session-4", "request").status_code == 303
    assert order(desks, "session-4") == ["Tel Aviv", "Miami", "Los Angeles", "Seoul"]
    assert stored(desks, "rehearsal", "session-4").order_rule == Order.REQUEST
    assert "Tel Avivasked 21 November 2026, 18:00 (Tokyo)" in words(tokyo.get(turns("session-4")))


def test_the_order_of_asking_stays_as_it_was_made(desks: KeepingFlask, tokyo: Organiser) -> None:
    wish(desks, "tel-aviv", asks=True)
    arrange(tokyo, "session-4", "request")
    wish(desks, "tel-aviv")
    assert order(desks, "session-4")[0] == "Tel Aviv"
    assert "asked 20 November 2026" in words(tokyo.get(turns("session-4")))


def test_there_is_no_order_of_asking_where_nobody_asked(desks: KeepingFlask, tokyo: Organiser) -> None:
    wish(desks, "paris", asks=True)
    answer = arrange(tokyo, "session-4", "request")
    assert (answer.status_code, "None of these cities has asked to speak yet" in words(answer)) == (422, True)


def test_wishes_cost_the_board_no_query(desks: KeepingFlask, tokyo: Organiser) -> None:
    with counted(desks) as before:
        tokyo.get(BOARD)
    for city in ("seoul", "miami", "paris"):
        wish(desks, city, themes(desks)[1])
    with counted(desks) as after:
        tokyo.get(BOARD)
    assert len(after) == len(before)


def test_what_was_asked_is_told_to_nobody_outside(desks: KeepingFlask, tokyo: Organiser) -> None:
    wish(desks, "seoul", themes(desks)[5], asks=True)
    ask(desks, frozen(desks, Task.SEAT))
    client = desks.test_client()
    pages = ("/rehearsal/agenda", "/rehearsal/agenda.json", "/rehearsal/cities/seoul", "/rehearsal/schedule.json")
    assert [
        path for path in pages if "Office of seoul" in client.get(path).text or "wish" in client.get(path).text
    ] == []
