"""Who gets which answer at every door (A1), and no answer that is somebody's own may be kept by a cache (A31).

The answers stand in tests/trust/permission_matrix.csv, which people read: `make matrix` writes it anew, and `git diff`
shows what a change has opened or shut.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

import pytest
from werkzeug.test import TestResponse

from tests.trust import policies
from tests.trust.attacks.poison import every
from tests.trust.doors import circles, marks, matrix
from tests.trust.doors.marks import Mark
from tests.trust.doors.matrix import OWNER, SHUT, Matrix, word
from tests.trust.doors.survey import METHODS, Survey, Way, every_way, shown
from tests.trust.doors.tenants import SINGLE
from tests.trust.doors.world import World
from tests.trust.figures import Figures

pytestmark = pytest.mark.one_database

NOTHING_THERE = {
    "/sign-in/second": "between a right password and the second step alone",
    "/<event>/calendar/chosen.ics": "it holds what somebody chose, by a key in its query",
    "/<event>/look.css": "no event here has colours of its own",
    "/c/<token>/programme.ics": "it is found under the moderator's own secret, in their column",
    "/f/<token>/people/<reference>/photo": "the city's first person has no photo; /d/<token>/about/photo opens one",
    "/f/<token>/videos/<uid>/captions/file": "no film here has captions",
}
"""Doors behind which the world has nothing, so that the line in the matrix proves only that nothing comes out."""


@pytest.fixture(scope="module")
def ways(built: World, surveyed: Survey) -> dict[tuple[str, str], Way]:
    return every_way(built, surveyed)


@dataclass
class Knocked:
    """What happened at all doors."""

    matrix: Matrix = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    """What a cache could keep of what is somebody's own."""
    seen: dict[str, dict[Mark, str]] = field(default_factory=dict)
    """Who came upon which marker, and behind which door."""
    stored: dict[Mark, str] = field(default_factory=dict)
    """What a shared cache would have kept with a marker in it."""
    bare: list[str] = field(default_factory=list)
    """What does not say word for word what may run in it."""
    log: str = ""
    """What the process said meanwhile."""


@pytest.fixture(scope="module")
def knocked(built: World, ways: dict[tuple[str, str], Way], heard: io.StringIO) -> Knocked:
    built.marked.fresh()
    told = Knocked()
    for way, _who, answer, name in matrix.knock(built.marked, ways):
        told.matrix.setdefault(way.name, {})[name] = word(answer)
        if _is_private(way) and word(answer) not in SHUT and not _kept_from_caches(way, answer):
            told.loose.append(f"{way.method} {way.rule} as {name}: {answer.headers.get('Cache-Control')}")
        said = (answer.headers.get(each, "") for each in ("Content-Security-Policy", "X-Content-Type-Options"))
        if not policies.guarded(way.rule, answer.status_code, *said):
            told.bare.append(f"{answer.status_code} {way.method} {way.rule} as {name}")
        for each in marks.found(answer):
            told.seen.setdefault(name, {}).setdefault(each, f"{way.method} {way.rule}")
            if not _forbidden(answer):
                told.stored[each] = f"{way.method} {way.rule} as {name}"
    told.log = heard.getvalue()
    built.fresh()
    return told


def _forbidden(answer: TestResponse) -> bool:
    """Whether a cache between may not keep the answer for others."""
    told = answer.headers.get("Cache-Control", "")
    return "private" in told or "no-store" in told or answer.request.method != "GET"


def _is_private(way: Way) -> bool:
    return way.rule.startswith("/organise/") or bool({"token", "secret"} & way.values.keys())


def _kept_from_caches(way: Way, answer: TestResponse) -> bool:
    told = answer.headers.get("Cache-Control", "")
    by_cookie = "Cookie" in answer.headers.get("Vary", "") or not way.rule.startswith("/organise/")
    return ("private" in told or "no-store" in told) and "public" not in told and by_cookie


def test_every_door_gives_the_answers_that_were_reviewed(knocked: Knocked, figures: Figures) -> None:
    found, reviewed = knocked.matrix, matrix.read()
    differ = {
        key: (reviewed.get(key), found.get(key)) for key in {*found, *reviewed} if found.get(key) != reviewed.get(key)
    }
    assert differ == {}, "read what has changed, then keep it by `make matrix`"
    figures.hold("A1", "doors whose answers were not reviewed", len(differ), exactly=0)
    figures.hold("A1", "answers compared with the reviewed matrix", sum(map(len, found.values())), least=8000)


def test_every_rule_has_its_line(built: World) -> None:
    rules = [each for each in built.app.url_map.iter_rules() if each.endpoint != "static"]
    there = {(shown(rule), method) for rule in rules for method in (rule.methods or set()) & METHODS}
    assert there ^ matrix.read().keys() == set()


def test_each_door_opens_for_the_one_whose_it_is(knocked: Knocked) -> None:
    """Else a line of 404s would prove nothing."""
    shut = {rule for (rule, method), row in knocked.matrix.items() if row[OWNER] in SHUT and method == "GET"}
    assert shut - NOTHING_THERE.keys() == set()


def test_no_door_falls_over(knocked: Knocked, figures: Figures) -> None:
    rows = knocked.matrix.items()
    broken = [(*key, name) for key, row in rows for name, answer in row.items() if answer.startswith("5")]
    figures.hold("P6", "faults among all answers at all doors", len(broken), exactly=0)


def test_what_is_somebodys_own_is_kept_by_no_cache(knocked: Knocked, figures: Figures) -> None:
    figures.hold("A31", "private answers that a shared cache could keep", len(knocked.loose), exactly=0)


