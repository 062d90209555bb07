"""The directory: import from CSV by command line, demo data, the tables as migrated."""

import csv
import json
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner

from registration.app import SERVICE
from registration.demo import DemoApplicant, DemoPractice, apply, seed
from registration.directory.files.faults import RowFault
from registration.directory.imports import parse
from registration.directory.vault import TinVault
from registration.tables import Base
from shared.cli import program
from shared.db import open_database
from tests.service.registration.house import House

HEADER = "tin,name,phone,contracted,claim_submitted,npi,organization_id\n"


@pytest.fixture
def environment(house: House) -> dict[str, str]:
    """The settings a command line would have."""
    settings = house.context.settings
    return {
        "GATEHOUSE_MODE": "test",
        "GATEHOUSE_DATABASE_URL": settings.database_url,
        "GATEHOUSE_BROKER_URL": "memory:",
        "GATEHOUSE_CACHE_URL": "memory:",
        "GATEHOUSE_SECRET_KEY": settings.secret_key.get_secret_value(),
    }


def run(environment: dict[str, str], file: Path) -> tuple[int, dict[str, object]]:
    """Import a file; return the exit code and what was printed."""
    command = ["directory", "import", str(file), "--json"]
    result = CliRunner().invoke(program(SERVICE), command, env=environment)
    return result.exit_code, json.loads(result.stdout)[0]


def test_good_rows_go_in_and_bad_ones_are_listed(house: House, environment: dict[str, str], tmp_path: Path) -> None:
    """A file from Excel (BOM); faults name line and column and never repeat a TIN."""
    file = tmp_path / "directory.csv"
    file.write_text(
        "\ufeff"
        + HEADER
        + '12-3456789,"Harbor, Family Practice",(202) 555-0111,yes,no,1234567893,org_1\n'
        + "12345,Short TIN,,yes,no,,\n"
        + "987654321,,(202) 555-0112,yes,no,,\n"
        + "987654322,Perhaps,(202) 555-0112,perhaps,no,,\n"
        + "987654323,Bad NPI,(202) 555-0112,no,no,1234567890,\n"
        + "987654324,Same organization twice,(202) 555-0113,no,yes,,org_2\n"
        + "12-3456789,Taken,(202) 555-0114,no,yes,,org_3\n",
        encoding="utf-8",
    )
    code, told = run(environment, file)
    assert (code, told["kept"], told["left_out"]) == (1, 2, 5)
    with Path(str(told["errors"])).open(encoding="utf-8") as stream:
        faults = [(int(row["line"]), row["column"]) for row in csv.DictReader(stream)]
    assert faults == [(3, "tin"), (4, "name"), (5, "contracted"), (6, "npi"), (8, "organization_id")]
    report = Path(str(told["errors"])).read_text(encoding="utf-8")
    assert "12345" not in report
    assert "98765432" not in report
    index = house.context.part(TinVault).index("123456789")
    (row,) = house.rows("SELECT name, phone, npi FROM directory_entries WHERE tin_index = :i", i=index)
    assert tuple(row) == ("Harbor, Family Practice", "(202) 555-0111", "1234567893")


@pytest.mark.parametrize("name", ["123456789", "12-3456789", "two\nlines", "bell\x07"])
def test_a_name_that_no_event_and_no_mail_may_carry_is_left_out(name: str) -> None:
    """An applicant of that organization could not be announced: the row is reported when it comes, not later."""
    cells = {"tin": "123456788", "name": name, "phone": "", "contracted": "yes", "claim_submitted": "no"}
    fault = parse(2, cells)
    assert isinstance(fault, RowFault) and fault.column == "name" and name not in fault.message


def test_importing_again_replaces_and_never_doubles(house: House, environment: dict[str, str], tmp_path: Path) -> None:
    """The newest file says how it is."""
    file = tmp_path / "directory.csv"
    for phone in ("(202) 555-0111", "(202) 555-0119"):
        file.write_text(f"{HEADER}123456789,Harbor,{phone},yes,no,,\n", encoding="utf-8")
        assert run(environment, file)[0] == 0
    assert [row.phone for row in house.rows("SELECT phone FROM directory_entries")] == ["(202) 555-0119"]


def test_a_file_without_the_columns_is_refused_whole(environment: dict[str, str], tmp_path: Path) -> None:
    """The message names what is missing."""
    file = tmp_path / "wrong.csv"
    file.write_text("tin,name\n123456789,Harbor\n", encoding="utf-8")
    result = CliRunner().invoke(program(SERVICE), ["directory", "import", str(file)], env=environment)
    assert result.exit_code == 1
    assert "phone, contracted, claim_submitted" in result.output


def test_demo_data_can_be_seeded_twice(house: House) -> None:
    """The local run restarts on its data: nothing is doubled, and the waiting person waits once."""
    practices = [
        DemoPractice("Harbor", "123456789", "(202) 555-0111", True, True, organization_id="org_1"),
        DemoPractice("Stranger", "123456780", "(202) 555-0112", False, False),
        DemoPractice("No TIN", None, "(202) 555-0113", False, True, organization_id="org_2"),
    ]
    waiting = DemoApplicant(
        "acc_1", "Sam Porter", "sam@harbor.example", "+12025550114", "Harbor", "123456789", ("claims.submit",)
    )
    for _ in range(2):
        with house.context.transaction() as work:
            seed(work, practices)
            apply(work, waiting)
    assert len(house.rows("SELECT id FROM directory_entries")) == 2
    assert len(house.rows("SELECT id FROM organizations")) == 2
    assert len(house.published("user.registered")) == 1


def test_the_migration_makes_what_the_models_describe(migrated: Path) -> None:
    """No column, index or constraint differs."""
    database = open_database(f"sqlite:///{migrated}")
    names = set(Base.metadata.tables)
    with database.engine.connect() as connection:
        options = {"include_name": lambda name, kind, _parents: kind != "table" or name in names}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    database.close()
