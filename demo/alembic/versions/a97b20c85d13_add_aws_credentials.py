"""add_aws_credentials

Revision ID: a97b20c85d13
Revises: 58d3e1b9c6a4
Create Date: 2025-03-03 11:05:27

"""
import sqlalchemy as sa
from alembic import op

revision = "a97b20c85d13"
down_revision = "58d3e1b9c6a4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("aws_access_key_id", sa.String()))
    op.add_column("users", sa.Column("aws_secret_access_key", sa.String()))
    op.add_column("users", sa.Column("aws_session_token", sa.Text()))
    op.add_column("users", sa.Column("aws_token_expiry", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("users", "aws_token_expiry")
    op.drop_column("users", "aws_session_token")
    op.drop_column("users", "aws_secret_access_key")
    op.drop_column("users", "aws_access_key_id")
