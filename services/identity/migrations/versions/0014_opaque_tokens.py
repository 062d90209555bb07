"""Access tokens that say nothing by themselves."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what opaque access tokens mean."""
    op.create_table(
        "oidc_opaque_tokens",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("claims", JsonColumn, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_oidc_opaque_tokens"),
    )
    op.create_index("ix_oidc_opaque_tokens_expires_at", "oidc_opaque_tokens", ["expires_at"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("oidc_opaque_tokens")
