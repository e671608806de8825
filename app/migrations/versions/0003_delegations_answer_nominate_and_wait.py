"""delegations answer, nominate and wait"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mimetype", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_at", app.db.Instant(), nullable=False),
        sa.Column("stored_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("key", name=op.f("uq_files_key")),
    )
    op.create_table(
        "deadlines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "answer",
                "nomination",
                "confirmation",
                "mode",
                "head",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deadlines_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint("event_id", "kind", name=op.f("uq_deadlines_event_id_kind")),
    )
    op.create_table(
        "extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "answer",
                "nomination",
                "confirmation",
                "mode",
                "head",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("until", app.db.Instant(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_extensions_delegation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
        sa.UniqueConstraint("delegation_id", "kind", name=op.f("uq_extensions_delegation_id_kind")),
    )
    op.create_table(
        "focal_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", app.db.Instant(), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("link_generation >= 0", name=op.f("ck_focal_points_generations")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_focal_points_delegation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focal_points")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_focal_points_link_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_focal_points_uid")),
    )
    with op.batch_alter_table("focal_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_focal_points_delegation_id"), ["delegation_id"], unique=False)

    op.create_table(
        "quotas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "heads",
                "delegates",
                "support",
                "accompanying",
                "media",
                name="category",
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
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("lowered", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "seats >= 0 AND taken >= 0 AND lowered >= 0 AND granted >= lowered", name=op.f("ck_quotas_counts")
        ),
        sa.CheckConstraint("taken <= seats + granted", name=op.f("ck_quotas_never_exceeded")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_quotas_delegation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotas")),
        sa.UniqueConstraint("delegation_id", "category", "mode", name=op.f("uq_quotas_delegation_id_category_mode")),
    )
    op.create_table(
        "drafts",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", app.db.Instant(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_drafts_delegate_id")),
        sa.PrimaryKeyConstraint("delegate_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "overflows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quota_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_by", sa.String(length=200), nullable=False),
        sa.Column("granted_at", app.db.Instant(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_overflows_reason")),
        sa.CheckConstraint("number > 0", name=op.f("ck_overflows_number")),
        sa.ForeignKeyConstraint(["quota_id"], ["quotas.id"], name=op.f("fk_overflows_quota_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overflows")),
    )
    with op.batch_alter_table("overflows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_overflows_quota_id"), ["quota_id"], unique=False)

    with op.batch_alter_table("delegates", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "role",
                sa.Enum(
                    "head",
                    "deputy head",
                    "delegate",
                    "adviser",
                    "interpreter",
                    "protocol",
                    "security",
                    "media officer",
                    "accompanying",
                    name="role",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default="delegate",
            )
        )
        batch_op.add_column(
            sa.Column(
                "rank",
                sa.Enum(
                    "leader",
                    "deputy leader",
                    "minister-level",
                    "senior official",
                    "official",
                    "expert",
                    "other",
                    name="rank",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("deputy_place", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "category",
                sa.Enum(
                    "heads",
                    "delegates",
                    "support",
                    "accompanying",
                    "media",
                    name="category",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("state_at", app.db.Instant(), nullable=False, server_default="1970-01-01 00:00:00")
        )
        batch_op.add_column(sa.Column("comment", sa.String(length=1000), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("endorsed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("relation", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("list_class", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("joined_list_at", app.db.Instant(), nullable=True))
        batch_op.add_column(sa.Column("offered_until", app.db.Instant(), nullable=True))
        batch_op.add_column(sa.Column("unanswered", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("party", sa.String(length=32), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("replaced_by_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_delegates_waiting",
            ["event_id", "mode"],
            unique=False,
            sqlite_where=sa.text("state = 'waitlisted'"),
            postgresql_where=sa.text("state = 'waitlisted'"),
        )
        batch_op.create_index(
            "uq_delegates_one_active_head",
            ["delegation_id"],
            unique=True,
            sqlite_where=sa.text(
                "role = 'head' AND state IN ('nominated', 'submitted', 'endorsed', 'returned', 'waitlisted', 'offered', 'approved')"
            ),
            postgresql_where=sa.text(
                "role = 'head' AND state IN ('nominated', 'submitted', 'endorsed', 'returned', 'waitlisted', 'offered', 'approved')"
            ),
        )
        batch_op.create_foreign_key(batch_op.f("fk_delegates_replaced_by_id"), "delegates", ["replaced_by_id"], ["id"])

    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invited_at", app.db.Instant(), nullable=True))
        batch_op.add_column(sa.Column("answered_at", app.db.Instant(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("internal_note", sa.String(length=1000), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("letter_required", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("letter_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("changes_pending", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("modes_asked", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_foreign_key(batch_op.f("fk_delegations_letter_id"), "files", ["letter_id"], ["id"])

    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lowered", sa.Integer(), nullable=False, server_default="0"))

    op.execute("UPDATE delegates SET state_at = changed_at")
    op.execute("UPDATE delegates SET category = 'delegates' WHERE state = 'approved'")


def downgrade() -> None:
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.drop_column("lowered")

    with op.batch_alter_table("delegations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_delegations_letter_id"), type_="foreignkey")
        batch_op.drop_column("version")
        batch_op.drop_column("modes_asked")
        batch_op.drop_column("changes_pending")
        batch_op.drop_column("letter_id")
        batch_op.drop_column("letter_required")
        batch_op.drop_column("internal_note")
        batch_op.drop_column("reason")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("invited_at")

    with op.batch_alter_table("delegates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_delegates_replaced_by_id"), type_="foreignkey")
        batch_op.drop_index(
            "uq_delegates_one_active_head",
            sqlite_where=sa.text(
                "role = 'head' AND state IN ('nominated', 'submitted', 'endorsed', 'returned', 'waitlisted', 'offered', 'approved')"
            ),
            postgresql_where=sa.text(
                "role = 'head' AND state IN ('nominated', 'submitted', 'endorsed', 'returned', 'waitlisted', 'offered', 'approved')"
            ),
        )
        batch_op.drop_index(
            "ix_delegates_waiting",
            sqlite_where=sa.text("state = 'waitlisted'"),
            postgresql_where=sa.text("state = 'waitlisted'"),
        )
        batch_op.drop_column("replaced_by_id")
        batch_op.drop_column("party")
        batch_op.drop_column("unanswered")
        batch_op.drop_column("offered_until")
        batch_op.drop_column("joined_list_at")
        batch_op.drop_column("list_class")
        batch_op.drop_column("relation")
        batch_op.drop_column("endorsed")
        batch_op.drop_column("late")
        batch_op.drop_column("comment")
        batch_op.drop_column("state_at")
        batch_op.drop_column("category")
        batch_op.drop_column("deputy_place")
        batch_op.drop_column("rank")
        batch_op.drop_column("role")

    with op.batch_alter_table("overflows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_overflows_quota_id"))

    op.drop_table("overflows")
    op.drop_table("drafts")
    op.drop_table("quotas")
    with op.batch_alter_table("focal_points", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_focal_points_delegation_id"))

    op.drop_table("focal_points")
    op.drop_table("extensions")
    op.drop_table("deadlines")
    op.drop_table("files")
