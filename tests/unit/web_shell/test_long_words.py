"""Long addresses break after their signs; everything else stays as it was."""

from markupsafe import Markup

from shared.web.shell.install import breakable


def test_an_address_may_break_after_its_signs() -> None:
    """A narrow screen shows "alice.moreno@" and "northfield.example", not two halves of a word."""
    assert breakable("alice.moreno@northfield.example") == "alice.<wbr>moreno@<wbr>northfield.<wbr>example"


def test_what_somebody_typed_stays_text() -> None:
    """Only the break is markup."""
    assert breakable("<b>evil@example.com") == "&lt;b&gt;evil@<wbr>example.<wbr>com"


def test_sentences_markup_and_numbers_are_left_alone() -> None:
    """Short words, sentences, finished markup and what is no text at all."""
    for value in (
        "a.b@c.de",
        "See what happens next. Then sign in.",
        Markup("<a>long.address@example.com</a>"),
        15,
        None,
    ):
        assert breakable(value) is value
