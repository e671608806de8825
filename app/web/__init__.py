"""The web's own ways, the same for every feature: forms, policies, addresses, filters, kept pages, error pages."""

from app.web.addresses import absolute, here
from app.web.blanks import blank, filled
from app.web.device import belongs_to, let_go, on_device, opens_nothing
from app.web.forms import (
    Form,
    IntegerField,
    TongueForm,
    TonguesForm,
    Versioned,
    answer,
    as_stored,
    lines,
    new_key,
    one_line,
)
from app.web.letters import letter_page
from app.web.policy import keeps_form, kept_by_nobody, not_found, public, takes_octets
from app.web.reading import reader
from app.web.toasts import undoable

__all__ = [
    "Form",
    "IntegerField",
    "TongueForm",
    "TonguesForm",
    "Versioned",
    "absolute",
    "answer",
    "as_stored",
    "belongs_to",
    "blank",
    "filled",
    "here",
    "keeps_form",
    "kept_by_nobody",
    "let_go",
    "letter_page",
    "lines",
    "new_key",
    "not_found",
    "on_device",
    "one_line",
    "opens_nothing",
    "public",
    "reader",
    "takes_octets",
    "undoable",
]
