"""Who may do what, who is signed in, and how somebody becomes an organiser."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, and_, column, delete, exists, func, literal, or_, select, table, update
from sqlalchemy.dialects import postgresql, sqlite

from app import db as database
from app.accounts import brake, letters
from app.accounts.models import Passkey, Role, SignIn, Staff, User
from app.db import Instant, claim, db
from app.journal import COMMAND_LINE, Note, note
from app.outbox import post, reachable
from app.refused import Refused

EVENTS = table("events", column("id"), column("slug"), column("title"), column("network_id"))
NETWORKS = table("networks", column("id"), column("slug"))
"""All that this room knows of events and their networks, which are later rooms'."""
FOUNDED = "network founded"
"""What the journal calls it. It holds who did it: until the network has an event, it is theirs."""
SIGNED_IN_FOR = timedelta(days=14)
"""After this time anybody has to sign in again."""
COARSELY = timedelta(minutes=10)
"""Its use is noted no more often than this, so it may fall asleep by as much too early."""
SPAN = timedelta(minutes=15)
GUESSES = 10
"""Passwords tried for one account in a span, from each browser or network that it is known by and from all others."""
GUESSES_OF_A_NETWORK = 50
"""Passwords tried from one network in a span, for whatever accounts."""
LINKS_OF_A_NETWORK = 20
"""Links to set a password asked for from one network in a span."""


def anybody() -> bool:
    """Whether anybody has set a password yet."""
    return bool(db.session.execute(select(exists().where(User.password.is_not(None)))).scalar_one())


def roles(user_id: int, slug: str) -> frozenset[Role]:
    """The roles that the user holds at the event of this slug; none at one that does not exist. One query."""
    held = select(Staff.role).join(EVENTS, or_(Staff.event_id.is_(None), Staff.event_id == EVENTS.c.id))
    return frozenset(db.session.execute(held.where(Staff.user_id == user_id, EVENTS.c.slug == slug)).scalars())


def is_staff(user_id: int, wanted: Collection[Role] = ()) -> bool:
    """Whether the user holds one of the roles `wanted` (any role, when there are none) at some event. One query."""
    held = select(literal(1)).select_from(Staff).where(Staff.user_id == user_id)
    held = held.where(Staff.role.in_(list(wanted))) if wanted else held
    return bool(db.session.execute(select(held.exists())).scalar_one())


def kept(user_id: int) -> Select[str]:
    """The slugs of the networks that the user looks after: those of the events they organise; for an organiser of
    every event, all. One without any event is looked after by whoever founded it, as long as they organise anything."""
    theirs = (Staff.user_id == user_id, Staff.role == Role.ORGANISER)
    everywhere = exists().where(*theirs, Staff.event_id.is_(None))
    here = exists().where(*theirs, Staff.event_id == EVENTS.c.id, EVENTS.c.network_id == NETWORKS.c.id)
    used = exists().where(EVENTS.c.network_id == NETWORKS.c.id)
    founder = exists().where(
        Note.what == FOUNDED,
        Note.subject == literal("network/").concat(NETWORKS.c.slug),
        Note.after["user"].as_string() == str(user_id),
    )
    return select(NETWORKS.c.slug).where(or_(everywhere, here, and_(~used, founder, exists().where(*theirs))))


def keeps(user_id: int, network: str) -> bool:
    """Whether the user looks after the network of this slug. One query."""
    return bool(db.session.execute(select(kept(user_id).where(NETWORKS.c.slug == network).exists())).scalar_one())


@dataclass(frozen=True)
class Standing:
    """A sign-in that stands."""

    user: User
    sign_in_id: int
    proven_at: datetime
    """When its holder last typed their password."""
    steps: bool
    """The user has a second step, which they took to get here if they had it then."""
    asked_at: datetime
    """When this was asked, by the database's clock."""
    used_at: datetime
    """When it was last used, within COARSELY."""
    asleep: bool
    """It was not used for so long that it opens nothing until the password is typed."""


