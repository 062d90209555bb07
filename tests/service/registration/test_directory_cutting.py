"""Blocks of the national file: the quick way finds what a CSV reader finds, whatever stands there."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.directory.files import cutting, nppes
from registration.directory.files.cutting import Cutter, Piece
from registration.directory.files.sources import Lines, SourceFault
from registration.directory.numbers import is_npi, wrong_npis
from tests.support import nppes as made

CELL = st.text(st.sampled_from('ab ",\\é'), max_size=6)


def cut(text: str, header: list[str], *, quick: bool) -> Piece:
    """What the first block of a file becomes."""
    reading = nppes.Reading(header)
    reading.in_order = reading.in_order and quick
    cutter = Cutter(reading)
    return next(cutter.pieces(Lines(io.BytesIO(text.encode()))))


@given(st.lists(CELL, min_size=8, max_size=8), st.integers(0, 15), st.data())
def test_lines_are_cut_as_a_csv_reader_cuts_them(texts: list[str], codes: int, data: st.DataObject) -> None:
    """Whatever stands in whichever cells, the quick way finds what the slow way finds."""
    names = data.draw(st.permutations(made.header()[2:]).map(lambda all_names: all_names[: len(texts)]))
    found = made.cells(2) | dict(zip(names, texts, strict=True))
    found |= {f"Healthcare Provider Taxonomy Code_{number}": f"2{number:08}X" for number in range(1, codes + 1)}
    text = "".join(list(made.lines([found, made.cells(4)]))[1:])
    quick, slow = (cut(text, made.header(), quick=way) for way in (True, False))
    assert quick == slow
    assert len(quick.lines) + len(quick.faults) + quick.inactive == 2


@given(st.sets(st.integers(1, 15)))
def test_taxonomies_stand_in_the_order_of_the_file(places: set[int]) -> None:
    """However many there are, and whichever cells are left empty between them."""
    codes = {f"Healthcare Provider Taxonomy Code_{place}": f"2{place:08}X" for place in places}
    nobody = dict.fromkeys((f"Healthcare Provider Taxonomy Code_{place}" for place in range(1, 16)), "")
    text = "".join(list(made.lines([made.cells(2) | nobody | codes]))[1:])
    expected = " ".join(f"2{place:08}X" for place in sorted(places)).encode()
    assert [cut(text, made.header(), quick=way).rows.split(b"\t")[-1] for way in (True, False)] == [expected] * 2


@given(st.lists(st.sampled_from(['"', "\n", ",", "a", "\r\n", '"",""']), max_size=12).map("".join), st.integers(0, 3))
def test_lines_that_are_no_records_are_read_as_a_csv_reader_reads_them(rubbish: str, place: int) -> None:
    """Quotes without end, records over several lines, empty lines: the rows around them are found all the same."""
    lines = list(made.lines(made.cells(number) for number in (2, 3, 4)))[1:]
    lines.insert(place, rubbish)
    quick, slow = (cut("".join(lines), made.header(), quick=way) for way in (True, False))
    assert quick == slow


def test_plain_lines_take_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with many taxonomies, and where a name begins with a digit; a layout with moved columns does not."""
    rows = [made.cells(number) for number in range(40)]
    rows[5] |= {f"Healthcare Provider Taxonomy Code_{place}": f"2{place:08}X" for place in range(1, 8)}
    rows[6] |= {"Provider Organization Name (Legal Business Name)": "360 HEALTH"}
    text = "".join(list(made.lines(rows))[1:])
    monkeypatch.delattr(Cutter, "_by_record")
    assert len(cut(text, made.header(), quick=True).lines) == 40
    with pytest.raises(AttributeError):
        cut(text, made.header()[::-1], quick=True)


@pytest.mark.parametrize("size", [400, 1_000, 1_200, 2_500])
def test_a_record_that_goes_beyond_its_block_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Wherever a block ends: in the middle of the record, of a line, or between two."""
    monkeypatch.setattr(cutting, "BLOCK", size)
    broken = made.cells(4) | {"Provider Other Organization Name": "A\n\nB\n" * 9}
    text = "".join(list(made.lines([made.cells(2), broken, made.cells(6), made.cells(8)]))[1:])
    lines = Lines(io.BytesIO(text.encode()))
    found = list(Cutter(nppes.Reading(made.header())).pieces(lines))
    pairs = [pair for piece in found for pair in zip(piece.lines, piece.rows.split(b"\n"), strict=False)]
    kept = [(line, row[:10].decode()) for line, row in pairs]
    assert kept == [(1, made.npi(2)), (2, made.npi(4)), (30, made.npi(6)), (31, made.npi(8))]
    assert (lines.position, lines.number) == (len(text), 31)


def test_a_file_of_columns_in_another_order_is_read_by_their_names() -> None:
    """Should CMS move them: slower, and right."""
    header = made.header()[::-1]
    found = made.cells(3)
    piece = cut(",".join(f'"{found.get(name, "")}"' for name in header) + "\n", header, quick=True)
    assert piece.rows.split(b"\t")[:4] == [made.npi(3).encode(), b"1", b"", b"DOCTOR3"]


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    """A quarter of a megabyte is more than any row."""
    lines = Lines(io.BytesIO(b"x\n" + b"y" * 900_000))
    with pytest.raises(SourceFault):
        while lines.block(1_000):
            pass


def test_npis_are_judged_together_as_one_by_one() -> None:
    """Of ten thousand numbers in a row, one in ten adds up."""
    numbers = [f"{1_234_560_000 + number}" for number in range(10_000)]
    wrong = wrong_npis("".join(numbers).encode())
    assert wrong == [place for place, number in enumerate(numbers) if not is_npi(number)]
    assert len(wrong) == 9_000 and wrong_npis(b"") == []
