"""the register of members"""

import unicodedata

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IN_ORDER = "until = '' OR since = '' OR substr(since, 1, length(until)) <= until"
IN_ORDER_BEFORE = "until = '' OR since = '' OR since <= until"
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ŧ": "t"}
)


def folded(name: str) -> str:
    """As the product folded names when this migration was written."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    bare = "".join(each for each in apart if not unicodedata.combining(each))
    return "".join(each for each in unicodedata.normalize("NFC", bare) if each.isalnum())[:400]


def standing() -> sa.Enum:
    return sa.Enum(
        "full",
        "associate",
        "observer",
        name="standing",
        native_enum=False,
        create_constraint=True,
        length=32,
    )


def upgrade() -> None:
    with op.batch_alter_table("aliases") as batch:
        batch.add_column(sa.Column("folded", sa.String(length=400), nullable=True))
    with op.batch_alter_table("members") as batch:
        batch.add_column(sa.Column("folded", sa.String(length=400), nullable=True))
        batch.add_column(sa.Column("since", sa.String(length=10), nullable=False, server_default=""))
        batch.add_column(sa.Column("until", sa.String(length=10), nullable=False, server_default=""))
        batch.add_column(sa.Column("made_by", sa.String(length=64), nullable=True))
    _fold()
    with op.batch_alter_table("aliases") as batch:
        batch.alter_column("folded", existing_type=sa.String(length=400), nullable=False)
        batch.create_index(op.f("ix_aliases_folded"), ["folded"])
    with op.batch_alter_table("members") as batch:
        batch.alter_column("folded", existing_type=sa.String(length=400), nullable=False)
        batch.alter_column("since", existing_type=sa.String(length=10), nullable=False, server_default=None)
        batch.alter_column("until", existing_type=sa.String(length=10), nullable=False, server_default=None)
        batch.create_index(op.f("ix_members_folded"), ["folded"])
        batch.create_unique_constraint(op.f("uq_members_made_by"), ["made_by"])
        batch.create_unique_constraint(
            op.f("uq_members_name"), ["network_id", "folded", "country", "kind", "disambiguator"]
        )
        batch.create_check_constraint(op.f("ck_members_name_has_letters"), "folded <> ''")
        batch.create_check_constraint(op.f("ck_members_in_order"), IN_ORDER)
    _keep_offices_in_order(IN_ORDER)
    op.create_table(
        "past_standings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("standing", standing(), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.CheckConstraint(IN_ORDER, name=op.f("ck_past_standings_in_order")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_past_standings_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_standings")),
    )
    op.create_index(op.f("ix_past_standings_member_id"), "past_standings", ["member_id"])
    op.create_table(
        "member_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=43), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("sent_at", app.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_member_files_network_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_member_files_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_files")),
        sa.UniqueConstraint("code", name=op.f("uq_member_files_code")),
    )
    op.create_index(op.f("ix_member_files_sent_at"), "member_files", ["sent_at"])


def _fold() -> None:
    """Fold the names that are there. Where two members would be the same, the later takes its slug to be told apart."""
    connection = op.get_bind()
    members = sa.table(
        "members",
        *(sa.column(name) for name in "id network_id slug name folded country kind disambiguator".split()),
    )
    aliases = sa.table("aliases", sa.column("id"), sa.column("name"), sa.column("folded"))
    for row in connection.execute(sa.select(aliases.c.id, aliases.c.name)).all():
        connection.execute(sa.update(aliases).where(aliases.c.id == row.id).values(folded=folded(row.name)))
    taken = set()
    for row in connection.execute(sa.select(members).order_by(members.c.id)).all():
        name = folded(row.name) or folded(row.slug) or str(row.id)
        key = (row.network_id, name, row.country, row.kind, row.disambiguator)
        place = row.disambiguator if key not in taken else row.slug
        taken.add((*key[:4], place))
        connection.execute(sa.update(members).where(members.c.id == row.id).values(folded=name, disambiguator=place))


def _keep_offices_in_order(rule: str) -> None:
    with op.batch_alter_table("offices") as batch:
        batch.drop_constraint(op.f("ck_offices_in_order"), type_="check")
        batch.create_check_constraint(op.f("ck_offices_in_order"), rule)


def downgrade() -> None:
    op.drop_table("member_files")
    op.drop_table("past_standings")
    op.execute("DELETE FROM offices WHERE since <> '' AND until <> '' AND since > until")
    _keep_offices_in_order(IN_ORDER_BEFORE)
    with op.batch_alter_table("members") as batch:
        batch.drop_constraint(op.f("ck_members_in_order"), type_="check")
        batch.drop_constraint(op.f("ck_members_name_has_letters"), type_="check")
        batch.drop_constraint(op.f("uq_members_name"), type_="unique")
        batch.drop_constraint(op.f("uq_members_made_by"), type_="unique")
        batch.drop_index(op.f("ix_members_folded"))
        for name in ("made_by", "until", "since", "folded"):
            batch.drop_column(name)
    with op.batch_alter_table("aliases") as batch:
        batch.drop_index(op.f("ix_aliases_folded"))
        batch.drop_column("folded")
