"""what places and sign-ups may hold"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

NAME = "ck_places_counts"


def upgrade() -> None:
    # What no code has ever written, and what would stand in the way: it gives no seat that was not there.
    op.execute("UPDATE places SET lowered = 0 WHERE lowered < 0")
    op.execute("UPDATE places SET lowered = granted WHERE lowered > granted")
    _hold("taken >= 0 AND lowered >= 0 AND granted >= lowered")
    # Nothing told is no entry, and not the word null, which reads as if there were one.
    op.execute("UPDATE sign_ups SET told = NULL WHERE CAST(told AS VARCHAR) = 'null'")


def downgrade() -> None:
    _hold("taken >= 0 AND granted >= 0")


def _hold(rule: str) -> None:
    with op.batch_alter_table("places") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), rule)
