"""visits with vehicles, sign-ups, waiting lists and wishes"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

CHECKS = {
    "never_oversold": "taken >= 0 AND (seats IS NULL OR taken <= seats)",
    "numbers": "minimum >= 0 AND per_delegation >= 1",
    "offer_hours": "offer_hours BETWEEN 1 AND 168",
    "minutes_around": "before BETWEEN 0 AND 240 AND after BETWEEN 0 AND 240",
    "opens_before_it_closes": "opens_at < closes_at",
    "both_coordinates_or_none": "(latitude IS NULL) = (longitude IS NULL)",
    "cancelled_for_a_reason": "(cancelled_at IS NULL) = (cancel_reason = '')",
}
"""What must never be false of a visit, beyond what its table held already."""
FILLINGS = ("first come", "ranked wishes")


def upgrade() -> None:
    with op.batch_alter_table("visits") as batch:
        for column in _columns():
            batch.add_column(column)
        batch.create_check_constraint(op.f("ck_visits_filling"), f"filling IN {FILLINGS}")
        for name, rule in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_visits_{name}"), rule)
    _people()
    _wishes()


def _columns() -> list[sa.Column[Any]]:
    """What a visit says from now on."""
    return [
        sa.Column("map_link", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=False, server_default="15"),
        sa.Column("after", sa.Integer(), nullable=False, server_default="15"),
        sa.Column("taken", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("minimum", sa.Integer(), nullable=True),
        sa.Column("per_delegation", sa.Integer(), nullable=True),
        sa.Column("filling", sa.String(length=32), nullable=False, server_default="first come"),
        sa.Column("modes", sa.JSON(), nullable=False, server_default='["venue"]'),
        sa.Column("roles", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("first_roles", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("shoes", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("no_photos", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("identity_papers", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("rules", sa.Text(), nullable=False, server_default=""),
        sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("opens_at", app.db.Instant(), nullable=True),
        sa.Column("closes_at", app.db.Instant(), nullable=True),
        sa.Column("offer_hours", sa.Integer(), nullable=False, server_default="24"),
        sa.Column("cancelled_at", app.db.Instant(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=1000), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    ]


def _people() -> None:
    op.create_table(
        "vehicles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("step_free", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("step_free_taken", sa.Integer(), nullable=False),
        sa.Column("leader", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("left_at", app.db.Instant(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("link_generation >= 0", name=op.f("ck_vehicles_generation")),
        sa.CheckConstraint("seats >= 0 AND step_free >= 0 AND step_free <= seats", name=op.f("ck_vehicles_places")),
        sa.CheckConstraint(
            "step_free_taken >= 0 AND step_free_taken <= step_free AND step_free_taken <= taken",
            name=op.f("ck_vehicles_step_free_never_oversold"),
        ),
        sa.CheckConstraint("taken >= 0 AND taken <= seats", name=op.f("ck_vehicles_never_oversold")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_vehicles_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicles")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_vehicles_link_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_vehicles_uid")),
        sa.UniqueConstraint("visit_id", "name", name=op.f("uq_vehicles_visit_id_name")),
    )
    op.create_index(op.f("ix_vehicles_visit_id"), "vehicles", ["visit_id"], unique=False)
    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "allocated",
                "waitlisted",
                "offered",
                "expired",
                "declined",
                "cancelled",
                "boarded",
                "no-show",
                "cancelled by organiser",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_at", app.db.Instant(), nullable=False),
        sa.Column("party", sa.String(length=32), nullable=False),
        sa.Column("list_class", sa.Integer(), nullable=False),
        sa.Column("joined_at", app.db.Instant(), nullable=True),
        sa.Column("offered_until", app.db.Instant(), nullable=True),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=True),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("understood_at", app.db.Instant(), nullable=True),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("boarded_at", app.db.Instant(), nullable=True),
        sa.Column("ticked_at", app.db.Instant(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=True),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'boarded') = (boarded_at IS NOT NULL)", name=op.f("ck_sign_ups_boarded_at_a_time")
        ),
        sa.CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", name=op.f("ck_sign_ups_an_offer_ends")),
        sa.CheckConstraint(
            "state <> 'waitlisted' OR joined_at IS NOT NULL", name=op.f("ck_sign_ups_who_waits_has_joined")
        ),
        sa.CheckConstraint(
            "vehicle_id IS NULL OR state IN ('offered', 'allocated', 'boarded', 'no-show')",
            name=op.f("ck_sign_ups_a_seat_is_held"),
        ),
        sa.CheckConstraint("list_class BETWEEN 0 AND 9", name=op.f("ck_sign_ups_list_class")),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_sign_ups_delegate_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name=op.f("fk_sign_ups_vehicle_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_sign_ups_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
        sa.UniqueConstraint("uid", name=op.f("uq_sign_ups_uid")),
        sa.UniqueConstraint("visit_id", "delegate_id", name=op.f("uq_sign_ups_visit_id_delegate_id")),
    )
    op.create_index(op.f("ix_sign_ups_delegate_id"), "sign_ups", ["delegate_id"], unique=False)
    op.create_index(
        "ix_sign_ups_offers",
        "sign_ups",
        ["offered_until"],
        unique=False,
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(op.f("ix_sign_ups_vehicle_id"), "sign_ups", ["vehicle_id"], unique=False)
    op.create_index("ix_sign_ups_visit_id_state", "sign_ups", ["visit_id", "state"], unique=False)
    op.create_table(
        "ticks",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sign_up_id", sa.Integer(), nullable=False),
        sa.Column("boarded", sa.Boolean(), nullable=False),
        sa.Column("pressed_at", app.db.Instant(), nullable=False),
        sa.Column("recorded_at", app.db.Instant(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["sign_up_id"], ["sign_ups.id"], name=op.f("fk_ticks_sign_up_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ticks")),
    )
    op.create_index(op.f("ix_ticks_sign_up_id"), "ticks", ["sign_up_id"], unique=False)


def _wishes() -> None:
    op.create_table(
        "wish_lists",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=32), nullable=False),
        sa.Column("list_class", sa.Integer(), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=False),
        sa.Column("understood_at", app.db.Instant(), nullable=True),
        sa.Column("told_at", app.db.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("list_class BETWEEN 0 AND 9", name=op.f("ck_wish_lists_list_class")),
        sa.ForeignKeyConstraint(["delegate_id"], ["delegates.id"], name=op.f("fk_wish_lists_delegate_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_wish_lists_event_id")),
        sa.PrimaryKeyConstraint("delegate_id", name=op.f("pk_wish_lists")),
    )
    op.create_index(op.f("ix_wish_lists_event_id"), "wish_lists", ["event_id"], unique=False)
    op.create_table(
        "wishes_for_visits",
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank BETWEEN 1 AND 3", name=op.f("ck_wishes_for_visits_rank")),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["wish_lists.delegate_id"], name=op.f("fk_wishes_for_visits_delegate_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_wishes_for_visits_visit_id")),
        sa.PrimaryKeyConstraint("delegate_id", "rank", name=op.f("pk_wishes_for_visits")),
        sa.UniqueConstraint("delegate_id", "visit_id", name=op.f("uq_wishes_for_visits_delegate_id_visit_id")),
    )
    op.create_index(op.f("ix_wishes_for_visits_visit_id"), "wishes_for_visits", ["visit_id"], unique=False)
    op.create_table(
        "allocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("run_by", sa.String(length=200), nullable=False),
        sa.Column("run_at", app.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_allocations_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_allocations_submit_key")),
    )
    op.create_index(op.f("ix_allocations_event_id"), "allocations", ["event_id"], unique=False)


def downgrade() -> None:
    for table in ("allocations", "wishes_for_visits", "wish_lists", "ticks", "sign_ups", "vehicles"):
        op.drop_table(table)
    with op.batch_alter_table("visits") as batch:
        batch.drop_constraint(op.f("ck_visits_filling"), type_="check")
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_visits_{name}"), type_="check")
        for column in _columns():
            batch.drop_column(column.name)
