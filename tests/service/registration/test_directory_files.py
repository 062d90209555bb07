"""Files of the directory by command line: the national file, the roster, going on after a kill, repeating."""

import csv
import io
import json
import shutil
import signal
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registration.app import SERVICE
from registration.directory import service
from registration.directory.files import layouts, running
from registration.directory.files.beside import Beside
from registration.directory.files.running import Asked
from registration.directory.vault import TinVault
from shared.cli import program
from tests.service.registration.house import House
from tests.support import nppes as made

ROSTER = "tin,name,phone,contracted,claim_submitted,npi,address,domain\n"


def command(house: House, *words: str) -> Result:
    """Run `registration directory …`."""
    settings = house.context.settings
    environment = {
        "GATEHOUSE_MODE": "test",
        "GATEHOUSE_DATABASE_URL": settings.database_url,
        "GATEHOUSE_BROKER_URL": "memory:",
        "GATEHOUSE_CACHE_URL": "memory:",
        "GATEHOUSE_SECRET_KEY": settings.secret_key.get_secret_value(),
    }
    return CliRunner().invoke(program(SERVICE), ["directory", *words, "--json"], env=environment)


def imported(house: House, file: Path, *words: str) -> dict[str, object]:
    """Import a file; return what was told."""
    result = command(house, "import", str(file), *words)
    assert result.stdout, result.output
    found: dict[str, object] = json.loads(result.stdout)[0]
    return found


def national(folder: Path, *rows: dict[str, str], name: str = "npidata_pfile_20050523-20261108.csv") -> Path:
    """A national file of these rows."""
    file = folder / name
    file.write_text("".join(made.lines(rows)), encoding="utf-8")
    return file


def name_of(house: House, number: int) -> str | None:
    """What a look-up says of a row's NPI."""
    with house.context.reading() as session:
        found = service.npi_records(session, [made.npi(number)])
    return found[made.npi(number)].name if found else None


def test_the_national_file_answers_who_has_an_npi(house: House, tmp_path: Path) -> None:
    """People and organizations, with the practice location's telephone and address."""
    abroad = {"Provider Business Practice Location Address Country Code (If outside U.S.)": "CA"}
    file = national(tmp_path, made.cells(2), made.cells(3), made.cells(4) | abroad)
    told = imported(house, file)
    assert (told["layout"], told["kept"], told["left_out"], told["state"]) == ("nppes", 3, 0, "done")
    with house.context.reading() as session:
        found = service.npi_records(session, [made.npi(number) for number in (2, 3, 4, 5)])
    assert set(found) == {made.npi(number) for number in (2, 3, 4)}
    practice, person, canadian = (found[made.npi(number)] for number in (2, 3, 4))
    assert (practice.name, practice.individual, practice.state) == ("HARBOR PRACTICE 2 LLC", False, "NJ")
    assert (practice.phone, practice.address) == ("(302) 555-0143", "2 MAIN ST\nDOVER, NJ 19901-0000")
    assert practice.taxonomies == ("261QP2300X", "207Q00000X", "122300000X")
    assert (person.name, person.individual) == ("PAT Q DOCTOR3", True)
    assert canadian.address.endswith("\nCA")


def test_a_deactivated_npi_matches_nobody_and_a_reactivated_one_does(house: House, tmp_path: Path) -> None:
    """CMS leaves a number and a date of the first, and two dates of the second."""
    back = made.cells(3, NPI_Deactivation_Date="01/02/2020", NPI_Reactivation_Date="03/04/2021")
    gone = made.cells(4, NPI_Deactivation_Date="03/04/2021", NPI_Reactivation_Date="12/31/2020")
    told = imported(house, national(tmp_path, made.ended(2), back, gone))
    assert (told["kept"], told["inactive"], told["left_out"]) == (1, 2, 0)
    assert [name_of(house, number) for number in (2, 3, 4)] == [None, made.who(3), None]


