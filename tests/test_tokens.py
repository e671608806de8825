"""Secrets in addresses: one purpose each, revoked by the next generation."""

from __future__ import annotations

import itertools

import pytest

from app import tokens
from app.web.kept import KeepingFlask


def test_a_secret_has_144_bits_and_is_the_same_when_shown_again(app: KeepingFlask) -> None:
    with app.app_context():
        assert len(tokens.secret("person", "rome", 0)) == 24
        assert tokens.secret("person", "rome", 0) == tokens.secret("person", "rome", 0)


def test_purpose_thing_and_generation_each_make_another_secret(app: KeepingFlask) -> None:
    with app.app_context():
        made = {tokens.secret(*each) for each in itertools.product(("person", "calendar"), ("rome", "milan"), (0, 1))}
    assert len(made) == 8


@pytest.mark.parametrize("entered", ["{code}", "{lower}", " {spaced} ", "{joined}"])
def test_a_code_is_read_however_it_is_typed(app: KeepingFlask, entered: str) -> None:
    with app.app_context():
        code = tokens.code("city code", "rome", 0)
    forms = {"code": code, "lower": code.lower(), "spaced": code.replace("-", " "), "joined": code.replace("-", "")}
    assert tokens.typed(entered.format(**forms)) == code


def test_letters_that_look_like_figures_are_read_as_them() -> None:
    assert tokens.typed("OIL10-ABCDE") == "01110-ABCDE"


def test_what_was_given_out_opens_for_as_long_as_the_product_lives(app: KeepingFlask) -> None:
    """Links stand in calendars and in letters sent long ago, and the table holds their hashes: these never change."""
    with app.app_context():
        assert tokens.secret("person", "rome", 1) == "3LwB7Xl43cCoDEoXzcAL2iRq"
        assert tokens.code("city code", "rome", 1) == "3TRC5-E72FR"
    assert tokens.digest("rome") == "a8a4c692b93bfde4d4a743e8191afce2141aaac9cd56b421037b455c7c7d16e0"


def test_every_sign_of_a_code_is_read_as_itself(app: KeepingFlask) -> None:
    with app.app_context():
        drawn = {sign for at in range(100) for sign in tokens.code("city code", str(at), 0).replace("-", "")}
    assert drawn == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
