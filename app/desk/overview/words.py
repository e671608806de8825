"""What the overview says: of each thing that needs a hand, and of each first step, with the way to where it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.desk.board.needs import OURS, Need, Row, missing
from app.desk.overview.service import Waiting
from app.desk.overview.steps import Step
from app.events.models import Event


@dataclass(frozen=True)
class Hand:
    """Something that waits for organisers: what it is and how many, and where it is seen to."""

    words: str
    """A sentence with its number in it: where that stands, or whether a word says it, is the language's own affair."""
    label: str
    address: str
    grave: bool = False


def hands(event: Event, rows: Sequence[Row], waits: Waiting) -> list[Hand]:
    """All that waits for organisers, the gravest first."""
    slug, found = event.slug, []
    letters = waits.failed + waits.bounced
    if letters:
        said = ngettext("%(num)s letter did not arrive", "%(num)s letters did not arrive", letters)
        state = "failed" if waits.failed else "bounced"
        found.append(Hand(said, _("See which"), url_for("outbox.table", event=slug, state=state), grave=True))
    counted = {need: sum(need in missing(row) for row in rows) for need in Need if need in OURS}
    words, verbs = _need_words(counted), _need_verbs()
    found += [Hand(words[need], verbs[need], _need_place(slug, need)) for need, number in counted.items() if number]
    if waits.films:
        said = ngettext("%(num)s film to look at", "%(num)s films to look at", waits.films)
        found.append(Hand(said, _("Look at them"), url_for("videos_desk.table", event=slug)))
    if waits.held:
        said = ngettext("%(num)s letter is held back", "%(num)s letters are held back", waits.held)
        found.append(Hand(said, _("See them"), url_for("outbox.table", event=slug, state="held")))
    if waits.edited:
        said = _("The draft holds changes that nobody outside sees yet")
        found.append(Hand(said, _("See what would be published"), url_for("desk.publish", event=slug)))
    return found


def _need_words(counted: Mapping[Need, int]) -> dict[Need, str]:
    def of(need: Need) -> int:
        return counted.get(need, 0)

    return {
        Need.CONTACT: ngettext(
            "%(num)s city without anybody who speaks for it",
            "%(num)s cities without anybody who speaks for them",
            of(Need.CONTACT),
        ),
        Need.ADDRESS: ngettext(
            "%(num)s city with an address that letters do not reach",
            "%(num)s cities with addresses that letters do not reach",
            of(Need.ADDRESS),
        ),
        Need.INVITATION: ngettext("%(num)s city to invite", "%(num)s cities to invite", of(Need.INVITATION)),
        Need.LAPSED: ngettext(
            "%(num)s city let its deadline pass", "%(num)s cities let their deadline pass", of(Need.LAPSED)
        ),
        Need.APPROVAL: ngettext("%(num)s delegation to approve", "%(num)s delegations to approve", of(Need.APPROVAL)),
        Need.DECISION: ngettext(
            "%(num)s city with people to decide on", "%(num)s cities with people to decide on", of(Need.DECISION)
        ),
        Need.REQUESTS: ngettext(
            "%(num)s city asks for changes after a deadline",
            "%(num)s cities ask for changes after a deadline",
            of(Need.REQUESTS),
        ),
        Need.MODES_ASKED: ngettext(
            "%(num)s city asks to take part in another way",
            "%(num)s cities ask to take part in another way",
            of(Need.MODES_ASKED),
        ),
        Need.CHANGES: ngettext(
            "%(num)s approved city has changed something",
            "%(num)s approved cities have changed something",
            of(Need.CHANGES),
        ),
        Need.SESSION: ngettext("%(num)s city in no session", "%(num)s cities in no session", of(Need.SESSION)),
        Need.HOURS: ngettext(
            "%(num)s city would join at a bad hour", "%(num)s cities would join at a bad hour", of(Need.HOURS)
        ),
    }


