"""absences of one delegate, and videos that have come"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
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


def downgrade() -> None:
    with op.batch_alter_table("appearances", schema=None) as batch_op:
        batch_op.drop_column("video_ready")

    op.execute("DELETE FROM absences WHERE delegate_id IS NOT NULL")
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_absences_of_one"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_absences_of_one"), f"{OF_ONE} = 1")
        batch_op.drop_index(batch_op.f("ix_absences_delegate_id"))
        batch_op.drop_constraint(batch_op.f("fk_absences_delegate_id"), type_="foreignkey")
        batch_op.drop_column("delegate_id")
