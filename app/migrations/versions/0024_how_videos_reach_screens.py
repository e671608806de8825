"""how videos reach screens"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screenings",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column(
            "shown",
            sa.Enum("released", "begun", "played", name="shown", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("opened_at", app.db.Instant(), nullable=True),
        sa.Column("opened_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("link_generation >= 0", name=op.f("ck_screenings_generations")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_screenings_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_screenings")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_screenings_link_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_screenings_uid")),
    )


def downgrade() -> None:
    op.drop_table("screenings")
