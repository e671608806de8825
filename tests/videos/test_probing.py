"""What is measured of real files, good and bad."""

from __future__ import annotations

import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from app.videos import probing
from app.videos.facts import Facts
from app.videos.probing import Failed, Stopped, probe
from tests.videos import clips

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clips.film(tmp_path_factory.mktemp("clips") / "good.mp4", seconds=2, index_first=True)


def test_a_good_film_is_measured(good: Path) -> None:
    found = probe(good)
    assert (found.container, found.readable, found.decoded) == ("mp4", True, True)
    assert (found.video, found.pixels, found.shown, found.turned) == ("h264", "yuv420p", (1280, 720), 0)
    assert (found.pictures, found.damaged, found.resized) == (50, 0, False)
    assert (found.rate, found.stated) == (25.0, 2.0)
    assert found.measured == pytest.approx(2.0, abs=0.1)
    assert (found.sound, found.channels) == ("aac", 1)
    assert found.bit_rate == round(good.stat().st_size * 8 / found.measured)


def test_loudness_is_the_rms_of_all_samples(good: Path) -> None:
    a_sine_at_a_quarter = 20 * math.log10(0.25 / math.sqrt(2))
    assert probe(good).loudness == pytest.approx(a_sine_at_a_quarter, abs=0.5)


def test_where_something_is_heard(tmp_path: Path) -> None:
    found = probe(clips.film(tmp_path / "a.mov", seconds=4, heard=clips.speech))
    assert found.container == "mov"
    assert [each for span in found.heard for each in span] == pytest.approx([0, 1, 2, 3], abs=0.21)


@pytest.mark.parametrize("turned", [90, 270])
def test_a_phone_that_says_how_to_turn_the_picture_is_believed(tmp_path: Path, turned: int) -> None:
    found = probe(clips.film(tmp_path / "a.mp4", turned=turned))
    assert (found.width, found.height, found.shown) == (1280, 720, (720, 1280))


def test_pixels_that_are_no_squares_are_shown_as_wide_as_they_say(tmp_path: Path) -> None:
    found = probe(clips.film(tmp_path / "a.mp4", size=(1440, 1080), aspect=Fraction(4, 3)))
    assert found.shown == (1920, 1080)


def test_a_rate_that_varies_is_told_on_average_and_by_its_longest_still(tmp_path: Path) -> None:
    moments = [number / 30 for number in range(30)] + [2 + number / 30 for number in range(30)]
    found = probe(clips.film(tmp_path / "a.mp4", seconds=3, moments=moments))
    assert found.rate == pytest.approx(20, abs=0.1)
    assert [found.still, found.still_at] == pytest.approx([31 / 30, 29 / 30], abs=0.01)


def test_no_sound_and_sound_of_zeros(tmp_path: Path) -> None:
    mute = probe(clips.film(tmp_path / "mute.mp4", sound=None))
    silent = probe(clips.film(tmp_path / "silent.mp4", level=0))
    assert (mute.sound, mute.channels, mute.heard) == ("", 0, ())
    assert (silent.sound, silent.loudness, silent.heard) == ("aac", None, ())


def test_what_browsers_do_not_play_is_not_decoded(tmp_path: Path) -> None:
    found = probe(clips.film(tmp_path / "a.mp4", codec="libx265", size=(1280, 720)))
    assert (found.video, found.shown, found.stated, found.decoded) == ("hevc", (1280, 720), 1.0, False)


def test_a_file_cut_off_behind_its_index_is_played_to_where_it_ends(tmp_path: Path, good: Path) -> None:
    found = probe(clips.cut(tmp_path / "cut.mp4", good, 0.5))
    assert found.stated == 2.0
    assert 0 < found.measured < 1.5


def test_a_file_cut_off_before_its_index_cannot_be_read(tmp_path: Path) -> None:
    whole = clips.film(tmp_path / "whole.mp4")
    assert probe(clips.cut(tmp_path / "cut.mp4", whole, 0.5)) == Facts("mp4", octets=whole.stat().st_size // 2)


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"%PDF-1.7\n" + b"x" * 600, "PDF"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "text"),
        (b"\x1aE\xdf\xa3" + bytes(40), "WebM/Matroska"),
        (bytes(600), ""),
        (b"", ""),
    ],
)
def test_what_calls_itself_a_film_is_known_by_its_content(tmp_path: Path, octets: bytes, kind: str) -> None:
    path = tmp_path / "message.mp4"
    path.write_bytes(octets)
    assert probe(path) == Facts(kind, octets=len(octets))


def test_huge_pictures_are_told_and_not_made(tmp_path: Path, good: Path) -> None:
    found = probe(clips.film(tmp_path / "bomb.mp4", size=(4608, 2592), moments=[0, 0.5]))
    assert (found.shown, found.decoded, found.loudness) == ((4608, 2592), False, None)


def test_an_index_that_lies_about_the_size_is_not_believed(tmp_path: Path, good: Path) -> None:
    found = probe(clips.declaring(tmp_path / "lie.mp4", good, (65_000, 65_000)))
    assert (found.width, found.height) == (1280, 720)


def test_octets_flipped_amid_the_pictures_are_counted_as_damage(tmp_path: Path) -> None:
    octets = bytearray(clips.film(tmp_path / "whole.mp4", seconds=2, index_first=True).read_bytes())
    start = octets.index(b"mdat") + 200
    for at in range(start, len(octets), 97):
        octets[at] ^= 0xFF
    (path := tmp_path / "damaged.mp4").write_bytes(octets)
    assert probe(path).damaged > 0


def test_a_crash_of_the_decoder_is_told_and_ends_nobody_else(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crash = (sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(probing, "PROGRAM", crash)
    with pytest.raises(Failed, match="status -11"):
        probe(good)


def test_measuring_that_lingers_is_ended(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PROGRAM", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(probing, "POLL", 0.05)
    with pytest.raises(Failed, match="too long"):
        probe(good, patience=0.1)
    with pytest.raises(Stopped):
        probe(good, go_on=lambda: False)


@pytest.mark.parametrize(
    ("deed", "complaint"),
    [("bytearray(2 * 1024**3)", "MemoryError"), ("open('made', 'w').write('x' * 100_000)", "File too large")],
)
def test_measuring_may_not_grow_without_end_and_not_write(tmp_path: Path, deed: str, complaint: str) -> None:
    program = (
        f"import os; from app.videos.probe.__main__ import confine; confine(); os.chdir({str(tmp_path)!r}); {deed}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=probing.CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert complaint in done.stderr


def test_measuring_knows_nothing_of_our_settings(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLENARY_SECRET_KEY", "the key of this house")
    telling = "import os; assert 'PLENARY_SECRET_KEY' not in os.environ; print('{}')"
    monkeypatch.setattr(probing, "PROGRAM", (sys.executable, "-c", telling))
    assert probe(good) == Facts()
