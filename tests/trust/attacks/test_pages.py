"""Hostile words in every column that people's words reach, and every page, letter and file of the house made of them.

Beside these: what single fields take stands with their forms (tests/desk/test_hostile*.py, tests/web/test_toasts.py),
what Markdown may say in tests/site/test_writing.py and tests/outbox/test_openings.py, and which frames may show what in
tests/publishing/test_embedding.py.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import product
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from playwright.sync_api import Browser
from werkzeug.routing import AnyConverter

from app.web.guard import POLICY
from tests.ical import rules
from tests.measure import glass
from tests.trust import policies
from tests.trust.attacks import payloads
from tests.trust.attacks.crawl import Answer, House, faults, kept
from tests.trust.attacks.glass import Watch
from tests.trust.attacks.poison import poison
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database
SAMPLE = 16
"""Pages that a browser opens in an ordinary run; with `make trust` it opens all."""


def test_no_word_becomes_part_of_a_page_or_letter(house: House, figures: Figures) -> None:
    pages = [each for each in house.answers if each.kind == "text/html"]
    assert sum(payloads.MARK in each.text for each in pages) > 250  # else nothing hostile was there to be found
    figures.hold("A17", "pages and letters that were read", len({each.path for each in pages}), least=330)
    found = [(each.path, fault) for each in pages for fault in faults(each.text)]
    figures.hold("A17", f"elements and attributes made of words {found[:3]}", len(found), exactly=0)


def test_a_word_that_is_not_escaped_is_found() -> None:
    """The control: each payload that is HTML would be noticed if a page let it through."""
    tags = [
        each for each in payloads.SCRIPTS if re.search(r"<[a-z]", each) and not each.startswith(("<template", "<https"))
    ]
    assert len(tags) > 28
    missed = [each for each in tags if faults(f"<p title='{each}'>{each}</p>") == []]
    assert [each for each in missed if not each.startswith(("<meta", "<video", "<form", "<noscript"))] == []


def test_nothing_runs_or_asks_in_a_browser(house: House, browser: Browser, full: bool, figures: Figures) -> None:
    pages = [each for each in house.walk.by_rule() if not each.anybody]
    step = 1 if full else max(1, len(pages) // SAMPLE)
    with glass.served(house.walk.app) as url:
        session = {"name": str(house.walk.app.config["SESSION_COOKIE_NAME"]), "value": house.walk.cookie, "url": url}
        watch = Watch(browser, [session])
        for each in pages[::step]:
            watch.look(url + each.path)
        watch.context.close()
    for what, found in watch.found.items():
        figures.hold("A17", f"{what} {found[:3]}", len(found), exactly=0)


OPEN = ("/<event>/", "/<event>/agenda", "/d/<token>/", "/f/<token>/")
"""What those see who are not signed in: everybody, a delegate, the office of a city."""
LETTER = "/organise/<event>/outbox/<int(max=2147483647):number>"
"""A page with a letter in its frame."""


def test_nothing_runs_for_anybody_else_nor_in_a_letter(house: House, browser: Browser, figures: Figures) -> None:
    """Without a cookie: public pages, pages behind a secret, pages that say what went wrong; and a letter."""
    found = {each.key: each for each in house.walk.pages.values()}
    paths = [found[key].path for key in OPEN]
    wrong = [f"/nowhere?{quote(each)}" for each in payloads.SCRIPTS[:2]] + [f"{found['/d/<token>/'].path}nowhere"]
    assert all(payloads.MARK in found[key].html for key in (*OPEN, LETTER))
    with glass.served(house.walk.app) as url:
        session = {"name": str(house.walk.app.config["SESSION_COOKIE_NAME"]), "value": house.walk.cookie, "url": url}
        for cookies, those in (([], [*paths, *wrong]), ([session], [found[LETTER].path])):
            watch = Watch(browser, cookies)
            for each in those:
                watch.look(url + each)
            watch.context.close()
            for what, more in watch.found.items():
                figures.hold(
                    "A17", f"{what}, of others than organisers and in letters {more[:3]}", len(more), exactly=0
                )


def test_a_browser_is_seen_to_run_what_a_page_lets_in(browser: Browser) -> None:
    """The control: pages without escaping and without a policy."""
    app = Flask("open")
    app.add_url_rule("/", view_func=lambda: f"<!doctype html><title>x</title>{payloads.SCRIPTS[2]}<script>1</script>")
    shut = "<!doctype html><title>x</title>" + payloads.SCRIPTS[0]
    app.add_url_rule("/shut", view_func=lambda: (shut, {"Content-Security-Policy": POLICY}), endpoint="shut")
    with glass.served(app) as url:
        watch = Watch(browser, [])
        watch.look(f"{url}/")
        watch.look(f"{url}/shut")
        watch.context.close()
    assert (len(watch.ran), len(watch.asked), len(watch.reports)) == (1, 1, 1)


def refused(client: FlaskClient) -> Iterator[Answer]:
    """An answer of every kind that is no success."""
    forms = "application/x-www-form-urlencoded"
    for path in (
        "/",
        "/nowhere",
        "/rehearsal/agenda",
        "/static/plenary.css",
        "/static/none.css",
        "/organise/",
        "/d/x/",
    ):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
            yield kept(client.open(path, method=method, buffered=True))
    yield kept(client.post("/rehearsal/register", data="x" * 2_000_000, content_type=forms))
    yield kept(client.post("/rehearsal/register", data="{}", content_type="application/json"))
    yield kept(client.post("/rehearsal/register", data="a=&" * 20_000, content_type=forms))
    yield kept(client.get("/rehearsal%00/agenda"))
    yield kept(client.post("/sign-out"))
    yield kept(client.get("/organise/rehearsal"))


def test_every_answer_carries_the_policy(house: House, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    app = house.walk.app
    client = FlaskClient(app, app.response_class)
    client._cookies = house.organiser.client._cookies
    answers = [*house.answers, *refused(client)]
    tagged = [each for each in house.answers if each.status == 200 and each.one("ETag")]
    again = [kept(client.get(each.path, headers={"If-None-Match": each.one("ETag")}, buffered=True)) for each in tagged]
    assert sum(each.status == 304 for each in again) > 10
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "publishing.home", _broken)
    broken = kept(client.get("/"))
    answers += [*again, broken]
    assert broken.status == 500
    assert {each.status for each in answers} >= {200, 303, 304, 400, 404, 405, 413, 415, 500}
    loose = [(each.status, each.method, each.path) for each in answers if bare(house, each)]
    figures.hold("A18", f"answers without the policy {loose[:3]}", len(loose), exactly=0)
    figures.hold("A18", "answers that were looked at", len(answers), least=700)


def test_no_head_of_an_answer_is_broken_by_words(house: House, figures: Figures) -> None:
    wrong = []
    for each in house.answers:
        names = [name for name, _value in each.headers if name != "Set-Cookie"]
        said = each.one("Content-Disposition")
        wrong += [each.path] * (len(names) != len(set(names)))
        wrong += [each.path] * any(
            not value.isascii() or re.search(r"[\x00-\x1f\x7f]", value) for _n, value in each.headers
        )
        wrong += [each.path] * bool(said and not FILED.fullmatch(said))
    figures.hold("A30", f"answers whose head words have broken {wrong[:3]}", len(wrong), exactly=0)


FILED = re.compile(
    r'(?:attachment|inline)(?:; filename=(?:"(?:[^"\\]|\\.)+"|[\w.!#$&+^`|~-]+))?'
    r"(?:; filename\*=UTF-8\'\'[\w.!#$&+^`|~%-]+)?"
)
"""RFC 6266, with the name in letters of ASCII."""


def _broken(**_values: object) -> str:
    raise ValueError("a fault of ours")


def bare(house: House, answer: Answer) -> bool:
    """Whether an answer does not say, word for word, what may run in it."""
    rule = house.walk.rule(answer.path)
    policy, sniffing = answer.one("Content-Security-Policy"), answer.one("X-Content-Type-Options")
    return not policies.guarded(rule, answer.status, policy, sniffing)


def test_a_policy_that_lets_in_more_is_found() -> None:
    """The control: styles and pictures of others, and whatever a rule of its own allows at another address."""
    for more in ("style-src 'self' 'unsafe-inline'", "img-src *", "script-src 'self' https:"):
        loose = re.sub(more.split()[0] + "[^;]*", more, policies.PAGE)
        assert not policies.guarded("/", 200, loose, "nosniff")
    assert policies.guarded("/<event>/videos", 200, policies.FILMS, "nosniff")
    assert not policies.guarded("/<event>/agenda", 200, policies.FILMS, "nosniff")
    assert not policies.guarded("/<event>/videos", 404, policies.FILMS, "nosniff")
    assert not policies.guarded("/", 200, policies.PAGE, "")


def test_only_the_framed_agenda_may_be_framed(house: House, figures: Figures) -> None:
    open_to_all = [each for each in house.answers if "frame-ancestors *" in each.one("Content-Security-Policy")]
    assert {each.path.split("/")[1] for each in open_to_all} == {"embed"}
    fresh = FlaskClient(house.walk.app, house.walk.app.response_class)
    found = []
    for each in open_to_all:
        answer = fresh.get(each.path)
        posts = [form for form in re.findall("<form[^>]*>", answer.text) if "post" in form.lower()]
        found += [each.path] * ("Set-Cookie" in answer.headers or bool(posts) or "csrf" in answer.text)
    figures.hold("A33", f"framed pages with cookies or forms that change something {found}", len(found), exactly=0)
    shut = [each for each in house.answers if not each.path.startswith("/embed/") and not _unframed(each)]
    figures.hold("A33", f"other pages that may be framed {[each.path for each in shut][:3]}", len(shut), exactly=0)


def _unframed(answer: Answer) -> bool:
    """A letter is shown in a frame of the desk's own page, and nowhere else."""
    policy = answer.one("Content-Security-Policy")
    return "frame-ancestors 'none'" in policy or "frame-ancestors 'self'" in policy or answer.kind != "text/html"


