"""video messages"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


STATES = (
    "expected",
    "overdue",
    "uploaded",
    "checking",
    "failed",
    "in_review",
    "changes_requested",
    "accepted",
    "scheduled",
    "played",
    "not_played",
    "waived",
    "withdrawn",
)


def upgrade() -> None:
    op.create_table(
        "video_terms",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("due_at", app.db.Instant(), nullable=True),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("megabytes", sa.Integer(), nullable=False),
        sa.Column("quota_megabytes", sa.Integer(), nullable=False),
        sa.Column("blocks_release", sa.Boolean(), nullable=False),
        sa.CheckConstraint("megabytes > 0 AND quota_megabytes >= megabytes", name=op.f("ck_video_terms_megabytes")),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_video_terms_seconds")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_video_terms_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_video_terms")),
    )
    op.create_table(
        "video_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "message from city",
                "contribution to a session",
                "keynote",
                "backup",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum("mode", "appearance", "hand", name="origin", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("session_code", sa.String(length=40), nullable=False),
        sa.Column("session_title", sa.String(length=200), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("state_at", app.db.Instant(), nullable=False),
        sa.Column(
            "state_before",
            sa.Enum(*STATES, name="state_before", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("due_at", app.db.Instant(), nullable=False),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("asked_at", app.db.Instant(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=True),
        sa.Column("speaker_name", sa.String(length=200), nullable=False),
        sa.Column("speaker_position", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("burned_in", sa.Boolean(), nullable=False),
        sa.Column("transcript", sa.Text(), nullable=False),
        sa.Column("may_show", sa.Boolean(), nullable=False),
        sa.Column("may_stream", sa.Boolean(), nullable=False),
        sa.Column("may_archive", sa.Boolean(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("told_at", app.db.Instant(), nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_language", sa.String(length=12), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'waived' OR reason <> ''", name=op.f("ck_video_messages_waived_for_a_reason")),
        sa.CheckConstraint(
            "(delegation_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_video_messages_a_city_or_a_person")
        ),
        sa.CheckConstraint("link_generation >= 0", name=op.f("ck_video_messages_generations")),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_video_messages_seconds")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_video_messages_delegation_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_video_messages_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_video_messages_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_messages")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_video_messages_link_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_video_messages_uid")),
    )
    op.create_index("ix_video_messages_delegation_id", "video_messages", ["delegation_id"])
    op.create_index("ix_video_messages_event_id", "video_messages", ["event_id"])
    op.create_index("ix_video_messages_person_id", "video_messages", ["person_id"])
    op.create_index("ix_video_messages_state_due_at", "video_messages", ["state", "due_at"])

    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "done", "ended", name="state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("begun_at", app.db.Instant(), nullable=False),
        sa.Column("begun_by", sa.String(length=200), nullable=False),
        sa.Column("expires_at", app.db.Instant(), nullable=False),
        sa.CheckConstraint('"length" > 0 AND "offset" >= 0 AND "offset" <= "length"', name=op.f("ck_uploads_offset")),
        sa.ForeignKeyConstraint(["message_id"], ["video_messages.id"], name=op.f("fk_uploads_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("key", name=op.f("uq_uploads_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_uploads_secret_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_uploads_uid")),
    )
    op.create_index("ix_uploads_message_id", "uploads", ["message_id"])
    op.create_index("ix_uploads_state_expires_at", "uploads", ["state", "expires_at"])

    op.create_table(
        "video_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mimetype", sa.String(length=60), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", app.db.Instant(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("captions_key", sa.String(length=64), nullable=True),
        sa.Column("captions_name", sa.String(length=200), nullable=False),
        sa.Column("captions_size", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Text(), nullable=False),
        sa.Column("accepted_at", app.db.Instant(), nullable=True),
        sa.Column("claimed_until", app.db.Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_video_versions_number")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_video_versions_size")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_video_versions_tries")),
        sa.ForeignKeyConstraint(["message_id"], ["video_messages.id"], name=op.f("fk_video_versions_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_versions")),
        sa.UniqueConstraint("captions_key", name=op.f("uq_video_versions_captions_key")),
        sa.UniqueConstraint("key", name=op.f("uq_video_versions_key")),
        sa.UniqueConstraint("message_id", "number", name=op.f("uq_video_versions_message_id_number")),
    )
    op.create_index("ix_video_versions_message_id", "video_versions", ["message_id"])


def downgrade() -> None:
    for table in ("video_versions", "uploads", "video_messages", "video_terms"):
        op.drop_table(table)
