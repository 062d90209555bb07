"""What is written to people about a recovery: plain words, no secret that is not theirs, whom to call."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import identity
from identity.recovery import letters
from identity.recovery.flow import Starter
from shared.i18n import Translations, translations

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LINK = "https://id.example/recover/link?token=abc"
CATALOGUE = Path(str(identity.__file__)).parent / "locale"


def words(language: str) -> Translations:
    """The sentences of identity in a language."""
    return translations(language, CATALOGUE)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("starter", [Starter.MANAGER, Starter.DESK])
def test_a_start_by_somebody_else_is_told_with_who_when_and_whom_to_call(language: str, starter: Starter) -> None:
    """A role, never a name; nothing has changed yet; no link in it, since it goes to every address."""
    subject, text = letters.started(starter, NOW)(words(language), "Pat Partner")
    assert subject and text.startswith("Pat Partner")
    assert "10:00" in text and "http" not in text
    assert ("support desk at once" if language == "en" else "de inmediato a la mesa de ayuda") in text
    assert ("Nothing has changed yet" if language == "en" else "Todavía no ha cambiado nada") in text


def test_manager_and_desk_are_told_apart() -> None:
    """Whoever reads it knows whom to ask."""
    told = {
        starter: letters.started(starter, NOW)(words("en"), "Pat")[1] for starter in (Starter.MANAGER, Starter.DESK)
    }
    assert "an access manager of your organization" in told[Starter.MANAGER]
    assert "the support desk began" in told[Starter.DESK]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_replaced_password_is_told_with_what_else_happened(language: str) -> None:
    """Signed out everywhere, no device remembered; if it was not you, call (SP 800-63B-4 §4.6)."""
    subject, text = letters.password_replaced(NOW)(words(language), "Pat Partner")
    assert subject in ("Your password was replaced", "Su contraseña se reemplazó")
    assert text.count("\n\n") == 2 and "10:00" in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_letter_with_the_link_says_how_long_and_how_often_it_works(language: str) -> None:
    """Once, for half an hour; the address stands alone in its line, so that mail programs make it a link."""
    subject, text = letters.link(language, "Pat Partner", LINK)
    assert subject and LINK in text.splitlines() and "30 minut" in text


def test_the_subject_never_holds_a_secret() -> None:
    """Subjects show on locked screens."""
    assert LINK not in letters.link("en", "Pat", LINK)[0]
    assert "PatPartner" not in letters.user_ids("en", "Pat", ["PatPartner"])[0]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["PatPartner"], "the user ID that belongs to this address is:\n\nPatPartner\n"),
        (["PatPartner", "pat.two"], "the user IDs that belong to this address are:\n\nPatPartner\npat.two\n"),
    ],
)
def test_a_reminder_speaks_of_one_or_of_several(names: list[str], sentence: str) -> None:
    """One name or a list, each in its own line, with the hint about capital letters."""
    _subject, text = letters.user_ids("en", "Pat Partner", names)
    assert sentence in text and "Capital and small letters matter" in text
