"""update_datasets_table

Revision ID: c41f7d6e0b52
Revises: a97b20c85d13
Create Date: 2025-03-17 08:31:44

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c41f7d6e0b52"
down_revision = "a97b20c85d13"
branch_labels = None
depends_on = None


# Made and dropped by hand: add_column does not make the type of its column.
dataset_type = postgresql.ENUM(
    "text", "json", "csv", "jsonl", "custom", name="datasettype", create_type=False
)


def upgrade() -> None:
    dataset_type.create(op.get_bind(), checkfirst=False)

    # Datasets made before this revision are text; new ones have to say what they are.
    op.add_column("datasets", sa.Column("type", dataset_type, server_default="text", nullable=False))
    op.alter_column("datasets", "type", server_default=None)
    op.add_column(
        "datasets",
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    )
    op.add_column("datasets", sa.Column("meta_data", postgresql.JSONB()))

    for table in ("dataset_items", "dataset_versions"):
        op.add_column(table, sa.Column("meta_data", postgresql.JSONB()))
        for column in ("created_at", "updated_at"):
            op.add_column(
                table,
                sa.Column(column, sa.DateTime(), server_default=sa.text("now()"), nullable=False),
            )


def downgrade() -> None:
    for table in ("dataset_versions", "dataset_items"):
        for column in ("updated_at", "created_at", "meta_data"):
            op.drop_column(table, column)
    for column in ("meta_data", "is_active", "type"):
        op.drop_column("datasets", column)
    dataset_type.drop(op.get_bind(), checkfirst=False)
