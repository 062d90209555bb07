"""The rules of a vetting case. Pure: what was recorded comes in, a verdict goes out.

The picture of its states is cases.mermaid, beside this file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class CaseState(StrEnum):
    """Where a case stands; everything but OPEN is final."""

    OPEN = "open"
    SEATED = "seated"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class CallOutcome(StrEnum):
    """How a call to the office ended."""

    CONFIRMED = "confirmed"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    WRONG_NUMBER = "wrong_number"
    NOT_KNOWN = "not_known"


class Evidence(StrEnum):
    """What the office itself said on the telephone."""

    KNOWS_APPLICANT = "knows_applicant"
    AGREES_TO_MANAGER = "agrees_to_manager"
    NAMED_LAST4 = "named_last4"


class OrganizationKind(StrEnum):
    """What an organization is (domain.md §1)."""

    PRACTICE = "practice"
    FACILITY = "facility"
    BILLING_COMPANY = "billing_company"
    VENDOR = "vendor"


class CallFault(StrEnum):
    """What a call record lacks."""

    NOBODY_NAMED = "nobody_named"
    NO_EVIDENCE = "no_evidence"


NEEDED_TO_CONFIRM = frozenset({Evidence.KNOWS_APPLICANT, Evidence.AGREES_TO_MANAGER})


@dataclass(frozen=True)
class CallFacts:
    """What counts of a recorded call."""

    outcome: CallOutcome
    spoke_to: str
    evidence: frozenset[Evidence]


def fault_of(call: CallFacts) -> CallFault | None:
    """Why a call cannot be recorded as it is; only a confirmation needs proof."""
    if call.outcome is not CallOutcome.CONFIRMED:
        return None
    if not call.spoke_to:
        return CallFault.NOBODY_NAMED
    return None if call.evidence >= NEEDED_TO_CONFIRM else CallFault.NO_EVIDENCE


def may_seat(calls: Sequence[CallFacts]) -> bool:
    """Whether the applicant may be seated: the office confirmed on at least one recorded call."""
    return any(call.outcome is CallOutcome.CONFIRMED and fault_of(call) is None for call in calls)
