"""The list of clashes: looked through, several accepted for one reason, and the rules in their groups."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.agenda.models import Waiver
from app.db import db
from app.planning.kinds import Kind
from app.schedule.words import GROUPS, LABELS
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, held, words
from tests.schedule.test_board import SIX, move

CLASHES = f"{REHEARSAL}/schedule/clashes"
UNNAMED = Kind.SPEAKER_UNNAMED.value
QUEENSLAND = "city never|city:queensland"


def waived(app: KeepingFlask) -> set[str]:
    with app.app_context():
        return {row.key for row in db.session.execute(select(Waiver)).scalars()}


def ticks(organiser: Organiser, name: str, path: str = CLASHES) -> list[str]:
    """The values that the boxes of this name would send."""
    parts = organiser.get(path).text.split(f'name="{name}" value="')[1:]
    return [each.split('"')[0] for each in parts]


def whole(organiser: Organiser, path: str = CLASHES) -> list[str]:
    """The value of the box for all whose speaker is not named."""
    return [each for each in ticks(organiser, "kind", path) if each.startswith(UNNAMED)]


def accept(organiser: Organiser, path: str = CLASHES, **typed: Any) -> Any:
    page = organiser.get(path)
    values = held(page) | {"clash": [], "kind": []} | typed
    return organiser.client.post(path, data=values)


def test_several_are_accepted_for_one_reason(desks: KeepingFlask, tokyo: Organiser) -> None:
    wanted = [each for each in ticks(tokyo, "clash") if each.startswith(UNNAMED)][:3]
    assert accept(tokyo, clash=wanted, reason="Their heads speak.").status_code == 303
    assert waived(desks) == set(wanted)


def test_all_of_a_kind_are_accepted_at_once_and_no_others(desks: KeepingFlask, tokyo: Organiser) -> None:
    every = {each for each in ticks(tokyo, "clash") if each.startswith(UNNAMED)}
    (kind,) = whole(tokyo)
    accept(tokyo, kind=[kind], reason="Their heads speak.")
    assert waived(desks) == every
    assert QUEENSLAND not in every


def test_without_a_reason_nothing_is_accepted_and_the_ticks_stay(desks: KeepingFlask, tokyo: Organiser) -> None:
    answer = accept(tokyo, clash=[QUEENSLAND], reason=" ")
    assert (answer.status_code, "Say why" in words(answer)) == (422, True)
    assert f'value="{QUEENSLAND}" id="c-city-never|city:queensland" checked' in answer.text
    assert waived(desks) == set()


def test_without_a_tick_it_asks_for_one(tokyo: Organiser) -> None:
    answer = accept(tokyo, reason="All is well.")
    assert (answer.status_code, "Tick those that you accept." in words(answer)) == (422, True)


def test_what_nobody_looked_at_is_not_accepted_with_its_kind(desks: KeepingFlask, tokyo: Organiser) -> None:
    (kind,) = whole(tokyo)
    tokyo.send(f"{REHEARSAL}/schedule/cities/queensland?from=", {"target": "session-3"})
    answer = accept(tokyo, kind=[kind], reason="Their heads speak.")
    assert (answer.status_code, "There are others of this kind by now." in words(answer)) == (422, True)
    assert waived(desks) == set()


def test_they_are_looked_through_by_words_in_any_spelling(tokyo: Organiser) -> None:
    page = words(tokyo.get(f"{CLASHES}?words=malmo"))
    assert ("Malmö has not said who speaks" in page, "Queensland is in no session." in page) == (True, False)


def test_they_are_looked_through_by_kind_and_by_how_grave_they_are(tokyo: Organiser) -> None:
    move(tokyo, SIX, starts="10:40", ends="")
    grave = ticks(tokyo, "clash", f"{CLASHES}?stops=stops")
    assert {each.split("|")[0] for each in grave} == {"room twice", "local hours"}
    (one,) = ticks(tokyo, "clash", f"{CLASHES}?kind=city+never")
    assert one == QUEENSLAND


def test_of_those_looked_for_alone_is_accepted(desks: KeepingFlask, tokyo: Organiser) -> None:
    path = f"{CLASHES}?words=session+1"
    (kind,) = whole(tokyo, path)
    accept(tokyo, path, kind=[kind], reason="Their heads speak.")
    assert len(waived(desks)) == 5


def test_each_kind_stands_in_one_group_of_the_rules(tokyo: Organiser) -> None:
    page = tokyo.get(f"{REHEARSAL}/schedule/rules").text
    assert [page.count(f'name="on_{kind.value.replace(" ", "_")}"') for kind in LABELS] == [1] * len(LABELS)
    grouped = [kind for kinds in GROUPS.values() for kind in kinds]
    assert (len(grouped), set(grouped) <= set(Kind)) == (len(set(grouped)), True)
