"""Changing the register: members added, changed, removed, and posts that pass from one to another."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import clock, tokens
from app.db import Model, db
from app.journal import note
from app.network import dates
from app.network.models import LETTERS, Alias, Kind, Member, Network, Office, PastStanding, Standing, folded
from app.network.places import countries
from app.network.register import member, search, subject
from app.refused import Refused

ADDRESSES = frozenset({"new", "import"})
"""What stands beside the members in addresses; no member may take one as its slug."""
OWN = frozenset({"aliases", "offices", "past_standings"})
"""Tables that are part of a member, and go with it."""


@dataclass(frozen=True)
class Term:
    """A post held for a time; dates as of models.Office."""

    name: str
    since: str = ""
    until: str = ""
    former: bool = False


@dataclass(frozen=True)
class Past:
    """A standing before the present one."""

    standing: Standing
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class Details:
    """All that the register holds of a member, but its slug."""

    name: str
    kind: Kind
    country: str
    zone: str
    standing: Standing | None = None
    since: str = ""
    until: str = ""
    country_printed: bool = True
    disambiguator: str = ""
    latitude: float | None = None
    longitude: float | None = None
    region: str = ""
    note: str = ""
    aliases: tuple[str, ...] = ()
    offices: tuple[Term, ...] = ()
    past: tuple[Past, ...] = ()

    @property
    def key(self) -> tuple[str, str, Kind, str]:
        """What no two members of a network may have in common."""
        return folded(self.name), self.country, self.kind, folded(self.disambiguator)


def details_of(row: Member) -> Details:
    """A member, loaded whole, as a frozen value."""
    own = {
        name: getattr(row, name) for name in Details.__dataclass_fields__ if name not in {"aliases", "offices", "past"}
    }
    return Details(
        **own,
        aliases=tuple(each.name for each in row.aliases),
        offices=tuple(Term(each.name, each.since, each.until, each.former) for each in row.offices),
        past=tuple(Past(each.standing, each.since, each.until) for each in row.past),
    )


def noted(details: Details) -> dict[str, Any]:
    """The details as the journal holds them and people read them: lists as sets of words, in order."""
    values = asdict(details)
    values["aliases"] = sorted(details.aliases)
    values["offices"] = sorted(term_in_words(each) for each in details.offices)
    values["past"] = sorted(term_in_words(Term(each.standing, each.since, each.until)) for each in details.past)
    return values


def term_in_words(term: Term) -> str:
    """As in "chair since 2013-11" or "host since 2013-11-03 until 2013-11-06"; files are written and read so too."""
    words = [term.name]
    words += [f"since {term.since}"] if term.since else []
    words += [f"until {term.until}"] if term.until else []
    words += ["(former)"] if term.former else []
    return " ".join(words)


def differences(before: Details, after: Details) -> list[tuple[str, Any, Any]]:
    """The fields that differ: name, value before, value after, as `noted`."""
    old, new = noted(before), noted(after)
    return [(name, old[name], new[name]) for name in old if old[name] != new[name]]


def mark(details: Details) -> str:
    """What a form carries of what it was opened on, to see whether somebody changed it meanwhile."""
    return hashlib.blake2b(repr(sorted(noted(details).items())).encode(), digest_size=12).hexdigest()


def check(details: Details) -> None:
    """Whether the details may stand by themselves. Refused beside the field that is wrong."""
    if not folded(details.name):
        raise Refused(_("A name needs letters or figures."), "name")
    if details.country not in countries():
        raise Refused(_("Choose a country."), "country")
    if not clock.is_zone(details.zone):
        raise Refused(_("Choose a time zone, written as Area/City: “Asia/Tokyo”."), "zone")
    if (details.latitude is None) != (details.longitude is None):
        raise Refused(_("A place on the map needs both latitude and longitude."), "longitude")
    if not dates.in_order(details.since, details.until):
        raise Refused(_("It would have left before it joined."), "until")
    periods = [("offices", each) for each in details.offices]
    periods += [("past", Term(each.standing, each.since, each.until)) for each in details.past]
    for field, each in periods:
        if not dates.in_order(each.since, each.until):
            raise Refused(_("“%(what)s” would end before it begins.", what=term_in_words(each)), field)
    terms = [(each.name, each.since) for each in details.offices]
    if len(set(terms)) < len(terms):
        raise Refused(_("The same post, held since the same time, stands here twice."), "offices")


def check_beside(details: Details, others: Iterable[Details]) -> None:
    """Whether a network may have this member beside the others: whoever shares a name says which place is meant.

    Refused on "name" for a member that is there already, on "disambiguator" for a name that is taken.
    """
    namesakes = [each for each in others if folded(each.name) == folded(details.name)]
    if not namesakes:
        return
    if any(each.key == details.key for each in namesakes) and details.disambiguator:
        raise Refused(_("“%(name)s” of this country, kind and place is a member already.", name=details.name), "name")
    if not details.disambiguator:
        other = namesakes[0]
        said = _(
            "Another member is called “%(name)s” (%(country)s). Say which place this is, as in “California”.",
            name=other.name,
            country=other.disambiguator or other.country,
        )
        raise Refused(said, "disambiguator")


def add(network: Network, details: Details, key: str, *, who: str, now: datetime) -> Member:
    """A new member. The same form (`key`) sent twice makes one. Refused beside the field that is wrong."""
    _begin(network)
    made_by = tokens.digest(f"member/{network.id}/{key}")
    first = db.session.execute(select(Member).where(Member.made_by == made_by)).scalar_one_or_none()
    if first is not None:
        return first
    check(details)
    others = search(network.id)
    check_beside(details, [details_of(each) for each in others])
    return insert(network, details, {each.slug for each in others}, who=who, now=now, made_by=made_by)


def insert(
    network: Network, details: Details, taken: set[str], *, who: str, now: datetime, made_by: str | None = None
) -> Member:
    """Store a new member that was checked, under a slug that is not yet taken; `taken` grows by it."""
    slug = slug_for(details, taken)
    row = Member(network_id=network.id, slug=slug, made_by=made_by, aliases=[], offices=[], past=[])
    _put(row, details)
    db.session.add(row)
    db.session.flush()
    taken.add(slug)
    note("member added", subject(network, slug), who=who, now=now, after=noted(details))
    return row


def change(
    network: Network, slug: str, details: Details, seen: str, *, who: str, now: datetime, takes_over: bool = False
) -> bool:
    """Bring a member to these details; whether anything differed.

    A new standing with a new beginning leaves the old one as a past standing that ended then. With `takes_over`, posts
    that begin here end for the members that held them until now. Refused beside its field, on "seen" when somebody
    changed the member since the form was opened. Raises LookupError for no member.
    """
    _begin(network)
    row = member(network.id, slug)
    before = details_of(row)
    if mark(before) != seen:
        raise Refused(
            _("Somebody else changed this member meanwhile. Open the page again to see what it is now."), "seen"
        )
    details = _with_history(before, details)
    check(details)
    others = [each for each in search(network.id) if each.id != row.id]
    check_beside(details, [details_of(each) for each in others])
    if takes_over:
        _end_for_others(network, before, details, others, who=who, now=now)
    return alter(network, row, details, who=who, now=now)


def alter(network: Network, row: Member, details: Details, *, who: str, now: datetime) -> bool:
    """Store details that were checked; whether anything differed."""
    differing = differences(details_of(row), details)
    if not differing:
        return False
    _put(row, details)
    db.session.flush()
    old = {name: value for name, value, _after in differing}
    new = {name: value for name, _before, value in differing}
    note("member changed", subject(network, row.slug), who=who, now=now, before=old, after=new)
    return True


def remove(network: Network, slug: str, *, who: str, now: datetime) -> str:
    """Take a member off the register that never had part in anything; its name. Raises LookupError for no member.

    Refused when any other row of the database speaks of it: then it is history, and may only have left.
    """
    _begin(network)
    row = member(network.id, slug)
    if used(row.id):
        raise Refused(_("This member has had part in an event, so it stays. Say instead when it left the network."))
    before = noted(details_of(row))
    db.session.delete(row)
    db.session.flush()
    note("member removed", subject(network, slug), who=who, now=now, before=before)
    return str(before["name"])


def used(member_id: int) -> bool:
    """Whether any row that is no part of the member points at it: a delegation, a host, a person."""
    pointing = [
        select(column).where(column == member_id).exists()
        for table in Model.metadata.sorted_tables
        if table.name not in OWN
        for column in table.columns
        if any(key.column is Member.__table__.c.id for key in column.foreign_keys)
    ]
    return any(db.session.execute(select(*pointing)).one()) if pointing else False


def slug_for(details: Details, taken: Iterable[str]) -> str:
    """A slug for addresses from the name, with the disambiguator or a number when it is taken."""
    held = {*taken, *ADDRESSES}
    name = hyphenated(details.name) or "member"
    for slug in (name, hyphenated(f"{details.name} {details.disambiguator}")):
        if slug and slug[:60].strip("-") not in held:
            return slug[:60].strip("-")
    return next(slug for n in range(2, len(held) + 3) if (slug := f"{name[:54].strip('-')}-{n}") not in held)


def hyphenated(text: str) -> str:
    """The text as an address holds it: "São Paulo (Brazil)" -> "sao-paulo-brazil"; "" where no letter is Latin."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    bare = "".join(each for each in apart if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def _begin(network: Network) -> None:
    """One at a time changes a network's register, so that what is checked still holds when it is stored."""
    db.session.execute(select(Network.id).where(Network.id == network.id).with_for_update())


