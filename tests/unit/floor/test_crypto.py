"""Secrets at rest: opened only with a key of the box, found only with the key of the index."""

import pytest

from shared.crypto import BlindIndex, SecretBox, keyed_sha256, same, sha256

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
TIN = "123456789"


@pytest.mark.parametrize("text", ["", TIN, "Ánima 診療所", "x" * 10_000])
def test_what_goes_in_comes_out(text: str) -> None:
    """Any text, and never the same twice outside."""
    box = SecretBox([OLD])
    first, second = box.encrypt(text), box.encrypt(text)
    assert first != second
    assert box.decrypt(first) == box.decrypt(second) == text
    assert text == "" or text not in first


def test_keys_rotate_without_losing_anything() -> None:
    """The new key writes, both read; when the old one goes, what the new one wrote stays readable."""
    written_before = SecretBox([OLD]).encrypt(TIN)
    both = SecretBox([NEW, OLD])
    written_after = both.encrypt(TIN)
    assert both.decrypt(written_before) == both.decrypt(written_after) == TIN
    assert SecretBox([NEW]).decrypt(written_after) == TIN
    with pytest.raises(ValueError, match="no key"):
        SecretBox([NEW]).decrypt(written_before)


@pytest.mark.parametrize("token", ["", "x", "gAAAAA", TIN, "é"])
def test_what_is_not_ours_does_not_open(token: str) -> None:
    """A ValueError that repeats nothing."""
    with pytest.raises(ValueError, match="no key of this box opens the value"):
        SecretBox([OLD]).decrypt(token)


def test_a_changed_value_does_not_open() -> None:
    """Encryption also vouches: one letter changed is noticed."""
    token = SecretBox([OLD]).encrypt(TIN)
    for place in (10, len(token) // 2, len(token) - 5):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(ValueError, match="no key"):
            SecretBox([OLD]).decrypt(changed)


def test_a_box_needs_a_key() -> None:
    """None is a mistake, not a box without lock."""
    with pytest.raises(ValueError, match="at least one key"):
        SecretBox([])


def test_the_index_is_equal_for_equal_values_and_equal_keys_only() -> None:
    """Whoever has the table without the key can neither find a TIN nor try all of them."""
    index = BlindIndex(OLD)
    assert index.of(TIN) == BlindIndex(OLD).of(TIN)
    assert (
        len({index.of(TIN), index.of("987654321"), BlindIndex(NEW).of(TIN), sha256(TIN), keyed_sha256(OLD, TIN)}) == 5
    )
    assert len(index.of(TIN)) == 64


def test_hashes_of_secrets_depend_on_the_key() -> None:
    """A table of hashes is of no use elsewhere."""
    assert keyed_sha256(OLD, "token") == keyed_sha256(OLD, "token") != keyed_sha256(NEW, "token")


def test_secrets_are_compared_whole() -> None:
    """Equal or not, whatever letters a stranger sends."""
    assert same("ä" * 40, "ä" * 40)
    assert not same("a" * 40, "a" * 39)
    assert not same("a", "é")
