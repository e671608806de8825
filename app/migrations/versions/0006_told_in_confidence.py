"""what people tell in confidence, and who may see it"""

from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None


def _roles(*roles: str) -> None:
    """Which roles the staff of an event may hold."""
    with op.batch_alter_table("staff") as batch:
        batch.drop_constraint(op.f("ck_staff_role"), type_="check")
        listed = ", ".join(f"'{role}'" for role in roles)
        batch.create_check_constraint(op.f("ck_staff_role"), f"role IN ({listed})")


def upgrade() -> None:
    _roles("organiser", "logistics", "visa")


def downgrade() -> None:
    op.execute("DELETE FROM staff WHERE role <> 'organiser'")
    _roles("organiser")
