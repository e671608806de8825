"""changes that wait, and a deadline for names"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = ("answer", "nomination", "confirmation", "mode", "head")


def upgrade() -> None:
    op.create_table(
        "asked_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("kind", "mode", "name", "role", "head"), nullable=False),
        sa.Column("wanted", sa.String(length=200), nullable=False),
        sa.Column("before", sa.String(length=200), nullable=False),
        sa.Column("more", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", app.db.Instant(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("decider", _one_of("decider", "city", "organisers"), nullable=False),
        sa.Column(
            "outcome",
            _one_of("outcome", "waiting", "granted", "refused", "taken back", "overtaken"),
            nullable=False,
        ),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", app.db.Instant(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(outcome = 'waiting') = (decided_at IS NULL)", name=op.f("ck_asked_changes_decided")),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_asked_changes_delegate_id")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_asked_changes_delegation_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_asked_changes_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_changes")),
    )
    for column in ("delegate_id", "delegation_id", "event_id"):
        op.create_index(op.f(f"ix_asked_changes_{column}"), "asked_changes", [column], unique=False)
    op.create_index(
        "uq_asked_changes_one_waiting",
        "asked_changes",
        ["delegate_id", "kind"],
        unique=True,
        sqlite_where=sa.text("outcome = 'waiting'"),
        postgresql_where=sa.text("outcome = 'waiting'"),
    )
    for table in ("deadlines", "extensions"):
        _allow(table, *KINDS, "names")


def downgrade() -> None:
    for table in ("extensions", "deadlines"):
        op.execute(f"DELETE FROM {table} WHERE kind = 'names'")  # noqa: S608 (two words of ours)
        _allow(table, *KINDS)
    op.drop_table("asked_changes")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _allow(table: str, *kinds: str) -> None:
    """What `kind` may be in this table."""
    words = ", ".join(f"'{each}'" for each in kinds)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"ck_{table}_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f(f"ck_{table}_kind"), f"kind IN ({words})")
