"""The columns of a file of members: what each is called, what its cells mean, and how a member is written out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from app import clock
from app.network import dates
from app.network.models import Kind, Standing, folded
from app.network.places import country_of
from app.network.service import Details, Term, term_in_words
from app.refused import Refused

COLUMNS = {
    "slug": "ID",
    "name": "Name",
    "aliases": "Also called",
    "kind": "Kind",
    "standing": "Standing",
    "since": "Since",
    "until": "Until",
    "country": "Country",
    "country_printed": "Country printed",
    "disambiguator": "Which place",
    "zone": "Time zone",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "region": "Region",
    "offices": "Offices",
    "note": "Note",
}
"""Field -> the head of its column in the files we write. They are data, so they are not translated."""
SPELLINGS = {
    "slug": "id slug key code",
    "name": "name member city membercity membername nameofmember nameofcity cityname cityorganisation organisation"
    " organization institution officialname",
    "aliases": "alsocalled alias aliases othername othernames knownas localname nameinlocalscript",
    "kind": "kind type typeofmember category membertype",
    "standing": "standing membership membershiptype status class memberstatus",
    "since": "since joined dateofjoining membersince yearofjoining joindate",
    "until": "until left ended leftin",
    "country": "country nation state countrycode countryterritory countryregion iso",
    "country_printed": "countryprinted printcountry showcountry",
    "disambiguator": "whichplace disambiguator stateprovince province",
    "zone": "timezone zone tz",
    "latitude": "latitude lat",
    "longitude": "longitude lon lng long",
    "region": "region unregion subregion",
    "offices": "offices office posts post role roles position",
    "note": "note notes remark remarks comment comments",
}
"""Field -> what its column may be called, folded, besides its own head."""
KINDS = {
    Kind.CITY: "city municipality localgovernment localauthority town",
    Kind.METROPOLIS: "metropolis metropolitangovernment metropolitancity metro",
    Kind.CITY_STATE: "citystate",
    Kind.STATE: "state province stateprovince prefecture region",
    Kind.COUNTY: "county district",
    Kind.ASSOCIATION: "association associationoflocalgovernments federation union localgovernmentassociation",
    Kind.NGO: "ngo nongovernmentalorganisation nongovernmentalorganization nonprofit foundation",
    Kind.OTHER: "other institute university company researchinstitute privatesector institution",
}
STANDINGS = {
    Standing.FULL: "full fullmember regular regularmember",
    Standing.ASSOCIATE: "associate associatemember associated",
    Standing.OBSERVER: "observer observermember",
}
LENGTHS = {"slug": 60, "name": 120, "disambiguator": 120, "region": 60, "note": 500}
LISTED = re.compile(r"[;|\n]")
OFFICE = re.compile(r"(.{1,40}?)(?: since (\S+))?(?: until (\S+))?( \(former\))?", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell: the head of its column (empty: the whole row), and why."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Entry:
    """One row as it was understood: the fields that it gives, and what could not be. An empty cell says nothing."""

    values: Mapping[str, Any]
    faults: tuple[Fault, ...] = field(default=())


def guess(header: Sequence[str]) -> list[str]:
    """The field of each column by what it is called; "" for one that is called like none. Each field once."""
    found: list[str] = []
    for head in header:
        word = folded(head)
        fields = [each for each, label in COLUMNS.items() if word and word == folded(label)]
        fields += [each for each, words in SPELLINGS.items() if word in words.split()]
        found.append(next((each for each in fields if each not in found), ""))
    return found


def entry(cells: Sequence[str], fields: Sequence[str], header: Sequence[str]) -> Entry:
    """A row read by the fields of its columns."""
    values: dict[str, Any] = {}
    faults = []
    for cell, name, head in zip(cells, fields, header, strict=True):
        if name and cell.strip():
            try:
                values[name] = READERS[name](cell.strip())
                if (most := LENGTHS.get(name)) and len(values[name]) > most:
                    raise Refused(_("At most %(num)s characters.", num=most))
            except Refused as no:
                faults.append(Fault(head, no.message))
    if "name" not in values and not faults:
        faults.append(Fault("", _("It has no name.")))
    return Entry(values, tuple(faults))


def _line(cell: str) -> str:
    return " ".join(cell.split())


def _name(cell: str) -> str:
    if not folded(cell):
        raise Refused(_("A name needs letters or figures."))
    return _line(cell)


def _list(cell: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_line(each) for each in LISTED.split(cell) if each.strip()))
    if any(len(each) > 120 for each in names):
        raise Refused(_("A name is at most %(num)s characters long; several are parted by semicolons.", num=120))
    return names


def _one_of(words: Mapping[Any, str]) -> Callable[[str], Any]:
    known = {each: value for value, spelled in words.items() for each in (*spelled.split(), folded(value))}

    def read(cell: str) -> Any:
        if folded(cell) not in known:
            raise Refused(_("“%(cell)s” is none of: %(known)s.", cell=cell, known=", ".join(words)))
        return known[folded(cell)]

    return read


def _country(cell: str) -> str:
    if (code := country_of(cell)) is None:
        raise Refused(_("“%(cell)s” is no country. Write its name in English, or its code: “JP”.", cell=cell))
    return code


def _ticked(cell: str) -> bool:
    if folded(cell) not in {"yes", "no", "true", "false", "1", "0", "y", "n", "x"}:
        raise Refused(_("“%(cell)s” is neither yes nor no.", cell=cell))
    return folded(cell) in {"yes", "true", "1", "y", "x"}


def _zone(cell: str) -> str:
    if not clock.is_zone(cell):
        raise Refused(_("“%(cell)s” is no time zone; they are written as Area/City: “Asia/Tokyo”.", cell=cell))
    return cell


def _degrees(most: float) -> Callable[[str], float]:
    def read(cell: str) -> float:
        if not re.fullmatch(r"[-−+]?\d{1,3}([.,]\d{1,15})?", cell):
            raise Refused(_("“%(cell)s” is no number of degrees: “35.69”.", cell=cell))
        degrees = float(cell.replace(",", ".").replace("−", "-"))
        if abs(degrees) > most:
            raise Refused(_("Degrees go from −%(most)s to %(most)s here.", most=int(most)))
        return degrees

    return read


def known_date(cell: str) -> str:
    """A date as far as it is known. Refused in words."""
    try:
        return dates.read(cell)
    except ValueError as fault:
        said = _("“%(cell)s” is no date. Write as much as is known: “2013”, “2013-11” or “2013-11-05”.", cell=cell)
        raise Refused(said) from fault


def _offices(cell: str) -> tuple[Term, ...]:
    terms = []
    for words in (_line(each) for each in LISTED.split(cell) if each.strip()):
        if (found := OFFICE.fullmatch(words)) is None:
            raise Refused(_("“%(cell)s” is no post. Write “chair since 2013-11; executive”.", cell=words))
        name, since, until, former = found.groups()
        terms.append(Term(name.lower(), known_date(since or ""), known_date(until or ""), bool(former)))
    return tuple(terms)


READERS: Mapping[str, Callable[[str], Any]] = {
    "slug": _line,
    "name": _name,
    "aliases": _list,
    "kind": _one_of(KINDS),
    "standing": _one_of(STANDINGS),
    "since": known_date,
    "until": known_date,
    "country": _country,
    "country_printed": _ticked,
    "disambiguator": _line,
    "zone": _zone,
    "latitude": _degrees(90),
    "longitude": _degrees(180),
    "region": _line,
    "offices": _offices,
    "note": _line,
}


def shown(value: Any) -> str:
    """A value as a file or a page shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(term_in_words(each) if isinstance(each, Term) else str(each) for each in value)
    return "" if value is None else str(value)


def row_of(slug: str, details: Details) -> list[str]:
    """A member as a row under COLUMNS."""
    return [slug, *(shown(getattr(details, name)) for name in COLUMNS if name != "slug")]
