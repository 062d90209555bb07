"""Which question comes next in `/register`. Pure: decided from what is already known, every time.

No page knows its successor, so the back button, a second tab and a resumed draft all land right.
"""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """The questions in their order; the value is the last part of the page's address."""

    WHO = "who"
    ORGANIZATION = "organization"
    CONTACT = "contact"
    EMAIL_CODE = "email-code"
    MOBILE_CODE = "mobile-code"
    ACCESS = "access"
    CHECK = "check"


CODES = frozenset({Step.EMAIL_CODE, Step.MOBILE_CODE})


@dataclass(frozen=True)
class Progress:
    """What a draft already answers."""

    who: bool = False
    organization: bool = False
    contact: bool = False
    email_proved: bool = False
    mobile_proved: bool = False
    access: bool = False

    def answered(self) -> dict[Step, bool]:
        """Step → is it answered; the check page never is, it is where one ends."""
        return {
            Step.WHO: self.who,
            Step.ORGANIZATION: self.organization,
            Step.CONTACT: self.contact,
            Step.EMAIL_CODE: self.email_proved,
            Step.MOBILE_CODE: self.mobile_proved,
            Step.ACCESS: self.access,
            Step.CHECK: False,
        }


def next_step(progress: Progress) -> Step:
    """The first question without an answer; the check page when there is none."""
    return next(step for step, done in progress.answered().items() if not done)


def may_open(progress: Progress, step: Step) -> bool:
    """Whether the page makes sense now: everything before it is answered."""
    order = list(Step)
    if step in CODES:  # in either order, as the messages arrive; a proved contact is not asked for again
        return progress.contact and may_open(progress, Step.CONTACT) and not progress.answered()[step]
    return order.index(step) <= order.index(next_step(progress))


def place(step: Step) -> int:
    """Which of the five stages shown above the page a step belongs to, from 0."""
    stages = (
        {Step.WHO},
        {Step.ORGANIZATION},
        {Step.CONTACT, *CODES},
        {Step.ACCESS},
        {Step.CHECK},
    )
    return next(index for index, stage in enumerate(stages) if step in stage)
