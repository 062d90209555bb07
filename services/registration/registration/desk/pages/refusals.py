"""The common causes of a refusal, each with what the applicant reads: what happened and what they can do. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from shared.i18n import Message, Translations, say


class Cause(StrEnum):
    """Why the desk refuses."""

    NOT_KNOWN = "not_known"
    NOT_AGREED = "not_agreed"
    UNREACHABLE = "unreachable"
    HAS_MANAGER = "has_manager"
    OTHER = "other"


SENTENCES: Mapping[Cause, Message] = {
    Cause.NOT_KNOWN: say("The office of the organization told us that you do not work there."),
    Cause.NOT_AGREED: say("The office of the organization did not agree that you manage its access."),
    Cause.UNREACHABLE: say("We could not reach the office of the organization. Ask it to call us, and apply again."),
    Cause.HAS_MANAGER: say("This organization has an access manager now. Apply again: that person then decides."),
}


def reason(cause: Cause, own_words: str, reader: Translations) -> str:
    """What the applicant reads, in their language as far as it is ours; "" where nothing was said."""
    sentence = reader.render(SENTENCES[cause]) if cause in SENTENCES else ""
    return " ".join(part for part in (sentence, own_words) if part)
