"""acts over several cities"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = ("letter of authority", "deadline", "quota", "note", "class", "ask", "approve")


def upgrade() -> None:
    op.create_table(
        "bulk_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("done_at", app.db.Instant(), nullable=False),
        sa.Column("done_by", sa.String(length=200), nullable=False),
        sa.Column("undone_at", app.db.Instant(), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by = '')", name=op.f("ck_bulk_acts_undone_by_somebody")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_bulk_acts_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_acts")),
        sa.UniqueConstraint("code", name=op.f("uq_bulk_acts_code")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_bulk_acts_submit_key")),
    )
    with op.batch_alter_table("bulk_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_acts_event_id"), ["event_id"], unique=False)

    op.create_table(
        "bulk_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("refused", sa.String(length=500), nullable=False),
        sa.Column("reverted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["bulk_acts.id"], name=op.f("fk_bulk_rows_act_id")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_bulk_rows_delegation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_rows")),
    )
    with op.batch_alter_table("bulk_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_rows_act_id"), ["act_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("bulk_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_rows_act_id"))
    op.drop_table("bulk_rows")
    with op.batch_alter_table("bulk_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_acts_event_id"))
    op.drop_table("bulk_acts")
