"""What the forms of emergency access take."""

from marshmallow import ValidationError, fields

from access_manager.approvals.doors.forms import OwnWords
from access_manager.emergencies.doors.schemas import FINDINGS
from access_manager.emergencies.rules import LONGEST_MINUTES, SHORTEST_MINUTES
from access_manager.functions.catalogue import BY_ID
from shared.i18n import say
from shared.web.forms import Choice, Choices, Digits, PageForm

_SHORTEST_REASON = 10
_WRONG_MINUTES = say(
    "Enter a number of minutes from %(least)s to %(most)s", least=SHORTEST_MINUTES, most=LONGEST_MINUTES
)


class Minutes(Digits):
    """A number of minutes within what is allowed."""

    def __init__(self) -> None:
        super().__init__(empty=_WRONG_MINUTES, wrong=_WRONG_MINUTES)

    def read(self, text: str) -> str:
        """The digits, checked."""
        digits = super().read(text)
        if len(digits) > 3 or not SHORTEST_MINUTES <= int(digits) <= LONGEST_MINUTES:
            raise ValidationError(_WRONG_MINUTES)
        return digits


class Why(OwnWords):
    """A reason that says something."""

    def read(self, text: str) -> str:
        """The words as they are."""
        if len(text) < _SHORTEST_REASON:
            raise ValidationError(say("Say a little more: at least %(n)s characters", n=_SHORTEST_REASON))
        return super().read(text)


class PolicyForm(PageForm):
    """What members may take up, and for how long; `version` is what the manager looked at."""

    functions = Choices(options=tuple(BY_ID))
    minutes = Minutes()
    version = fields.Integer(load_default=None)


class BeginForm(PageForm):
    """What cannot wait, and why."""

    functions = Choices(options=tuple(BY_ID), empty=say("Choose at least one task"))
    reason = Why(empty=say("Say why it cannot wait"))


class ReviewForm(PageForm):
    """What a manager found."""

    finding = Choice(options=tuple(FINDINGS), empty=say("Choose what you found"))
    note = OwnWords()
