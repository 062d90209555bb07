"""What the two forms of a request take, and the words of somebody's own that every form of this service takes."""

from marshmallow import ValidationError, validates_schema

from access_manager.approvals.flow import DENIAL_REASONS, holds_a_tin
from access_manager.functions.catalogue import BY_ID
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Text, Values


class OwnWords(Text):
    """What somebody says in their own words and others read: without a number that looks like a TIN."""

    def __init__(self, *, empty: str = "") -> None:
        super().__init__(empty=empty, longest=500, multiline=True)

    def read(self, text: str) -> str:
        """The words as they are."""
        if holds_a_tin(text):
            raise ValidationError(say("Leave out the number that looks like a TIN"))
        return text


class ApproveForm(PageForm):
    """What the person may do."""

    functions = Choices(options=tuple(BY_ID), empty=say("Choose at least one task, or deny the request"))


class DenyForm(PageForm):
    """Why not. Another reason needs words."""

    reason = Choice(options=tuple(DENIAL_REASONS), empty=say("Choose a reason"))
    note = OwnWords()

    @validates_schema
    def _another_reason_needs_words(self, data: Values, **_options: object) -> None:
        insist_words(data, "note")


def insist_words(data: Values, words: str) -> None:
    """Raise `ValidationError` where another reason is chosen and the field `words` does not say which."""
    if data.get("reason") == "other" and not data.get(words):
        raise ValidationError(say("Say what the reason is"), words)
