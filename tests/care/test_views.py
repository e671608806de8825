"""What machines ask of a process, and who gets the figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.care import disk, fitness
from app.care.measures import Measures
from app.care.revisions import known
from app.db import db, write
from app.web.kept import KeepingFlask
from tests.care.copies import without
from tests.registration.cast import assemble, send, typed


def test_a_process_answers_without_its_database(app: KeepingFlask, client: FlaskClient) -> None:
    with without(app, "alembic_version"):
        assert client.get("/healthz").text == "ok\n"


def test_a_ready_process_says_so(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text, answer.headers["Cache-Control"]) == (200, "ready\n", "no-store")


@pytest.mark.parametrize(
    ("revision", "status", "sentence"),
    [
        (known()[-2], 503, f"Migrations are pending ({known()[-1]}): run `db upgrade` (docs/operations.md).\n"),
        ("9999", 200, "ready\n"),
    ],
    ids=["behind", "of newer code"],
)
def test_a_process_is_ready_only_with_every_migration(
    app: KeepingFlask, client: FlaskClient, revision: str, status: int, sentence: str
) -> None:
    with app.app_context():
        write(lambda: db.session.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'")))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (status, sentence)


def test_a_full_disk_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "writable", lambda _folder: "No space left on device")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The disk takes nothing: No space left on device.\n")


def test_a_process_without_what_pages_stand_on_is_not_ready(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a `make` that ended half-way."""
    names = fitness.LISTED.read_text(encoding="utf-8").split()
    for each in names[:-1]:
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each).touch()
    monkeypatch.setattr(fitness, "FETCHED", tmp_path)
    answer = client.get("/readyz")
    told = f"What pages stand on was not fetched ({names[-1]}). Run: make static/vendor/.done\n"
    assert (answer.status_code, answer.text) == (503, told)


def test_figures_are_of_patterns_and_of_nobody(app: KeepingFlask) -> None:
    cast = assemble(app)
    client = app.test_client()
    assert send(client, "/summit/register", typed(cast)).status_code == 303
    client.get("/c/not-a-token-of-anybody/agenda.ics")
    told = client.get("/metrics").text
    for line in (
        'plenary_requests_total{method="POST",pattern="/<event>/register",status="303",worker="0"} ',
        'plenary_requests_total{method="GET",pattern="/c/<token>/agenda.ics",status="404",worker="0"}',
        'plenary_letters{state="queued"} 1.0',
        'plenary_registrations{event="summit",state="approved"} 1.0',
        'plenary_release{event="summit"} 1.0',
    ):
        assert line in told
    for word in ("Anna", "Bianchi", "rome.example", "not-a-token", "shellfish", "9012345678"):
        assert word not in told


def test_kept_pages_are_counted_under_their_pattern(gnets: KeepingFlask) -> None:
    client = gnets.test_client()
    wanted = 'plenary_kept_pages_total{worker="0"} '
    told = []
    for _ in range(2):
        told.append(client.get("/metrics").text)
        for _ in range(2):
            client.get("/gnets-2023/agenda")
    counts = [float(each.split(wanted)[1].split("\n")[0]) for each in told]
    assert counts[1] - counts[0] >= 1


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_figures_are_for_this_machine_alone(client: FlaskClient, header: str) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={header: "192.0.2.7"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404


def test_figures_are_for_who_has_the_token(app: KeepingFlask, client: FlaskClient) -> None:
    app.config["METRICS_TOKEN"] = token = "a token as long as it must be"
    try:
        codes = [
            client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code
            for headers in (
                {},
                {"Authorization": "Bearer other"},
                {"Authorization": f"Bearer {token}"},
            )
        ]
        assert (codes, client.get("/metrics").status_code) == ([404, 404, 200], 404)
    finally:
        app.config["METRICS_TOKEN"] = ""


def test_whoever_is_asked_knows_the_counts_of_all_who_live(tmp_path: Path) -> None:
    """Two places stand for two processes: locks are of open files."""
    one, two, gone = (Measures(tmp_path) for _ in range(3))
    for each in (one, two, gone):
        each.serving = True
        each.request("/healthz", "GET", "200", 0.001, kept=False)
        each.write()
    assert (one.place, two.place, gone.place) == (0, 1, 2)
    gone.leave()
    told = one.text([]).decode()
    assert [f'worker="{place}"}} 1.0' in told for place in range(3)] == [True, True, False]
    following = Measures(tmp_path)
    following.serving = True
    following.request("/healthz", "GET", "200", 0.001, kept=True)
    assert following.place == 2


@pytest.mark.parametrize(("given", "behind", "kept"), [
    ("0123456789abcdef", True, True), ("0123456789abcdef", False, False), ("short", True, False),
    ("x" * 65, True, False), ("with spaces in it", True, False),
])  # fmt: skip
def test_the_number_of_a_request_is_the_proxys_where_that_is_trusted(
    app: KeepingFlask, client: FlaskClient, given: str, behind: bool, kept: bool
) -> None:
    watched = app.extensions["watched"]
    watched.behind_proxy = behind
    try:
        found = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    finally:
        watched.behind_proxy = False
    assert (found == given, len(found) == 16) == (kept, True)


def test_nothing_is_served_before_the_migrations(app: KeepingFlask, client: FlaskClient) -> None:
    watched = app.extensions["watched"]
    watched.behind = lambda: True
    try:
        codes = [client.get(path).status_code for path in ("/", "/healthz", "/readyz")]
    finally:
        watched.behind = lambda: False
    assert codes == [503, 200, 200]
