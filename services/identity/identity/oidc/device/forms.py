"""What people type and answer on the pages of devices."""

from marshmallow import ValidationError

from identity.oidc.device import codes
from shared.i18n import say
from shared.web.forms import Choice, PageForm, Text

ALLOW, DENY = "allow", "deny"


class UserCode(Text):
    """The code of a device, in any case and with any separators; gives its bare letters."""

    def read(self, text: str) -> str:
        """The bare letters."""
        code = codes.read(text)
        if code is None:
            raise ValidationError(say("Enter the 8 letters that the device shows, such as WDJB-MJHT"))
        return code


class CodeForm(PageForm):
    """Which device somebody holds."""

    user_code = UserCode(empty=say("Enter the code that the device shows"))


class AnswerForm(PageForm):
    """Whether the device may use the account."""

    answer = Choice((ALLOW, DENY), empty=say("Say whether the device may use your account"))
