"""Every page in both directions and both schemes, on a desk and on a phone, by all rules: an hour, for `make trust`."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.measure import glass
from tests.measure.glass import Look
from tests.measure.walk import Walk

pytestmark = [pytest.mark.one_database, pytest.mark.trust]

LOOKS = [
    Look(each, language, scheme, glass.ALL_RULES)
    for language in ("en", "ar")
    for scheme in ("light", "dark")
    for each in ("desk", "phone")
]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_route_is_for_everybody(walked: Walk, browser: Browser, look: Look) -> None:
    """Axe finds nothing, nothing breaks or is lost on the fullest page of every route."""
    assert glass.wrong(walked, browser, [(look, walked.by_rule())]) == []
