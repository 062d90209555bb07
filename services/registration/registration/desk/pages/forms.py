"""The forms of the desk's pages, with a sentence for each fault."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from registration.applications.answers import OrganizationKind
from registration.contacts import addresses
from registration.contacts.addresses import AddressError
from registration.desk.pages.refusals import Cause
from registration.desk.schemas import NOTE_LONGEST, OWN_WORDS_LONGEST, REASON_LONGEST
from registration.directory.numbers import mentions_tin
from registration.vetting.cases import CallOutcome, Evidence
from registration.vetting.service import Fact
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Text

_EASTERN = ZoneInfo("America/New_York")
_SOUNDS_LIKE = str.maketrans("OIL", "011")  # letters that no number of ours has (Crockford's base 32)


class FreeText(Text):
    """Words of the agent: shown, sent and audited, so a TIN has no place in them."""

    def read(self, text: str) -> str:
        """The text, unless there is a TIN in it."""
        if mentions_tin(text):
            raise ValidationError(say("This looks like a TIN. Leave it out."))
        return text


class ApplicationNumber(FreeText):
    """A number as somebody reads it out: in any case, with the hyphen anywhere, O for 0 and I or L for 1."""

    def read(self, text: str) -> str:
        """The number as it is kept, `8K2M-93QX`."""
        bare = re.sub(r"[\s-]", "", super().read(text))
        number = super().read(bare).upper().translate(_SOUNDS_LIKE)
        return f"{number[:4]}-{number[4:]}"


class EmailAddress(Text):
    """Where the new account's invitation goes."""

    def read(self, text: str) -> str:
        """The address, its domain in lower case."""
        try:
            return addresses.email(text)
        except AddressError:
            raise ValidationError(say("Enter an e-mail address like name@practice.com")) from None


class MobileNumber(Text):
    """Where codes for the new account go."""

    def read(self, text: str) -> str:
        """The number as E.164."""
        try:
            return addresses.mobile(text)
        except AddressError:
            raise ValidationError(say("Enter a mobile number with its area code, like 202 555 0143")) from None


class EasternTime(Text):
    """A moment as `datetime-local` sends it, or as somebody types it, in Eastern time."""

    def read(self, text: str) -> str:
        """The moment in UTC, RFC 3339."""
        try:
            typed = datetime.fromisoformat(text.replace(" ", "T", 1))
            local = typed if typed.tzinfo else typed.replace(tzinfo=_EASTERN)
            return local.astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            raise ValidationError(say("Enter date and time like 2026-11-24 10:00")) from None


class Tasks(Choices):
    """What a manager may do, of what the organization may hold; the page may have shown more for another kind."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[str]:
        if not set(value) <= set(self.options or ()):
            raise ValidationError(
                say("This organization may not hold all of these tasks. Those it may hold are shown.")
            )
        return super()._deserialize(value, attr, data, **kwargs)


class FindForm(PageForm):
    """Which application somebody on the telephone asks about."""

    number = ApplicationNumber(empty=say("Enter the application number"), longest=20)


class CallForm(PageForm):
    """A telephone call to the office."""

    outcome = Choice([str(each) for each in CallOutcome], empty=say("Choose how the call ended"))
    spoke_to = FreeText(longest=120)
    evidence = Choices([str(each) for each in Evidence])
    number_called = FreeText(longest=40)
    note = FreeText(longest=NOTE_LONGEST, multiline=True)


class NextCallForm(PageForm):
    """When the office is called again."""

    call_at = EasternTime(empty=say("Enter when the office is called again"))


class SeatForm(PageForm):
    """The organization to seat somebody in; `allowed` are the functions it may hold."""

    organization_name = FreeText(empty=say("Enter the name of the organization"))
    organization_kind = Choice([str(each) for each in OrganizationKind], empty=say("Choose what the organization is"))
    functions = Tasks(empty=say("Choose at least one task"))

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__()
        cast("Choices", self.fields["functions"]).options = allowed


class ProposalForm(SeatForm):
    """A seat that a colleague is asked to confirm, and why it is right all the same."""

    why = FreeText(
        longest=REASON_LONGEST,
        multiline=True,
        empty=say("Say why it is right. Your colleague decides by it."),
    )


class AnotherForm(SeatForm):
    """The person the office named, and the organization."""

    display_name = FreeText(longest=120, empty=say("Enter the name of the person the office named"))
    email = EmailAddress(longest=254, empty=say("Enter the e-mail address that the office gave"))
    mobile = MobileNumber(longest=40)
    why = FreeText(longest=REASON_LONGEST, multiline=True)


class RefusalForm(PageForm):
    """Why the application is refused: one of the common causes, the agent's own words, or both."""

    cause = Choice([str(each) for each in Cause])
    reason = FreeText(longest=OWN_WORDS_LONGEST, multiline=True)


class RevealForm(PageForm):
    """Which masked contact to show."""

    field = Choice([str(each) for each in Fact], empty=say("Choose what to show"))


class ProposalReadForm(PageForm):
    """The proposal that the page showed: a newer one is not decided unseen."""

    proposal = Text(empty=say("Read the proposal again before you agree"))


class RejectionForm(ProposalReadForm):
    """Why a colleague does not confirm a proposal."""

    no_because = FreeText(
        longest=REASON_LONGEST, multiline=True, empty=say("Say why not, so that your colleague knows what to do next.")
    )