def test_bad_rows_are_listed_and_the_others_count(house: House, tmp_path: Path) -> None:
    """Line and column, never the value; a number twice is kept once."""
    organization = "Provider Organization Name (Legal Business Name)"
    file = national(
        tmp_path,
        made.cells(2),
        made.cells(4, NPI="1234567890"),
        made.cells(6, Entity_Type_Code="7"),
        made.cells(8) | {organization: "123-45-6789"},
        made.cells(10) | {organization: "BELL\x07"},
        made.cells(2),
        made.cells(12) | {organization: 'THE "OLD" MILL, LLC'},
        made.cells(14) | {organization: "C:\\SHARE"},
    )
    with file.open("ab") as stream:
        stream.write(b'"1234567893","2"\n' + made.line(made.cells(16)).encode().replace(b"HARBOR", b"\xff"))
    told = imported(house, file)
    assert (told["kept"], told["left_out"]) == (3, 7)
    text = Path(str(told["errors"])).read_text(encoding="utf-8")
    assert [(int(row["line"]), row["column"]) for row in csv.DictReader(io.StringIO(text))] == [
        (3, "NPI"), (4, "Entity Type Code"), (5, "name"), (6, ""), (7, "NPI"), (10, ""), (11, "")
    ]  # fmt: skip
    assert "6789" not in text and "1234567890" not in text
    assert (name_of(house, 12), name_of(house, 14)) == ('THE "OLD" MILL, LLC', "C:\\SHARE")


def test_a_cell_with_a_line_break_is_one_row(house: House, tmp_path: Path) -> None:
    """The row after it is read as well, and lines are counted, not rows."""
    broken = made.cells(4) | {"Provider Other Organization Name": "TWO\nLINES"}
    file = national(tmp_path, *[made.cells(number) for number in range(10, 508)], broken, made.cells(6))
    told = imported(house, file)
    assert (told["kept"], told["left_out"], told["line"]) == (500, 0, 502)
    assert name_of(house, 4) == made.who(4) and name_of(house, 6) == made.who(6)


def test_a_zip_is_read_without_unpacking(house: House, tmp_path: Path) -> None:
    """The national zip has other files beside the one that counts, and its header once more."""
    plain = national(tmp_path, made.cells(2))
    packed = tmp_path / "NPPES_Data_Dissemination_November_2026.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
        archive.writestr("npidata_pfile_20050523-20261108_fileheader.csv", "NPI\n")
        archive.writestr("endpoint_pfile_20050523-20261108.csv", "NPI\n")
    assert imported(house, packed)["kept"] == 1
    two = tmp_path / "two.zip"
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("a.csv", "x\n")
        archive.writestr("b.csv", "x\n")
    result = command(house, "import", str(two))
    assert result.exit_code == 1 and "it holds 2 of them" in result.output


def test_the_same_file_again_changes_nothing(house: House, tmp_path: Path) -> None:
    """It is known by its digest; `--again` reads it all the same, and the rows are the same."""
    file = national(tmp_path, made.cells(2), made.cells(3))
    imported(house, file)
    before = house.rows("SELECT * FROM npi_entries ORDER BY npi")
    assert imported(house, file)["repeated"] is True
    assert house.rows("SELECT * FROM npi_entries ORDER BY npi") == before
    assert imported(house, file, "--again")["repeated"] is False
    assert [row[1:] for row in house.rows("SELECT * FROM npi_entries ORDER BY npi")] == [row[1:] for row in before]
    assert len(json.loads(command(house, "imports").stdout)) == 2
    assert house.audited() == ["directory.imported"] * 2


class Killed(Exception):
    """The process ended."""


def kill_after(house: House, file: Path, batches: int) -> None:
    """Begin to import a file, and end after some batches."""
    heard = []

    def told(_done: int, _whole: int) -> None:
        heard.append(1)
        if len(heard) == batches:
            raise Killed

    with pytest.raises(Killed):
        running.run(house.context, Asked(file), told)


