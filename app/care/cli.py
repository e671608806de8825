"""Commands for whoever runs the installation: `flask --app wsgi backup FILE` and its like."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app import clock
from app.care import backup, doctor, mail, restore
from app.care.archive import KEY
from app.db import db
from app.refused import Refused

PLACE = click.Path(path_type=Path)
ARCHIVE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _fail(no: Refused) -> NoReturn:
    click.echo(no.message, err=True)
    sys.exit(1)


@click.command("backup")
@click.argument("file", type=PLACE)
@click.option("--videos/--no-videos", default=True, show_default=True, help="Whether the films of cities go in.")
@click.option(
    "--key/--no-key",
    default=True,
    show_default=True,
    help="Whether the key goes in, without which no link can be shown again.",
)
@with_appcontext
def backup_command(file: Path, videos: bool, key: bool) -> None:
    """Copy everything into FILE, a zip archive, while all of it runs; into a folder, under the time of its making."""
    settings, now = current_app.config, clock.now()
    asked = backup.Asked(settings["SECRET_KEY"] if key else "", videos, settings["BASE_URL"])
    target = backup.named(file, now)
    try:
        made = backup.back_up(db.engine, Path(settings["INSTANCE"]), target, asked, now)
    except Refused as no:
        _fail(no)
    click.echo(
        f"{target}: {made.rows} rows of {len(made.tables)} tables, {len(made.files)} files, revision {made.revision}."
    )
    if KEY in made.files:
        click.echo("It holds the key and what people entrusted to you. Its owner alone can read it; keep it so.")


@click.command("restore")
@click.argument("file", type=ARCHIVE)
@click.option("--send", is_flag=True, help="Let letters go that waited; right only if nothing ran since the backup.")
@with_appcontext
def restore_command(file: Path, send: bool) -> None:
    """Bring the backup FILE back, into an empty instance and an empty database of either kind."""
    settings = current_app.config
    place = restore.Place(
        db.engine,
        Path(settings["INSTANCE"]),
        settings["SECRET_KEY"],
        upgrade=lambda revision: upgrade(revision=revision),
        adopt=lambda key: settings.update(SECRET_KEY=key),
    )
    try:
        came = restore.restore(place, file, hold=not send)
    except Refused as no:
        _fail(no)
    made = came.manifest
    click.echo(f"Restored: {made.rows} rows of {len(made.tables)} tables, {len(made.files)} files, of {made.made_at}.")
    if came.held:
        click.echo(f"{came.held} letters are held, since they may have gone after the backup; see the page Letters.")


@click.command("doctor")
@click.option("--selector", default="", help="The DKIM selector of your mail server, if not a common one.")
@click.option("--clock", "host", default="", help="A web server whose clock ours is compared with: www.example.org")
@with_appcontext
def doctor_command(selector: str, host: str) -> None:
    """Look whether all is well, and say what to do where it is not. The exit code is 1 when something is a fault."""
    worst = False
    for found in doctor.examine(doctor.house_of(dict(current_app.config), mail.world(selector, host))):
        click.echo(str(found))
        worst = worst or found.level is doctor.Level.FAULT
    if worst:
        sys.exit(1)


def init_app(app: Flask) -> None:
    """Hang the commands on the application."""
    for command in (backup_command, restore_command, doctor_command):
        app.cli.add_command(command)