def _with_history(before: Details, after: Details) -> Details:
    rose = before.standing is not None and after.standing != before.standing and after.since not in {"", before.since}
    if not rose or before.standing is None:
        return after
    past = Past(before.standing, before.since, after.since)
    return replace(after, past=(*after.past, past))


def _end_for_others(
    network: Network, before: Details, after: Details, others: list[Member], *, who: str, now: datetime
) -> None:
    known = {each.name for each in before.offices if not each.former and not each.until}
    new = {
        each.name: each.since for each in after.offices if not each.former and not each.until and each.name not in known
    }
    for row in others:
        stood = details_of(row)
        offices = tuple(
            Term(each.name, each.since, new[each.name], True)
            if each.name in new and not each.until and not each.former
            else each
            for each in stood.offices
        )
        ended = replace(stood, offices=offices)
        check(ended)
        alter(network, row, ended, who=who, now=now)


def _put(row: Member, details: Details) -> None:
    """Give the row these details; of aliases, offices and past standings, those that stay keep their rows."""
    for name in Details.__dataclass_fields__:
        if name not in {"aliases", "offices", "past"}:
            setattr(row, name, getattr(details, name))
    known = {each.name: each for each in row.aliases}
    row.aliases = [known.get(name) or Alias(name=name) for name in dict.fromkeys(details.aliases)]
    terms = {(each.name, each.since): each for each in row.offices}
    row.offices = [_term(terms.get((each.name, each.since)) or Office(), each) for each in details.offices]
    pasts = {(each.standing, each.since): each for each in row.past}
    row.past = [_past(pasts.get((each.standing, each.since)) or PastStanding(), each) for each in details.past]


def _term(row: Office, term: Term) -> Office:
    row.name, row.since, row.until, row.former = term.name, term.since, term.until, term.former
    return row


def _past(row: PastStanding, past: Past) -> PastStanding:
    row.standing, row.since, row.until = past.standing, past.since, past.until
    return row
