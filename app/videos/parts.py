"""A file that comes in pieces over bad lines: who writes, from where, and what has come.

How much has come is the size of the part file. Whoever writes has the turn, which stands in a file beside it: each
piece is written while that file is locked and still names the writer, so two senders never mix, whichever process
serves them. A writer who wrote nothing for a while may be succeeded: the line of the former is dead.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.videos.store import TURN, folder, path

STALLED = 5.0
"""Seconds without a piece after which another may write on."""


class WrongOffset(Exception):
    """The sender would write elsewhere than where the file ends."""


class Taken(Exception):
    """Somebody else writes, or has taken over."""


class Full(Exception):
    """The disk holds no more."""


def size(key: str) -> int:
    """How much has come."""
    try:
        return path(key).stat().st_size
    except FileNotFoundError:
        return 0


def head(key: str, octets: int) -> bytes:
    """The first octets of what has come."""
    try:
        with path(key).open("rb") as file:
            return file.read(octets)
    except FileNotFoundError:
        return b""


def room() -> int:
    """How many octets the disk of the store can still take."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return shutil.disk_usage(place).free


def drop(key: str) -> None:
    """Delete the octets of this key, if there are any; whoever still writes notices with the next piece."""
    for each in (path(key), _turn_of(key)):
        each.unlink(missing_ok=True)


def close(key: str) -> None:
    """Nobody writes on this file any more: it is whole. Whoever still would notices with the next piece."""
    _turn_of(key).unlink(missing_ok=True)


@contextmanager
def writing(key: str, offset: int) -> Iterator[Writer]:
    """Have the turn at this file from `offset` on; what was written is on the disk when it ends, however it ends.

    Raises WrongOffset when the file ends elsewhere, Taken while another writes, Full when the disk is.
    """
    part = os.open(path(key), os.O_RDWR | os.O_CREAT, 0o600)
    turn = os.open(_turn_of(key), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        writer = Writer(part, turn)
        writer.begin(offset)
        try:
            yield writer
        finally:
            os.fsync(part)
            writer.end()
    finally:
        os.close(turn)
        os.close(part)


class Writer:
    """One who has the turn at a part file."""

    def __init__(self, part: int, turn: int) -> None:
        self.part, self.turn = part, turn
        self.name = secrets.token_bytes(16)

    def begin(self, offset: int) -> None:
        with _locked(self.turn):
            if os.fstat(self.part).st_size != offset:
                raise WrongOffset
            seen = os.fstat(self.turn)
            if seen.st_size and time.time() - seen.st_mtime < STALLED:
                raise Taken
            _write(self.turn, self.name, 0)

    def put(self, piece: bytes) -> None:
        """Write on. Raises Taken when somebody took over or the file was given up, Full when the disk is."""
        with self._own():
            _write(self.part, piece, os.fstat(self.part).st_size)

    def stay(self) -> None:
        """Keep the turn though nothing is written yet. Raises Taken as `put` does."""
        with self._own():
            pass

    def end(self) -> None:
        with suppress(Taken), self._own():
            os.ftruncate(self.turn, 0)

    @contextmanager
    def _own(self) -> Iterator[None]:
        with _locked(self.turn):
            gone = not os.fstat(self.turn).st_nlink
            if gone or os.pread(self.turn, len(self.name), 0) != self.name:
                raise Taken
            os.utime(self.turn)
            yield


def _write(file: int, octets: bytes, at: int) -> None:
    """All of these octets, at this place. Raises Full when the disk is; what went before that stays."""
    try:
        while octets:
            done = os.pwrite(file, octets, at)
            at, octets = at + done, octets[done:]
    except OSError as fault:
        if fault.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        raise Full from fault


@contextmanager
def _locked(file: int) -> Iterator[None]:
    """Alone with this file among all processes, for the time of one piece; a killed one lets go."""
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _turn_of(key: str) -> Path:
    return path(key + TURN)
