"""What the form of one invitation takes."""

from typing import Any

from marshmallow import ValidationError

from access_manager.console.forms import Day
from access_manager.functions.catalogue import BY_ID
from access_manager.invitations.states import address_of
from access_manager.rules.lines import LINES
from shared.i18n import say
from shared.web.forms import Choices, PageForm, Text

WRONG_ADDRESS = say("Enter an e-mail address with a name, the sign @ and a domain, for example ann@office.example")


class Address(Text):
    """An e-mail address, composed as it is stored."""

    def read(self, text: str) -> str:
        """The address."""
        found = address_of(text)
        if found is None:
            raise ValidationError(WRONG_ADDRESS)
        return found


class InviteForm(PageForm):
    """Who, and what they may do."""

    display_name = Text(empty=say("Enter the person’s name"))
    email = Address(empty=say("Enter the person’s e-mail address"), longest=254)
    functions = Choices(options=tuple(BY_ID), empty=say("Choose at least one task"))
    ends_on = Day()
    lines = Choices(options=tuple(LINES))


def typed(values: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed, or the blank form."""
    return {"display_name": "", "email": "", "functions": [], "ends_on": None, "lines": [], **values}
