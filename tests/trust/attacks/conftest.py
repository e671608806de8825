"""Who is attacked: the people of the accounts' own tests, a small summit, and the hostile house, which is filled and
walked through once for all attacks on what it shows and takes."""

from __future__ import annotations

import socket

import pytest

from app.web.kept import KeepingFlask
from tests.accounts.conftest import castle, door, gate, wing
from tests.databases import States
from tests.measure.cast import gather
from tests.registration.conftest import cast
from tests.trust.attacks import payloads
from tests.trust.attacks.crawl import House, crawl
from tests.trust.attacks.poison import poison
from tests.trust.figures import Figures

__all__ = ["cast", "castle", "door", "gate", "house", "walked_house", "wing"]
STATE = "hostile"


@pytest.fixture(scope="session")
def walked_house(
    standing: KeepingFlask, database: States, tmp_path_factory: pytest.TempPathFactory, full: bool, figures: Figures
) -> House:
    database.restore("rehearsal")
    organiser, doors = gather(standing, tmp_path_factory.mktemp("clips"))
    few = [payloads.SCRIPTS[at : at + 8] for at in range(0, 40, 8)]
    columns = poison(standing, lambda number: payloads.ALL if full else " ".join(few[number % len(few)]))
    figures.hold("A17", "columns that people's words reach, hostile", columns, least=180)
    out: list[object] = []

    def noted(*asked: object, **_more: object) -> list[object]:
        out.append(asked)
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", noted)
        patch.setattr(socket, "getaddrinfo", noted)
        house = crawl(organiser, doors)
    figures.hold("A26", f"connections while every page, letter and file was made {out[:3]}", len(out), exactly=0)
    database.release()
    database.save(STATE)
    database.saved.add(STATE)
    return house


@pytest.fixture(scope="module")
def house(walked_house: House, database: States) -> House:
    """The house of all cast, hostile from cellar to roof, walked through; its database is as it was then."""
    database.restore(STATE)
    return walked_house
