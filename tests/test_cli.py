"""The commands, as somebody at a terminal uses them."""

from __future__ import annotations

import json
import re
from datetime import time
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select, update

from app.accounts.models import Role, Staff, User
from app.agenda.models import Act
from app.db import db, write
from app.events.models import Event
from app.imports import bundled
from app.publishing.models import Release
from app.web.kept import KeepingFlask
from tests.publishing.digests.people import edit, join
from tests.registration.cast import assemble


def run(app: KeepingFlask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def count(app: KeepingFlask, what: type) -> int:
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(what)).scalar_one()


def test_the_demonstration_is_loaded_and_published_once(app: KeepingFlask) -> None:
    first, second = (run(app, "demo", "gnets-2023") for _ in range(2))
    assert "NewYork → New York" in first.output
    assert "nothing changed, all of it was there" in second.output
    assert (count(app, Event), count(app, Release)) == (1, 1)


def test_an_event_file_is_loaded_and_not_published(app: KeepingFlask) -> None:
    answer = run(
        app, "import-event", str(bundled("gnets-2023")), "--slug", "moved", "--starts", "2030-06-03", "--timetable"
    )
    assert answer.exit_code == 0, answer.output
    with app.app_context():
        event = db.session.execute(select(Event).where(Event.slug == "moved")).scalar_one()
    assert (str(event.starts_on), str(event.ends_on), event.release) == ("2030-06-03", "2030-06-05", 0)


def test_a_wrong_file_is_told_fault_by_fault_and_writes_nothing(app: KeepingFlask, tmp_path: Path) -> None:
    document = json.loads(bundled("gnets-2023").read_text(encoding="utf-8"))
    document["event"]["zone"] = "Mars/Phobos"
    document["event"]["ends_on"] = "2023-02-01"
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    answer = run(app, "import-event", str(path))
    assert (answer.exit_code, count(app, Event)) == (1, 0)
    assert "/event/zone" in answer.output
    assert "/event/ends_on" in answer.output


def test_a_slug_that_is_an_address_of_the_product_is_refused(app: KeepingFlask) -> None:
    answer = run(app, "import-event", str(bundled("gnets-2023")), "--slug", "organise")
    assert (answer.exit_code, count(app, Event)) == (1, 0)


def test_publishing_nothing_new_says_so(gnets: KeepingFlask) -> None:
    answer = run(gnets, "publish", "gnets-2023")
    assert (answer.exit_code, "Nothing has changed since release 1" in answer.output) == (1, True)


def test_publishing_says_how_many_letters_go_and_a_minor_change_sends_none(app: KeepingFlask) -> None:
    assemble(app)
    with app.app_context():
        join("Rome", "Anna Bianchi")
    said: list[str] = []
    for hour, words in ((14, []), (15, ["--minor"])):
        with app.app_context():
            edit("closed-talk", starts=time(hour), ends=time(hour + 1))
        said.append(run(app, "publish", "summit", "--reason", "Rome agreed", *words).output)
    assert said == [
        "Release 2 of summit is published. Letters: 1.\n",
        "Release 3 of summit is published. Letters: 0.\n",
    ]


def test_publishing_an_unknown_event_says_so(app: KeepingFlask) -> None:
    assert "There is no event 'nowhere'" in run(app, "publish", "nowhere").output


@pytest.mark.parametrize("name", ["agenda.csv", "agenda.xlsx"])
def test_an_agenda_taken_out_and_in_changes_nothing(rehearsal: KeepingFlask, tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name)
    taken = run(rehearsal, "export-agenda", "rehearsal", path)
    brought = run(rehearsal, "import-agenda", "rehearsal", path, "--store")
    assert (taken.exit_code, taken.output) == (0, f"16 sessions of rehearsal are in {name}.\n")
    assert (brought.exit_code, brought.output) == (0, "0 new, 0 changed, 16 unchanged, 0 wrong.\n")
    assert count(rehearsal, Act) == 0


