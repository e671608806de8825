"""The event file: one network and one event of it, read, checked and loaded into the register."""

from app.imports.faults import Fault, Faulty
from app.imports.moving import moved, next_rehearsal
from app.imports.reading import read, read_file
from app.imports.report import Report
from app.imports.service import bundled, load, rehearse
from app.imports.values import EventFile

__all__ = [
    "EventFile",
    "Fault",
    "Faulty",
    "Report",
    "bundled",
    "load",
    "moved",
    "next_rehearsal",
    "read",
    "read_file",
    "rehearse",
]
