"""P7: how long pages take at a summit of 500 attendees, for those who work with them."""

from __future__ import annotations

import time

import pytest
from flask.testing import FlaskClient

from app.web.kept import KeepingFlask
from tests.costs.pages import LISTS
from tests.costs.test_equal import summits
from tests.databases import States
from tests.desk.office import Organiser
from tests.trust.clients import percentile
from tests.trust.figures import Figures

SIZE = 72
"""Of everything, and of people in each of seven states: 504."""
READERS = {
    "organisers": ("/organise/",),
    "delegates": ("/d/", "/c/"),
    "focal points": ("/f/",),
    "the public": ("/{slug}", "/embed/"),
}
"""Who reads which pages."""
TRIES = 3


def taken(app: KeepingFlask, reader: Organiser, path: str) -> tuple[float, float] | None:
    """Seconds of CPU and by the clock for one page that is drawn anew, the quickest of some; None: it is a file."""
    cpu, clock = [], []
    for _each in range(TRIES):
        app.shelf.clear()
        before, begun = time.process_time(), time.perf_counter()
        answer = FlaskClient.open(reader.client, path)
        cpu.append(time.process_time() - before)
        clock.append(time.perf_counter() - begun)
        assert answer.status_code == 200, (path, answer.status_code)
    return (min(cpu), min(clock)) if answer.mimetype == "text/html" else None


@pytest.mark.trust
def test_pages_of_a_summit_of_500_keep_to_their_budget(
    standing: KeepingFlask, database: States, figures: Figures
) -> None:
    reader, (there,) = summits(standing, database, {"many": SIZE})
    for who, below in READERS.items():
        paths = [each.format(**there) for each in LISTS if each.startswith(below)]
        found = [took for path in paths if (took := taken(standing, reader, path)) is not None]
        cpu, clock = (percentile(seconds, 0.95) * 1000 for seconds in zip(*found, strict=True))
        figures.hold("P7", f"pages of {who} that were opened at 504 attendees", len(found), least=2)
        figures.measure("P7", f"CPU of a page of {who}, p95", round(cpu), most=300, unit="ms")
        figures.measure("P7", f"a page of {who} by the clock, p95", round(clock), most=300, unit="ms")
