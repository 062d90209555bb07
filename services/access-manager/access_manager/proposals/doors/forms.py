"""What the forms about managers and proposals take."""

from marshmallow import ValidationError, validates_schema

from access_manager.functions.catalogue import FUNCTIONS
from access_manager.proposals.flow import DECLINE_REASONS
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Values

ANSWERS = ("accept", "approve", "decline", "withdraw")


class SeatForm(PageForm):
    """Which way the seat changes; the page says which, so that a page grown old does not do the opposite."""

    act = Choice(options=("promote", "demote", "hand_over"))


class PolicyForm(PageForm):
    """Whether sensitive functions take two managers."""

    wanted = Choice(options=("on", "off"))


class FunctionsForm(PageForm):
    """The sensitive functions that are proposed."""

    functions = Choices(
        options=tuple(each.id for each in FUNCTIONS if each.sensitive), empty=say("Choose at least one task")
    )


class AnswerForm(PageForm):
    """One of the answers; a no needs a reason."""

    act = Choice(options=ANSWERS)
    reason = Choice(options=tuple(DECLINE_REASONS))

    @validates_schema
    def _a_no_needs_a_reason(self, data: Values, **_options: object) -> None:
        if data.get("act") == "decline" and not data.get("reason"):
            raise ValidationError(say("Choose a reason"), "reason")
