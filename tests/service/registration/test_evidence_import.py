"""The payer's facts come in by command line: streamed, once each, faults to a file, nothing readable kept."""

import base64
import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from registration.app import SERVICE
from registration.evidence import delays, ways
from registration.evidence.letters import keys
from registration.evidence.ways import Fact, TypedFault, Way
from shared.cli import program
from tests.service.registration.house import House

NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
HEADER = "tin,kind,number,date,amount\n"


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
    """Import a file; return the exit code and what was told."""
    result = CliRunner().invoke(program(SERVICE), ["evidence", "import", str(file), "--json"], env=environment)
    return result.exit_code, json.loads(result.stdout)[0]


def test_the_same_file_twice_changes_nothing(house: House, environment: dict[str, str], tmp_path: Path) -> None:
    """Several batches, a fact twice in the file, some too old: what was known stays known, once."""
    file = tmp_path / "facts.csv"
    rows = [f"123456789,claim,C{n:05},2026-11-01,{n}.50\n" for n in range(1, 1201)]
    rows += ['123456789,Payment,C00001,11/2/2026,"1,000"\n', rows[0], "123456789,claim,OLD1,2026-07-01,5\n"]
    file.write_text("\ufeff" + HEADER + "".join(rows), encoding="utf-8")
    assert run(environment, file) == (0, {"new": 1201, "known": 1, "too_old": 1, "left_out": 0, "errors": None})
    before = sorted(map(tuple, house.rows("SELECT * FROM evidence_facts")))
    assert run(environment, file)[1]["new"] == 0
    assert sorted(map(tuple, house.rows("SELECT * FROM evidence_facts"))) == before
    assert house.audited().count("evidence.imported") == 1


def test_faults_name_line_and_column_and_never_the_value(environment: dict[str, str], tmp_path: Path) -> None:
    """The good rows go in, the others are listed; a claim number is about a patient."""
    file = tmp_path / "facts.csv"
    file.write_text(
        HEADER
        + "123456789,claim,CLM1234,2026-11-01,10\n"
        + "12345,claim,CLM4711,2026-11-01,10\n"
        + "123456789,letter,CLM4711,2026-11-01,10\n"
        + "123456789,claim,@SUM,2026-11-01,10\n"
        + "123456789,claim,CLM4711,yesterday,10\n"
        + "123456789,claim,CLM4711,2026-02-30,10\n"
        + "123456789,payment,CLM4711,2026-11-01,-10\n"
    )
    code, told = run(environment, file)
    assert (code, told["new"], told["left_out"]) == (1, 1, 6)
    errors = Path(str(told["errors"]))
    with errors.open() as stream:
        found = [(row["line"], row["column"]) for row in csv.DictReader(stream)]
    assert found == [("3", "tin"), ("4", "kind"), ("5", "number"), ("6", "date"), ("7", "date"), ("8", "amount")]
    assert "4711" not in errors.read_text()


def test_a_file_without_its_columns_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    """Said in one line that names the columns."""
    file = tmp_path / "facts.csv"
    file.write_text("tin,number\n")
    result = CliRunner().invoke(program(SERVICE), ["evidence", "import", str(file)], env=environment)
    assert (result.exit_code, "tin, kind, number, date, amount" in result.stderr) == (1, True)


def test_an_error_file_that_cannot_be_written_is_told_in_a_sentence(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """N4: the disk is full, or something is in the way: the reason, and nothing of what stood in the rows."""
    file = tmp_path / "facts.csv"
    file.write_text(HEADER + "123456789,claim,C00001,2026-11-01,\n", encoding="utf-8")
    (tmp_path / "facts.csv.errors.csv").mkdir()
    result = CliRunner().invoke(program(SERVICE), ["evidence", "import", str(file)], env=environment)
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert "facts.csv.errors.csv" in result.output and "C00001" not in result.output


@given(st.integers(1, 99_999_999_999), st.sampled_from(["{:,}.{:02}", "${:,}.{:02}", " {}.{:02} ", "$ {}.{:02}"]))
def test_an_amount_is_the_same_however_it_is_written(cents: int, form: str) -> None:
    """With or without sign, commas and spaces: whole cents, no rounding."""
    assert ways.cents(form.format(cents // 100, cents % 100)) == cents


@pytest.mark.parametrize("text", ["0", "0.00", "-1", "1.234", "1,2", "1e5", "NaN", "१२", "1.", "$", "9" * 10])
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(TypedFault):
        ways.cents(text)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_is_the_same_in_both_spellings(day: date) -> None:
    """ISO, and month first as in the United States."""
    assert ways.calendar_day(day.isoformat()) == ways.calendar_day(f"{day.month}/{day.day}/{day.year}") == day


def test_recent_is_120_days_at_the_payer_s_place() -> None:
    """Both ends of the window; late in the evening the payer's day is still the earlier one."""
    late = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 11:30 p.m. on the 22nd in New York
    for now in (NOON, late):
        assert ways.recent_day("7/25/2026", now) == date(2026, 7, 25)
        assert ways.recent_day("11/22/2026", now) == date(2026, 11, 22)
        for text in ("7/24/2026", "11/23/2026"):
            with pytest.raises(TypedFault):
                ways.recent_day(text, now)


@given(st.integers(0, 40))
def test_waits_grow_and_stay_within_a_day(wrong: int) -> None:
    """Nothing for a slip or three, then longer each time, never longer than a day."""
    wait = delays.wait_after(wrong)
    assert wait <= delays.wait_after(wrong + 1) <= delays.LONGEST
    assert bool(wait) == (wrong > delays.TIN_TRIES_AT_ONCE)
    assert (wrong not in delays.steps()) <= (delays.wait_after(wrong + 1) == delays.LONGEST)


@given(st.binary(min_size=9, max_size=9))
def test_a_key_is_read_as_it_was_printed(randomness: bytes) -> None:
    """In groups, in small letters, with look-alikes: the same key."""
    token = base64.urlsafe_b64encode(randomness).decode()
    key = keys.from_token(token)
    spoken = keys.printed(key).lower().replace("0", "o").replace("1", "i")
    assert keys.typed(keys.printed(key)) == keys.typed(spoken) == key


@pytest.mark.parametrize("text", ["", "ABC", "0123-4567-89A", "0123-4567-89AB-C", "0123-4567-89A*", "٠" * 12])
def test_what_is_no_key_is_no_try(text: str) -> None:
    """Length and alphabet are checked before anything is counted."""
    assert keys.typed(text) is None


def test_facts_that_differ_in_one_part_have_different_texts() -> None:
    """No part can slip into its neighbour."""
    day = date(2026, 11, 1)
    facts = {
        Fact(Way.CLAIM, "12", 3, day),
        Fact(Way.CLAIM, "1", 23, day),
        Fact(Way.PAYMENT, "12", 3),
        Fact(Way.CLAIM, "12", 3),
    }
    assert len({each.text() for each in facts}) == 4
