"""What the letter says, in the language of the application: one text for paper, API and command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from registration.words import words_of
from shared.web.shell.moments import date_of


@dataclass(frozen=True)
class LetterFacts:
    """What a letter tells of: the office, the applicant, the key as it is printed and its last day."""

    organization: str
    address: Sequence[str]
    applicant: str
    number: str
    key: str
    printed_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class LetterText:
    """A letter, ready to print."""

    language: str
    address: Sequence[str]
    day: str
    subject: str
    opening: Sequence[str]
    key: str
    closing: Sequence[str]

    def plain(self) -> str:
        """The letter as lines of text."""
        parts = ["\n".join(self.address), self.day, self.subject, *self.opening, f"    {self.key}", *self.closing]
        return "\n\n".join(parts)


def written(facts: LetterFacts, *, language: str, brand: str, address: str, phone: str) -> LetterText:
    """The letter to an office. `address` is the suite's public one, `phone` the support desk's."""
    t = words_of(language)
    opening = [
        t.gettext(
            "%(applicant)s asks for access to %(brand)s in the name of %(organization)s (application %(number)s) and "
            "would be the first to manage access there.",
            applicant=facts.applicant,
            brand=brand,
            organization=facts.organization,
            number=facts.number,
        ),
        t.gettext("If you know this person and agree, give them this key:"),
    ]
    closing = [
        t.gettext(
            "They sign in at %(address)s, choose “Prove the organization” and enter it there. It works once, until "
            "%(day)s.",
            address=address,
            day=date_of(facts.expires_at, language),
        ),
        t.gettext(
            "If you do not know this person, or do not agree, keep the key to yourself and call our support desk at "
            "%(phone)s. We never ask for the key by phone or e-mail.",
            phone=phone,
        ),
    ]
    return LetterText(
        language,
        [facts.organization, *facts.address],
        date_of(facts.printed_at, language),
        t.gettext("To the owner or office manager: a key for access to %(brand)s", brand=brand),
        opening,
        facts.key,
        closing,
    )
