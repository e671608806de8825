"""Delivery: rendered once, the same octets every time, and nothing lost whatever happens in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from app.db import db, write
from app.outbox import Message, State, deliver, empty, pauses
from app.outbox.claims import LEASE
from app.outbox.delivery import PAUSES
from app.outbox.transport import Down, Parcel, Passing, Rejected
from tests.outbox.cast import NOW, Bag, fails, letter, octets, put, row, rows, states

CITIES = ("Tokyo", "Rome", "New York", "Milan", "Lancaster", "Queensland", "Seoul")


def test_a_sent_letter_is_sent_at_a_time_and_never_again(house: Flask) -> None:
    put(letter("Rome"))
    bag = Bag()
    assert (deliver(NOW, carrier=bag), deliver(NOW + timedelta(days=1), carrier=bag)) == (1, 0)
    sent = row()
    assert (len(bag.carried), sent.state, sent.attempts, sent.worker, sent.lease_until) == (1, "sent", 1, "", None)
    assert sent.sent_at is not None


def test_the_octets_are_kept_before_the_first_leaves(house: Flask) -> None:
    put(letter("Rome"))
    kept = []
    deliver(NOW, carrier=Bag(lambda parcel: kept.extend([*octets(), row().message_id, row().state.value])))
    message = message_from_bytes(octets()[0] or b"")
    assert kept == [octets()[0], message["Message-ID"], "inflight"]


def test_message_id_and_sender_are_of_the_sending_domain(house: Flask) -> None:
    put(letter("Rome"))
    bag = Bag()
    deliver(NOW, carrier=bag)
    domain = "localhost.localdomain"
    assert row().message_id.endswith(f"@{domain}>")
    assert (bag.carried[0].sender, row().envelope_from) == (f"plenary@{domain}", f"plenary@{domain}")


@pytest.mark.parametrize("death", [SystemExit(), KeyboardInterrupt()], ids=["exit", "interrupt"])
def test_a_worker_that_dies_while_sending_loses_nothing_and_changes_nothing(house: Flask, death: BaseException) -> None:
    put(letter("Rome"))
    with pytest.raises(type(death)):
        deliver(NOW, carrier=Bag(fails(death)))
    first, bag = octets(), Bag()
    assert deliver(NOW + LEASE - timedelta(seconds=1), carrier=bag) == 0
    assert deliver(NOW + LEASE + timedelta(seconds=1), carrier=bag) == 1
    assert ([each.octets for each in bag.carried], states()) == (first, ["sent"])


def test_a_letter_tried_again_is_the_same_octets(house: Flask) -> None:
    put(letter("Rome"))
    deliver(NOW, carrier=Bag(fails(Passing("451 later"))))
    first, bag = octets(), Bag()
    deliver(NOW + timedelta(minutes=2), carrier=bag)
    assert [each.octets for each in bag.carried] == first


def test_a_passing_fault_is_tried_again_after_pauses_that_grow(house: Flask) -> None:
    put(letter("Rome"))
    now, pauses = NOW, []
    for _ in range(6):
        deliver(now, carrier=Bag(fails(Passing("450 later"))), seed=7)
        pauses.append(round((row().due_at - now) / timedelta(minutes=1)))
        now = row().due_at
    scattered = [(0.8 * each, 1.25 * each) for each in (1, 5, 15, 60, 120, 120)]
    assert [low - 1 <= pause <= high + 1 for pause, (low, high) in zip(pauses, scattered, strict=True)] == [True] * 6


def test_the_same_seed_scatters_alike(house: Flask) -> None:
    put(letter("Rome"), letter("Milan"))
    deliver(NOW, carrier=Bag(fails(Passing("451 later"))), seed=7)
    first = [round((each.due_at - NOW).total_seconds(), -1) for each in rows()]
    put(letter("Seoul"), letter("Tokyo"))
    deliver(NOW, carrier=Bag(fails(Passing("451 later"))), seed=7)
    assert [round((each.due_at - NOW).total_seconds(), -1) for each in rows()[2:]] == first


def test_after_two_days_of_passing_faults_it_has_failed(house: Flask) -> None:
    put(letter("Rome"))
    write(lambda: db.session.execute(update(Message).values(attempts=len(PAUSES), state=State.RETRY)))
    deliver(NOW, carrier=Bag(fails(Passing("451 later"))))
    assert (row().state, row().error) == ("failed", "451 later")
    assert timedelta(hours=47) <= sum(PAUSES, timedelta()) <= timedelta(hours=48)


def test_a_letter_that_cannot_be_rendered_fails_alone(house: Flask, caplog: pytest.LogCaptureFixture) -> None:
    put(letter("Rome", kind="broken"), letter("Milan", kind="unheard-of"), letter("Tokyo"))
    assert deliver(NOW, carrier=Bag()) == 3
    assert [(each.state, each.error) for each in rows()] == [
        ("failed", "It could not be rendered: KeyError('platform')"),
        ("failed", "It could not be rendered: LookupError(\"Nothing words letters of the kind 'unheard-of'.\")"),
        ("sent", ""),
    ]
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == [
        "The letter 1 (broken) could not be rendered.",
        "The letter 2 (unheard-of) could not be rendered.",
    ]


def test_a_held_letter_waits_for_a_person(house: Flask) -> None:
    put(letter("Rome"))
    write(lambda: db.session.execute(update(Message).values(state=State.HELD)))
    assert (deliver(NOW + timedelta(days=9), carrier=Bag()), states()) == (0, ["held"])


def test_greater_priority_goes_first_then_what_waits_longest(house: Flask) -> None:
    put(letter("Seoul", priority=-1), letter("Rome"), letter("Tokyo", priority=1), letter("Milan"))
    bag = Bag()
    while deliver(NOW, limit=1, carrier=bag):
        pass
    order = ["office@tokyo.example", "office@rome.example", "office@milan.example", "office@seoul.example"]
    assert [each.to for each in bag.carried] == order


def test_when_asked_to_stop_the_letter_in_hand_is_the_last_and_the_others_go_back(house: Flask) -> None:
    put(*(letter(city) for city in CITIES))
    stop = threading.Event()
    assert deliver(NOW, carrier=Bag(lambda parcel: stop.set()), stop=stop) == 1
    assert (states(), {each.worker for each in rows()}) == (["sent"] + ["queued"] * 6, {""})


def test_a_letter_that_another_worker_took_over_is_left_to_it(house: Flask) -> None:
    put(letter("Rome"), letter("Milan"))

    def take_over(parcel: Parcel) -> None:
        write(lambda: db.session.execute(update(Message).values(worker="another")))

    bag = Bag(take_over)
    assert (deliver(NOW, carrier=bag), [each.to for each in bag.carried]) == (1, ["office@rome.example"])
    assert states() == ["sent", "inflight"]


def test_a_sender_that_is_no_address_costs_no_letter(house: Flask) -> None:
    put(letter("Rome"))
    right, house.config["MAIL_DEFAULT_SENDER"] = house.config["MAIL_DEFAULT_SENDER"], "Plenary"
    try:
        with pytest.raises(ValueError, match="MAIL_DEFAULT_SENDER is 'Plenary'; it must be like"):
            deliver(NOW, carrier=Bag())
    finally:
        house.config["MAIL_DEFAULT_SENDER"] = right
    assert states() == ["queued"]


def test_five_refusals_over_different_addresses_are_the_servers_fault(
    house: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    put(*(letter(city) for city in CITIES))
    refusing = Bag(fails(Rejected("550 no relaying")))
    assert deliver(NOW, carrier=refusing) == 5
    assert states() == ["queued"] * 7
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"][-1].startswith(
        "The mail server refuses everybody (550). Delivery pauses until "
    )
    assert deliver(NOW + timedelta(minutes=14), carrier=Bag()) == 0
    bag = Bag()
    while deliver(NOW + timedelta(minutes=31), carrier=bag):
        pass
    assert (len(bag.carried), states()) == (7, ["sent"] * 7)


def test_one_more_refusal_after_that_pause_is_enough(house: Flask) -> None:
    put(*(letter(city) for city in CITIES))
    refusing = Bag(fails(Rejected("550 no relaying")))
    deliver(NOW, carrier=refusing)
    assert (deliver(NOW + timedelta(minutes=31), carrier=refusing), states()) == (1, ["queued"] * 7)
    assert deliver(NOW + timedelta(minutes=40), carrier=Bag()) == 0


def test_a_refused_letter_has_failed_with_the_next_success(house: Flask) -> None:
    put(letter("Rome"), letter("Milan"))
    assert deliver(NOW, 1, carrier=Bag(fails(Rejected("550 no such user")))) == 1
    assert states() == ["refused", "queued"]
    assert (deliver(NOW, carrier=Bag()), states()) == (1, ["failed", "sent"])


def test_a_refused_letter_has_failed_after_a_quarter_of_an_hour(house: Flask) -> None:
    put(letter("Rome"))
    deliver(NOW, carrier=Bag(fails(Rejected("550 no such user"))))
    deliver(NOW + timedelta(minutes=14), carrier=Bag())
    assert states() == ["refused"]
    deliver(NOW + timedelta(minutes=16), carrier=Bag())
    assert (states(), row().error) == (["failed"], "550 no such user")


def test_five_refusals_that_several_workers_met_are_the_servers_fault_too(house: Flask) -> None:
    put(*(letter(city) for city in CITIES))
    for _worker in range(5):
        assert deliver(NOW, 1, carrier=Bag(fails(Rejected("550 no relaying")))) == 1
        house.extensions.pop("outbox")
    assert (states(), deliver(NOW, carrier=Bag())) == (["queued"] * 7, 0)


def test_a_refusal_is_the_servers_fault_when_another_worker_has_just_found_so(house: Flask) -> None:
    """And is no letter's when the server is well again a moment later."""
    put(*(letter(city) for city in CITIES))
    others = Bag(fails(Rejected("550 no relaying")))

    def refuse(_parcel: Parcel) -> None:
        if not slow.carried:
            while deliver(NOW, 5, carrier=others):
                pass
        slow.carried.append(_parcel)
        raise Rejected("550 no relaying")

    slow = Bag(refuse)
    deliver(NOW, 1, carrier=slow)
    assert (len(slow.carried), states()) == (1, ["queued"] * 7)


