"""Which versions of the terms, and which acceptances, other services were told of."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_UNTOLD = sa.text("told_at IS NULL")


def upgrade() -> None:
    """Add when; of what is there already nobody was told, and the worker tells it."""
    op.add_column("terms_versions", sa.Column("told_at", UtcDateTime))
    op.add_column("terms_acceptances", sa.Column("told_at", UtcDateTime))
    where = {"sqlite_where": _UNTOLD, "postgresql_where": _UNTOLD}
    op.create_index("ix_terms_acceptances_untold", "terms_acceptances", ["account_id"], **where)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_terms_acceptances_untold", "terms_acceptances")
    op.drop_column("terms_acceptances", "told_at")
    op.drop_column("terms_versions", "told_at")