ELSEWHERE = "evil.example"
HEADERS = {
    "X-Forwarded-Host": ELSEWHERE,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": f"//{ELSEWHERE}",
    "X-Forwarded-For": f"{ELSEWHERE}, 127.0.0.1",
    "X-Host": ELSEWHERE,
    "X-Original-URL": "/organise/",
    "X-Rewrite-URL": "/organise/",
    "X-HTTP-Method-Override": "POST",
    "Forwarded": f"host={ELSEWHERE};proto=gopher",
    "Referer": f"https://{ELSEWHERE}/",
    "Origin": f"https://{ELSEWHERE}",
}
UNKEYED = f"utm_source={ELSEWHERE}&_={ELSEWHERE}&callback={ELSEWHERE}&next=//{ELSEWHERE}"
ITSELF = re.compile(r'href="\?[^"]*"')
"""The same page in another language: such a link keeps what this reader asked for, and such a page is not kept."""
CHANGES = re.compile(
    r'name="(?:csrf_token|submit_key)"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="(?:csrf_token|submit_key)"'
)


def test_no_header_and_no_unkeyed_word_changes_what_others_get(house: House, figures: Figures) -> None:
    client = FlaskClient(house.walk.app, house.walk.app.response_class)
    public = [each for each in house.answers if each.status == 200 and "public" in each.one("Cache-Control")]
    paths = sorted({each.path for each in public if each.kind in {"text/html", "text/calendar", "application/json"}})
    assert len(paths) > 30
    told, changed = [], []
    for path in paths:
        before = _said(client, path)
        for asked, headers in ((path, HEADERS), (f"{path}{'&' if '?' in path else '?'}{UNKEYED}", {})):
            answer = client.get(asked, headers=headers, buffered=True)
            words = ITSELF.sub("", answer.text)
            told += [path] * (ELSEWHERE in words or any(ELSEWHERE in value for _n, value in answer.headers))
        changed += [path] * (_said(client, path) != before)
    figures.hold("A32", f"answers that name a host of somebody's {told[:3]}", len(told), exactly=0)
    figures.hold("A32", f"answers that others then get otherwise {changed[:3]}", len(changed), exactly=0)


