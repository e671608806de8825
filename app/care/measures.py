"""Figures in the text format of Prometheus: what each process counted, and what the database says now.

Each process counts by itself, with labels of a fixed set. A process that serves writes its counts into a file of its
place every few seconds, and whichever process is asked reads all of them, so that it does not matter which one that
is. A place is a number that one process holds at a time by a lock; a process that takes a place counts from naught,
which Prometheus takes for what it is. Nothing here names a person or an address.
"""

from __future__ import annotations

import fcntl
import os
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import accumulate
from math import inf
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.utils import floatToGoString

FOLDER = "plenary.metrics"
EVERY = 5.0
"""Seconds between two writings of a process's counts."""
PLACES = 256
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Spans:
    """How long requests took."""

    __slots__ = ("numbers", "seconds")

    def __init__(self) -> None:
        self.numbers = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, others: Spans) -> None:
        self.numbers = [own + theirs for own, theirs in zip(self.numbers, others.numbers, strict=True)]
        self.seconds += others.seconds

    def below(self) -> list[tuple[str, float]]:
        """(bound, how many took at most so long), as the format has it."""
        return list(zip(map(floatToGoString, (*BOUNDS, inf)), accumulate(self.numbers), strict=True))


class Measures:
    """What this process counted, and where the counts of the others are."""

    def __init__(self, instance: Path) -> None:
        self.folder = instance / FOLDER
        self.own = CollectorRegistry()
        self.serving = False
        """Whether this process is to be counted among others; it takes its place with its first request."""
        self.place: int | None = None
        self._lock: int | None = None
        self._tried = threading.Lock()
        self._counting = threading.Lock()
        self._spans: dict[tuple[str, str, str], Spans] = {}
        """By pattern, method and status."""
        self._kept = 0
        self.own.register(self)

    def request(self, pattern: str, method: str, status: str, seconds: float, *, kept: bool) -> None:
        """Count one request."""
        if self.serving and self._lock is None and self._tried.acquire(blocking=False):
            self._take()
        asked = pattern, method, status
        with self._counting:
            if (spans := self._spans.get(asked)) is None:
                spans = self._spans[asked] = Spans()
            spans.numbers[bisect_left(BOUNDS, seconds)] += 1
            spans.seconds += seconds
            if kept:
                self._kept += 1

    def collect(self) -> Iterator[Metric]:
        """The counts as the library writes them. It could count too, but takes longer than a kept page does."""
        answered = CounterMetricFamily("plenary_requests", "Requests answered.", labels=("pattern", "method", "status"))
        took = HistogramMetricFamily("plenary_request_seconds", "Until the answer began.", labels=("pattern",))
        of_pattern: dict[str, Spans] = {}
        with self._counting:
            kept = self._kept
            for asked, spans in self._spans.items():
                answered.add_metric(asked, sum(spans.numbers))
                of_pattern.setdefault(asked[0], Spans()).add(spans)
        for pattern, spans in of_pattern.items():
            took.add_metric((pattern,), spans.below(), spans.seconds)
        yield from (answered, took)
        yield CounterMetricFamily("plenary_kept_pages", "Requests answered from kept pages.", value=kept)

    def _take(self) -> None:
        """Take a place, and write the counts to it from now on. Without one this process is not counted."""
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            for number in range(PLACES):
                handle = os.open(self.folder / f"{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                if _locked(handle):
                    self.place, self._lock = number, handle
                    break
                os.close(handle)
        if self.place is not None:
            threading.Thread(target=self._keep_writing, name="measures", daemon=True).start()

    def leave(self) -> None:
        """Give the place to whoever comes next; the end of the process does the same."""
        if self._lock is not None:
            os.close(self._lock)
            self.place = self._lock = None

    def write(self) -> None:
        """Put the counts where the others find them. A full disk leaves those of before."""
        if self.place is None:
            return
        file = self.folder / f"{self.place}.prom"
        draft = file.with_suffix(".draft")
        with suppress(OSError):
            draft.write_bytes(generate_latest(self.own))
            draft.replace(file)

    def text(self, more: Iterable[Metric]) -> bytes:
        """Everything: the counts of all processes that live, each under its place, and what the caller adds."""
        self.write()
        registry = CollectorRegistry()
        registry.register(_Fixed([*self._counted(), *more]))
        return generate_latest(registry)

    def _counted(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for place, text in self._texts():
            for family in text_string_to_metric_families(text):
                kind = Metric(family.name, family.documentation, family.type)
                whole = families.setdefault(family.name, kind)
                for sample in family.samples:
                    whole.add_sample(sample.name, sample.labels | {"worker": str(place)}, sample.value)
        yield from families.values()

    def _texts(self) -> Iterator[tuple[int, str]]:
        if self.place is None:
            yield 0, generate_latest(self.own).decode()
            return
        for number in range(PLACES):
            with suppress(OSError):
                if number == self.place or self._lives(number):
                    yield number, (self.folder / f"{number}.prom").read_text()

    def _lives(self, number: int) -> bool:
        """Whether a process holds the place. FileNotFoundError when none ever did."""
        handle = os.open(self.folder / f"{number}.lock", os.O_RDWR | os.O_CLOEXEC)
        try:
            return not _locked(handle)
        finally:
            os.close(handle)

    def _keep_writing(self) -> None:
        pause = threading.Event()
        while self.place is not None and not pause.wait(EVERY):
            self.write()


class _Fixed:
    def __init__(self, families: list[Metric]) -> None:
        self.families = families

    def collect(self) -> list[Metric]:
        return self.families


def _locked(handle: int) -> bool:
    """Take the lock of a file, if nobody has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
