"""How loud it is, and where something is heard: over decoded samples, in windows of a tenth of a second."""

from __future__ import annotations

import math
from collections.abc import Iterator

import av
import numpy as np

RATE = 8_000
"""Samples a second and channel that are looked at: speech is below 4 kHz, and loudness needs no more."""
WINDOW = 0.1
FULL = 32_768.0
BELOW = 20.0
"""A window is heard if it is at most so many dB below the whole (which speech makes loud) ..."""
FLOOR = -50.0
"""... and not below this, in dBFS."""
BRIDGED = 0.7
"""Pauses up to this, in seconds, belong to what is said."""
SHORTEST = 0.3
"""What is shorter is a knock, not a word."""


class Ear:
    """Listens to frames in their order."""

    def __init__(self) -> None:
        self._resampler = av.AudioResampler(format="s16", rate=RATE)
        self._power: dict[int, tuple[float, int]] = {}
        self.end = 0.0

    def hear(self, frame: av.AudioFrame | None) -> None:
        """Take in one decoded frame; None when there are no more."""
        if frame is not None and frame.time is not None:
            self.end = max(self.end, frame.time + frame.samples / frame.sample_rate)
        for each in self._resampler.resample(frame):
            self._add(each)

    def _add(self, frame: av.AudioFrame) -> None:
        samples = frame.to_ndarray().reshape(-1, frame.layout.nb_channels).astype(np.float64) / FULL
        squares = (samples**2).mean(axis=1)
        first = round((frame.time or 0.0) * RATE)
        per_window = int(RATE * WINDOW)
        at = 0
        while at < len(squares):
            window, offset = divmod(first + at, per_window)
            part = squares[at : at + per_window - offset]
            power, counted = self._power.get(window, (0.0, 0))
            self._power[window] = power + float(part.sum()), counted + len(part)
            at += len(part)

    def loudness(self) -> float | None:
        """RMS over everything, in dBFS."""
        counted = sum(number for _, number in self._power.values())
        return _decibels(sum(power for power, _ in self._power.values()) / counted) if counted else None

    def heard(self) -> tuple[tuple[float, float], ...]:
        """Where something is heard, as spans in seconds."""
        whole = self.loudness()
        if whole is None:
            return ()
        least = max(FLOOR, whole - BELOW)
        spans: list[list[float]] = []
        for window in self._loud(least):
            start, end = window * WINDOW, (window + 1) * WINDOW
            if spans and start - spans[-1][1] <= BRIDGED:
                spans[-1][1] = end
            else:
                spans.append([start, end])
        return tuple((round(start, 1), round(end, 1)) for start, end in spans if end - start >= SHORTEST)

    def _loud(self, least: float) -> Iterator[int]:
        for window, (power, counted) in sorted(self._power.items()):
            level = _decibels(power / counted)
            if level is not None and level >= least:
                yield window


def _decibels(mean_square: float) -> float | None:
    return 10 * math.log10(mean_square) if mean_square > 0 else None
