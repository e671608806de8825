"""files of sessions"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agenda_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=43), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("sent_at", app.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_agenda_files_event_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_agenda_files_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_files")),
        sa.UniqueConstraint("code", name=op.f("uq_agenda_files_code")),
    )
    with op.batch_alter_table("agenda_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_files_sent_at"), ["sent_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("agenda_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_files_sent_at"))
    op.drop_table("agenda_files")
