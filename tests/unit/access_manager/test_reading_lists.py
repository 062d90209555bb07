"""Lists of people as offices keep them: what each way of writing means (G14)."""

import pytest

from access_manager.adding.reading import ROWS_MOST, Entry, TooManyError, UnreadableError, decoded, entries

TASKS = {
    "billing": ("claims.submit", "remittance.view"),
    "claims.submit": ("claims.submit",),
    "send claims": ("claims.submit",),
}


def only(text: str) -> Entry:
    """Return the one row of a list."""
    (found,) = entries(text, TASKS)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "ann@office.example, Ann Lee",
        "Ann Lee, ann@office.example",
        "Ann Lee;ann@office.example",
        "Ann Lee\tann@office.example",
        "Ann Lee <ann@office.example>",
        '"Ann Lee" <ann@office.example>;',
        "Ann,Lee,ann@office.example",
        "\ufeffname,email\nAnn Lee,ann@office.example",
        "E-Mail;Name\r\nann@office.example;Ann Lee\r\n",
        "name,email\rAnn Lee,ann@office.example\r",
        "\n\n  Ann   Lee  , ann@office.example  \n\n",
        'name,email\n"Ann Lee","Ann Lee <ann@office.example>"',
    ],
)
def test_a_person_is_read_however_they_are_written(text: str) -> None:
    """Order, separator, headings, spaces and quotes do not matter."""
    found = only(text)
    assert (found.name, found.email, list(found.faults)) == ("Ann Lee", "ann@office.example", [])


@pytest.mark.parametrize(
    ("cell", "functions"),
    [
        ("billing", ["claims.submit", "remittance.view"]),
        ("BILLING", ["claims.submit", "remittance.view"]),
        ("Send claims", ["claims.submit"]),
        ("Send claims; claims.submit | billing", ["claims.submit", "remittance.view"]),
        ("claims.submit billing", ["claims.submit", "remittance.view"]),
        ("", []),
    ],
)
def test_tasks_are_named_by_id_by_words_or_by_profile(cell: str, functions: list[str]) -> None:
    """Several between semicolons or bars; each counts once."""
    assert list(only(f"name,email,access\nAnn,ann@office.example,{cell}").functions) == functions


@pytest.mark.parametrize(
    ("row", "slug"),
    [
        ("Ann,,", "email-missing"),
        ("Ann,ann@,", "email"),
        ("Ann,ann@office.example,everything", "access"),
        ("Ann,ann@office.example,,soon", "last-day"),
        ("Ann,ann@office.example,,31/12/2027", "last-day"),
        ("Ann,ann@office.example,,2300-01-01", "last-day"),
        ("Ann,ann@office.example,,,vision", "lines"),
        (f"{'A' * 201},ann@office.example", "name"),
    ],
)
def test_each_fault_has_a_name_and_says_how_to_mend_it(row: str, slug: str) -> None:
    """The other cells of the row are read all the same."""
    fault = only(f"name,email,access,last day,lines\n{row}").faults[0]
    assert fault.slug == slug and fault.sentence[0].isupper()


@pytest.mark.parametrize(("cell", "day"), [("2027-01-31", "2027-01-31"), ("1/31/2027", "2027-01-31"), ("", "None")])
def test_a_last_day_may_be_as_spreadsheets_rewrite_it(cell: str, day: str) -> None:
    """Excel makes 1/31/2027 of 2027-01-31 in American offices."""
    assert str(only(f"email,last day\nann@office.example,{cell}").last_day) == day


def test_rows_keep_the_number_of_their_line() -> None:
    """A fault leads to its line, empty lines and the headings counted."""
    found = entries("name,email\n\nAnn,ann@office.example\n\nBob,bob@office.example\n", TASKS)
    assert [each.number for each in found] == [3, 5]


def test_at_most_a_thousand_rows_are_taken() -> None:
    """The heading is none of them."""
    row = "ann@office.example\n"
    assert len(entries("email\n" + row * ROWS_MOST, TASKS)) == ROWS_MOST
    with pytest.raises(TooManyError):
        entries(row * (ROWS_MOST + 1), TASKS)


def test_cells_that_our_own_exports_guarded_are_read_without_the_guard() -> None:
    """ASVS 1.2.10: an export writes '=Ann for =Ann; what comes back is =Ann, and only ever text."""
    assert only("'=Ann Lee,ann@office.example").name == "=Ann Lee"


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\x00binary", b"name\x00,email"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    """An .xlsx is a zip file, not a list."""
    with pytest.raises(UnreadableError):
        decoded(content)


@pytest.mark.parametrize("text", ["", "   \n\n", "name,email\n", '"', '"a\nb', ",,,\n;;;", "\ufeff"])
def test_nothing_readable_gives_no_people(text: str) -> None:
    """Whatever is pasted, the answer is a list, never a crash."""
    assert all(each.faults for each in entries(text, TASKS))


def test_a_cell_without_end_is_refused() -> None:
    """A quote that nobody closes, and a page of text after it."""
    with pytest.raises(UnreadableError):
        entries('name,email\n"' + "x" * 200_000, TASKS)
