"""The personal feed: what stands in it, how it follows the person, and to whom it opens."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import delete, select, update

from app.agenda.models import Session, Visibility
from app.db import db, write
from app.events.models import Event, Mode, Room
from app.mypage import service as mypage
from app.outbox import Message
from app.outbox.rendering import render
from app.publishing import service as publishing
from app.publishing.models import Release, Told
from app.registration import service
from app.registration.models import Capacity, Delegate
from tests.ical.parsers import instants
from tests.queries import counted
from tests.registration.cast import NOW, Cast, application, details, read

LATER = NOW + timedelta(hours=1)


def register(cast: Cast, **changes: Any) -> Delegate:
    def act() -> Delegate:
        return service.register(db.session.get_one(Event, cast.event_id), application(cast, **changes), NOW)

    return read(cast.app, lambda: write(act))


def address(cast: Cast, delegate: Delegate) -> str:
    return read(cast.app, lambda: f"/c/{delegate.feed}/agenda.ics")


def events(client: FlaskClient, path: str) -> dict[str, Any]:
    """The VEVENTs of a feed by their titles."""
    answer = client.get(path)
    assert answer.status_code == 200
    return {str(each["SUMMARY"]): each for each in Calendar.from_ical(answer.data).walk("VEVENT")}


def move(cast: Cast, mode: Mode, anna: Delegate, version: int = 1) -> Delegate:
    return read(cast.app, lambda: write(lambda: service.change(anna.id, details(mode), version, LATER)))


def without_an_address(cast: Cast, anna: Delegate) -> str:
    """No letter reaches the person, so none brings an invitation; the path of their calendar."""
    read(cast.app, lambda: write(lambda: db.session.execute(update(Delegate).values(email=""))))
    return address(cast, anna)


def test_it_holds_everybodys_sessions_and_those_of_the_own_city(cast: Cast, client: FlaskClient) -> None:
    found = events(client, address(cast, register(cast)))
    assert sorted(found) == ["Closed talk", "Reception", "Session 2"]


def test_the_summit_as_a_whole_stands_in_the_invitation_or_in_it_and_never_in_both(
    cast: Cast, client: FlaskClient
) -> None:
    anna = register(cast)
    path, uid = address(cast, anna), f"{anna.uid}@plenary"

    def told() -> list[bool]:
        message = db.session.execute(select(Message)).scalar_one()
        (file,) = render(message.kind, message.facts, "en").attachments
        return [uid in file.content.decode(), file.method == "REQUEST"]

    assert (read(cast.app, told), uid in client.get(path).text) == ([True, True], False)
    without_an_address(cast, anna)
    assert sorted(events(client, path)) == ["Closed talk", "G-NETS Leaders Summit", "Reception", "Session 2"]
    read(cast.app, lambda: write(lambda: db.session.execute(update(Delegate).values(email="anna@rome.example.org"))))
    assert uid not in client.get(path).text
    read(cast.app, lambda: write(lambda: db.session.execute(update(Event).values(reply_to=""))))
    assert uid in client.get(path).text  # nobody reads answers, so letters bring a file and no invitation


def test_another_citys_closed_session_is_not_in_it(cast: Cast, client: FlaskClient) -> None:
    found = events(client, address(cast, register(cast, city="Milan")))
    assert sorted(found) == ["Reception", "Session 2"]


def test_independent_readers_agree_on_the_instants(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    read_by = instants(client.get(without_an_address(cast, anna)).data)
    starts = sorted(str(begin) for begin, _end in read_by["ical"].values())
    assert starts == [
        "2090-02-27",
        "2090-02-28 00:00:00+00:00",
        "2090-02-28 01:00:00+00:00",
        "2090-02-28 02:00:00+00:00",
    ]
    assert read_by["ical"] == read_by["vobject"] == read_by["ical.js"]
    assert read_by["ical"][f"{anna.uid}@plenary"] == (date(2090, 2, 27), date(2090, 3, 2))


def test_at_the_venue_sessions_are_there(cast: Cast, client: FlaskClient) -> None:
    session = events(client, address(cast, register(cast)))["Session 2"]
    assert (session["LOCATION"], session["SEQUENCE"]) == ("Hilton Tokyo Shinjuku", 0)


def test_online_sessions_are_online_and_a_change_of_mode_raises_their_sequence(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    path = address(cast, anna)
    before = events(client, path)["Session 2"]
    move(cast, Mode.ONLINE, anna)
    after = events(client, path)["Session 2"]
    assert (after["LOCATION"], after["SEQUENCE"], after["UID"]) == ("Online", before["SEQUENCE"] + 1, before["UID"])
    assert after["DTSTAMP"].dt == LATER
    move(cast, Mode.VENUE, anna, version=delegate(cast).version)
    back = events(client, path)["Session 2"]
    assert (back["LOCATION"], back["SEQUENCE"]) == ("Hilton Tokyo Shinjuku", before["SEQUENCE"] + 2)


def test_a_video_message_takes_nobody_anywhere_and_none_of_their_time(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    path = address(cast, anna)
    move(cast, Mode.VIDEO, anna)
    session = events(client, path)["Session 2"]
    assert (session.get("LOCATION"), session.get("GEO"), session["TRANSP"]) == (None, None, "TRANSPARENT")


def delegate(cast: Cast) -> Delegate:
    return read(cast.app, lambda: db.session.execute(select(Delegate)).scalar_one())


def test_who_withdrew_keeps_the_cancelled_participation_alone(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    path = without_an_address(cast, anna)
    read(cast.app, lambda: write(lambda: service.withdraw(anna.id, LATER)))
    ((title, event),) = events(client, path).items()
    assert (title, event["STATUS"], event["SEQUENCE"]) == ("Cancelled: G-NETS Leaders Summit", "CANCELLED", 1)


def test_a_release_moves_the_session_in_it(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    path = address(cast, anna)
    before = events(client, path)["Session 2"]

    def publish() -> None:
        moved = update(Session).where(Session.code == "session-2").values(day=date(2090, 3, 1))
        db.session.execute(moved)
        publishing.publish(cast.event_id, who="test", now=LATER)

    read(cast.app, lambda: write(publish))
    after = events(client, path)["Session 2"]
    assert (after["SEQUENCE"], after["UID"]) == (before["SEQUENCE"] + 1, before["UID"])
    assert after["DTSTART"].dt.astimezone(UTC) == datetime(2090, 3, 1, 0, 0, tzinfo=UTC)


def test_it_is_private_and_its_octets_stay_until_something_changes(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    first, second = (client.get(address(cast, anna)) for _poll in range(2))
    assert first.data == second.data
    assert (first.content_type, first.headers["Cache-Control"], first.headers["X-Robots-Tag"]) == (
        "text/calendar; charset=utf-8",
        "private, max-age=300",
        "noindex",
    )
    assert ("Set-Cookie" in first.headers, "Content-Disposition" in first.headers) == (False, False)


def test_a_program_that_has_it_gets_304_at_two_queries_at_most(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    path = address(cast, anna)
    etag = client.get(path).headers["ETag"]
    with counted(cast.app) as statements:
        answer = client.get(path, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
    assert len(statements) <= 2


def test_a_change_of_mode_is_fetched_anew_by_etag_and_by_date(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    path = address(cast, anna)
    first = client.get(path)
    move(cast, Mode.ONLINE, anna)
    for headers in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        assert client.get(path, headers=headers).status_code == 200


def test_head_works_and_other_methods_do_not(cast: Cast, client: FlaskClient) -> None:
    path = address(cast, register(cast))
    head = client.head(path)
    assert (head.status_code, head.data, client.post(path).status_code) == (200, b"", 405)


def test_a_download_is_a_file_with_a_plain_name(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    answer = client.get(address(cast, anna) + "?download=1")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="summit-{anna.reference}.ics"'


def test_it_names_no_person_and_no_address_and_opens_no_other_door(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    octets = client.get(address(cast, anna)).text.replace("\r\n ", "")
    page = read(cast.app, lambda: anna.link)
    assert [
        each in octets for each in ("Anna", "rome.example.org", "+8190", "shellfish", page, "ATTENDEE", "METHOD")
    ] == [False] * 7


def test_a_wrong_secret_and_that_of_the_page_open_no_calendar(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    for token in ("wrong", read(cast.app, lambda: anna.link)):
        answer = client.get(f"/c/{token}/agenda.ics")
        assert (answer.status_code, "This address opens no calendar." in answer.text) == (404, True)


def test_before_anything_is_published_it_holds_the_participation(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)

    def unpublish() -> None:
        for table in (Release, Told):
            db.session.execute(delete(table))
        db.session.execute(update(Event).values(release=0))

    read(cast.app, lambda: write(unpublish))
    assert list(events(client, without_an_address(cast, anna))) == ["G-NETS Leaders Summit"]


def with_a_link(cast: Cast) -> None:
    """Put all sessions into a hall that can be joined, one of them for heads alone, and publish."""

    def act() -> None:
        hall = Room(event_id=cast.event_id, name="Hall", link="https://meet.example/hall")
        db.session.add(hall)
        db.session.flush()
        db.session.execute(update(Session).values(room_id=hall.id))
        heads = update(Session).where(Session.code == "reception").values(visibility=Visibility.HEADS)
        db.session.execute(heads)
        publishing.publish(cast.event_id, who="test", now=NOW)

    read(cast.app, lambda: write(act))


def links(client: FlaskClient, path: str) -> dict[str, str]:
    return {title: str(each.get("CONFERENCE", "")) for title, each in events(client, path).items()}


def test_who_is_online_finds_the_links_to_join_and_who_is_there_does_not(cast: Cast, client: FlaskClient) -> None:
    with_a_link(cast)
    anna = register(cast)
    path = address(cast, anna)
    assert set(links(client, path).values()) == {""}
    move(cast, Mode.ONLINE, anna)
    assert {title: link.rpartition("/")[0] for title, link in links(client, path).items()} == dict.fromkeys(
        ("Closed talk", "Session 2"), f"http://localhost/j/{read(cast.app, lambda: anna.join)}"
    )


def test_whose_city_joins_online_finds_the_link_at_the_venue_too(cast: Cast, client: FlaskClient) -> None:
    with_a_link(cast)
    found = links(client, address(cast, register(cast, city="Lancaster")))
    assert found["Session 2"].startswith("http://localhost/j/")


def test_heads_have_the_sessions_of_heads_and_lose_them_with_the_office(cast: Cast, client: FlaskClient) -> None:
    with_a_link(cast)
    anna = register(cast)
    path = address(cast, anna)
    assert "Reception" not in events(client, path)

    def act(role: Capacity, now: datetime) -> None:
        db.session.execute(update(Delegate).values(role=role, changed_at=now))

    before = client.get(path)
    read(cast.app, lambda: write(lambda: act(Capacity.HEAD, LATER)))
    after = client.get(path, headers={"If-Modified-Since": before.headers["Last-Modified"]})
    assert (after.status_code, "Reception" in after.text, "Reception" in events(client, path)) == (200, True, True)
    read(cast.app, lambda: write(lambda: act(Capacity.DELEGATE, LATER + timedelta(hours=1))))
    again = client.get(path, headers={"If-Modified-Since": after.headers["Last-Modified"]})
    assert (again.status_code, "Reception" in again.text) == (200, False)


def test_the_page_says_when_it_was_last_fetched_and_a_new_address_was_not(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    page = read(cast.app, lambda: f"/d/{anna.link}/")
    assert "No calendar has fetched it so far." in client.get(page).text
    client.get(address(cast, anna)).close()
    assert "Last fetched by a calendar on" in client.get(page).text
    renewed = read(cast.app, lambda: write(lambda: service.renew(anna.id, "calendar", LATER)))
    assert "No calendar has fetched it so far." in client.get(page).text
    assert client.get(address(cast, renewed)).status_code == 200


def test_the_page_says_where_the_days_of_the_summit_stand(cast: Cast, client: FlaskClient) -> None:
    anna = register(cast)
    page = read(cast.app, lambda: f"/d/{anna.link}/")
    said = "The days of the summit come as an invitation"
    assert said in client.get(page).text
    without_an_address(cast, anna)
    assert said not in client.get(page).text


def test_the_page_offers_webcal_an_address_to_copy_and_a_download_that_says_what_it_holds(
    cast: Cast, client: FlaskClient
) -> None:
    anna = register(cast)
    page = client.get(read(cast.app, lambda: f"/d/{anna.link}/")).text
    path = address(cast, anna)
    assert [f"webcal://localhost{path}" in page, f'value="http://localhost{path}"' in page] == [True, True]
    assert [f'href="{path}?download=1"' in page, "Download my agenda" in page] == [True, True]
    assert "Google looks for changes only every 8 to 24 hours" in page


def test_a_cancelled_participation_goes_a_week_after_its_end(cast: Cast) -> None:
    anna = register(cast)
    without_an_address(cast, anna)
    read(cast.app, lambda: write(lambda: service.withdraw(anna.id, LATER)))
    last = datetime(2090, 3, 1, 15, tzinfo=UTC) + timedelta(days=7)

    def holds(now: datetime) -> tuple[int, datetime]:
        found = read(cast.app, lambda: mypage.calendar(anna.feed, "", now))
        return len(found.file.own), found.modified

    morrow = last + timedelta(seconds=1)
    assert (holds(last), holds(morrow)) == ((1, LATER), (0, morrow))
