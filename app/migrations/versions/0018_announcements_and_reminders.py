"""announcements and reminders"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("fallback", sa.String(length=12), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.Column("sent_at", app.db.Instant(), nullable=True),
        sa.Column("sent_by", sa.String(length=200), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=True),
        sa.CheckConstraint("(sent_at IS NULL) = (letters IS NULL)", name=op.f("ck_announcements_sent_or_not")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_announcements_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_announcements_submit_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_announcements_uid")),
    )
    op.create_index(op.f("ix_announcements_event_id"), "announcements", ["event_id"], unique=False)
    op.create_table(
        "quiet_hours",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_quiet_hours_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_quiet_hours")),
    )
    op.create_table(
        "reminder_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("fallback", sa.String(length=12), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column(
            "anchor",
            sa.Enum(
                "moment",
                "event",
                "deadline",
                "session",
                name="anchor",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("anchor_of", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum("days", "hours", name="unit", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("clock", sa.Time(), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.CheckConstraint(
            "(anchor = 'moment') = (day IS NOT NULL)", name=op.f("ck_reminder_rules_a_moment_has_a_day")
        ),
        sa.CheckConstraint(
            "(anchor IN ('deadline', 'session')) = (anchor_of <> '')", name=op.f("ck_reminder_rules_of_something")
        ),
        sa.CheckConstraint(
            "anchor <> 'moment' OR clock IS NOT NULL", name=op.f("ck_reminder_rules_a_moment_has_a_time")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_reminder_rules_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rules")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_reminder_rules_submit_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_reminder_rules_uid")),
    )
    op.create_index(op.f("ix_reminder_rules_event_id"), "reminder_rules", ["event_id"], unique=False)
    op.create_table(
        "unsubscribed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_unsubscribed_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsubscribed")),
        sa.UniqueConstraint("event_id", "uid", name=op.f("uq_unsubscribed_event_id_uid")),
    )
    op.create_table(
        "reminder_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("moment", app.db.Instant(), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("sent", "late", "over", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.CheckConstraint("letters >= 0", name=op.f("ck_reminder_runs_letters")),
        sa.ForeignKeyConstraint(["rule_id"], ["reminder_rules.id"], name=op.f("fk_reminder_runs_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_runs")),
        sa.UniqueConstraint("rule_id", "moment", name=op.f("uq_reminder_runs_rule_id_moment")),
    )
    op.create_index(op.f("ix_reminder_runs_rule_id"), "reminder_runs", ["rule_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_reminder_runs_rule_id"), table_name="reminder_runs")
    op.drop_table("reminder_runs")
    op.drop_table("unsubscribed")
    op.drop_index(op.f("ix_reminder_rules_event_id"), table_name="reminder_rules")
    op.drop_table("reminder_rules")
    op.drop_table("quiet_hours")
    op.drop_index(op.f("ix_announcements_event_id"), table_name="announcements")
    op.drop_table("announcements")
