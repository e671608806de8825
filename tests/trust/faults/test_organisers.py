"""F13 and F14: organisers at one draft at once. Nobody overwrites what they have not seen, nothing typed is lost, and
whoever puts two sessions into one room is told so.

The board warns where another product would build a wall: an overlap may be stored, so what is proven is that it stood
in the answer to the act that made it.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import select

from app.agenda.acts import changes_of
from app.agenda.facts import Facts
from app.agenda.models import Act, Session
from app.db import db
from app.events.models import Event
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, desks, rows
from tests.registration.cast import hidden
from tests.trust.clients import Answer
from tests.trust.faults.desks import Desk, open_desks, versions
from tests.trust.figures import Figures

__all__ = ["desks"]
FIVE = f"{REHEARSAL}/agenda/session-5"
MOVERS = 8


def five(app: KeepingFlask) -> Session:
    with app.app_context():
        event = select(Event.id).where(Event.slug == "rehearsal").scalar_subquery()
        return db.session.execute(
            select(Session).where(Session.event_id == event, Session.code == "session-5")
        ).scalar_one()


def at_once(pair: list[Desk], path: str, typed: list[dict[str, str]]) -> list[Answer]:
    """Both open the form, and both save in one moment."""
    pages = [desk.get(path) for desk in pair]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda each: each[0].save(path, each[1], each[2]), zip(pair, pages, typed, strict=True)))


def other_fields(app: KeepingFlask, pair: list[Desk], round_: int) -> int:
    """One writes a note, the other a description; the slower saves again. How many of both are not stored then."""
    typed = [{"note": f"Note {round_}"}, {"description": f"Words {round_}"}]
    answers = at_once(pair, FIVE, typed)
    for desk, answer in zip(pair, answers, strict=True):
        if answer.status == 409:
            assert desk.save(FIVE, answer, {}).status == 303
    row = five(app)
    return (row.note != f"Note {round_}") + (row.description != f"Words {round_}")


def test_two_edit_one_session(desks: KeepingFlask, figures: Figures, full: bool, tmp_path: Path) -> None:
    rounds = 40 if full else 2
    with open_desks(desks, tmp_path, 2) as (house, pair):
        lost = sum(other_fields(desks, pair, each) for each in range(rounds))
        unseen = sum(same_field(desks, pair, each) for each in range(rounds))
        kept = deleted(desks, pair)
        faults = house.faults()
    figures.hold("F13", f"changes lost in {rounds} edits of other fields at once", lost, exactly=0)
    figures.hold("F13", f"changes overwritten unseen in {rounds} edits of one field at once", unseen, exactly=0)
    figures.hold("F13", "fields lost that were typed about a session deleted meanwhile", 2 - kept, exactly=0)
    figures.hold("F13", "faults of ours", faults, exactly=0)


def same_field(app: KeepingFlask, pair: list[Desk], round_: int) -> int:
    """Both write the title: one is stored, the other is shown both, and what they typed still stands. 0 if so."""
    titles = [f"Streets {round_}", f"Squares {round_}"]
    answers = at_once(pair, FIVE, [{"title": each} for each in titles])
    if sorted(each.status for each in answers) != [303, 409]:
        return 1
    slower = 0 if answers[0].status == 409 else 1
    theirs, mine = titles[1 - slower], titles[slower]
    beside = rows(answers[slower]).get("Title", "")
    return int(five(app).title != theirs or f"{theirs} | {mine}" not in beside)


def deleted(app: KeepingFlask, pair: list[Desk]) -> int:
    """One deletes what the other has open: how many of the two fields typed come back, and are stored when added."""
    one, other = pair
    new = f"{REHEARSAL}/agenda/new"
    assert one.save(new, one.get(new), {"title": "Dinner"}).status == 303
    code = re.findall(r'value="([a-z2-9]{6})"', one.get(f"{REHEARSAL}/agenda").text)[-1]
    path = f"{REHEARSAL}/agenda/{code}"
    page = other.get(path)
    assert one.save(f"{path}/delete", one.get(f"{path}/delete"), {}).status == 303
    answer = other.save(path, page, {"title": "Dinner on the river", "note": "Dark suit"})
    assert answer.status == 409
    assert other.save(new, answer, {}).status == 303
    with app.app_context():
        row = db.session.execute(select(Session).order_by(Session.id.desc()).limit(1)).scalar_one()
    return (row.title == "Dinner on the river") + (row.note == "Dark suit")


def test_control_without_versions_the_last_wins_in_silence(desks: KeepingFlask, tmp_path: Path) -> None:
    with open_desks(desks, tmp_path, 2, "version_check") as (_house, pair):
        assert other_fields(desks, pair, 1) == 1


@dataclass
class Moved:
    """An act as its organiser knows it: the version they saw, and the cards they were answered with."""

    code: str
    seen: int
    cards: dict[str, str]


@dataclass
class Moves:
    """What became of many moves; threads write into it."""

    acts: dict[int, Moved] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    at: str = REHEARSAL
    """The desk of a summit."""

    def by(self, desk: Desk, many: int, place: dict[str, str], known: dict[str, int], seed: int) -> None:
        """Move so many sessions to some half hour of a morning in one room, which is too short for all of them; whoever
        was too late looks and tries again."""
        chance, known, codes = random.Random(seed), dict(known), sorted(known)
        page = desk.get(f"{self.at}/schedule/sessions/{codes[0]}")
        token = {"csrf_token": hidden(page)["csrf_token"]}
        done = 0
        while done < many:
            code, half = chance.choice(codes), chance.randrange(18, 26)
            clock = [f"{each // 2:02}:{each % 2 * 30:02}" for each in (half, half + 2)]
            told = place | {"starts": clock[0], "ends": clock[1], "version": str(known[code])}
            status, said = desk.drag(f"{self.at}/schedule/sessions/{code}", token | told)
            self.answers[status] += 1
            if status == 200 and said["act"] is not None:
                self.acts[said["act"]] = Moved(code, known[code], said["cards"])
            done += status != 409
            known |= versions(said.get("cards", {}))
            if status == 409:
                known[code] = said["version"]


def storm(app: KeepingFlask, folder: Path, many: int, *without: str) -> tuple[Moves, int]:
    """So many moves by eight organisers into one room, and how often the product failed."""
    with app.app_context():
        ask = select(Session).join(Event).where(Event.slug == "rehearsal", Session.code.like("session-%"))
        found = list(db.session.execute(ask).scalars())
    place = next({"day": str(each.day), "room": str(each.room_id)} for each in found if each.room_id)
    known = {each.code: each.version for each in found}
    moves = Moves()
    with open_desks(app, folder, MOVERS, *without) as (house, movers), ThreadPoolExecutor(MOVERS) as pool:
        each = [pool.submit(moves.by, desk, many // MOVERS, place, known, seed) for seed, desk in enumerate(movers)]
        for one in each:
            one.result()
        return moves, house.faults()


def overwritten(moves: Moves) -> int:
    """Moves of a session that somebody else had moved from the same version: one of both was not seen."""
    return sum(many - 1 for many in Counter((each.code, each.seen) for each in moves.acts.values()).values())


def untold(app: KeepingFlask, moves: Moves) -> tuple[int, int]:
    """Of the overlaps that stand in the end: how many there are, and of how many the last who moved was not told.

    They are told on both cards; on that of what was not moved only if both did not overlap before, for it says so.
    """
    with app.app_context():
        event = db.session.execute(select(Event.id).where(Event.slug == "rehearsal")).scalar_one()
        stored = list(db.session.execute(select(Session).where(Session.event_id == event)).scalars())
        done = list(db.session.execute(select(Act).where(Act.event_id == event).order_by(Act.number)).scalars())
    last = {each.code: (act.number, each.before) for act in done for each in changes_of(act)}
    pairs = [pair for pair in combinations([each for each in stored if each.code in last], 2) if _overlap(*pair)]
    missing = 0
    for pair in pairs:
        other, moved = sorted(pair, key=lambda each: last[each.code][0])
        number, before = last[moved.code]
        told = (moved,) if before and _overlap(before, other) else pair
        cards, titles = moves.acts[number].cards, [each.title for each in pair]
        missing += not all(_says(cards.get(each.code, ""), *titles) for each in told)
    return len(pairs), missing


def _overlap(one: Session | Facts, two: Session) -> bool:
    if one.room_id != two.room_id or one.day != two.day or not (one.starts and one.ends and two.starts and two.ends):
        return False
    return one.starts < two.ends and two.starts < one.ends


def _says(card: str, *titles: str) -> bool:
    lines = [each for each in card.split("<li>") if "at the same time" in each and " are in " in each]
    return any(all(title in each for title in titles) for each in lines)


def test_many_moves_into_one_room(desks: KeepingFlask, figures: Figures, full: bool, tmp_path: Path) -> None:
    many = 480 if full else 48
    moves, faults = storm(desks, tmp_path, many)
    overlaps, missing = untold(desks, moves)
    failed = sum(number for status, number in moves.answers.items() if status not in {200, 409})
    figures.hold("F14", f"overlaps of {overlaps} that nobody was told of, {many} moves", missing, exactly=0)
    figures.hold("F14", "moves of a place that had not been seen", overwritten(moves), exactly=0)
    figures.hold("F14", "deadlocks and faults shown to somebody", failed + faults, exactly=0)
    assert overlaps > 0
    assert moves.answers[409] > 0


@pytest.mark.trust
def test_control_without_versions_places_are_overwritten_unseen(desks: KeepingFlask, tmp_path: Path) -> None:
    moves, _faults = storm(desks, tmp_path, 160, "version_check")
    assert overwritten(moves) > 0