def test_an_import_that_was_killed_goes_on_where_it_stopped(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a national file counts before all of it does; then each row is there once, each fault told once."""
    monkeypatch.setattr(layouts.National, "batch", 4)
    rows = [made.cells(number, **({"NPI": "1"} if number % 500 == 7 else {})) for number in range(3_500)]
    file = national(tmp_path, *rows)
    kill_after(house, file, 1)
    kill_after(house, file, 2)
    with (tmp_path / (file.name + ".errors.csv")).open("ab") as stream:
        stream.write(b"3008,NPI,a fault whose batch was never committed\r\n")
    assert name_of(house, 0) is None
    ((state, kept),) = house.rows("SELECT state, kept FROM directory_imports")
    assert state == "running" and 2_000 < kept < 3_400
    told = imported(house, file)
    assert (told["kept"], told["left_out"], told["state"]) == (3_493, 7, "done")
    assert house.rows("SELECT count(*), count(DISTINCT npi) FROM npi_entries") == [(3_493, 3_493)]
    faults = Path(str(told["errors"])).read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in faults] == ["line", *(str(9 + 500 * n) for n in range(7))]
    assert name_of(house, 3_499) == made.who(3_499)


def test_a_number_that_stood_before_the_kill_is_a_repetition_after_it(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever goes on knows what is there already."""
    monkeypatch.setattr(layouts.National, "batch", 2)
    file = national(tmp_path, *(made.cells(number) for number in range(600)), made.cells(5))
    kill_after(house, file, 1)
    told = imported(house, file)
    assert (told["kept"], told["left_out"]) == (600, 1)


def test_a_new_national_file_takes_the_old_one_s_place(house: House, tmp_path: Path) -> None:
    """Whoever left the file is unknown, and nothing of the old generation, or of an abandoned one, is kept."""
    imported(house, national(tmp_path, *(made.cells(number) for number in range(20)), name="old.csv"))
    kill_after(house, national(tmp_path, *(made.cells(number) for number in range(30)), name="killed.csv"), 1)
    assert name_of(house, 3) == made.who(3)
    imported(house, national(tmp_path, *(made.cells(number) for number in range(1, 21)), name="new.csv"))
    assert (name_of(house, 0), name_of(house, 20)) == (None, made.who(20))
    assert house.rows("SELECT generation, count(*) FROM npi_entries GROUP BY generation") == [(3, 20)]
    states = house.rows("SELECT file_name, state FROM directory_imports ORDER BY generation")
    assert states == [("old.csv", "done"), ("killed.csv", "abandoned"), ("new.csv", "done")]


def test_a_weekly_file_does_not_take_the_full_one_s_place(house: House, tmp_path: Path) -> None:
    """It has the same layout and a few rows: it is read and held back until somebody says that it is meant."""
    imported(house, national(tmp_path, *(made.cells(number) for number in range(20)), name="full.csv"))
    weekly = national(tmp_path, made.cells(30), name="weekly.csv")
    refused = command(house, "import", str(weekly))
    assert refused.exit_code == 1 and "1 NPIs instead of 20" in refused.output
    assert (name_of(house, 3), name_of(house, 30)) == (made.who(3), None)
    imported(house, weekly, "--smaller")
    assert (name_of(house, 3), name_of(house, 30)) == (None, made.who(30))


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("a,b\n1,2\n", (), "or be that of the NPPES file"),
        ('"NPI","Entity Type Code"\n', (), "does not name the columns"),
        (ROSTER, ("--layout", "nppes"), "that of the layout roster"),
        ("x" * 300_000, (), "longer than"),
        (ROSTER + '1,"' + "x\n" * 100_000, (), "line"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(
    house: House, tmp_path: Path, text: str, words: tuple[str, ...], said: str
) -> None:
    """Nothing is kept, and no traceback."""
    file = tmp_path / "file.csv"
    file.write_text(text, encoding="utf-8")
    result = command(house, "import", str(file), *words)
    assert result.exit_code == 1 and said in result.output, result.output


def test_the_roster_tells_address_domain_and_every_npi(house: House, tmp_path: Path) -> None:
    """Several NPIs per TIN, the first of them as the chief one; a later file replaces them."""
    file = tmp_path / "roster.csv"
    row = '123456789,Harbor,(202) 555-0111,yes,no,{},"1 Main St| Dover, DE 19901",@Harbor.Example\n'
    first, second, third = (made.npi(number) for number in range(3))
    index = house.context.part(TinVault).index("123456789")
    for npis, known in ((f"{first}; {second} {first}", {first, second}), (third, {third}), ("", set())):
        file.write_text(ROSTER + row.format(npis), encoding="utf-8")
        assert imported(house, file)["kept"] == 1
        with house.context.reading() as session:
            assert service.npis_of(session, [index]).get(index, set()) == known
    (found,) = house.rows("SELECT npi, address, domain FROM directory_entries")
    assert tuple(found) == (None, "1 Main St\nDover, DE 19901", "harbor.example")


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("1 2,,", "npi"),
        (f",{'x' * 401},", "address"),
        (",bell\x07,", "address"),
        (",,not a domain", "domain"),
        (",,-x.example", "domain"),
    ],
)
def test_bad_cells_of_the_roster_are_named(house: House, tmp_path: Path, cells: str, column: str) -> None:
    """The row is left out."""
    file = tmp_path / "roster.csv"
    file.write_text(f"{ROSTER}123456789,Harbor,(202) 555-0111,yes,no,{cells}\n", encoding="utf-8")
    told = imported(house, file)
    assert told["kept"] == 0
    assert Path(str(told["errors"])).read_text(encoding="utf-8").splitlines()[1].startswith(f"2,{column},")


