"""The migration and the models describe the same tables."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from identity.tables import Base
from tests.service.identity_oidc.suite import Suite


def test_the_migration_makes_what_the_models_say(suite: Suite) -> None:
    """No column, index or constraint of this room differs."""
    with suite.context.database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [str(one) for one in compare_metadata(context, Base.metadata)]
    assert not [one for one in differences if "oidc_" in one]
