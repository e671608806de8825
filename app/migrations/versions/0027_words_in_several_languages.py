"""words in several languages"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("events") as batch:
        batch.add_column(sa.Column("language", sa.String(length=12), nullable=False, server_default="en"))
        batch.add_column(sa.Column("languages", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "translations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("made_at", app.db.Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_translations_says_something")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_translations_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translations")),
        sa.UniqueConstraint(
            "event_id",
            "kind",
            "key",
            "field",
            "language",
            name=op.f("uq_translations_event_id_kind_key_field_language"),
        ),
    )


def downgrade() -> None:
    op.drop_table("translations")
    with op.batch_alter_table("events") as batch:
        batch.drop_column("languages")
        batch.drop_column("language")
