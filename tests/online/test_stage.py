"""The moderator's page: one link, the order, names, minutes; marks that several make at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.agenda.models import Appearance
from app.db import db, write
from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import Delegation
from app.events.models import Mode
from app.online import techchecks, telling
from app.online.models import Mark, Result, StageLink
from app.online.stage import links
from app.online.stage import service as stages
from app.online.stage.service import Stage
from app.online.techchecks import Found
from app.online.telling import Facts
from app.profiles.models import Profile
from app.refused import Refused
from tests.online.afar import begin, delegate, edit, furnish, moderator, row, token, uid
from tests.queries import counted
from tests.registration.cast import NOW, Cast, read

LANCASTER, MILAN, ROME = (f"city/{each}/speaker" for each in ("lancaster", "milan", "rome"))
STARTS = datetime(2090, 2, 28, 0, 0, tzinfo=UTC)


def made(cast: Cast, whom: str = "person/ishii") -> StageLink:
    key = uid(cast)
    return read(cast.app, lambda: write(lambda: links.make(cast.event_id, key, whom, who="Tokyo", now=NOW)))


def where(cast: Cast, link: StageLink) -> str:
    return f"/m/{read(cast.app, lambda: link.secret)}"


def stage(cast: Cast, now: datetime = NOW) -> Stage:
    key = uid(cast)
    return read(cast.app, lambda: stages.stage(cast.event_id, key, now))


def mark(cast: Cast, link: StageLink, key: str, wanted: str, seen: str = "", now: datetime = STARTS) -> None:
    read(cast.app, lambda: write(lambda: stages.mark(link, key, wanted, seen, now)))


def states(cast: Cast) -> list[str]:
    return [each.state for each in stage(cast).turns]


def test_it_shows_the_order_with_minutes_and_who_leads(cast: Cast) -> None:
    furnish(cast)
    found = stage(cast)
    assert [(each.key, each.mode, each.minutes) for each in found.turns] == [
        (LANCASTER, "online", 5),
        (MILAN, "video", 5),
        (ROME, "", 5),
    ]
    assert [each.starts for each in found.turns] == [STARTS + timedelta(minutes=each) for each in (0, 5, 10)]
    assert [(each.key, each.name) for each in found.leads] == [("person/ishii/moderator", "ISHII Naoko")]


def test_it_says_who_speaks_how_to_say_the_name_and_how_to_reach_them(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    kim = delegate(cast, city="Lancaster", head=True, name="Kim Beck", platform_name="Lancaster 1")

    def tell() -> None:
        db.session.add(Profile(delegate_id=kim.id, changed_at=NOW, pronunciation="kim BEK", own_script="キム"))
        telling.store(kim.id, Facts("Room 4", "+441234567890", "French"), who="Kim", now=NOW)
        found = Found(Result.FAILED, [], "No sound")
        techchecks.enter(techchecks.held(cast.event_id, kim.reference), found, who="Sato", now=NOW)

    read(cast.app, lambda: write(tell))
    turn = stage(cast).turns[0]
    assert (turn.name, turn.say, turn.own_script, turn.shown_as, turn.phone) == (
        "Hon. Kim Beck",
        "kim BEK",
        "キム",
        "Lancaster 1",
        "+441234567890",
    )
    page = client.get(where(cast, made(cast))).text
    assert [
        each
        for each in ("kim BEK", "Check failed", "No backup", "No sound", "Shows as Lancaster 1")
        if each not in page
    ] == []


def test_a_backup_that_came_stands_beside_the_failed_check(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    kim = delegate(cast, city="Lancaster", head=True)

    def tell() -> None:
        found = Found(Result.FAILED, [], "No sound")
        techchecks.enter(techchecks.held(cast.event_id, kim.reference), found, who="Sato", now=NOW)
        mine = update(Appearance).where(Appearance.delegation_id == kim.delegation_id)
        db.session.execute(mine.values(video_ready=True))

    read(cast.app, lambda: write(tell))
    page = client.get(where(cast, made(cast))).text
    assert ("Backup ready" in page, "No backup" in page, "Video not there" in page) == (True, False, True)


def test_marks_are_stored_once_seen_by_all_and_taken_back(cast: Cast) -> None:
    furnish(cast)
    ishii, desk = made(cast), made(cast, links.DESK)
    for _twice in range(2):
        mark(cast, ishii, LANCASTER, "spoke")
    mark(cast, desk, MILAN, "video")
    mark(cast, desk, ROME, "absent")
    assert states(cast) == ["spoke", "video", "absent"]
    assert stage(cast).now is None
    mark(cast, ishii, ROME, "", seen="absent")
    assert states(cast) == ["spoke", "video", ""]
    found = stage(cast)
    assert found.now == found.turns[2]


def test_the_same_mark_by_two_is_one_and_another_is_refused(cast: Cast) -> None:
    furnish(cast)
    ishii, desk = made(cast), made(cast, links.DESK)
    mark(cast, ishii, LANCASTER, "spoke")
    mark(cast, desk, LANCASTER, "spoke")
    with pytest.raises(Refused):
        mark(cast, desk, LANCASTER, "absent")
    assert states(cast) == ["spoke", "", ""]
    by = read(cast.app, lambda: list(db.session.scalars(select(Mark.by))))
    assert by == ["person/ishii"]


def test_minutes_count_from_the_start_then_from_the_turn_before_or_from_its_own_clock(cast: Cast) -> None:
    furnish(cast)
    ishii, minute = made(cast), timedelta(minutes=1)
    assert stage(cast).until(STARTS - minute) is None
    assert stage(cast).until(STARTS + minute) == STARTS + 5 * minute
    mark(cast, ishii, LANCASTER, "spoke", now=STARTS + 7 * minute)
    assert stage(cast).until(STARTS + 8 * minute) == STARTS + 12 * minute
    mark(cast, ishii, MILAN, "speaking", now=STARTS + 9 * minute)
    assert stage(cast).until(STARTS + 10 * minute) == STARTS + 14 * minute


def move_rome_first(cast: Cast) -> None:
    """The draft lets Rome speak first, by video."""

    def act() -> None:
        rome = db.session.execute(select(Delegation.id).where(Delegation.uid == "summit-rome")).scalar_one()
        mine = update(Appearance).where(Appearance.delegation_id == rome, Appearance.mode.is_(None))
        db.session.execute(mine.values(position=0, mode=Mode.VIDEO))

    read(cast.app, lambda: write(act))


def test_until_the_day_it_shows_what_is_published_and_on_the_day_the_draft(cast: Cast) -> None:
    furnish(cast)
    move_rome_first(cast)
    edit(cast, publish=False, title="Session 2, renamed")
    before, after = stage(cast, STARTS - timedelta(hours=10)), stage(cast, STARTS - timedelta(hours=9))
    assert [(each.title, each.turns[0].key, each.turns[-1].mode) for each in (before, after)] == [
        ("Session 2", LANCASTER, ""),
        ("Session 2, renamed", ROME, "video"),
    ]


def test_another_time_in_the_draft_is_remarked_on_the_day(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    begin(cast, 30)
    link = made(cast)
    assert "not published yet" not in client.get(where(cast, link)).text
    key = read(cast.app, lambda: row(cast, "session-2").starts)
    assert key is not None
    edit(
        cast,
        publish=False,
        starts=key.replace(minute=(key.minute + 1) % 60) if key.minute < 59 else key.replace(minute=0),
    )
    assert "it is not published yet" in client.get(where(cast, link)).text


def test_the_page_is_marked_by_its_buttons_without_a_login(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = where(cast, made(cast))
    page = client.get(path)
    form = {"csrf_token": token(page.text), "turn": LANCASTER, "seen": "", "mark": "spoke"}
    answer = client.post(f"{path}/mark", data=form)
    assert (answer.status_code, answer.headers["Location"], states(cast)) == (303, path, ["spoke", "", ""])
    assert page.headers["Cache-Control"] == "no-store"
    again = client.post(f"{path}/mark?dark=1", data=form | {"mark": "absent"})
    assert (again.headers["Location"], states(cast)[0]) == (f"{path}?dark=1", "spoke")
    assert "was marked meanwhile" in client.get(path).text


def test_looking_changes_nothing(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = where(cast, made(cast))
    for _many in range(3):
        client.get(path)
        client.head(path)
    assert read(cast.app, lambda: list(db.session.scalars(select(Mark)))) == []


@pytest.mark.parametrize(
    "form", [{"turn": "city/seoul/speaker", "mark": "spoke"}, {"turn": LANCASTER, "mark": "sang"}, {}]
)
def test_what_is_no_mark_or_nobody_changes_nothing(cast: Cast, client: FlaskClient, form: dict[str, str]) -> None:
    furnish(cast)
    path = where(cast, made(cast))
    answer = client.post(f"{path}/mark", data={"csrf_token": token(client.get(path).text), "seen": "", **form})
    assert (answer.status_code, states(cast)) == (303, ["", "", ""])


def test_a_replaced_or_withdrawn_link_opens_nothing_and_no_other_secret_does(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    link, key = made(cast), uid(cast)
    old = where(cast, link)
    told = {"who": "Tokyo", "now": NOW}
    read(cast.app, lambda: write(lambda: links.renew(cast.event_id, key, "person/ishii", 0, **told)))  # type: ignore[arg-type]
    (again,) = read(cast.app, lambda: links.links(cast.event_id))
    new = where(cast, again)
    assert [client.get(each).status_code for each in (old, new)] == [404, 200]
    join = moderator(cast).split("/")[2]
    secret = new.removeprefix("/m/")
    foreign = [f"/m/{join}", f"/j/{secret}/{key}", f"/d/{secret}/", f"/c/{secret}/programme.ics"]
    assert [client.get(each).status_code for each in foreign] == [404] * 4
    read(cast.app, lambda: write(lambda: links.withdraw(cast.event_id, key, "person/ishii", **told)))  # type: ignore[arg-type]
    assert client.get(new).status_code == 404


def test_hostile_names_come_out_as_words(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    name = '<img src=x onerror=alert(1)> "O\'Brien" & 小池'
    kim = delegate(cast, city="Lancaster", head=True, name=name)

    def tell() -> None:
        db.session.add(Profile(delegate_id=kim.id, changed_at=NOW, pronunciation="<b>loud</b>"))

    read(cast.app, lambda: write(tell))
    page = client.get(where(cast, made(cast))).text
    assert ("<img src=x" in page, "<b>loud" in page, "&lt;b&gt;loud" in page) == (False, False, True)


def test_the_dark_page_is_dark_by_choice(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = where(cast, made(cast))
    found = [
        re.search(r'<html[^>]*class="dark"', client.get(each).text) is not None for each in (path, f"{path}?dark=1")
    ]
    assert found == [False, True]


def test_it_costs_the_same_for_one_speaker_and_for_three(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    path = where(cast, made(cast))
    costs = []
    for city in ("Lancaster", "Rome", "Milan"):
        delegate(cast, f"form of {city}", city, head=True)
        client.get(path)
        with counted(cast.app) as statements:
            client.get(path)
        costs.append(len(statements))
    assert costs == [costs[0]] * 3


def test_the_office_of_a_city_that_moderates_finds_the_page_of_the_stage(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    link = made(cast, "city/rome")
    made(cast, "city/milan")

    def appoint() -> str:
        key = db.session.execute(select(Delegation.id).where(Delegation.uid == "summit-rome")).scalar_one()
        return focal.appoint(key, Contact("Gaia", "gaia@rome.example.org"), who="Tokyo", now=NOW).link

    office = read(cast.app, lambda: write(appoint))
    found = re.findall(r'value="http://localhost(/m/[^"]+)"', client.get(f"/f/{office}/").text)
    assert found == [where(cast, link)]
