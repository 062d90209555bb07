"""One mailbox is one person, whatever capitals its address is written with, and it is found by an index."""

import shutil
from pathlib import Path

from sqlalchemy import text

from registration.app import SERVICE
from shared.db import open_database
from shared.db.migrate import migrate
from tests.service.registration.desk_room import NAMED, PERSON, SEAT, DeskAgent, new_case
from tests.service.registration.house import House

COLUMNS = "id, number, state, version, language, email, created_at, touched_at"


def test_whom_the_office_names_gets_no_second_account_for_other_capitals(house: House) -> None:
    """F11: the person named has applied elsewhere with this very mailbox: that account is seated, none is made."""
    dana = DeskAgent(house, "acc_dana")
    new_case(house, 1, email="robin@harbor.example")
    other = new_case(house, 2, tin="98-7654321")
    before = len(house.street.accounts)
    dana.act(other, "calls", NAMED)
    named = {**PERSON, "email": "Robin@Harbor.example"}
    assert dana.act(other, "another", {**SEAT, "person": named}).status_code == 200
    assert len(house.street.accounts) == before
    (told,) = house.published("vetting.completed")
    (account,) = house.rows("SELECT account_id FROM applications WHERE email = 'robin@harbor.example'")
    assert told["data"]["account_id"] == account.account_id


def test_the_look_up_goes_by_the_index(house: House) -> None:
    """A table of a million applications is not read for it."""
    plan = house.rows("EXPLAIN QUERY PLAN SELECT account_id FROM applications WHERE email_key = 'a@b.example'")
    assert "ix_applications_email_key" in str(plan)


def test_an_upgrade_fills_the_keys_of_all_that_is_there(tmp_path: Path) -> None:
    """More than a bite of them, letters beyond ASCII too; drafts without an address have none. And back."""
    folder = tmp_path / "migrations"
    shutil.copytree(SERVICE.migrations, folder, ignore=shutil.ignore_patterns("0010_*", "__pycache__"))
    database = open_database(f"sqlite:///{tmp_path}/old.db")
    migrate(database, folder)
    added = f"INSERT INTO applications ({COLUMNS}) VALUES (:id, :id, 'vetting', 1, 'en', :email, '2026', '2026')"
    odd = [{"id": "b1", "email": "ÉMILIE@x.example"}, {"id": "c1", "email": None}]
    people = [{"id": f"a{number:05d}", "email": f"Casey{number}@X.example"} for number in range(2_100)]
    with database.engine.begin() as connection:
        connection.execute(text(added), [*people, *odd])
    assert migrate(database, SERVICE.migrations) == ["0010"]
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, email_key FROM applications"))
        found = {row.id: row.email_key for row in rows}
    assert found["a02099"] == "casey2099@x.example" and found["b1"] == "émilie@x.example" and found["c1"] is None
    assert sum(value is not None for value in found.values()) == 2_101
    database.close()
