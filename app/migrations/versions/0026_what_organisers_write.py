"""what organisers write around the programme"""

import sqlalchemy as sa
from alembic import op

import app.db

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("site", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("pages", "news", name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("fallback", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("in_navigation", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("shown_at", app.db.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.Column("deleted_at", app.db.Instant(), nullable=True),
        sa.CheckConstraint("(kind = 'news') = (day IS NOT NULL)", name=op.f("ck_articles_news_has_a_day")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_articles_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("event_id", "kind", "slug", name=op.f("uq_articles_event_id_kind_slug")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_articles_submit_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_articles_uid")),
    )
    with op.batch_alter_table("articles") as batch:
        batch.create_index(op.f("ix_articles_event_id"), ["event_id"])
    op.create_table(
        "photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("alt", sa.JSON(), nullable=False),
        sa.Column("fallback", sa.String(length=12), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.Column("deleted_at", app.db.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_photos_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("key", name=op.f("uq_photos_key")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_photos_submit_key")),
    )
    with op.batch_alter_table("photos") as batch:
        batch.create_index(op.f("ix_photos_event_id"), ["event_id"])
    op.create_table(
        "photo_sizes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_photo_sizes_has_a_size")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_photo_sizes_file_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_photo_sizes_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_sizes")),
        sa.UniqueConstraint("photo_id", "width", name=op.f("uq_photo_sizes_photo_id_width")),
    )
    op.create_table(
        "looks",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("accent_dark", sa.String(length=7), nullable=False),
        sa.Column("hero_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", app.db.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_looks_event_id")),
        sa.ForeignKeyConstraint(["hero_id"], ["photos.id"], name=op.f("fk_looks_hero_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_looks")),
    )


def downgrade() -> None:
    for table in ("looks", "photo_sizes", "photos", "articles"):
        op.drop_table(table)
    with op.batch_alter_table("events") as batch:
        batch.drop_column("site")
