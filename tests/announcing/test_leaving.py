"""Who wants no announcements gets none: by a page with a button, or by one press in a mail program (RFC 8058)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TypeVar

import pytest

from app.announcing.models import unsubscribe_secret
from app.db import write
from app.desk.outbox import service as outbox
from app.outbox import deliver, handling
from app.registration.models import State, page_secret
from app.web.kept import KeepingFlask
from tests.announcing.cast import (
    NOW,
    alter,
    alter_office,
    draft,
    found,
    left,
    letters,
    names,
    send,
    settle,
    told,
    uid_of,
)
from tests.outbox.cast import Bag, letter, put
from tests.publishing.digests.people import event_of, join
from tests.registration import cast as register
from tests.registration.cast import hidden

Done = TypeVar("Done")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class House:
    """The summit of the cast, with no context held while the client calls."""

    def __init__(self, app: KeepingFlask) -> None:
        register.assemble(app)
        self.app, self.client = app, app.test_client()
        self.do(settle)

    def do(self, act: Callable[[], Done]) -> Done:
        with self.app.app_context():
            return act()

    def address(self, name: str, secret_of: str = "") -> str:
        return self.do(lambda: f"/u/{uid_of(name)}/{unsubscribe_secret(uid_of(secret_of or name))}")

    def gets(self) -> list[str]:
        return self.do(lambda: names(found()))


@pytest.fixture
def house(app: KeepingFlask) -> House:
    return House(app)


@pytest.fixture
def https(app: KeepingFlask) -> Iterator[None]:
    app.config["BASE_URL"] = "https://summit.example.org"
    yield
    app.config["BASE_URL"] = "http://localhost"


def test_to_look_at_the_page_changes_nothing(house: House) -> None:
    address = house.address("Bob Smith")
    for page in (house.client.get(address), house.client.head(address)):
        assert page.status_code == 200
    assert "Bob Smith, for G-NETS Leaders Summit" in house.client.get(address).text
    assert "Bob Smith" in house.gets()


def test_the_page_is_stored_by_no_cache_and_found_by_no_search_engine(house: House) -> None:
    heads = house.client.get(house.address("Bob Smith")).headers
    assert (heads["Cache-Control"], heads["X-Robots-Tag"]) == ("no-store", "noindex")


def test_one_press_of_a_mail_program_holds_at_once(house: House) -> None:
    answer = house.client.post(house.address("Bob Smith"), data=ONE_CLICK)
    assert answer.status_code == 200
    assert house.gets() == ["Carlo Verdi", "Anna Bianchi", "Gaia Romani"]
    assert house.do(lambda: left(found())) == {"Bob Smith": "unsubscribed"}


def test_the_press_may_come_as_multipart_too(house: House) -> None:
    answer = house.client.post(house.address("Bob Smith"), data=ONE_CLICK, content_type="multipart/form-data")
    assert (answer.status_code, "Bob Smith" in house.gets()) == (200, False)


def test_the_button_of_the_page_does_the_same(house: House) -> None:
    address = house.address("Bob Smith")
    page = house.client.get(address)
    answer = house.client.post(address, data=hidden(page))
    assert "You get no announcements and no reminders" in answer.text
    assert "Bob Smith" not in house.gets()


def test_pressed_twice_it_is_noted_once(house: House) -> None:
    for _time in range(2):
        house.client.post(house.address("Bob Smith"), data=ONE_CLICK)
    assert [each.who.partition(" ")[2] for each in house.do(lambda: told("unsubscribed"))] == ["(Bob Smith)"]


def test_its_owner_takes_it_back_on_the_page(house: House) -> None:
    address = house.address("Bob Smith")
    page = house.client.post(address, data=ONE_CLICK)
    answer = house.client.post(f"{address}/again", data=hidden(page))
    assert answer.status_code == 303
    assert "Bob Smith" in house.gets()
    assert "come to you again" in house.client.get(address).text


def test_to_take_it_back_needs_the_page(house: House) -> None:
    address = house.address("Bob Smith")
    house.client.post(address, data=ONE_CLICK)
    assert house.client.post(f"{address}/again").status_code == 400
    assert "Bob Smith" not in house.gets()


def test_a_secret_that_is_wrong_or_anothers_opens_nothing(house: House) -> None:
    anothers = house.address("Bob Smith", secret_of="Carlo Verdi")
    wrong = house.address("Bob Smith")[:-1] + "~"
    page = house.do(lambda: f"/u/{uid_of('Bob Smith')}/{page_secret(uid_of('Bob Smith'), 0)}")
    nobody = house.do(lambda: f"/u/{'0' * 32}/{unsubscribe_secret('0' * 32)}")
    strange = "/u/Ж/Ж"
    for address in (anothers, wrong, page, nobody, strange):
        assert house.client.get(address).status_code == 404
        assert house.client.post(address, data=ONE_CLICK).status_code == 404
    assert house.gets() == ["Bob Smith", "Carlo Verdi", "Anna Bianchi", "Gaia Romani"]


def test_the_secret_opens_nothing_else(house: House) -> None:
    secret = house.address("Bob Smith").rpartition("/")[2]
    for page in (f"/d/{secret}/", f"/f/{secret}/", f"/c/{secret}/agenda.ics"):
        assert house.client.get(page).status_code == 404


def test_focal_points_take_leave_too(house: House) -> None:
    house.client.post(house.address("Gaia Romani"), data=ONE_CLICK)
    assert house.gets() == ["Bob Smith", "Carlo Verdi", "Anna Bianchi"]


def test_another_person_at_the_same_address_still_gets_them(house: House) -> None:
    house.do(lambda: alter("Anna Bianchi", email="office@rome.example.org"))
    house.client.post(house.address("Anna Bianchi"), data=ONE_CLICK)
    assert house.gets() == ["Bob Smith", "Carlo Verdi", "Gaia Romani"]


def test_it_holds_for_the_same_human_in_another_row(house: House) -> None:
    house.do(lambda: alter_office("Gaia Romani", name="Anna Bianchi", email="ANNA@rome.example.org"))
    house.client.post(house.address("Bob Smith"), data=ONE_CLICK)
    house.client.post(house.do(lambda: address_of_delegate("Anna Bianchi")), data=ONE_CLICK)
    assert house.do(lambda: names(found(role=["focal point"]))) == []
    house.do(lambda: alter("Bob Smith", state=State.WITHDRAWN))
    house.do(lambda: join("Lancaster", "Bob Smith"))
    assert "Bob Smith" not in house.gets()


def address_of_delegate(name: str) -> str:
    (uid,) = {each.one.uid for each in found(role=["head"]).going if each.one.name == name}
    return f"/u/{uid}/{unsubscribe_secret(uid)}"


def test_it_holds_when_the_address_is_corrected_afterwards(house: House) -> None:
    house.client.post(house.address("Bob Smith"), data=ONE_CLICK)
    house.do(lambda: alter("Bob Smith", email="robert@lancaster.example.org"))
    assert "Bob Smith" not in house.gets()


def test_it_holds_for_one_summit_alone(house: House) -> None:
    house.client.post(house.address("Kim Min"), data=ONE_CLICK)
    house.do(lambda: join("Seoul", "Kim Min"))
    assert "Kim Min" in house.gets()


def test_what_waits_for_the_morning_does_not_go_any_more_and_other_letters_do(house: House) -> None:
    house.do(lambda: send(draft()))
    house.do(own_matter)
    house.client.post(house.address("Bob Smith"), data=ONE_CLICK)
    states = house.do(lambda: {(each.kind, each.to_name): each.state.value for each in letters()})
    assert states == {
        ("announcement", "Anna Bianchi"): "queued",
        ("announcement", "Bob Smith"): "skipped",
        ("announcement", "Carlo Verdi"): "queued",
        ("announcement", "Gaia Romani"): "queued",
        ("greeting", "Bob Smith"): "queued",
    }


def own_matter() -> None:
    """A letter to Bob that is no announcement."""
    put(letter("Lancaster", to="bob@lancaster.example.org", to_name="Bob Smith"))


def test_only_announcements_say_how_to_take_leave(house: House, https: None) -> None:
    house.do(lambda: send(draft(role=["head"])))
    bag = Bag()
    house.do(lambda: deliver(NOW, carrier=bag))
    message = message_from_bytes(bag.carried[0].octets, policy=policy.default)
    address = message["List-Unsubscribe"]
    assert address == f"<https://summit.example.org{house.address('Anna Bianchi')}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_file_that_organisers_take_out_has_it_without_the_secret(house: House, https: None) -> None:
    house.do(lambda: send(draft(role=["head"])))
    house.do(lambda: deliver(NOW, carrier=Bag()))

    def file() -> bytes:
        letter = outbox.words_of(event_of().id, letters()[0].id)
        octets, _whole = outbox.copy(*letter)
        return octets

    octets = house.do(file)
    message = message_from_bytes(octets, policy=policy.default)
    assert message["List-Unsubscribe"] == "<https://summit.example.org/u/.../...>"
    assert house.address("Anna Bianchi").rpartition("/")[2].encode() not in octets


def test_without_https_the_letter_has_the_link_and_no_such_header(house: House) -> None:
    house.do(lambda: send(draft(role=["head"])))
    bag = Bag()
    house.do(lambda: deliver(NOW, carrier=bag))
    message = message_from_bytes(bag.carried[0].octets, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text = "".join(part.get_content() for part in message.walk() if part.get_content_type() == "text/plain")
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (None, None)
    assert f"http://localhost{house.address('Anna Bianchi')}" in text


def test_sent_again_by_an_organiser_it_does_not_reach_who_took_leave(house: House) -> None:
    house.do(lambda: send(draft(role=["head"])))
    house.do(lambda: deliver(NOW, carrier=Bag()))
    house.client.post(house.address("Anna Bianchi"), data=ONE_CLICK)
    bag = Bag()

    def again() -> None:
        first = letters()[0].id
        write(lambda: handling.resend(first, "a form", who="Tokyo", now=NOW))
        deliver(NOW, carrier=bag)

    house.do(again)
    states = house.do(lambda: [(each.state.value, each.error) for each in letters()])
    assert (bag.carried, states[1]) == ([], ("skipped", "They want no more announcements."))
