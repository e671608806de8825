"""Commands: `flask --app wsgi NAME`. Each calls one service and commits."""

from __future__ import annotations

import functools
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app import accounts, clock, jobs, outbox, sheets, web
from app import db as database
from app.accounts import Role, second, staffing
from app.db import db, write
from app.events.models import Event
from app.events.service import event_by_slug
from app.imports import Faulty, Report, bundled, load, read_file, rehearse, visitors
from app.imports.sites import write_around
from app.journal import COMMAND_LINE, DEMONSTRATION
from app.outbox import bounces
from app.planning.proposals import Outcome as Answer
from app.planning.proposals import Request, Task
from app.publishing import service as publishing
from app.refused import Refused
from app.schedule import plan
from app.schedule.arranging import mark
from app.schedule.models import Proposal
from app.schedule.proposing import service as proposals
from app.schedule.proposing import words, working
from app.schedule.proposing.beside import ready
from app.schedule.sheets import service as table
from app.schedule.sheets import words as table_words
from app.schedule.sheets.judging import Outcome, judge
from app.web import absolute

ORGANISER = "organiser@plenary.example"
"""Who may run the demonstration summits; the password is set by the one-time link."""


def demo(name: str) -> Report:
    """Load one of the summits that come with the product, and publish it if it never was. Twice changes nothing."""
    now = clock.now()
    source = rehearse(now.date()) if name == "rehearsal" else read_file(bundled(name))

    def act() -> Report:
        report = load(source, now, timetable=name == "rehearsal")
        if db.session.execute(select(Event.release).where(Event.id == report.event_id)).scalar_one() == 0:
            publishing.publish(report.event_id, who=DEMONSTRATION, now=now, note="As loaded")
            write_around(report.event_id, name, now)
        return report

    return write(act)


def in_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Print a refusal as its sentence, a faulty file with every fault at its place; leave with exit code 1."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Refused as no:
            fail(no.message)
        except Faulty as faulty:
            fail("\n".join([str(faulty), *(f"  {fault}" for fault in faulty.faults)]))

    return run


def fail(sentence: str, code: int = 1) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(code)


def _event(slug: str) -> Event:
    """The event of this slug. Refused when there is none."""
    try:
        return event_by_slug(slug)
    except LookupError as fault:
        raise Refused(f"There is no event {slug!r}.") from fault


@click.command("demo")
@click.argument("name", type=click.Choice(["gnets-2023", "citynet-2013", "rehearsal"]))
@with_appcontext
@in_words
def demo_command(name: str) -> None:
    """Load a summit that comes with the product and publish its first release."""
    click.echo(demo(name))


@click.command("import-event")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--slug", help="The event's name in addresses, if not the file's own.")
@click.option(
    "--starts", type=click.DateTime(["%Y-%m-%d"]), help="Move the whole summit so that it begins on this day."
)
@click.option("--timetable", is_flag=True, help="Apply the clock times that the file holds for a demonstration.")
@with_appcontext
@in_words
def import_command(file: Path, slug: str | None, starts: datetime | None, timetable: bool) -> None:
    """Load an event file into the draft, where the file's word counts; registrations stay. Nothing is published."""
    source = read_file(file)
    day = starts.date() if starts else None
    click.echo(write(lambda: load(source, clock.now(), slug=slug, starts=day, timetable=timetable)))


@click.command("publish")
@click.argument("event")
@click.option("--reason", default="", help="Why, though a city would join at a bad hour or be in two places at once.")
@click.option("--minor", is_flag=True, help="A minor change: send no letters.")
@with_appcontext
@in_words
def publish_command(event: str, reason: str, minor: bool) -> None:
    """Publish the draft of EVENT as its next release; letters go to those whose programme it changes."""
    found = _event(event).id
    said = {"reason": reason, "who": COMMAND_LINE}
    release = write(lambda: publishing.publish(found, now=clock.now(), minor=minor, **said))
    click.echo(f"Release {release.number} of {event} is published. Letters: {release.letters}.")


