"""The web's own ways, the same for every feature: forms, policies, addresses, filters, kept pages, error pages."""

from app.web.addresses import absolute, here
from app.web.forms import Form, IntegerField, answer, as_stored, lines, new_key, one_line
from app.web.letters import letter_page
from app.web.policy import keeps_form, kept_by_nobody, not_found, public, takes_octets
from app.web.reading import reader
from app.web.toasts import undoable

__all__ = [
    "Form",
    "IntegerField",
    "absolute",
    "answer",
    "as_stored",
    "here",
    "keeps_form",
    "kept_by_nobody",
    "letter_page",
    "lines",
    "new_key",
    "not_found",
    "one_line",
    "public",
    "reader",
    "takes_octets",
    "undoable",
]
