"""The forms of the desk's pages, with a sentence for each fault."""

from collections.abc import Sequence
from typing import cast

from marshmallow import ValidationError

from registration.desk.schemas import NOTE_LONGEST, REASON_LONGEST
from registration.vetting.cases import CallOutcome, Evidence, OrganizationKind
from shared.contracts.secrecy import looks_like_tin
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Text


class FreeText(Text):
    """Words of the agent: shown, sent and audited, so a TIN has no place in them."""

    def read(self, text: str) -> str:
        """The text, unless it has the form of a TIN."""
        if looks_like_tin(text):
            raise ValidationError(say("This looks like a TIN. Leave it out."))
        return text


class CallForm(PageForm):
    """A telephone call to the office."""

    outcome = Choice([str(each) for each in CallOutcome], empty=say("Choose how the call ended"))
    spoke_to = FreeText(longest=120)
    evidence = Choices([str(each) for each in Evidence])
    number_called = FreeText(longest=40)
    note = FreeText(longest=NOTE_LONGEST, multiline=True)


class SeatForm(PageForm):
    """The organization to seat the applicant in; `allowed` are the functions it may hold."""

    organization_name = FreeText(empty=say("Enter the name of the organization"))
    organization_kind = Choice([str(each) for each in OrganizationKind], empty=say("Choose what the organization is"))
    functions = Choices(empty=say("Choose at least one task"))

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__()
        cast("Choices", self.fields["functions"]).options = allowed


class RefusalForm(PageForm):
    """Why the application is refused."""

    reason = FreeText(
        longest=REASON_LONGEST,
        multiline=True,
        empty=say("Enter the reason. The applicant reads it, so say what they can do."),
    )
