"""What the forms of contact points take, and the sentences for what is wrong."""

from collections.abc import Mapping

from marshmallow import ValidationError

from identity.contacts import addresses
from identity.contacts.addresses import EMAIL, SMS, Fault
from identity.contacts.rules import Kept
from shared.i18n import say
from shared.web.forms import Choice, PageForm, Text

_NO_EMAIL = say("Enter an e-mail address in the form name@practice.example")
_NO_MOBILE = say("Enter a mobile number with its area code, such as 202 555 0142")
SENTENCES: Mapping[tuple[str, Fault], str] = {
    (EMAIL, Fault.EMPTY): say("Enter an e-mail address"),
    (EMAIL, Fault.TOO_LONG): say("Use %(longest)s characters or fewer", longest=addresses.LONGEST),
    (EMAIL, Fault.FORMAT): _NO_EMAIL,
    (SMS, Fault.EMPTY): say("Enter a mobile number"),
    (SMS, Fault.TOO_LONG): _NO_MOBILE,
    (SMS, Fault.FORMAT): _NO_MOBILE,
    (SMS, Fault.NOT_MOBILE): say("This number cannot receive text messages. Enter a mobile number"),
}
BOUND = say("Codes for signing in go there. Remove them from your sign-in methods first.")
STAYS: Mapping[Kept | None, str] = {
    Kept.MAIN: say("This is your main e-mail address. Make another one the main one first, then remove this."),
    Kept.LAST_TRUSTED: say(
        "This is the only address that can help you to recover your account. Wait until another one can, or confirm "
        "it, then remove this."
    ),
}


class Address(Text):
    """An e-mail address or a mobile number, as it is stored."""

    def __init__(self, kind: str) -> None:
        super().__init__(empty=SENTENCES[kind, Fault.EMPTY], longest=1000)
        self.kind = kind

    def read(self, text: str) -> str:
        """The address; a fault has a sentence of its own."""
        found = addresses.read(self.kind, text)
        if isinstance(found, Fault):
            raise ValidationError(SENTENCES[self.kind, found])
        return found


class EmailForm(PageForm):
    """An e-mail address to add."""

    address = Address(EMAIL)


class MobileForm(PageForm):
    """A mobile number to add."""

    address = Address(SMS)


class AnswerForm(PageForm):
    """What an older address says to a change."""

    answer = Choice(["yes", "no"], empty=say("Choose one of the answers"))
