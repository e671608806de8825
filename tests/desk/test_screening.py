"""The review of a video and the running order: what organisers see, decide and hand on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app import db as database
from app.db import write
from app.publishing import checks
from app.refused import Refused
from app.videos import reviewing, service
from app.videos.models import State
from app.web.kept import KeepingFlask
from tests.desk.office import REHEARSAL, Organiser, notes, rows, words
from tests.desk.screens import PLAYLIST, accept, act, fetch, review, state
from tests.queries import counted
from tests.videos import clips, films
from tests.videos.films import Sent


def test_the_review_shows_the_film_its_captions_and_what_was_measured(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    page = tokyo.get(f"{review(reviewed)}/review")
    seen = words(page)
    assert "waits for your review" in seen
    assert "No rule has anything against it." in seen
    assert "1280 × 720, H.264" in seen
    assert f'src="{review(reviewed)}/versions/1/film"' in page.text
    assert f'src="{review(reviewed)}/versions/1/captions.vtt" srclang="it"' in page.text
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    assert "media-src 'none'" in tokyo.get(PLAYLIST).headers["Content-Security-Policy"]


def test_what_the_rules_say_is_said_with_its_figures(desks: KeepingFlask, tokyo: Organiser, tmp_path: Path) -> None:
    with desks.app_context():
        films.expect()
        films.send("milan", Sent(clips.film(tmp_path / "tall.mp4", size=(720, 1280), sound=None)))
        films.check()
    seen = words(tokyo.get(f"{review(desks)}/review"))
    assert "Refused 720 × 1280, portrait: 16:9, at least 1280 × 720 is wanted." in seen
    assert "Refused There is no sound in the file: speech is wanted." in seen
    assert "Needs captions There are no captions" in seen
    assert "Accept version 1" not in seen


def test_accepting_tells_the_city_and_gives_the_video_its_place(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    assert act(tokyo, review(reviewed), "accept", number="1").status_code == 303
    with reviewed.app_context():
        message = films.message("milan")
        assert message.state == State.SCHEDULED
        assert {each.to for each in films.letters("video accepted")} == films.readers("milan")
    made = [each.what for each in notes(reviewed, f"video/{message.uid}")][-2:]
    assert made == ["video accepted", "video scheduled"]


def test_pressing_twice_accepts_once(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    assert act(tokyo, review(reviewed), "accept", number="1").status_code == 303
    assert act(tokyo, review(reviewed), "accept", number="1").status_code == 422
    with reviewed.app_context():
        assert len(films.letters("video accepted")) == len(films.readers("milan"))


def test_a_version_that_the_reviewer_did_not_see_is_not_accepted(
    reviewed: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    with reviewed.app_context():
        films.send("milan", good)
        films.check()
    page = act(tokyo, review(reviewed), "accept", number="1")
    assert page.status_code == 422
    assert "A newer version has come meanwhile." in words(page)
    assert state(reviewed) == State.IN_REVIEW


def test_a_film_without_captions_is_accepted_only_if_somebody_says_so(
    desks: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    with desks.app_context():
        films.expect()
        films.send("milan", Sent(good.path))
        films.check()
    assert "needs captions" in words(tokyo.get(f"{review(desks)}/review"))
    refused = act(tokyo, review(desks), "accept", number="1")
    assert (refused.status_code, state(desks)) == (422, State.IN_REVIEW)
    assert "Captions are missing." in words(refused)
    assert act(tokyo, review(desks), "accept", number="1", without_captions="y").status_code == 303
    assert state(desks) == State.SCHEDULED


def test_a_link_is_looked_at_where_it_lies_and_accepted_with_its_captions_in_mind(
    desks: KeepingFlask, tokyo: Organiser
) -> None:
    with desks.app_context():
        films.expect()
        key = films.message("milan").id
        write(lambda: service.add_link(key, "https://milan.example/film", who="Milan", now=films.NOW))
        films.change("milan", told_at=films.NOW, may_show=True, cleared=True)
    page = tokyo.get(f"{review(desks)}/review")
    assert 'href="https://milan.example/film" rel="noopener noreferrer nofollow"' in page.text
    assert "Look at this The file lies elsewhere, so it was not examined" in words(page)
    assert "<video" not in page.text
    assert act(tokyo, review(desks), "accept", number="1").status_code == 422
    assert act(tokyo, review(desks), "accept", number="1", without_captions="y").status_code == 303
    assert "lies elsewhere" in rows(tokyo.get(PLAYLIST))["5"]


def test_a_film_whose_rights_were_not_told_goes_to_review_and_is_not_accepted(
    desks: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    with desks.app_context():
        films.expect()
        films.send("milan", good)
        films.change("milan", told_at=None, may_show=False, cleared=False, transcript="")
        films.check()
    assert state(desks) == State.IN_REVIEW
    page = act(tokyo, review(desks), "accept", number="1")
    assert page.status_code == 422
    assert "The city has not said yet that the film may be shown" in words(page)
    with desks.app_context():
        films.change("milan", may_show=True, cleared=True)
    assert act(tokyo, review(desks), "accept", number="1").status_code == 303


def test_returning_a_film_takes_a_comment_to_the_city(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    assert act(tokyo, review(reviewed), "changes", number="1", comments=" ").status_code == 422
    said = "Please name the city.\n<b>Thank you.</b>"
    assert act(tokyo, review(reviewed), "changes", number="1", comments=said).status_code == 303
    assert state(reviewed) == State.CHANGES_REQUESTED
    with reviewed.app_context():
        (letter,) = films.letters("video changes")
        assert "Please name the city." in films.words(letter)
        assert "<b>Thank you.</b>" in films.words(letter)
    assert "Please name the city." in rows(tokyo.get(f"{review(reviewed)}/review"))["1"]


def test_what_was_accepted_stays_until_the_next_is(reviewed: KeepingFlask, tokyo: Organiser, tmp_path: Path) -> None:
    accept(reviewed)
    with reviewed.app_context():
        films.send("milan", Sent(clips.film(tmp_path / "new.mp4", level=0.5), clips.captions((0, 1))))
        films.check()
    first, second = (f"{review(reviewed)}/versions/{number}/film" for number in (1, 2))
    assert [fetch(tokyo, each).status_code for each in (first, second)] == [200, 200]
    assert "Version 1, which was accepted before, is let go." in words(tokyo.get(f"{review(reviewed)}/review"))
    with reviewed.app_context():
        played = reviewing.accepted(reviewing.whole(films.event().id, films.message("milan").uid).versions)
        assert played is not None
        assert played.number == 1
    assert act(tokyo, review(reviewed), "accept", number="2").status_code == 303
    assert [fetch(tokyo, each).status_code for each in (first, second)] == [404, 200]


def test_a_film_is_placed_in_another_session_and_stays_there(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    accept(reviewed)
    assert act(tokyo, review(reviewed), "place", session="city-videos", running="1").status_code == 303
    with reviewed.app_context():
        films.expect()  # what follows from the agenda leaves it where organisers put it
        message = films.message("milan")
        assert (message.session_code, message.running, message.state) == ("city-videos", 1, State.SCHEDULED)
    found = rows(tokyo.get(PLAYLIST))
    assert found["2"].startswith("MilanGiuseppe SALA")
    assert act(tokyo, review(reviewed), "place", session="", running="").status_code == 303
    assert state(reviewed) == State.ACCEPTED
    assert act(tokyo, review(reviewed), "place", session="nowhere", running="").status_code == 422


def test_a_film_accepted_before_its_city_had_a_place_is_scheduled_with_it(
    reviewed: KeepingFlask, tokyo: Organiser
) -> None:
    with reviewed.app_context():
        accept(reviewed)
        key = films.message("milan").id
        write(lambda: reviewing.place(key, "", None, who="KOIKE Yuriko", now=films.NOW))
        assert films.message("milan").state == State.ACCEPTED
        write(lambda: reviewing.place(key, "session-2", None, who="KOIKE Yuriko", now=films.NOW))
        assert films.message("milan").state == State.SCHEDULED


def test_played_and_not_played_are_marked_and_taken_back(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    page = review(reviewed)
    assert act(tokyo, page, "mark", played="yes").status_code == 303
    assert state(reviewed) == State.IN_REVIEW  # it was not accepted
    accept(reviewed)
    for said, after in (("yes", State.PLAYED), ("back", State.SCHEDULED), ("no", State.NOT_PLAYED)):
        assert act(tokyo, page, "mark", played=said).status_code == 303
        assert state(reviewed) == after
    assert act(tokyo, page, "mark", played="perhaps").status_code == 404


def test_the_running_order_follows_the_agenda_and_tells_what_is_missing(
    reviewed: KeepingFlask, tokyo: Organiser
) -> None:
    accept(reviewed)
    page = tokyo.get(PLAYLIST)
    found = rows(page)
    assert list(found) == ["1", "2", "3", "4", "5"]
    assert [found[each].split(" ")[0] for each in ("2", "3", "5")] == ["Cairo", "Kuala", "MilanGiuseppe"]
    assert "05-session-2-milan-v1.mp4" in found["5"]
    assert "accepted, in its place" not in found["2"]
    assert "3 missing" in words(page)


def test_a_block_of_videos_is_held_against_its_slot(desks: KeepingFlask, tokyo: Organiser) -> None:
    with desks.app_context():
        films.expect()
        for city, seconds in (("cairo", 400), ("kuala-lumpur", 400), ("new-york", 130)):
            films.change(city, seconds=seconds)
    seen = words(tokyo.get(PLAYLIST))
    assert "15:30 of videos in 15:00" in seen, seen
    assert "0:30 too long" in seen


def test_a_video_that_is_missing_is_told_before_a_release(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    assert "The video of Milan for “Session 2” has not come." in words(tokyo.get(f"{REHEARSAL}/publish"))
    accept(reviewed)
    assert "The video of Milan" not in words(tokyo.get(f"{REHEARSAL}/publish"))
    with reviewed.app_context():
        assert checks.grave(films.event().id) == []


def test_a_missing_video_blocks_a_release_where_organisers_said_so(reviewed: KeepingFlask) -> None:
    with reviewed.app_context():
        films.allow(blocks_release=True)
        found = [(each.code, each.words) for each in checks.grave(films.event().id)]
        assert ("session-2", "Milan") in found
        assert ("city-videos", "Cairo") in found
    accept(reviewed)
    with reviewed.app_context():
        found = [(each.code, each.words) for each in checks.grave(films.event().id)]
        assert ("session-2", "Milan") not in found
        assert ("city-videos", "Cairo") in found
        key = films.message("cairo").id
        write(lambda: service.waive(key, "Cairo sends its greetings", who="KOIKE Yuriko", now=films.NOW))
        assert ("city-videos", "Cairo") not in [(each.code, each.words) for each in checks.grave(films.event().id)]


def test_a_video_placed_by_hand_is_told_when_missing_though_its_city_does_not_stand_there(
    reviewed: KeepingFlask, tokyo: Organiser
) -> None:
    with reviewed.app_context():
        key = films.message("cairo").id
        write(lambda: reviewing.place(key, "opening", None, who="KOIKE Yuriko", now=films.NOW))
        (check,) = [each for each in checks.check(films.event().id) if each.name == "videos missing"]
        assert [(each.code, each.words) for each in check.findings] == [("opening", "Cairo")]
        assert not check.grave


def test_a_block_that_is_too_long_is_told_before_a_release(desks: KeepingFlask) -> None:
    with desks.app_context():
        films.expect()
        for city, seconds in (("cairo", 400), ("kuala-lumpur", 400), ("new-york", 130)):
            films.change(city, seconds=seconds)
        (check,) = [each for each in checks.check(films.event().id) if each.name == "videos too long"]
        assert [(each.code, each.words) for each in check.findings] == [("city-videos", "15:30 of videos in 15:00")]


def test_what_organisers_do_without_is_not_missing(reviewed: KeepingFlask, tokyo: Organiser) -> None:
    with reviewed.app_context():
        key = films.message("cairo").id
        write(lambda: service.waive(key, "Cairo sends its greetings", who="KOIKE Yuriko", now=films.NOW))
    assert "done without" in rows(tokyo.get(PLAYLIST))["2"]
    assert "# 2" not in tokyo.get(f"{PLAYLIST}.m3u").text


def test_the_running_order_costs_the_same_for_one_and_for_three_films(
    reviewed: KeepingFlask, tokyo: Organiser, good: Sent
) -> None:
    accept(reviewed)
    tokyo.get(PLAYLIST)

    def cost() -> int:
        with counted(reviewed) as statements:
            assert tokyo.get(PLAYLIST).status_code == 200
        return len(statements)

    one = cost()
    with reviewed.app_context():
        for city in ("cairo", "kuala-lumpur"):
            films.send(city, good)
            films.check()
    for city in ("cairo", "kuala-lumpur"):
        accept(reviewed, city)
    assert cost() == one


def test_two_who_decide_at_once_decide_once(reviewed: KeepingFlask) -> None:
    with reviewed.app_context():
        key, later = films.message("milan").id, database.now() + timedelta(seconds=1)
        write(lambda: reviewing.accept(key, 1, who="KOIKE Yuriko", now=films.NOW))
        with pytest.raises(Refused):
            write(lambda: reviewing.ask_for_changes(key, 1, "Later", who="ISHII Naoko", now=later))
