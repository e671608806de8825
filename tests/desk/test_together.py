"""Acts over several cities: a look before, one transaction, one line in the journal, and undoing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from app import clock
from app.db import db
from app.delegations.models import Category, Extension, FocalPoint, Quota
from app.events.models import Deadline, Due, Event, Mode
from app.outbox import Message
from app.registration.models import Delegate, Places, State
from app.web.kept import KeepingFlask
from tests.desk.office import ARCHIVE, REHEARSAL, Organiser, notes, rows, words
from tests.desk.test_board import appoint, put, settle, stand
from tests.desk.test_lists import of_city, register
from tests.queries import counted
from tests.web.test_toasts import button

TOGETHER = f"{REHEARSAL}/together"
TWO = "?city=rome&city=milan"
LETTER = f"{TOGETHER}/letter{TWO}"


def look(tokyo: Organiser, path: str, **typed: Any) -> TestResponse:
    return tokyo.send(path, typed, {"act": "see"})


def do(tokyo: Organiser, path: str, **typed: Any) -> str:
    """Look, then press the button; the address of what was done."""
    answer = tokyo.send(path, typed, {"act": "do"}, page=look(tokyo, path, **typed))
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["Location"])


def undo(tokyo: Organiser, where: str) -> dict[str, str]:
    """Press the button beside what was just done; what it sent."""
    address, values = button(tokyo.get(where).text)
    assert (address, tokyo.client.post(address, data=values).status_code) == (where, 303)
    return values


def of(app: KeepingFlask, city: str, name: str) -> Any:
    with app.app_context():
        return getattr(of_city(city), name)


def together(app: KeepingFlask) -> list[tuple[str, dict[str, Any]]]:
    """The grouped lines of the journal, without the names of acts."""
    found = [each for each in notes(app, "event/rehearsal") if each.what.endswith(" together")]
    return [(each.what, {name: value for name, value in (each.after or {}).items() if name != "act"}) for each in found]


def due(app: KeepingFlask, kind: Due, days: int) -> None:
    def act() -> None:
        event = db.session.execute(select(Event).where(Event.slug == "rehearsal")).scalar_one()
        at = clock.now() + timedelta(days=days)
        row = db.session.execute(select(Deadline).where(Deadline.event_id == event.id, Deadline.kind == kind)).scalar()
        if row is None:
            row = Deadline(event_id=event.id, kind=kind)
            db.session.add(row)
        row.at, row.hard = at, False

    put(app, act)


def test_the_menu_counts_for_whom_each_act_fits(desks: KeepingFlask, tokyo: Organiser) -> None:
    stand(desks, register(desks, "Rome"), state=State.ENDORSED)
    page = words(tokyo.get(f"{TOGETHER}{TWO}"))
    assert "Do something for 2 cities" in page
    assert "Milan, Rome" in page
    assert "Invite fits none of them" in page
    assert "Approve people 1Everybody who waits for you." in page


def test_without_ticks_all_that_the_board_shows_are_meant(tokyo: Organiser) -> None:
    assert "Do something for one city" in words(tokyo.get(f"{TOGETHER}?q=queens"))
    assert "Do something for 34 cities" in words(tokyo.get(TOGETHER))


def test_the_preview_shows_each_city_and_changes_nothing(desks: KeepingFlask, tokyo: Organiser) -> None:
    settle(desks, "Milan", letter_required=True)
    page = look(tokyo, LETTER, required="yes")
    assert rows(page) == {"Milan": "asked for | stays as it is", "Rome": "not asked for | asked for"}
    assert "Change it for one city" in words(page)
    assert of(desks, "Rome", "letter_required") is False


def test_doing_it_is_one_line_in_the_journal_beside_that_of_each_city(desks: KeepingFlask, tokyo: Organiser) -> None:
    where = do(tokyo, LETTER, required="yes")
    assert (of(desks, "Rome", "letter_required"), of(desks, "Milan", "letter_required")) == (True, True)
    assert together(desks) == [("changed letter of authority together", {"cities": ["Milan", "Rome"]})]
    assert [each.what for each in notes(desks, f"delegation/{of(desks, 'Rome', 'uid')}")] == ["settings"]
    page = tokyo.get(where)
    assert rows(page)["Rome"] == "not asked for | asked for | done"
    assert "By KOIKE Yuriko" in words(page)


def test_the_same_form_sent_twice_is_one_act(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = look(tokyo, LETTER, required="yes")
    first, second = (
        tokyo.send(LETTER, {"act": "do", "required": "yes"}, page=page).headers["Location"] for _ in range(2)
    )
    assert first == second
    assert len(together(desks)) == 1


def test_what_was_not_looked_at_is_not_done(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = look(tokyo, LETTER, required="yes")
    settle(desks, "Rome", letter_required=True)
    answer = tokyo.send(LETTER, {"act": "do", "required": "yes"}, page=page)
    assert answer.status_code == 422
    assert "Something has changed since you looked." in words(answer)
    assert of(desks, "Milan", "letter_required") is False
    assert tokyo.send(LETTER, {"act": "do", "required": "yes"}, page=answer).status_code == 303


def test_typing_another_value_after_the_look_is_not_done_either(desks: KeepingFlask, tokyo: Organiser) -> None:
    page = look(tokyo, f"{TOGETHER}/note{TWO}", text="Ask Gaia")
    answer = tokyo.send(f"{TOGETHER}/note{TWO}", {"act": "do", "text": "Ask Luca"}, page=page)
    assert (answer.status_code, of(desks, "Rome", "internal_note")) == (422, "")


def test_undo_brings_back_what_nobody_has_changed_since(desks: KeepingFlask, tokyo: Organiser) -> None:
    settle(desks, "Rome", internal_note="Speaks Italian")
    where = do(tokyo, f"{TOGETHER}/note{TWO}", text="Ask for a photograph")
    assert of(desks, "Rome", "internal_note") == "Speaks Italian\nAsk for a photograph"
    settle(desks, "Milan", internal_note="Done by telephone")
    undo(tokyo, where)
    assert (of(desks, "Rome", "internal_note"), of(desks, "Milan", "internal_note")) == (
        "Speaks Italian",
        "Done by telephone",
    )
    page = tokyo.get(where)
    assert {city: text.split(" | ")[-1] for city, text in rows(page).items()} == {
        "Milan": "changed since, left",
        "Rome": "as before again",
    }
    assert "One city is as before. 1 was changed since and stays." in words(page)
    assert together(desks)[1:] == [("undid note together", {"cities": ["Rome"], "left": ["Milan"]})]


def test_undone_twice_is_undone_once(desks: KeepingFlask, tokyo: Organiser) -> None:
    where = do(tokyo, LETTER, required="yes")
    values = undo(tokyo, where)
    settle(desks, "Rome", letter_required=True)
    assert tokyo.client.post(where, data=values).status_code == 303
    assert of(desks, "Rome", "letter_required") is True
    assert len(together(desks)) == 2


def test_a_note_that_would_be_too_long_is_refused_for_its_city_alone(desks: KeepingFlask, tokyo: Organiser) -> None:
    settle(desks, "Rome", internal_note="x" * 990)
    page = look(tokyo, f"{TOGETHER}/note{TWO}", text="Ask for a photograph")
    assert rows(page)["Rome"].endswith("not possible Its note would be longer than 1000 characters.")
    where = do(tokyo, f"{TOGETHER}/note{TWO}", text="Ask for a photograph")
    assert of(desks, "Milan", "internal_note") == "Ask for a photograph"
    assert rows(tokyo.get(where))["Rome"].endswith("not done Its note would be longer than 1000 characters.")


def test_a_later_deadline_is_told_and_taken_back_by_letter(desks: KeepingFlask, tokyo: Organiser) -> None:
    due(desks, Due.NOMINATION, 10)
    appoint(desks, "Rome")
    day = (clock.now() + timedelta(days=30)).date()
    where = do(tokyo, f"{TOGETHER}/deadline{TWO}", due="nomination", day=day.isoformat(), time="", reason="Elections")
    with desks.app_context():
        assert db.session.execute(select(func.count()).select_from(Extension)).scalar_one() == 2
    assert [each.facts["what"] for each in posted(desks)] == ["extended"]
    undo(tokyo, where)
    with desks.app_context():
        assert db.session.execute(select(func.count()).select_from(Extension)).scalar_one() == 0
    assert [each.facts["what"] for each in posted(desks)] == ["extended", "shortened"]


def test_a_deadline_that_is_no_later_is_refused_in_the_preview(desks: KeepingFlask, tokyo: Organiser) -> None:
    due(desks, Due.NOMINATION, 30)
    day = (clock.now() + timedelta(days=3)).date()
    page = look(tokyo, f"{TOGETHER}/deadline{TWO}", due="nomination", day=day.isoformat(), reason="Elections")
    assert "This is no later than the deadline the city has already." in rows(page)["Rome"]
    assert "Nothing would change for any of these cities." in words(page)


def posted(app: KeepingFlask) -> list[Message]:
    with app.app_context():
        return list(
            db.session.execute(select(Message).where(Message.event_id.is_not(None)).order_by(Message.id)).scalars()
        )


def quota(app: KeepingFlask, city: str) -> tuple[int, int] | None:
    with app.app_context():
        row = db.session.execute(select(Quota).where(Quota.delegation_id == of_city(city).id)).scalar_one_or_none()
        return (row.seats, row.taken) if row else None


def test_a_quota_is_set_with_everybody_counted_and_lifted_again(desks: KeepingFlask, tokyo: Organiser) -> None:
    register(desks, "Rome")
    path, typed = f"{TOGETHER}/quota{TWO}", {"category": "delegates", "mode": "online", "seats": "4"}
    assert rows(look(tokyo, path, **typed)) == {"Milan": "no limit | 4", "Rome": "no limit | 4"}
    where = do(tokyo, path, **typed)
    assert (quota(desks, "Rome"), quota(desks, "Milan")) == ((4, 1), (4, 0))
    undo(tokyo, where)
    assert (quota(desks, "Rome"), quota(desks, "Milan")) == (None, None)


def test_a_quota_below_its_use_is_warned_of(desks: KeepingFlask, tokyo: Organiser) -> None:
    register(desks, "Rome")
    page = look(tokyo, f"{TOGETHER}/quota{TWO}", category="delegates", mode="online", seats="0")
    assert "Some cities have entered more than that." in words(page)


def test_a_quota_with_granted_places_is_not_lifted_for_many(desks: KeepingFlask, tokyo: Organiser) -> None:
    def act() -> None:
        row = Quota(delegation_id=of_city("Rome").id, category=Category.DELEGATES, mode=Mode.ONLINE, seats=2)
        row.taken, row.granted, row.lowered = 0, 1, 0
        db.session.add(row)

    put(desks, act)
    page = look(tokyo, f"{TOGETHER}/quota{TWO}", category="delegates", mode="online", seats="")
    assert "2, and 1 granted | not possible" in rows(page)["Rome"]


def test_those_who_wait_change_their_class_and_back(desks: KeepingFlask, tokyo: Organiser) -> None:
    reference = register(desks, "Rome")
    stand(desks, reference, state=State.WAITLISTED, joined_list_at=clock.now(), list_class=3, category=None)
    put(desks, lambda: db.session.execute(update(Places).values(seats=0, granted=1)))
    page = look(tokyo, f"{TOGETHER}/class{TWO}", number="1")
    assert rows(page) == {"Milan": "– | not possible Nobody of it is on the waiting list.", "Rome": "3 | 1"}
    where = do(tokyo, f"{TOGETHER}/class{TWO}", number="1")
    assert class_of(desks, reference) == 1
    undo(tokyo, where)
    assert class_of(desks, reference) == 3


def class_of(app: KeepingFlask, reference: str) -> int:
    with app.app_context():
        return db.session.execute(select(Delegate.list_class).where(Delegate.reference == reference)).scalar_one()


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("letter", {"required": None}, "Choose one of the two."),
        ("note", {"text": " "}, "Write what is to be added."),
        ("quota", {"category": "heads", "mode": "venue", "seats": "many"}, "Not a valid integer value."),
        ("class", {"number": "12"}, "Enter a number from 0 to 9."),
        ("deadline", {"due": "nomination", "day": "", "reason": "x"}, "Enter the day."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(
    tokyo: Organiser, kind: str, typed: dict[str, Any], said: str
) -> None:
    answer = look(tokyo, f"{TOGETHER}/{kind}{TWO}", **typed)
    assert (answer.status_code, said in words(answer)) == (422, True)


def test_cities_are_asked_for_what_they_owe_in_both_their_times(desks: KeepingFlask, tokyo: Organiser) -> None:
    due(desks, Due.NOMINATION, 10)
    settle(desks, "Rome", letter_required=True)
    appoint(desks, "Rome")
    path = f"{TOGETHER}/ask{TWO}"
    page = tokyo.get(path)
    assert "RomeWho comes, The head of delegation, The letter of authority" in words(page)
    assert "Milan: owes nothing of this" in words(page)
    where = tokyo.send(path, ALL, {"act": "send"}, page=page).headers["Location"]
    (letter,) = posted(desks)
    assert [each["what"] for each in letter.facts["items"]] == ["people", "head", "letter"]
    assert together(desks) == [("asked together", {"cities": ["Rome"], "owed": sorted(WHAT)})]
    assert "The head of delegation, The letter of authority, Who comes" in rows(tokyo.get(where))["Rome"]


WHAT = ("modes", "people", "head", "letter", "forms")
ALL = {"what": list(WHAT)}


def test_the_letter_names_the_deadline_of_both_clocks(desks: KeepingFlask, tokyo: Organiser) -> None:
    due(desks, Due.NOMINATION, 10)
    appoint(desks, "Rome")
    page = words(tokyo.get(f"{TOGETHER}/ask{TWO}"))
    assert "(Tokyo)" in page
    assert "(Rome), your time" in page
    assert "as soon as you can" not in page


def test_the_letter_is_shown_as_html_in_a_frame_without_its_secret(desks: KeepingFlask, tokyo: Organiser) -> None:
    appoint(desks, "Rome")
    page = tokyo.get(f"{TOGETHER}/ask{TWO}")
    assert "<iframe" in page.text
    shown = tokyo.get(f"{TOGETHER}/ask/letter?city=rome&as=rome&what=people")
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "/f/…/" in shown.text
    with desks.app_context():
        link = db.session.execute(select(FocalPoint)).scalars().one().link
    assert link not in shown.text + page.text
    assert tokyo.get(f"{TOGETHER}/ask/letter?city=milan&as=milan&what=people").status_code == 404


def test_no_city_is_asked_more_than_twice_a_day_and_one_form_asks_once(desks: KeepingFlask, tokyo: Organiser) -> None:
    appoint(desks, "Rome")
    path = f"{TOGETHER}/ask{TWO}"
    for _ in range(2):
        page = tokyo.get(path)
        for _again in range(2):
            assert tokyo.send(path, ALL, {"act": "send"}, page=page).status_code == 303
    assert len(posted(desks)) == 2
    page = tokyo.get(path)
    assert "Rome: was asked twice within a day" in words(page)
    assert tokyo.send(path, ALL, {"act": "send"}, page=page).status_code == 422
    assert len(posted(desks)) == 2


def test_people_are_approved_each_alone_and_a_refusal_is_listed(desks: KeepingFlask, tokyo: Organiser) -> None:
    rome, milan = register(desks, "Rome"), register(desks, "Milan")
    for each in (rome, milan):
        stand(desks, each, state=State.ENDORSED)
    put(desks, lambda: db.session.execute(update(Places).values(taken=0)))
    settle(desks, "Milan", letter_required=True)
    path = f"{TOGETHER}/approve{TWO}"
    page = tokyo.get(path)
    assert "will stay the letter of authority of the city is missing" in rows(page)["Luca MilaniAdviser"]
    where = tokyo.send(path, page=page).headers["Location"]
    with desks.app_context():
        states = dict(db.session.execute(select(Delegate.reference, Delegate.state)).all())
    assert states == {rome: State.APPROVED, milan: State.ENDORSED}
    found = rows(tokyo.get(where))
    assert found[f"Rome{rome}"].endswith("done")
    assert "The letter of authority of Milan is missing" in found[f"Milan{milan}"]
    assert together(desks) == [("approved together", {"cities": ["Rome"], "people": 1, "refused": 1})]
    assert tokyo.send(path, page=page).headers["Location"] == where


def test_the_last_place_is_approved_once_and_the_others_stay_with_the_reason(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    people = [register(desks, "Rome"), register(desks, "Milan")]
    for each in people:
        stand(desks, each, state=State.ENDORSED)
    put(desks, lambda: db.session.execute(update(Places).values(taken=0, seats=1, granted=0)))
    path = f"{TOGETHER}/approve{TWO}"
    where = tokyo.send(path).headers["Location"]
    with desks.app_context():
        found = list(db.session.execute(select(Delegate.state).order_by(Delegate.state)).scalars())
    assert found == [State.APPROVED, State.ENDORSED]
    assert sum("No place is left" in text for text in rows(tokyo.get(where)).values()) == 1


def test_what_was_done_stands_in_a_list_with_who_and_when(desks: KeepingFlask, tokyo: Organiser) -> None:
    where = do(tokyo, LETTER, required="yes")
    undo(tokyo, where)
    page = tokyo.get(f"{TOGETHER}/acts")
    assert [text.split(" | ")[1] for text in table(page)] == [
        "Undid letter of authority",
        "Changed letter of authority",
    ]
    assert page.text.count(where.removeprefix("http://localhost")) == 2


def table(page: TestResponse) -> list[str]:
    import html5lib

    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    return [
        " | ".join("".join(cell.itertext()).strip() for cell in row.findall("td"))
        for row in tree.findall(".//tbody/tr")
    ]


def test_another_summit_s_acts_and_cities_are_not_found(desks: KeepingFlask, tokyo: Organiser, rome: Organiser) -> None:
    where = do(tokyo, LETTER, required="yes")
    code = where.rsplit("/", 1)[1]
    assert rome.get(f"{ARCHIVE}/together/acts/{code}").status_code == 404
    assert rome.get(f"{TOGETHER}/acts/{code}").status_code == 404
    assert rome.get(f"{TOGETHER}{TWO}").status_code == 404
    assert "No city is chosen." in words(tokyo.get(f"{TOGETHER}?city=atlantis"))
    answer = tokyo.send(f"{TOGETHER}/letter?city=atlantis", {"act": "do", "required": "yes"})
    assert answer.status_code == 422


def test_previews_cost_the_same_for_one_city_and_for_all(desks: KeepingFlask, tokyo: Organiser) -> None:
    due(desks, Due.NOMINATION, 10)
    typed: dict[str, dict[str, Any]] = {
        "letter": {"required": "yes"},
        "note": {"text": "x"},
        "quota": {"category": "delegates", "mode": "online", "seats": "4"},
        "class": {"number": "1"},
        "deadline": {"due": "nomination", "day": (clock.now() + timedelta(days=40)).date().isoformat(), "reason": "x"},
    }
    for kind, values in typed.items():
        costs = []
        for query in ("?city=rome", ""):
            page = tokyo.get(f"{TOGETHER}/{kind}{query}")
            with counted(desks) as statements:
                tokyo.send(f"{TOGETHER}/{kind}{query}", values, {"act": "see"}, page=page)
            costs.append(len(statements))
        assert costs[0] == costs[1], kind
