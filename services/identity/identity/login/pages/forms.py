"""What the forms of sign-in take."""

from identity.accounts.canonical import LONGEST
from shared.i18n import say
from shared.web.forms import Choice, PageForm, Secret, Text


class PasswordForm(PageForm):
    """User ID and password."""

    user_id = Text(empty=say("Enter your user ID"), longest=4 * LONGEST)
    password = Secret(empty=say("Enter your password"))


class ContactForm(PageForm):
    """Where to send the next code; nothing means the same address as before."""

    contact_id = Text(longest=40)


class OrganizationForm(PageForm):
    """The organization to work for."""

    organization_id = Choice(empty=say("Choose the organization you are working for now"))


class RecoveryCodeForm(PageForm):
    """One of the saved codes; which forms of it are read is decided where it is checked."""

    recovery_code = Text(empty=say("Enter one of your recovery codes"), longest=100)


class WayForm(PageForm):
    """The id of the method to prove oneself with."""

    by = Choice(empty=say("Choose how to show that it is you"))


class NudgeForm(PageForm):
    """What to do about a second way."""

    act = Choice(("codes", "more", "skip"))
