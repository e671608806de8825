"""releases that say what they changed, and releases to come"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("releases") as batch:
        batch.add_column(sa.Column("reason", sa.String(length=500), nullable=False, server_default=""))
        batch.add_column(sa.Column("restores", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("sessions", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("changes", sa.JSON(), nullable=True))
    op.create_table(
        "planned_releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("accepted", sa.JSON(), nullable=False),
        sa.Column("planned_by", sa.String(length=200), nullable=False),
        sa.Column("planned_at", app.db.Instant(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "waiting",
                "done",
                "refused",
                "taken back",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", app.db.Instant(), nullable=True),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("refusal", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_planned_releases_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_releases")),
        sa.UniqueConstraint("uid", name=op.f("uq_planned_releases_uid")),
    )
    with op.batch_alter_table("planned_releases") as batch:
        batch.create_index(op.f("ix_planned_releases_event_id"), ["event_id"])
        batch.create_index(
            op.f("ix_planned_releases_waiting"),
            ["event_id"],
            unique=True,
            sqlite_where=sa.text("stage = 'waiting'"),
            postgresql_where=sa.text("stage = 'waiting'"),
        )


def downgrade() -> None:
    op.drop_table("planned_releases")
    with op.batch_alter_table("releases") as batch:
        batch.drop_column("changes")
        batch.drop_column("sessions")
        batch.drop_column("restores")
        batch.drop_column("reason")
