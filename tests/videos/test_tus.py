"""tus 1.0.0, rule by rule: https://tus.io/protocols/resumable-upload."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from app import clock
from app.db import db
from app.videos import parts, sending, store, views
from app.videos.models import Coming, State, Upload
from app.web.kept import KeepingFlask
from tests.videos.cast import Sender, Senders, encoded, film, terms

KB = 1024
WHOLE = film(40 * KB)
NO_TEXT = b"\xff\xfe"


def sha1(octets: bytes) -> str:
    return f"sha1 {base64.b64encode(hashlib.sha1(octets).digest()).decode()}"


def test_a_server_says_what_it_can(milan: Sender) -> None:
    answer = milan.client.options(f"{milan.page}uploads")
    told = {name: answer.headers.get(name) for name in ("Tus-Version", "Tus-Extension", "Tus-Max-Size")}
    assert (answer.status_code, told, answer.headers["Tus-Checksum-Algorithm"]) == (
        204,
        {
            "Tus-Version": "1.0.0",
            "Tus-Extension": "creation,creation-with-upload,termination,expiration,checksum",
            "Tus-Max-Size": str(2048 * 1024 * KB),
        },
        "sha1,sha256,md5",
    )


def test_an_announced_file_has_an_address_of_its_own_and_a_day_until_which_it_waits(milan: Sender) -> None:
    answer = milan.announce(len(WHOLE))
    assert (answer.status_code, answer.headers["Location"].startswith("/v/uploads/"), answer.data) == (201, True, b"")
    assert ("Upload-Expires" in answer.headers, answer.headers["Tus-Resumable"]) == (True, "1.0.0")


def test_how_much_has_come_is_asked_without_fetching_it(milan: Sender) -> None:
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE[: 10 * KB])
    answer = milan.head(path)
    said = ("Upload-Offset", "Upload-Length", "Upload-Metadata", "Cache-Control")
    assert (answer.status_code, *(answer.headers[name] for name in said)) == (
        200,
        str(10 * KB),
        str(len(WHOLE)),
        f"filename {encoded('milan.mp4')}",
        "no-store",
    )


def test_pieces_one_after_the_other_make_the_file_and_tell_where_it_ends(milan: Sender, senders: Senders) -> None:
    path = milan.begun(len(WHOLE))
    ends = [
        milan.patch(path, at, WHOLE[at : at + 16 * KB]).headers["Upload-Offset"] for at in range(0, len(WHOLE), 16 * KB)
    ]
    message = senders.message("Milan")
    (version,) = message.versions
    assert (ends, message.state) == ([str(16 * KB), str(32 * KB), str(40 * KB)], State.UPLOADED)
    assert (version.size, version.mimetype, version.name) == (40 * KB, "video/mp4", "milan.mp4")
    with senders.cities.app.app_context():
        file = store.path(version.key or "")
        assert (file.read_bytes(), [each.name for each in file.parent.glob(f"{file.name}*")]) == (WHOLE, [file.name])


def test_a_file_can_come_with_its_announcement(milan: Sender, senders: Senders) -> None:
    answer = milan.announce(len(WHOLE), data=WHOLE[: 8 * KB], Content_Type="application/offset+octet-stream")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(8 * KB))
    answer = milan.announce(len(WHOLE), data=WHOLE, Content_Type="application/offset+octet-stream")
    assert (answer.status_code, senders.state("Milan")) == (201, State.UPLOADED)


@pytest.mark.parametrize("version", ["", "0.2.2", "1.0.1"])
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_another_version_of_the_protocol_is_refused_and_touches_nothing(
    milan: Sender, senders: Senders, method: str, version: str
) -> None:
    path = milan.begun(len(WHOLE))
    headers = {"Tus-Resumable": version, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = milan._ask(method, path, headers, WHOLE if method == "PATCH" else b"")
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
    assert [(each.state, senders.size(each.key)) for each in senders.uploads()] == [(Coming.OPEN, 0)]


@pytest.mark.parametrize("offset", [0, 5 * KB, 11 * KB, 39 * KB, 50 * KB])
def test_a_piece_for_another_place_is_refused(milan: Sender, offset: int) -> None:
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE[: 10 * KB])
    assert milan.patch(path, offset, WHOLE[offset : offset + KB]).status_code == 409
    assert milan.head(path).headers["Upload-Offset"] == str(10 * KB)


def test_a_piece_of_another_kind_is_refused(milan: Sender) -> None:
    path = milan.begun(len(WHOLE))
    assert milan.patch(path, 0, WHOLE[:KB], Content_Type="video/mp4").status_code == 415
    assert milan.head(path).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("offset", ["", "-1", "0x10", "1.5", "9" * 30])
def test_a_piece_that_does_not_say_where_it_belongs_is_refused(milan: Sender, offset: str) -> None:
    path = milan.begun(len(WHOLE))
    assert milan.patch(path, 0, WHOLE[:KB], Upload_Offset=offset).status_code == 400


def test_a_piece_that_goes_beyond_the_file_is_refused_whole(milan: Sender) -> None:
    path = milan.begun(10 * KB)
    assert milan.patch(path, 0, WHOLE[: 11 * KB]).status_code == 413
    assert milan.head(path).headers["Upload-Offset"] == "0"


def test_a_piece_larger_than_any_may_be_is_refused_before_it_is_read(milan: Sender) -> None:
    path = milan.begun(100 * 1024 * KB)
    assert milan.patch(path, 0, bytes(8 * 1024 * KB + 1)).status_code == 413
    assert milan.head(path).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("length", ["", "-5", "many", "1e6", "9" * 30])
def test_a_file_of_no_certain_length_is_refused(milan: Sender, length: str) -> None:
    assert milan.announce(1, Upload_Length=length).status_code == 400


def test_an_empty_file_is_refused_in_words(milan: Sender) -> None:
    answer = milan.announce(0)
    assert (answer.status_code, answer.text) == (403, "The file is empty.\n")


@pytest.mark.parametrize(
    "said",
    [
        "filename",
        f"filename {encoded(NO_TEXT)}x",
        f"filename {encoded(NO_TEXT)}",
        f"filename {encoded('a')},filename {encoded('b')}",
        f"file\u00e9 {encoded('a')}",
        ",".join(f"k{number} YQ==" for number in range(30)),
        "k " + "YWFh" * 2000,
    ],
)
def test_metadata_that_makes_no_sense_is_refused(milan: Sender, said: str, senders: Senders) -> None:
    answer = milan.announce(KB, Upload_Metadata=said)
    expected = 201 if said == "filename" else 400
    assert (answer.status_code, len(senders.uploads())) == (expected, int(expected == 201))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\milan.mp4", "milan.mp4"),
        ("a\0b\r\nSet-Cookie: x.mp4", "ab Set-Cookie: x.mp4"),
        ("\u202e4pm.exe", "4pm.exe"),
        ("<script>alert(1)</script>.mp4", "script>.mp4"),
        ("x" * 300 + ".mp4", "x" * 200),
        ("東京.mp4", "東京.mp4"),
    ],
)
def test_a_hostile_name_is_only_ever_read(milan: Sender, senders: Senders, name: str, shown: str) -> None:
    milan.whole(WHOLE, name)
    (version,) = senders.message("Milan").versions
    assert (version.name, len(version.key or "")) == (shown, 37)


def test_a_checksum_that_is_right_lets_the_piece_in(milan: Sender) -> None:
    path = milan.begun(len(WHOLE))
    assert milan.patch(path, 0, WHOLE[: 9 * KB], Upload_Checksum=sha1(WHOLE[: 9 * KB])).status_code == 204
    assert milan.head(path).headers["Upload-Offset"] == str(9 * KB)


def test_a_checksum_that_is_wrong_keeps_nothing_of_the_piece(milan: Sender) -> None:
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE[:KB])
    assert milan.patch(path, KB, WHOLE[KB : 9 * KB], Upload_Checksum=sha1(b"another")).status_code == 460
    assert milan.head(path).headers["Upload-Offset"] == str(KB)


@pytest.mark.parametrize("said", ["crc32 AAAA", "sha1 not base64!", "sha1"])
def test_a_checksum_that_nobody_can_read_is_refused(milan: Sender, said: str) -> None:
    path = milan.begun(len(WHOLE))
    assert milan.patch(path, 0, WHOLE[:KB], Upload_Checksum=said).status_code in {400, 460}
    assert milan.head(path).headers["Upload-Offset"] == "0"


def test_a_file_that_is_given_up_is_gone_with_its_octets(milan: Sender, senders: Senders) -> None:
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE[:KB])
    assert milan.delete(path).status_code == 204
    assert (milan.head(path).status_code, milan.patch(path, KB, WHOLE[KB:]).status_code) == (410, 410)
    assert [(each.state, senders.size(each.key)) for each in senders.uploads()] == [(Coming.ENDED, 0)]


def test_a_file_that_has_come_whole_is_not_given_up_by_its_upload(milan: Sender, senders: Senders) -> None:
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE)
    assert (milan.delete(path).status_code, milan.head(path).headers["Upload-Offset"]) == (403, str(len(WHOLE)))
    assert senders.state("Milan") == State.UPLOADED


def test_whoever_missed_the_last_answer_learns_that_all_came(milan: Sender, senders: Senders) -> None:
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE)
    again = milan.patch(path, len(WHOLE), b"")
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, str(len(WHOLE)))
    assert len(senders.message("Milan").versions) == 1


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "HEAD"])
def test_a_method_can_be_named_by_a_header_where_a_line_knows_only_post(milan: Sender, method: str) -> None:
    path = milan.begun(len(WHOLE))
    said = {"X-HTTP-Method-Override": method, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = milan._ask("POST", path, said, WHOLE[:KB] if method == "PATCH" else b"")
    assert answer.status_code == (200 if method == "HEAD" else 204)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_fetches_a_file_by_its_upload(milan: Sender, method: str) -> None:
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE[:KB])
    assert milan.client.open(path, method=method, headers={"Tus-Resumable": "1.0.0"}).status_code == 405


def test_a_secret_that_was_never_given_opens_nothing(milan: Sender) -> None:
    assert milan.head("/v/uploads/AAAAAAAAAAAAAAAAAAAAAAAA").status_code == 404
    assert Sender(milan.client, "/v/AAAAAAAAAAAAAAAAAAAAAAAA/").announce(KB).status_code == 404


def test_the_secret_of_one_thing_opens_no_other(milan: Sender, senders: Senders) -> None:
    """Neither the message's secret an upload, nor the upload's secret the message, nor either an office."""
    path = milan.begun(KB)
    message, upload = milan.page.split("/")[2], path.rsplit("/", 1)[1]
    assert milan.head(f"/v/uploads/{message}").status_code == 404
    assert Sender(milan.client, f"/v/{upload}/").announce(KB).status_code == 404
    assert {milan.client.get(f"/{door}/{secret}/").status_code for door in "fd" for secret in (message, upload)} == {
        404
    }


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"%PDF-1.7\n" + b"x" * 2000, "this is a PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 2000, "this is a picture"),
        (b"\0\0\0\x18ftypheic" + b"x" * 2000, "this is a picture"),
        (b"PK\x03\x04" + b"x" * 2000, "this is a ZIP archive"),
        (b"\x1aE\xdf\xa3" + b"x" * 2000, "this is a Matroska"),
        (b"<!DOCTYPE html>" + b"x" * 2000, "this is a web page"),
        (b"x" * 2000, "this is neither"),
        (b"\0\0", "this is neither"),
    ],
)
def test_what_is_no_film_is_refused_in_words_at_its_first_piece(
    milan: Sender, senders: Senders, octets: bytes, said: str
) -> None:
    path = milan.begun(max(len(octets), 2))
    answer = milan.patch(path, 0, octets[:1000])
    assert (answer.status_code, said in answer.text) == (415, True)
    assert [(each.state, senders.size(each.key)) for each in senders.uploads()] == [(Coming.ENDED, 0)]
    assert senders.state("Milan") == State.EXPECTED


def test_a_film_is_told_however_small_its_first_piece_is(milan: Sender, senders: Senders) -> None:
    path = milan.begun(len(WHOLE))
    for at in range(20):
        milan.patch(path, at, WHOLE[at : at + 1])
    milan.patch(path, 20, WHOLE[20:])
    assert senders.state("Milan") == State.UPLOADED


def test_a_file_that_is_too_large_is_refused_before_its_first_octet(milan: Sender, senders: Senders) -> None:
    terms(senders)
    answer = milan.announce(1024 * KB + 1)
    assert (answer.status_code, answer.text) == (413, "The file is larger than 1 MB.\n")
    assert senders.uploads() == []


def test_a_city_gets_no_more_room_than_it_has_whatever_it_announces(milan: Sender, senders: Senders) -> None:
    terms(senders)
    milan.begun(1024 * KB)
    milan.begun(1024 * KB)
    answer = milan.announce(16)
    assert (answer.status_code, "2 MB" in answer.text) == (413, True)
    assert (
        Sender(milan.client, senders.link("Rome")).announce(1024 * KB).status_code == 201
    )  # another city's is its own


def test_a_city_has_only_so_many_files_on_their_way(milan: Sender) -> None:
    paths = [milan.begun(KB) for _number in range(sending.AT_ONCE)]
    assert milan.announce(KB).status_code == 403
    milan.delete(paths[0])
    assert milan.announce(KB).status_code == 201


def test_the_disk_keeps_a_reserve(milan: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "room", lambda: sending.RESERVE + 10 * KB)
    milan.begun(8 * KB)
    answer = milan.announce(4 * KB)
    assert (answer.status_code, "The store is full" in answer.text) == (507, True)


def test_what_waited_too_long_is_over_and_its_octets_are_deleted(milan: Sender, senders: Senders) -> None:
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE[:KB])
    (upload,) = senders.uploads()
    senders.cities.do(lambda: _age(upload.id))
    assert (milan.head(path).status_code, milan.patch(path, KB, WHOLE[KB:]).status_code) == (410, 410)
    senders.cities.read(views.clean)
    assert [(each.state, senders.size(each.key)) for each in senders.uploads()] == [(Coming.ENDED, KB)]
    _hours_later(senders, upload.key)
    senders.cities.read(views.clean)
    assert senders.size(upload.key) == 0


def _age(upload_id: int) -> None:
    db.session.get_one(Upload, upload_id).expires_at = clock.now() - timedelta(seconds=1)


def _hours_later(senders: Senders, key: str) -> None:
    with senders.cities.app.app_context():
        for path in store.path(key).parent.glob(f"{key}*"):
            os.utime(path, (time.time() - 7200, time.time() - 7200))


def test_cleaning_keeps_what_somebody_needs(milan: Sender, senders: Senders) -> None:
    milan.whole(WHOLE)
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE[:KB])
    keys = [senders.message("Milan").versions[0].key or "", senders.uploads()[-1].key]
    for key in keys:
        _hours_later(senders, key)
    senders.cities.read(views.clean)
    assert [senders.size(key) for key in keys] == [len(WHOLE), KB]


def test_the_worker_finishes_what_came_whole_while_its_server_died(milan: Sender, senders: Senders) -> None:
    milan.begun(len(WHOLE))
    (upload,) = senders.uploads()
    with senders.cities.app.app_context():
        store.path(upload.key).write_bytes(WHOLE)
    senders.cities.read(views.clean)
    assert (senders.state("Milan"), senders.uploads()[0].state) == (State.UPLOADED, Coming.DONE)


def test_nothing_is_taken_for_a_video_that_nobody_awaits(milan: Sender, senders: Senders) -> None:
    path = milan.begun(len(WHOLE))
    senders.change("Milan", state=State.WITHDRAWN)
    assert (milan.announce(KB).status_code, milan.patch(path, 0, WHOLE).status_code) == (403, 410)


def test_two_senders_at_once_never_mix(milan: Sender, senders: Senders, standing: KeepingFlask) -> None:
    """Both write as fast as they can from the same place; one of them has the turn, the other is told so."""
    path = milan.begun(len(WHOLE) * 8)
    octets = [film(len(WHOLE) * 8), b"\xee" * (len(WHOLE) * 8)]
    (upload,) = senders.uploads()
    outcome: list[str] = []
    start = threading.Barrier(2)

    def send(which: int) -> None:
        with standing.app_context():
            start.wait()
            try:
                with parts.writing(upload.key, 0) as writer:
                    for at in range(0, len(octets[which]), 4 * KB):
                        writer.put(octets[which][at : at + 4 * KB])
            except (parts.Taken, parts.WrongOffset):
                outcome.append("kept out")
            else:
                outcome.append("wrote")

    threads = [threading.Thread(target=send, args=(which,)) for which in (0, 1)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with standing.app_context():
        assert store.path(upload.key).read_bytes() in octets
    assert sorted(outcome) == ["kept out", "wrote"]
    assert milan.head(path).headers["Upload-Offset"] == str(len(WHOLE) * 8)


def test_while_one_sender_writes_another_is_told_to_wait(
    milan: Sender, senders: Senders, standing: KeepingFlask
) -> None:
    path = milan.begun(len(WHOLE))
    (upload,) = senders.uploads()
    with standing.app_context(), parts.writing(upload.key, 0) as writer:
        writer.put(WHOLE[:KB])
        assert milan.patch(path, KB, WHOLE[KB:]).status_code == 423
    assert milan.patch(path, KB, WHOLE[KB:]).status_code == 204


def test_who_has_gone_silent_is_succeeded_and_writes_no_more(
    milan: Sender, senders: Senders, standing: KeepingFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = milan.begun(len(WHOLE))
    (upload,) = senders.uploads()
    with standing.app_context(), parts.writing(upload.key, 0) as writer:
        writer.put(WHOLE[:KB])
        monkeypatch.setattr(parts, "STALLED", 0.0)
        assert milan.patch(path, KB, WHOLE[KB : 2 * KB]).status_code == 204
        with pytest.raises(parts.Taken):
            writer.put(b"a late piece of the line that was thought dead")
    assert milan.head(path).headers["Upload-Offset"] == str(2 * KB)
    monkeypatch.undo()
    milan.patch(path, 2 * KB, WHOLE[2 * KB :])
    with standing.app_context():
        assert store.path(upload.key).read_bytes() == WHOLE


def test_a_full_disk_is_told_and_what_came_stays(milan: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    path = milan.begun(len(WHOLE))
    milan.patch(path, 0, WHOLE[:KB])
    monkeypatch.setattr(os, "pwrite", _no_space)
    assert milan.patch(path, KB, WHOLE[KB:]).status_code == 507
    monkeypatch.undo()
    assert milan.patch(path, KB, WHOLE[KB:]).status_code == 204


def _no_space(file: int, octets: bytes, at: int) -> int:
    raise OSError(28, "No space left on device")


class Meddled(BytesIO):
    """A body during whose reading something else happens."""

    def __init__(self, octets: bytes, meddle: Callable[[], None]) -> None:
        super().__init__(octets)
        self.meddle = meddle

    def readinto(self, buffer: Any) -> int:
        got: int = super().readinto(buffer)
        if got and self.tell() == len(self.getvalue()):
            self.meddle()
        return got


@pytest.mark.parametrize("why", ["another file", "withdrawn"])
def test_who_sends_the_last_octet_of_what_is_not_kept_is_told_so(milan: Sender, senders: Senders, why: str) -> None:
    path, other = milan.begun(len(WHOLE)), milan.begun(len(WHOLE))

    def meddle() -> None:
        if why == "withdrawn":
            senders.change("Milan", state=State.WITHDRAWN)
        else:
            assert Sender(senders.cities.app.test_client(), milan.page).patch(other, 0, WHOLE).status_code == 204

    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    answer = milan.client.patch(
        path,
        input_stream=Meddled(WHOLE, meddle),
        content_length=len(WHOLE),
        headers=headers,
        content_type="application/offset+octet-stream",
    )
    assert (answer.status_code, "was not kept" in answer.text) == (410, True)


def test_of_two_files_that_end_at_once_one_is_kept(milan: Sender, senders: Senders, standing: KeepingFlask) -> None:
    paths = [milan.begun(len(WHOLE)) for _each in (1, 2)]
    start = threading.Barrier(2)
    outcome: list[int] = []

    def send(path: str) -> None:
        client = standing.test_client()
        start.wait()
        outcome.append(Sender(client, milan.page).patch(path, 0, WHOLE).status_code)

    threads = [threading.Thread(target=send, args=(path,)) for path in paths]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcome) == [204, 410]
    assert [each.number for each in senders.message("Milan").versions] == [1]