def _said(client: FlaskClient, path: str) -> str:
    answer = client.get(path, buffered=True)
    return CHANGES.sub("", answer.text) if answer.mimetype == "text/html" else answer.text


def test_calendars_of_hostile_words_are_sound(house: House, figures: Figures) -> None:
    calendars = [each for each in house.answers if each.status == 200 and each.kind == "text/calendar"]
    assert len(calendars) > 6
    found = [(each.path, fault) for each in calendars for fault in rules.faults(each.body)]
    figures.hold("A21", f"faults of calendars made of hostile words {found[:3]}", len(found), exactly=0)


def tables(house: House) -> list[str]:
    """The address of every table that the house gives out, in both kinds, with every choice that an address has."""
    found: set[str] = set()
    adapter = house.walk.app.url_map.bind("localhost")
    for each in house.answers:
        path = each.path.split("?")[0]
        if each.status != 200 or not path.endswith((".csv", ".xlsx")):
            continue
        rule, values = adapter.match(path, return_rule=True)
        found.add(each.path)
        kinds = rule._converters.items()
        choices: dict[str, Iterable[str]] = {name: one.items for name, one in kinds if isinstance(one, AnyConverter)}
        if "form" in values:
            choices["form"] = ("csv", "xlsx")
        for chosen in product(*choices.values()):
            built = adapter.build(rule.endpoint, dict(values) | dict(zip(choices, chosen, strict=True)))
            if built.endswith((".csv", ".xlsx")):
                found.add(built)
    return sorted(found)


