"""Organisers at their boards."""

from tests.desk.office import desks, rome, tokyo

__all__ = ["desks", "rome", "tokyo"]
