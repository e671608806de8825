"""Where somebody is signed in, and the browsers and networks that they are known by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.accounts.models import Device, SignIn, User
from app.accounts.service import SIGNED_IN_FOR, end_where
from app.db import claim, db
from app.tokens import digest

KNOWN_FOR = timedelta(days=400)
"""How long a browser is known after its last sign-in; browsers keep no cookie longer (RFC 6265bis 5.5)."""


@dataclass(frozen=True)
class Place:
    """One browser in which somebody is signed in."""

    id: int
    agent: str
    since: datetime
    here: bool
    """It is the one that asks."""


def place(email: str, device: str, network: str, now: datetime) -> str:
    """Under which name tries to guess the password of `email` are counted: this browser, this network or all others.

    A browser that is known by this account has a count of its own, and so has a network from which it came last; all
    the rest of the world shares one. So whoever guesses from a thousand networks gets ten tries, and locks out nobody
    who was here before. One query, the same whether or not there is such an account.
    """
    mine = (User.email == email, Device.used_at > now - KNOWN_FOR)
    known = select(Device.key_hash, Device.network_hash).join(User, User.id == Device.user_id).where(*mine)
    rows = db.session.execute(known).all()
    if any(key == digest(device) for key, _network in rows):
        return f"device {digest(device)}"
    if any(each == digest(network) for _key, each in rows):
        return f"network {network}"
    return "elsewhere"


def recognise(user_id: int, device: str, network: str, now: datetime) -> bool:
    """This browser is known from now on; whether it was before. Sweeps away those that nobody came with for long."""
    old = delete(Device).where(Device.used_at < now - KNOWN_FOR)
    db.session.execute(old.execution_options(synchronize_session=False))
    values = {"network_hash": digest(network), "used_at": now}
    mine = (Device.user_id == user_id, Device.key_hash == digest(device))
    if claim(update(Device).where(*mine).values(**values)):
        return True
    db.session.add(Device(user_id=user_id, key_hash=digest(device), **values))
    return False


def forget(user_id: int) -> None:
    """No browser is known by this account any more."""
    db.session.execute(delete(Device).where(Device.user_id == user_id).execution_options(synchronize_session=False))


def open_ones(user_id: int, sign_in_id: int, now: datetime) -> list[Place]:
    """Where somebody is signed in, the newest first. One query."""
    standing = (SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.started_at > now - SIGNED_IN_FOR)
    rows = db.session.scalars(select(SignIn).where(*standing).order_by(SignIn.started_at.desc(), SignIn.id.desc()))
    return [Place(row.id, row.agent, row.started_at, row.id == sign_in_id) for row in rows]


def close(user_id: int, sign_in_id: int, now: datetime) -> None:
    """Sign one browser of this person out."""
    end_where(now, SignIn.user_id == user_id, SignIn.id == sign_in_id)


def close_all(user_id: int, now: datetime) -> None:
    """Sign this person out everywhere."""
    end_where(now, SignIn.user_id == user_id)
