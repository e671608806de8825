"""F10: the disk under SQLite is full for some seconds while people register, and then it is not any more.

Where a small file system can be mounted (by root alone) it is one that is really full. Elsewhere SQLite itself is told
that its file may not grow, in the server of this test alone.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.trust.clients import address
from tests.trust.faults.conftest import Storm
from tests.trust.faults.test_mail import until
from tests.trust.figures import Figures
from tests.trust.grounds import ground
from tests.trust.served import PATIENCE, served

pytestmark = pytest.mark.one_database
ROOM = "24m"


@contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """A file system of 24 MB mounted there, if this user may; whether it is."""
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(place)]
    mounted = os.geteuid() == 0 and subprocess.run(words, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def full_disk(place: Path, mounted: bool, folder: Path) -> Iterator[None]:
    """Nothing more can be written there meanwhile."""
    if not mounted:
        (folder / "full").touch()
        yield
        (folder / "full").unlink()
        return
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
        yield
    filler.unlink()


def test_a_full_disk_loses_nothing_and_pages_go_on(
    request: pytest.FixtureRequest, tmp_path: Path, figures: Figures, full: bool
) -> None:
    if request.config.getoption("--database") != "sqlite":
        pytest.skip("PostgreSQL's disk is its own")
    seconds, people = (5.0, 1000) if full else (1.5, 60)
    place = tmp_path / "disk"
    with small_disk(place) as mounted, ground("sqlite", tmp_path, place) as made:
        broken = () if mounted else ("disk",)
        with served(made.settings, tmp_path / "house", broken=broken) as house:
            storm = Storm(made, house)
            crowd = storm.crowd()
            pages = []
            with crowd.coming():
                crowd.some(people // 4)
                with full_disk(place, mounted, tmp_path / "house"):
                    begun = time.monotonic()
                    while time.monotonic() - begun < seconds or (
                        not crowd.tally.answers[503] and time.monotonic() - begun < PATIENCE
                    ):
                        pages.append(storm.browser(address(1)).get("/summit/agenda").status)
                        pages.append(storm.browser(address(1)).get("/summit/register").status)
                freed = time.monotonic()
                crowd.some(people - people // 4)
            first = min(each for each in crowd.tally.done_at if each > freed) - freed
            tally = crowd.tally
            figures.hold(
                "F10", "pages that did not come while the disk was full", len(pages) - pages.count(200), exactly=0
            )
            figures.hold("F10", "answers that said to try again while the disk was full", tally.answers[503], least=1)
            figures.hold("F10", "answers that were a fault of ours (500)", tally.answers[500], exactly=0)
            figures.hold("F10", "answers without what was typed", tally.lost_forms, exactly=0)
            figures.hold("F10", "people who gave up", len(tally.gone), exactly=0)
            figures.measure("F10", "first success after the disk was freed", first, most=1, unit="s")
            storm.examine(crowd).hold(figures, "F10")


def test_a_full_disk_taken_for_any_other_fault_would_lose_what_was_typed(
    request: pytest.FixtureRequest, unforgiving: Storm, tmp_path: Path
) -> None:
    """The control: nobody is told to press again once there is room."""
    if request.config.getoption("--database") != "sqlite":
        pytest.skip("PostgreSQL's disk is its own")
    crowd = unforgiving.crowd(at_once=4)
    with crowd.coming():
        crowd.some(1)
        with full_disk(tmp_path, False, unforgiving.house.folder):
            until(lambda: crowd.tally.lost_forms > 0)
    assert (crowd.tally.answers[500] > 0, crowd.tally.lost_forms > 0) == (True, True)


@pytest.mark.trust
def test_people_told_before_it_is_stored_would_be_lost(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The control: "you are registered" does not wait for the disk."""
    if request.config.getoption("--database") != "sqlite":
        pytest.skip("PostgreSQL's disk is its own")
    place = tmp_path / "disk"
    with small_disk(place) as mounted:
        if not mounted:
            pytest.skip("no file system can be mounted here, and the way round it fills the disk before the answer")
        with (
            ground("sqlite", tmp_path, place) as made,
            served(made.settings, tmp_path / "house", broken=["answers_first"]) as house,
        ):
            storm = Storm(made, house)
            crowd = storm.crowd(at_once=8)
            with crowd.coming():
                crowd.some(8)
                with full_disk(place, True, tmp_path / "house"):
                    crowd.some(8)
            assert storm.examine(crowd).lost > 0
