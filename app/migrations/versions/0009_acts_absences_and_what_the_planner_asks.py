"""acts, absences and what the planner asks"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_acts_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_acts_event_id_number")),
    )
    op.create_table(
        "waivers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("at", app.db.Instant(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_waivers_reason")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_waivers_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_waivers_event_id_key")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("delegation_id", sa.Integer(), nullable=True),
        sa.Column("starts", app.db.Instant(), nullable=False),
        sa.Column("ends", app.db.Instant(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column(
            "only",
            sa.Enum("venue", "online", "video", name="only", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("entered_at", app.db.Instant(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN room_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN delegation_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_absences_of_one"),
        ),
        sa.CheckConstraint("starts < ends", name=op.f("ck_absences_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegations.id"], name=op.f("fk_absences_delegation_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_absences_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_absences_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        sa.UniqueConstraint("uid", name=op.f("uq_absences_uid")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absences_delegation_id"), ["delegation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_absences_event_id"), ["event_id"], unique=False)

    with op.batch_alter_table("appearances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("speaker_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("confirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("asked_at", app.db.Instant(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_appearances_speaker_id"), "delegates", ["speaker_id"], ["id"])

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("planning", sa.JSON(), nullable=False, server_default=sa.text("'{}'")))

    with op.batch_alter_table("rooms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("equipment", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("changeover", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_check_constraint(batch_op.f("ck_rooms_changeover"), "changeover >= 0 AND changeover <= 240")
        batch_op.add_column(sa.Column("building", sa.String(length=120), nullable=False, server_default=""))

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("length", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("needs", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("audience", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("after_code", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "pin",
                sa.Enum(
                    "none", "day", "time", "place", name="pin", native_enum=False, create_constraint=True, length=32
                ),
                nullable=False,
                server_default="none",
            )
        )
        batch_op.add_column(
            sa.Column(
                "order_rule",
                sa.Enum(
                    "by hand",
                    "host first",
                    "alphabet",
                    "rank",
                    "draw",
                    "request",
                    name="order_rule",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default="by hand",
            )
        )
        batch_op.add_column(sa.Column("order_seed", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("minutes_each", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_sessions_length"), "length > 0 AND length <= 1440")
        batch_op.create_check_constraint(batch_op.f("ck_sessions_audience"), "audience >= 0")


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_sessions_audience"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_sessions_length"), type_="check")
        batch_op.drop_column("minutes_each")
        batch_op.drop_column("order_seed")
        batch_op.drop_column("order_rule")
        batch_op.drop_column("pin")
        batch_op.drop_column("after_code")
        batch_op.drop_column("audience")
        batch_op.drop_column("needs")
        batch_op.drop_column("length")

    with op.batch_alter_table("rooms", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_rooms_changeover"), type_="check")
        batch_op.drop_column("building")
        batch_op.drop_column("changeover")
        batch_op.drop_column("equipment")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_column("planning")

    with op.batch_alter_table("appearances", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_appearances_speaker_id"), type_="foreignkey")
        batch_op.drop_column("asked_at")
        batch_op.drop_column("confirmed")
        batch_op.drop_column("speaker_id")
        batch_op.drop_column("minutes")

    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absences_event_id"))
        batch_op.drop_index(batch_op.f("ix_absences_delegation_id"))

    op.drop_table("absences")
    op.drop_table("waivers")
    op.drop_table("acts")
