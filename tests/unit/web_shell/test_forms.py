"""Forms read what people mean, refuse what no honest form sends, and give back what was typed."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from shared.web.forms import read_form
from tests.unit.web_shell.gallery import Joining, make_app

GOOD = {
    "email": "maria@lakeside.example",
    "tin": "123456789",
    "kind": "representative",
    "functions": "eligibility.view",
    "password": " correct horse ",
}


def read(form: dict[str, Any], language: str = "en") -> tuple[dict[str, Any], dict[str, str]]:
    """The form as a view gets it."""
    app: Flask = make_app()
    with app.test_request_context(f"/?lang={language}"):
        return read_form(Joining, MultiDict(form))


def test_a_good_form_gives_values_and_no_errors() -> None:
    """Typed values, with what was left out as empty."""
    values, errors = read(GOOD)
    assert errors == {}
    assert values == {**GOOD, "functions": ["eligibility.view"], "note": "", "agree": False}


@pytest.mark.parametrize(
    "tin", ["12-3456789", " 12 345 67 89 ", "(12) 345.6789", "１２３４５６７８９", "12\u20133456789"]
)
def test_numbers_are_read_however_people_group_them(tin: str) -> None:
    """Spaces, hyphens, brackets, wide digits: all mean the same number."""
    assert read({**GOOD, "tin": tin})[0]["tin"] == "123456789"


def test_spaces_around_answers_fall_away_but_a_password_is_taken_letter_by_letter() -> None:
    """Pasted text brings spaces; a password may begin with one."""
    values, _ = read({**GOOD, "email": "  maria@lakeside.example\t"})
    assert (values["email"], values["password"]) == ("maria@lakeside.example", " correct horse ")


def test_each_fault_has_its_own_sentence_in_the_order_of_the_page() -> None:
    """Empty, wrong and unchosen are different things to mend."""
    values, errors = read({"email": "maria@", "tin": "12", "kind": "robot"})
    assert list(errors.items()) == [
        ("email", "Enter an e-mail address in the format name@example.com"),
        ("tin", "A TIN has 9 digits"),
        ("kind", "Choose who you are"),
        ("functions", "Choose at least one function"),
        ("password", "Enter your password"),
    ]
    assert (values["email"], values["tin"]) == ("maria@", "12")


def test_what_was_typed_comes_back_except_the_password() -> None:
    """Choices too."""
    values, errors = read({**GOOD, "tin": ""})
    assert errors == {"tin": "Enter the TIN"}
    assert "password" not in values
    assert values["functions"] == ["eligibility.view"]


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "a\x1bb", "a\r\nBcc: x@evil.example"])
@pytest.mark.parametrize("field", ["email", "tin", "kind", "password"])
def test_characters_that_are_not_text_are_refused(field: str, bad: str) -> None:
    """NUL and lone surrogates break PostgreSQL, line breaks break mail headers."""
    assert read({**GOOD, field: bad})[1] == {field: "Remove the characters that are not text"}


def test_several_lines_are_fine_where_they_are_asked_for() -> None:
    """A note may have lines; NUL it may not."""
    assert read({**GOOD, "note": "one\r\ntwo"})[1] == {}
    assert read({**GOOD, "note": "one\x00two"})[1] == {"note": "Remove the characters that are not text"}


@pytest.mark.parametrize("field", ["email", "kind", "password"])
def test_one_question_takes_one_answer(field: str) -> None:
    """A name sent twice is nobody's honest form; neither of the two is believed."""
    _, errors = read({**GOOD, field: [GOOD[field], GOOD[field]]})
    assert errors == {field: "Give one answer only"}


def test_several_choices_are_several_answers() -> None:
    """Each once, in the order sent; foreign ones are refused."""
    asked = ["eligibility.view", "claims.status.view", "eligibility.view"]
    assert read({**GOOD, "functions": asked})[0]["functions"] == asked[:2]
    assert read({**GOOD, "functions": ["payment.manage"]})[1] == {"functions": "Choose at least one function"}


def test_names_nobody_declared_are_left_out() -> None:
    """The token and whatever an extension adds never reach a use case."""
    assert "csrf_token" not in read({**GOOD, "csrf_token": "x", "is_admin": "1"})[0]


def test_messages_are_in_the_reader_s_language() -> None:
    """The sentence is the key, with or without numbers in it."""
    _, errors = read({**GOOD, "tin": "", "note": "x" * 41}, "es")
    assert errors == {"tin": "Escriba el TIN", "note": "Use 40 caracteres o menos"}


def test_a_rule_over_the_whole_form_has_no_field() -> None:
    """It stands in the summary without a link."""
    assert read({**GOOD, "note": "everything"})[1] == {"": "Ask for less"}