def _need_verbs() -> dict[Need, str]:
    return {
        Need.CONTACT: _("Enter focal points"),
        Need.ADDRESS: _("Correct the addresses"),
        Need.INVITATION: _("Invite them"),
        Need.LAPSED: _("Invite them again"),
        Need.APPROVAL: _("Look at them"),
        Need.DECISION: _("Decide"),
        Need.REQUESTS: _("Decide"),
        Need.MODES_ASKED: _("Decide"),
        Need.CHANGES: _("Review the changes"),
        Need.SESSION: _("Assign sessions"),
        Need.HOURS: _("Find better hours"),
    }


def _need_place(slug: str, need: Need) -> str:
    if need == Need.DECISION:
        return url_for("approvals.table", event=slug)
    if need == Need.REQUESTS:
        return url_for("approvals.table", event=slug, _anchor="asked")
    if need == Need.HOURS:
        return url_for("schedule.hours", event=slug)
    return url_for("board.table", event=slug, missing=need.value)


@dataclass(frozen=True)
class Task:
    """A first step as the page lists it; `address` is empty where there is nothing to do before an earlier step."""

    step: Step
    title: str
    why: str
    label: str
    address: str


def tasks(event: Event | None, network: str) -> dict[Step, Task]:
    """The first steps of an event, or of somebody who has none; `network` is the slug of theirs, empty: none yet."""
    places = _first(network) | (_later(event.slug) if event else {})
    said = {step: [str(each) for each in words] for step, words in STEP_WORDS.items()}
    return {step: Task(step, title, why, label, places.get(step, "")) for step, (title, why, label) in said.items()}


def _first(network: str) -> dict[Step, str]:
    found = {Step.NETWORK: url_for("founding.network")}
    if network:
        found[Step.MEMBERS] = url_for("network.members", network=network)
        found[Step.EVENT] = url_for("founding.event", network=network)
    return found


def _later(slug: str) -> dict[Step, str]:
    return {
        Step.CHOOSE: url_for("invitations.members", event=slug),
        Step.SPEAKERS: url_for("invitations.members", event=slug),
        Step.DEADLINE: url_for("deadlines.table", event=slug),
        Step.INVITE: url_for("board.table", event=slug, missing=Need.INVITATION.value),
        Step.AGENDA: url_for("agenda.new", event=slug),
        Step.REGISTRATION: url_for("founding.settings", event=slug, _anchor="opens_on"),
        Step.PUBLISH: url_for("desk.publish", event=slug),
    }


STEP_WORDS: dict[Step, tuple[Any, Any, Any]] = {
    Step.NETWORK: (
        _l("Name the network"),
        _l("The association whose cities meet. Its register outlives any one summit."),
        _l("Create a network"),
    ),
    Step.MEMBERS: (
        _l("Fill its register"),
        _l("A file with names and countries is enough to begin with; zones and places can follow."),
        _l("Enter the members"),
    ),
    Step.EVENT: (
        _l("Create the event"),
        _l("Title, days and time zone. All else can be changed later."),
        _l("Create an event"),
    ),
    Step.CHOOSE: (
        _l("Choose whom to invite"),
        _l("Every member you choose becomes a delegation. No letter goes yet."),
        _l("Choose members"),
    ),
    Step.SPEAKERS: (
        _l("Say who speaks for each city"),
        _l("Their focal points get the letters, each with a link of their own."),
        _l("Enter focal points"),
    ),
    Step.DEADLINE: (
        _l("Set the deadline for answers"),
        _l("Reminders leave by themselves 14, 7 and 2 days before it."),
        _l("Set deadlines"),
    ),
    Step.INVITE: (
        _l("Send the invitations"),
        _l("You see each letter before it goes."),
        _l("See whom to invite"),
    ),
    Step.AGENDA: (
        _l("Put a session on the agenda"),
        _l("It is a draft: nobody outside sees it until you publish."),
        _l("Make the first session"),
    ),
    Step.REGISTRATION: (
        _l("Say when registration opens"),
        _l("Until then people can only be named by their city."),
        _l("Set the days"),
    ),
    Step.PUBLISH: (
        _l("Publish the first release"),
        _l("You see before what the public will see, and who gets a letter."),
        _l("See what would be published"),
    ),
}
"""(title, why it is done, the words of the link)."""
