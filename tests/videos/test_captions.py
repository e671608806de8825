"""Captions: what is read, what is refused with its line, and what is written for browsers."""

from __future__ import annotations

import pytest

from app.videos.captions import LARGEST, Cue, Faulty, covered, read, write

pytestmark = pytest.mark.one_database

VTT = """WEBVTT - Tokyo

NOTE checked by the office

STYLE
::cue { color: red }

1
00:01.000 --> 00:02.500 align:start
<v Koike>Welcome to <b>Tokyo</b>,
dear cities &amp; friends.

01:00:03.000 --> 01:00:04.000
São Paulo &lt;3
"""
SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\nWelcome.\r\n\r\n2\r\n00:00:02,500 --> 00:00:04,000\r\n<i>Thank you.</i>\r\n"
)


def test_webvtt_is_read_without_its_notes_styles_and_marks() -> None:
    assert read(VTT.encode()) == (
        Cue(1.0, 2.5, "Welcome to Tokyo,\ndear cities & friends."),
        Cue(3603.0, 3604.0, "São Paulo <3"),
    )


def test_subrip_is_read_with_a_mark_and_lines_of_any_system() -> None:
    assert read(b"\xef\xbb\xbf" + SRT.encode()) == (Cue(1.0, 2.5, "Welcome."), Cue(2.5, 4.0, "Thank you."))


def test_a_caption_without_words_is_passed_over() -> None:
    assert read(b"WEBVTT\n\n00:01.000 --> 00:02.000\n<b></b>\n\n00:03.000 --> 00:04.000\nYes\n") == (
        Cue(3.0, 4.0, "Yes"),
    )


@pytest.mark.parametrize(
    ("octets", "rule", "line"),
    [
        (b"%PDF-1.7\n1 0 obj", "form", 1),
        (b"", "form", 1),
        (b"WEBVTT\n\nNOTE nothing else\n", "empty", 0),
        (b"WEBVTT\n\n00:01.000 -> 00:02.000\nOne dash\n", "form", 4),
        (b"WEBVTT\n\n00:01.000 --> 00:61.000\nSixty-one seconds\n", "form", 3),
        (b"WEBVTT\n\n00:02.000 --> 00:02.000\nNo time\n", "times", 3),
        (b"WEBVTT\n\n00:05.000 --> 00:06.000\nLate\n\n00:01.000 --> 00:02.000\nEarly\n", "order", 6),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nMalmö\n".encode("latin-1"), "encoding", 4),
        (b"WEBVTT\n" + b"x" * LARGEST, "size", 0),
        (b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\nAgain\n\n" * 5_001, "many", 15_003),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(octets: bytes, rule: str, line: int) -> None:
    with pytest.raises(Faulty) as no:
        read(octets)
    assert (no.value.rule, no.value.line) == (rule, line)


def test_what_is_written_says_the_same() -> None:
    cues = read(VTT.encode())
    assert read(write(cues).encode()) == cues


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "&lt;img src=x onerror=alert(1)&gt;",
        "<c.x><ruby>a<rt>b</rt></ruby></c>",
        "a\nSTYLE ::cue { background: url(https://elsewhere.example/) }",
        "00:00.000 --&gt; 99:00.000",
    ],
)
def test_nothing_but_words_reaches_a_browser(words: str) -> None:
    said = write(read(f"WEBVTT\n\n00:01.000 --> 00:02.000\nSeoul {words}\n".encode()))
    head, times, *text = said.split("\n")[0], said.split("\n")[2], *said.split("\n")[3:]
    assert (head, times) == ("WEBVTT", "00:00:01.000 --> 00:00:02.000")
    assert not set("<>") & set("".join(text))
    assert "-->" not in "".join(text)


def test_a_hostile_file_costs_no_time() -> None:
    for hostile in (b"<a" * 200_000, b"00:00:00.000 --> " * 30_000, b"{\\" * 200_000, b"1\n\n" * 200_000):
        with pytest.raises(Faulty):
            read(b"WEBVTT\n\n" + hostile)


@pytest.mark.parametrize(
    ("cues", "share"),
    [
        ([(0, 10)], 1.0),
        ([(0, 4)], 0.5),
        ([(0, 2), (1, 4)], 0.5),
        ([(20, 30)], 0.0),
        ([], 0.0),
        ([(0, 1.5), (4.5, 10)], 0.9),
    ],
)
def test_the_share_of_speech_for_which_captions_stand(cues: list[tuple[float, float]], share: float) -> None:
    shown = [Cue(start, end, "x") for start, end in cues]
    assert covered(shown, ((0.0, 4.0), (4.0, 10.0))) == pytest.approx(share)


def test_of_silence_nothing_is_to_be_captioned() -> None:
    assert covered([Cue(0, 1, "x")], ()) is None
