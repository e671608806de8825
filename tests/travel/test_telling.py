"""A guest tells journey and visa part by part; the link alone never shows it again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app import clock
from app.db import db
from app.events.models import Event, Mode
from app.outbox import Message, State
from app.registration import nominating
from app.registration import service as registration
from app.registration.models import Delegate
from app.travel import codes, rules, service
from app.travel.models import Code, Hotel, Kind
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import OFFICE, at_once, do, nomination, now_of, refusal
from tests.travel.guests import (
    JOURNEY,
    PASSPORT,
    drawn,
    guest,
    held,
    journey,
    link,
    notes,
    open_with_code,
    posted_code,
    tell,
    tell_all,
    text,
    visa,
)


def test_a_journey_is_stored_as_instants_and_the_zones_they_were_told_in(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    assert tell(client, link(cast, anna, "/travel/journey"), JOURNEY).status_code == 303
    row = journey(cast, anna)
    assert (row.arrives_at, row.arrival_zone) == (datetime(2090, 2, 26, 6, 25, tzinfo=UTC), "Asia/Tokyo")
    assert (row.arrival_flight, row.arrival_port, row.told_from) == ("AZ 792", "Haneda", "office@rome.example.org")


def test_all_parts_are_stored_and_clean(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    row, data = journey(cast, anna), visa(cast, anna)
    assert (row.hotel, row.pick_up, row.companions) == (Hotel.OWN, True, ["Carla Neri", "Dino Verdi"])
    assert (row.emergency_phone, row.officers, row.weapons) == ("+390612345678", True, False)
    assert (data.surname, data.number, data.complete) == ("MUELLER DANNA", "YA1234567", True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"arrival_flight": "TOO LONG 1"}, "A flight number is two or three letters"),
        ({"departure_day": "2090-02-26", "departure_time": "09:00"}, "The departure must come after the arrival."),
        ({"arrival_time": ""}, "Give both the day and the time."),
        ({"arrival_day": "2091-09-01"}, "more than a year away"),
        ({"arrival_day": "27 February"}, "Write the day as year, month and day"),
        ({"arrival_zone": "Mars/Olympus"}, "There is no time zone of that name."),
        ({"departure_day": "", "departure_time": "", "departure_port": "Narita"}, "On which day, and at what time?"),
    ],
)
def test_a_journey_that_cannot_be_is_refused_in_words(
    cast: Cast, client: FlaskClient, changes: dict[str, str], said: str
) -> None:
    anna = guest(cast)
    answer = tell(client, link(cast, anna, "/travel/journey"), JOURNEY | changes)
    assert (answer.status_code, said in text(answer), held(cast, anna).travel) == (422, True, None)


def test_a_journey_far_from_the_summit_is_stored_with_a_warning(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    path = link(cast, anna, "/travel/journey")
    page = client.get(path)
    del page
    stored = tell(client, path, JOURNEY | {"arrival_day": "2090-02-20"})
    assert "Please look at the day of arrival again: it is Monday 20 February 2090." in text(
        client.get(stored.location)
    )
    assert journey(cast, anna).arrives_at == datetime(2090, 2, 20, 6, 25, tzinfo=UTC)


def _in_rome(cast: Cast, first: date, last: date) -> None:
    values = {"zone": "Europe/Rome", "starts_on": first, "ends_on": last}
    do(cast, lambda: db.session.execute(update(Event).where(Event.id == cast.event_id).values(**values)))


def test_an_hour_left_out_in_spring_is_answered_in_words(cast: Cast, client: FlaskClient) -> None:
    _in_rome(cast, date(2090, 3, 27), date(2090, 3, 28))
    spring = {"arrival_day": "2090-03-26", "arrival_time": "02:30", "arrival_zone": "Europe/Rome"}
    answer = tell(client, link(cast, guest(cast), "/travel/journey"), spring)
    assert (answer.status_code, "go forward and 02:30 is left out" in text(answer)) == (422, True)


def test_an_hour_that_comes_twice_in_autumn_is_asked_for(cast: Cast, client: FlaskClient) -> None:
    _in_rome(cast, date(2090, 10, 28), date(2090, 10, 30))
    anna = guest(cast)
    path = link(cast, anna, "/travel/journey")
    autumn = {"arrival_day": "2090-10-29", "arrival_time": "02:30", "arrival_zone": "Europe/Rome"}
    answer = tell(client, path, autumn)
    assert (answer.status_code, "set back and show 02:30 twice. Which is it?" in text(answer)) == (422, True)
    assert tell(client, path, autumn | {"arrival_again": "second"}).status_code == 303
    assert journey(cast, anna).arrives_at == datetime(2090, 10, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"surname": "Мюллер"}, "they hold A to Z alone"),
        ({"number": "X-1"}, "A passport number has 5 to 15 letters and figures."),
        ({"birth_date": "1890-01-01"}, "This makes an age of"),
        ({"nationality": "ZZ"}, "Choose the country."),
        ({"issued_on": "2099-02-01"}, "A passport cannot be issued in the future."),
        ({"expires_on": "2019-01-01"}, "It must expire after it was issued."),
        ({"birth_place": ""}, "Enter the place."),
    ],
)
def test_a_passport_that_cannot_be_is_refused_in_words(
    cast: Cast, client: FlaskClient, changes: dict[str, str], said: str
) -> None:
    anna = guest(cast)
    tell(client, link(cast, anna, "/visa"), {"needed": "y"})
    answer = tell(client, link(cast, anna, "/visa/passport"), PASSPORT | BORN | changes)
    assert (answer.status_code, said in text(answer), visa(cast, anna).number) == (422, True, "")


def test_a_passport_that_runs_out_soon_is_stored_with_a_warning(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell(client, link(cast, anna, "/visa"), {"needed": "y"})
    stored = tell(client, link(cast, anna, "/visa/passport"), PASSPORT | BORN | {"expires_on": "2090-08-31"})
    assert "expires less than six months after you leave" in text(client.get(stored.location))
    assert visa(cast, anna).expires_on == date(2090, 8, 31)


def test_no_passport_is_asked_for_before_a_letter_is(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    answer = client.get(link(cast, anna, "/visa/passport"))
    assert (answer.status_code, "number" in client.get(link(cast, anna, "/visa")).text) == (303, False)


def test_a_part_of_the_other_kind_is_not_there(cast: Cast, client: FlaskClient) -> None:
    assert client.get(link(cast, guest(cast), "/travel/passport")).status_code == 404


def test_who_is_online_is_asked_nothing(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast, mode=Mode.ONLINE)
    assert client.get(link(cast, anna, "/travel/journey")).status_code == 303
    assert "Travel and visa" not in client.get(link(cast, anna)).text


def test_the_page_of_the_person_says_what_is_told_and_asked(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    before = text(client.get(link(cast, anna)))
    tell_all(cast, client, anna)
    after = text(client.get(link(cast, anna)))
    assert ("Arrival and departure Asked" in before, "Visa letter not asked for" in before) == (True, True)
    assert ("Arrival and departure told" in after, "4 of 4 told" in after, "Visa letter all told" in after) == (
        *(True, True, True),
    )


SECRETS = ("AZ 792", "Haneda", "Park Hotel", "Bruno", "Carla", "bronze wolf", "quiet room", "YA1234567", "DANNA")


def test_the_link_alone_shows_that_it_is_stored_and_two_figures(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    paths = ["", "/travel", "/visa", "/change", "/travel/code", "/visa/code", "/travel/delete", "/visa/delete"]
    paths += [f"/{kind}/{part}" for kind in Kind for part in service.PARTS[kind]]
    pages = "".join(client.get(link(cast, anna, path)).text for path in paths)
    assert [secret for secret in SECRETS if secret.casefold() in pages.casefold()] == []
    assert "passport ending 67" in text(client.get(link(cast, anna, "/visa")))


def test_a_code_by_letter_opens_it_in_that_browser_alone(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    assert open_with_code(cast, client, anna, Kind.VISA).status_code == 303
    mine, other = (each.get(link(cast, anna, "/visa")) for each in (client, cast.app.test_client()))
    assert ("YA1234567" in mine.text, "YA1234567" in other.text) == (True, False)
    assert 'value="YA1234567"' in client.get(link(cast, anna, "/visa/passport")).text
    assert "Haneda" not in client.get(link(cast, anna, "/travel")).text


def test_a_code_works_once(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    open_with_code(cast, client, anna, Kind.VISA)
    again = tell(cast.app.test_client(), link(cast, anna, "/visa/code"), {"code": posted_code(cast)})
    assert (again.status_code, "This is not the code" in text(again)) == (422, True)


def test_five_wrong_tries_use_a_code_up(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    path = link(cast, anna, "/visa/code")
    tell(client, path, {"send": "yes"})
    right = posted_code(cast)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    tries = [tell(client, path, {"code": each}).status_code for each in (*[wrong] * 5, right)]
    assert tries == [422] * 6


def test_ten_minutes_later_a_code_is_worth_nothing(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    do(cast, lambda: codes.send(anna.id, Kind.TRAVEL, NOW))
    right = drawn(cast, anna, Kind.TRAVEL)
    late, just = (NOW + codes.LASTS, NOW + codes.LASTS - timedelta(seconds=1))
    got = [do(cast, lambda at=at: codes.guess(anna.id, anna.uid, Kind.TRAVEL, right, at)) for at in (late, just)]  # type: ignore[misc]
    assert got == [False, True]


def test_a_code_of_one_person_or_kind_opens_nothing_of_another(cast: Cast, client: FlaskClient) -> None:
    anna, luca = guest(cast), guest(cast, "Luca Ferri")
    for each in (anna, luca):
        tell_all(cast, client, each)
        do(cast, lambda each=each: codes.send(each.id, Kind.TRAVEL, NOW))  # type: ignore[misc]
        do(cast, lambda each=each: codes.send(each.id, Kind.VISA, NOW))  # type: ignore[misc]
    right = drawn(cast, luca, Kind.VISA)
    asked = ((anna, Kind.VISA), (luca, Kind.TRAVEL), (luca, Kind.VISA))
    got = [do(cast, lambda o=o, k=k: codes.guess(o.id, o.uid, k, right, NOW)) for o, k in asked]  # type: ignore[misc]
    assert got == [False, False, True]


def test_the_code_goes_to_the_address_of_when_it_was_told(cast: Cast, client: FlaskClient) -> None:
    """Whoever came by the link may type another address; it opens nothing."""
    anna = guest(cast)
    tell_all(cast, client, anna)
    page = client.get(link(cast, anna, "/change"))
    assert "no longer come to the venue" in page.text
    stored = tell(client, link(cast, anna, "/change"), {**_details(), "email": "thief@example.org"})
    assert (stored.status_code, now_of(cast, anna).email) == (303, "thief@example.org")
    tell(client, link(cast, anna, "/visa/code"), {"send": "yes"})
    newest = select(Message.to).where(Message.kind == "private code").order_by(Message.id.desc()).limit(1)
    assert read(cast.app, lambda: db.session.execute(newest).scalar_one()) == "office@rome.example.org"


def test_codes_are_sent_five_times_an_hour_and_no_more(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    path = link(cast, anna, "/visa/code")
    sent = [tell(client, path, {"send": "yes"}).status_code for _each in range(6)]
    assert sent == [303] * 5 + [422]


def test_neither_row_nor_letter_in_waiting_holds_the_code_and_the_outbox_forgets_it(
    cast: Cast, client: FlaskClient
) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    tell(client, link(cast, anna, "/travel/code"), {"send": "yes"})
    letter = select(Message).where(Message.kind == "private code")
    waiting = read(cast.app, lambda: str(db.session.execute(letter).scalar_one().facts))
    assert posted_code(cast) not in waiting
    later = datetime(2100, 1, 1, tzinfo=UTC)
    assert do(cast, lambda: codes.sweep(later)) == 2
    assert do(cast, lambda: codes.sweep(later)) == 0
    columns = select(Message.facts, Message.octets, Message.state).where(Message.kind == "private code")
    assert read(cast.app, lambda: tuple(db.session.execute(columns).one())) == ({}, None, State.SENT)
    assert read(cast.app, lambda: db.session.execute(select(func.count()).select_from(Code)).scalar_one()) == 0


def test_the_letter_with_a_code_is_of_use_as_long_as_the_code(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    do(cast, lambda: codes.send(anna.id, Kind.TRAVEL, NOW))
    until = select(Message.until).where(Message.kind == "private code")
    assert read(cast.app, lambda: db.session.execute(until).scalar_one()) == NOW + timedelta(minutes=10)


def test_a_code_not_sent_in_time_is_not_sent(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    do(cast, lambda: codes.send(anna.id, Kind.TRAVEL, NOW))
    do(cast, lambda: codes.sweep(NOW + timedelta(minutes=11)))
    columns = select(Message.facts, Message.state).where(Message.kind == "private code")
    assert read(cast.app, lambda: tuple(db.session.execute(columns).one())) == ({}, State.SKIPPED)


def test_a_part_can_be_told_anew_without_a_code(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    stay = link(cast, anna, "/travel/stay")
    assert tell(client, stay, {"hotel": "none", "hotel_name": "Park Hotel"}).status_code == 303
    assert (journey(cast, anna).hotel, journey(cast, anna).hotel_name) == (Hotel.NONE, "")


def test_the_journal_says_that_it_was_told_and_never_what(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    told = notes(cast, "told in confidence")
    assert [each.after for each in told][:2] == [
        {"about": "travel", "part": "journey"},
        {"about": "travel", "part": "stay"},
    ]
    assert {each.who for each in told} == {f"{anna.reference} (Anna Bianchi)"}


def test_a_person_deletes_it(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    assert tell(client, link(cast, anna, "/visa/delete"), {}).status_code == 303
    assert (held(cast, anna).visa, held(cast, anna).travel is None) == (None, False)


def test_moving_online_deletes_both_and_says_so_in_the_journal(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    do(cast, lambda: registration.set_mode(anna.id, Mode.ONLINE, who="Tokyo", now=NOW))
    assert bool(held(cast, anna)) is False
    assert [each.after for each in notes(cast, "private data deleted")] == [{"about": "travel, visa"}]


def test_who_withdraws_leaves_nothing_behind(cast: Cast, client: FlaskClient) -> None:
    anna, luca = guest(cast), guest(cast, "Luca Ferri")
    for each in (anna, luca):
        tell_all(cast, client, each)
    do(cast, lambda: registration.withdraw(anna.id, NOW))
    assert (bool(held(cast, anna)), bool(held(cast, luca))) == (False, True)


@pytest.mark.parametrize(("day", "kept"), [(date(2090, 3, 31), True), (date(2090, 4, 1), False)])
def test_thirty_days_after_the_summit_all_of_it_is_deleted(
    cast: Cast, client: FlaskClient, day: date, kept: bool
) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    assert do(cast, lambda: service.forget_over(day, NOW)) == (0 if kept else 2)
    assert bool(held(cast, anna)) is kept
    counts = [(each.subject, each.after) for each in notes(cast, "private data deleted")]
    assert counts == ([] if kept else [("event/summit", {"travel": 1, "visa": 1})])


BORN = {"birth_date": "1990-04-01"}


def _details() -> dict[str, str]:
    return {
        "mode": "venue",
        "honorific": "Hon.",
        "name": "Anna Bianchi",
        "position": "Deputy Mayor",
        "organisation": "City of Rome",
        "mobile": "+819012345678",
        "agreed": "y",
    }


def test_a_successor_comes_into_nothing_that_was_told_in_confidence(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    heir = do(cast, lambda: nominating.substitute(anna.id, nomination("Luca Ferri"), who=OFFICE, now=NOW))
    assert (bool(held(cast, anna)), bool(held(cast, heir))) == (False, False)


def test_two_who_press_at_once_store_one_row(cast: Cast) -> None:
    anna = guest(cast)

    def press(_number: int) -> None:
        do(cast, lambda: service.ask_letter(anna.id, who="a test", now=NOW))
        do(cast, lambda: service.store(anna.id, "company", {"companions": ["Carla"]}, who="a test", now=NOW))

    at_once(4, press)
    assert (journey(cast, anna).companions, len(notes(cast, "asked for a visa letter"))) == (["Carla"], 1)


def test_of_many_tries_at_once_five_count(cast: Cast, client: FlaskClient) -> None:
    anna = guest(cast)
    tell_all(cast, client, anna)
    do(cast, lambda: codes.send(anna.id, Kind.TRAVEL, NOW))
    right = drawn(cast, anna, Kind.TRAVEL)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    at_once(8, lambda _number: do(cast, lambda: codes.guess(anna.id, anna.uid, Kind.TRAVEL, wrong, NOW)))
    tries = select(Code.tries).where(Code.delegate_id == anna.id)
    assert read(cast.app, lambda: db.session.execute(tries).scalar_one()) == codes.TRIES
    assert do(cast, lambda: codes.guess(anna.id, anna.uid, Kind.TRAVEL, right, NOW)) is False


def test_what_was_told_under_two_addresses_opens_by_a_letter_to_neither(cast: Cast, client: FlaskClient) -> None:
    """Somebody types an address of their own, tells the stay, types the old one again, and waits for the passport."""
    anna = guest(cast)
    squat, back = {"email": "eve@elsewhere.example.org"}, {"email": anna.email}
    rename = update(Delegate).where(Delegate.id == anna.id)
    do(cast, lambda: db.session.execute(rename.values(**squat)))
    tell(client, link(cast, anna, "/visa"), {"needed": "y"})
    open_with_code(cast, client, anna, Kind.VISA)
    do(cast, lambda: codes.send(anna.id, Kind.VISA, clock.now()))
    do(cast, lambda: db.session.execute(rename.values(**back)))
    assert tell(cast.app.test_client(), link(cast, anna, "/visa/passport"), PASSPORT).status_code == 303
    assert "YA1234567" not in client.get(link(cast, anna, "/visa")).text
    assert "YA1234567" not in client.get(link(cast, anna, "/visa/passport")).text
    assert read(cast.app, lambda: db.session.execute(select(Code)).all()) == []
    assert "No code can be sent" in text(client.get(link(cast, anna, "/visa/code")))
    said = refusal(lambda: do(cast, lambda: codes.send(anna.id, Kind.VISA, clock.now())))
    assert (
        said
        == "It was stored under no email address or under two, so no code can be sent. Delete it and enter it anew."
    )


@pytest.mark.parametrize(
    ("at", "there", "gone"), [((9, 0), (9, 0), (9, 0)), ((9, 1), (10, 0), (9, 0)), ((9, 59), (10, 0), (9, 0))]
)
def test_others_learn_of_a_journey_no_more_than_the_full_hour(
    at: tuple[int, int], there: tuple[int, int], gone: tuple[int, int]
) -> None:
    moment, first, last = (datetime(2090, 2, 26, *each, tzinfo=UTC) for each in (at, there, gone))
    assert (rules.there_from(moment), rules.there_until(moment)) == (first, last)


def test_the_page_says_what_those_who_plan_sessions_learn_of_a_journey(cast: Cast, client: FlaskClient) -> None:
    said = text(client.get(link(cast, guest(cast), "/travel")))
    assert "Who plans the sessions is warned if you are not there yet, or have left, while you are to speak" in said
