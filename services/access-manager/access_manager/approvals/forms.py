"""What the two forms of a request take."""

from marshmallow import ValidationError, validates_schema

from access_manager.approvals.flow import DENIAL_REASONS, holds_a_tin
from access_manager.functions.catalogue import BY_ID
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Text, Values


class ApproveForm(PageForm):
    """What the person may do."""

    functions = Choices(options=tuple(BY_ID), empty=say("Choose at least one task, or deny the request"))


class DenyForm(PageForm):
    """Why not. Another reason needs words."""

    reason = Choice(options=tuple(DENIAL_REASONS), empty=say("Choose a reason"))
    note = Text(longest=500, multiline=True)

    @validates_schema
    def _another_reason_needs_words(self, data: Values, **_options: object) -> None:
        if data.get("reason") == "other" and not data.get("note"):
            raise ValidationError(say("Say what the reason is"), "note")
        if holds_a_tin(data.get("note", "")):
            raise ValidationError(say("Leave out the number that looks like a TIN"), "note")
