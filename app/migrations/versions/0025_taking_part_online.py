"""taking part online"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from flask import current_app

import app.db

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MADE = (
    "tech_checks",
    "online_facts",
    "joined",
    "online_rooms",
    "stage_links",
    "online_settings",
    "marks",
    "check_slots",
)
"""The tables, those that point at others first."""


def upgrade() -> None:
    op.create_table(
        "check_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("starts", app.db.Instant(), nullable=False),
        sa.Column("ends", app.db.Instant(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("staff", sa.String(length=120), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_check_slots_ends_after_it_starts")),
        sa.CheckConstraint("taken >= 0 AND taken <= seats", name=op.f("ck_check_slots_never_oversold")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_check_slots_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_slots")),
        sa.UniqueConstraint("event_id", "starts", "staff", name=op.f("uq_check_slots_event_id_starts_staff")),
        sa.UniqueConstraint("uid", name=op.f("uq_check_slots_uid")),
    )
    with op.batch_alter_table("check_slots") as batch:
        batch.create_index(op.f("ix_check_slots_event_id"), ["event_id"])

    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_uid", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("began_at", app.db.Instant(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("spoke", "absent", "video", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_marks_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sa.UniqueConstraint("session_uid", "who", name=op.f("uq_marks_session_uid_who")),
    )
    with op.batch_alter_table("marks") as batch:
        batch.create_index(op.f("ix_marks_event_id"), ["event_id"])

    op.create_table(
        "online_settings",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("venue_joins", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.CheckConstraint("opens >= 0 AND opens <= 240", name=op.f("ck_online_settings_opens")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_online_settings_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_online_settings")),
    )
    op.create_table(
        "stage_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_uid", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", app.db.Instant(), nullable=False),
        sa.CheckConstraint("generation >= 0", name=op.f("ck_stage_links_generation")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_stage_links_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_links")),
        sa.UniqueConstraint("event_id", "session_uid", "who", name=op.f("uq_stage_links_event_id_session_uid_who")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_stage_links_secret_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_stage_links_uid")),
    )
    with op.batch_alter_table("stage_links") as batch:
        batch.create_index(op.f("ix_stage_links_event_id"), ["event_id"])

    op.create_table(
        "online_rooms",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("speaker_link", sa.String(length=500), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_online_rooms_room_id")),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_online_rooms")),
    )
    op.create_table(
        "joined",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_uid", sa.String(length=32), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("speaks", sa.Boolean(), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.CheckConstraint(
            "(delegate_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_joined_a_delegate_or_a_person")
        ),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_joined_delegate_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_joined_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_joined_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joined")),
        sa.UniqueConstraint("session_uid", "delegate_id", name=op.f("uq_joined_session_uid_delegate_id")),
        sa.UniqueConstraint("session_uid", "person_id", name=op.f("uq_joined_session_uid_person_id")),
    )
    with op.batch_alter_table("joined") as batch:
        batch.create_index(op.f("ix_joined_event_id"), ["event_id"])

    op.create_table(
        "online_facts",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_online_facts_delegate_id")),
        sa.PrimaryKeyConstraint("delegate_id", name=op.f("pk_online_facts")),
    )
    op.create_table(
        "tech_checks",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("booked_at", app.db.Instant(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column(
            "result",
            sa.Enum("passed", "failed", "absent", name="result", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("tested", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("entered_at", app.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_tech_checks_delegate_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_tech_checks_event_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["check_slots.id"], name=op.f("fk_tech_checks_slot_id")),
        sa.PrimaryKeyConstraint("delegate_id", name=op.f("pk_tech_checks")),
    )
    with op.batch_alter_table("tech_checks") as batch:
        batch.create_index(op.f("ix_tech_checks_event_id"), ["event_id"])
        batch.create_index(op.f("ix_tech_checks_slot_id"), ["slot_id"])

    for table, generation in (("delegates", "join_generation"), ("calendar_links", "generation")):
        if table == "delegates":
            op.add_column(table, sa.Column("join_generation", sa.Integer(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("join_hash", sa.String(length=64), nullable=False, server_default=""))
        _seal(table, generation)
        op.create_index(op.f(f"ix_{table}_join_hash"), table, ["join_hash"], unique=True)
    _unlink_releases()
    _unlink_entries()


def downgrade() -> None:
    """Links stay where they were put, with the rooms; what was told before does not come back."""
    for table in ("calendar_links", "delegates"):
        op.drop_index(op.f(f"ix_{table}_join_hash"), table_name=table)
        with op.batch_alter_table(table) as batch:
            batch.drop_column("join_hash")
            if table == "delegates":
                batch.drop_column("join_generation")
    for table in MADE:
        op.drop_table(table)


def _seal(table: str, generation: str) -> None:
    """The hash of each one's secret to join, derived as app/tokens does it."""
    rows = sa.table(table, sa.column("uid"), sa.column(generation), sa.column("join_hash"))
    key = current_app.config["SECRET_KEY"].encode()
    connection = op.get_bind()
    for uid, number in connection.execute(sa.select(rows.c.uid, rows.c[generation])).all():
        secret = base64.urlsafe_b64encode(hmac.digest(key, f"join\n{uid}\n{number}".encode(), "sha256")[:18])
        sealed = hashlib.sha256(secret).hexdigest()
        connection.execute(rows.update().where(rows.c.uid == uid).values(join_hash=sealed))


def _unlink_releases() -> None:
    """Of what was published it is kept that one could join, no more where."""
    rows = sa.table("releases", sa.column("id"), sa.column("programme", sa.JSON()))
    connection = op.get_bind()
    for key in connection.execute(sa.select(rows.c.id)).scalars().all():
        programme = connection.execute(sa.select(rows.c.programme).where(rows.c.id == key)).scalar_one()
        for session in programme.get("sessions", ()):
            session["joinable"] = bool(session.pop("online", ""))
        connection.execute(rows.update().where(rows.c.id == key).values(programme=programme))


def _unlink_entries() -> None:
    """Calendars held the provider's address and hold ours from now on: another link, which SEQUENCE tells."""
    rows = sa.table("told", sa.column("id"), sa.column("entry", sa.JSON()))
    connection = op.get_bind()
    now = datetime.now(UTC).replace(microsecond=0)
    for key, entry in connection.execute(sa.select(rows.c.id, rows.c.entry)).all():
        linked = bool(entry["item"].get("online"))
        entry["item"] |= {"online": "", "joinable": linked}
        if linked:
            changed = max(now, datetime.fromisoformat(entry["changed_at"]))
            entry |= {"sequence": entry["sequence"] + 1, "changed_at": changed.isoformat()}
        connection.execute(rows.update().where(rows.c.id == key).values(entry=entry))
