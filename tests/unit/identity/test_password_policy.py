"""Which passwords may be chosen: length and guessability, never composition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.passwords.blocklist import read_blocklist
from identity.passwords.policy import ALONE, LONGEST, WITH_SECOND_FACTOR, Fault, fault, normalized, shortest

BLOCKED = read_blocklist()


@pytest.mark.parametrize(
    ("password", "alone", "why"),
    [
        ("", True, Fault.EMPTY),
        ("seal dawn four", True, Fault.TOO_SHORT),  # 14
        ("seal dawn fours", True, None),  # 15
        ("oysters", False, Fault.TOO_SHORT),
        ("oysters9", False, None),
        ("a very long line " * 15, True, None),  # 255
        ("x" * (LONGEST + 1), True, Fault.TOO_LONG),
        ("пароль из нескольких слов", True, None),
        ("🦭🌅🪁🌊🧭🦭🌅🪁🌊🧭🐚🌅🪁🌊🧭", True, None),  # 15 code points
        ("correct horse battery staple", True, Fault.COMMON),
        ("Password12345678", True, Fault.COMMON),
        ("!!password!!1234", True, Fault.COMMON),
        ("monkeymonkeymonkey", True, Fault.COMMON),
        ("welcome1", False, Fault.COMMON),
        ("aaaaaaaaaaaaaaaa", True, Fault.PATTERN),
        ("xyzxyzxyzxyzxyz", True, Fault.PATTERN),
        ("abcdefghijklmnopq", True, Fault.PATTERN),
        ("zyxwvutsrqponmlk", True, Fault.PATTERN),
        ("987654321098765", True, Fault.PATTERN),
    ],
)
def test_length_and_guessability_decide(password: str, alone: bool, why: Fault | None) -> None:
    """SP 800-63B-4 §3.1.1.2: 15 alone, 8 with a second factor, code points counted, blocklist with the reason."""
    assert fault(password, least=shortest(alone=alone), blocked=BLOCKED) is why


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Cora Coordinator!", Fault.OWN_WORDS),
        ("coordinator.cora.2026", Fault.OWN_WORDS),
        ("lakeside-lakeside-1", Fault.OWN_WORDS),
        ("cora counts nine harbors", None),
    ],
)
def test_a_password_of_nothing_but_own_words_is_refused(password: str, why: Fault | None) -> None:
    """Name, user ID, address and brand, however joined; a sentence that holds one of them is fine."""
    own = ("cora.c", "Cora Coordinator", "cora@lakeside.example", "Lakeside")
    assert fault(password, least=ALONE, blocked=BLOCKED, own_words=own) is why


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=ALONE, max_size=80))
def test_nothing_is_refused_for_its_kinds_of_characters(password: str) -> None:
    """No composition rules: whatever is long enough is only ever common, own or a pattern."""
    assert fault(password, least=ALONE, blocked=BLOCKED) in {None, Fault.COMMON, Fault.PATTERN, Fault.TOO_SHORT}


def test_the_two_ways_of_typing_an_accent_are_one_password() -> None:
    """NFC, so that every keyboard types the same one; nothing else is folded."""
    assert normalized("re\u0301sume\u0301") == "résumé"
    assert normalized("ＰＡＳＳ word ") == "ＰＡＳＳ word "


def test_the_built_in_list_has_both_minimums_in_view() -> None:
    """A few hundred entries, folded, some long enough to matter for each minimum."""
    assert len(BLOCKED) > 500 and all(word == word.casefold() for word in BLOCKED)
    assert sum(len(word) >= ALONE for word in BLOCKED) > 80
    assert sum(len(word) >= WITH_SECOND_FACTOR for word in BLOCKED) > 250
