"""What the console's forms about partners take."""

from marshmallow import fields

from access_manager.console.forms import Day
from access_manager.functions.catalogue import BY_ID
from access_manager.third_parties.models import Side
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Text

_TASKS = say("Choose at least one task")


class CodeForm(PageForm):
    """The code that a manager of the other organization read out."""

    code = Text(empty=say("Enter the connection code"), longest=40)


class ProposalForm(CodeForm):
    """What is proposed."""

    side = Choice(options=tuple(each.value for each in Side), empty=say("Choose who works for whom"))
    functions = Choices(options=tuple(BY_ID), empty=_TASKS)
    ends_on = Day()


class TasksForm(PageForm):
    """Some tasks and a last day: what is left of a connection, or what one person gets."""

    functions = Choices(options=tuple(BY_ID), empty=_TASKS)
    ends_on = Day()
    version = fields.Integer(load_default=None)
