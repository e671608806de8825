"""when a sign-in was used"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_ins", sa.Column("used_at", app.db.Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_ins", "used_at")
