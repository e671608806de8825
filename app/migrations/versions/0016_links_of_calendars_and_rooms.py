"""links of calendars and rooms, and when calendars were last fetched"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rooms") as batch:
        batch.add_column(sa.Column("link", sa.String(length=500), nullable=False, server_default=""))
    op.create_table(
        "calendar_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", app.db.Instant(), nullable=False),
        sa.CheckConstraint(
            "(delegation_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_calendar_links_a_city_or_a_person")
        ),
        sa.CheckConstraint("generation >= 0", name=op.f("ck_calendar_links_generation")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_calendar_links_delegation_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_calendar_links_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_links")),
        sa.UniqueConstraint("delegation_id", name=op.f("uq_calendar_links_delegation_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_links_person_id")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_links_secret_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_calendar_links_uid")),
    )
    with op.batch_alter_table("calendar_links") as batch:
        batch.create_index(op.f("ix_calendar_links_event_id"), ["event_id"])
    op.create_table(
        "fetches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.String(length=160), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_fetches_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetches")),
        sa.UniqueConstraint("event_id", "feed", name=op.f("uq_fetches_event_id_feed")),
    )


def downgrade() -> None:
    op.drop_table("fetches")
    op.drop_table("calendar_links")
    with op.batch_alter_table("rooms") as batch:
        batch.drop_column("link")
