"""Speed and memory beside bare Flask, measured in one run so that the ratios can be compared: `make bench`.

`make bench ARGS=pages`, `ARGS=planning`, `ARGS=visits`, `ARGS=letters`, `ARGS=served`, `ARGS=growth` or `ARGS=events`
measures one part, and so does `ARGS=storm` (10,000 letters in bad weather, minutes), which is left out where no part
is named; what the others do is told in bench.planning, bench.allocating, bench.letters, bench.served, bench.growing and
bench.events. After "served" may stand a database and numbers of workers (`ARGS="served postgresql 1 4"`), after
"growth" and "events" a database.

In the part "pages" each line is CPU time per request of the whole WSGI call (no network), the median of several rounds,
and its ratio to a bare Flask application that returns a short text. Queries are counted on the same requests.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import event

from app import cli, create_app, db
from app.house import settle
from app.publishing.service import current
from app.web.kept import KeepingFlask
from bench import allocating, board, draft, events, feeds, growing, letters, planning, served
from bench.calls import bare, etag, per_call, request
from bench.feeds import by_icalendar


class Counting:
    """Counts what is asked of the database: the statements of the engine, and the marks of kept pages."""

    def __init__(self, app: KeepingFlask) -> None:
        self.count = 0
        mark = app.shelf.mark

        def counted(slug: str) -> object:
            self.count += 1
            return mark(slug)

        app.shelf.mark = counted
        with app.app_context():
            event.listen(db.db.engine, "before_cursor_execute", self._one)

    def _one(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.count += not statement.startswith(("BEGIN", "ROLLBACK"))

    def of(self, call: Callable[[], object]) -> int:
        call()
        before = self.count
        call()
        return self.count - before


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"INSTANCE": folder, "BASE_URL": "http://localhost", "SECRET_KEY": "bench" * 8})
        settle()  # as wsgi.py does
        with app.app_context():
            upgrade()
            cli.demo("gnets-2023")
            cli.demo("rehearsal")
            feed = db.write(lambda: feeds.summit("twenty", 20, 20, 20), patience=60)
        queries = Counting(app)
        yardstick = per_call(request(bare(), "/"))
        print(f"{'':44}{'µs a request':>14}{'× bare Flask':>14}{'queries':>9}{'octets':>9}")
        print(f"{'bare Flask, a short text':44}{yardstick * 1e6:14.1f}{1:14.2f}{0:9}{5:9}")
        agenda, calendar = "/twenty/agenda", "/twenty/agenda.ics"
        for name, path, headers in (
            ("public agenda, warm", agenda, {}),
            ("public agenda, warm, in London's time", f"{agenda}?tz=Europe/London", {}),
            ("public agenda, 304", agenda, {"If-None-Match": etag(app, agenda)}),
            ("public feed, 200", calendar, {}),
            ("public feed, 304", calendar, {"If-None-Match": etag(app, calendar)}),
            ("personal feed, 200", feed, {}),
            ("personal feed, 304", feed, {"If-None-Match": etag(app, feed)}),
            ("front page of the summit", "/twenty/", {}),
            ("register page", "/twenty/register", {}),
        ):
            call = request(app, path, headers)
            status, octets = call()
            assert status[:3] == ("304" if "304" in name else "200"), (path, status)
            spent = per_call(call)
            print(f"{name:44}{spent * 1e6:14.1f}{spent / yardstick:14.2f}{queries.of(call):9}{octets:9}")
        cold = per_call(partial(anew, app, agenda))
        print(f"{'public agenda, rendered anew each time':44}{cold * 1e6:14.1f}{cold / yardstick:14.2f}")
        with app.test_request_context():
            shown = current("twenty")
            assert shown is not None
            slow = per_call(lambda: by_icalendar(list(shown.public_entries().values())))
        print(f"{'the public feed built by icalendar each time':44}{slow * 1e6:14.1f}{slow / yardstick:14.2f}")
        calendars(app, yardstick, queries)
        desk(app, yardstick, queries)
        one_move(app, yardstick, queries)
        print(f"\npeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def calendars(app: KeepingFlask, yardstick: float, queries: Counting) -> None:
    """Great calendars, a personal one among them, beside icalendar building the same each time."""
    with app.app_context():
        few = db.write(lambda: feeds.summit("few", 1_000, feeds.OWN), patience=60)
        moved = db.write(lambda: feeds.summit("moved", 1_000, feeds.OWN), patience=60)
        db.write(lambda: feeds.switch("moved"))
        for slug, count in (("thousand", 1_000), ("great", 10_000)):
            db.write(partial(feeds.summit, slug, count, count), patience=60)
    for name, path in (
        ("personal feed of 40 of 1,000 sessions", few),
        ("the same after a change of mode", moved),
        ("public feed of 1,000 sessions", "/thousand/agenda.ics"),
        ("public feed of 10,000 sessions", "/great/agenda.ics"),
    ):
        for status, headers in (("200", {}), ("304", {"If-None-Match": etag(app, path)})):
            call = request(app, path, headers)
            said, octets = call()
            assert said[:3] == status, (path, said)
            spent = per_call(call)
            line = f"{name}, {status}"
            print(f"{line:44}{spent * 1e6:14.1f}{spent / yardstick:14.2f}{queries.of(call):9}{octets:9}")
    for count in (feeds.OWN, 1_000):
        built = feeds.entries(count)
        spent = per_call(partial(by_icalendar, built))
        line = f"{count:,} entries built by icalendar each time"
        print(f"{line:44}{spent * 1e6:14.1f}{spent / yardstick:14.2f}")


def desk(app: KeepingFlask, yardstick: float, queries: Counting) -> None:
    """The organisers' greatest pages, with 131 cities and 1,000 people."""
    with app.app_context():
        db.write(board.crowd)
    headers = {"Cookie": board.cookie(app)}
    for name, path in (
        ("board of 131 cities and 1,000 people", "board"),
        ("the same, those without a head", "board?q=city&missing=head"),
        ("its pictures", "board/pictures"),
        ("its people, page 1 of 10", "registrations"),
    ):
        call = request(app, f"/organise/{board.SLUG}/{path}", headers)
        status, octets = call()
        assert status[:3] == "200", (path, status)
        spent = per_call(call)
        print(f"{name:44}{spent * 1e6:14.1f}{spent / yardstick:14.2f}{queries.of(call):9}{octets:9}")


