"""Rosters that arrive damaged: nothing is half read, no office gets another one's line, and what is wrong is told."""

from pathlib import Path

import pytest

from registration.directory.imports import Row
from tests.service.registration.house import House
from tests.service.registration.test_directory_files import ROSTER, command, imported

HEAD = "tin,name,phone,contracted,claim_submitted\n"
GOOD = Row("123456789", "Harbor", "(202) 555-0111", True, True)


def roster(folder: Path, text: str | bytes) -> Path:
    """A file of the payer's."""
    file = folder / "roster.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def known(house: House) -> list[tuple[object, ...]]:
    """What the directory says of each office."""
    rows = house.rows("SELECT name, contracted, claim_submitted, address FROM directory_entries ORDER BY name")
    return [(row.name, bool(row.contracted), bool(row.claim_submitted), row.address) for row in rows]


def faults(told: dict[str, object]) -> list[str]:
    """The lines of the error file after its first."""
    return Path(str(told["errors"])).read_text(encoding="utf-8").splitlines()[1:]


@pytest.mark.parametrize("cut", ["123456789,Harb", "123456789,Harbor,(202) 555-0111", "123456789,Harbor,1,yes"])
def test_a_file_that_was_cut_off_ends_no_contract(house: House, tmp_path: Path, cut: str) -> None:
    """F6: cells that are missing at the end of a truncated file are not a "no"; the office stays as it was."""
    house.directory(GOOD)
    told = imported(house, roster(tmp_path, f"{HEAD}987654321,Lakeside,1,yes,yes\n{cut}"))
    assert (told["kept"], told["left_out"]) == (1, 1)
    assert known(house) == [("Harbor", True, True, ""), ("Lakeside", True, True, "")]
    assert faults(told) == ["3,,not 5 columns"]


@pytest.mark.parametrize("after", ["", '111111111,"Smith, Doe",1,yes,yes,"5 Oak St"\n'])
def test_one_quote_too_many_puts_no_tin_into_another_s_address(house: House, tmp_path: Path, after: str) -> None:
    """M18: a quote that nobody closes takes the lines after it along; in the clear, and into a letter."""
    text = f'{HEAD.strip()},address\n987654321,Lakeside,1,yes,yes,"1 Main St\n123456789,Harbor,1,yes,yes,2 Main St\n'
    told = imported(house, roster(tmp_path, text + after + "222222222,Last,1,no,no,9 Elm St\n" * bool(after)))
    assert not any("123456789" in str(row) for row in house.rows("SELECT * FROM directory_entries"))
    assert "Lakeside" not in str(known(house))
    assert "cannot be read from here to line" in faults(told)[0]
    if after:
        assert [row[0] for row in known(house)] == ["Last"]


def test_a_cell_beyond_measure_costs_its_row_alone(house: House, tmp_path: Path) -> None:
    """The file goes on after it, instead of failing at the same line for ever."""
    long = "x" * 200_000
    told = imported(house, roster(tmp_path, f"{HEAD}987654321,{long},1,yes,yes\n123456789,Harbor,1,yes,yes\n"))
    assert (told["kept"], told["left_out"]) == (1, 1)
    assert [row[0] for row in known(house)] == ["Harbor"]
    assert "xxx" not in faults(told)[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must name the columns"),
        (HEAD.replace(",", ";"), "must name the columns"),
        ("tin," + HEAD, "names the columns tin more than once"),
        (HEAD.encode("utf-16"), "must name the columns"),
    ],
    ids=["empty", "semicolons", "a column twice", "another encoding"],
)
def test_a_file_that_cannot_be_the_roster_is_refused_whole(
    house: House, tmp_path: Path, text: str | bytes, said: str
) -> None:
    """In a sentence, and nothing of the directory changes."""
    house.directory(GOOD)
    result = command(house, "import", str(roster(tmp_path, text)))
    assert result.exit_code == 1 and said in result.output
    assert [row[0] for row in known(house)] == ["Harbor"]


def test_excel_s_mark_and_line_ends_and_letters_of_another_encoding(house: House, tmp_path: Path) -> None:
    """BOM and CRLF are no fault; bytes that are no UTF-8 are one of their row."""
    lines = f"\ufeff{HEAD}123456789,Clínica Harbor,1,yes,yes\n".replace("\n", "\r\n").encode()
    told = imported(house, roster(tmp_path, lines + "987654321,Clínica,1,yes,yes\r\n".encode("latin-1")))
    assert (told["kept"], told["left_out"]) == (1, 1)
    assert [row[0] for row in known(house)] == ["Clínica Harbor"]


def test_of_two_lines_on_one_tin_the_later_counts_and_a_formula_stays_text(house: House, tmp_path: Path) -> None:
    """ASVS 1.2.10 is for what we export; a name may begin with any sign."""
    lines = f"{ROSTER}123456789,Old,1,no,no,,,\n12-3456789,=1+1,1,yes,yes,,,\n"
    assert imported(house, roster(tmp_path, lines))["kept"] == 2
    assert known(house) == [("=1+1", True, True, "")]


def test_a_disk_that_takes_no_error_file_loses_no_row(house: House, tmp_path: Path) -> None:
    """The import ends with the reason, and the same command goes on when there is room again."""
    file = roster(tmp_path, f"{HEAD}12345,Bad,1,yes,yes\n123456789,Harbor,1,yes,yes\n")
    in_the_way = tmp_path / "roster.csv.errors.csv"
    in_the_way.mkdir()
    result = command(house, "import", str(file))
    assert result.exit_code == 1 and "roster.csv.errors.csv" in result.output
    assert "Traceback" not in result.output and isinstance(result.exception, SystemExit)
    assert known(house) == []
    in_the_way.rmdir()
    told = imported(house, file)
    assert (told["kept"], told["left_out"]) == (1, 1)
    assert faults(told) == ["2,tin,not a TIN (length)"]