def test_no_table_holds_a_formula(house: House, figures: Figures) -> None:
    """Runs last: it makes all words others."""
    cells_that_run = *payloads.FORMULAS, payloads.QUOTED
    poison(house.walk.app, lambda number: cells_that_run[number % len(cells_that_run)])
    cells, runs = 0, []
    paths = tables(house)
    for path in paths:
        answer = house.organiser.client.get(path)
        if answer.status_code != 200:
            continue
        for cell, is_formula in (_csv if path.split("?")[0].endswith("csv") else _xlsx)(answer.data):
            cells += 1
            runs += [(path, cell)] * is_formula
    figures.hold("A22", "tables that were read", len(paths), least=36)
    figures.hold("A22", "cells that were read", cells, least=2_000)
    figures.hold("A22", f"cells that a spreadsheet would work out {runs[:3]}", len(runs), exactly=0)


NUMBER = re.compile(r"[-+]?[\d.,]+%?|\+\d[\d ]{4,30}|[-—–]")


def _csv(octets: bytes) -> Iterator[tuple[str, bool]]:
    for row in csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")):
        for cell in row:
            first = cell.lstrip(" \t\r\n\xa0\u3000'")[:1] in tuple("=+-@＝＋－＠")  # noqa: RUF001
            yield cell, first and not cell.startswith("'") and not NUMBER.fullmatch(cell)


def _xlsx(octets: bytes) -> Iterator[tuple[str, bool]]:
    for row in load_workbook(io.BytesIO(octets)).worksheets[0].iter_rows():
        for cell in row:
            if cell.value is not None:
                yield str(cell.value), cell.data_type == "f"
