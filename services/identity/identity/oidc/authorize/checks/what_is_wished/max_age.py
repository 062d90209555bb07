"""Since when the person must have signed in: by `max_age`, or by `prompt`.

Both count from the instant at which the browser first came with the request: seconds spent on the sign-in page must not
send the person round in a circle. For a pushed request we noted that instant. Any other carries it along
(`gatehouse_since`): whoever edits that weakens only their own request, as leaving out `prompt` would; the client sees
`auth_time` in any case.
"""

from datetime import UTC, datetime, timedelta

from identity.oidc.authorize.inquiry import SINCE, Inquiry
from identity.oidc.faults.asking import MAX_AGE
from identity.oidc.faults.fault import Refused

_LONGEST = 3 * 10**9  # seconds; beyond it nothing changes, and dates end
_YEARS = 10**9  # no sign-in is older
_AGAIN = frozenset({"login", "select_account"})


def check(inquiry: Inquiry) -> None:
    """Prove `arrived_at` and `since`."""
    age = _number(inquiry.asked.get("max_age"))
    inquiry.arrived_at = inquiry.pushed.arrived_at if inquiry.pushed else _noted(inquiry)
    if inquiry.prompts & _AGAIN:
        age = 0
    if age is not None:
        inquiry.since = (inquiry.arrived_at or inquiry.now) - timedelta(seconds=min(age, _YEARS))


def _noted(inquiry: Inquiry) -> datetime | None:
    seconds = _number(inquiry.asked.get(SINCE))
    return None if seconds is None else datetime.fromtimestamp(min(seconds, int(inquiry.now.timestamp())), UTC)


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Refused(MAX_AGE, text)
    return min(int(text), _LONGEST)