def between(letters: int, meets: Callable[[], None]) -> Bag:
    """A server that takes so many letters of this worker, while the others meet something, and refuses the next."""

    came: list[Parcel] = []

    def take(parcel: Parcel) -> None:
        came.append(parcel)
        if len(came) == 1:
            meets()
        if len(came) > letters:
            raise Rejected("550 no such user")

    return Bag(take)


def refused_all() -> None:
    while deliver(NOW, 5, carrier=Bag(fails(Rejected("550 no relaying")))):
        pass


def test_a_letter_that_went_says_that_the_server_refuses_nobody(house: Flask) -> None:
    """Whatever another worker has just found; so the next refusal is that letter's own."""
    put(*(letter(f"{city} {number}") for number in range(2) for city in CITIES))
    deliver(NOW, 4, carrier=between(3, refused_all))
    assert (states().count("sent"), states().count("refused")) == (3, 1)
    assert deliver(NOW, 1, carrier=Bag()) == 1


def test_a_worker_that_finds_no_server_shortens_no_pause_and_leaves_the_doubt(house: Flask) -> None:
    put(*(letter(city) for city in CITIES))

    def lost() -> None:
        refused_all()
        raise Down("no line")

    deliver(NOW, 1, carrier=between(9, lost))
    assert deliver(NOW + timedelta(minutes=14), carrier=Bag()) == 0
    assert deliver(NOW + timedelta(minutes=16), carrier=Bag(fails(Rejected("550 no relaying")))) == 1
    assert states() == ["queued"] * 7


