"""Whatever stands anywhere in a file, reading it ends in values or in faults, and values can be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.imports import Faulty, read
from app.refused import Refused
from app.web.kept import KeepingFlask
from tests.imports.cast import changed, document, loaded

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["Seoul", "seoul", "2013-11-05", "12:00", "x" * 300, "\ud800", "Asia/Seoul", "video", {}, [], [{}]]
    ),
    st.lists(st.sampled_from(["Seoul", "Busan", 1, {}]), max_size=2),
    st.dictionaries(st.sampled_from(["id", "name", "city", "person", "mode"]), st.text(max_size=5), max_size=2),
)


def places(found: Any, at: str = "") -> Iterator[str]:
    """Every place in a document but the document itself."""
    inner = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for step, each in inner:
        yield f"{at}/{step}"
        yield from places(each, f"{at}/{step}")


PLACES = sorted(places(document("citynet-2013")))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_any_value_anywhere_is_loaded_or_told(app: KeepingFlask, place: str, value: Any) -> None:
    try:
        source = read(changed((place, value), name="citynet-2013"))
    except Faulty as faulty:
        unsaid = [fault for fault in faulty.faults if not fault.message.endswith(".")]
    else:
        unsaid = []
        with suppress(Refused):  # what the file calls otherwise than the register does is told when it is loaded
            loaded(app, source)
            assert loaded(app, source).changed == 0
    assert unsaid == []
