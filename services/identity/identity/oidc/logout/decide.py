"""What a request to sign out may do. Pure (threats 17 and 18, ASVS 10.6.2).

Only an ID token of ours from the very session that this browser has proves that the app of this person asks. Without
one, or with another session's, the person is asked on our own page and stays here (RP-Initiated Logout 1.0 §2): no
forgotten ID token in somebody's log signs anybody out.
"""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What happens next."""

    ASK = "ask"  # our own page asks the person, and keeps the browser here
    OVER = "over"  # nobody is signed in here: our own page says so
    END = "end"  # end the session, stay here
    END_AND_RETURN = "end_and_return"
    HINT_REFUSED = "hint_refused"
    LANDING_REFUSED = "landing_refused"


@dataclass(frozen=True)
class Request:
    """What was received, already looked up.

    `hint_good` is None where there was no hint; `landing_good` None where no address was given. `signed_in`: whether
    this browser has a session; `its_session`: whether that is the one of the hint.
    """

    hint_good: bool | None
    landing_good: bool | None
    signed_in: bool
    its_session: bool


def decide(request: Request) -> Answer:
    """Return what the request may do."""
    if request.hint_good is False:
        return Answer.HINT_REFUSED
    if request.hint_good is None and not request.signed_in:
        return Answer.OVER
    if request.hint_good is None or (request.signed_in and not request.its_session):
        return Answer.ASK
    if request.landing_good is False:
        return Answer.LANDING_REFUSED
    return Answer.END_AND_RETURN if request.landing_good else Answer.END