def test_refusals_with_successes_between_are_the_addresses_fault(house: Flask) -> None:
    put(*(letter(f"{city} {number}") for number in range(3) for city in ("Rome", "Milan", "Tokyo")))

    def refuse(parcel: Parcel) -> None:
        if "tokyo" not in parcel.to:
            raise Rejected("550 no such user")

    assert deliver(NOW, carrier=Bag(refuse)) == 9
    assert states() == ["failed", "failed", "sent"] * 3


def test_refusals_of_one_address_alone_condemn_no_server(house: Flask) -> None:
    put(*(letter("Rome", key=f"greeting/Rome/{number}") for number in range(6)))
    assert deliver(NOW, carrier=Bag(fails(Rejected("550 no such user")))) == 6
    assert states() == ["refused"] * 6


def test_lines_that_break_again_and_again_are_left_alone_for_a_moment(house: Flask) -> None:
    put(*(letter(city) for city in CITIES))
    cutting = Bag(fails(Passing("the line broke", cut=True)))
    assert deliver(NOW, carrier=cutting) == 3
    assert states() == ["retry"] * 3 + ["queued"] * 4
    soon, later = NOW + timedelta(seconds=59), NOW + timedelta(minutes=2)
    assert [deliver(each, carrier=Bag()) for each in (soon, later, later)] == [0, 1, 6]


