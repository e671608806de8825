"""the first tables"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("reply_to", sa.String(length=254), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "inflight",
                "retry",
                "sent",
                "failed",
                "held",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", app.db.Instant(), nullable=False),
        sa.Column("due_at", app.db.Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=32), nullable=False),
        sa.Column("lease_until", app.db.Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("dated", app.db.Instant(), nullable=True),
        sa.Column("envelope_from", sa.String(length=254), nullable=False),
        sa.Column("sent_at", app.db.Instant(), nullable=True),
        sa.CheckConstraint(
            "octets IS NULL OR (message_id <> '' AND dated IS NOT NULL)", name=op.f("ck_messages_rendered_once")
        ),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name=op.f("ck_messages_sent_at_known")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_messages_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_event_id"), ["event_id"], unique=False)
        batch_op.create_index("ix_messages_waiting", ["state", "due_at"], unique=False)

    op.create_table(
        "networks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("full_name", sa.String(length=300), nullable=False),
        sa.Column("founded", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("full_members", sa.Integer(), nullable=True),
        sa.Column("associate_members", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_networks")),
        sa.UniqueConstraint("slug", name=op.f("uq_networks_slug")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notes_subject"), ["subject"], unique=False)

    op.create_table(
        "tries",
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("since", app.db.Instant(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_tries_used")),
        sa.PrimaryKeyConstraint("purpose", "key_hash", name=op.f("pk_tries")),
    )
    with op.batch_alter_table("tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tries_since"), ["since"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_in_small_letters")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "city",
                "metropolis",
                "city-state",
                "state",
                "county",
                "association",
                "ngo",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "standing",
            sa.Enum(
                "full", "associate", "observer", name="standing", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("country_printed", sa.Boolean(), nullable=False),
        sa.Column("disambiguator", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_members_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("network_id", "slug", name=op.f("uq_members_network_id_slug")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", app.db.Instant(), nullable=False),
        sa.Column("ended_at", app.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_sign_ins_key_hash")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_user_id"), ["user_id"], unique=False)

    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_aliases_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        sa.UniqueConstraint("member_id", "name", name=op.f("uq_aliases_member_id_name")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("motto", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("format", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("times_note", sa.String(length=300), nullable=False),
        sa.Column(
            "approval",
            sa.Enum(
                "none",
                "focal point",
                "focal point and organiser",
                name="approval",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("registration_opens", app.db.Instant(), nullable=True),
        sa.Column("registration_closes", app.db.Instant(), nullable=True),
        sa.Column("code_shown", sa.String(length=200), nullable=False),
        sa.Column("reply_to", sa.String(length=254), nullable=False),
        sa.Column("stated", sa.JSON(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.CheckConstraint("release >= 0", name=op.f("ck_events_release_counts_up")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_events_days_in_order")),
        sa.ForeignKeyConstraint(["host_id"], ["members.id"], name=op.f("fk_events_host_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_events_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("slug", name=op.f("uq_events_slug")),
        sa.UniqueConstraint("uid", name=op.f("uq_events_uid")),
    )
    op.create_table(
        "offices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("former", sa.Boolean(), nullable=False),
        sa.CheckConstraint("until = '' OR since = '' OR since <= until", name=op.f("ck_offices_in_order")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_offices_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
        sa.UniqueConstraint("member_id", "name", "since", name=op.f("uq_offices_member_id_name_since")),
    )
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "draft",
                "invited",
                "accepted",
                "declined",
                "lapsed",
                "submitted",
                "returned",
                "approved",
                "withdrawn",
                "cancelled",
                "closed",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("code_generation", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("code_generation >= 0 AND link_generation >= 0", name=op.f("ck_delegations_generations")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_delegations_event_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_delegations_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_delegations_code_hash")),
        sa.UniqueConstraint("event_id", "member_id", name=op.f("uq_delegations_event_id_member_id")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_delegations_link_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_delegations_uid")),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("announced_by", sa.String(length=200), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_outcomes_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_outcomes_event_id_code")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("honorific", sa.String(length=40), nullable=False),
        sa.Column("positions", sa.JSON(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_people_event_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_people_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_people_event_id_code")),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("venue", "online", "video", name="mode", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats IS NULL OR taken <= seats + granted", name=op.f("ck_places_never_oversold")),
        sa.CheckConstraint("taken >= 0 AND granted >= 0", name=op.f("ck_places_counts")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_places_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("event_id", "mode", name=op.f("uq_places_event_id_mode")),
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", app.db.Instant(), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("programme", sa.JSON(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_releases_number")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_releases_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_releases_event_id_number")),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_rooms_seats")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_rooms_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_rooms_event_id_name")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum("organiser", name="role", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_staff_event_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("user_id", "event_id", "role", name=op.f("uq_staff_user_id_event_id_role")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            "uq_staff_every_event",
            ["user_id", "role"],
            unique=True,
            sqlite_where=sa.text("event_id IS NULL"),
            postgresql_where=sa.text("event_id IS NULL"),
        )

    op.create_table(
        "themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("tone", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("tone BETWEEN 1 AND 6", name=op.f("ck_themes_tone")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_themes_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
        sa.UniqueConstraint("event_id", "slug", name=op.f("uq_themes_event_id_slug")),
    )
    op.create_table(
        "told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_told_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_told_event_id_code")),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("meeting_point", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("leaves", sa.Time(), nullable=True),
        sa.Column("returns", sa.Time(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("(leaves IS NULL) = (returns IS NULL)", name=op.f("ck_visits_both_times_or_none")),
        sa.CheckConstraint("leaves < returns", name=op.f("ck_visits_returns_after_it_leaves")),
        sa.CheckConstraint("leaves IS NULL OR day IS NOT NULL", name=op.f("ck_visits_a_time_has_a_day")),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_visits_seats")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_visits_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_visits_event_id_code")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visits_event_id"), ["event_id"], unique=False)

    op.create_table(
        "delegates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "nominated",
                "submitted",
                "endorsed",
                "returned",
                "waitlisted",
                "offered",
                "approved",
                "refused",
                "rejected",
                "withdrawn",
                "cancelled",
                "replaced",
                "expired",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum("venue", "online", "video", name="mode", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("registered_at", app.db.Instant(), nullable=False),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("honorific", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("platform_name", sa.String(length=120), nullable=False),
        sa.Column("video_language", sa.String(length=60), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("feed_generation", sa.Integer(), nullable=False),
        sa.Column("feed_hash", sa.String(length=64), nullable=False),
        sa.Column("mode_changes", sa.Integer(), nullable=False),
        sa.Column("mode_changed_at", app.db.Instant(), nullable=False),
        sa.Column("participation", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("link_generation >= 0 AND feed_generation >= 0", name=op.f("ck_delegates_generations")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_delegates_delegation_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_delegates_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegates")),
        sa.UniqueConstraint("event_id", "reference", name=op.f("uq_delegates_event_id_reference")),
        sa.UniqueConstraint("feed_hash", name=op.f("uq_delegates_feed_hash")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_delegates_link_hash")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_delegates_submit_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_delegates_uid")),
    )
    with op.batch_alter_table("delegates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegates_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegates_event_id"), ["event_id"], unique=False)

    op.create_table(
        "delegation_modes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("venue", "online", "video", name="mode", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_delegation_modes_delegation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_modes")),
        sa.UniqueConstraint("delegation_id", "mode", name=op.f("uq_delegation_modes_delegation_id_mode")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "ceremony",
                "keynote",
                "videos",
                "block",
                "session",
                "forum",
                "plenary",
                "announcement",
                "signing",
                "visit",
                "meal",
                "social",
                "press",
                "closing",
                "break",
                "bilateral",
                "internal",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("fold", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "delegates",
                "heads",
                "invited",
                "closed",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name=op.f("ck_sessions_both_times_or_none")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_sessions_no_block_in_itself")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_sessions_ends_after_it_starts")),
        sa.CheckConstraint("starts IS NULL OR day IS NOT NULL", name=op.f("ck_sessions_a_time_has_a_day")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_sessions_event_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["sessions.id"], name=op.f("fk_sessions_parent_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_sessions_room_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_sessions_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_sessions_event_id_code")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_sessions_event_id_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_sessions_uid")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_event_id"), ["event_id"], unique=False)

    op.create_table(
        "appearances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "speaker",
                "keynote",
                "moderator",
                "panellist",
                "participant",
                "presiding",
                "rapporteur",
                "signatory",
                "observer",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column(
            "mode",
            sa.Enum("venue", "online", "video", name="mode", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("shown_position", sa.String(length=300), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "(delegation_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_appearances_a_city_or_a_person")
        ),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_appearances_delegation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_appearances_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_appearances_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appearances")),
        sa.UniqueConstraint("session_id", "position", name=op.f("uq_appearances_session_id_position")),
    )
    with op.batch_alter_table("appearances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appearances_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appearances_session_id"), ["session_id"], unique=False)

    op.create_table(
        "needs",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("dietary", sa.String(length=300), nullable=False),
        sa.Column("access", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_needs_delegate_id")),
        sa.PrimaryKeyConstraint("delegate_id", name=op.f("pk_needs")),
    )


def downgrade() -> None:
    op.drop_table("needs")
    with op.batch_alter_table("appearances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appearances_session_id"))
        batch_op.drop_index(batch_op.f("ix_appearances_delegation_id"))

    op.drop_table("appearances")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_event_id"))

    op.drop_table("sessions")
    op.drop_table("delegation_modes")
    with op.batch_alter_table("delegates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegates_event_id"))
        batch_op.drop_index(batch_op.f("ix_delegates_delegation_id"))

    op.drop_table("delegates")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visits_event_id"))

    op.drop_table("visits")
    op.drop_table("told")
    op.drop_table("themes")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_staff_every_event",
            sqlite_where=sa.text("event_id IS NULL"),
            postgresql_where=sa.text("event_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_staff_event_id"))

    op.drop_table("staff")
    op.drop_table("rooms")
    op.drop_table("releases")
    op.drop_table("places")
    op.drop_table("people")
    op.drop_table("outcomes")
    op.drop_table("delegations")
    op.drop_table("offices")
    op.drop_table("events")
    op.drop_table("aliases")
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_ins_user_id"))

    op.drop_table("sign_ins")
    op.drop_table("members")
    op.drop_table("users")
    with op.batch_alter_table("tries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tries_since"))

    op.drop_table("tries")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notes_subject"))
        batch_op.drop_index(batch_op.f("ix_notes_event_id"))

    op.drop_table("notes")
    op.drop_table("networks")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_waiting")
        batch_op.drop_index(batch_op.f("ix_messages_event_id"))

    op.drop_table("messages")
