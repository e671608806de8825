"""erased on request"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delegates", sa.Column("erased_at", app.db.Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("delegates", "erased_at")
