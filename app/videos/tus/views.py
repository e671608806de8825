"""The server half of tus 1.0: a file is announced, sent in pieces from any interruption on, given up, or forgotten.

Its programs are not browsers at a page: an answer is a status, headers and one plain sentence.
"""

from __future__ import annotations

import tempfile
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, make_response, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from app import clock, db
from app.db import write
from app.refused import Refused
from app.videos import parts, sending, service, store
from app.videos.models import Coming, Upload, VideoMessage
from app.videos.sniffing import ENOUGH, film
from app.videos.terms import terms_of
from app.videos.tus import protocol
from app.web import public, takes_octets

bp = Blueprint("tus", __name__)
ASKED = public("the secret of the video message in the address is the permission")
OWN = public("the secret of the upload in the address is the permission")
PIECE = 8 * 1024 * 1024
"""Octets that one request may bring; senders are told so by our own program, others by 413."""
READ = 64 * 1024
STATUS = {sending.TooLarge: 413, sending.NoRoom: 507}
"""What answers a refusal; any other is 403."""


@bp.route("/v/<token>/uploads", methods=["POST", "OPTIONS"], provide_automatic_options=False)
@ASKED
@takes_octets
def create(token: str) -> Response:
    """A file for this message is announced by whoever has its link."""
    message = service.by_link(token)
    return announced(message, service.holder(message))


def announced(message: VideoMessage | None, who: str) -> Response:
    """The answer to the announcement of a file for this message; None: there is none."""
    if request.method == "OPTIONS":
        return options(message)
    _same_version()
    if message is None:
        _say(404, _("There is no such video message."))
    said = dict(request.headers)
    try:
        length, details = protocol.number(said, "Upload-Length"), protocol.metadata(said)
    except protocol.Unclear as fault:
        _say(400, str(fault))
    key, name = message.id, details.get("filename", "")
    file = sending.Announced(length, name, details)
    try:
        free = parts.room()
        upload = write(lambda: sending.begin(key, file, free=free, who=who, now=db.now()))
    except Refused as no:
        _say(STATUS.get(type(no), 403), no.message)
    answer = _bare(201)
    answer.headers["Location"] = url_for("tus.part", secret=upload.secret)
    if request.mimetype == protocol.OCTETS:
        upload = sending.find(upload.secret)
        came = _receive(upload, 0)
        answer.headers["Upload-Offset"] = came.headers["Upload-Offset"]
    answer.headers["Upload-Expires"] = http_date(upload.expires_at)
    return answer


def options(message: VideoMessage | None = None) -> Response:
    """What this server can do, and how large a file may be."""
    answer = _bare(204)
    answer.headers["Tus-Version"] = protocol.VERSION
    answer.headers["Tus-Extension"] = protocol.EXTENSIONS
    answer.headers["Tus-Checksum-Algorithm"] = ",".join(protocol.ALGORITHMS)
    if message is not None:
        answer.headers["Tus-Max-Size"] = str(terms_of(message.event).most)
    return answer


@bp.route(
    "/v/uploads/<secret>", methods=["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"], provide_automatic_options=False
)
@OWN
@takes_octets
def part(secret: str) -> Response:
    """One file on its way: how much has come, more of it, or the end of it."""
    method = request.headers.get("X-HTTP-Method-Override", request.method).upper()
    if method == "OPTIONS":
        return options()
    _same_version()
    act = {"HEAD": _offset, "PATCH": _patch, "DELETE": _delete}.get(method)
    if act is None:
        _say(405, _("This address cannot be used in this way."))
    try:
        upload = sending.find(secret)
    except LookupError:
        _say(404, _("There is no such upload."))
    return act(upload)


def _offset(upload: Upload) -> Response:
    _living(upload)
    answer = _bare(200)
    answer.headers["Upload-Offset"] = str(_size(upload))
    answer.headers["Upload-Length"] = str(upload.length)
    if upload.details:
        answer.headers["Upload-Metadata"] = protocol.written(upload.details)
    if upload.state == Coming.OPEN:
        answer.headers["Upload-Expires"] = http_date(upload.expires_at)
    return answer


def _patch(upload: Upload) -> Response:
    if request.mimetype != protocol.OCTETS:
        _say(415, _("A piece of a file must come as %(kind)s.", kind=protocol.OCTETS))
    _living(upload)
    try:
        offset = protocol.number(dict(request.headers), "Upload-Offset")
    except protocol.Unclear as fault:
        _say(400, str(fault))
    if upload.state == Coming.DONE:
        if offset != upload.length:
            _say(409, _("The file has come whole already."))
        answer = _bare(204)
        answer.headers["Upload-Offset"] = str(upload.length)
        return answer
    return _receive(upload, offset)


