"""words of the organisers"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.CheckConstraint("(subject = '') = (text = '')", name=op.f("ck_own_words_both_or_neither")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_own_words_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_words")),
        sa.UniqueConstraint("event_id", "name", "language", name=op.f("uq_own_words_event_id_name_language")),
    )


def downgrade() -> None:
    op.drop_table("own_words")
