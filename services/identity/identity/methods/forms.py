"""What the forms of sign-in methods take."""

from identity.codes.schemas import CodeForm
from shared.i18n import say
from shared.web.forms import PageForm, Text

LONGEST_NAME = 60


class AppForm(CodeForm):
    """The first code of an app, and what it is called."""

    name = Text(longest=LONGEST_NAME)


class NameForm(PageForm):
    """What an app is called."""

    name = Text(empty=say("Enter a name for this app"), longest=LONGEST_NAME)
