"""Which user IDs may be chosen, and which of them a person could take for each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.accounts.canonical import Fault, canonical, fault, written

ALLOWED = st.text(st.sampled_from("abcdefgIJKLMNOP0123456789._-@+éÖßı"), min_size=4, max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("JSmith", "jsmith"),
        ("jsmith", " jsmith "),
        ("josé.r", "jose\u0301.r"),
        ("josé.r", "jose.r"),
        ("\uff4asmith", "jsmith"),  # full-width j (NFKC)
        ("\u212aaren", "karen"),  # Kelvin sign
        ("strasse", "straße"),
        ("mira.1", "mıra.l"),  # dotless i, digit one for l
        ("lan.l0", "IAN.1o"),
        ("barney", "bamey"),
        ("vvest", "west"),
        ("søren", "soren"),
    ],
)
def test_names_that_look_alike_are_one_name(one: str, other: str) -> None:
    """Case, width, accents and look-alikes make no new name (threat 50)."""
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("one", "other"), [("jsmith", "jsmyth"), ("a.smith", "asmith"), ("pat-1", "pat-2")])
def test_names_that_differ_to_the_eye_stay_different(one: str, other: str) -> None:
    """Signs, other letters and other digits count."""
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", Fault.EMPTY),
        ("   ", Fault.EMPTY),
        ("abc", Fault.TOO_SHORT),
        ("a" * 65, Fault.TOO_LONG),
        ("two words", Fault.CHARACTERS),
        ("jsm\u200bith", Fault.CHARACTERS),  # zero width
        ("\u202ehtimsj", Fault.CHARACTERS),  # right-to-left override
        ("jsmith\u0301\u0301\u0301", Fault.CHARACTERS),
        ("jѕmith", Fault.CHARACTERS),  # Cyrillic letter in a Latin name
        ("аррlе", Fault.CHARACTERS),  # Cyrillic a, er, er
        ("ηοnα", Fault.CHARACTERS),  # Greek
        ("ᴊsmith", Fault.CHARACTERS),  # small capital
        ("<b>bob</b>", Fault.CHARACTERS),
        ("12345", Fault.NO_LETTER),
        ("jsmith", None),
        ("J.Smith-2", None),
        ("josé@clinic", None),
        ("straße", None),
    ],
)
def test_only_names_that_can_be_read_out_are_taken(name: str, why: Fault | None) -> None:
    """Latin letters, digits and a few signs; nothing invisible, nothing from a look-alike alphabet."""
    assert fault(name) is why


@given(ALLOWED)
def test_every_allowed_name_has_a_plain_canonical_form(name: str) -> None:
    """ASCII, stable, and the same for every way of writing the case."""
    if fault(name) is None:
        form = canonical(name)
        assert form.isascii() and canonical(form) == form
        assert canonical(name.upper()) == canonical(name.lower()) == form
        assert len(form) <= 200


@given(st.text(max_size=300))
def test_no_text_breaks_the_rules(text: str) -> None:
    """Whatever is typed has an answer."""
    canonical(text)
    assert written(written(text)) == written(text)
    assert fault(text) in {None, *Fault}
