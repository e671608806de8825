"""What telling many people costs, in a summit that is read in three languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from sqlalchemy import select

from app.db import db
from app.outbox import Message
from app.registration.models import Delegate
from app.visits import editing
from app.visits.models import Visit
from tests.publishing.said import say, speak
from tests.queries import counted
from tests.registration.cast import NOW, Cast, read
from tests.visits.cast import ORGANISER, act, change, crowd, sign_up, visit
from tests.visits.wishers import adopt, run, wish, wished

TITLES = {"en": "Harbour", "ja": "港", "fr": "Le port"}


def readers(cast: Cast, code: str, people: list[Delegate]) -> None:
    """The summit says this visit in Japanese and French; these people read them, or English, in turn."""

    def told() -> None:
        speak(cast.event_id, {"ja": [], "fr": []})
        for language in ("ja", "fr"):
            say(cast.event_id, language, "visit", code, "title", TITLES[language])
        for number, each in enumerate(people):
            db.session.get_one(Delegate, each.id).language = list(TITLES)[number % 3]

    act(cast, told)


def given(cast: Cast, people: list[Delegate], made: Visit) -> Callable[[], object]:
    for each in people:
        wish(cast, [each], made)
    number = run(cast, seed=len(people))
    return lambda: adopt(cast, number)


def moved(cast: Cast, people: list[Delegate], made: Visit) -> Callable[[], object]:
    for each in people:
        sign_up(cast, made, each)
    return lambda: change(cast, made, leaves=time(9, 30))


def cancelled(cast: Cast, people: list[Delegate], made: Visit) -> Callable[[], object]:
    for each in people:
        sign_up(cast, made, each)
    return lambda: act(cast, lambda: editing.cancel(made.id, "A storm", who=ORGANISER, now=NOW))


def test_giving_places_asks_the_same_for_two_people_and_for_sixty(cast: Cast) -> None:
    asked = []
    for code, people in crowds(cast, 2, 60):
        made = wished(cast, code, title="Harbour", seats=60)
        readers(cast, code, people)
        give = given(cast, people, made)
        with counted(cast.app) as statements:
            give()
        asked.append((questions(statements), words(statements)))
        assert told(cast, "visit wish granted", people) == own_words(people)
    assert asked[0] == asked[1] == (asked[0][0], 1)


@pytest.mark.parametrize(("kind", "act"), [("visit changed", moved), ("visit cancelled", cancelled)])
def test_the_words_of_a_visit_are_asked_for_once_however_many_are_told(
    cast: Cast, kind: str, act: Callable[[Cast, list[Delegate], Visit], Callable[[], object]]
) -> None:
    asked = []
    for code, people in crowds(cast, 2, 12):
        made = visit(cast, code, title="Harbour", seats=12)
        readers(cast, code, people)
        ready = act(cast, people, made)
        with counted(cast.app) as statements:
            ready()
        asked.append(words(statements))
        assert told(cast, kind, people) == own_words(people)
    assert asked == [1, 1]


def crowds(cast: Cast, *sizes: int) -> list[tuple[str, list[Delegate]]]:
    """So many people each, with the code of a visit."""
    everybody = iter(crowd(cast, sum(sizes)))
    return [(f"visit-{size}", [next(everybody) for _ in range(size)]) for size in sizes]


def questions(statements: list[str]) -> int:
    """How often the database is asked, save for each allocation that was made before."""
    return len([each for each in statements if each.startswith("SELECT") and "FROM allocations" not in each])


def words(statements: list[str]) -> int:
    return len([each for each in statements if "FROM translations" in each])


def own_words(people: list[Delegate]) -> list[str]:
    return [list(TITLES.values())[number % 3] for number in range(len(people))]


def told(cast: Cast, kind: str, people: list[Delegate]) -> list[str]:
    """The title of the visit in the letter of this kind to each of these people."""

    def by_reference() -> dict[str, str]:
        found = db.session.execute(select(Message.facts).where(Message.kind == kind)).scalars()
        return {facts["reference"]: facts["visit"] for facts in found}

    titles = read(cast.app, by_reference)
    return [titles[each.reference] for each in people]
