"""Which sessions stand in whose calendar, where they take place for them, and who has the link to join."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app import ical
from app.events.models import Mode
from app.publishing import personal
from app.publishing.entries import items, told_of
from app.publishing.personal import Presence, Reader
from app.publishing.programme import OPENNESS, Appearance, Programme, Session
from app.publishing.shown import Published
from app.registration.models import Capacity, join_blank
from app.web.kept import KeepingFlask
from tests.publishing.summits import DAY, PROGRAMME, SESSION_2, at

pytestmark = pytest.mark.one_database

JOIN = "our page"
HALL = "Hall A, Tokyo Metropolitan Government"
ROME, MILAN = (personal.of_delegate(city, Mode.VENUE, Capacity.DELEGATE) for city in ("rome", "milan"))


@pytest.fixture(autouse=True)
def _running(standing: KeepingFlask) -> Iterator[None]:
    """Our own addresses stand on the product's settings."""
    with standing.app_context():
        yield


def released(*sessions: Session) -> Published:
    programme = replace(PROGRAMME, sessions=sessions)
    told = ical.revise({}, items(programme), at(9)).entries
    return Published(programme, {each.code: (told[each.code], programme.visibility_of(each)) for each in sessions})


def of_each_circle(**facts: object) -> Published:
    """A session of each visibility, in all of which Rome speaks and Ms. ISHII moderates."""
    here = (Appearance("moderator", person="ishii"), Appearance("speaker", city="rome", mode="venue"))
    return released(
        *(
            Session(
                code=each,
                uid=f"{place:032}",
                kind="session",
                title=each,
                day=DAY,
                starts=at(9 + place),
                ends=at(10 + place),
                visibility=each,
                appearances=here,
                **facts,  # type: ignore[arg-type]
            )
            for place, each in enumerate(OPENNESS)
        )
    )


def titles(shown: Published, reader: Reader) -> list[str]:
    return [each.item.title for each in personal.entries(shown, reader)]


@pytest.mark.parametrize(
    ("reader", "found"),
    [
        (ROME, ["public", "delegates", "invited"]),
        (personal.of_delegate("rome", Mode.VENUE, Capacity.HEAD), ["public", "delegates", "invited", "heads"]),
        (MILAN, ["public", "delegates"]),
        (replace(MILAN, head=True), ["public", "delegates", "heads"]),
        (personal.of_office("rome"), ["public", "delegates", "invited", "heads"]),
        (personal.of_office("milan"), ["heads"]),
        (personal.of_person("ishii"), ["public", "delegates", "invited", "heads"]),
        (personal.of_person("nobody"), []),
    ],
)
def test_each_reader_has_the_sessions_they_may_know_of(reader: Reader, found: list[str]) -> None:
    assert titles(of_each_circle(), reader) == found


def place(entry: ical.Entry) -> tuple[str, str, bool]:
    """Where it is, whether one joins it at our page, and whether it takes none of the reader's time."""
    online = entry.item.online
    if online:
        assert online == personal.join_address(join_blank(), entry.item.uid)
    return entry.item.place, JOIN if online else "", entry.item.free


@pytest.mark.parametrize(
    ("reader", "found"),
    [
        (Reader("city/tokyo", Mode.VENUE), (HALL, "", False)),
        (Reader("city/tokyo", Mode.ONLINE), ("Online", JOIN, False)),
        (Reader("city/tokyo", Mode.VIDEO), ("", "", True)),
        (Reader("city/lancaster", Mode.VENUE), (HALL, JOIN, False)),
        (Reader("city/milan", Mode.VENUE), (HALL, "", False)),
        (personal.of_office("new-york"), (HALL, "", False)),
        (personal.of_office("lancaster"), ("Online", "", False)),
        (personal.of_office("milan"), ("", "", True)),
        (personal.of_person("ishii"), (HALL, JOIN, False)),
    ],
)
def test_place_and_link_follow_the_readers_own_way(reader: Reader, found: tuple[str, str, bool]) -> None:
    (entry,) = personal.entries(released(replace(SESSION_2, joinable=True)), reader)
    assert place(entry) == found


