"""Since when the person must have signed in: by `max_age`, or by `prompt`, or as noted when they were sent to sign in.

Coming back from sign-in, the request carries the instant it was first made (`gatehouse_since`) instead of `prompt` and
`max_age`: seconds spent on the sign-in page must not send the person round in a circle. Whoever edits that parameter
weakens only their own request, as leaving out `prompt` would; the client sees `auth_time` in any case.
"""

from datetime import UTC, datetime, timedelta

from identity.oidc.authorize.inquiry import SINCE, Inquiry
from identity.oidc.faults import MAX_AGE, Refused

_LONGEST = 3 * 10**9  # seconds; beyond it nothing changes, and dates end
_YEARS = 10**9  # no sign-in is older
_AGAIN = frozenset({"login", "select_account"})


def check(inquiry: Inquiry) -> None:
    """Prove `since`, and `again`: nothing done before this request counts."""
    age = _number(inquiry.asked.get("max_age"))
    inquiry.again = age == 0 or bool(inquiry.prompts & _AGAIN)
    ages = [0] if inquiry.again else [age] if age is not None else []
    instants = [inquiry.now - timedelta(seconds=min(one, _YEARS)) for one in ages]
    noted = _number(inquiry.asked.get(SINCE))
    if noted is not None:
        instants.append(datetime.fromtimestamp(min(noted, int(inquiry.now.timestamp())), UTC))
    inquiry.since = max(instants, default=None)


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Refused(MAX_AGE, text)
    return min(int(text), _LONGEST)
