"""The rules of a vetting case. Pure: what was recorded comes in, a verdict goes out.

The picture of its states is cases.mermaid, beside this file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from registration.vetting import business_days


class CaseState(StrEnum):
    """Where a case stands. HANDED_ON, and SEATED of somebody else, are opened again where managers stay silent.

    ANSWERED, RETURNED and REPLACED end a case about a manager who stopped signing in: they answered a call, they signed
    in again, another manager is there.
    """

    OPEN = "open"
    SEATED = "seated"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    HANDED_ON = "handed_on"
    ANSWERED = "answered"
    RETURNED = "returned"
    REPLACED = "replaced"


class Ground(StrEnum):
    """Why the desk decides and nobody inside the organization (domain.md §2)."""

    FIRST_PERSON = "first_person"
    NO_TIN = "no_tin"
    MANAGERS_SILENT = "managers_silent"
    MANAGER_DORMANT = "manager_dormant"


class CallOutcome(StrEnum):
    """How a call to the office ended."""

    CONFIRMED = "confirmed"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    WRONG_NUMBER = "wrong_number"
    NOT_KNOWN = "not_known"
    REFUSED = "refused"


class Evidence(StrEnum):
    """What the office itself said on the telephone."""

    KNOWS_APPLICANT = "knows_applicant"
    AGREES_TO_MANAGER = "agrees_to_manager"
    NAMED_LAST4 = "named_last4"
    NAMED_ANOTHER = "named_another"
    MANAGER_ANSWERS = "manager_answers"


class CallFault(StrEnum):
    """What a call record lacks."""

    NOBODY_NAMED = "nobody_named"
    NO_EVIDENCE = "no_evidence"
    NO_ANSWER = "no_answer"


class Why(StrEnum):
    """Why one agent alone may not seat anybody."""

    ALERT = "alert"
    OVERRIDE = "override"
    MANAGERS_SILENT = "managers_silent"
    MANAGER_DORMANT = "manager_dormant"


class ProposalState(StrEnum):
    """Where a proposal stands; everything but OPEN is final. OVERTAKEN: the case was decided in another way."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


NEEDED_TO_CONFIRM = frozenset({Evidence.KNOWS_APPLICANT, Evidence.AGREES_TO_MANAGER})
_ANSWERED, _NAMED = frozenset({Evidence.MANAGER_ANSWERS}), frozenset({Evidence.NAMED_ANOTHER})

LETTER_AFTER = 5
AGAIN_SAME_DAY = timedelta(hours=3)
NEXT_MORNING = time(10, 0)  # eastern: offices on the west coast open later, but answer their machine
REACHED_NOBODY = frozenset({CallOutcome.NO_ANSWER, CallOutcome.VOICEMAIL, CallOutcome.WRONG_NUMBER})


@dataclass(frozen=True)
class CallFacts:
    """What counts of a recorded call."""

    outcome: CallOutcome
    spoke_to: str
    evidence: frozenset[Evidence]


@dataclass(frozen=True)
class Attempt:
    """A recorded call, as far as it matters for the next one."""

    outcome: CallOutcome
    at: datetime


@dataclass(frozen=True)
class NextCall:
    """When to call next, in UTC; `letter`: calling has led to nothing, write to the office (`at` is None then)."""

    at: datetime | None
    letter: bool = False


def fault_of(call: CallFacts, ground: Ground = Ground.FIRST_PERSON) -> CallFault | None:
    """Why a call cannot be recorded as it is; only a confirmation needs proof."""
    if call.outcome is not CallOutcome.CONFIRMED:
        return None
    if not call.spoke_to:
        return CallFault.NOBODY_NAMED
    dormant = ground is Ground.MANAGER_DORMANT
    proofs = (_ANSWERED if dormant else NEEDED_TO_CONFIRM, _NAMED)
    if any(call.evidence >= proof for proof in proofs):
        return None
    return CallFault.NO_ANSWER if dormant else CallFault.NO_EVIDENCE


def confirmed(calls: Sequence[CallFacts]) -> bool:
    """Whether the office confirmed the applicant on at least one recorded call."""
    return _said(calls, NEEDED_TO_CONFIRM)


def named_another(calls: Sequence[CallFacts]) -> bool:
    """Whether the office named somebody else as access manager on at least one recorded call."""
    return _said(calls, _NAMED)


def answered(calls: Sequence[CallFacts]) -> bool:
    """Whether the manager who stopped signing in answered at least one recorded call."""
    return _said(calls, _ANSWERED)


def second_needed(ground: Ground, *, alerted: bool, proved: bool) -> tuple[Why, ...]:
    """Why a second agent must confirm a seat; empty where one agent may give it (issue 5, four eyes).

    `proved`: there is a recorded call, or evidence, for the person to be seated.
    """
    silent, dormant = ground is Ground.MANAGERS_SILENT, ground is Ground.MANAGER_DORMANT
    found = (
        (Why.ALERT, alerted),
        (Why.OVERRIDE, not proved),
        (Why.MANAGERS_SILENT, silent),
        (Why.MANAGER_DORMANT, dormant),
    )
    return tuple(why for why, holds in found if holds)


def first_call(opened: datetime) -> NextCall:
    """A new case can be called about at once, or when the desk opens again."""
    return NextCall(business_days.when_open(opened))


def next_call(attempts: Sequence[Attempt]) -> NextCall | None:
    """What follows the newest of some attempts, oldest first; None where the office was reached: decide now.

    Nobody has to think of it: an office that did not answer is tried again the same day while the desk works, else on
    the next morning; after five attempts that reached nobody a letter does better than a sixth call.
    """
    if not attempts or attempts[-1].outcome not in REACHED_NOBODY:
        return None
    if sum(each.outcome in REACHED_NOBODY for each in attempts) >= LETTER_AFTER:
        return NextCall(None, letter=True)
    last = attempts[-1]
    later = last.at + AGAIN_SAME_DAY
    if last.outcome is CallOutcome.NO_ANSWER and business_days.is_open(last.at) and business_days.is_open(later):
        return NextCall(later)
    return NextCall(business_days.next_day_at(last.at, NEXT_MORNING))


def _said(calls: Sequence[CallFacts], proof: frozenset[Evidence]) -> bool:
    counted = (call for call in calls if call.outcome is CallOutcome.CONFIRMED and call.spoke_to)
    return any(call.evidence >= proof for call in counted)
