"""add_user_model

Revision ID: 58d3e1b9c6a4
Revises: 1c0a4f27be90
Create Date: 2025-02-24 16:40:51

"""
import sqlalchemy as sa
from alembic import op

revision = "58d3e1b9c6a4"
down_revision = "1c0a4f27be90"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("full_name", sa.String()),
        sa.Column("aws_identity_id", sa.String()),
        sa.Column("is_active", sa.Boolean()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()")),
        sa.Column("updated_at", sa.DateTime(timezone=True)),
    )
    for column in ("aws_identity_id", "email", "username"):
        op.create_index(f"ix_users_{column}", "users", [column], unique=True)


def downgrade() -> None:
    op.drop_table("users")