def signed_in(mark: str, key_hash: str, idle: timedelta) -> Standing | None:
    """The sign-in of the browser that holds this mark and key, as long as it and the account stand; one that was not
    used for `idle` sleeps. One query, which asks the database for the time too: a machine whose clock is wrong signs
    nobody out."""
    standing = (
        SignIn.key_hash == key_hash,
        SignIn.ended_at.is_(None),
        User.fs_uniquifier == mark,
        User.active,
    )
    steps = or_(User.app_key.is_not(None), exists().where(Passkey.user_id == User.id))
    proven = func.coalesce(SignIn.proven_at, SignIn.started_at, type_=Instant())
    used = func.coalesce(SignIn.used_at, SignIn.proven_at, SignIn.started_at, type_=Instant())
    asked = select(User, SignIn.id, proven, steps, used, SignIn.started_at, database.present())
    row = db.session.execute(asked.join(SignIn, SignIn.user_id == User.id).where(*standing)).one_or_none()
    if row is None:
        return None
    user, sign_in_id, proven_at, has_steps, used_at, started_at, now = row
    if started_at <= now - SIGNED_IN_FOR:
        return None
    return Standing(user, sign_in_id, proven_at, has_steps, now, used_at, asleep=used_at <= now - idle)


def prove(sign_in_id: int, now: datetime) -> None:
    """Whoever is signed in here has typed their password again; a sign-in that slept is awake."""
    claim(update(SignIn).where(SignIn.id == sign_in_id).values(proven_at=now, used_at=now))


def use(sign_in_id: int, now: datetime) -> None:
    """Note that the sign-in was used, unless another process has noted it just now. One statement."""
    last = func.coalesce(SignIn.used_at, SignIn.proven_at, SignIn.started_at, type_=Instant())
    claim(update(SignIn).where(SignIn.id == sign_in_id, last <= now - COARSELY).values(used_at=now))


def begin(user_id: int, key_hash: str, now: datetime, agent: str = "") -> None:
    """The user is signed in by the holder of the key. Sweeps away what earlier sign-ins left behind."""
    dead = or_(SignIn.ended_at < now - SIGNED_IN_FOR, SignIn.started_at < now - SIGNED_IN_FOR)
    db.session.execute(delete(SignIn).where(dead).execution_options(synchronize_session=False))
    brake.sweep(now)
    row = SignIn(user_id=user_id, key_hash=key_hash, started_at=now, proven_at=now, used_at=now, agent=agent)
    db.session.add(row)


def end(key_hash: str, now: datetime) -> None:
    """The holder of the key is signed out; a copy of the cookie opens nothing any more."""
    end_where(now, SignIn.key_hash == key_hash)


def end_where(now: datetime, *which: Any) -> None:
    """The sign-ins for which all of this holds end."""
    ended = update(SignIn).where(*which, SignIn.ended_at.is_(None)).values(ended_at=now)
    db.session.execute(ended.execution_options(synchronize_session=False))


def known(email: str) -> int:
    """The number of the account with this address, however it is typed. Refused when nobody has it."""
    found = db.session.scalar(select(User.id).where(User.email == email.strip().lower()))
    if found is None:
        raise Refused(_("Nobody has an account with the address %(address)s.", address=email.strip()))
    return found


def show_out(email: str | None, *, who: str, now: datetime) -> int:
    """Whoever has this address, or everybody, is signed out everywhere; passwords and second steps stay. Returns how
    many browsers were signed in. Refused when nobody has the address."""
    whose = [] if email is None else [SignIn.user_id == known(email)]
    stands = SignIn.ended_at.is_(None), SignIn.started_at > now - SIGNED_IN_FOR
    users = list(db.session.execute(select(SignIn.user_id).where(*whose, *stands)).scalars())
    end_where(now, *whose)
    for user_id in sorted(set(users)):
        note("signed out by others", f"user/{user_id}", who=who, now=now)
    return len(users)


def renew_hash(user_id: int, before: str | None, after: str) -> None:
    """Keep the same password under a newer kind of hash, unless another password was set in the meantime."""
    claim(update(User).where(User.id == user_id, User.password == before).values(password=after))