def test_a_file_of_sessions_is_looked_at_first_and_stored_when_told_so(rehearsal: KeepingFlask, tmp_path: Path) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text("Code,Title,Room,Cities,Owner\nsession-2,Two,,NewYork,x\n,Tea,,,y\n")
    looked = run(rehearsal, "import-agenda", "rehearsal", str(path))
    assert looked.output.splitlines()[:4] == [
        "1 new, 1 changed, 0 unchanged, 0 wrong.",
        "Columns that are not known and were passed over: Owner.",
        "Read as: NewYork → New York.",
        "Row 2, Two: changed",
    ]
    assert "  Title: Session 2 → Two" in looked.output
    assert "15 sessions are not in the file and stay as they are." in looked.output
    assert "Would clash: “Two” has no room." in looked.output
    assert count(rehearsal, Act) == 0
    stored = run(rehearsal, "import-agenda", "rehearsal", str(path), "--store")
    assert "Stored as change 1 of the draft; the board can take it back." in stored.output
    assert (stored.exit_code, count(rehearsal, Act)) == (0, 1)


def test_a_wrong_row_of_a_file_of_sessions_stores_nothing(rehearsal: KeepingFlask, tmp_path: Path) -> None:
    path = tmp_path / "agenda.csv"
    path.write_text("Code,Title,Room\nsession-2,Two,Garden\nsession-3,Three,\n")
    answer = run(rehearsal, "import-agenda", "rehearsal", str(path), "--store")
    assert "Room: “Garden” is none of the rooms of this summit." in answer.output
    assert "Nothing is stored while a row is wrong." in answer.output
    assert (answer.exit_code, count(rehearsal, Act)) == (1, 0)


@pytest.mark.parametrize("command", ["export-agenda", "import-agenda"])
def test_an_unknown_event_and_a_file_that_is_no_table_are_told(app: KeepingFlask, tmp_path: Path, command: str) -> None:
    path = tmp_path / "agenda.csv"
    path.write_bytes(b"%PDF-1.7")
    answer = run(app, command, "nowhere", str(path))
    assert (answer.exit_code, answer.output) == (1, "There is no event 'nowhere'.\n")


def test_an_organiser_gets_a_link_that_opens_the_page_for_the_password(app: KeepingFlask) -> None:
    link = re.search(r"http://localhost(/sign-in/set/\S+)", run(app, "create-organiser", "yuriko@tokyo.example").output)
    assert link is not None
    assert app.test_client().get(link[1]).status_code == 200


def test_an_address_that_is_none_makes_no_organiser(app: KeepingFlask) -> None:
    assert (run(app, "create-organiser", "yuriko at tokyo").exit_code, count(app, User)) == (1, 0)


def test_the_outbox_is_emptied_into_files(rehearsal: KeepingFlask) -> None:
    assert "waiting" in run(rehearsal, "deliver").output


def test_a_first_start_that_was_interrupted_is_made_whole_by_the_next(app: KeepingFlask) -> None:
    run(app, "demo", "gnets-2023")
    answer = run(app, "prepare")
    assert (count(app, Event), "/sign-in/set/" in answer.output) == (2, True)


def test_the_link_to_set_a_password_is_shown_until_somebody_has_one(app: KeepingFlask) -> None:
    run(app, "prepare")
    with app.app_context():
        write(lambda: db.session.execute(update(User).values(password="hash of a sentence")))
    assert "/sign-in/set/" not in run(app, "prepare").output


def test_the_second_start_loads_nothing(app: KeepingFlask) -> None:
    first, second = run(app, "prepare"), run(app, "prepare")
    assert ("/sign-in/set/" in first.output, "rows changed" in second.output) == (True, False)
    assert (count(app, Event), count(app, Release), count(app, User)) == (2, 2, 1)
    code = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", first.output)
    assert code is not None
    assert code[0] in second.output


def test_the_demonstrations_organiser_sees_travel_and_visa_of_the_rehearsal_alone(app: KeepingFlask) -> None:
    for _again in range(2):
        run(app, "prepare")
    with app.app_context():
        tasks = select(Event.slug, Staff.role).join(Event, Event.id == Staff.event_id).order_by(Staff.role)
        assert [tuple(row) for row in db.session.execute(tasks)] == [
            ("rehearsal", Role.LOGISTICS),
            ("rehearsal", Role.VISA),
        ]
