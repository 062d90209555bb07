"""What a refused applicant reads, in their language as far as it is not somebody's own words. Pure."""

from registration.applications.models import Application
from registration.submission.routing import Refusal
from shared.i18n import Message, Translations, say

BY_RULE: dict[str, Message] = {
    Refusal.NO_CLAIM: say(
        "The organization has no contract with the payer and has not submitted a claim yet. "
        "Apply again after its first claim has been submitted."
    )
}
# What managers choose from. Access-manager sends the sentence, with their own words after it.
_BY_MANAGERS = (
    say("Nobody of this name works here"),
    say("This person no longer works here"),
    say("This person’s work does not need access"),
    say("This person has access under another user ID"),
)
_OTHER = "Another reason"


def told(application: Application, words: Translations) -> str:
    """The reason of a denial in the reader's language; empty where none was written down."""
    if application.reason_code in BY_RULE:
        return words.render(BY_RULE[application.reason_code])
    reason = application.reason or ""
    for sentence in (*_BY_MANAGERS, _OTHER):
        rest = reason.removeprefix(str(sentence))
        if rest != reason and rest[:2] in ("", ". "):
            chosen = "" if sentence == _OTHER else words.render(sentence)
            return ". ".join(filter(None, (chosen, rest[2:])))
    return reason
