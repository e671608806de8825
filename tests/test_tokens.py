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
