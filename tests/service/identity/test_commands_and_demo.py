"""The administrator's acts, and the people of the local run."""

import json
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner

from identity import demo
from identity.app import SERVICE
from identity.tables import Base
from shared.cli import program
from tests.service.identity.world import KEEP, MEG, OLA, PASSWORD, PAT, SECRET, World, type_code, type_password


def _run(world: World, *words: str) -> str:
    environ = {
        "GATEHOUSE_MODE": "test",
        "GATEHOUSE_DATABASE_URL": world.settings.database_url,
        "GATEHOUSE_BROKER_URL": "memory:",
        "GATEHOUSE_CACHE_URL": "memory:",
        "GATEHOUSE_SECRET_KEY": KEEP,
    }
    found = CliRunner().invoke(program(SERVICE), list(words), env=environ)
    assert found.exit_code == 0, found.output
    return found.output


def test_the_first_operator_chooses_everything_behind_a_link_shown_once(world: World) -> None:
    """No default account, no default password: the command prints a link, the person does the rest (ASVS 6.3.2)."""
    words = ("accounts", "create-operator", "--name", "Olga Operator", "--email", "olga@payer.example", "--json")
    (made,) = json.loads(_run(world, *words))
    visitor = world.browser()
    visitor.open(made["activation_url"])
    visitor.fill("User ID", "olga.op")
    visitor.fill("Password", PASSWORD)
    visitor.press("Open my account")
    assert visitor.address.endswith("/login")
    type_password(visitor, "olga.op", PASSWORD)
    assert "/login/enrol" in visitor.address
    (shown,) = json.loads(_run(world, "accounts", "show", "olga.op", "--json"))
    assert (shown["population"], shown["staff_role"], shown["status"]) == ("staff", "operator", "active")
    assert "hash" not in str(shown) and "secret" not in str(shown)


def test_demo_people_can_sign_in_at_once_and_seeding_twice_changes_nothing(world: World) -> None:
    """Accounts, states and apps as described; the app's first code is good."""
    first = demo.seed(world.context, [PAT, MEG, OLA])
    assert demo.seed(world.context, [PAT, MEG, OLA]) == first
    visitor = world.signed_in(MEG)
    type_code(visitor, world.code(SECRET))
    visitor.press("Not now")  # to a second way
    assert visitor.address.endswith("/account")
    assert len(world.published("account.opened")) == 3


def test_demo_passwords_obey_the_rules_of_everybody(world: World) -> None:
    """A demo password that no person could choose is refused."""
    with pytest.raises(ValueError, match="demo password"):
        demo.seed(world.context, [demo.Someone("weak.one", "password1", "Weak One", "weak@payer.example")])


def test_tables_and_migrations_say_the_same(tmp_path: Path) -> None:
    """What the models describe is what the migrations build."""
    world = World(tmp_path)
    assert _differences(world) == []
    world.close()


def _differences(world: World) -> list[str]:
    with world.context.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        found = compare_metadata(context, Base.metadata)
    ours = set(Base.metadata.tables)
    return [str(change) for change in found if getattr(change[-1], "name", "") in ours or _table(change) in ours]


def _table(change: tuple[object, ...]) -> str:
    return str(getattr(getattr(change[-1], "table", None), "name", ""))