def set_password(user_id: int, mark: str, after: Mapping[str, str], now: datetime, *, known: bool = False) -> None:
    """Store a new hash and a new mark (`after`: password, fs_uniquifier), sign the user out everywhere, and tell them.

    Raises Refused unless the user still has the `mark` that the link was made for: of two who use it, one succeeds.
    `known`: it is done by somebody who has just typed the password before (which then bore that mark), not by a link.
    """
    if not claim(update(User).where(User.id == user_id, User.fs_uniquifier == mark).values(**after)):
        if known:
            raise Refused(_("This is not your password. Please try again."), "password")
        raise Refused(_("This link was used already. Ask for a new one here."))
    end_where(now, SignIn.user_id == user_id)
    user = db.session.get_one(User, user_id, populate_existing=True)
    post(letters.password_set(user, now, known=known), now)
    note("password set", f"user/{user_id}", who=(user.name or user.email)[:200], now=now)


def guess(email: str, place: str, network: str, now: datetime) -> None:
    """Count one password tried for `email` from a place (places.place). Raises Refused, with how long to wait, when
    there were too many."""
    if not brake.allowed("password", f"{email} {place}", GUESSES, SPAN, now):
        if place == "elsewhere":
            raise Refused(
                _(
                    "Too many passwords were tried for this address. From a browser that you used before you can sign"
                    " in as ever; from this one, wait 15 minutes or ask for a link to set a password."
                )
            )
        slow("password", f"{email} {place}", now)
    if not brake.allowed("password", network, GUESSES_OF_A_NETWORK, SPAN, now):
        slow("password", network, now)


def guessed_right(email: str, place: str, network: str) -> None:
    """The password was right, so it was no guess: a desk full of organisers behind one address is not slowed."""
    brake.give_back("password", f"{email} {place}")
    brake.give_back("password", network)


def ask_for_link(email: str, network: str, now: datetime) -> None:
    """Post the letter with the link to set a password, if an open account has this address; tell nobody which.

    Raises Refused, with how long to wait, when too many were asked for.
    """
    if not brake.allowed("sign-in link", network, LINKS_OF_A_NETWORK, SPAN, now):
        slow("sign-in link", network, now)
    user = db.session.scalar(select(User).where(User.email == email, User.active))
    if user is not None:
        post(letters.sign_in_link(user, now), now)


def slow(purpose: str, key: str, now: datetime) -> NoReturn:
    """Refuse a try of this key, and say for how long."""
    left = (brake.free_at(purpose, key, SPAN) or now) - now
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    raise Refused(
        ngettext(
            "There were too many tries from here. Please try again in one minute.",
            "There were too many tries from here. Please try again in %(num)s minutes.",
            minutes,
        )
    )


def settle(user_id: int, name: str, language: str, *, who: str, now: datetime) -> bool:
    """How somebody is called, and in which language desk and letters speak to them; whether that is new."""
    user = db.session.get_one(User, user_id, populate_existing=True)
    before, after = {"name": user.name, "language": user.language}, {"name": name, "language": language}
    if before == after:
        return False
    user.name, user.language = name, language
    note("account settled", f"user/{user_id}", who=who, now=now, before=before, after=after)
    return True


def create_organiser(email: str, now: datetime) -> str:
    """Make, or find, the account of an organiser of every event; returns the one-time link to set its password.

    To be called inside a write. Raises Refused when no letter can reach the address.
    """
    user = account(email)
    user.active = True
    db.session.flush()
    everywhere = (Staff.user_id == user.id, Staff.event_id.is_(None), Staff.role == Role.ORGANISER)
    if not db.session.execute(select(exists().where(*everywhere))).scalar_one():
        db.session.add(Staff(user_id=user.id, event_id=None, role=Role.ORGANISER))
        note("organiser made", f"user/{user.id}", who=COMMAND_LINE, now=now, after={"email": user.email})
    return letters.link(user)


def account(email: str) -> User:
    """The account of this address, made if there is none. Refused on "email" when no letter can reach it."""
    try:
        address = validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as fault:
        raise Refused(_("“%(address)s” is not an email address.", address=email.strip()), "email") from fault
    reachable(address)
    found = select(User).where(User.email == address)
    user = db.session.scalar(found)
    if user is None:  # two summits may invite somebody at once: whoever comes second waits, and finds the first one's
        dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        db.session.execute(dialect.insert(User).values(email=address).on_conflict_do_nothing(index_elements=["email"]))
        user = db.session.execute(found).scalar_one()
    return user
