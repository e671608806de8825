"""The ground of all tests: an application on a fresh database of the kind chosen by --database."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from app.house import settle
from app.web.kept import KeepingFlask
from tests.browser import chromium
from tests.databases import KEY, States, open_database
from tests.heard import Hearing, needed
from tests.pages import CheckedClient
from tests.queries import watch_locks

QUICKLY = {"argon2__memory_cost": 8, "argon2__time_cost": 1, "argon2__parallelism": 1}
"""Passwords are hashed at no cost, for the thousands who sign in; tests/accounts has the cost that the product has."""
settings.register_profile("the same each time", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("the same each time")  # a landing does not hang on chance; whoever works here explores


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where the rows live")
    parser.addoption("--trust", metavar="FILE", help="run the proofs at full length and add their figures to this file")
    parser.addoption(
        "--heard",
        metavar="FOLDER",
        type=Path,
        help="on SQLite note there what tests send; then on PostgreSQL run those alone that together send all of it",
    )


def pytest_configure(config: pytest.Config) -> None:
    folder: Path | None = config.getoption("--heard")
    if folder is None or config.getoption("--database") != "sqlite":
        return
    if not hasattr(config, "workerinput"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    config.pluginmanager.register(Hearing(folder))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes is for `make trust` alone; and of what SQLite ran, some may be enough."""
    full = config.getoption("--trust") is not None
    wanted = {each.nodeid for each in items if full or not each.get_closest_marker("trust")}
    folder: Path | None = config.getoption("--heard")
    if folder is not None and config.getoption("--database") != "sqlite":
        wanted = needed(sorted(wanted), folder)
    config.hook.pytest_deselected(items=[each for each in items if each.nodeid not in wanted])
    items[:] = [each for each in items if each.nodeid in wanted]


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[States]:
    with open_database(request.config.getoption("--database"), tmp_path_factory.mktemp("database")) as opened:
        yield opened


@pytest.fixture(scope="session")
def standing(database: States, tmp_path_factory: pytest.TempPathFactory) -> KeepingFlask:
    """One application for all tests; its database is put back before each."""
    app = create_app(
        {
            "INSTANCE": str(tmp_path_factory.mktemp("instance")),
            "DATABASE_URL": database.url,
            "BASE_URL": "http://localhost",
            "SECRET_KEY": KEY,
            "TESTING": True,
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": QUICKLY,
        }
    )
    app.test_client_class = CheckedClient
    database.attach(app)
    watch_locks(app)
    settle()
    return app


@pytest.fixture
def app(standing: KeepingFlask, database: States) -> KeepingFlask:
    """The application on an empty, migrated database."""
    database.restore("empty")
    return standing


@pytest.fixture
def gnets(standing: KeepingFlask, database: States) -> KeepingFlask:
    """The application with the G-NETS archive loaded and published, as `demo gnets-2023` leaves it."""
    database.restore("gnets-2023")
    return standing


@pytest.fixture
def rehearsal(standing: KeepingFlask, database: States) -> KeepingFlask:
    """The application with the archive and the rehearsal, as `make run` leaves it."""
    database.restore("rehearsal")
    return standing


@pytest.fixture
def client(app: KeepingFlask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def instance(standing: KeepingFlask) -> Path:
    return Path(standing.config["INSTANCE"])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of a process: there may be no second one beside it."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory():
        opened = playwright.chromium.launch(executable_path=chromium.executable(), args=[*chromium.FLAGS])
        yield opened
        opened.close()
