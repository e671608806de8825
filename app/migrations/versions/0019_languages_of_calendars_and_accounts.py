"""languages of calendars and accounts"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("delegates") as batch:
        batch.add_column(sa.Column("language_changed_at", app.db.Instant(), nullable=True))
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("language", sa.String(length=12), nullable=False, server_default="en"))
    # So far every calendar was mostly in English: for all others this is the moment at which it is no more.
    delegates = sa.table("delegates", sa.column("language"), sa.column("language_changed_at", app.db.Instant()))
    other = delegates.update().where(delegates.c.language != "en")
    op.execute(other.values(language_changed_at=datetime.now(UTC)))


def downgrade() -> None:
    with op.batch_alter_table("users") as batch:
        batch.drop_column("language")
    with op.batch_alter_table("delegates") as batch:
        batch.drop_column("language_changed_at")
