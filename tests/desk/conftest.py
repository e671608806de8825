"""Organisers at their desk."""

from tests.desk.office import desks, rome, tokyo
from tests.desk.screens import good, reviewed

__all__ = ["desks", "good", "reviewed", "rome", "tokyo"]
