"""lists of participants, drafts of offices, and people told apart"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "participant_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum("public", "delegates", name="audience", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("issued_at", app.db.Instant(), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_participant_lists_number")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_participant_lists_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant_lists")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_participant_lists_submit_key")),
        sa.UniqueConstraint("event_id", "audience", "provisional", "number", name=op.f("uq_participant_lists_number")),
    )
    op.create_table(
        "office_drafts",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", app.db.Instant(), nullable=False),
        sa.Column("saved_by", sa.String(length=200), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_office_drafts_delegate_id")),
        sa.PrimaryKeyConstraint("delegate_id", name=op.f("pk_office_drafts")),
    )
    op.create_table(
        "two_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("said_at", app.db.Instant(), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_two_people_in_order")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_two_people_event_id")),
        sa.ForeignKeyConstraint(["one_id"], ["delegates.id"], name=op.f("fk_two_people_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["delegates.id"], name=op.f("fk_two_people_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_people")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_two_people_one_id_other_id")),
    )
    op.create_index(op.f("ix_two_people_event_id"), "two_people", ["event_id"])
    with op.batch_alter_table("delegates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("delegates", schema=None) as batch_op:
        batch_op.drop_column("shared")
    op.drop_index(op.f("ix_two_people_event_id"), table_name="two_people")
    op.drop_table("two_people")
    op.drop_table("office_drafts")
    op.drop_table("participant_lists")