@click.command("export-agenda")
@click.argument("event")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
@in_words
def export_agenda_command(event: str, file: Path) -> None:
    """Write the draft of EVENT to FILE, a CSV or an .xlsx by its ending, to be changed and sent back."""
    header, rows = table.table(_event(event))
    file.write_bytes((sheets.write_xlsx if file.suffix.lower() == ".xlsx" else sheets.write_csv)(header, rows))
    click.echo(f"{len(rows)} sessions of {event} are in {file.name}.")


@click.command("import-agenda")
@click.argument("event")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--store", is_flag=True, help="Store what the file changes, as one act that the board can take back.")
@with_appcontext
@in_words
def import_agenda_command(event: str, file: Path, store: bool) -> None:
    """Say what a CSV or .xlsx FILE of sessions would change in the draft of EVENT, row by row."""
    summit, secret = _event(event), web.new_key()
    sheet = sheets.read(file.read_bytes(), file.name)
    table.check(sheet)
    draft = table.draft_of(summit)
    found = judge(sheet, draft, secret)
    click.echo("\n".join(table_words.report(found, table.then(found, draft))))
    if found.of(Outcome.WRONG):
        fail("Nothing is stored while a row is wrong.")
    if store and found.changes:
        seen = mark(found.changes)
        act = write(lambda: table.store(summit, sheet, secret, seen, who=COMMAND_LINE, now=clock.now()))
        click.echo(f"Stored as change {act.number} of the draft; the board can take it back.")


