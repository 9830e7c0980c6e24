"""add_column_mapping_and_uuid

Revision ID: f36b91d04c8e
Revises: d8e25a3f9170
Create Date: 2025-04-22 10:48:39

"""
import sqlalchemy as sa
from alembic import op

revision = "f36b91d04c8e"
down_revision = "d8e25a3f9170"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("datasets", sa.Column("column_mapping", sa.JSON()))
    op.add_column("dataset_items", sa.Column("uuid", sa.String(36)))
    op.create_index("ix_dataset_items_uuid", "dataset_items", ["uuid"])


def downgrade() -> None:
    op.drop_column("dataset_items", "uuid")  # its index goes with it
    op.drop_column("datasets", "column_mapping")
