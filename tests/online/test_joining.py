"""Where sessions are joined: who may, when, and where the button leads; until then no address of a provider is told."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.agenda.models import Appearance, Visibility
from app.db import db, write
from app.events.models import Mode, Room
from app.online.joining import Moment, Stand, Ways
from app.online.models import Joined, OnlineSettings
from app.outbox import Message, empty
from app.publishing.models import Told
from app.registration import service as registration
from app.registration.models import Delegate
from tests.online.afar import (
    FRENCH,
    GREEN,
    LINK,
    NEW,
    PROVIDER,
    begin,
    delegate,
    door,
    edit,
    furnish,
    moderator,
    only_heads,
    path,
    press,
    relink,
    token,
    uid,
)
from tests.publishing.said import say, speak
from tests.queries import counted
from tests.registration.cast import NOW, Cast, read

STARTS = datetime(2090, 2, 28, 0, 0, tzinfo=UTC)
"""Session 2 begins at 09:00 in Tokyo and lasts an hour."""


@pytest.mark.parametrize(
    ("minutes", "stand"),
    [(-31, Stand.BEFORE), (-30, Stand.OPEN), (0, Stand.OPEN), (74, Stand.OPEN), (75, Stand.OVER)],
)
def test_a_session_is_open_from_half_an_hour_before_until_a_quarter_after(
    cast: Cast, minutes: int, stand: Stand
) -> None:
    furnish(cast)
    assert door(cast, delegate(cast), STARTS + timedelta(minutes=minutes)).stand == stand


def test_a_session_is_called_as_its_reader_does(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)

    def act() -> None:
        speak(cast.event_id, {"fr": []})
        say(cast.event_id, "fr", "session", "session-2", "title", "Les <rivières>")

    read(cast.app, lambda: write(act))
    edit(cast, note="")
    opened = path(cast, delegate(cast))
    titles = [re.findall("<h1>(.*?)</h1>", client.get(f"{opened}?lang={each}").text)[0] for each in ("fr", "en")]
    assert [each.partition(":")[0] for each in titles] == ["Les &lt;rivières&gt;", "Session 2"]


def settings(cast: Cast, **values: object) -> None:
    stored = {"opens": 30, "venue_joins": False, "phone": ""} | values
    made = OnlineSettings(event_id=cast.event_id, **stored)
    read(cast.app, lambda: write(lambda: db.session.add(made)))


def test_organisers_say_when_it_opens_and_speakers_come_half_an_hour_before_all_the_same(cast: Cast) -> None:
    furnish(cast)
    settings(cast, opens=5)
    viewer, speaker = delegate(cast), delegate(cast, "another form", "Lancaster", head=True)
    found = [door(cast, each, STARTS - timedelta(minutes=20)) for each in (viewer, speaker)]
    assert [(each.stand, each.speaks) for each in found] == [(Stand.BEFORE, False), (Stand.OPEN, True)]


def test_what_is_cancelled_or_has_no_time_yet_is_said_so(cast: Cast) -> None:
    furnish(cast)
    rome = delegate(cast)
    edit(cast, starts=None, ends=None)
    assert (door(cast, rome, STARTS).stand, door(cast, rome, STARTS).when) == (Stand.UNTIMED, None)
    edit(cast, cancelled=True)
    assert door(cast, rome, STARTS).stand == Stand.CANCELLED


def test_a_session_that_was_moved_says_when_it_was_to_be(cast: Cast) -> None:
    furnish(cast)
    rome = delegate(cast)
    assert door(cast, rome, STARTS).moved_from is None
    edit(cast, starts=time(14), ends=time(15))
    found = door(cast, rome, STARTS)
    assert found.moved_from == Moment(STARTS, STARTS + timedelta(hours=1))
    assert found.when == Moment(STARTS + timedelta(hours=5), STARTS + timedelta(hours=6))


def test_whoever_speaks_is_led_elsewhere_than_who_looks_on(cast: Cast) -> None:
    furnish(cast)
    head, other = delegate(cast, city="Lancaster", head=True), delegate(cast, "another form", "Lancaster")
    assert [door(cast, each, STARTS).target() for each in (head, other)] == [GREEN, LINK]
    first = update(Appearance).where(Appearance.delegation_id == other.delegation_id).values(speaker_id=other.id)
    read(cast.app, lambda: write(lambda: db.session.execute(first)))
    assert [door(cast, each, STARTS).target() for each in (head, other)] == [LINK, GREEN]


def test_a_room_without_a_green_room_leads_all_to_one_place(cast: Cast) -> None:
    furnish(cast)
    head = delegate(cast, city="Lancaster", head=True)
    relink(cast, Ways(LINK))
    assert door(cast, head, STARTS).target() == LINK


def test_a_room_without_a_link_says_that_it_is_to_come(cast: Cast) -> None:
    furnish(cast)
    rome = delegate(cast)
    relink(cast, Ways())
    assert door(cast, rome, STARTS).stand == Stand.UNLINKED


def test_people_at_the_venue_join_where_the_organisers_let_them(cast: Cast) -> None:
    furnish(cast)
    tokyo = delegate(cast, city="Tokyo", mode=Mode.VENUE)
    assert (door(cast, tokyo, STARTS).stand, door(cast, tokyo, STARTS).ways) == (Stand.NOT_YOURS, Ways())
    settings(cast, venue_joins=True)
    assert door(cast, tokyo, STARTS).stand == Stand.OPEN


def test_whose_city_appears_online_joins_from_the_venue_too(cast: Cast) -> None:
    furnish(cast)
    assert door(cast, delegate(cast, city="Lancaster", mode=Mode.VENUE), STARTS).stand == Stand.OPEN


def test_heads_alone_join_what_is_for_heads(cast: Cast) -> None:
    furnish(cast)
    only_heads(cast)
    head, other = delegate(cast, head=True), delegate(cast, "another form")
    assert door(cast, head, STARTS).stand == Stand.OPEN
    with pytest.raises(LookupError):
        door(cast, other, STARTS)


@pytest.mark.parametrize(("city", "opens"), [("Rome", True), ("Milan", False)])
def test_invited_cities_alone_join_what_is_for_the_invited(cast: Cast, city: str, opens: bool) -> None:
    furnish(cast)
    who = delegate(cast, city=city)
    if opens:
        assert door(cast, who, STARTS + timedelta(hours=2), "closed-talk").stand == Stand.OPEN
    else:
        with pytest.raises(LookupError):
            door(cast, who, STARTS, "closed-talk")


def test_nobody_joins_what_is_closed_not_even_its_moderator(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    where = moderator(cast)
    assert client.get(where).status_code == 200
    edit(cast, visibility=Visibility.CLOSED)
    assert client.get(where).status_code == 404


def test_the_button_leads_to_the_provider_and_names_nothing_on_the_way(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    begin(cast, 10)
    where = path(cast, delegate(cast))
    page = client.get(where)
    answer = client.post(where, data={"csrf_token": token(page.text)})
    assert (answer.status_code, answer.headers["Location"], answer.data) == (303, LINK, b"")
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert (PROVIDER in page.text, "form-action 'self' https:;" in page.headers["Content-Security-Policy"] + ";") == (
        False,
        True,
    )


def test_moderators_are_led_to_where_speakers_are(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    begin(cast, 10)
    assert press(client, moderator(cast)) == (303, GREEN)


def test_interpretation_has_its_own_button(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    begin(cast, 10)
    where = path(cast, delegate(cast))
    assert "Listen in French" in client.get(where).text
    assert press(client, where, channel="French") == (303, FRENCH)
    assert press(client, where, channel="Latin") == (303, where)


def test_another_link_works_at_once_without_a_release_or_a_letter(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    begin(cast, 10)
    where = path(cast, delegate(cast))
    before = read(cast.app, lambda: len(list(db.session.scalars(select(Message.id)))))
    relink(cast, Ways(NEW))
    assert press(client, where) == (303, NEW)
    assert read(cast.app, lambda: len(list(db.session.scalars(select(Message.id))))) == before


@pytest.mark.parametrize("minutes", [120, -200])
def test_before_and_after_the_button_is_not_there_and_pressing_leads_nowhere(
    cast: Cast, client: FlaskClient, minutes: int
) -> None:
    furnish(cast)
    begin(cast, 10)
    where = path(cast, delegate(cast))
    held = token(client.get(where).text)
    edit(cast, day=date(2090, 2, 28) if minutes > 0 else date(2020, 2, 28))
    assert "Join now" not in client.get(where).text
    assert client.post(where, data={"csrf_token": held}).headers["Location"] == where
    assert noted(cast) == []


def noted(cast: Cast) -> list[tuple[str, bool]]:
    rows = select(Delegate.name, Joined.speaks).join(Joined, Joined.delegate_id == Delegate.id).order_by(Joined.id)
    return read(cast.app, lambda: [(each.name, each.speaks) for each in db.session.execute(rows)])


def test_the_first_press_is_noted_once_and_looking_never(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    begin(cast, 10)
    rome, lancaster = delegate(cast), delegate(cast, "a form of hers", "Lancaster", head=True, name="Kim Beck")
    client.get(path(cast, rome))
    client.head(path(cast, rome))
    assert noted(cast) == []
    for who in (rome, rome, lancaster):
        press(client, path(cast, who))
    assert noted(cast) == [("Anna Bianchi", False), ("Kim Beck", True)]


def test_who_withdrew_joins_nothing_any_more(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    rome = delegate(cast)
    where, held = path(cast, rome), token(client.get("/summit/register").text)
    read(cast.app, lambda: write(lambda: registration.withdraw(rome.id, NOW)))
    assert [client.get(where).status_code, client.post(where, data={"csrf_token": held}).status_code] == [404, 404]


def test_a_replaced_link_joins_nothing_and_a_secret_opens_one_thing(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    rome = delegate(cast)
    old = path(cast, rome)
    anna = read(cast.app, lambda: write(lambda: registration.renew(rome.id, "join", NOW)))
    new = path(cast, anna)
    assert [client.get(each).status_code for each in (old, new)] == [404, 200]
    again = read(cast.app, lambda: write(lambda: registration.renew(rome.id, "calendar", NOW)))
    assert client.get(new).status_code == 404
    join, page, feed = read(cast.app, lambda: (again.join, again.link, again.feed))
    foreign = [f"/d/{join}/", f"/c/{join}/agenda.ics", f"/f/{join}/", f"/m/{join}"]
    foreign += [f"/j/{each}/{uid(cast)}" for each in (page, feed)]
    assert [client.get(each).status_code for each in foreign] == [404] * len(foreign)


def test_the_page_holds_neither_the_persons_page_nor_their_calendar(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    rome = delegate(cast)
    text = client.get(path(cast, rome)).text
    assert [secret for secret in read(cast.app, lambda: (rome.link, rome.feed)) if secret in text] == []


def test_no_page_feed_or_letter_holds_the_providers_address(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    begin(cast, 10)
    rome, lancaster = delegate(cast), delegate(cast, "another form", "Lancaster", head=True)
    edit(cast, title="Session 2, moved", starts=time(13), ends=time(14))
    begin(cast, 12)
    read(cast.app, empty)
    texts = [client.get(path(cast, each)).text for each in (rome, lancaster)]
    for who in (rome, lancaster):
        page, feed = read(cast.app, lambda who=who: (who.link, who.feed))  # type: ignore[misc]
        texts += [client.get(f"/d/{page}/").text, client.get(f"/c/{feed}/agenda.ics").text.replace("\r\n ", "")]
    for part in ("agenda", "agenda.json", "agenda.ics", "online.ics", "schedule.json", "changes", "sessions/session-2"):
        texts.append(client.get(f"/summit/{part}").text)
    sent = read(cast.app, lambda: [bytes(each) for each in db.session.scalars(select(Message.octets)) if each])
    assert (len(sent) >= 3, len(texts)) == (True, 13)
    assert [text for text in texts if PROVIDER in text] == []
    stored = read(cast.app, lambda: [str(each) for each in db.session.scalars(select(Message.facts))])
    assert [each for each in (*map(str, sent), *stored) if PROVIDER in each] == []


def test_each_reader_of_one_kept_calendar_finds_their_own_secret(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    found = []
    for key in ("a form", "another form"):
        who = delegate(cast, key)
        feed, join = read(cast.app, lambda who=who: (who.feed, who.join))  # type: ignore[misc]
        octets = client.get(f"/c/{feed}/agenda.ics").data
        assert max(len(line) for line in octets.split(b"\r\n")) <= 75
        secrets = set(re.findall(r"/j/([^/]+)/", octets.decode().replace("\r\n ", "")))
        found.append((secrets, {join}))
    assert [mine == own for mine, own in found] == [True, True]
    assert found[0] != found[1]


def test_another_secret_is_another_file_with_another_tag(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    rome = delegate(cast)
    feed = f"/c/{read(cast.app, lambda: rome.feed)}/agenda.ics"
    first = client.get(feed)
    assert client.get(feed, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    read(cast.app, lambda: write(lambda: registration.renew(rome.id, "join", NOW)))
    second = client.get(feed, headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, first.headers["ETag"] == second.headers["ETag"]) == (200, False)


def test_the_readers_own_time_leads_online_and_the_summits_at_the_venue(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    settings(cast, venue_joins=True)
    online = delegate(cast, zone="Europe/London", city="Lancaster")
    there = delegate(cast, "another form", "Tokyo", mode=Mode.VENUE)
    leading = r'<time class="at"[^>]*><bdi dir="ltr">([^<]+)'
    first = [re.findall(leading, client.get(path(cast, each)).text) for each in (online, there)]
    assert first == [["00:00–01:00"], ["09:00–10:00"]]
    assert "09:00–10:00" in client.get(path(cast, online)).text


def test_a_name_with_marks_in_it_stays_a_name(cast: Cast, client: FlaskClient) -> None:
    furnish(cast, title="<script>alert(1)</script> & “Session”")
    assert "<script>alert(1)" not in client.get(path(cast, delegate(cast))).text


def test_a_door_costs_the_same_however_many_sessions_and_people(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    where = path(cast, delegate(cast))
    client.get(where)
    with counted(cast.app) as statements:
        client.get(where)
    assert len(statements) == 4


def test_what_an_older_release_froze_is_served_without_the_address(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    rome = delegate(cast)

    def as_of_old() -> None:
        for each in db.session.execute(select(Told)).scalars():
            item = {name: value for name, value in each.entry["item"].items() if name != "joinable"}
            each.entry = each.entry | {"item": item | {"online": LINK}}

    read(cast.app, lambda: write(as_of_old))
    cast.app.extensions["programmes"].clear()
    feed = client.get(f"/c/{read(cast.app, lambda: rome.feed)}/agenda.ics").text.replace("\r\n ", "")
    assert (PROVIDER in feed, f"/j/{read(cast.app, lambda: rome.join)}/" in feed) == (False, True)
    assert PROVIDER not in client.get("/summit/agenda.ics").text


def test_a_room_that_was_renamed_since_is_still_the_one_that_was_published(cast: Cast) -> None:
    furnish(cast)
    rome = delegate(cast)
    read(cast.app, lambda: write(lambda: db.session.execute(update(Room).values(name="Great Hall"))))
    assert door(cast, rome, STARTS).target() == LINK
