"""what people tell in confidence, and who may see it"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _roles(*roles: str) -> None:
    """Which roles the staff of an event may hold."""
    with op.batch_alter_table("staff") as batch:
        batch.drop_constraint(op.f("ck_staff_role"), type_="check")
        listed = ", ".join(f"'{role}'" for role in roles)
        batch.create_check_constraint(op.f("ck_staff_role"), f"role IN ({listed})")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    _roles("organiser", "logistics", "visa")
    op.create_table(
        "logistics",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("told_from", sa.String(length=254), nullable=False),
        sa.Column("journey_at", app.db.Instant(), nullable=True),
        sa.Column("stay_at", app.db.Instant(), nullable=True),
        sa.Column("emergency_at", app.db.Instant(), nullable=True),
        sa.Column("company_at", app.db.Instant(), nullable=True),
        sa.Column("notes_at", app.db.Instant(), nullable=True),
        sa.Column("arrives_at", app.db.Instant(), nullable=True),
        sa.Column("arrival_zone", sa.String(length=60), nullable=False),
        sa.Column("arrival_flight", sa.String(length=12), nullable=False),
        sa.Column("arrival_port", sa.String(length=120), nullable=False),
        sa.Column("departs_at", app.db.Instant(), nullable=True),
        sa.Column("departure_zone", sa.String(length=60), nullable=False),
        sa.Column("departure_flight", sa.String(length=12), nullable=False),
        sa.Column("departure_port", sa.String(length=120), nullable=False),
        sa.Column("pick_up", sa.Boolean(), nullable=False),
        sa.Column("hotel", _choice("hotel", "official", "own", "none"), nullable=True),
        sa.Column("hotel_name", sa.String(length=200), nullable=False),
        sa.Column("emergency_name", sa.String(length=200), nullable=False),
        sa.Column("emergency_phone", sa.String(length=20), nullable=False),
        sa.Column("emergency_relation", sa.String(length=120), nullable=False),
        sa.Column("companions", sa.JSON(), nullable=False),
        sa.Column("gifts", sa.String(length=500), nullable=False),
        sa.Column("officers", sa.Boolean(), nullable=True),
        sa.Column("weapons", sa.Boolean(), nullable=True),
        sa.Column("faith", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "arrives_at IS NULL OR departs_at IS NULL OR departs_at > arrives_at",
            name=op.f("ck_logistics_departs_after_arriving"),
        ),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_logistics_delegate_id")),
        sa.PrimaryKeyConstraint("delegate_id", name=op.f("pk_logistics")),
    )
    op.create_table(
        "visa_data",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("told_from", sa.String(length=254), nullable=False),
        sa.Column("asked_at", app.db.Instant(), nullable=False),
        sa.Column("passport_at", app.db.Instant(), nullable=True),
        sa.Column("trip_at", app.db.Instant(), nullable=True),
        sa.Column("surname", sa.String(length=120), nullable=False),
        sa.Column("given_names", sa.String(length=120), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("nationality", sa.String(length=2), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_place", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=15), nullable=False),
        sa.Column("issuing_country", sa.String(length=2), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("embassy", sa.String(length=200), nullable=False),
        sa.Column("enters_on", sa.Date(), nullable=True),
        sa.Column("leaves_on", sa.Date(), nullable=True),
        sa.Column("payer", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_visa_data_delegate_id")),
        sa.PrimaryKeyConstraint("delegate_id", name=op.f("pk_visa_data")),
    )
    op.create_table(
        "codes",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("kind", "travel", "visa"), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("until", app.db.Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_codes_tries")),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_codes_delegate_id")),
        sa.PrimaryKeyConstraint("delegate_id", "kind", name=op.f("pk_codes")),
    )


def downgrade() -> None:
    op.drop_table("codes")
    op.drop_table("visa_data")
    op.drop_table("logistics")
    op.execute("DELETE FROM staff WHERE role <> 'organiser'")
    _roles("organiser")
