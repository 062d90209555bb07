"""What a request to sign out may do. Pure (threats 17 and 18).

Only an ID token of ours proves that an app of this person asks; without one, or with somebody else's, the person is
asked on our own page and stays here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What happens next."""

    ASK = "ask"  # our own page asks the person, and keeps the browser here
    END = "end"  # end the session, stay here
    END_AND_RETURN = "end_and_return"
    HINT_REFUSED = "hint_refused"
    LANDING_REFUSED = "landing_refused"


@dataclass(frozen=True)
class Request:
    """What was received, already looked up.

    `hint_good` is None where there was no hint; `landing_good` None where no address was given. `same_person` is True
    where nobody, or the person of the hint, is signed in on this browser.
    """

    hint_good: bool | None
    landing_good: bool | None
    same_person: bool


def decide(request: Request) -> Answer:
    """Return what the request may do."""
    if request.hint_good is False:
        return Answer.HINT_REFUSED
    if request.hint_good is None or not request.same_person:
        return Answer.ASK
    if request.landing_good is False:
        return Answer.LANDING_REFUSED
    return Answer.END_AND_RETURN if request.landing_good else Answer.END
