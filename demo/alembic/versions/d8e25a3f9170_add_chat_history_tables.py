"""add_chat_history_tables

Revision ID: d8e25a3f9170
Revises: c41f7d6e0b52
Create Date: 2025-04-02 13:22:10

"""
import sqlalchemy as sa
from alembic import op

revision = "d8e25a3f9170"
down_revision = "c41f7d6e0b52"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("title", sa.String(255)),
        sa.Column("system_prompt", sa.Text()),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("model_name", sa.String()),
        sa.Column("model_provider", sa.String()),
        sa.Column("configuration", sa.JSON()),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_chats_user_id", "chats", ["user_id"])

    op.create_table(
        "chat_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "chat_id",
            sa.Integer(),
            sa.ForeignKey("chats.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("message_metadata", sa.JSON()),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.create_index("ix_chat_messages_chat_id", "chat_messages", ["chat_id"])
    op.create_index("ix_chat_messages_order", "chat_messages", ["order"])


def downgrade() -> None:
    op.drop_table("chat_messages")
    op.drop_table("chats")
