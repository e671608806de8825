"""The public feeds: right instants in three parsers, stable entries, and 304 as long as nothing changes."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import cli
from app.agenda.models import Session, Visibility
from app.clock import now
from app.db import db, write
from app.events.models import Event
from app.publishing import service
from app.web.kept import KeepingFlask
from tests.ical import parsers, rules
from tests.queries import counted

pytestmark = pytest.mark.one_database

FEED = "/rehearsal/agenda.ics"


def move(app: KeepingFlask, code: str, **values: object) -> None:
    """Change one session of the rehearsal's draft and publish."""

    def act() -> None:
        row = db.session.execute(
            select(Session).join(Event).where(Event.slug == "rehearsal", Session.code == code)
        ).scalar_one()
        for name, value in values.items():
            setattr(row, name, value)
        db.session.flush()
        service.publish(row.event_id, who="test", now=now())

    with app.app_context():
        write(act)


def entries(octets: bytes) -> dict[str, dict[str, str]]:
    """The entries of a feed by the code of the session each is about."""
    return {entry["URL"].rpartition("/")[2]: entry for entry in rules.events(octets)}


@pytest.mark.parametrize("path", ["/gnets-2023/agenda.ics", FEED, "/rehearsal/sessions/session-2.ics"])
def test_a_feed_has_no_fault(rehearsal: KeepingFlask, path: str) -> None:
    assert rules.faults(rehearsal.test_client().get(path).data) == []


def test_the_archive_invents_no_time(gnets: KeepingFlask) -> None:
    octets = gnets.test_client().get("/gnets-2023/agenda.ics").data
    starts = [name for entry in rules.events(octets) for name in entry if name.startswith("DTSTART")]
    assert starts == ["DTSTART;VALUE=DATE"] * 12


def test_three_parsers_agree_on_the_instants_of_the_rehearsal(rehearsal: KeepingFlask) -> None:
    octets = rehearsal.test_client().get(FEED).data
    read = parsers.instants(octets)
    assert len(read) == 3
    first, *others = read.values()
    assert len(first) == 12
    assert others == [first, first]


def test_session_6_begins_at_half_past_eight_in_the_morning_of_utc(rehearsal: KeepingFlask) -> None:
    octets = rehearsal.test_client().get("/rehearsal/sessions/session-6.ics").data
    ((start, _),) = parsers.instants(octets)["ical.js"].values()
    assert start == datetime(start.year, start.month, start.day, 8, 30, tzinfo=UTC)


def test_a_session_on_no_day_is_not_in_the_calendar(app: KeepingFlask) -> None:
    with app.app_context():
        cli.demo("citynet-2013")
    octets = app.test_client().get("/citynet-2013/agenda.ics").data
    assert "Mayors’ Forum" in octets.decode()
    assert "Special session" not in octets.decode()


def test_uids_are_not_shared_by_the_two_summits_of_one_file(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    one, two = (
        {entry["UID"] for entry in rules.events(client.get(path).data)} for path in (FEED, "/gnets-2023/agenda.ics")
    )
    assert (len(one), len(two), one & two) == (12, 12, set())


def test_a_moved_session_rises_in_sequence_and_the_others_keep_their_octets(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    before = entries(client.get(FEED).data)
    move(rehearsal, "session-2", starts=time(12, 10), ends=time(13, 30))
    after = entries(client.get(FEED).data)
    assert (before.pop("session-2")["SEQUENCE"], after.pop("session-2")["SEQUENCE"]) == ("0", "1")
    assert after == before


def test_a_cancelled_session_stays_and_says_so(rehearsal: KeepingFlask) -> None:
    move(rehearsal, "session-4", cancelled=True)
    entry = entries(rehearsal.test_client().get(FEED).data)["session-4"]
    assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", "1")
    assert entry["SUMMARY"].startswith("Cancelled: ")


def test_a_session_that_is_closed_leaves_the_public_feed(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    before = entries(client.get(FEED).data)
    move(rehearsal, "plenary", visibility=Visibility.CLOSED, title="A secret meeting")
    octets = client.get(FEED).data
    assert before.keys() - entries(octets).keys() == {"plenary"}
    assert b"secret" not in octets


def test_a_visit_claims_no_place_that_nobody_named(rehearsal: KeepingFlask) -> None:
    entry = entries(rehearsal.test_client().get(FEED).data)["site-visit"]
    assert {"LOCATION", "GEO"} & entry.keys() == set()


def test_a_feed_is_served_as_a_snapshot_to_subscribe_to(rehearsal: KeepingFlask) -> None:
    answer = rehearsal.test_client().get(FEED)
    wanted = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: answer.headers[name] for name in wanted} == wanted
    assert "Content-Disposition" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert b"METHOD" not in answer.data


def test_a_download_is_a_file(rehearsal: KeepingFlask) -> None:
    answer = rehearsal.test_client().get(f"{FEED}?download")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rehearsal.ics"'


def test_an_unchanged_feed_answers_304_from_memory(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    first = client.get(FEED)
    with counted(rehearsal) as statements:
        again = client.get(FEED, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, statements) == (304, b"", [])
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Last-Modified"] == first.headers["Last-Modified"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
    ],
)
def test_validators_are_weighed_as_the_standard_says(
    rehearsal: KeepingFlask, headers: dict[str, str], status: int
) -> None:
    assert rehearsal.test_client().get(FEED, headers=headers).status_code == status


def test_head_works_and_post_does_not(rehearsal: KeepingFlask) -> None:
    client: FlaskClient = rehearsal.test_client()
    assert (client.head(FEED).status_code, client.head(FEED).data, client.post(FEED).status_code) == (200, b"", 405)


def test_a_new_release_changes_the_etag(rehearsal: KeepingFlask) -> None:
    client = rehearsal.test_client()
    before = client.get(FEED).headers["ETag"]
    move(rehearsal, "session-1", title="Session 1, opening round")
    assert client.get(FEED, headers={"If-None-Match": before}).status_code == 200