def test_strangers_to_an_event_open_none_of_its_doors(knocked: Knocked, figures: Figures) -> None:
    """What can be said of all lines at once, however long the matrix grows."""
    staff = {key: row for key, row in knocked.matrix.items() if "<event>" in key[0] and key[0].startswith("/organise/")}
    network = {key: row for key, row in knocked.matrix.items() if "/<network>/" in key[0]}
    outside = ("anybody", "delegate A", "head A", "focal A", "moderator", "volunteer", "video sender", "organiser 2")
    opened = [(*key, name) for key, row in (staff | network).items() for name in outside if row[name] not in SHUT]
    figures.hold("A1", "doors of an event's desk that opened for outsiders", len(opened), exactly=0)


@pytest.mark.parametrize("name", marks.RIGHTS)
def test_nobody_comes_upon_what_is_others(knocked: Knocked, name: str, figures: Figures) -> None:
    seen = knocked.seen.get(name, {})
    foreign = {str(each): door for each, door in seen.items() if not marks.may_see(name, each)}
    assert foreign == {}
    figures.hold("A2", f"foreign markers that {name} came upon", len(foreign), exactly=0)
    assert marks.missed(name, seen) == set()


def test_a_shared_cache_has_nothing_of_anybody_to_give_to_others(knocked: Knocked, figures: Figures) -> None:
    assert knocked.stored == {}
    figures.hold("A31", "markers in answers that a shared cache may keep", len(knocked.stored), exactly=0)


def test_every_answer_says_what_may_run_in_it(knocked: Knocked, figures: Figures) -> None:
    figures.hold("A18", f"answers at all doors without their policy {knocked.bare[:3]}", len(knocked.bare), exactly=0)


FETCHED = re.compile(
    r"<(?:script|img|source|video|audio|track|iframe|object|embed|input)\b[^>]*?\s(?:src|srcset|data|poster)=[\"']?"
    r"(?:https?:)?//|<link\b[^>]*?\shref=[\"']?(?:https?:)?//(?!localhost)",
    re.IGNORECASE,
)


def test_pages_behind_a_secret_fetch_nothing_from_others(surveyed: Survey, figures: Figures) -> None:
    """A13, beside the browser's own count in tests/trust/attacks/test_in_a_browser.py."""
    assert FETCHED.search('<img alt="" src="https://elsewhere.example/x.png">')
    behind = {
        path: each for path, each in surveyed.pages.items() if re.search("<(?:token|secret)>", surveyed.rules[path])
    }
    heads = {each.split("/")[1] for each in behind}
    assert heads >= {"d", "f", "c", "j", "m", "b", "v", "u"}
    pages = {path: each.text for path, each in behind.items() if each.mimetype == "text/html"}
    lets = [path for path, text in pages.items() if FETCHED.search(text)]
    quiet = {"same-origin", "no-referrer"}
    tells = [path for path, each in behind.items() if each.headers.get("Referrer-Policy") not in quiet]
    figures.hold("A13", f"pages behind a secret that fetch from others {lets[:3]}", len(lets), exactly=0)
    figures.hold("A13", f"pages behind a secret that tell others their address {tells[:3]}", len(tells), exactly=0)
    figures.hold("A13", "pages and files behind a secret that were read", len(behind), least=60)


def test_no_line_of_the_log_holds_what_is_somebodys(built: World, knocked: Knocked, figures: Figures) -> None:
    """Of all doors knocked at by everybody, at the level of debugging."""
    assert knocked.log.count("/organise/<event>/") > 3000
    secrets = {each for who in built.knockers.values() for each in who.secrets.values()}
    said = [each for each in secrets if each in knocked.log]
    said += [str(each) for each in marks.read(knocked.log)] + ADDRESS.findall(knocked.log)
    figures.hold("A35", f"lines of the log of all doors that tell of somebody {said[:3]}", len(said), exactly=0)


ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def test_every_table_of_words_is_marked_or_said_to_be_everybodys(built: World, figures: Figures) -> None:
    """A new one has to be put into a circle, and to have a row for each tenant who could have one."""
    tables = {table.name for table, _column in every()}
    named = {each.partition(".")[0] for each in (*circles.CIRCLES, *circles.PUBLIC)}
    assert tables ^ named == set()
    built.marked.fresh()
    with built.app.app_context():
        known = marks.known()
        wanted = {table.name for table, _column in marks.marked()}
    here = {each.table for each in known if each.whose.event in marks.HERE}
    there = {each.table for each in known if each.whose.event in marks.THERE}
    assert wanted - here - ONLY_ACCOUNTS == set()
    assert wanted - there - ONLY_ACCOUNTS - NOT_THERE.keys() == set()
    of_cities = {each.table for each in known if each.whose.city == "rome"}
    of_others = {each.table for each in known if each.whose.city == "new-york"}
    assert of_cities - of_others - NOT_THERE.keys() == set()
    figures.hold("A2", "markers that were looked for behind all doors", len(known), least=1_300)
    figures.hold("A2", "tables of words with markers of several tenants", len(here & there), least=50)
    built.fresh()


ONLY_ACCOUNTS = {"sign_ins", "passkeys"}
"""What hangs on an account, and on no event."""
NOT_THERE = {
    "articles": "pages of the other event are shown, so they are everybody's",
    "files": "what was sent lies there, and nobody there has sent any",
    "member_files": "what was loaded waits there, and nobody there has loaded any",
    **SINGLE,
}
"""Tables that only the first organiser's events have rows of."""
