"""The press of the button that erases somebody."""

from __future__ import annotations

from app.web import Form


class EraseForm(Form):
    """The press of the button is all there is."""