def test_a_city_whose_mode_is_to_be_confirmed_may_come_in_any_of_its_own() -> None:
    shown = released(
        replace(SESSION_2, joinable=True, appearances=(Appearance("speaker", city="rome"),)),
    )
    (entry,) = personal.entries(shown, personal.of_office("rome"))
    assert place(entry) == (HALL, "", False)
    (entry,) = personal.entries(shown, ROME)
    assert place(entry) == (HALL, JOIN, False)


def test_heads_are_invited_to_the_venue_and_can_join_online() -> None:
    shown = released(replace(SESSION_2, joinable=True, visibility="heads", appearances=()))
    for mode, found in ((Mode.VENUE, (HALL, "", False)), (Mode.ONLINE, ("Online", JOIN, False))):
        (entry,) = personal.entries(shown, personal.of_delegate("milan", mode, Capacity.HEAD))
        assert place(entry) == found


def test_the_place_is_told_in_the_readers_language() -> None:
    (entry,) = personal.entries(released(SESSION_2), Reader("city/tokyo", Mode.ONLINE), "ja")
    assert entry.item.place == "オンライン"


@pytest.mark.parametrize(("mode", "found"), [(Mode.VENUE, 1), (Mode.ONLINE, 0), (Mode.VIDEO, 0)])
def test_nobody_goes_on_a_visit_from_afar(mode: Mode, found: int) -> None:
    shown = released(replace(SESSION_2, kind="visit"))
    assert len(personal.entries(shown, Reader("city/tokyo", mode))) == found


def test_a_session_in_a_block_that_few_may_know_of_is_known_to_few() -> None:
    block = Session(code="block", uid="b" * 32, kind="block", title="Block", day=DAY, visibility="heads")
    programme = replace(PROGRAMME, sessions=(block, replace(SESSION_2, parent="block")))
    told = ical.revise({}, items(programme), at(9)).entries
    assert {code: entry.item.circle.seen_by for code, entry in told.items()} == {"session-2": "heads"}


def test_a_blocks_moderator_moderates_its_sessions() -> None:
    chair = (Appearance("moderator", person="ishii"),)
    block = Session(code="block", uid="b" * 32, kind="block", title="Block", day=DAY, appearances=chair)
    inside = replace(SESSION_2, parent="block", appearances=(Appearance("speaker", city="rome", mode="venue"),))
    told = ical.revise({}, items(replace(PROGRAMME, sessions=(block, inside))), at(9)).entries
    assert told["session-2"].item.circle.members == (("city/rome", "venue"), ("person/ishii", ""))


def test_a_persons_own_changes_count_beside_those_of_the_session() -> None:
    (entry,) = personal.entries(released(SESSION_2), ROME)
    later = datetime.fromisoformat("2023-03-01T00:00:00+00:00")
    presence = Presence(Mode.ONLINE, changes=2, changed_at=later)
    seen = personal.here(entry, presence)
    assert (seen.sequence, seen.changed_at, seen.item.place) == (2, later, "Online")
    early = replace(presence, changed_at=entry.changed_at - timedelta(days=1))
    assert personal.here(entry, early).changed_at == entry.changed_at


def test_the_public_programme_holds_no_link() -> None:
    shown = released(replace(SESSION_2, joinable=True))
    assert [each.joinable for each in shown.public.sessions] == [False]
    assert [(each.item.online, each.item.joinable) for each in shown.public_entries().values()] == [("", False)]
    assert [(each.item.online, each.item.joinable) for each, _seen_by in shown.entries.values()] == [("", True)]


def test_a_providers_address_that_was_stored_of_old_goes_no_further() -> None:
    (entry,) = (each for each, _seen_by in released(SESSION_2).entries.values())
    stored = entry.to_json()
    stored["item"] |= {"online": "https://meet.example/hall"}
    del stored["item"]["joinable"]
    assert told_of(stored) == replace(entry, item=replace(entry.item, joinable=True))


def own(programme: Programme, city: str) -> list[str]:
    return [each.code for each in personal.own_sessions(programme, city)]


def test_the_own_sessions_are_those_in_which_the_city_appears() -> None:
    assert own(PROGRAMME, "rome") == ["session-5"]
    assert own(of_each_circle().programme, "rome") == ["public", "delegates", "invited"]
