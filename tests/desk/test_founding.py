"""Networks and events created in the browser, and the settings of an event."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.accounts import Role
from app.accounts.models import Staff, User
from app.db import db, write
from app.events.models import Event, Mode, Room, Theme
from app.journal import Note
from app.network.models import Network
from app.registration.models import Places
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, held, words

NEW = "/organise/networks/new"
EVENT = "/organise/networks/g-nets/events/new"
SETTINGS = f"{REHEARSAL}/settings"
SUMMIT = {
    "title": "Tokyo Summit 2090", "slug": "tokyo-2090", "starts_on": "2090-02-08", "ends_on": "2090-02-10",
    "zone": "Asia/Tokyo", "venue": "Town hall, Tokyo", "host": "tokyo", "reply_to": "desk@tokyo.example.org",
}  # fmt: skip


def network_slug(app: KeepingFlask) -> str:
    with app.app_context():
        query = select(Network.slug).join(Event, Event.network_id == Network.id).where(Event.slug == "rehearsal")
        return str(db.session.execute(query).scalar_one())


@pytest.fixture
def new_event(desks: KeepingFlask) -> str:
    return f"/organise/networks/{network_slug(desks)}/events/new"


def event_of(app: KeepingFlask, slug: str) -> Event | None:
    with app.app_context():
        return db.session.execute(select(Event).where(Event.slug == slug)).scalar_one_or_none()


def test_a_network_is_created_once_however_often_the_button_is_pressed(desks: KeepingFlask, tokyo: Organiser) -> None:
    values = held(tokyo.get(NEW)) | {"name": "UCLG-X", "slug": "uclg-x", "founded": "1982"}
    for _ in range(2):
        answer = tokyo.client.post(NEW, data=values)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/organise/networks/uclg-x/members")
    with desks.app_context():
        row = db.session.execute(select(Network).where(Network.slug == "uclg-x")).scalar_one()
        assert (row.name, row.full_name, row.founded) == ("UCLG-X", "UCLG-X", 1982)
        lines = db.session.execute(select(Note.who).where(Note.subject == "network/uclg-x")).scalars().all()
    assert lines == ["KOIKE Yuriko"]
    assert "UCLG-X" in words(tokyo.get("/organise/networks/"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "A network needs a name."),
        ({"slug": ""}, "Addresses need a word."),
        ({"slug": "Big Words"}, "Small letters a to z"),
        ({"slug": "../x"}, "Small letters a to z"),
        ({"slug": "new"}, "is an address of Plenary itself"),
        ({"founded": "17"}, "A year, as in 1982."),
    ],
)
def test_a_network_is_refused_in_words(tokyo: Organiser, change: dict[str, str], said: str) -> None:
    answer = tokyo.send(NEW, {"name": "UCLG-X", "slug": "uclg-x"}, change)
    assert answer.status_code == 422
    assert said in words(answer)


def test_a_network_that_is_there_keeps_its_address(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = tokyo.send(NEW, {"name": "Another", "slug": network_slug(desks)})
    assert answer.status_code == 422
    assert "There is a network of this address already" in words(answer)
    assert 'value="Another"' in answer.text  # what was typed is kept


def test_an_event_is_created_with_what_belongs_to_it(desks: KeepingFlask, tokyo: Organiser, new_event: str) -> None:
    more = {"rooms": "Main hall\n Room  2 \nmain hall", "themes": "Water & heat\nÖl", "modes": ["venue", "online"]}
    values = held(tokyo.get(new_event)) | SUMMIT | more
    for _ in range(2):
        answer = tokyo.client.post(new_event, data=values)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/organise/tokyo-2090/")
    event = event_of(desks, "tokyo-2090")
    assert event is not None
    with desks.app_context():
        rooms = db.session.execute(select(Room.name).where(Room.event_id == event.id).order_by(Room.position))
        assert rooms.scalars().all() == ["Main hall", "Room 2"]
        themes = db.session.execute(select(Theme.slug, Theme.name).where(Theme.event_id == event.id).order_by(Theme.id))
        assert themes.all() == [("water-heat", "Water & heat"), ("ol", "Öl")]
        places = db.session.execute(select(Places.mode, Places.seats).where(Places.event_id == event.id))
        assert dict(places.all()) == {Mode.VENUE: None, Mode.ONLINE: None, Mode.VIDEO: 0}
        mine = select(Staff.role).join(User).where(Staff.event_id == event.id)
        assert db.session.execute(mine).scalars().all() == [Role.ORGANISER]
    page = tokyo.get("/organise/tokyo-2090/")
    assert "Your first hour" in words(page)
    assert "Choose whom to invite" in words(page)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "An event needs a title."),
        ({"slug": "organise"}, "is an address of Plenary itself"),
        ({"slug": "gnets-2023"}, "There is an event of this address already"),
        ({"zone": "Mars/Base"}, "Choose a time zone"),
        ({"ends_on": "2090-02-07"}, "The last day is before the first."),
        ({"ends_on": "2090-12-07"}, "An event lasts at most two months."),
        ({"starts_on": "8 Feb"}, "Write the day as year, month and day"),
        ({"closes_on": "2090-01-01"}, "From which day on can people register?"),
        ({"opens_on": "2090-01-02", "closes_on": "2090-01-01"}, "Registration would close before it opens."),
        ({"reply_to": "nobody"}, "email address"),
        ({"rooms": "x" * 121}, "A name has at most 120 characters."),
        ({"host": "atlantis"}, "Not a valid choice"),
        ({"modes": []}, "Choose at least one way of taking part."),
    ],
)
def test_an_event_is_refused_in_words(
    desks: KeepingFlask, tokyo: Organiser, new_event: str, change: dict[str, str], field: str
) -> None:
    answer = tokyo.send(new_event, SUMMIT, {"modes": ["venue"]}, change)
    assert answer.status_code == 422
    assert field in words(answer)
    with desks.app_context():
        assert db.session.execute(select(func.count()).select_from(Event)).scalar_one() == 2


def test_an_earlier_event_gives_its_rooms_and_themes(desks: KeepingFlask, tokyo: Organiser, new_event: str) -> None:
    tokyo.send(new_event, SUMMIT, {"modes": ["venue"], "copy_of": "rehearsal"})
    made, model = event_of(desks, "tokyo-2090"), event_of(desks, "rehearsal")
    assert made is not None
    assert model is not None
    with desks.app_context():
        names = {
            event.slug: [
                db.session.execute(select(table.name).where(table.event_id == event.id).order_by(table.position))
                .scalars()
                .all()
                for table in (Room, Theme)
            ]
            for event in (made, model)
        }
        links = db.session.execute(select(Room.link).where(Room.event_id == made.id)).scalars().all()
    assert names["tokyo-2090"] == names["rehearsal"]
    assert set(links) <= {""}


def test_the_new_event_is_its_maker_s_alone(tokyo: Organiser, rome: Organiser, new_event: str) -> None:
    tokyo.send(new_event, SUMMIT, {"modes": ["venue"]})
    assert tokyo.get("/organise/tokyo-2090/").status_code == 200
    assert rome.get("/organise/tokyo-2090/").status_code == 404
    assert rome.get("/organise/tokyo-2090/settings").status_code == 404


def test_whoever_organises_nothing_creates_nothing(desks: KeepingFlask, new_event: str) -> None:
    milan = Organiser(desks, "milan")
    assert [milan.get(path).status_code for path in (NEW, new_event)] == [404, 404]


def test_settings_are_changed_and_told(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = tokyo.send(SETTINGS, {"title": "Rehearsal, renamed", "motto": "Bread <b>", "rooms": "Garden"})
    assert answer.status_code == 303
    event = event_of(desks, "rehearsal")
    assert event is not None
    assert (event.title, event.motto) == ("Rehearsal, renamed", "Bread <b>")
    with desks.app_context():
        lines = db.session.execute(select(Note).where(Note.what == "event settings changed")).scalars().all()
    assert [line.after for line in lines] == [
        {"title": "Rehearsal, renamed", "motto": "Bread <b>", "rooms": ["Garden"]}
    ]
    assert "See what would be published" in words(tokyo.get(f"{REHEARSAL}/"))


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(SETTINGS)
    tokyo.send(SETTINGS, {"motto": "First"})
    answer = tokyo.send(SETTINGS, {"motto": "Second"}, page=page)
    assert answer.status_code == 422
    assert "Somebody has changed these settings meanwhile." in words(answer)
    event = event_of(desks, "rehearsal")
    assert event is not None
    assert event.motto == "First"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zone": "Europe/Rome"}, "The zone stays as it is."),
        ({"starts_on": "2026-01-01", "ends_on": "2026-01-02"}, "would lie outside these days"),
    ],
)
def test_nothing_is_taken_from_under_the_agenda(tokyo: Organiser, change: dict[str, str], said: str) -> None:
    answer = tokyo.send(SETTINGS, change)
    assert answer.status_code == 422
    assert said in words(answer)


def test_another_event_s_settings_are_not_found(rome: Organiser) -> None:
    assert rome.get(SETTINGS).status_code == 404
    assert rome.client.post(SETTINGS, data={"title": "Mine"}).status_code == 404


def test_the_settings_page_opens_for_the_archive(rome: Organiser) -> None:
    assert rome.get(f"{ARCHIVE}/settings").status_code == 200


def test_events_of_a_network_are_begun_by_its_organisers(desks: KeepingFlask, tokyo: Organiser) -> None:
    values = held(tokyo.get(NEW)) | {"name": "CITYNET", "slug": "citynet", "founded": "1987"}
    assert tokyo.client.post(NEW, data=values).status_code == 303
    path = "/organise/networks/citynet/events/new"
    assert tokyo.get(path).status_code == 200  # it has none yet

    def theirs() -> None:
        network = db.session.execute(select(Network).where(Network.slug == "citynet")).scalar_one()
        event = db.session.execute(select(Event).where(Event.slug == "gnets-2023")).scalar_one()
        event.network_id = network.id

    with desks.app_context():
        write(theirs)
    assert tokyo.get(path).status_code == 404
    assert Organiser(desks, "rome").get(path).status_code == 200
