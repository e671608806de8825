"""Films of a second or two, good ones and bad ones, made by the library that measures them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

TICKS = 12_000
"""Of the picture's clock in a second."""
RATE = 16_000
FRAME = 1024


def film(
    path: Path,
    *,
    size: tuple[int, int] = (1280, 720),
    seconds: float = 1.0,
    rate: int = 25,
    moments: Sequence[float] | None = None,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    aspect: Fraction | None = None,
    turned: int = 0,
    sound: str | None = "aac",
    level: float = 0.25,
    heard: Callable[[float], bool] = lambda _moment: True,
    index_first: bool = False,
) -> Path:
    """Make a film: a grey that changes, and a tone of `level` (1: full scale) wherever `heard` says so."""
    options = {"movflags": "+faststart"} if index_first else {}
    with av.open(path, "w", options=options) as out:
        video = cast("VideoStream", out.add_stream(codec, rate=rate, options=_quick(codec)))
        video.width, video.height = size
        video.pix_fmt = pixels
        video.codec_context.time_base = Fraction(1, TICKS)
        if aspect is not None:
            video.codec_context.sample_aspect_ratio = aspect
        if turned:
            video.set_display_rotation(turned)
        audio = cast("AudioStream", out.add_stream(sound, rate=RATE, layout="mono")) if sound else None
        for at in moments if moments is not None else [number / rate for number in range(round(seconds * rate))]:
            frame = _grey(size, pixels, round(100 + 80 * (at % 1)))
            frame.pts, frame.time_base = round(at * TICKS), Fraction(1, TICKS)
            out.mux(video.encode(frame))
        out.mux(video.encode())
        if audio is not None:
            for part in _tone(seconds, level, heard):
                out.mux(audio.encode(part))
            out.mux(audio.encode())
    return path


def _quick(codec: str) -> dict[str, str]:
    quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    return {"preset": "ultrafast", "crf": "40", **quiet} if codec in {"libx264", "libx265"} else {}


def _grey(size: tuple[int, int], pixels: str, tone: int) -> av.VideoFrame:
    frame = av.VideoFrame(*size, pixels)
    for plane in frame.planes:
        plane.update(bytes([tone if pixels.endswith("p") else 4]) * plane.buffer_size)
    return frame


@cache
def _wave(samples: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.sin(np.arange(samples) * 2 * np.pi * 220 / RATE)


def _tone(seconds: float, level: float, heard: Callable[[float], bool]) -> list[av.AudioFrame]:
    total = round(seconds * RATE)
    gate = np.array([heard(number / RATE) for number in range(0, total, 160)]).repeat(160)[:total]
    samples = (_wave(total) * gate * level * 32_767).astype(np.int16)
    frames = []
    for first in range(0, total, FRAME):
        frame = av.AudioFrame.from_ndarray(samples[None, first : first + FRAME], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
        frames.append(frame)
    return frames


def speech(moment: float) -> bool:
    """Heard in the first second, then a second of silence, and so on."""
    return moment % 2 < 1


def cut(path: Path, whole: Path, share: float) -> Path:
    """The first part of a file."""
    octets = whole.read_bytes()
    path.write_bytes(octets[: round(len(octets) * share)])
    return path


def declaring(path: Path, whole: Path, size: tuple[int, int]) -> Path:
    """A film whose index says that its pictures are of another size than they are."""
    octets = bytearray(whole.read_bytes())
    at = octets.index(b"avc1", octets.index(b"stsd")) + 28
    octets[at : at + 4] = size[0].to_bytes(2, "big") + size[1].to_bytes(2, "big")
    path.write_bytes(octets)
    return path


def captions(*spans: tuple[float, float]) -> bytes:
    """WebVTT that says something in each span of seconds."""
    cues = [f"00:00:{start:06.3f} --> 00:00:{end:06.3f}\nTokyo greets the cities.\n" for start, end in spans]
    return "\n".join(["WEBVTT\n", *cues]).encode()