def _delete(upload: Upload) -> Response:
    if upload.state == Coming.DONE:
        _say(403, _("The file has come whole already. Send another one in its place."))
    _living(upload)
    key, part_key = upload.id, upload.key
    write(lambda: sending.end(key))
    parts.drop(part_key)
    return _bare(204)


def _receive(upload: Upload, offset: int) -> Response:
    """Take the body as the next piece, as much of it as comes."""
    if offset != parts.size(upload.key):
        _say(409, _("The file ends elsewhere: ask where with HEAD."))
    most = min(PIECE, upload.length - offset)
    if request.content_length is not None and request.content_length > most:
        _say(413, _("A piece may have %(num)s octets at most here.", num=most))
    request.max_content_length = PIECE
    try:
        sum_ = protocol.checksum(dict(request.headers))
        with parts.writing(upload.key, offset) as writer:
            if sum_ is None:
                _stream(writer, most)
            else:
                _checked(writer, sum_, most)
    except protocol.Unclear as fault:
        _say(400, str(fault))
    except parts.WrongOffset:
        _say(409, _("The file ends elsewhere: ask where with HEAD."))
    except parts.Taken:
        _say(423, _("Another sender is writing this file just now."))
    except parts.Full:
        _say(507, _("The store is full, so the file cannot be taken now. Please tell the organisers."))
    return _arrived(upload)


def _stream(writer: parts.Writer, most: int) -> None:
    """Write what comes as it comes; when the line breaks, what came stays."""
    for piece in _pieces(most):
        writer.put(piece)


def _checked(writer: parts.Writer, told: protocol.Checksum, most: int) -> None:
    """Write what came once its checksum is right, and nothing of it otherwise."""
    hasher = told.hasher()
    with tempfile.TemporaryFile(dir=store.folder()) as aside:
        for piece in _pieces(most):
            writer.stay()
            hasher.update(piece)
            aside.write(piece)
        if hasher.digest() != told.value:
            _say(protocol.MISMATCH, _("What came is not what was sent. Send this piece again."))
        aside.seek(0)
        while piece := aside.read(READ):
            writer.put(piece)


def _pieces(most: int) -> Any:
    """The body in small pieces, at most so many octets, until it or the line ends."""
    left = most if request.content_length is None else min(most, request.content_length)
    while left > 0:
        try:
            piece = request.stream.read(min(READ, left))
        except ClientDisconnected:
            return
        if not piece:
            return
        left -= len(piece)
        yield piece


def _arrived(upload: Upload) -> Response:
    """Write down what came; with the first octets it shows whether it is a film, with the last it is whole."""
    key, secret, size = upload.id, upload.secret, parts.size(upload.key)
    answer = _bare(204)
    answer.headers["Upload-Offset"] = str(size)
    if size >= min(ENOUGH, upload.length):
        try:
            kind = film(parts.head(upload.key, ENOUGH))
        except Refused as no:
            write(lambda: sending.end(key))
            parts.drop(upload.key)
            _say(415, no.message)
        if size == upload.length:
            version = write(lambda: sending.complete(key, kind, now=db.now()))
            parts.close(upload.key)
            if version is None and sending.find(secret).state == Coming.ENDED:
                _say(410, sending.overtaken())
            return answer
    write(lambda: sending.came(key, size, db.now()))
    answer.headers["Upload-Expires"] = http_date(clock.now() + sending.LIFE)
    return answer


def _size(upload: Upload) -> int:
    return upload.length if upload.state == Coming.DONE else parts.size(upload.key)


def _living(upload: Upload) -> None:
    """410 for what was given up, refused or forgotten, and for what nobody waits for any more."""
    if upload.state != Coming.DONE and not sending.living(upload, db.now()):
        _say(410, _("This upload is over. Begin a new one on the page of the video message."))


def _same_version() -> None:
    if request.headers.get("Tus-Resumable") != protocol.VERSION:
        answer = _plain(412, _("This server speaks tus %(version)s.", version=protocol.VERSION))
        answer.headers["Tus-Version"] = protocol.VERSION
        abort(answer)


def _bare(status: int) -> Response:
    answer = make_response(b"", status)
    del answer.headers["Content-Type"]
    return answer


def _plain(status: int, sentence: str) -> Response:
    answer = make_response(sentence + "\n", status)
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    return answer


def _say(status: int, sentence: str) -> NoReturn:
    """Answer by this status and sentence. The piece that came is left unread: the line is of no further use."""
    abort(_plain(status, sentence))


@bp.after_request
def speaks_tus(response: Response) -> Response:
    """What every answer of this protocol carries; no cache may keep where a file ends."""
    response.headers["Tus-Resumable"] = protocol.VERSION
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
