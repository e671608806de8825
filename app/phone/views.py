"""What a phone asks for to keep a summit: manifests, the worker, the page of what it keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.phone import manifest
from app.publishing import service
from app.web import on_device, public
from app.web.kept import keep
from app.web.wording import language

bp = Blueprint("phone", __name__)
OPEN = public("the same for everybody")


@bp.get("/manifest.webmanifest")
@OPEN
def whole() -> Response:
    """How a phone shows this installation among its apps."""
    return _told(manifest.whole())


@bp.get("/<event>/manifest.webmanifest")
@OPEN
def of_summit(event: str) -> Response:
    """How it shows one summit; the installation's while that is not published."""
    found = service.standing(event)
    if found is None or not found.release:
        return _told(manifest.whole())
    keep(found.mark)
    programme = service.published(found.event_id, found.release).public.spoken(language())
    return _told(manifest.of(programme.summit))


@bp.get("/sw.js")
@OPEN
def worker() -> Response:
    """The worker of all pages; where keeping is turned off, one that forgets everything and goes."""
    name = "worker.js" if current_app.config["OFFLINE"] else "worker-gone.js"
    octets = (Path(current_app.static_folder or "") / "js" / name).read_bytes()
    answer = Response(octets, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@bp.get("/device")
@OPEN
@on_device
def device() -> Response:
    """What this device keeps, which the device alone knows; and what it shows of pages that it does not keep."""
    answer = Response(render_template("phone/device.html"))
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
    return answer


@bp.get("/device/start/<event>")
@OPEN
def start(event: str) -> ResponseReturnValue:
    """Where the app of a summit begins: the worker leads to the person's own page, where the device keeps one."""
    return redirect(url_for("publishing.summit", event=event), 303)


def _told(told: dict[str, Any]) -> Response:
    answer = Response(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json; charset=utf-8")
    answer.headers["Cache-Control"] = "public, no-cache"
    return answer
