"""What staff type about an account."""

from identity.operators.people.acts import Act
from identity.operators.people.service import AIMS
from shared.i18n import say
from shared.web.forms import Choice, PageForm, Text

LONGEST_REASON = 200  # characters; the account's column and the audit hold as many
LONGEST_EVIDENCE = 1000

AIM_WORDS = {
    "password": say("Their password"),
    "factor": say("Their second step"),
    "both": say("Both"),
}


class FindForm(PageForm):
    """What a person said on the phone."""

    who = Text(empty=say("Enter a user ID, an e-mail address, a mobile number, a support code or an account id"))


class ActForm(PageForm):
    """Why."""

    reason = Text(empty=say("Write why"), longest=LONGEST_REASON)


class RecoverForm(PageForm):
    """What the desk has seen or heard, and what is lost."""

    aim = Choice(AIMS, empty=say("Choose what the person has lost"))
    reason = Text(empty=say("Write how the person proved who they are"), longest=LONGEST_EVIDENCE, multiline=True)


def form_of(act: Act) -> type[PageForm]:
    """Return the form of an act."""
    return RecoverForm if act is Act.RECOVER else ActForm
