"""A span in which somebody cannot be had: told by a clock, kept as instants, refused where it cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from app.agenda.absences import Told
from app.events.models import Event
from app.refused import Refused

SUMMIT = Event(starts_on=date(2023, 3, 10), ends_on=date(2023, 3, 12), zone="Asia/Tokyo")


def told(**typed: Any) -> Told:
    """The morning of the second day in New York, where clocks go forward the night after."""
    span: dict[str, Any] = {
        "begins_on": date(2023, 3, 11),
        "begins": time(9),
        "ends_on": date(2023, 3, 11),
        "ends": time(12),
    }
    return Told(**(span | {"zone": "America/New_York"} | typed))


def test_a_span_is_kept_as_instants() -> None:
    instants = told().instants(SUMMIT)
    assert instants == (datetime(2023, 3, 11, 14, tzinfo=UTC), datetime(2023, 3, 11, 17, tzinfo=UTC))


def test_an_hour_that_comes_twice_is_taken_whole() -> None:
    event = Event(starts_on=date(2023, 11, 5), ends_on=date(2023, 11, 5), zone="Asia/Tokyo")
    day = date(2023, 11, 5)
    starts, ends = told(begins_on=day, begins=time(1, 30), ends_on=day, ends=time(1, 30)).instants(event)
    assert (ends - starts).total_seconds() == 3600


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"ends": time(8, 59)}, "ends"),
        ({"ends": time(9)}, "ends"),
        ({"begins_on": date(2023, 3, 12), "begins": time(2, 30), "ends_on": date(2023, 3, 12)}, "begins"),
        ({"ends_on": date(2023, 3, 12), "ends": time(2, 30)}, "ends"),
        ({"begins_on": date(2023, 3, 2)}, "begins_on"),
        ({"ends_on": date(2023, 3, 20)}, "ends_on"),
        ({"begins_on": date(1, 1, 1)}, "begins_on"),
        ({"ends_on": date(9999, 12, 31)}, "ends_on"),
        ({"zone": "Mars/Olympus"}, "zone"),
    ],
)
def test_a_span_that_cannot_be_is_refused_beside_its_field(typed: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as no:
        told(**typed).instants(SUMMIT)
    assert no.value.field == field


def test_a_week_before_and_after_the_summit_still_concerns_it() -> None:
    starts, ends = told(begins_on=date(2023, 3, 3), ends_on=date(2023, 3, 19)).instants(SUMMIT)
    assert (ends - starts).days == 16
