"""Letters about a video message: that it is due, and what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.desk.letters.examples.reader import Maker, Reader, limit, reason
from app.outbox import Letter
from app.videos import answers, letters
from app.videos.models import Purpose, VideoMessage, VideoVersion
from app.videos.models import State as Awaited
from app.videos.terms import Terms

PORTRAIT = {"rule": "portrait", "weight": "refused", "figures": {"width": 720, "height": 1280}}
NO_CAPTIONS = {"rule": "no captions", "weight": "needs captions", "figures": {}}
QUIET = {"rule": "quiet", "weight": "warned", "figures": {"loudness": -41.5}}


def _video_answer(kind: str, *findings: Mapping[str, Any]) -> Maker:
    def letter(who: Reader) -> Letter:
        comments = reason()
        version = VideoVersion(number=2, name="video.mp4", link="", findings=list(findings), comments=comments)

        def make(message: VideoMessage) -> list[Letter]:
            to = who.focal.name, who.focal.email, who.focal.language
            return [answers.letter(kind, message, version, to, who.focal, who.by)]

        return _video(make)(who)

    return letter


def _video(make: Callable[[VideoMessage], list[Letter]]) -> Maker:
    def letter(who: Reader) -> Letter:
        message = VideoMessage(
            uid="example",
            purpose=Purpose.CITY,
            state=Awaited.EXPECTED,
            session_title="",
            due_at=limit(who).at,
            contact_name="",
            contact_email="",
            link_generation=0,
        )
        message.version = 1
        message.event, message.delegation = who.event, who.focal.delegation
        message.delegation.focal_points = [who.focal]
        who.focal.active = True
        return make(message)[0]

    return letter


def _terms(message: VideoMessage) -> Terms:
    return Terms(message.due_at)


MADE: dict[str, Maker] = {
    "video-due": _video(lambda message: letters.due(message, _terms(message), "example")),
    "video-overdue": _video(lambda message: letters.overdue(message, _terms(message))),
    "video-failed": _video_answer("video failed", PORTRAIT, NO_CAPTIONS, QUIET),
    "video-captions": _video_answer("video captions", NO_CAPTIONS, QUIET),
    "video-changes": _video_answer("video changes"),
    "video-accepted": _video_answer("video accepted"),
}
