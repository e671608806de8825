"""Every kind of calendar over HTTP: what programs rely on when they ask again and again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.publishing.calendars.kinds import furnish, private, public
from tests.queries import counted
from tests.registration.cast import Cast

ROOT = Path(__file__).parents[3]
WRONG = ("/c/wrong/agenda.ics", "/c/wrong/city.ics", "/c/wrong/programme.ics")


def test_every_kind_is_served_as_a_snapshot_to_subscribe_to(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    few = private(cast)
    for name, path in (public(cast) | few).items():
        answer = client.get(path, headers={"Accept": ""})
        told = {
            "Content-Type": "text/calendar; charset=utf-8",
            "Cache-Control": f"{'private' if name in few else 'public'}, max-age=300",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if name in few:
            told |= {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
        assert {key: answer.headers[key] for key in told} == told, name
        assert {"Content-Disposition", "Set-Cookie"} & set(answer.headers.keys()) == set(), name
        head = client.head(path)
        assert (head.status_code, head.data, client.post(path).status_code) == (200, b"", 405), name
        assert head.headers["ETag"] == answer.headers["ETag"]
        assert len(f"https://plenary.example{path}") <= 250


def test_every_kind_answers_304_with_both_validators_at_one_query_at_most(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    for name, path in (public(cast) | private(cast)).items():
        first = client.get(path)
        both = {key: first.headers[key] for key in ("ETag", "Last-Modified")}
        for headers in (
            {"If-None-Match": both["ETag"]},
            {"If-None-Match": f'"other", {both["ETag"]}'},
            {"If-None-Match": "*"},
            {"If-Modified-Since": both["Last-Modified"]},
        ):
            with counted(cast.app) as statements:
                again = client.get(path, headers=headers)
            assert (again.status_code, again.data, len(statements) <= 1) == (304, b"", True), name
            assert {key: again.headers[key] for key in both} == both
        for headers in (
            {"If-None-Match": '"other"', "If-Modified-Since": both["Last-Modified"]},
            {"If-Modified-Since": "yesterday"},
            {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
        ):
            assert client.get(path, headers=headers).status_code == 200


def test_every_kind_downloads_as_a_file_with_a_plain_name_of_its_own(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    names = set()
    for path in (public(cast) | private(cast)).values():
        said = client.get(f"{path}?download").headers["Content-Disposition"]
        assert said.isascii()
        assert said.startswith('attachment; filename="summit')
        names.add(said)
    assert len(names) == 14


@pytest.mark.parametrize("path", WRONG)
def test_a_wrong_secret_is_not_found_and_leads_to_no_sign_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, "This address opens no calendar" in answer.text) == (404, True)


def test_each_secret_opens_its_own_calendar_alone(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    few = private(cast)
    ends = {"agenda.ics", "city.ics", "programme.ics"}
    for path in few.values():
        _empty, c, secret, end = path.split("/")
        assert len(secret) >= 22  # 128 bits
        others = [f"/{c}/{secret}/{other}" for other in ends - {end}] + [f"/d/{secret}/", f"/f/{secret}/"]
        assert [client.get(other).status_code for other in others] == [404] * 4


def test_search_engines_and_google_may_fetch_calendars(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    barred = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    assert barred == ["/d/", "/organise/"]


@pytest.mark.parametrize(
    "path",
    [
        "/summit/days/2027-07-09.ics",
        "/summit/days/yesterday.ics",
        "/summit/themes/fire.ics",
        "/summit/rooms/99.ics",
        "/summit/rooms/x.ics",
        "/summit/sessions/closed.ics",
        "/summit/sessions/nothing.ics",
        "/summit/calendar/chosen.ics?session=closed&session=nothing",
        "/summit/cities/atlantis.ics",
        "/nowhere/agenda.ics",
    ],
)
def test_what_there_is_not_has_no_calendar(cast: Cast, client: FlaskClient, path: str) -> None:
    furnish(cast)
    assert client.get(path).status_code == 404


PROGRAM = """
import json, sys
from hashlib import sha256
from app import create_app
given, paths = json.loads(sys.argv[1])
client = create_app(given).test_client()
for path in paths:
    answer = client.get(path)
    print(answer.status_code, sha256(answer.data).hexdigest(), answer.headers["ETag"], answer.headers["Last-Modified"])
"""


def test_two_workers_serve_the_same_octets(cast: Cast, client: FlaskClient) -> None:
    furnish(cast)
    paths = list((public(cast) | private(cast)).values())
    here = ""
    for path in paths:
        answer = client.get(path)
        told = answer.headers["ETag"], answer.headers["Last-Modified"]
        here += f"{answer.status_code} {sha256(answer.data).hexdigest()} {told[0]} {told[1]}\n"
    given = {name: cast.app.config[name] for name in ("INSTANCE", "DATABASE_URL", "BASE_URL", "SECRET_KEY")}
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": "America/New_York"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, json.dumps([given, paths])],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == here, done.stderr
