"""releases that tell those they touch"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("releases") as batch:
        batch.add_column(sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("letters", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("calls", sa.Integer(), nullable=True))
    with op.batch_alter_table("planned_releases") as batch:
        batch.add_column(sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("planned_releases") as batch:
        batch.drop_column("minor")
    with op.batch_alter_table("releases") as batch:
        batch.drop_column("calls")
        batch.drop_column("letters")
        batch.drop_column("minor")
