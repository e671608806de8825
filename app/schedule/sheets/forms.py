"""The press that stores a file of sessions."""

from __future__ import annotations

from wtforms import HiddenField

from app.web import Form


class StoreForm(Form):
    """`seen` marks the changes that were looked at, `last` is the number of the newest act at that moment."""

    seen = HiddenField()
    last = HiddenField()

    def since(self) -> int:
        """After which act the page was last looked at."""
        text = self.last.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0
