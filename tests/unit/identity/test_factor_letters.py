"""Letters about second factors and the messages that carry codes: in both languages, complete, and without secrets."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import identity.codes.letters as code_letters
from identity.mfa import letters
from shared.contracts.identity import CredentialChanged
from shared.i18n import Translations, translations

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
UNTIL = AT + timedelta(hours=24)
CATALOGUE = Path(letters.__file__).parent.parent / "locale"
LETTERS: dict[str, Callable[[Translations], tuple[str, str]]] = {
    **{f"added {kind}": lambda words, kind=kind: letters.added(words, "Ana", kind, AT) for kind in letters.NAMES},  # type: ignore[misc]
    **{f"removed {kind}": lambda words, kind=kind: letters.removed(words, "Ana", kind, AT) for kind in letters.NAMES},  # type: ignore[misc]
    "renewed": lambda words: letters.codes_renewed(words, "Ana", AT),
    "used": lambda words: letters.code_used(words, "Ana", 9, AT),
    "all removed": lambda words: letters.all_removed(words, "Ana", UNTIL, AT),
    "all removed, nothing held": lambda words: letters.all_removed(words, "Ana", None, AT),
    "disabled": lambda words: letters.disabled(words, "Ana", AT),
}
BOTH = ("en", "es")


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_greets_says_when_and_what_to_do(name: str) -> None:
    """ASVS 6.3.7, SP 800-63B-4 §4.6: who is addressed, when it happened, whom to call if it was somebody else."""
    subject, text = LETTERS[name](translations("en", CATALOGUE))
    assert text.startswith("Ana,\n\n") and text.endswith(".\n")
    assert "10:00\u00a0a.m. Eastern" in text and "support desk" in text
    assert subject and "\n" not in subject and len(subject) < 80


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_speaks_spanish_to_who_reads_it(name: str) -> None:
    """Subject and text differ from the English ones, and name the person and the desk."""
    english, spanish = (LETTERS[name](translations(language, CATALOGUE)) for language in BOTH)
    assert spanish[0] != english[0] and spanish[1].startswith("Ana:\n\n")
    assert "mesa de ayuda" in spanish[1] and "your" not in spanish[1]


def test_every_kind_that_can_change_has_a_letter() -> None:
    """What the event can name, except the password, whose letters lie with passwords."""
    kinds = set(CredentialChanged().fields["kind"].validate.choices)  # type: ignore[union-attr]
    assert set(letters.NAMES) == kinds - {"password"}


def test_the_letter_about_a_recovery_says_until_when_the_new_way_is_held() -> None:
    """Capability B6: until then no approval and no change of contact points; without a hold, no such line."""
    words = translations("en", CATALOGUE)
    assert "Until Tuesday, November 24, 2026" in letters.all_removed(words, "Ana", UNTIL, AT)[1]
    assert "Until" not in letters.all_removed(words, "Ana", None, AT)[1]


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("purpose", code_letters.WHY)
def test_a_message_with_a_code_says_what_it_is_for(language: str, purpose: str) -> None:
    """Somebody who is asked for a code on the telephone can read that it is for something else than they are told."""
    words = translations(language, CATALOGUE)
    why = words.render(code_letters.WHY[purpose])
    subject, text = code_letters.mail(words, "Ana", purpose, "123456", 10)
    sms = code_letters.text_message(words, "Gatehouse", purpose, "123456", "id.payer.example")
    assert why in text and why in sms
    assert "123456" in text and "123456" not in subject, "subjects show on locked screens"
    assert (why == code_letters.WHY[purpose]) is (language == "en")


@pytest.mark.parametrize("language", BOTH)
def test_a_text_message_ends_as_telephones_expect(language: str) -> None:
    """Domain-bound codes: the last line is @host #code, alone after an empty line, in every language."""
    sms = code_letters.text_message(
        translations(language, CATALOGUE), "Gatehouse", "contact", "004711", "id.payer.example"
    )
    assert sms.splitlines()[-2:] == ["", "@id.payer.example #004711"]
    assert sms.startswith("Gatehouse: ")


def test_each_purpose_reads_differently() -> None:
    """Five purposes, five sentences."""
    assert len(set(code_letters.WHY.values())) == len(code_letters.WHY) == 5