def test_a_roster_that_was_killed_goes_on_too(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch counts at once; the rest follows."""
    monkeypatch.setattr(layouts.Roster, "batch", 10)
    file = tmp_path / "roster.csv"
    rows = [f"{100_000_000 + number},Practice {number},,yes,no,,,\n" for number in range(35)]
    file.write_text(ROSTER + "".join(rows), encoding="utf-8")
    kill_after(house, file, 2)
    assert house.rows("SELECT count(*) FROM directory_entries") == [(20,)]
    assert imported(house, file)["kept"] == 35
    assert house.rows("SELECT count(*) FROM directory_entries") == [(35,)]


def test_an_import_whose_reader_is_killed_says_so_and_goes_on_later(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system may end the process beside, as when memory is short: nothing counts, and the same command goes on."""
    file = national(tmp_path, *(made.cells(number) for number in range(20)))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", shutil.which("false"))
        refused = command(house, "import", str(file))
    assert refused.exit_code == 1 and "run the same command again" in refused.output
    assert name_of(house, 0) is None
    assert imported(house, file)["kept"] == 20


def test_nothing_is_left_of_a_reader_that_nobody_needs(tmp_path: Path) -> None:
    """As of a file that was imported before, or that goes on elsewhere."""
    file = made.write(tmp_path / "npidata_pfile.csv", 30_000)
    reader = Beside(file, 0, 0)
    assert next(iter(reader)).faults
    reader.close()
    assert reader._process.returncode == -signal.SIGKILL and not reader._thread.is_alive()


@pytest.mark.parametrize("place", [0.3, 0.5, 0.7])
def test_a_zip_that_is_damaged_is_told_in_words(house: House, tmp_path: Path, place: float) -> None:
    """Its first line can be read, something further on cannot, and nothing of it counts."""
    plain = made.write(tmp_path / "npidata_pfile.csv", 3_000)
    packed = tmp_path / "file.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
    content = bytearray(packed.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    packed.write_bytes(content)
    refused = command(house, "import", str(packed))
    assert refused.exit_code == 1 and refused.output.startswith("Error: "), refused.output
    assert "Traceback" not in refused.output
    assert name_of(house, 0) is None