def one_move(app: KeepingFlask, yardstick: float, queries: Counting) -> None:
    """The agenda's board with 300 sessions, and cards dragged on it one by one."""
    with app.app_context():
        db.write(draft.fill)
    headers = {"Cookie": board.cookie(app)}
    call = request(app, f"/organise/{board.SLUG}/schedule", headers)
    spent, octets = per_call(call), call()[1]
    print(
        f"{'agenda board of 300 sessions':44}{spent * 1e6:14.1f}{spent / yardstick:14.2f}{queries.of(call):9}{octets:9}"
    )
    median, slowest, asked = draft.measured(app, lambda: queries.count)
    print(f"{'one move on it, answered as JSON':44}{median * 1e6:14.1f}{median / yardstick:14.2f}{asked:9}")
    print(f"{f'  the slowest of {draft.MOVES} moves':44}{slowest * 1e6:14.1f}{slowest / yardstick:14.2f}")


def anew(app: KeepingFlask, path: str) -> None:
    """Ask for a page that is not kept."""
    app.shelf.clear()
    request(app, path)()


PARTS = {
    "pages": main,
    "growth": growing.main,
    "events": events.main,
    "planning": planning.main,
    "visits": allocating.main,
    "letters": letters.main,
}


def run(words: list[str]) -> None:
    """What the words of the command name; without any, all parts but the storm."""
    match words:
        case ["--trust", file]:
            served.trust(Path(file))
        case ["served", *chosen]:
            served.main(*chosen)
        case ["growth" | "events" as grows, *chosen]:
            PARTS[grows](*chosen)
        case ["storm"]:
            letters.storm()
        case _:
            for part in words or PARTS:
                PARTS[part]()
            if not words:
                served.main()


if __name__ == "__main__":
    run(sys.argv[1:])
