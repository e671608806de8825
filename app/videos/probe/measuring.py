"""Measures an open file by FFmpeg. It may be hostile: only films are opened, by two decoders, without a second file."""

from __future__ import annotations

import os
from fractions import Fraction
from itertools import pairwise
from typing import Any, BinaryIO

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from app.videos.facts import FILMS, Facts, sniff
from app.videos.probe.sound import Ear

PLAYED = {"h264", "aac"}
"""What every browser plays; nothing else is decoded."""
OPENING = {"codec_whitelist": ",".join(sorted(PLAYED)), "protocol_whitelist": "none", "enable_drefs": "0"}
LARGEST = 4096 * 2304
"""Pixels of a picture that is decoded. More is a fault or an attack, and refused by its size alone."""
LONGEST = 1_800.0
"""Seconds that are decoded; what says that it is longer is refused by that alone."""


def measure(file: BinaryIO) -> Facts:
    """The facts of a file that is open for reading at its beginning. What FFmpeg cannot read is not `readable`."""
    kind = sniff(file.read(512))
    octets = os.fstat(file.fileno()).st_size
    found: dict[str, Any] = {"container": kind, "octets": octets}
    if kind in FILMS:
        file.seek(0)
        try:
            with av.open(file, "r", format="mov", container_options=OPENING, metadata_errors="replace") as film:
                found |= _film(film)
        except av.FFmpegError:
            pass  # it cannot be read, which is what the facts say
    if seconds := found.get("measured") or found.get("stated"):
        found["bit_rate"] = round(octets * 8 / seconds)
    return Facts(**found)


def _film(film: Any) -> dict[str, Any]:
    """What the index says, and what decoding finds if it may be decoded."""
    video = next(iter(film.streams.video), None)
    sound = next(iter(film.streams.audio), None)
    found: dict[str, Any] = {"readable": True, "stated": round((film.duration or 0) / av.time_base, 3)}
    if video is not None:
        found |= _picture(video)
    if sound is not None:
        found |= {"sound": _codec(sound), "channels": sound.codec_context.channels}
    if video is not None and _may_be_decoded(found):
        found |= _Decoding(film, video, sound).run()
    return found


def _may_be_decoded(found: dict[str, Any]) -> bool:
    played = found["video"] == "h264" and found.get("sound", "aac") == "aac"
    return bool(played and found["width"] * found["height"] <= LARGEST and found["stated"] <= LONGEST)


def _codec(stream: Any) -> str:
    context = stream.codec_context
    return str(context.codec.canonical_name) if context is not None else "unknown"


def _picture(video: VideoStream) -> dict[str, Any]:
    aspect = video.sample_aspect_ratio or Fraction(1)
    return {
        "video": _codec(video),
        "pixels": video.codec_context.pix_fmt or "",
        "width": video.codec_context.width,
        "height": video.codec_context.height,
        "aspect": (aspect.numerator, aspect.denominator),
    }


class _Decoding:
    """One walk through all packets."""

    def __init__(self, film: Any, video: VideoStream, sound: AudioStream | None) -> None:
        self.film, self.video, self.sound = film, video, sound
        video.thread_type = "AUTO"
        video.codec_context.thread_count = 2
        self.ear = Ear()
        self.moments: list[float] = []
        self.damaged = 0
        self.sizes: set[tuple[int, int]] = set()
        self.turned = 0
        self.pixels = ""

    def run(self) -> dict[str, Any]:
        """The facts that only decoding tells."""
        streams = [each for each in (self.video, self.sound) if each is not None]
        packets = self.film.demux(streams)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                break
            except av.FFmpegError:  # the file ends, or is damaged, amid a packet
                self.damaged += 1
                break
            self._take(packet)
        self.ear.hear(None)
        return self._said()

    def _take(self, packet: Any) -> None:
        try:
            frames = packet.decode()
        except av.FFmpegError:
            self.damaged += 1
            return
        for frame in frames:
            if isinstance(frame, av.AudioFrame):
                self.ear.hear(frame)
            else:
                self._see(frame)

    def _see(self, frame: Any) -> None:
        self.damaged += frame.is_corrupt
        if not self.moments:
            self.turned = round(frame.rotation) % 360
            self.pixels = frame.format.name
        self.sizes.add((frame.width, frame.height))
        if frame.time is not None:
            self.moments.append(frame.time)

    def _said(self) -> dict[str, Any]:
        moments = sorted(self.moments)
        stands = [(after - before, before) for before, after in pairwise(moments)]
        usual = sorted(each for each, _ in stands)[len(stands) // 2] if stands else 0.0
        end = moments[-1] + usual if moments else 0.0
        still, at = max(stands, default=(0.0, 0.0))
        span = end - moments[0] if moments else 0.0
        loudness = self.ear.loudness()
        return {
            "decoded": bool(moments),
            "pictures": len(moments),
            "damaged": self.damaged,
            "resized": len(self.sizes) > 1,
            "turned": self.turned,
            "pixels": self.pixels,
            "measured": round(max(end, self.ear.end), 3),
            "rate": round(len(moments) / span, 3) if span > 0 else 0.0,
            "still": round(still, 3),
            "still_at": round(at, 3),
            "loudness": round(loudness, 1) if loudness is not None else None,
            "heard": self.ear.heard(),
        }
