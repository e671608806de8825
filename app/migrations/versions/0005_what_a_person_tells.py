"""what a person tells about themselves and agrees to"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "profiles",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.Column("pages", sa.String(length=80), nullable=False),
        sa.Column(
            "name_order",
            sa.Enum(
                "family first",
                "given first",
                name="name_order",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("capitals", sa.Boolean(), nullable=False),
        sa.Column("own_script", sa.String(length=200), nullable=False),
        sa.Column("pronunciation", sa.String(length=80), nullable=False),
        sa.Column("second_position", sa.String(length=200), nullable=False),
        sa.Column("languages", sa.String(length=200), nullable=False),
        sa.Column("interpret_from", sa.String(length=60), nullable=False),
        sa.Column("interpret_to", sa.String(length=60), nullable=False),
        sa.Column("bio", sa.String(length=800), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("badge_first", sa.String(length=28), nullable=False),
        sa.Column("badge_second", sa.String(length=28), nullable=False),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_profiles_delegate_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["files.id"], name=op.f("fk_profiles_photo_id")),
        sa.PrimaryKeyConstraint("delegate_id", name=op.f("pk_profiles")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "photo and film",
                "recording",
                "contact for the next edition",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_at", app.db.Instant(), nullable=False),
        sa.Column("withdrawn_at", app.db.Instant(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_consents_version")),
        sa.CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= given_at", name=op.f("ck_consents_order")),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_consents_delegate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_delegate_id"), ["delegate_id"], unique=False)
        batch_op.create_index(
            "uq_consents_one_standing",
            ["delegate_id", "kind", "version"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agreed_at", app.db.Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_column("agreed_at")
    op.drop_table("consents")
    op.drop_table("profiles")
