"""Puts the house together: every room, its pages and what it hangs on others. Called as `app.create_app`."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from flask_mail import Mail
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from app import accounts, cli, config, db, journal, marks, sentences
from app.agenda import following
from app.agenda import views as agenda
from app.announcing import views as announcing
from app.announcing import visiting
from app.care import beat, logs, revisions, watching
from app.care import cli as care_commands
from app.care import views as care
from app.care.measures import Measures
from app.desk import views as desk
from app.desk.allotting import views as allotting
from app.desk.announcing import missing
from app.desk.announcing import views as announcements_desk
from app.desk.approvals import views as approvals
from app.desk.board import views as board
from app.desk.calendars import views as calendars_desk
from app.desk.deadlines import views as deadlines
from app.desk.erasing import views as erasing
from app.desk.founding import views as founding
from app.desk.invitations import views as invitations
from app.desk.languages import checking as languages_checking
from app.desk.languages import views as languages_desk
from app.desk.letters import views as letters_desk
from app.desk.manifests import views as manifests
from app.desk.outbox import views as outbox_desk
from app.desk.participants import views as lists
from app.desk.pictures import views as pictures
from app.desk.releases import views as releases
from app.desk.reminders import views as reminders_desk
from app.desk.requests import views as requests
from app.desk.screening import checking as video_checking
from app.desk.screening import views as screening
from app.desk.screening.room import views as control_room
from app.desk.seeing import views as seeing
from app.desk.site import views as site_desk
from app.desk.site.look import views as look_desk
from app.desk.site.photos import views as photos_desk
from app.desk.staff import views as staff_desk
from app.desk.together import views as together
from app.desk.travel import views as travel_desk
from app.desk.videos import views as videos_desk
from app.desk.visits import views as visits_desk
from app.mypage import service as mypage_service
from app.mypage import views as mypage
from app.mypage.visits import views as my_visits
from app.mypage.wishes import views as my_wishes
from app.network import views as network
from app.office import views as office
from app.office.about import views as office_about
from app.office.calendar import views as office_calendar
from app.office.people import views as people
from app.office.sending import views as sending
from app.office.travel import views as office_travel
from app.office.videos import views as office_videos
from app.office.visits import views as office_visits
from app.office.wishes import views as office_wishes
from app.online import backups
from app.online import views as online
from app.online.organising import views as online_desk
from app.online.own import views as online_person
from app.online.stage import views as stage
from app.outbox import models as outbox_models
from app.phone import views as phone
from app.profiles import views as profiles
from app.publishing import models as publishing_models
from app.publishing import service as publishing_service
from app.publishing import statement
from app.publishing import views as publishing
from app.publishing.calendars import service as calendars_service
from app.publishing.calendars import views as calendars
from app.publishing.embedding import views as embedding
from app.publishing.machines import views as machines
from app.publishing.participants import views as participants
from app.publishing.screens import views as screens
from app.registration import asking, modes
from app.registration import views as registration
from app.schedule import checking
from app.schedule import models as schedule_models
from app.schedule.cities import views as cities
from app.schedule.judging import views as judging
from app.schedule.proposing import views as proposing
from app.schedule.sheets import views as spreadsheet
from app.site import listing
from app.site import views as site
from app.travel import views as travel
from app.videos import answers, reviewing, saying
from app.videos import views as videos
from app.videos.tus import views as tus
from app.visits import following as visits_following
from app.visits import models as visits_models
from app.visits import views as boarding
from app.web import catalogues, choices, device, guard, kept, packed, reading, speech, wording

TABLES = (journal, outbox_models, publishing_models, schedule_models, visits_models)
"""Rooms whose models must be known to the database though no route imports them."""
ROOMS = (
    *(network, agenda, registration, mypage, my_visits, my_wishes, profiles, travel, calendars, participants, screens),
    *(machines, embedding, statement),
    *(videos, tus, boarding, online, online_person, online_desk, stage, announcing, phone),
    *(office, people, office_about, office_travel, office_calendar, office_visits, office_wishes, office_videos),
    *(
        sending,
        founding,
        seeing,
        desk,
        board,
        together,
        pictures,
        invitations,
        deadlines,
        approvals,
        erasing,
        requests,
        lists,
        releases,
    ),
    *(announcements_desk, reminders_desk, videos_desk, screening, control_room, visits_desk, manifests, allotting),
    *(site_desk, photos_desk, look_desk),
    *(letters_desk, outbox_desk, staff_desk, travel_desk, judging, cities, proposing, spreadsheet, calendars_desk),
    *(languages_desk, care),
)
"""Rooms with pages: delegates' and the public's, the offices', the organisers'."""
FOLLOWING = (
    *(following, asking, modes, checking, missing, visiting),
    *(visits_following, answers, reviewing, video_checking, backups, languages_checking, listing, beat),
)
"""What hangs itself on the lists of earlier rooms, such as those of consequences, though no route need import it."""


YOUNG = 50_000
"""Objects made before the collector looks at them."""


def settle() -> None:
    """Spare the collector what is loaded by now, since it stays.

    To be called once, by who serves: sweeps over all of it made one move in ten on a great board take 0.2 s longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


def serve(app: kept.KeepingFlask) -> None:
    """Let this process be one that serves or works: it says what it does, is counted, and waits for migrations.

    To be called once, by what a server or a command loads.
    """
    settle()
    watched: watching.Watched = app.extensions["watched"]
    logs.begin(app, watched)
    app.extensions["measures"].serving = True
    watched.behind = revisions.Gate(app).closed


def create_app(given: Mapping[str, Any] | None = None) -> kept.KeepingFlask:
    """The whole product, put together. `given` overrides all other settings (app/config.py).

    Raises config.BadSetting with a sentence when a setting cannot be used.
    """
    app = kept.KeepingFlask("app", template_folder="../templates", static_folder="../static")
    app.config.from_mapping(config.read(given, os.environ))
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    watching.init_app(app)
    packed.init_app(app)
    kept.init_app(app)
    guard.init_app(app)
    catalogues.make_ready(config.ROOT / "app" / "translations")
    speech.init_app(app)
    wording.init_app(app)
    choices.init_app(app)
    sentences.init_app(app)
    reading.init_app(app)
    device.init_app(app)
    db.init_app(app)
    marks.init_app(app)
    Migrate(app, db.db, directory=str(config.ROOT / "app" / "migrations"))
    Mail(app)
    accounts.init_app(app)
    publishing_service.init_app(app)
    publishing.init_app(app)
    calendars_service.init_app(app)
    mypage_service.init_app(app)
    saying.init_app(app)
    site.init_app(app)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    app.register_blueprint(travel_desk.visa)
    cli.init_app(app)
    care_commands.init_app(app)
    if (proxies := app.config["TRUSTED_PROXY_COUNT"]) > 0:
        app.whole = ProxyFix(app.whole, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    measures = app.extensions["measures"] = Measures(Path(app.config["INSTANCE"]))
    host = urlsplit(app.config["BASE_URL"]).netloc
    watched = app.extensions["watched"] = watching.Watched(app.wsgi_app, measures, host, behind_proxy=proxies > 0)
    app.wsgi_app = watched  # type: ignore[method-assign]
    return app
