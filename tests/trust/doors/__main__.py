"""`make matrix`: write the permission matrix anew, to be read before it is kept."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from app import create_app
from tests.databases import KEY, open_database
from tests.pages import CheckedClient
from tests.trust.doors import matrix
from tests.trust.doors.survey import every_way, survey
from tests.trust.doors.world import build


def main() -> None:
    with tempfile.TemporaryDirectory() as place, open_database("sqlite", Path(place)) as database:
        told = {"INSTANCE": place, "DATABASE_URL": database.url, "BASE_URL": "http://localhost", "TESTING": True}
        app = create_app({**told, "SECRET_KEY": KEY})
        app.test_client_class = CheckedClient
        database.attach(app)
        world = build(app, database, Path(place))
        world.fresh()
        ways = every_way(world, survey(world))
        world.marked.fresh()
        found: matrix.Matrix = {}
        for way, _who, answer, name in matrix.knock(world.marked, ways):
            found.setdefault(way.name, {})[name] = matrix.word(answer)
        matrix.write(found)
    sys.stdout.write(f"{len(found)} lines, {sum(map(len, found.values()))} answers in {matrix.FILE}\n")


if __name__ == "__main__":
    main()
