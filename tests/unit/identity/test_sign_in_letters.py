"""The letters about sign-ins, as texts: what they say, and in whose language (D2, experience §1)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from identity.risk import letters
from identity.risk.letters import HALF, IN, STOPPED, Told
from identity.risk.reasons import SENTENCES
from shared.i18n import Translations, translations

CATALOGUE = Path(letters.__file__).parent.parent / "locale"
AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LINK = "https://auth.example.com/recover/not-me?token=abc"
ENGLISH, SPANISH = translations("en", CATALOGUE), translations("es", CATALOGUE)


def told(became: object, *reasons: str, place: str | None = "Columbus, Ohio") -> Told:
    """One sign-in of a letter."""
    return Told(AT, "Chrome on Windows", place, "192.0.2.10", became, reasons)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("became", "subject"),
    [
        ([IN], "A new sign-in to your account"),
        ([HALF], "Somebody tried to sign in to your account"),
        ([STOPPED], "Somebody tried to sign in to your account"),
        ([HALF, IN], "A new sign-in to your account"),
    ],
)
def test_the_subject_says_whether_somebody_got_in(became: list[object], subject: str) -> None:
    """Two texts: the password passed and no more, or fully signed in; the graver one names the letter."""
    found, _text = letters.unknown_browser(ENGLISH, "Pat", [told(one) for one in became], LINK)
    assert found == subject


@pytest.mark.parametrize("words", [ENGLISH, SPANISH], ids=["en", "es"])
def test_a_letter_names_browser_place_time_reasons_and_link(words: Translations) -> None:
    """Everything that helps to know whether it was oneself; the time with its zone; the link on a line of its own."""
    _subject, text = letters.unknown_browser(words, "Pat", [told(IN, *SENTENCES)], LINK)
    assert LINK in text.splitlines()
    assert all(words.render(sentence) in text for sentence in SENTENCES.values())
    assert "192.0.2.10" in text
    assert "Columbus, Ohio" in text
    assert ("Eastern" if words is ENGLISH else "hora del Este") in text


def test_a_place_that_is_not_known_is_said_to_be_so() -> None:
    """Nothing is guessed."""
    _subject, text = letters.unknown_browser(ENGLISH, "Pat", [told(IN, place=None)], LINK)
    assert "Chrome on Windows, place not known, address 192.0.2.10" in text


def test_a_letter_asks_for_nothing() -> None:
    """No password, no code, no attachment: it says that we never ask for one."""
    _subject, text = letters.unknown_browser(ENGLISH, "Pat", [told(IN)], LINK)
    assert "We never ask for your password or for a code" in text


@pytest.mark.parametrize("words", [ENGLISH, SPANISH], ids=["en", "es"])
def test_the_second_letter_says_what_was_done_and_whom_to_call(words: Translations) -> None:
    """SP 800-63B-4 §4.6: with a way to object, for whoever did not press the button."""
    subject, text = letters.not_me_done(words, "Pat", "1-800-555-0100")
    assert subject
    assert "1-800-555-0100" in text
