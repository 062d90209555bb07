"""What the forms of sign-in take."""

from identity.accounts.canonical import LONGEST
from shared.i18n import say
from shared.web.forms import Choice, Digits, PageForm, Secret, Text


class PasswordForm(PageForm):
    """User ID and password."""

    user_id = Text(empty=say("Enter your user ID"), longest=4 * LONGEST)
    password = Secret(empty=say("Enter your password"))


class CodeForm(PageForm):
    """The code that the app shows."""

    code = Digits(
        empty=say("Enter the code that your app shows"),
        wrong=say("The code has 6 digits. Enter all of them"),
        count=6,
    )


class OrganizationForm(PageForm):
    """The organization to work for."""

    organization_id = Choice(empty=say("Choose the organization you are working for now"))
