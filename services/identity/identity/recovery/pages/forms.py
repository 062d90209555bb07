"""What the forms of recovery take."""

from marshmallow import ValidationError

from identity.accounts.canonical import LONGEST
from identity.contacts import addresses
from identity.contacts.addresses import Fault
from identity.mfa.picker import APP, RECOVERY_CODES
from shared.i18n import say
from shared.web.forms import Choice, PageForm, Secret, Text


class Address(Text):
    """An e-mail address or a mobile number, as people type it."""

    def read(self, text: str) -> str:
        """The text itself, if something can be sent to such an address."""
        if isinstance(addresses.read(addresses.kind_of(text), text), Fault):
            raise ValidationError(
                say("Enter an e-mail address like name@example.com, or a mobile number with its area code")
            )
        return text


class UserIdForm(PageForm):
    """Where the user ID should be sent."""

    address = Address(empty=say("Enter the e-mail address or mobile number of your account"), longest=254)


class PasswordForm(PageForm):
    """Whose password it is, and where the code should be sent."""

    user_id = Text(empty=say("Enter your user ID"), longest=4 * LONGEST)
    address = Address(empty=say("Enter the e-mail address or mobile number of your account"), longest=254)


class FactorForm(PageForm):
    """User ID and password of somebody who lost the other factor."""

    user_id = Text(empty=say("Enter your user ID"), longest=4 * LONGEST)
    password = Secret(empty=say("Enter your password"))


class ContactForm(PageForm):
    """The address to which another code should go."""

    contact = Choice(empty=say("Choose where to send a code"))


class ProofForm(PageForm):
    """A code of an app, or a recovery code."""

    kind = Choice((APP, RECOVERY_CODES))
    typed = Text(empty=say("Enter the code"), longest=60)


class NewPasswordForm(PageForm):
    """The password the person chooses."""

    password = Secret(empty=say("Enter the password you want"))
