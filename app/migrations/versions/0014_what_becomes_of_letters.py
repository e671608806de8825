"""what becomes of letters"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

import app.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATES = ("queued", "inflight", "retry", "sent", "failed", "held")
WAITING = ["state", "due_at", "priority", "event_id", "domain", "lease_until"]
DOMAIN = {
    "sqlite": """lower(substr("to", instr("to", '@') + 1))""",
    "postgresql": """lower(split_part("to", '@', 2))""",
}


def upgrade() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("domain", sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column("until", app.db.Instant(), nullable=True))
        batch_op.add_column(sa.Column("again_of", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("token", sa.String(length=32), nullable=True))
    op.execute(f"UPDATE messages SET domain = {DOMAIN[op.get_bind().dialect.name]}")  # noqa: S608 (words of ours)
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.alter_column("domain", existing_type=sa.String(length=254), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_messages_token"), ["token"])
        batch_op.create_foreign_key(batch_op.f("fk_messages_again_of"), "messages", ["again_of"], ["id"])
        batch_op.create_index("ix_messages_late", ["state", "until"], unique=False)
        batch_op.drop_index("ix_messages_waiting")
        batch_op.create_index("ix_messages_waiting", WAITING, unique=False)
        _allow(batch_op, *STATES, "refused", "skipped", "bounced", "aborted")
    op.create_table(
        "message_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_tries_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_tries")),
    )
    op.create_index(op.f("ix_message_tries_message_id"), "message_tries", ["message_id"], unique=False)
    op.create_table(
        "outbox_pauses",
        sa.Column("scope", sa.String(length=254), nullable=False),
        sa.Column("until", app.db.Instant(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_outbox_pauses")),
    )
    op.create_table(
        "outbox_holds",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("held_at", app.db.Instant(), nullable=False),
        sa.Column("held_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outbox_holds")),
    )
    why = sa.Enum("bounced", "complaint", name="why", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "marked_addresses",
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("why", why, nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_marked_addresses_message_id")),
        sa.PrimaryKeyConstraint("address", "why", name=op.f("pk_marked_addresses")),
    )


def downgrade() -> None:
    for table in ("marked_addresses", "outbox_holds", "outbox_pauses", "message_tries"):
        op.drop_table(table)
    op.execute("UPDATE messages SET state = 'failed' WHERE state IN ('refused', 'skipped', 'bounced', 'aborted')")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        _allow(batch_op, *STATES)
        batch_op.drop_index("ix_messages_waiting")
        batch_op.create_index("ix_messages_waiting", WAITING[:2], unique=False)
        batch_op.drop_index("ix_messages_late")
        batch_op.drop_constraint(batch_op.f("fk_messages_again_of"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_messages_token"), type_="unique")
        for column in ("token", "again_of", "until", "domain"):
            batch_op.drop_column(column)


def _allow(batch_op: BatchOperations, *states: str) -> None:
    """Which states there are."""
    words = ", ".join(f"'{each}'" for each in states)
    batch_op.drop_constraint(batch_op.f("ck_messages_state"), type_="check")
    batch_op.create_check_constraint(batch_op.f("ck_messages_state"), f"state IN ({words})")
