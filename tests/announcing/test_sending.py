"""What goes is exactly the list that was looked at, once, behind all other letters, and in each reader's morning."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.announcing import letters as wording
from app.announcing import service
from app.announcing.crowd import Crowd
from app.announcing.models import Announcement
from app.announcing.service import Seen, Written
from app.db import db, write
from app.outbox import deliver, handling
from app.outbox.models import Mark, Why
from app.outbox.openings import Wording
from app.outbox.rendering import render
from app.refused import Refused
from app.registration.models import State
from tests.announcing.cast import (
    ENGLISH,
    FRENCH,
    NOW,
    addressed,
    alter,
    alter_office,
    do,
    draft,
    found,
    left,
    letters,
    names,
    seen,
    send,
    told,
    uid_of,
)
from tests.outbox.cast import Bag
from tests.publishing.digests.people import event_of, join
from tests.queries import counted
from tests.registration.cast import Cast


def test_exactly_those_of_the_list_get_it(cast: Cast) -> None:
    row = draft(role=["head", "focal point"])
    assert names(service.list_of(Crowd(event_of(), NOW), row)) == ["Anna Bianchi", "Gaia Romani"]
    assert send(row)
    assert addressed() == ["Anna Bianchi", "Gaia Romani"]


def test_each_reads_it_in_their_own_language_where_it_is_written(cast: Cast) -> None:
    row = draft(words={"en": ENGLISH, "fr": FRENCH}, role=["head", "delegate"])
    send(row)
    said = {each.to_name: (each.language, render(each.kind, each.facts, each.language).subject) for each in letters()}
    assert said == {
        "Anna Bianchi": ("fr", "Prenez un manteau : G-NETS Leaders Summit"),
        "Bob Smith": ("en", "Bring a coat to G-NETS Leaders Summit"),
        "Carlo Verdi": ("en", "Bring a coat to G-NETS Leaders Summit"),
    }


def test_the_letter_says_what_was_written_and_whom_it_concerns(cast: Cast) -> None:
    send(draft(role=["head"]))
    (letter,) = letters()
    words = render(letter.kind, letter.facts, letter.language)
    assert "It is cold in Tokyo, Anna Bianchi.\n\nThink of Rome too." in words.text
    assert "<strong><bdi>Rome</bdi></strong>" in words.html
    assert "Anna Bianchi, Rome" in words.text


def test_a_focal_point_who_takes_part_has_both_ways_on(cast: Cast) -> None:
    alter_office("Gaia Romani", name="Anna Bianchi", email="anna@rome.example.org")
    send(draft(role=["head"]))
    (letter,) = letters()
    text = render(letter.kind, letter.facts, letter.language).text
    assert ("/d/" in text, "/f/" in text) == (True, True)


def test_nothing_of_a_secret_is_stored(cast: Cast) -> None:
    send(draft())
    stored = json.dumps([each.facts for each in letters()])
    for each in letters():
        found_secrets = wording.secrets(each.facts)
        assert len(found_secrets) in {2, 3}
        assert [secret for secret in found_secrets if secret in stored] == []


def test_a_preview_shows_no_secret(cast: Cast) -> None:
    row = draft(role=["head"])
    (to,) = service.list_of(Crowd(event_of(), NOW), row).going
    words = service.letter_to(event_of(), row, to)
    secrets = wording.secrets(wording.announcement(event_of(), row.uid, to, row.words["en"]).facts)
    assert [each for each in secrets if each in words.text + words.html] == []
    assert "/d/…" in words.text


def test_pressed_twice_it_is_sent_once(cast: Cast) -> None:
    row = draft(role=["head"])
    looked = seen(row)
    assert [send(row, looked), send(row, looked)] == [True, False]
    assert addressed() == ["Anna Bianchi"]
    assert len(told("announcement sent")) == 1


def test_two_organisers_at_once_send_it_once(cast: Cast) -> None:
    row = draft()
    uid, looked, done = row.uid, seen(row), []
    db.session.rollback()

    def press() -> None:
        with cast.app.app_context():
            done.append(write(lambda: service.send(event_of(), uid, looked, who="Rome", now=NOW)))

    both = [threading.Thread(target=press) for _ in range(4)]
    for each in both:
        each.start()
    for each in both:
        each.join(timeout=60)
    assert sorted(done) == [False, False, False, True]
    assert addressed() == ["Anna Bianchi", "Bob Smith", "Carlo Verdi", "Gaia Romani"]


def refusal(row: Announcement, looked: Seen) -> str:
    with pytest.raises(Refused) as no:
        send(row, looked)
    assert letters() == []
    return no.value.message


def test_a_list_that_changed_since_is_not_sent_and_says_how(cast: Cast) -> None:
    row = draft()
    looked = seen(row)
    join("New York", "Dan Miller")
    alter("Bob Smith", state=State.WITHDRAWN)
    alter("Carlo Verdi", email="carlo@other.example.org")
    assert refusal(row, looked) == (
        "The list has changed since you looked (new: Dan Miller; no more: Bob Smith;"
        " another address, name or language: Carlo Verdi). Nothing was sent: please look again, then send."
    )


def test_who_left_the_register_meanwhile_is_named_as_that(cast: Cast) -> None:
    row = draft(role=["head"])
    looked = Seen(row.version, [*seen(row).marks, f"{'0' * 16}.{'0' * 12}"])
    assert "no more: somebody whose registration is deleted" in refusal(row, looked)


def test_words_that_changed_since_are_not_sent(cast: Cast) -> None:
    row = draft(role=["head"])
    looked, uid = seen(row), row.uid
    given = Written({"en": Wording("Another", "Other words")}, "en", {"role": ["head"]})
    do(lambda event: service.write_down(event, uid, given, 1, "", who="Rome", now=NOW))
    assert "were changed since you looked" in refusal(row, looked)


def test_to_nobody_nothing_is_sent(cast: Cast) -> None:
    row = draft(session=["reception"])
    assert refusal(row, seen(row)).startswith("Nobody would get this.")


def test_what_was_sent_is_never_changed_nor_thrown_away(cast: Cast) -> None:
    row = draft(role=["head"])
    send(row)
    uid, given = row.uid, Written({"en": ENGLISH}, "en", {})
    with pytest.raises(Refused):
        do(lambda event: service.write_down(event, uid, given, 1, "", who="Rome", now=NOW))
    with pytest.raises(Refused):
        do(lambda event: service.throw_away(event, uid, who="Rome", now=NOW))
    assert db.session.execute(select(Announcement.letters)).scalar_one() == 1


def test_who_fits_and_gets_none_is_named_with_the_reason(cast: Cast) -> None:
    join("New York", "Dan Miller", email="dan@new-york.example.org")
    send(draft("first"))
    first = letters()[0].id
    alter("Anna Bianchi", email="")
    alter("Dan Miller", email="ダン@new-york.example.org")
    marks = [("bob@lancaster.example.org", Why.BOUNCED), ("carlo@milan.example.org", Why.COMPLAINT)]
    write(
        lambda: db.session.add_all(
            Mark(address=address, why=why, at=NOW, code="", message_id=first) for address, why in marks
        )
    )
    list_now = found()
    assert names(list_now) == ["Gaia Romani"]
    assert left(list_now) == {
        "Anna Bianchi": "no address",
        "Bob Smith": "letters to this address come back",
        "Carlo Verdi": "complained about a letter",
        "Dan Miller": "not an address that letters can reach",
    }


def test_it_waits_for_each_readers_morning(cast: Cast) -> None:
    waits = {each.one.name: f"{each.due:%d %H:%M} {each.zone}" for each in found().going}
    assert waits == {
        "Anna Bianchi": "20 12:00 Europe/Rome",
        "Bob Smith": "20 16:00 America/Los_Angeles",
        "Carlo Verdi": "20 12:00 Europe/Rome",
        "Gaia Romani": "20 12:00 Europe/Rome",
    }
    send(draft(role=["delegate"]))
    assert {each.to_name: f"{each.due_at:%H:%M}" for each in letters()} == {
        "Bob Smith": "16:00",
        "Carlo Verdi": "12:00",
    }


def test_during_the_summit_who_is_there_lives_by_its_clocks(cast: Cast) -> None:
    then = datetime(2090, 2, 28, 13, tzinfo=UTC)  # 22:00 in Tokyo, 14:00 in Rome
    waits = {each.one.name: (each.zone, each.due > then) for each in found(then).going}
    assert waits["Anna Bianchi"] == ("Asia/Tokyo", True)
    assert waits["Gaia Romani"] == ("Europe/Rome", False)


def test_who_does_not_come_after_all_lives_by_their_own_clocks(cast: Cast) -> None:
    alter("Anna Bianchi", state=State.WITHDRAWN)
    (one,) = found(datetime(2090, 2, 28, 13, tzinfo=UTC), state=["withdrawn"]).going
    assert (one.one.name, one.zone) == ("Anna Bianchi", "Europe/Rome")


def test_quiet_hours_are_the_summits_to_set(cast: Cast) -> None:
    do(lambda event: service.set_quiet_hours(event, time(10), time(14), who="Tokyo", now=NOW))
    waits = {each.one.name: f"{each.due:%H:%M}" for each in found().going}
    assert waits == {"Anna Bianchi": "13:00", "Bob Smith": "12:00", "Carlo Verdi": "13:00", "Gaia Romani": "13:00"}
    (line,) = told("quiet hours")
    assert line.after == {"begins": "10:00", "ends": "14:00"}


def test_a_letter_that_leaves_late_does_not_arrive_at_night(cast: Cast) -> None:
    send(draft(role=["head"]))
    bag, night = Bag(), datetime(2090, 1, 20, 20, 30, tzinfo=UTC)  # 21:30 in Rome
    deliver(night, carrier=bag)
    (letter,) = letters()
    morning = datetime(2090, 1, 21, 7, tzinfo=UTC)
    assert (bag.carried, letter.state, letter.due_at, letter.attempts) == ([], "queued", morning, 0)
    assert deliver(morning, carrier=bag) == 1
    assert len(bag.carried) == 1


def test_held_and_released_at_night_it_waits_for_the_morning(cast: Cast) -> None:
    send(draft(role=["head"]))
    key, night = letters()[0].id, datetime(2090, 1, 20, 22, tzinfo=UTC)
    write(lambda: handling.hold(key, who="Tokyo", now=NOW))
    write(lambda: handling.release(key, who="Tokyo", now=night))
    deliver(night, carrier=Bag())
    assert [(each.state, each.due_at.hour) for each in letters()] == [("queued", 7)]


def test_a_letter_that_leaves_during_the_summit_goes_by_its_clocks(cast: Cast) -> None:
    do(lambda event: service.set_quiet_hours(event, time(), time(), who="Tokyo", now=NOW))
    send(draft(role=["head"]))
    do(lambda event: service.set_quiet_hours(event, time(21), time(8), who="Tokyo", now=NOW))
    deliver(datetime(2090, 2, 28, 13, tzinfo=UTC), carrier=Bag())  # 22:00 in Tokyo, 14:00 in Rome
    assert [each.due_at for each in letters()] == [datetime(2090, 2, 28, 23, tzinfo=UTC)]


def test_confirmations_never_wait_for_it(cast: Cast) -> None:
    send(draft())
    assert {each.priority for each in letters()} == {-20}


def test_a_complaint_stops_a_letter_that_waits_already(cast: Cast) -> None:
    send(draft(role=["head"]))
    key = letters()[0].id
    mark = Mark(address="anna@rome.example.org", why=Why.COMPLAINT, at=NOW, code="", message_id=key)
    write(lambda: db.session.add(mark))
    bag = Bag()
    deliver(NOW + timedelta(minutes=1), carrier=bag)
    (letter,) = letters()
    assert (bag.carried, letter.state, letter.error) == ([], "skipped", "Its owner called such a letter unwanted.")


def test_many_letters_cost_as_many_statements_as_one(cast: Cast) -> None:
    drafts = [draft("few", role=["head"]), draft("many")]
    pressed = [(each.uid, seen(each)) for each in drafts]
    costs = []
    for uid, looked in pressed:
        with counted(cast.app) as asked:
            do(lambda event, uid=uid, looked=looked: service.send(event, uid, looked, who="Tokyo", now=NOW))  # type: ignore[misc]
        costs.append(len(asked))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"en": Wording("", "Text")}, "subject-en"),
        ({"en": Wording("Subject", "")}, "text-en"),
        ({"en": ENGLISH, "fr": Wording("Bonjour {password}", "Texte")}, "subject-fr"),
        ({"en": Wording("Hello", "x" * 5001)}, "text-en"),
        ({"en": Wording("Hello", "[here](http://elsewhere.example)")}, "text-en"),
        ({"fr": FRENCH}, "fallback"),
    ],
)
def test_words_that_cannot_go_are_refused_beside_their_field(cast: Cast, words: dict[str, Wording], field: str) -> None:
    with pytest.raises(Refused) as no:
        draft(words=words)
    assert no.value.field == field


def test_the_same_form_twice_is_one_draft(cast: Cast) -> None:
    assert draft("one").uid == draft("one").uid


def test_the_journal_tells_what_went_to_whom(cast: Cast) -> None:
    send(draft(role=["head"]))
    (line,) = told("announcement sent")
    assert line.after == {
        "subject": "Bring a coat to {summit}",
        "languages": ["en"],
        "to": {"Role": ["Heads of delegation"]},
        "letters": 1,
        "left_out": 0,
    }


def test_the_list_shows_what_became_of_its_letters(cast: Cast) -> None:
    row = draft(role=["head", "delegate"])
    uid = row.uid
    send(row)
    deliver(NOW + timedelta(minutes=1), carrier=Bag())
    fates = service.fates(event_of().id, wording.ANNOUNCEMENT, len("announcement/"))
    assert fates == {uid: {"sent": 2, "queued": 1}}
    assert uid_of("Anna Bianchi") in {each.facts["reader"] for each in letters()}
