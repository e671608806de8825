"""absences of one delegate, videos that have come, wishes for themes, and sessions tied to others"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OF_ONE = (
    "(CASE WHEN room_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN delegation_id IS NULL THEN 0 ELSE 1 END)"
)
OF_A_DELEGATE = " + (CASE WHEN delegate_id IS NULL THEN 0 ELSE 1 END)"


def upgrade() -> None:
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.add_column(sa.Column("delegate_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_absences_delegate_id"), "delegates", ["delegate_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_absences_delegate_id"), ["delegate_id"], unique=False)
        batch_op.drop_constraint(batch_op.f("ck_absences_of_one"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_absences_of_one"), f"{OF_ONE}{OF_A_DELEGATE} = 1")

    with op.batch_alter_table("appearances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("video_ready", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("same_day_code", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("apart", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))

    op.create_table(
        "theme_wishes",
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("third_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", app.db.Instant(), nullable=True),
        sa.Column("told_by", sa.String(length=200), nullable=False),
        sa.Column("told_at", app.db.Instant(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "first_id IS NOT NULL OR second_id IS NULL", name=op.f("ck_theme_wishes_second_after_first")
        ),
        sa.CheckConstraint(
            "second_id IS NOT NULL OR third_id IS NULL", name=op.f("ck_theme_wishes_third_after_second")
        ),
        sa.CheckConstraint(
            "first_id <> second_id AND first_id <> third_id AND second_id <> third_id",
            name=op.f("ck_theme_wishes_each_once"),
        ),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_theme_wishes_delegation_id")),
        sa.ForeignKeyConstraint(["first_id"], ["themes.id"], name=op.f("fk_theme_wishes_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["themes.id"], name=op.f("fk_theme_wishes_second_id")),
        sa.ForeignKeyConstraint(["third_id"], ["themes.id"], name=op.f("fk_theme_wishes_third_id")),
        sa.PrimaryKeyConstraint("delegation_id", name=op.f("pk_theme_wishes")),
    )


def downgrade() -> None:
    op.drop_table("theme_wishes")

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("apart")
        batch_op.drop_column("same_day_code")
    with op.batch_alter_table("appearances", schema=None) as batch_op:
        batch_op.drop_column("video_ready")

    op.execute("DELETE FROM absences WHERE delegate_id IS NOT NULL")
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_absences_of_one"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_absences_of_one"), f"{OF_ONE} = 1")
        batch_op.drop_index(batch_op.f("ix_absences_delegate_id"))
        batch_op.drop_constraint(batch_op.f("fk_absences_delegate_id"), type_="foreignkey")
        batch_op.drop_column("delegate_id")
