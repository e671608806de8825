"""The form with which an office ranks visits for people of its city."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice
from wtforms.validators import InputRequired

from app.delegations.forms import CheckboxesField
from app.mypage.wishes.forms import RANKS, WishForm
from app.registration.models import Delegate
from app.visits.choosing import Choice
from app.visits.models import WishList
from app.visits.wishing import Wishes


class PartyWishForm(WishForm):
    """Who goes together, what they wish for, and who of them needs to get about without steps."""

    people = CheckboxesField(
        _l("Who goes together?"),
        [InputRequired(_l("Choose at least one person."))],
        validate_choice=False,
        description=_l(
            "They get places together, in one vehicle, or none of them does; so a large party finds room less easily."
        ),
    )
    step_free = CheckboxesField(
        _l("Who needs to get about without steps?"),
        validate_choice=False,
        description=_l(
            "Tick only for people who agree that those who run the visit know it. What was told before stays and is not"
            " shown here; it is deleted after the summit."
        ),
    )

    @staticmethod
    def of_party(party: Sequence[WishList]) -> dict[str, Any]:
        """What a party wishes for, as the form shows it, without needs; nothing for a new one."""
        if not party:
            return {"seen": "0"}
        first = party[0]
        return dict(zip(RANKS, (str(each.visit_id) for each in first.wishes), strict=False)) | {
            "people": [each.delegate.reference for each in party],
            "mobile": first.mobile,
            "understood": True,
            "seen": str(first.version),
        }

    def offer(self, choices: Sequence[Choice], others: Sequence[Delegate]) -> None:
        super().offer(choices, others)
        self.step_free.choices = [SelectChoice(each.reference, each.called) for each in others]
        self.step_free.data = [str(each)[:12] for each in self.step_free.data or []][:100]

    def told(self, people: Collection[Delegate]) -> Wishes:
        """What is wished for, by those of these people who are ticked."""
        chosen = [each for each in people if each.reference in self.people.data]
        keys = tuple(each.id for each in chosen)
        needing = frozenset(each.id for each in chosen if each.reference in self.step_free.data)
        return replace(self.wishes_of(keys), step_free=needing, asked_of=needing)
