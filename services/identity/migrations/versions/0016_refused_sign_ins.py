"""Refused sign-ins are counted at every sign-in: an index of them alone, which accepted ones never touch."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_REFUSED = sa.text("outcome = 'refused'")


def upgrade() -> None:
    """Add the index."""
    where = {"sqlite_where": _REFUSED, "postgresql_where": _REFUSED}
    op.create_index("ix_sign_ins_refused", "sign_ins", ["account_id", "at"], **where)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_sign_ins_refused", "sign_ins")
