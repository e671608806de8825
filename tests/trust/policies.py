"""What every answer says of what may run, be fetched, sent and framed in it (A18): word for word, by its rule."""

from __future__ import annotations

from collections.abc import Mapping

PAGE = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'none';"
    " object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
"""All pages, all that is refused, and all files that are not named below."""
FILMS = PAGE.replace("media-src 'none'", "media-src 'self'")
FRAMED = PAGE.replace("frame-ancestors 'none'", "frame-ancestors *")
LEADS_AWAY = PAGE.replace("form-action 'self'", "form-action 'self' https:")
LETTER = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
WORDS = "sandbox; default-src 'none'; frame-ancestors 'self'"
SEEN = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
FILM = "default-src 'none'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PICTURE = "default-src 'none'; sandbox"
OWN: Mapping[str, set[str]] = {
    "/<event>/photos/<key>-<int(max=9999):width>.jpg": {PICTURE},
    "/<event>/videos": {FILMS},
    "/<event>/videos/<uid>.<any(mp4,mov):ending>": {FILM},
    "/<event>/videos/<uid>.vtt": {FILM},
    "/c/<token>/<uid>.<any(mp4,mov):ending>": {FILM, f"{FILM}; sandbox"},
    "/c/<token>/<uid>.vtt": {FILM},
    "/c/<token>/playlist": {FILMS},
    "/embed/<event>/agenda": {FRAMED},
    "/j/<token>/<session>": {LEADS_AWAY},
    "/j/<token>/check": {LEADS_AWAY},
    "/organise/<event>/announcements/<uid>/letter": {LETTER},
    "/organise/<event>/as/<any(person,focal,moderator,video):kind>/<key>/": {PAGE, SEEN},
    "/organise/<event>/as/<any(person,focal,moderator,video):kind>/<key>/<path:page>": {PAGE, SEEN},
    "/organise/<event>/invitations/send/<any(invitation,reminder):kind>/<slug>": {LETTER},
    "/organise/<event>/letters/<name>/<language>/look": {LETTER, WORDS},
    "/organise/<event>/outbox/<int(max=2147483647):number>/letter": {LETTER},
    "/organise/<event>/publish/letters/<whom>": {LETTER},
    "/organise/<event>/reminders/<uid>/letter": {LETTER},
    "/organise/<event>/together/ask/letter": {LETTER},
    "/organise/<event>/videos/<uid>/accept": {FILMS},
    "/organise/<event>/videos/<uid>/changes": {FILMS},
    "/organise/<event>/videos/<uid>/place": {FILMS},
    "/organise/<event>/videos/<uid>/review": {FILMS},
    "/organise/<event>/videos/<uid>/versions/<int(max=100000):number>/captions.vtt": {FILM},
    "/organise/<event>/videos/<uid>/versions/<int(max=100000):number>/film": {FILM, f"{FILM}; sandbox"},
}
"""rule -> what an answer that gives something says, instead of what pages say."""
GIVEN = {200, 206, 304}
REFUSED = 422
"""The page again, with what is wrong with what was typed in it."""


def guarded(rule: str, status: int, policy: str, sniffing: str) -> bool:
    """Whether an answer to this rule ("" without one) says word for word what it has to."""
    own = OWN.get(rule.replace(", ", ","), {PAGE})
    right = own if status in GIVEN else own | {PAGE} if status == REFUSED else {PAGE}
    return policy in right and sniffing == "nosniff"
