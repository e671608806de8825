"""Who speaks for a city: several, each with a link of their own, and a hand-over that closes the old one."""

from __future__ import annotations

import pytest

from app.delegations import focal
from app.delegations.focal import Contact
from app.delegations.models import FocalPoint
from app.refused import Refused
from tests.delegations.cities import NOW, Cities

ANNA = Contact("Anna Bianchi", "anna@rome.example.org", "Deputy Mayor")


def appoint(cities: Cities, city: str, contact: Contact) -> FocalPoint:
    key = cities.id(city)
    return cities.do(lambda: focal.appoint(key, contact, who="Gaia Romani", now=NOW))


def opens(cities: Cities, secret: str) -> str:
    def ask() -> str:
        try:
            return focal.by_link(secret).name
        except LookupError:
            return ""

    return cities.read(ask)


def secret(cities: Cities, city: str) -> str:
    return cities.read(lambda: cities.speaker(city).link)


def test_each_has_a_link_of_their_own(cities: Cities) -> None:
    first = secret(cities, "Rome")
    appoint(cities, "Rome", ANNA)
    assert (opens(cities, first), opens(cities, secret(cities, "Rome"))) == ("Gaia Romani", "Anna Bianchi")


def test_a_colleague_gets_the_link_by_letter_once_the_city_is_invited(cities: Cities) -> None:
    appoint(cities, "Rome", ANNA)
    assert cities.letters() == []
    cities.invite("Milan")
    appoint(cities, "Milan", Contact("Paola Verdi", "paola@milan.example.org"))
    assert cities.letters()[-1] == ("focal point", "Paola Verdi")


def test_the_same_person_named_twice_is_one(cities: Cities) -> None:
    cities.invite("Rome")
    first, again = appoint(cities, "Rome", ANNA), appoint(cities, "Rome", Contact("ANNA BIANCHI", ANNA.email))
    assert first.id == again.id
    assert cities.letters().count(("focal point", "Anna Bianchi")) == 1


def test_two_people_may_share_one_address(cities: Cities) -> None:
    gaia = cities.speaker("Rome").id
    assert appoint(cities, "Rome", Contact("Anna Bianchi", "gaia@rome.example.org")).id != gaia


def test_handing_over_closes_the_old_link(cities: Cities) -> None:
    cities.invite("Rome")
    old, key = secret(cities, "Rome"), cities.speaker("Rome").id
    heirs = [cities.do(lambda: focal.hand_over(key, ANNA, now=NOW)).id for _again in range(2)]
    assert heirs[0] == heirs[1]
    assert (opens(cities, old), opens(cities, secret(cities, "Rome"))) == ("", "Anna Bianchi")
    (note,) = cities.notes("handed over")
    assert (note.who, note.after) == ("Gaia Romani (focal point of Rome)", {"name": "Anna Bianchi"})


def test_nobody_hands_over_to_themselves(cities: Cities) -> None:
    key = cities.speaker("Rome").id
    with pytest.raises(Refused, match="This is you"):
        cities.do(lambda: focal.hand_over(key, Contact("gaia romani", "Gaia@rome.example.org"), now=NOW))


def test_the_only_one_of_an_invited_city_stays(cities: Cities) -> None:
    cities.invite("Rome")
    key = cities.speaker("Rome").id
    with pytest.raises(Refused, match="Gaia Romani is the only focal point"):
        cities.do(lambda: focal.dismiss(key, who="KOIKE Yuriko", now=NOW))
    old = secret(cities, "Rome")
    appoint(cities, "Rome", ANNA)
    cities.do(lambda: focal.dismiss(key, who="KOIKE Yuriko", now=NOW))
    assert opens(cities, old) == ""


def test_an_address_that_no_letter_reaches_is_refused(cities: Cities) -> None:
    with pytest.raises(Refused, match="is not an email address"):
        appoint(cities, "Rome", Contact("Anna Bianchi", "anna at rome"))


def test_there_is_a_limit_to_those_who_speak_for_a_city(cities: Cities) -> None:
    for number in range(focal.AT_MOST - 1):
        appoint(cities, "Rome", Contact(f"Colleague {number}", "office@rome.example.org"))
    with pytest.raises(Refused, match="10 people speak for this city already"):
        appoint(cities, "Rome", Contact("One more", "office@rome.example.org"))


def test_who_no_longer_speaks_for_a_city_hands_over_to_nobody(cities: Cities) -> None:
    """Two windows stand open, or the organisers were quicker: the page was still good, the press is not."""
    gaia, bruno = cities.speaker("Rome"), Contact("Bruno Neri", "bruno@elsewhere.example.org")
    first = cities.do(lambda: focal.hand_over(gaia.id, ANNA, now=NOW))
    with pytest.raises(Refused, match="You no longer speak for Rome"):
        cities.do(lambda: focal.hand_over(gaia.id, bruno, now=NOW))
    again = cities.do(lambda: focal.hand_over(gaia.id, ANNA, now=NOW))
    assert (again.id, cities.speaker("Rome").name) == (first.id, "Anna Bianchi")
