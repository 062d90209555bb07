"""People of an earlier release keep their accounts: the migrations since then lose nobody and nothing."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from identity.app import SERVICE
from identity.contacts import service as contacts
from shared.db import open_database
from shared.db.migrate import migrate
from tests.service.identity.world import MONDAY, PASSWORD, PAT, World

_ACCOUNT = """
    INSERT INTO accounts (id, opened_by, user_id, user_id_canonical, display_name, email, email_key, email_verified,
        phone, phone_verified, population, status, language, opened_at, version)
    VALUES (:id, 'registration', :name, :name, 'Pat Partner', :email, :key, :proved, :phone, :proved, 'provider',
        'active', 'en', :at, 3)
"""
_PASSWORD = "INSERT INTO passwords (account_id, hash, changed_at, failures) VALUES (:id, :hash, :at, 0)"


def people_of_the_second_release(folder: Path, url: str) -> None:
    """Make a database as the release with migration 0002 left it: one person proved, one not."""
    history = folder / "then"
    (history / "versions").mkdir(parents=True)
    for name in ("0001_people.py", "0002_oidc.py"):
        shutil.copy(SERVICE.migrations / "versions" / name, history / "versions" / name)
    database = open_database(url)
    assert migrate(database, history)
    at = (MONDAY - timedelta(days=30)).isoformat(sep=" ").removesuffix("+00:00")
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with database.transaction() as session:
        known = {"id": "acc_pat", "name": PAT.user_id, "email": "Pat@Lakeside.example", "key": "pat@lakeside.example"}
        session.execute(text(_ACCOUNT), {**known, "phone": "(202) 555-0110", "proved": True, "at": at})
        session.execute(text(_PASSWORD), {"id": "acc_pat", "hash": hashed, "at": at})
        new = {"id": "acc_nell", "name": "nell.new", "email": "nell@lakeside.example", "key": "nell@lakeside.example"}
        session.execute(text(_ACCOUNT), {**new, "phone": None, "proved": False, "at": at})
    database.close()


@pytest.fixture
def grown(tmp_path: Path) -> str:
    """The address of such a database."""
    url = f"sqlite:///{tmp_path / 'earlier.db'}"
    people_of_the_second_release(tmp_path, url)
    return url


def addresses_survive(world: World) -> None:
    """Proved addresses are trusted since the opening, and found however they are spelled; unproved ones are not."""
    with world.context.reading() as session:
        mail, mobile = contacts.listing(session, "acc_pat")
        assert (mail.address, mail.primary, mail.trusted_from) == (
            "Pat@Lakeside.example",
            True,
            MONDAY - timedelta(days=30),
        )
        assert (mobile.address, mobile.kind, mobile.primary) == ("(202) 555-0110", "sms", True)
        assert contacts.accounts_at(session, "202-555-0110", MONDAY) == ["acc_pat"]
        assert contacts.accounts_at(session, "pat@lakeside.example", MONDAY) == ["acc_pat"]
        (new,) = contacts.listing(session, "acc_nell")
        assert not new.proved and contacts.for_recovery(session, "acc_nell", MONDAY) == []


def test_addresses_survive(grown: str, tmp_path: Path) -> None:
    """Whoever proved an address before recovers through it after (capability C1)."""
    world = World(tmp_path, grown)
    addresses_survive(world)
    world.close()


def test_people_of_the_second_release_sign_in(grown: str, tmp_path: Path) -> None:
    """The same user ID and the same password, and the pages know them."""
    world = World(tmp_path, grown)
    visitor = world.signed_in(PAT, world.ticket(return_path="/account/contacts"))
    assert "Pat@Lakeside.example" in visitor.text and "(202) 555-0110" in visitor.text
    world.close()
