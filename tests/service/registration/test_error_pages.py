"""What an error page gives a person to read out, and how an operator finds the request by it."""

import re

import pytest

from shared.web.exits import reference_of
from tests.service.registration.house import House

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Give this code when you call or write: "), ("es", "Indique este código cuando llame o escriba: ")],
)
def test_a_short_code_instead_of_an_id(house: House, language: str, sentence: str) -> None:
    """Two groups of four, said in a sentence; the raw id of the request is nowhere on the page."""
    person = house.visitor(language)
    person.open("/register/nowhere/done/at/all")
    told = CODE.findall(person.text)
    assert f"{sentence}{told[0]}" in person.text
    request_id = person.answer.headers["X-Request-ID"]
    assert told == [f"{request_id[-8:-4]}-{request_id[-4:]}".upper()]
    assert request_id not in person.answer.text


def test_an_operator_finds_the_request_by_the_code(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """The code stands in the log as it was read out, beside the id under which all lines of the request are found."""
    person = house.visitor()
    person.open("/register/nowhere/done/at/all")
    (code,) = CODE.findall(person.text)
    lines = [line for line in capsys.readouterr().out.splitlines() if code in line]
    assert len(lines) == 1
    assert person.answer.headers["X-Request-ID"] in lines[0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("req_01jd8k2m93qx5v7w9y3c5e7g1a", "3C5E-7G1A"),
        ("9f86d081884c7d659a2feaa0c55ad015", "C55A-D015"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "E82C-3301"),
        ("short", ""),
        ("a.b:c-d_e.f:g", ""),
    ],
)
def test_codes_of_other_people_s_ids(given: str, told: str) -> None:
    """A gateway in front of ours makes its own ids: the code is their end, or there is none."""
    assert reference_of(given) == told


def test_a_caller_s_id_is_not_written_into_the_page(house: House) -> None:
    """Threat 43: what a stranger sends as an id neither appears as markup nor as a code that is none."""
    person = house.visitor()
    person._http.headers["X-Request-ID"] = "a.b:c-d_e.f:g"
    person.open("/register/nowhere/done/at/all")
    assert "a.b:c-d_e.f:g" not in person.answer.text
    assert "Give this code" not in person.text
