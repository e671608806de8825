"""The words with which letters begin: as the product ships them, and as organisers put others in their place.

What a letter has to say of times, places and ways on stands below them and is no organiser's to leave out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from app.ical import clean
from app.outbox.markdown import Block, addresses, allowed, blocks, filled, filled_html
from app.refused import Refused

SUBJECT, TEXT = 150, 5000
"""How many characters the subject and the text of organisers may have."""
PLACES = 50
"""How many placeholders may stand in either: a value may be long, and mail programs cut letters of 100 KB."""


@dataclass(frozen=True)
class Wording:
    """A subject, which is also the letter's heading, and a text in Markdown, both with placeholders."""

    subject: str
    text: str


@dataclass(frozen=True)
class Opening:
    """How one letter begins. Its words are asked for when needed, in the language spoken then."""

    name: str
    """As "answered-declined": in addresses, and where organisers' words are stored."""
    to: Any
    """To whom it goes, in words."""
    when: Any
    """When it is sent, in words."""
    subject: Any
    paragraphs: tuple[Any, ...]
    offers: Mapping[str, Any]
    """The placeholders that may stand in its words -> what each stands for."""
    title: Any = ""
    """The heading, where it is not the subject."""

    @property
    def shipped(self) -> Wording:
        """The product's own words, in the language spoken now."""
        return Wording(str(self.subject), "\n\n".join(map(str, self.paragraphs)))


@dataclass(frozen=True)
class Beginning:
    """The words at the head of one letter, filled in."""

    subject: str
    heading: str
    html: Markup
    text: str

    def then(self, other: Beginning) -> Beginning:
        """With the other's paragraphs after these."""
        return Beginning(self.subject, self.heading, self.html + "\n" + other.html, f"{self.text}\n\n{other.text}")


openings: dict[str, Opening] = {}
"""Every letter whose beginning organisers may word, by name. Filled by each feature's letters."""


def opens(found: Opening) -> None:
    """Make a letter's opening known."""
    if found.name in openings:
        raise ValueError(f"Two letters begin by the name {found.name!r}.")
    openings[found.name] = found


def begin(name: str, facts: Mapping[str, Any], values: Mapping[str, Any]) -> Beginning:
    """How the letter of this name begins, in the language spoken now.

    The organisers' words stand under "words" in the facts, by name. A paragraph in which a placeholder has nothing to
    say is left out. Raises KeyError when a value is missing.
    """
    opening = openings[name]
    said = {each: clean(str(values[each])) for each in opening.offers}
    own: Wording | None = facts.get("words", {}).get(name)
    wording = own or opening.shipped
    title = str(opening.title) if opening.title and not own else wording.subject
    kept = [each for each in blocks(wording.text) if all(said.get(place, "-") for place in each.places)]
    return Beginning(
        filled(wording.subject, said),
        filled(title, said),
        Markup("\n").join(filled_html(each.html, said) for each in kept),
        "\n\n".join(filled(each.text, said) for each in kept),
    )


def sentences(*said: str) -> Beginning:
    """Sentences of the product's own, which nobody words anew, as they stand at the head of a letter."""
    html = Markup("\n").join(Markup("<p>{}</p>").format(each) for each in said)
    return Beginning("", "", html, "\n\n".join(said))


def checked(opening: Opening, wording: Wording) -> Wording:
    """The words as they may be stored. Refused on "subject" or "text", in words that name what is wrong."""
    for field, said, most in (("subject", wording.subject, SUBJECT), ("text", wording.text, TEXT)):
        if not said.strip():
            raise Refused(_("Write something here, or put the shipped text back."), field)
        if len(said) > most:
            raise Refused(
                _("At most %(most)d characters fit here; these are %(num)d.", most=most, num=len(said)), field
            )
        if (unknown := strangers(opening, said)) != []:
            known = ", ".join(f"{{{each}}}" for each in opening.offers)
            told = _("This letter knows no %(unknown)s. It knows: %(known)s.", unknown=", ".join(unknown), known=known)
            raise Refused(told, field)
        if said.count("{") > PLACES:
            raise Refused(_("At most %(most)d placeholders fit here.", most=PLACES), field)
    base = str(current_app.config["BASE_URL"])
    for each in addresses(wording.text):
        if re.search("[{}]|%7b|%7d", each, re.IGNORECASE):
            raise Refused(_("A placeholder cannot stand in an address: %(address)s", address=each), "text")
        if not allowed(each, base):
            raise Refused(_("A link may lead to https:// only: %(address)s", address=each), "text")
    if lost(wording.text):
        raise Refused(_("A placeholder is cut in two by signs of Markdown. Write it in one piece."), "text")
    return wording


def strangers(opening: Opening, said: str) -> list[str]:
    """What stands in braces and is no placeholder of this letter; a brace that stands alone too."""
    found = re.findall(r"\{[^{}]*\}|[{}]", said)
    return list(dict.fromkeys(each for each in found if each[1:-1] not in opening.offers))


def lost(text: str) -> list[str]:
    """Placeholders of the source that no reader of Markdown would find again."""
    written: list[Block] = list(blocks(text))
    found = [place for each in written for place in each.places]
    return [place for place in re.findall(r"\{([a-z]+)\}", text) if place not in found]