@click.command("propose")
@click.argument("event")
@click.option("--seconds", type=click.IntRange(1, 600), default=10, show_default=True, help="How long it may search.")
@click.option("--repair", is_flag=True, help="Move as few sessions as it takes, instead of planning anew.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="The seed of an earlier run; drawn if not given.")
@click.option("--adopt", is_flag=True, help="Put what was found into the draft, as one act.")
@with_appcontext
@in_words
def propose_command(event: str, seconds: int, repair: bool, seed: int | None, adopt: bool) -> None:
    """Ask the planner for a better plan of EVENT; print how far it is, the outcome by rule, and what is proven."""
    found = _event(event)
    asked = proposals.frozen(found, plan.of(found), Task.REPAIR if repair else Task.PROPOSE, seconds, seed)
    row, outcome = _solved(found.id, asked)
    click.echo("\n".join(words.report(row.task, outcome, asked.wishes)))
    if adopt:
        changes = ready(found, asked, outcome)
        act = write(lambda: proposals.adopt(found.id, row.uid, changes, who=COMMAND_LINE, now=clock.now()))
        click.echo(f"Adopted as change {act.number if act else 0} of the draft; the board can take it back.")


def _solved(event_id: int, asked: Request) -> tuple[Proposal, Answer]:
    """Ask and work it out here and now, whether or not a worker runs."""

    def begin() -> tuple[Proposal, working.Held | None]:
        row = proposals.ask(event_id, asked, web.new_key(), who=COMMAND_LINE, now=clock.now())
        return row, working.take(row.id, database.now())

    row, held = write(begin)
    if held is not None:
        working.work_out(held, write, threading.Event(), lambda told: click.echo(words.line(told, asked.wishes)))
    db.session.refresh(row)
    _asked, outcome = proposals.read(row)
    if outcome is None:
        fail("The planner gave no answer; the log says why.")
    return row, outcome


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Send letters and do what else waits, until told to stop."""
    jobs.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("deliver")
@with_appcontext
def deliver_command() -> None:
    """Send what waits in the outbox once, and stop."""
    done = outbox.empty()
    click.echo(f"Letters: {done.sent} sent, {done.failed} failed, {done.waiting} waiting to be tried again.")


@click.command("bounce")
@with_appcontext
def bounce_command() -> None:
    """Take in, from standard input, what a mail server reports of a letter: that it came back, or was unwanted.

    The exit code is 0 when that is done, 65 when it is no such report, and 75 when it is to be brought again, since
    the database is busy, away or not in order: mail servers drop what ends by any other code.
    """
    octets = sys.stdin.buffer.read(bounces.LARGEST + 1)
    try:
        report = bounces.read(octets)
        click.echo(write(lambda: bounces.settle(report, database.now())))
    except Refused as no:
        fail(no.message, os.EX_DATAERR)
    except (database.Busy, SQLAlchemyError, sqlite3.Error, OSError) as fault:
        fail(f"The database cannot take it now ({type(fault).__name__}). Bring it again.", os.EX_TEMPFAIL)


@click.command("create-organiser")
@click.argument("email")
@with_appcontext
@in_words
def create_organiser_command(email: str) -> None:
    """Make EMAIL an organiser of every event; print a one-time link to set the password."""
    click.echo(write(lambda: accounts.create_organiser(email, clock.now())))


@click.command("reset-second-step")
@click.argument("email")
@with_appcontext
@in_words
def reset_second_step_command(email: str) -> None:
    """Take the second step of signing in off the account of EMAIL, whose owner lost it; a letter says so."""
    write(lambda: second.reset_address(email, who=COMMAND_LINE, now=database.now()))
    click.echo("Done: no app, passkey or code on paper is asked for any more, and a letter says so.")


@click.command("sign-out")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="All who are signed in, not one account.")
@with_appcontext
@in_words
def sign_out_command(email: str | None, everybody: bool) -> None:
    """Sign the owner of EMAIL out of every browser, or with --everybody all who are signed in."""
    if (email is not None) == everybody:
        raise Refused("Say one address, or --everybody.")
    ended = write(lambda: accounts.show_out(email, who=COMMAND_LINE, now=database.now()))
    click.echo(f"Done: signed out of {ended} {'browser' if ended == 1 else 'browsers'}. Passwords stay as they are.")


@click.command("prepare")
@with_appcontext
@in_words
def prepare_command() -> None:
    """Make the tables, on the first start two summits and an organiser, and greet: what `make run` begins with."""
    upgrade()
    there = set(db.session.execute(select(Event.slug)).scalars())
    for name in ("gnets-2023", "rehearsal"):
        if name not in there:
            click.echo(demo(name))
    if "rehearsal" not in there:
        write(_visitors)
    click.echo(greeting())


def _visitors() -> None:
    """People who go on a visit of the rehearsal."""
    key = _event("rehearsal").id
    visitors.invent(key, "water", clock.now())


def greeting() -> str:
    """Where to go, how to sign in, whose code to use, and where letters are."""
    settings = current_app.config
    lines = ["", f"  Public pages   {settings['BASE_URL']}"]
    if not accounts.anybody():
        link = write(_organiser)
        lines += [f"  Organiser      {ORGANISER}; set the password once, at", f"                 {link}"]
    else:
        lines.append(f"  Organisers     sign in at {absolute('security.login')}")
    for address, sentence in _codes():
        lines += [f"  Registration   {address}", f"                 {sentence}"]
    lines += [f"  Letters        {_letters()}", ""]
    return "\n".join(lines)


def _organiser() -> str:
    """The organiser of the demonstration, who looks after travel and visa letters of the rehearsal too, so that those
    pages are seen; the one-time link to set the password."""
    now = clock.now()
    link = accounts.create_organiser(ORGANISER, now)
    for key in db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalars():
        staffing.entrust(key, ORGANISER, (Role.LOGISTICS, Role.VISA), who=DEMONSTRATION, now=now)
    return link


def _letters() -> str:
    folder = os.path.relpath(Path(current_app.config["INSTANCE"]) / "mail")
    return current_app.config["MAIL_SERVER"] or f"{folder}/*.eml, until PLENARY_MAIL_SERVER is set"


def _codes() -> list[tuple[str, str]]:
    """The register page and one city's code of each event that shows one."""
    rows = db.session.execute(select(Event.slug, Event.code_shown).where(Event.code_shown != "").order_by(Event.slug))
    return [(absolute("registration.register", event=row.slug), row.code_shown) for row in rows]


def init_app(app: Flask) -> None:
    """Hang the commands on the application."""
    for command in (
        demo_command,
        import_command,
        publish_command,
        export_agenda_command,
        import_agenda_command,
        propose_command,
        worker_command,
        deliver_command,
        bounce_command,
        create_organiser_command,
        reset_second_step_command,
        sign_out_command,
        prepare_command,
    ):
        app.cli.add_command(command)
