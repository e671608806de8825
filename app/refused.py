"""The product says no, in words a person may read."""

from __future__ import annotations


class Refused(Exception):
    """A refusal for a reason the reader can act on; `field` names the form field it stands beside, if any."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