def test_while_lines_break_one_letter_a_minute_finds_out(house: Flask) -> None:
    put(*(letter(city) for city in CITIES))
    cutting = Bag(fails(Passing("the line broke", cut=True)))
    deliver(NOW, carrier=cutting)
    assert [deliver(NOW + timedelta(seconds=each), carrier=cutting) for each in (61, 62, 119, 122)] == [1, 0, 0, 1]


@pytest.mark.parametrize("answer", [Passing("451 later"), Rejected("550 no such user")])
def test_a_server_that_answers_again_is_left_alone_no_longer(house: Flask, answer: Exception) -> None:
    put(*(letter(city) for city in CITIES))
    deliver(NOW, carrier=Bag(fails(Passing("the line broke", cut=True))))
    after = NOW + timedelta(seconds=61)
    assert deliver(after, carrier=Bag(fails(answer))) == 1
    assert deliver(after, carrier=Bag()) > 1


def test_a_letter_that_is_not_sent_tells_nothing_of_the_server(house: Flask) -> None:
    """Else each of them would cost all others a minute."""
    put(letter("Oslo", facts={}), *(letter(city) for city in CITIES))
    write(lambda: pauses.close(pauses.ALL, NOW, "no way"))
    assert [deliver(NOW, carrier=Bag()) for _turn in range(3)] == [1, 1, 6]
    assert states() == ["failed", *["sent"] * 7]


def test_without_a_server_letters_are_files_for_their_owner_alone(house: Flask, instance: Path) -> None:
    for old in (instance / "mail").glob("*"):
        old.unlink()
    put(letter("Rome", to="o'neil/x@rome.example"))
    assert deliver(NOW) == 1
    [file] = (instance / "mail").iterdir()
    assert (file.name, [file.read_bytes()]) == (
        f"{row().dated:%Y%m%dT%H%M%S.%fZ}-greeting-o_neil_x@rome.example.eml",
        octets(),
    )
    assert (oct(file.stat().st_mode & 0o777), oct(file.parent.stat().st_mode & 0o777)) == ("0o600", "0o700")


def test_a_folder_that_cannot_be_written_loses_no_letter(house: Flask, instance: Path) -> None:
    put(letter("Rome"))
    whole = instance / "mail"
    aside = instance / "mail aside"
    if whole.exists():
        whole.rename(aside)
    whole.write_text("in the way")
    try:
        assert (deliver(NOW), states()) == (0, ["retry"])
    finally:
        whole.unlink()
        if aside.exists():
            aside.rename(whole)
    assert (deliver(NOW + timedelta(minutes=2)), states()) == (1, ["sent"])


def test_emptying_the_outbox_says_what_came_of_it(house: Flask) -> None:
    put(*(letter(f"{city} {number}") for number in range(8) for city in CITIES), letter("Rome", kind="broken"))
    done = empty()
    assert (done.sent, done.failed, done.waiting) == (56, 1, 0)
