"""a second step of signing in"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("app_key", sa.String(length=400), nullable=True))
        batch.add_column(sa.Column("app_counter", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("sign_ins") as batch:
        batch.add_column(sa.Column("proven_at", app.db.Instant(), nullable=True))
        batch.add_column(sa.Column("agent", sa.String(length=200), nullable=False, server_default=""))
    op.create_table(
        "devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("network_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", app.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_devices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("user_id", "key_hash", name=op.f("uq_devices_user_id_key_hash")),
    )
    op.create_index(op.f("ix_devices_used_at"), "devices", ["used_at"])
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("made_at", app.db.Instant(), nullable=False),
        sa.Column("used_at", app.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkeys_credential")),
    )
    op.create_index(op.f("ix_passkeys_user_id"), "passkeys", ["user_id"])
    op.create_table(
        "spare_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", app.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_spare_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_codes")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_spare_codes_user_id_code_hash")),
    )


def downgrade() -> None:
    op.drop_table("spare_codes")
    op.drop_table("passkeys")
    op.drop_table("devices")
    with op.batch_alter_table("sign_ins") as batch:
        batch.drop_column("agent")
        batch.drop_column("proven_at")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("app_counter")
        batch.drop_column("app_key")
