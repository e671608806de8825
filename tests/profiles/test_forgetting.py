"""What goes with the registration, and what goes ninety days after the summit."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import files as store
from app.clock import now as present
from app.db import db
from app.files import Kept, keep
from app.jobs import duties
from app.profiles import service
from app.profiles.models import Consented, Profile
from app.registration import nominating
from app.registration import service as registration
from app.registration.models import Capacity, Delegate, State
from tests.profiles.pictures import photo
from tests.profiles.told import consents, files, octets
from tests.queries import counted
from tests.registration.cast import NOW, Cast, read
from tests.registration.people import OFFICE, do, nominate, nomination, register


def tell(cast: Cast, delegate: Delegate) -> None:
    """Somebody tells a little and agrees to be written to."""
    kept: Kept = read(cast.app, lambda: keep(photo(), "photo.jpg", megabytes=5))
    told = {"bio": "Builds trams."}
    do(cast, lambda: service.tell(delegate.id, told, seen=service.mark(None, told), photo=kept, now=NOW))
    seen = service.mark_of_consents([])
    do(cast, lambda: service.agree(delegate.id, {Consented.CONTACT}, seen=seen, now=NOW))


def profiles(cast: Cast) -> list[int]:
    return read(cast.app, lambda: list(db.session.execute(select(Profile.delegate_id)).scalars()))


def test_with_the_registration_profile_and_photo_go_and_the_consent_stays(cast: Cast, anna: Delegate) -> None:
    bruno = register(cast, "Bruno Verdi")
    for each in (anna, bruno):
        tell(cast, each)
    kept = files(cast)[1]
    do(cast, lambda: registration.withdraw(anna.id, NOW))
    assert (profiles(cast), [each.id for each in files(cast)], len(consents(cast))) == ([bruno.id], [kept.id], 2)


def test_somebody_replaced_takes_their_profile_with_them(cast: Cast) -> None:
    luca = nominate(cast)
    tell(cast, luca)
    heir = do(
        cast,
        lambda: nominating.substitute(luca.id, nomination("Mara Villa", Capacity.DELEGATE), who=OFFICE, now=NOW),
    )
    assert (heir.state, profiles(cast), files(cast)) == (State.NOMINATED, [], [])


def test_a_withdrawal_that_fails_forgets_nothing(cast: Cast, anna: Delegate) -> None:
    tell(cast, anna)

    def act() -> None:
        registration.withdraw(anna.id, NOW)
        raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        do(cast, act)
    assert (profiles(cast), len(files(cast))) == ([anna.id], 1)


def test_the_octets_of_a_forgotten_photo_are_swept_away(cast: Cast, anna: Delegate, instance: Path) -> None:
    tell(cast, anna)
    (file,) = files(cast)
    path = instance / "uploads" / file.key[:2] / file.key
    assert octets(instance, file).startswith(b"\xff\xd8\xff")
    do(cast, lambda: registration.withdraw(anna.id, NOW))
    old = (present() - timedelta(days=2)).timestamp()
    os.utime(path, (old, old))
    read(cast.app, lambda: store.sweep(present()))
    assert path.exists() is False


@pytest.mark.parametrize(("days", "left"), [(90, 1), (91, 0)])
def test_ninety_days_after_the_summit_profiles_are_forgotten(cast: Cast, anna: Delegate, days: int, left: int) -> None:
    tell(cast, anna)
    today = date(2090, 3, 1) + timedelta(days=days)
    assert do(cast, lambda: service.forget_profiles(today)) == 1 - left
    assert (len(profiles(cast)), len(files(cast)), len(consents(cast))) == (left, left, 1)


def test_the_worker_forgets_by_itself(cast: Cast, anna: Delegate) -> None:
    tell(cast, anna)
    (duty,) = (each for each in duties if each.name == "profiles")
    assert (read(cast.app, lambda: duty.act(None)), profiles(cast)) == (0, [anna.id])  # type: ignore[arg-type]


def test_to_register_asks_nothing_of_profiles(cast: Cast) -> None:
    with counted(cast.app) as statements:
        register(cast, "Anna Bianchi")
    assert [each for each in statements if "profiles" in each or "consents" in each] == []
